"""The chemistry wing: what a name that is on no list means, and whether its structure is in a class.

RDKit, OPSIN's jar and a Java runtime come with the extra `structure`; without them names are still looked up.
"""

from importlib.util import find_spec

__all__ = ["missing"]


def missing() -> str:
    """Say what the structure part lacks here and how to get it; "" when it can work (Java is found later)."""
    lacking = [name for name, module in (("RDKit", "rdkit"), ("OPSIN", "py2opsin")) if not find_spec(module)]
    if not lacking:
        return ""
    return f"{' and '.join(lacking)} not installed: pip install 'substance-monitor[structure]'"
