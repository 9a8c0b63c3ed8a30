"""The adapter to PubChem against a local server that is kind, busy, or hostile."""

from __future__ import annotations

import inspect
import urllib.request
from datetime import timedelta

import pubchempy
import pytest
from aiohttp import web

from monitor.chem.pace import FAILURES, LEFT_ALONE
from monitor.chem.pubchem import BATCH, FOUND, NOT_FOUND, PUBCHEM, REPLACED, Compound, Limits, private_copy
from monitor.errors import ResolveError
from tests.chem.pubchems import (
    BASE,
    BUSY,
    BY_KEY,
    BY_NAME,
    ESTRIOL,
    GREEN,
    NOW,
    PEB,
    PROPERTY,
    SYNONYMS,
    Drawer,
    Time,
    asked,
    client,
    cut,
    fault,
    in_turn,
    properties,
    recorded,
    said,
    synonyms,
    waiting,
)
from tests.chem.pubchems import NOT_FOUND as NO_SUCH
from tests.servers import answer, endless
from tests.worlds import served

ETHANE = Compound(7666, "WMPPDTMATNBGJN-UHFFFAOYSA-N", "C1=CC=C(C=C1)CCBr")


# --- pubchempy itself ---------------------------------------------------------------------------------


def test_what_is_replaced_is_still_there_and_still_used() -> None:
    for name in REPLACED:
        assert hasattr(pubchempy, name)
    source = inspect.getsource(pubchempy.request)
    assert "API_BASE" in source
    assert "urlopen(apiurl, postdata, context=context)" in source
    assert pubchempy.API_BASE == PUBCHEM


def test_the_pubchempy_of_others_stays_as_it_is() -> None:
    copy = private_copy(lambda *_, **__: None, "http://127.0.0.1:9/rest/pug")
    assert copy.API_BASE == "http://127.0.0.1:9/rest/pug"
    assert pubchempy.API_BASE == PUBCHEM
    assert pubchempy.urlopen is urllib.request.urlopen


# --- answers ------------------------------------------------------------------------------------------


def test_a_name_is_posted_whole_and_answered() -> None:
    sent: list[dict[str, str]] = []

    def tell(form: dict[str, str]) -> web.Response:
        sent.append(form)
        return properties(PEB)

    with served({BY_NAME: asked(tell), BY_KEY: asked(tell)}) as server:
        pubchem = client(server, user_agent="monitor (+a@b.example)")
        assert pubchem.find("(2-bromoethyl)benzene, β", NOW) == (ETHANE,)
        assert pubchem.find(ETHANE.inchikey, NOW, "inchikey") == (ETHANE,)
        assert server.requests[0].headers["User-Agent"] == "monitor (+a@b.example)"
        assert server.requests[0].headers["Host"] == server.place
    assert sent == [{"name": "(2-bromoethyl)benzene, β"}, {"inchikey": ETHANE.inchikey}]


def test_recorded_answers_are_read() -> None:
    names = recorded("estriol_synonyms_from_cid")["body"].splitlines()
    headers = recorded("CAS_as_json")["headers"]
    assert headers["X-Throttling-Control"] == GREEN
    assert '"InformationList"' in recorded("CAS_as_json")["body"]  # the shape that synonyms() has as well
    with served({SYNONYMS: synonyms(c5756=names), PROPERTY: properties(ESTRIOL)}) as server:
        pubchem = client(server)
        assert pubchem.synonyms([5756], NOW)[5756] == tuple(names)
        assert pubchem.compounds([5756], NOW)[5756].inchikey == ESTRIOL["InChIKey"]


def test_many_cids_go_in_few_requests() -> None:
    def tell(form: dict[str, str]) -> web.Response:
        return properties(*({**PEB, "CID": int(cid)} for cid in form["cid"].split(",") if cid != "13"))

    with served({PROPERTY: asked(tell)}) as server:
        found = client(server).compounds(range(1, BATCH * 2 + 2), NOW)
        assert len(server.requests) == 3
    assert len(found) == BATCH * 2
    assert 13 not in found


