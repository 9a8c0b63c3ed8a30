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
_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEPT_FRAGMENTS = ("entry-", "!")  # entries without a link of their own; addresses of script-driven sites
_LONGEST = 2048


def canonical_url(url: str, declared: str | None = None) -> str:
    """Return the canonical form of `url`; `declared` is the page's own rel=canonical, if it has one.

    The declared address counts only when it is http(s), on the same host or its parent, and not the front
    page. Fragments go, except for files (where `#3` is the third item). What cannot be read as an address is
    handed back as it is.
    """
    own = _split(url)
    if own is None:
        return url.strip()[:_LONGEST]
    if declared and own.scheme in _DEFAULT_PORTS:
        try:
            other = _split(urljoin(url, declared.strip()))
        except ValueError:
            other = None
        if other is not None and _speaks_for(other, own):
            own = other
    return _normalised(own)[:_LONGEST]


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
    query = "&".join(
        piece
        for piece in parts.query.split("&")
        if piece and not _TRACKING.fullmatch(piece.partition("=")[0])
    )
    fragment = parts.fragment if parts.fragment.startswith(_KEPT_FRAGMENTS) else ""
    return urlunsplit((parts.scheme, place, path, query.replace(" ", "%20"), fragment))
