"""Notices of gazettes that change drug law, as values: what is done, on which list, to what, from when."""

from monitor.watchlist.notices.adopt import adopt
from monitor.watchlist.notices.names import Named
from monitor.watchlist.notices.read import Notice, Reading, read_notice

__all__ = ["Named", "Notice", "Reading", "adopt", "read_notice"]
