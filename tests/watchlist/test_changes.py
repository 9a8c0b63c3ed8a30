"""What changed between two lists: exact, pure, and told in few lines."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Listing, Name, Severity, Substance, Watchlist
from monitor.watchlist import Change, diff, load_builtin, render_changes
from tests.watchlist.cases import EMPTY, PHENETHYL, shipped


def with_substance(watchlist: Watchlist, substance: Substance) -> Watchlist:
    return replace(watchlist, substances={**watchlist.substances, substance.key: substance})


def test_the_first_load_adds_everything() -> None:
    changes = diff(None, shipped())
    assert {change.action for change in changes} == {"added"}
    assert len(changes) == 2 + 7 + 3
    assert changes[0] == Change(
        "added",
        "substance",
        "phenethyl-bromide",
        "",
        "(2-Bromoethyl)benzene, CAS 103-63-9, InChIKey WMPPDTMATNBGJN-UHFFFAOYSA-N",
    )


def test_no_change() -> None:
    assert diff(shipped(), shipped()) == ()
    assert diff(None, EMPTY) == ()


def test_a_changed_substance_tells_only_what_changed() -> None:
    new = with_substance(shipped(), replace(PHENETHYL, severity=Severity.HIGH, note=""))
    assert diff(shipped(), new) == (
        Change(
            "changed",
            "substance",
            "phenethyl-bromide",
            "severity none, note a note",
            "severity high, note none",
        ),
    )


def test_a_withdrawn_name_and_a_changed_flag() -> None:
    old = shipped()
    names = tuple(
        replace(n, ambiguous=False) if n.text == "BMK" else n for n in old.names if n.language != "de"
    )
    assert diff(old, replace(old, names=names)) == (
        Change("withdrawn", "name", "phenethyl-bromide", "“Phenethylbromid”, de, common", ""),
        Change("changed", "name", "phenylacetone", "“BMK”, mul, acronym, ambiguous", "“BMK”, mul, acronym"),
    )


def test_a_listing_that_gets_its_date() -> None:
    old = shipped()
    listings = tuple(replace(e, since="1991-01-01") if e.code == "8501" else e for e in old.listings)
    assert diff(old, replace(old, listings=listings)) == (
        Change(
            "changed",
            "listing",
            "phenylacetone",
            "dea-list-1, 8501, date not known",
            "dea-list-1, 8501, since 1991-01-01",
        ),
    )


def test_equal_rows_twice_are_told_apart() -> None:
    old = shipped()
    assert len(diff(old, replace(old, names=(*old.names, old.names[0])))) == 1


def test_the_order_of_rows_is_no_change() -> None:
    old = shipped()
    turned = Watchlist(dict(reversed(old.substances.items())), old.names[::-1], old.listings[::-1], old.lists)
    assert diff(old, turned) == ()


def test_few_changes_are_told_one_by_one() -> None:
    lines = render_changes(diff(None, shipped()))
    assert lines[0] == "watchlist: 2 substances added, 7 names added, 3 listings added"
    assert len(lines) == 1 + 12
    assert "  added listing phenethyl-bromide: dea-ssl, since 2023-10-24" in lines


def test_many_changes_are_counted_and_new_substances_named() -> None:
    old = shipped()
    names = tuple(Name(f"name {n}", "zorb") for n in range(30))
    new = with_substance(replace(old, names=(*old.names, *names)), Substance("zorb", "Zorblaxine"))
    assert render_changes(diff(old, new)) == [
        "watchlist: 1 substance added, 30 names added",
        "  added substance zorb: Zorblaxine",
    ]
    assert len(render_changes(diff(None, load_builtin()))) == 1


def test_no_change_is_told_too() -> None:
    assert render_changes(()) == ["watchlist: no change"]


# --- properties --------------------------------------------------------------------------------------

KEYS = st.sampled_from("abc")
SUBSTANCES = st.dictionaries(KEYS, st.sampled_from(["x", "y"]), max_size=3).map(
    lambda found: {key: Substance(key, name) for key, name in found.items()}
)
NAMES = st.lists(
    st.builds(
        Name, st.sampled_from(["n1", "n2"]), KEYS, st.sampled_from(["en", "de"]), ambiguous=st.booleans()
    ),
    max_size=6,
    unique_by=lambda name: (name.text, name.substance, name.language),
).map(tuple)
LISTINGS = st.lists(
    st.builds(Listing, KEYS, st.sampled_from(["l1", "l2"]), since=st.sampled_from(["", "2020"])),
    max_size=4,
    unique_by=lambda entry: (entry.substance, entry.list_id),
).map(tuple)
WATCHLISTS = st.builds(Watchlist, SUBSTANCES, NAMES, LISTINGS)
TURNED = {"added": "withdrawn", "withdrawn": "added", "changed": "changed"}


@given(WATCHLISTS, WATCHLISTS)
def test_no_change_means_the_same_content(old: Watchlist, new: Watchlist) -> None:
    assert (diff(old, new) == ()) == (old.digest == new.digest)


@given(WATCHLISTS, WATCHLISTS)
def test_the_way_back_is_the_mirror(old: Watchlist, new: Watchlist) -> None:
    there = [Change(TURNED[c.action], c.kind, c.key, c.after, c.before) for c in diff(old, new)]  # type: ignore[arg-type]
    assert sorted(map(repr, there)) == sorted(map(repr, diff(new, old)))


@given(WATCHLISTS, WATCHLISTS)
def test_counts_add_up(old: Watchlist, new: Watchlist) -> None:
    changes = diff(old, new)
    for kind in ("substance", "name", "listing"):
        rows = {"substance": "substances", "name": "names", "listing": "listings"}[kind]
        added = sum(c.action == "added" for c in changes if c.kind == kind)
        withdrawn = sum(c.action == "withdrawn" for c in changes if c.kind == kind)
        assert len(getattr(old, rows)) + added - withdrawn == len(getattr(new, rows))
