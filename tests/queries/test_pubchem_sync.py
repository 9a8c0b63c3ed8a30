"""Enrichment from PubChem as a whole: a local PubChem, a real database, the command line, the scheduler."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from monitor.config import Config, load_config
from monitor.doors.scheduler import Watcher
from monitor.errors import MonitorError
from monitor.pipeline.prepare import load_watchlist
from monitor.pipeline.run import Monitor
from monitor.queries import pubchem_sync
from monitor.queries.pubchem_sync import FIRST, JOB, SyncResult, plan
from monitor.store import ACCEPTED, OPEN, Job, Proposal, Store, open_store
from tests.chem.pubchems import (
    BASE,
    BUSY,
    BY_KEY,
    BY_NAME,
    NOT_FOUND,
    PROPERTY,
    SYNONYMS,
    asked,
    fault,
    in_turn,
    properties,
    synonyms,
)
from tests.servers import Handler, Server
from tests.worlds import Clock, alerts, article, folder_source, opened, ran, rows, served, write_config

PEB, PROPIONYL, BOROHYDRIDE = 7666, 62324, 4311764
KEYS = {
    PEB: "WMPPDTMATNBGJN-UHFFFAOYSA-N",
    PROPIONYL: "RZWZRACFZGVKFM-UHFFFAOYSA-N",
    BOROHYDRIDE: "YOQDYZUWIQVZSF-UHFFFAOYSA-N",
}
NAMES = {
    PEB: ["Phenethyl bromide", "1-bromo-2-phenylethan-1-yl", "lux", "NSC 33926", "sharedname-3-bromide"],
    PROPIONYL: ["Propanoyl chloride", "1-oxopropan-1-yl chloride", "sharedname-3-bromide"],
    BOROHYDRIDE: ["Sodium borohydride", "Hidkitex DF", "1,2-tetrahydridoborate"],
}


def structures(form: Mapping[str, str]) -> web.Response:
    cids = [int(cid) for cid in form["cid"].split(",") if int(cid) in KEYS]
    return properties(*({"CID": cid, "InChIKey": KEYS[cid], "SMILES": "C"} for cid in cids))


def names(form: Mapping[str, str]) -> web.Response:
    return synonyms(**{f"c{cid}": NAMES[int(cid)] for cid in form["cid"].split(",") if int(cid) in NAMES})


THREE = {"phenethyl-bromide", "propionyl-chloride", "sodium-borohydride"}
KIND: dict[str, Handler | web.Response] = {PROPERTY: asked(structures), SYNONYMS: asked(names)}
WHOLE = {**KIND, BY_KEY: NOT_FOUND, BY_NAME: NOT_FOUND}  # for the whole shipped list
OWN = """
  - name: house list
    substances:
      - name: secret compound 9
      - name: (2-bromoethyl)benzene