def test_one_unknown_cid_does_not_hide_the_others() -> None:
    """PubChem may answer "not found" for all of them: then each half is asked."""

    def tell(form: dict[str, str]) -> web.Response:
        cids = form["cid"].split(",")
        return NO_SUCH if "3" in cids else properties(*({**PEB, "CID": int(cid)} for cid in cids))

    with served({PROPERTY: asked(tell)}) as server:
        assert set(client(server).compounds([1, 2, 3, 4], NOW)) == {1, 2, 4}


@pytest.mark.parametrize("row", [{"CID": 999}, {**PEB, "CID": 2**40}, {**PEB, "CID": "999"}, PEB])
def test_a_cid_without_structure_or_of_another_form_is_not_known(row: dict[str, object]) -> None:
    with served({PROPERTY: properties(row)}) as server:
        assert client(server).compounds([999], NOW) == {}


# --- the cache ----------------------------------------------------------------------------------------


def test_found_counts_thirty_days_and_not_found_seven() -> None:
    drawer = Drawer()
    with served({BY_NAME: in_turn(NO_SUCH, properties(PEB), properties(PEB))}) as server:
        for at, asked_for, found in (
            (NOW, 1, ()),
            (NOW + NOT_FOUND - timedelta(seconds=1), 1, ()),
            (NOW + NOT_FOUND, 2, (ETHANE,)),
            (NOW + NOT_FOUND + FOUND - timedelta(seconds=1), 2, (ETHANE,)),
            (NOW + NOT_FOUND + FOUND, 3, (ETHANE,)),
        ):
            assert client(server, drawer).find("phenethyl bromide", at) == found
            assert len(server.requests) == asked_for


def test_stale_answers_are_served_while_pubchem_is_down() -> None:
    drawer = Drawer()
    later = NOW + FOUND
    with served(
        {BY_NAME: in_turn(properties(PEB), BUSY), PROPERTY: in_turn(properties(PEB), BUSY)}
    ) as server:
        first = client(server, drawer)
        first.find("phenethyl bromide", NOW)
        first.compounds([7666], NOW)
        pubchem = client(server, drawer)
        assert pubchem.find("phenethyl bromide", later) == (ETHANE,)
        assert pubchem.stale == 1
        assert pubchem.trouble is not None
        pubchem = client(server, drawer)
        assert pubchem.compounds([7666], later) == {7666: ETHANE}
        with pytest.raises(ResolveError, match="503"):
            client(server, drawer).compounds([7666, 1], later)
    assert drawer.rows["property cid 7666"].fetched_at == NOW


# --- what may pass is tried again -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(BUSY, id="503"),
        pytest.param(fault("PUGREST.Timeout", 504), id="504"),
        pytest.param(web.Response(status=500), id="500 without a word"),
        pytest.param(web.Response(status=404, text="<html>no such page"), id="404 of something else"),
        pytest.param(web.Response(status=302, headers={"Location": "/login"}), id="redirect"),
        pytest.param(answer("<html>Please log in"), id="a page with 200"),
        pytest.param(answer("[1]", "application/json"), id="a list with 200"),
        pytest.param(answer("", "application/json"), id="nothing with 200"),
        pytest.param(fault("PUGREST.ServerBusy", 200), id="a fault with 200"),
        pytest.param(cut, id="cut connection"),
    ],
)
def test_passing_trouble_is_tried_again_with_growing_pauses(trouble: web.Response) -> None:
    time = Time()
    with served({BY_NAME: in_turn(trouble, trouble, properties(PEB))}) as server:
        assert client(server, time=time).find("x", NOW) == (ETHANE,)
        assert len(server.requests) == 3
    assert time.slept == [1.0, 2.0]
    time = Time()
    with served({BY_NAME: in_turn(trouble)}) as server:
        with pytest.raises(ResolveError, match="PubChem") as caught:
            client(server, time=time).find("x", NOW)
        assert len(server.requests) == 4
    assert not caught.value.permanent
    assert time.slept == [1.0, 2.0, 4.0]


