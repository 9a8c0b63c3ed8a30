"""`resolve --online`: PubChem is asked last, its answers are kept, and trouble with it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.chem.resolver import Online
from monitor.config import load_config
from monitor.errors import ResolveError
from monitor.queries.pubchem_lookup import open_lookup
from tests.chem.pubchems import BASE, BUSY, BY_NAME, NOT_FOUND, asked, fault, in_turn, properties, said
from tests.queries.test_resolve import ask
from tests.servers import Handler, Server
from tests.worlds import Clock, folder_source, served, write_config

LSD = {"CID": 5761, "InChIKey": "VAYOSLLFUXYJDT-RDTXWAMCSA-N", "SMILES": "CCN(CC)C(=O)[C@H]1CN(C)C2"}
PEB = {"CID": 7666, "InChIKey": "WMPPDTMATNBGJN-UHFFFAOYSA-N", "SMILES": "BrCCc1ccccc1"}
OTHER = {"CID": 1, "InChIKey": "AAAAAAAAAAAAAA-UHFFFAOYSA-N", "SMILES": "CCO"}


def by_name(form: Mapping[str, str]) -> web.Response:
    known = {"delysid": [LSD], "trade word 7": [PEB], "two things": [PEB, OTHER]}
    found = known.get(form["name"])
    return properties(*found) if found else NOT_FOUND


def configured(folder: Path, place: str, url: str) -> Path:
    more = f"http:\n  allow_hosts:\n    - {place}\nsync:\n  url: {url}{BASE}\n"
    return write_config(folder, folder_source("in", folder / "in"), more=more)


@dataclass
class Waits:
    """Waits not at all, and remembers for how long it should have."""

    slept: float = 0.0

    def __call__(self, seconds: float) -> bool:
        self.slept += seconds
        return False


def look_up(folder: Path, server: Server, name: str, clock: Clock) -> Online:
    config = load_config(configured(folder, server.place, server.url), {})
    with open_lookup(config, clock(), Waits(), lambda: 0.5) as lookup:
        return lookup(name)


def test_a_name_gives_its_structure_and_where_it_is_from(tmp_path: Path) -> None:
    with served({BY_NAME: asked(by_name)}) as server:
        assert look_up(tmp_path, server, "delysid", Clock()) == Online(
            str(LSD["SMILES"]), f"CID 5761: {LSD['SMILES']}"
        )


def test_a_name_that_pubchem_does_not_know_or_refuses_or_has_twice_gives_none(tmp_path: Path) -> None:
    with served({BY_NAME: asked(by_name)}) as server:
        assert look_up(tmp_path, server, "gibberish", Clock()) == Online("", "PubChem does not know the name")
        assert look_up(tmp_path, server, "two things", Clock()) == Online(
            "", "PubChem has 2 different structures of this name (CID 7666, CID 1)"
        )
    with served({BY_NAME: fault("PUGREST.BadRequest", 400)}) as server:
        refused = look_up(tmp_path, server, "bad", Clock())
        assert refused.smiles == ""
        assert "refuses" in refused.said


def test_answers_are_kept_in_the_database_and_not_asked_for_again(tmp_path: Path) -> None:
    clock = Clock()
    with served({BY_NAME: asked(by_name)}) as server:
        for name in ("delysid", "gibberish", "delysid", "gibberish"):
            look_up(tmp_path, server, name, clock)
        assert len(server.requests) == 2
        clock.now += timedelta(days=8)  # "unknown" counts for 7 days, a structure for 30
        for name in ("delysid", "gibberish"):
            look_up(tmp_path, server, name, clock)
        assert len(server.requests) == 3


def test_an_old_answer_is_better_than_none_and_says_that_it_is_old(tmp_path: Path) -> None:
    clock = Clock()
    handler: Handler = in_turn(properties(LSD), BUSY)
    with served({BY_NAME: handler}) as server:
        look_up(tmp_path, server, "delysid", clock)
        clock.now += timedelta(days=40)
        old = look_up(tmp_path, server, "delysid", clock)
    assert old.smiles == LSD["SMILES"]
    assert "kept from before: PubChem answers 503" in old.said


def test_without_a_configuration_answers_are_kept_for_the_command_only(tmp_path: Path) -> None:
    with open_lookup(None, Clock()(), Waits()) as lookup:
        assert lookup.pubchem is not None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", [BUSY, said("<html>", 200), web.Response(body=b"<html>login</html>")])
def test_trouble_is_told_and_counted(tmp_path: Path, answer: web.Response) -> None:
    with served({BY_NAME: answer}) as server:
        config = load_config(configured(tmp_path, server.place, server.url), {})
        with open_lookup(config, Clock()(), Waits(), lambda: 0.5) as lookup:
            for _ in range(2):
                with pytest.raises(ResolveError):
                    lookup("delysid")
            assert lookup.missed == 2
            assert lookup.trouble


# --- the command ----------------------------------------------------------------------------------------


def steps_of(line: str) -> dict[str, str]:
    return {step["step"]: step["said"] for step in json.loads(line)["steps"]}


def test_the_command_asks_only_with_online_and_only_for_what_nothing_else_reads(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("PMK\ntrade word 7\ngibberish 8\n", encoding="utf-8")
    with served({BY_NAME: asked(by_name)}) as server:
        path = str(configured(tmp_path, server.place, server.url))
        done = ask(tmp_path, "--input", "names.txt", "-c", path)
        assert server.requests == []
        assert all("pubchem" not in steps_of(line) for line in done.stdout.splitlines())
        done = ask(tmp_path, "--input", "names.txt", "-c", path, "--online")
        assert (done.returncode, len(server.requests)) == (0, 2)
    pmk, trade, gibberish = map(json.loads, done.stdout.splitlines())
    assert pmk["via"] == "lexicon"
    assert (trade["via"], trade["smiles"]) == ("pubchem", "BrCCc1ccccc1")
    assert (gibberish["via"], gibberish["smiles"]) == (None, None)


def test_the_command_says_that_pubchem_could_not_be_reached(tmp_path: Path) -> None:
    with served({}) as server:
        place, url = server.place, server.url
    done = ask(tmp_path, "gibberish 8", "-c", str(configured(tmp_path, place, url)), "--online")
    assert done.returncode == 0
    assert steps_of(done.stdout)["pubchem"].startswith("no answer: PubChem could not be reached")
    assert "one name not looked up in PubChem: PubChem could not be reached" in done.stderr
