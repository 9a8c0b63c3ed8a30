"""Every error the program raises on purpose; anything else that escapes is a bug.

A message says what is wrong and what the user can do about it.
"""


class MonitorError(Exception):
    """Base of all errors raised on purpose.

    `permanent` is true when trying again later cannot help without a change by a person.
    """

    permanent = True


class ConfigError(MonitorError):
    """The configuration (or a file it points to) is wrong; `where` is "file:line" or ""."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


class WatchlistError(ConfigError):
    """A watchlist file or entry is refused; `where` is "file:line"."""


class SourceError(MonitorError):
    """A source, or one address of it, could not be read.

    `outcome` is one word for the ledger (see `model.Outcome`); `retry_after` is in seconds, when the
    server named a time.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        outcome: str = "error",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.outcome = outcome
        self.retry_after = retry_after


class ResolveError(MonitorError):
    """A service that knows chemical names could not answer; it says nothing about the name asked for.

    `retry_after` is in seconds, when it is known how long to leave the service alone.
    """

    permanent = False

    def __init__(self, message: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class LexiconError(MonitorError):
    """A serialised lexicon is damaged or was made by another version; build it again."""


class StoreError(MonitorError):
    """The database could not be read or written; `permanent` is false for a lock or a full disk."""

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


class DeliveryError(MonitorError):
    """A notice could not be sent; `permanent` when trying again cannot help without a change by a person."""

    def __init__(self, message: str, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