def test_a_page_instead_of_data_is_called_so() -> None:
    with (
        served({BY_NAME: answer("<html>Please log in")}) as server,
        pytest.raises(ResolveError, match="login page"),
    ):
        client(server).find("x", NOW)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "Sun, 22 Nov 2026 12:00:09 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 9.0),
        ({"Retry_After": "soon"}, 1.0),
    ],
)
def test_retry_after_is_heeded(headers: dict[str, str], pause: float) -> None:
    time = Time()
    busy = fault("PUGREST.ServerBusy", 503, **headers)
    with served({BY_NAME: in_turn(busy, properties(PEB))}) as server:
        client(server, time=time).find("x", NOW)
    assert time.slept == [pause]


def test_a_retry_after_beyond_the_patience_is_handed_on() -> None:
    with served({BY_NAME: fault("PUGREST.ServerBusy", 503, Retry_After="3600")}) as server:
        with pytest.raises(ResolveError) as caught:
            client(server).find("x", NOW)
        assert len(server.requests) == 1
    assert caught.value.retry_after == 3600


def test_nobody_there() -> None:
    with served({}) as server:
        gone = server
    with pytest.raises(ResolveError, match="could not be reached"):
        client(gone).find("x", NOW)


def test_a_refused_question_is_not_asked_again() -> None:
    with served({BY_NAME: fault("PUGREST.BadRequest", 400)}) as server:
        with pytest.raises(ResolveError, match="refuses") as caught:
            client(server).find("x", NOW)
        assert len(server.requests) == 1
    assert caught.value.permanent


@pytest.mark.parametrize("content", [{}, {"PropertyTable": []}, {"PropertyTable": {"Properties": 3}}])
def test_an_answer_of_another_form_is_told(content: object) -> None:
    with served({BY_NAME: said(content)}) as server, pytest.raises(ResolveError, match="PubChem's a"):
        client(server).find("x", NOW)


# --- deadlines ----------------------------------------------------------------------------------------


def test_a_slow_drip_ends_at_the_deadline() -> None:
    drip = endless(b" ", media_type="application/json", pause=0.02)
    with served({BY_NAME: drip}) as server, pytest.raises(ResolveError, match="no whole answer in time"):
        client(server, timeout=0.3, tries=1).find("x", NOW)


def test_an_answer_without_end_is_cut_off() -> None:
    flood = endless(b" " * 65536, media_type="application/json")
    with served({BY_NAME: flood}) as server, pytest.raises(ResolveError, match="larger than"):
        client(server, max_bytes=1_000_000, tries=1).find("x", NOW)


def test_patience_ends_the_tries() -> None:
    time = Time()
    with served({BY_NAME: BUSY}) as server:
        with pytest.raises(ResolveError, match="503"):
            client(server, time=time, patience=2.5, tries=9).find("x", NOW)
        assert len(server.requests) == 2


def test_the_total_deadline_ends_everything() -> None:
    time = Time()
    with served({BY_NAME: properties(PEB)}) as server:
        pubchem = client(server, time=time, total=10.0)
        pubchem.find("x", NOW)
        time.now += 11
        with pytest.raises(ResolveError, match="no time left"):
            pubchem.find("y", NOW)
        assert len(server.requests) == 1


def test_it_stops_when_asked_to() -> None:
    with served({BY_NAME: BUSY}) as server:
        with pytest.raises(ResolveError, match="stopped"):
            client(server, time=Time(stop_after=0)).find("x", NOW)
        assert len(server.requests) == 1


# --- waiting (202) --------------------------------------------------------------------------------------


def test_a_list_key_is_asked_for_until_the_answer_is_there() -> None:
    place = f"{BASE}/compound/listkey/777/property/InChIKey,SMILES/JSON"
    time = Time()
    routes = {BY_NAME: waiting("777"), place: in_turn(waiting("777"), properties(PEB))}
    with served(routes) as server:
        assert client(server, time=time).find("x", NOW) == (ETHANE,)
        assert server.paths == [BY_NAME, place, place]
    assert time.slept == [2.0, 2.0]


