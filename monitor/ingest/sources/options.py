"""Reading the options of a source, as the configuration gives them."""

from __future__ import annotations

import re

from monitor.errors import SourceError
from monitor.model import Source


def integer_option(source: Source, name: str, default: int) -> int:
    """Read a whole-number option of a source. Raises SourceError when it is something else."""
    value = source.options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{source.name}: {name} must be a whole number above 0, not {value!r}"
        raise SourceError(message, permanent=True)
    return value


def pattern_option(source: Source, name: str) -> re.Pattern[str] | None:
    """Read an option that is a regular expression. Raises SourceError when it is none."""
    value = source.options.get(name)
    if value is None:
        return None
    try:
        return re.compile(str(value))
    except re.error as error:
        message = f"{source.name}: {name} is no regular expression: {error}"
        raise SourceError(message, permanent=True) from error
