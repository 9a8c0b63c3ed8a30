"""Pages that a site shows to programs instead of what was asked for: "are you human?". Pure.

They come with the status 403 or 503, and with 200 as well. Nothing is done to get around them: the check is
reported as blocked, with what was seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.ingest.decode import decode
from monitor.ingest.page import strip_tags

LOOKED_AT = 65_536  # bytes of an answer; pages of this kind are small
_MOST_WORDS = 200  # of text; articles, which may load the same scripts, have more
_MOST_WORDS_OF_FORM = 60  # a captcha may belong to a form of comments or of contact

_HEADERS = (
    # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    ("cf-mitigated", "challenge", "Cloudflare"),
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-sucuri-block", "", "Sucuri"),
)
_CAPTCHA = "a captcha"
_MARKS = {
    b"/cdn-cgi/challenge-platform/": "Cloudflare",
    b"cf-chl-": "Cloudflare",
    b"cf_chl_opt": "Cloudflare",
    b"cf-browser-verification": "Cloudflare",
    b"_incapsula_resource": "Imperva",
    b"incapsula incident id": "Imperva",
    b"captcha-delivery.com": "DataDome",
    b"px-captcha": "PerimeterX",
    b"captcha.px-cdn.net": "PerimeterX",
    b"awswafintegration": "AWS WAF",
    b"token.awswaf.com": "AWS WAF",
    b"ddos-guard": "DDoS-Guard",
    b"/_sec/cp_challenge": "Akamai",
    b"sec-if-cpt-container": "Akamai",
    b"cmd/anubis": "Anubis",
    b"cf-turnstile": _CAPTCHA,
    b"hcaptcha.com": _CAPTCHA,
    b"h-captcha": _CAPTCHA,
    b"g-recaptcha": _CAPTCHA,
    b"recaptcha/api": _CAPTCHA,
    b"friendlycaptcha": _CAPTCHA,
    b"pardon our interruption": "",
    b"checking your browser before": "",
    b"verify you are human": "",
    b"verify you are a human": "",
    b"verify that you are human": "",
    b"verifying you are human": "",
    b"unusual traffic from your": "",
    b"are you a robot?": "",
    b"request unblock": "",
}
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)


def challenge(headers: Mapping[str, str], body: bytes) -> str:
    """Say what was seen of a challenge, as "Cloudflare: “Just a moment...”"; "" for any other answer."""
    for name, value, who in _HEADERS:
        if name in headers and value in headers[name].lower():
            return _described(who, body)
    if len(body) > LOOKED_AT:
        return ""
    lower = body.lower()
    found = next((mark for mark in _MARKS if mark in lower), None)
    if found is None:
        return ""
    words = len(strip_tags(decode(body)).split())
    most = _MOST_WORDS_OF_FORM if _MARKS[found] == _CAPTCHA else _MOST_WORDS
    return _described(_MARKS[found], body) if words <= most else ""


def _described(who: str, body: bytes) -> str:
    title = _TITLE.search(body, 0, LOOKED_AT)
    words = " ".join(decode(title[1]).split()) if title else ""
    return ": ".join(filter(None, (who, f"“{words}”" if words else ""))) or "a page for humans only"
