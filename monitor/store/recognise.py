"""Is the text at an address still that of the page that stood there? Pure.

A name is gone from a page only where the page itself was read without it. Maintenance, a sign-in, a rate
limit, an error, a shell without its script, a wall of consent or age, a block by region and a start page all
come with status 200 and have no names either. They are known by their title, by how little of the page's text
is left, and by the notices that new lines hold.
"""

from __future__ import annotations

import re
from itertools import pairwise

_MOST_OF_IT = 0.5  # share of the old text's pairs of words that are left: it is the page
_NEARLY_ALL = 0.6  # the same, under another title
_RESTS = 0.2  # the same, where most of the new text stood there before: the page with less on it
_SAME_TITLE = 0.5  # share of the words of both titles that they have in common
_LONGEST_TITLE = 300
_LONGEST_NOTICE = 600  # characters of a line; an article may speak of maintenance
_WORD = re.compile(r"[^\W\d_]+|\d+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# Why something else is shown than the page, in the words of the larger languages.
_NOTICES = (
    # maintenance
    r"\bmaintenance\b|wartungsarbeiten|\bmantenimiento\b|\bmanutenção\b|\bmanutenzione\b|\bonderhoud\b",
    r"технические работы|техническ\w+ обслуживани\w+|维护中|メンテナンス中|점검 중|prace? serwisow",
    r"(?:be (?:right )?back|back) (?:soon|shortly|online)|be right back|momentarily unavailable",
    r"temporarily (?:unavailable|offline|down|closed)|tijdelijk niet|tymczasowo niedost|временно недоступ",
    r"(?:vorübergehend|derzeit|momentan) nicht (?:erreichbar|verfügbar)|temporairement (?:in|ferm)",
    r"temporalmente (?:no disponible|fuera)|temporariamente (?:in|fora)|temporaneamente (?:non|inatt)",
    # errors
    r"(?:internal|unexpected|server|database|application|fatal|critical|runtime) (?:server )?error\b",
    r"error (?:has )?occurr?ed|error \d{3}\b|\bwent wrong\b|sqlstate|stack ?trace|traceback \(most",
    r"unhandled exception|connection (?:refused|timed out|reset)|bad gateway|gateway time-?out",
    r"service (?:is )?unavailable|try again (?:later|in|soon|shortly)|please try again",
    r"(?:could not|couldn.t|cannot|can.t|failed to|unable to) (?:be )?(?:load|connect|process|complete)",
    r"fehler (?:ist )?aufgetreten|versuchen sie es (?:später|noch|erneut)|si è verificato un errore",
    r"erreur (?:s.est produite|est survenue|interne)|réessay|(?:ocurrido|producido) un error",
    r"int[ée]nt\w+ (?:de nuevo|más tarde)|ocorreu um erro|произошла ошибка|wystąpił błąd|bir hata oluştu",
    r"er is een fout|发生错误|出错|エラーが発生|오류가 발생",
    # sign-in
    r"(?:sign|log)[ -]?(?:in|on)\b.{0,30}\b(?:to|continue|required|first|account)\b",
    r"(?:please|must|need to|have to) (?:be )?(?:sign|log)(?:ged)?[ -]?in|session (?:has )?(?:expired|timed)",
    r"forgot(?:ten)? (?:your )?password|(?:members|subscribers|customers) only|create an account",
    r"subscribe to (?:continue|read)|melden sie sich|bitte (?:einloggen|anmelden)|passwort vergessen",
    r"connectez-vous|mot de passe oublié|inici(?:e|a|ar) sesión|faça login|войдите|авторизуйтесь",
    r"zaloguj się|giriş yap|请登录|请先登录|ログインして|로그인",
    # too often, not allowed, not here, not without a script
    r"too many requests|rate limit|slow down|quota (?:has been )?exceeded|zu viele anfragen",
    r"trop de requêtes|demasiadas (?:solicitudes|peticiones)|слишком много запросов|请求过于频繁",
    r"(?:access|permission|request) (?:is |was |has been )?(?:denied|blocked|forbidden|restricted)",
    r"not (?:available|accessible|permitted) (?:in|from|for) (?:your|this|the) (?:country|region|location)",
    r"(?:your|this) (?:country|region|location) (?:is not|isn.t)|legal reasons|in ihrem land nicht",
    r"zugriff verweigert|dans votre (?:pays|région)|accès refusé|en (?:su|tu) (?:país|región)",
    r"acceso denegado|доступ (?:запрещ|огранич)|\bcaptcha\b|checking your browser|you are (?:a )?human",
    r"(?:enable|activate|requires?|needs?|turn on|without) javascript|activer javascript",
    r"javascript (?:is |must be )?(?:disabled|required|enabled|not|aktiv|einsch)|habilit\w+ javascript",
    r"включите javascript|启用 ?javascript",
    # no page, no site any more
    r"page (?:you .{0,40})?(?:not|cannot be|could not be) found|page (?:does not|doesn.t) exist",
    r"seite (?:wurde )?nicht gefunden|page introuvable|(?:account|site) (?:has been |is )?suspended",
    r"domain (?:name )?(?:is |has |may be )?(?:for sale|expired|parked)",
)
# What also stands beside a page, as a banner does.
_BANNERS = (
    r"(?:accept|reject|manage|allow|use|uses|using) (?:all |our |of )?cookies|before you continue",
    r"cookie (?:settings|preferences|consent|policy)|your (?:privacy|consent)|verwende[nt] cookies",
    r"cookies (?:akzeptieren|zulassen|ablehnen)|accepter (?:et|les cookies|tout)",
    r"aceptar (?:todas )?(?:las )?cookies|(?:over|at least) (?:18|19|21)\b|age verification|verify your age",
)
_NOTICE = re.compile("|".join(_NOTICES), re.IGNORECASE)
_NOTICE_OR_BANNER = re.compile("|".join((*_NOTICES, *_BANNERS)), re.IGNORECASE)


def doubt(before: str | None, now: str, length: int) -> str:
    """Why `now` may not be the text of the page that had the text `before`; "" where it plainly is.

    Texts begin with their title and a blank line where there is one. Where the text of before is no longer
    kept (None), its `length` in characters is compared, and the beginning looked at for a notice.
    """
    if before is None:
        found = _NOTICE.search(now[:_LONGEST_NOTICE])
        if found:
            return f"it says “{found[0]}”, as pages do that stand in for another"
        much = len(now) >= _MOST_OF_IT * length
        return "" if much else f"it has {len(now):,} characters, {length:,} before: it may be another page"
    old, new = _pairs(before), _pairs(now)
    shared = len(old & new)
    kept, known = shared / max(len(old), 1), shared / max(len(new), 1)
    notice = _notice(before, now, _NOTICE if kept >= _NEARLY_ALL else _NOTICE_OR_BANNER)
    if notice:
        return f"it says “{notice}”, as pages do that stand in for another"
    same_title = _have_same_title(before, now)
    if kept >= (_NEARLY_ALL if same_title is False else _MOST_OF_IT):
        return ""
    if same_title and known >= _MOST_OF_IT and kept >= _RESTS:
        return ""
    title = {True: "its title is the same", False: "its title is another", None: "it has no title"}[
        same_title
    ]
    return f"of the page's text {kept:.0%} is left, and {title}: it may be another page in its place"


def _notice(before: str, now: str, notices: re.Pattern[str]) -> str:
    """A new line that says why something else is shown than the page."""
    known = {_folded(line) for line in before.splitlines()}
    for line in now.splitlines():
        if len(line) > _LONGEST_NOTICE or _folded(line) in known:
            continue
        found = notices.search(line)
        if found and found[0].casefold() not in before.casefold():
            start = max(0, found.start() - 40)
            return " ".join(line[start : found.end() + 40].split())
    return ""


def _have_same_title(before: str, now: str) -> bool | None:
    one, other = _title(before), _title(now)
    if not one or not other:
        return None
    return len(one & other) >= _SAME_TITLE * len(one | other)


def _title(text: str) -> set[str]:
    """The words of a title, without its numbers: they count goods and mails."""
    line, separator, _ = text.partition("\n\n")
    is_title = bool(separator) and "\n" not in line and len(line) <= _LONGEST_TITLE
    return {word for word in _words(line) if not word.isdecimal()} if is_title else set()


def _folded(text: str) -> str:
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(_UNSPACED.sub(r" \g<0> ", text.casefold()))


def _pairs(text: str) -> set[tuple[str, str]]:
    words = _words(text)
    return set(pairwise(words)) or {("", word) for word in words}
