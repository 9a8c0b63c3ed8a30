"""Watchlists: what is watched, where it comes from, and what changed."""

from monitor.watchlist.builtin import list_infos, load_builtin
from monitor.watchlist.changes import Change, diff, render_changes
from monitor.watchlist.checks import cas_check, inchikey_check
from monitor.watchlist.describe import describe
from monitor.watchlist.enrich import ENRICHED, enrich
from monitor.watchlist.files import load_file
from monitor.watchlist.load import Entry, all_refused, from_entries
from monitor.watchlist.lookup import index, lookup, name_key, near
from monitor.watchlist.merge import merge
from monitor.watchlist.notices import Named, Notice, Reading, adopt, read_notice
from monitor.watchlist.novel import watch_names
from monitor.watchlist.withheld import withheld

__all__ = [
    "ENRICHED",
    "Change",
    "Entry",
    "Named",
    "Notice",
    "Reading",
    "adopt",
    "all_refused",
    "cas_check",
    "describe",
    "diff",
    "enrich",
    "from_entries",
    "inchikey_check",
    "index",
    "list_infos",
    "load_builtin",
    "load_file",
    "lookup",
    "merge",
    "name_key",
    "near",
    "read_notice",
    "render_changes",
    "watch_names",
    "withheld",
]
