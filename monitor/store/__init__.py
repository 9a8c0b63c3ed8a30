"""The store: the schema of the database, its migrations, and every write of the program.

Its verbs are handed on when first asked for, as SQLAlchemy takes long to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.store.decision_values import Decided, DecisionState, Forgotten, NewDecision
    from monitor.store.store import Store, open_store
    from monitor.store.values import (
        ACCEPTED,
        COPY_LENGTH,
        IGNORE,
        OPEN,
        REJECTED,
        RESCAN,
        WATCH,
        Exhibit,
        Job,
        Member,
        NoticeProposal,
        NovelName,
        Original,
        Proposal,
        ReadNotice,
        Record,
        Recorded,
        StoredAlert,
        StoredAnswer,
        StoredMember,
        StoredReading,
        StoredRevision,
        StoredStory,
        StoredText,
        StoredVersion,
        WatchedName,
    )

__all__ = [
    "ACCEPTED",
    "COPY_LENGTH",
    "IGNORE",
    "OPEN",
    "REJECTED",
    "RESCAN",
    "WATCH",
    "Decided",
    "DecisionState",
    "Exhibit",
    "Forgotten",
    "Job",
    "Member",
    "NewDecision",
    "NoticeProposal",
    "NovelName",
    "Original",
    "Proposal",
    "ReadNotice",
    "Record",
    "Recorded",
    "Store",
    "StoredAlert",
    "StoredAnswer",
    "StoredMember",
    "StoredReading",
    "StoredRevision",
    "StoredStory",
    "StoredText",
    "StoredVersion",
    "WatchedName",
    "open_store",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("Store", "open_store"):
        from monitor.store import store

        return getattr(store, name)
    from monitor.store import decision_values, values

    return getattr(values if hasattr(values, name) else decision_values, name)