"""


def configured(folder: Path, server: Server, more: str = "") -> Path:
    """A configuration with three shipped substances, one own one, and PubChem at `server`."""
    text = f"watchlists:\n  - builtin: dea-ssl\n{OWN}http:\n  contact: a@b.example\n  allow_hosts:\n"
    text += f"    - {server.place}\nsync:\n  url: {server.url}{BASE}\n{more}"
    return write_config(folder, folder_source("in", folder / "in"), more=text)


@pytest.fixture
def kind(tmp_path: Path) -> Iterator[tuple[Config, Server]]:
    with served(KIND) as server:
        yield load_config(configured(tmp_path, server), {}), server


def synchronise(config: Config, clock: Clock, **options: Any) -> SyncResult:
    """Enrich the watchlist of `config`, with three substances of its shipped list and all of its own."""
    watchlist = load_watchlist(config)
    shipped = {entry.substance for entry in watchlist.listings if entry.list_id == "dea-ssl"} - THREE
    kept = {key: each for key, each in watchlist.substances.items() if key not in shipped}
    small = replace(
        watchlist,
        substances=kept,
        names=tuple(name for name in watchlist.names if name.substance in kept),
        listings=tuple(entry for entry in watchlist.listings if entry.substance in kept),
    )
    return pubchem_sync.synchronise(config, clock, watchlist=small, **options)


def proposals(config: Config, clock: Clock) -> dict[str, Proposal]:
    with open_store(config.database, now=clock()) as store:
        return {each.after: each for each in store.proposals()}


def never(seconds: float) -> bool:
    """Wait not at all, and do not stop."""
    return False


# --- what is proposed ---------------------------------------------------------------------------------


def test_safe_names_come_in_and_the_others_wait(kind: tuple[Config, Server]) -> None:
    config, server = kind
    clock = Clock()
    result = synchronise(config, clock)
    assert (result.wanted, result.looked_up, result.unknown, result.outcome) == (3, 3, 0, "ok")
    assert (result.proposed, result.accepted, result.news) == (7, 3, True)
    assert server.paths == [PROPERTY, SYNONYMS]
    assert server.requests[0].headers["User-Agent"].endswith("(+a@b.example)")
    found = proposals(config, clock)
    safe = found["1-bromo-2-phenylethan-1-yl"]
    assert (safe.substance, safe.status, safe.who, safe.source) == (
        "phenethyl-bromide",
        ACCEPTED,
        "rule",
        "PubChem CID 7666, 2026-03-02",
    )
    assert found["lux"].status == OPEN  # short codes and slang never come in by themselves
    assert found["Hidkitex DF"].status == OPEN
    shared = found["sharedname-3-bromide"]
    assert (shared.status, shared.reason) == (OPEN, "PubChem gives it to phenethyl-bromide as well")
    assert "NSC 33926" not in found


def test_a_second_time_asks_and_proposes_nothing(kind: tuple[Config, Server]) -> None:
    config, server = kind
    clock = Clock()
    synchronise(config, clock)
    clock.forward(days=7)
    again = synchronise(config, clock)
    assert (again.looked_up, again.proposed, again.news) == (3, 0, False)
    assert len(server.requests) == 2
    clock.forward(days=30)
    synchronise(config, clock)
    assert len(server.requests) == 4


def test_own_substances_are_nobody_elses_business(tmp_path: Path) -> None:
    sent: list[str] = []

    def tell(form: Mapping[str, str]) -> web.Response:
        sent.extend(form.values())
        return NOT_FOUND

    with served({**KIND, BY_NAME: asked(tell)}) as server:
        config = load_config(configured(tmp_path, server), {})
        assert synchronise(config, Clock()).wanted == 3
        assert sent == []
        assert synchronise(config, Clock(), only="secret compound 9").unknown == 1  # asked for by name
        open_to_all = load_config(configured(tmp_path, server, "  own_lists: true\n"), {})
        assert synchronise(open_to_all, Clock()).wanted == 4
    assert sent == ["secret compound 9"]


def test_limit_goes_on_where_the_last_one_ended(kind: tuple[Config, Server]) -> None:
    config, server = kind
    clock = Clock()
    for _ in range(3):
        assert synchronise(config, clock, limit=1).looked_up == 1
        clock.forward(minutes=1)
    with open_store(config.database, now=clock()) as store:
        assert len(store.answers([f"property cid {cid}" for cid in KEYS])) == 3
        assert store.job(JOB) is None  # only one of all substances moves the schedule
    assert len(server.requests) == 6


def test_a_name_that_is_not_watched_is_told(kind: tuple[Config, Server]) -> None:
    with pytest.raises(MonitorError, match="no watched substance has the name “unobtainium”"):
        synchronise(kind[0], Clock(), only="unobtainium")


def test_a_merged_cid_is_found_by_the_structure(tmp_path: Path) -> None:
    merged = properties({"CID": 99, "InChIKey": KEYS[PEB], "SMILES": "C"})
    with served({PROPERTY: NOT_FOUND, BY_KEY: merged, SYNONYMS: NOT_FOUND}) as server:
        config = load_config(configured(tmp_path, server), {})
        clock = Clock()
        assert synchronise(config, clock, only="phenethyl bromide").looked_up == 1
    found = proposals(config, clock)["99"]
    assert (found.kind, found.before, found.status) == ("cid", "7666", OPEN)
    assert "merged" in found.reason


def test_a_refused_question_does_not_stop_the_others(tmp_path: Path) -> None:
    refused = {PROPERTY: NOT_FOUND, BY_KEY: fault("PUGREST.BadRequest", 400), SYNONYMS: asked(names)}
    with served(refused) as server:
        result = synchronise(load_config(configured(tmp_path, server), {}), Clock(), wait=never)
    assert (result.looked_up, result.unknown, result.outcome) == (3, 3, "ok")


# --- trouble ------------------------------------------------------------------------------------------


def test_trouble_postpones_what_is_left_and_is_told_once(tmp_path: Path) -> None:
    with served({PROPERTY: BUSY}) as server:
        config = load_config(configured(tmp_path, server), {})
        clock = Clock()
        first = synchronise(config, clock, wait=never)
        assert (first.outcome, first.looked_up, first.news) == ("postponed", 0, True)
        assert "503 PUGREST.ServerBusy" in first.message
        assert first.next_at == clock() + timedelta(hours=1)
        clock.forward(hours=1)
        second = synchronise(config, clock, wait=never)
        assert (second.news, second.next_at) == (False, clock() + timedelta(hours=2))
    assert rows(tmp_path, "SELECT kind, status FROM run ORDER BY id") == [("sync", "failed")] * 2
    ((outcome, failures, message),) = rows(tmp_path, "SELECT outcome, failures, message FROM job")
    assert (outcome, failures) == ("postponed", 2)
    assert "503" in str(message)


def test_what_was_found_before_the_trouble_is_kept(tmp_path: Path) -> None:
    routes = {**KIND, BY_KEY: BUSY, PROPERTY: in_turn(asked(structures), BUSY)}
    with served(routes) as server:
        config = load_config(configured(tmp_path, server), {})
        clock = Clock()
        assert synchronise(config, clock).accepted == 3
        clock.forward(days=31)
        stale = synchronise(config, clock, wait=never)
    assert (stale.outcome, stale.looked_up, stale.proposed) == ("postponed", 3, 0)


def test_it_stops_when_asked_to(tmp_path: Path) -> None:
    with served({PROPERTY: BUSY}) as server:
        config = load_config(configured(tmp_path, server), {})
        result = synchronise(config, Clock(), wait=lambda _: True)
        assert len(server.requests) == 1
    assert (result.outcome, result.message) == ("postponed", "stopped before PubChem had answered")
    assert not result.news  # and it counts as no failure: the next start goes on with it
    assert rows(tmp_path, "SELECT COUNT(*) FROM job") == [(0,)]


# --- the command line -----------------------------------------------------------------------------------


def test_from_sync_over_review_to_an_alert(tmp_path: Path) -> None:
    with served(WHOLE) as server:
        configured(tmp_path, server)
        code, out, err = ran(tmp_path, "watchlist", "sync")
    assert (code, err) == (0, "")
    assert re.search(r"(\d+) of \1 substances looked up, \d+ not in PubChem, 7 new proposals, 3 of them", out)
    code, out, _ = ran(tmp_path, "watchlist", "review")
    assert code == 0
    line = re.search(
        r"^ +(\d+)  synonym    Hidkitex DF  \[PubChem CID 4311764, [\d-]+\]  it does not", out, re.M
    )
    assert line is not None, out
    number = line[1]
    code, _, err = ran(tmp_path, "watchlist", "review", "--accept", number)
    assert (code, "a decision needs --why TEXT and --by NAME" in err) == (2, True)
    decision = ("--why", "seen in catalogues", "--by", "Ann")
    code, _, err = ran(tmp_path, "watchlist", "review", "--accept", f"{number},99", *decision)
    assert (code, "there is no proposal 99" in err) == (1, True)
    code, out, _ = ran(tmp_path, "watchlist", "review", "--accept", number, *decision)
    assert (code, out) == (0, "accepted 1, rejected 0; it counts from the next start on\n")
    _, out, _ = ran(tmp_path, "watchlist", "review", "--all")
    assert "accepted by Ann: seen in catalogues" in out
    text = "Officers seized 5 kg of Hidkitex DF and of 1-bromo-2-phenylethan-1-yl."
    (tmp_path / "in" / "a.txt").write_text(article("Port", text))
    ran(tmp_path, "run")
    assert alerts(tmp_path) == [("a.txt", "phenethyl-bromide"), ("a.txt", "sodium-borohydride")]
    sources = rows(tmp_path, "SELECT source FROM name WHERE text = 'Hidkitex DF' AND withdrawn_at IS NULL")
    assert str(sources[0][0]).startswith("PubChem CID 4311764, ")
    # a change of mind takes the name out again
    ran(tmp_path, "watchlist", "review", "--reject", number, "--why", "a typing error", "--by", "Bob")
    ran(tmp_path, "run")
    query = "SELECT withdrawn_at IS NULL FROM name WHERE text = 'Hidkitex DF'"
    assert rows(tmp_path, query) == [(0,)]
    assert rows(tmp_path, f"SELECT decided_by, decisions FROM v_proposals WHERE proposal_id = {number}") == [
        ("Bob", 2)
    ]


def test_the_command_line_tells_trouble_and_wrong_numbers(tmp_path: Path) -> None:
    with served({PROPERTY: fault("PUGREST.ServerBusy", 503, Retry_After="900")}) as server:
        configured(tmp_path, server)
        code, out, err = ran(tmp_path, "watchlist", "sync")
    assert (code, err) == (1, "")
    assert "The rest is postponed: PubChem answers 503" in out
    code, out, _ = ran(tmp_path, "watchlist", "review")
    assert (code, out) == (0, "No open proposals (--all shows decided ones too).\n")
    code, _, err = ran(tmp_path, "watchlist", "review", "--reject", "three", "--why", "x", "--by", "y")
    assert (code, "--reject three: write numbers such as 3,5-9" in err) == (2, True)


# --- the schedule ---------------------------------------------------------------------------------------


def test_the_first_one_is_planned_once_and_off_means_never(
    kind: tuple[Config, Server], tmp_path: Path
) -> None:
    config, server = kind
    clock = Clock()
    with open_store(config.database, now=clock()) as store:
        assert plan(config, store, clock()) == clock() + FIRST
        clock.forward(minutes=10)
        assert plan(config, store, clock()) == clock() + timedelta(minutes=5)
        off = load_config(configured(tmp_path, server, "  every: off\n"), {})
        assert plan(off, store, clock()) is None


def test_a_shorter_rhythm_counts_at_the_next_start(kind: tuple[Config, Server], tmp_path: Path) -> None:
    config, server = kind
    clock = Clock()
    synchronise(config, clock)
    with open_store(config.database, now=clock()) as store:
        assert plan(config, store, clock()) == clock() + timedelta(days=7)
        daily = load_config(configured(tmp_path, server, "  every: 1d\n"), {})
        assert plan(daily, store, clock()) == clock() + timedelta(days=1) + FIRST


def real_clock() -> datetime:
    """The scheduler's own clock is the real one."""
    return datetime.now(UTC).replace(microsecond=0)


