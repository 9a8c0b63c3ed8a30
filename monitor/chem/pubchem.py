"""PubChem through pubchempy: the only place that touches it, with our own pace, deadlines, cache and breaker.

pubchempy has no timeout, no retry, no pace and no cache, and polls without end. It reads its `urlopen` and
`API_BASE` from its module at each call, so a private copy of the module gets ours: the one that others may
import stays as it is. What goes wrong becomes a ResolveError; "PubChem does not know it" is an answer.
"""

from __future__ import annotations

import http.client
import importlib.util
import io
import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal, Protocol
from urllib.error import HTTPError

from monitor.chem.exchange import AddressError, Reply, exchange
from monitor.chem.pace import HOLD, Breaker, Pace, throttling
from monitor.errors import ResolveError

PUBCHEM = "https://pubchem.ncbi.nlm.nih.gov/rest/pug"
FOUND, NOT_FOUND = timedelta(days=30), timedelta(days=7)
"""How long an answer counts; a stale one is still served while PubChem is down."""

REPLACED = ("urlopen", "API_BASE")
"""What of pubchempy is replaced; a test looks that it is still there and still used."""

BATCH = 50  # CIDs asked for in one request
_PROPERTIES = "InChIKey,SMILES"
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_LIST_KEY = re.compile(r"\d{1,40}")

Rows = list[dict[str, object]]


# --- what goes in and comes out ------------------------------------------------------------------------


class Kept(Protocol):
    """An answer that was kept."""

    @property
    def answer(self) -> Rows: ...
    @property
    def fetched_at(self) -> datetime: ...


