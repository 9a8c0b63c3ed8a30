"""Addresses: one canonical form for each article, so that the same one is not taken for two. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

# Parameters that say where the reader came from, never what is read.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|mc_cid|mc_eid|mkt_tok"
    r"|_ga|_gl|_hsenc|_hsmi|__hs\w+|hss_channel|vero_id|oly_anon_id|oly_enc_id|s_kwcid|ef_id|guccounter"
    r"|guce_\w+|wt[._]mc|xtor|at_(?:medium|campaign|custom\w*|link\w*|bbc\w*|ptr\w*|format|type)|cmpid|ncid"
    r"|sc_src|smid|smtyp|pk_(?:campaign|kwd|source|medium)|mtm_\w+|piwik_\w+)",
    re.IGNORECASE,
)
# Parameters that many sites add to their own links, and that a page leaves out of the address it declares.
_REFERRAL = re.compile(
    r"ref|ref_\w+|referr?er|source|src|from|via|rss|feed|share|shared|campaign|cmp|cid|ocid|partner|amp"
    r"|outputtype",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Entries without a link of their own, further texts at one address, addresses of script-driven sites.
_KEPT_FRAGMENTS = ("entry-", "text-", "!")


def canonical_url(url: str) -> str:
    """Return the canonical form of `url`.

    Tracking parameters go, and fragments, except for files (where one names an item) and where one names a
    text. What cannot be read as an address is handed back as it is.
    """
    parts = _split(url)
    return url.strip() if parts is None else _normalised(parts)


def declared_url(url: str, declared: str) -> str:
    """The address that a page at `url` declares as its own (rel=canonical), in canonical form, or "".

    It is "" when the declaration cannot be meant for this page: not http(s), another host than this one or
    its parent, or the front page; and when it says nothing new.
    """
    own = _split(url)
    if own is None or own.scheme not in _DEFAULT_PORTS or not declared.strip():
        return ""
    try:
        other = _split(urljoin(url, declared.strip()))
    except ValueError:
        return ""
    if other is None or not _speaks_for(other, own):
        return ""
    found = _normalised(other)
    return "" if found == canonical_url(url) else found


def names_same_page(url: str, declared: str) -> bool:
    """Is `declared` plainly the page at `url`: but for http or https, "www." or "m.", a slash, tracking?

    More parameters count as tracking here than in `canonical_url`: the page itself leaves them out.
    """
    mine, theirs = _split(url), _split(declared)
    if mine is None or theirs is None or not mine.hostname or not theirs.hostname:
        return False
    return _page_key(mine) == _page_key(theirs)


def _page_key(parts: SplitResult) -> tuple[object, ...]:
    kept = (piece for piece in _query(parts) if not _REFERRAL.fullmatch(piece.partition("=")[0]))
    port = None if parts.port == _DEFAULT_PORTS.get(parts.scheme) else parts.port
    return _bare_host(parts), port, parts.path.rstrip("/"), sorted(kept), _fragment(parts)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError:
        return None
    if not parts.scheme or (parts.scheme in _DEFAULT_PORTS and not parts.hostname):
        return None
    return parts


def _speaks_for(declared: SplitResult, own: SplitResult) -> bool:
    if declared.scheme not in _DEFAULT_PORTS:
        return False
    if declared.path in ("", "/") and not declared.query and (own.path not in ("", "/") or own.query):
        return False  # a template that names the front page on every page
    mine, theirs = _bare_host(own), _bare_host(declared)
    return mine == theirs or mine.endswith("." + theirs) or theirs.endswith("." + mine)


def _bare_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.(?=.+\.)", "", host)


def _normalised(parts: SplitResult) -> str:
    if parts.scheme not in _DEFAULT_PORTS:
        return urlunsplit(parts)
    host = (parts.hostname or "").rstrip(".")
    place = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme]:
        place = f"{place}:{parts.port}"
    path = (parts.path or "/").replace(" ", "%20")
    query = "&".join(_query(parts)).replace(" ", "%20")
    return urlunsplit((parts.scheme, place, path, query, _fragment(parts)))


def _query(parts: SplitResult) -> list[str]:
    pieces = parts.query.split("&")
    return [piece for piece in pieces if piece and not _TRACKING.fullmatch(piece.partition("=")[0])]


def _fragment(parts: SplitResult) -> str:
    return parts.fragment if parts.fragment.startswith(_KEPT_FRAGMENTS) else ""