def test_watch_asks_when_it_is_due_and_plans_the_next_time(tmp_path: Path) -> None:
    with served(WHOLE) as server:
        path = configured(tmp_path, server)
        with opened(path, real_clock) as monitor:  # type: ignore[arg-type]
            start = real_clock()
            monitor.store.put_job(Job(JOB, start - timedelta(minutes=1)))
            asyncio.run(watched(monitor))
            state = monitor.store.job(JOB)
    assert state is not None
    assert state.outcome == "ok"
    assert state.next_at >= start + timedelta(days=7)
    assert {PROPERTY, SYNONYMS} <= set(server.paths)
    told = rows(tmp_path, "SELECT kind, status FROM run ORDER BY kind")
    assert told == [("sync", "done"), ("watch", "done")]


async def watched(monitor: Monitor) -> None:
    """Watch until the enrichment has ended."""
    async with monitor.session("watch") as session:
        watcher = Watcher(monitor, session, asyncio.get_running_loop())
        watcher.start()
        async with asyncio.timeout(30):
            while not synced(monitor.store):
                await asyncio.sleep(0.02)
        session.stop()
        await asyncio.to_thread(watcher.shutdown)


def synced(store: Store) -> bool:
    state = store.job(JOB)
    return state is not None and state.outcome != ""