class Answers(Protocol):
    """Keeps answers by question; an empty one says that PubChem knows nothing."""

    def get(self, questions: Sequence[str]) -> Mapping[str, Kept]: ...

    def put(self, answers: Mapping[str, Rows], now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Compound:
    """A record of PubChem; `inchikey` and `smiles` may be empty."""

    cid: int
    inchikey: str = ""
    smiles: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How PubChem is reached. Times in seconds: of one try, of one question with its retries, of all."""

    base: str = PUBCHEM
    user_agent: str = "substance-monitor"
    allow_hosts: tuple[str, ...] = ()
    timeout: float = 30.0
    patience: float = 120.0
    total: float = 3600.0
    tries: int = 4
    polls: int = 10
    poll_pause: float = 2.0
    max_bytes: int = 30_000_000


class _PassingError(Exception):
    """A try failed in a way that may pass; `after` (seconds) is what the server asked for."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


# --- the adapter ---------------------------------------------------------------------------------------


class PubChem:
    """Asks PubChem, or the kept answers. One object a session: pace, breaker and total deadline are its own.

    `chance` gives numbers from 0 to 1 for the jitter. `wait` sleeps that many seconds and says whether to
    stop; `stopped` says that it did. `stale` counts answers that were too old and served because PubChem
    could not be asked, for the reason in `trouble`.
    """

    def __init__(
        self,
        answers: Answers,
        limits: Limits,
        *,
        chance: Callable[[], float],
        wait: Callable[[float], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stale = 0
        self.stopped = False
        self.trouble: ResolveError | None = None
        self._answers, self._limits = answers, limits
        self._chance, self._wait, self._clock = chance, wait, clock
        self._pace, self._breaker = Pace(), Breaker()
        self._end = clock() + limits.total
        self._library = private_copy(self._open, limits.base)

    def compounds(self, cids: Iterable[int], now: datetime) -> dict[int, Compound]:
        """The records of these CIDs; a CID that PubChem does not know is missing. Raises ResolveError."""
        rows = self._by_cid("property", cids, now, lambda part: self._properties(part, "cid"))
        return {cid: found[0] for cid, row in rows.items() if (found := _compounds(row))}

    def synonyms(self, cids: Iterable[int], now: datetime) -> dict[int, tuple[str, ...]]:
        """All names of these CIDs, the best known first, as PubChem writes them. Raises ResolveError."""
        rows = self._by_cid("synonyms", cids, now, lambda part: self._library.get_synonyms(part, "cid"))
        return {cid: tuple(_texts(row)) for cid, row in rows.items() if row}

    def find(
        self, text: str, now: datetime, namespace: Literal["name", "inchikey"] = "name"
    ) -> tuple[Compound, ...]:
        """The records with this name (CAS RNs count as names) or InChIKey; none when PubChem knows none.

        Raises ResolveError; `permanent` when PubChem refuses the question itself.
        """
        question = f"property {namespace} {text}"
        kept = self._answers.get([question]).get(question)
        if kept is not None and _is_fresh(kept, now):
            return tuple(_compounds(kept.answer))
        try:
            rows = self._rows(lambda: self._properties(text, namespace))
        except ResolveError as error:
            if kept is None or error.permanent:
                raise
            self.stale += 1
            return tuple(_compounds(kept.answer))
        self._answers.put({question: rows}, now)
        return tuple(_compounds(rows))

    def _by_cid(
        self, kind: str, cids: Iterable[int], now: datetime, fetch: Callable[[list[int]], Any]
    ) -> dict[int, Rows]:
        """Rows by CID, from what is kept and from requests for many at once."""
        questions = {f"{kind} cid {cid}": cid for cid in dict.fromkeys(cids)}
        kept = self._answers.get(list(questions))
        known = {questions[question]: each.answer for question, each in kept.items()}
        fresh = {questions[question] for question, each in kept.items() if _is_fresh(each, now)}
        missing = [cid for cid in questions.values() if cid not in fresh]
        for first in range(0, len(missing), BATCH):
            part = missing[first : first + BATCH]
            try:
                got = self._part(part, fetch)
            except ResolveError:
                if any(cid not in known for cid in missing[first:]):
                    raise
                self.stale += len(missing[first:])
                break
            self._answers.put({f"{kind} cid {cid}": got.get(cid, []) for cid in part}, now)
            known.update({cid: got.get(cid, []) for cid in part})
        return known

    def _part(self, cids: list[int], fetch: Callable[[list[int]], Any]) -> dict[int, Rows]:
        """Rows of a few CIDs. "Not found" for several may be the fault of one: then each half is asked."""
        rows = self._rows(lambda: fetch(cids))
        if not rows and len(cids) > 1:
            half = len(cids) // 2
            return {**self._part(cids[:half], fetch), **self._part(cids[half:], fetch)}
        wanted = set(cids)
        return {cid: [row] for row in rows if (cid := _number(row)) in wanted and cid is not None}

    def _properties(self, identifier: object, namespace: str) -> Any:
        return self._library.get_properties(_PROPERTIES, identifier, namespace)

    def _rows(self, ask: Callable[[], Any]) -> Rows:
        """Call pubchempy; whatever it makes of an odd answer becomes a ResolveError."""
        try:
            rows = ask()
        except self._library.PubChemPyError as error:
            raise ResolveError(f"PubChem refuses the question: {error}", permanent=True) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._note(ResolveError(f"PubChem's answer could not be read: {error!r}"[:300])) from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._note(ResolveError("PubChem's answer has another form than it used to have"))
        return rows

    def _note(self, error: ResolveError) -> ResolveError:
        self.trouble = error
        return error

    # --- what pubchempy calls instead of urllib ----------------------------------------------------------

    def _open(self, url: str, data: bytes | None = None, context: ssl.SSLContext | None = None) -> io.BytesIO:
        """One question with its retries. Raises HTTPError for "not found" and for a refused question."""
        end = min(self._end, self._clock() + self._limits.patience)
        for count in range(1, self._limits.tries + 1):
            try:
                reply = self._final(url, data, context, end)
            except _PassingError as error:
                self._breaker.failed(self._clock(), str(error))
                pause = max(error.after, 2.0 ** (count - 1) * (0.5 + self._chance()))
                if count == self._limits.tries or self._clock() + pause >= end:
                    raise self._note(ResolveError(str(error), retry_after=error.after or None)) from error
                self._sleep(pause)
            else:
                self._breaker.worked()
                return _as_response(url, reply)
        raise AssertionError("the last try neither answered nor failed")

    def _final(self, url: str, data: bytes | None, context: ssl.SSLContext | None, end: float) -> Reply:
        """The answer itself: while PubChem says "waiting" it is asked again, a limited number of times."""
        reply = self._try(url, data, context, end)
        for _ in range(self._limits.polls):
            key = _waiting(reply)
            if key is None:
                return _judged(reply)
            domain, _, *operation = url.removeprefix(f"{self._limits.base}/").split("/")
            self._sleep(self._limits.poll_pause)
            place = "/".join((self._limits.base, domain, "listkey", key, *operation))
            reply = self._try(place, None, context, end)
        raise _PassingError("PubChem says for too long that it is still at work")

    def _try(self, url: str, data: bytes | None, context: ssl.SSLContext | None, end: float) -> Reply:
        """One request at its time, within its deadline; its pace and colours are remembered."""
        self._let_through(end)
        start = self._clock()
        headers = {"User-Agent": self._limits.user_agent, "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            reply = exchange(
                url,
                data,
                headers=headers,
                seconds=min(self._limits.timeout, end - start),
                max_bytes=self._limits.max_bytes,
                context=context,
                allow_hosts=self._limits.allow_hosts,
            )
        except AddressError as error:
            raise self._note(ResolveError(f"PubChem is not asked: {error}")) from error
        except (OSError, http.client.HTTPException) as error:
            raise _PassingError(f"PubChem could not be reached: {_in_words(error)}") from error
        finally:
            self._pace.note(start, self._clock())
        self._heed(throttling(reply.headers.get("X-Throttling-Control")))
        return reply

    def _let_through(self, end: float) -> None:
        """Wait for the pace; raises when the breaker is open or there is no time left."""
        left = self._breaker.left(self._clock())
        if left:
            message = f"PubChem is left alone for {left:.0f} s: {self._breaker.last}"
            raise self._note(ResolveError(message, retry_after=left))
        pause = self._pace.wait(self._clock())
        if self._clock() + pause >= end:
            raise self._note(ResolveError("there was no time left to ask PubChem", retry_after=pause or None))
        if pause:
            self._sleep(pause)

    def _heed(self, colour: str) -> None:
        seconds = HOLD[colour] * (0.75 + self._chance() / 2)
        if colour == "black":
            message = "PubChem says that it was asked too much (status Black)"
            self._breaker.trip(self._clock(), seconds, message)
        elif seconds:
            self._pace.hold(self._clock(), seconds)

    def _sleep(self, seconds: float) -> None:
        if self._wait(seconds):
            self.stopped = True
            raise ResolveError("stopped before PubChem had answered")


def private_copy(urlopen: Callable[..., Any], base: str) -> Any:
    """A copy of pubchempy of our own, with `urlopen` and `API_BASE` replaced.

    Raises ResolveError when this version of pubchempy has no such names: then nothing would be replaced.
    """
    spec = importlib.util.find_spec("pubchempy")
    if spec is None or spec.loader is None:
        raise ResolveError("pubchempy is not installed; install substance-monitor again", permanent=True)
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    missing = [name for name in REPLACED if not hasattr(module, name)]
    if missing:
        lacking = ", ".join(missing)
        raise ResolveError(
            f"this version of pubchempy has no {lacking}; install one >= 1.0.5, < 1.1", permanent=True
        )
    module.urlopen, module.API_BASE = urlopen, base
    return module


# --- answers as they come --------------------------------------------------------------------------------


def _judged(reply: Reply) -> Reply:
    """The reply, when it is an answer (also "not found" or "refused"); else raises _PassingError."""
    content = _json(reply)
    fault = _fault(content)
    if reply.status == 200 and isinstance(content, dict) and content and not fault:
        return reply
    if reply.status == 404 and fault == "PUGREST.NotFound":
        return reply
    if 400 <= reply.status < 500 and reply.status not in _PASSING and fault:
        return reply
    after = _retry_after(reply)
    if reply.status == 200:
        what = "a web page instead of data" if content is None else "what cannot be read"
        raise _PassingError(
            f"PubChem's address answers with {what}; is there a login page in between?", after
        )
    raise _PassingError(f"PubChem answers {reply.status} {fault or reply.reason}".rstrip(), after)


def _json(reply: Reply) -> object:
    try:
        content: object = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return content


def _fault(content: object) -> str:
    fault = content.get("Fault") if isinstance(content, dict) else None
    return str(fault.get("Code") or "unknown")[:80] if isinstance(fault, dict) else ""


def _waiting(reply: Reply) -> str | None:
    """The list key to ask for later; None when this is the answer itself."""
    content = _json(reply) if reply.status in (200, 202) else None
    waiting = content.get("Waiting") if isinstance(content, dict) else None
    key = str(waiting.get("ListKey")) if isinstance(waiting, dict) else ""
    return key if _LIST_KEY.fullmatch(key) else None


def _retry_after(reply: Reply) -> float:
    """Seconds that the server asks to wait, from a number or a date (against its own clock); 0 for none."""
    asked = (reply.headers.get("Retry-After") or "").strip()
    if asked.isdecimal() and len(asked) < 9:
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        return max(0.0, (until - parsedate_to_datetime(reply.headers.get("Date") or "")).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _as_response(url: str, reply: Reply) -> io.BytesIO:
    if reply.status == 200:
        return io.BytesIO(reply.body)
    raise HTTPError(url, reply.status, reply.reason, reply.headers, io.BytesIO(reply.body))


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no whole answer in time"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection was cut within the answer"
    return str(error) or type(error).__name__


def _is_fresh(kept: Kept, now: datetime) -> bool:
    return now - kept.fetched_at < (FOUND if kept.answer else NOT_FOUND)


def _number(row: Mapping[str, object]) -> int | None:
    cid = row.get("CID")
    return cid if isinstance(cid, int) and 0 < cid < 2**31 else None


def _compounds(rows: Rows) -> list[Compound]:
    """Rows as compounds; one without InChIKey and SMILES is what PubChem says of a CID that never was."""
    found = []
    for row in rows:
        cid, inchikey = _number(row), row.get("InChIKey")
        smiles = row.get("SMILES") or row.get("IsomericSMILES")
        if cid is not None and (inchikey or smiles):
            found.append(Compound(cid, str(inchikey or ""), str(smiles or "")))
    return found


def _texts(rows: Rows) -> list[str]:
    texts = rows[0].get("Synonym") if rows else None
    return [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []
