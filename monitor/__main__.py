"""`python -m monitor`: the same door as the console script."""

from monitor.cli import main

main()
