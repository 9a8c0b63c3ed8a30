"""Which alerts are meant: one filter for all that lists alerts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import MonitorError
from monitor.model import Severity

LIKE_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Conditions that all hold; within one, any of its values. Empty ones ask nothing.

    `severity` is the least one. `substances` are keys or shown names. `since` <= raised < `until`.
    `text` stands in title, snippet, address or substance, whatever the case (of A to Z, on SQLite).
    """

    severity: Severity | None = None
    substances: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    suppressed: bool | None = None

    def where(self) -> tuple[str, Mapping[str, object]]:
        """A condition over the columns of v_alerts, and its parameters; times are left to the caller."""
        parts: list[str] = []
        values: dict[str, object] = {}
        for condition, parameters in self._conditions():
            parts.append(condition)
            values |= parameters
        return " AND ".join(parts) or "1 = 1", values

    def _conditions(self) -> Iterator[tuple[str, dict[str, object]]]:
        if self.severity is not None:
            yield "severity_rank >= :f_severity", {"f_severity": int(self.severity)}
        if self.suppressed is not None:
            yield f"suppression_id IS {'NOT ' if self.suppressed else ''}NULL", {}
        for column, wanted in (
            ("source", self.sources),
            ("language", self.languages),
            ("status", self.statuses),
            ("assignee", self.assignees),
        ):
            if wanted:
                yield _any_of(column, wanted)
        if self.substances:
            by_key, keys = _any_of("substance", self.substances)
            by_name, names = _any_of("LOWER(substance_name)", tuple(map(str.lower, self.substances)), "name")
            yield f"({by_key} OR {by_name})", {**keys, **names}
        for column, wanted in (("lists", self.lists), ("tags", self.tags)):
            if wanted:
                yield _one_listed(column, wanted)
        if self.text:
            columns = ("title", "snippet", "url", "substance_name")
            likes = " OR ".join(f"LOWER({column}) LIKE :f_text ESCAPE '\\'" for column in columns)
            yield f"({likes})", {"f_text": f"%{self.text.lower().translate(LIKE_ESCAPED)}%"}


def severity_of(written: str) -> Severity:
    """The severity of that name. Raises MonitorError."""
    try:
        return Severity[written.upper()]
    except KeyError:
        known = ", ".join(level.label for level in Severity)
        raise MonitorError(f"there is no severity “{written}”; there are {known}") from None


def _any_of(column: str, wanted: tuple[str, ...], kind: str = "") -> tuple[str, dict[str, object]]:
    names = [f"f_{kind or column}_{n}" for n in range(len(wanted))]
    return f"{column} IN ({', '.join(f':{name}' for name in names)})", dict(zip(names, wanted, strict=True))


def _one_listed(column: str, wanted: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    """One of the values stands in a column that joins several by ", "."""
    names = [f"f_{column}_{n}" for n in range(len(wanted))]
    likes = " OR ".join(f"', ' || {column} || ',' LIKE :{name} ESCAPE '\\'" for name in names)
    values: dict[str, object] = {
        name: f"%, {value.translate(LIKE_ESCAPED)},%" for name, value in zip(names, wanted, strict=True)
    }
    return f"({likes})", values
