"""`python -m monitor`: the same door as the console script."""

from monitor.doors.cli.main import main

main()