def test_waiting_for_ever_is_given_up() -> None:
    place = f"{BASE}/compound/listkey/777/property/InChIKey,SMILES/JSON"
    with served({BY_NAME: waiting("777"), place: waiting("777")}) as server:
        with pytest.raises(ResolveError, match="still at work"):
            client(server, tries=2, polls=3).find("x", NOW)
        assert len(server.requests) == 8


def test_a_hostile_list_key_goes_nowhere() -> None:
    with served({BY_NAME: waiting("../../../etc/passwd")}) as server:
        with pytest.raises(ResolveError, match="202"):
            client(server, tries=1).find("x", NOW)
        assert server.paths == [BY_NAME]


# --- pace, colours, breaker -------------------------------------------------------------------------------


def test_five_requests_a_second() -> None:
    time = Time()
    with served({BY_NAME: properties(PEB)}) as server:
        pubchem = client(server, time=time)
        for number in range(11):
            pubchem.find(f"x{number}", NOW)
    assert sum(time.slept) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        (GREEN, 0.0),
        (None, 0.0),
        ("nonsense", 0.0),
        (GREEN.replace("Count status: Green (1%)", "Count status: Yellow (60%)"), 2.0),
        (GREEN.replace("Time status: Green (0%)", "Time status: Red (80%)"), 20.0),
        (GREEN.replace("Service status: Green", "Service status: Red"), 0.0),
    ],
)
def test_the_colours_of_our_own_requests_slow_us_down(header: str | None, pause: float) -> None:
    time = Time()
    headers = {} if header is None else {"X-Throttling-Control": header}
    told = web.Response(body=properties(PEB).body, headers=headers, content_type="application/json")
    with served({BY_NAME: told}) as server:
        pubchem = client(server, time=time)
        pubchem.find("x", NOW)
        pubchem.find("y", NOW)
    assert sum(time.slept) == pytest.approx(pause)


def test_black_means_no_more_requests_for_a_while() -> None:
    black = said(
        {"PropertyTable": {"Properties": [PEB]}}, X_Throttling_Control=GREEN.replace("Green", "Black")
    )
    time = Time()
    with served({BY_NAME: black}) as server:
        pubchem = client(server, time=time)
        assert pubchem.find("x", NOW) == (ETHANE,)  # what was answered is used
        with pytest.raises(ResolveError, match="Black") as caught:
            pubchem.find("y", NOW)
        assert len(server.requests) == 1
        assert caught.value.retry_after == pytest.approx(600)
        time.now += 601
        assert pubchem.find("y", NOW) == (ETHANE,)


def test_after_failures_in_a_row_pubchem_is_left_alone() -> None:
    time = Time()
    with served({BY_NAME: in_turn(*[BUSY] * (FAILURES + 1), properties(PEB))}) as server:
        pubchem = client(server, time=time, total=10_000.0)
        for _ in range(2):
            with pytest.raises(ResolveError):
                pubchem.find("x", NOW)
        assert len(server.requests) == FAILURES
        with pytest.raises(ResolveError, match="left alone") as caught:
            pubchem.find("y", NOW)
        assert len(server.requests) == FAILURES
        assert caught.value.retry_after is not None
        time.now += LEFT_ALONE + 1
        with pytest.raises(ResolveError):  # one try, still busy: closed again at once
            pubchem.find("y", NOW)
        assert len(server.requests) == FAILURES + 1
        time.now += LEFT_ALONE + 1
        assert pubchem.find("y", NOW) == (ETHANE,)


# --- the guard ------------------------------------------------------------------------------------------


def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    with served({BY_NAME: properties(PEB)}) as server:
        with pytest.raises(ResolveError, match="not a public address"):
            client(server, allow_hosts=()).find("x", NOW)
        assert server.requests == []


def test_the_shipped_limits_are_pubchems_own() -> None:
    assert Limits().base == PUBCHEM
    assert (FOUND.days, NOT_FOUND.days) == (30, 7)
