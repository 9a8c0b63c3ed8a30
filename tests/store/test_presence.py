"""Names on watched pages: there, gone, or not known, each with its dates; idempotent, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from monitor.model import Document, Gap, Mention, Source
from monitor.store import Original, Record, Store, open_store
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, article, mention

URL = "https://vendor.example/list"
PAGE = Source("vendor", "page", URL)
BOTH = "On offer: fentanyl and phenethyl bromide." + FILLER
ONE = "On offer: fentanyl." + FILLER
NONE = "Nothing is on offer here." + FILLER
SUBSTANCES = {"fentanyl": "fentanyl", "phenethyl bromide": "phenethyl-bromide"}


@dataclass
class Watch:
    """A page that is checked hour by hour."""

    store: Store
    now: datetime = NOW
    source: Source = PAGE

    def check(
        self,
        page: str | None = None,
        outcome: str = "ok",
        *,
        known: bool = False,
        served: str = "",
        score: float = 0.9,
        blind: tuple[str, ...] = (),
        gaps: tuple[Gap, ...] = (),
        whole: bool = True,
        address: str = URL,
    ) -> None:
        """One check an hour later: `page` is what was read, None for nothing new.

        `known`: it was read, and its text is the same. `blind`: names that the matcher does not find.
        """
        self.now += HOUR
        run = self.store.begin_run("once", self.now)
        check = self.store.begin_check(run, self.source.name, self.now)
        records = [] if page is None or known else [self.record(page, served or page, score, blind, address)]
        read = [URL] if page is not None else []
        for _ in range(2):  # killed before the check ended, and recorded again: nothing changes
            self.store.record(records, check=check, read=read, gaps=gaps, now=self.now)
        self.store.end_check(check, outcome, self.now, message=f"it was {outcome}", whole=whole)
        self.store.end_run(run, self.now)

    def record(
        self, page: str, served: str, score: float, blind: tuple[str, ...], address: str = URL
    ) -> Record:
        made = replace(article(address, page, source=self.source.name), fetched_at=self.now)
        found: list[Mention] = [
            mention(page, name, key, score)
            for name, key in SUBSTANCES.items()
            if name in page and name not in blind
        ]
        document = Document(self.source.name, URL, served.encode(), "text/html", self.now)
        return Record(made, tuple(found), (), WATCHLIST.digest, "1", Original(document, "x"))

    def rows(self, name: str = "phenethyl bromide") -> list[dict[str, object]]:
        with self.store.engine_readonly().connect() as connection:
            query = text("SELECT * FROM v_term_presence WHERE name = :name ORDER BY appeared_at")
            return [dict(row) for row in connection.execute(query, {"name": name}).mappings()]

    def row(self, name: str = "phenethyl bromide") -> dict[str, object]:
        (row,) = self.rows(name)
        return row

    def told(self, name: str = "phenethyl bromide") -> list[tuple[object, ...]]:
        """State, reason and hours after the start: appeared, last seen, gone, not known since."""
        columns = ("appeared_at", "last_seen_at", "gone_at", "unknown_since_at")
        return [
            (row["state"], row["reason"], *(hours(row[column]) for column in columns))
            for row in self.rows(name)
        ]


def hours(value: object) -> int | None:
    """Hours after NOW; SQLite hands times of views back as text."""
    if value is None:
        return None
    at = value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")
    return int((at - NOW) / timedelta(hours=1))


@pytest.fixture
def watch(database_url: str) -> Iterator[Watch]:
    with open_store(database_url, now=NOW) as store:
        store.put_watchlist(WATCHLIST, (), NOW)
        store.put_sources([PAGE], NOW)
        yield Watch(store)


def test_a_name_is_there_until_the_page_is_read_without_it(watch: Watch) -> None:
    watch.check(BOTH)
    assert watch.told() == [("present", "", 1, 1, None, None)]
    watch.check(outcome="unchanged")
    watch.check(BOTH, known=True)
    assert watch.told() == [("present", "", 1, 3, None, None)]
    watch.check(ONE)
    assert watch.told() == [("gone", "absent", 1, 3, 4, None)]
    assert watch.told("fentanyl") == [("present", "", 1, 4, None, None)]
    row = watch.row()
    assert (row["appeared_revision"], row["gone_revision"], row["substance"]) == (1, 2, "phenethyl-bromide")
    assert (row["substance_name"], row["absent_before_at"]) == ("(2-bromoethyl)benzene", None)


def test_a_name_that_comes_back_is_a_new_event(watch: Watch) -> None:
    watch.check(ONE)
    watch.check(BOTH)
    watch.check(ONE)
    watch.check(BOTH)
    assert watch.told() == [("gone", "absent", 2, 2, 3, None), ("present", "", 4, 4, None, None)]
    assert [hours(row["absent_before_at"]) for row in watch.rows()] == [1, 3]


@pytest.mark.parametrize("outcome", ["timeout", "blocked", "unreachable", "parse-error", "refused", "error"])
def test_a_page_that_cannot_be_read_says_nothing(watch: Watch, outcome: str) -> None:
    watch.check(BOTH)
    watch.check(outcome=outcome)
    watch.check(outcome="timeout")
    (told,) = watch.told()
    assert told == ("unknown", "timeout", 1, 1, None, 2)
    assert watch.row()["message"] == "it was timeout"
    watch.check(outcome="unchanged")
    assert watch.told() == [("present", "", 1, 4, None, None)]
    watch.check(outcome=outcome)
    watch.check(ONE)
    assert watch.told() == [("gone", "absent", 1, 4, 6, None)]


def test_a_page_that_is_gone_is_told_from_a_name_that_is(watch: Watch) -> None:
    watch.check(BOTH)
    watch.check(outcome="timeout")
    watch.check(outcome="gone")
    watch.check(outcome="timeout")  # a page that is gone is not back because its server is slow
    assert watch.told() == [("gone", "page gone", 1, 1, 3, None)]
    watch.check(outcome="unchanged")
    assert watch.told() == [("gone", "page gone", 1, 1, 3, None), ("present", "", 5, 5, None, None)]
    assert hours(watch.rows()[1]["absent_before_at"]) == 3
    watch.check(outcome="gone")
    watch.check(ONE)
    assert watch.told()[1] == ("gone", "page gone", 5, 5, 6, None)
    assert [told[:3] for told in watch.told("fentanyl")][-1] == ("present", "", 7)


def test_a_stopped_check_says_nothing(watch: Watch) -> None:
    watch.check(BOTH)
    watch.check(outcome="unchanged", whole=False)
    assert watch.told() == [("present", "", 1, 1, None, None)]


def test_a_text_that_cannot_be_had_is_not_taken_for_read_at_the_next_check(watch: Watch) -> None:
    watch.check(BOTH)
    watch.check(gaps=(Gap(URL, "parse-error", "no text was found in it"),))
    watch.check(outcome="unchanged")  # the same bytes again
    assert watch.told() == [("unknown", "parse-error", 1, 1, None, 2)]
    assert watch.row()["message"] == "no text was found in it"
    watch.check(ONE)
    assert watch.told() == [("gone", "absent", 1, 1, 4, None)]


def test_a_page_that_shrinks_to_a_notice_proves_nothing(watch: Watch) -> None:
    watch.check(BOTH * 5)
    watch.check("Please prove that you are human.")
    watch.check(outcome="unchanged")
    ((state, reason, *_, since),) = watch.told()
    assert (state, reason, since) == ("unknown", "thin", 2)
    assert "32 characters" in str(watch.row()["message"])
    watch.check(BOTH * 5)
    assert watch.told() == [("present", "", 1, 4, None, None)]


@pytest.mark.parametrize(
    "notice",
    [
        "Down for maintenance\n\nOur shop is closed for maintenance. Try again in a few hours.",
        "Start\n\nWelcome to the firm. Here are news of the day, our people, where to find us, and a search.",
    ],
)
def test_what_is_shown_in_place_of_the_page_proves_nothing(watch: Watch, notice: str) -> None:
    watch.check(BOTH)
    watch.check(notice)
    watch.check(outcome="unchanged")
    assert watch.told() == [("unknown", "another page", 1, 1, None, 2)]
    assert watch.row()["message"]
    watch.check(ONE)
    assert watch.told() == [("gone", "absent", 1, 1, 4, None)]
    assert watch.told("fentanyl") == [("present", "", 1, 4, None, None)]


def test_a_page_that_was_read_in_part_proves_nothing(watch: Watch) -> None:
    watch.check(BOTH)
    part = Gap(URL, "too-large", "read in part: what follows the first 2,000,000 characters")
    watch.check(ONE, gaps=(part,))
    ((state, reason, *_),) = watch.told()
    assert (state, reason) == ("unknown", "too-large")
    assert "read in part" in str(watch.row()["message"])
    watch.check(BOTH, known=True, gaps=(part,))
    watch.check(ONE)
    assert watch.told()[0][:2] == ("gone", "absent")


def test_a_page_made_anew_that_has_all_its_names_is_the_page(watch: Watch) -> None:
    watch.check(BOTH)
    other = "Price list\n\nfentanyl, and phenethyl bromide, from a site that was written anew in every word."
    watch.check(other)
    assert watch.told() == [("present", "", 1, 2, None, None)]
    watch.check(other.replace(", and phenethyl bromide", ""))
    assert watch.told() == [("gone", "absent", 1, 2, 3, None)]


def test_a_name_did_not_appear_where_something_else_was_read_before(watch: Watch) -> None:
    watch.check("Sign in\n\nPlease sign in to continue to the page that you asked for.")
    watch.check(BOTH)
    assert watch.told() == [("present", "", 2, 2, None, None)]
    assert watch.row()["absent_before_at"] is None


def test_a_name_that_the_server_still_sends_is_not_said_to_be_gone(watch: Watch) -> None:
    watch.check(BOTH)
    watch.check(ONE, served=f"<aside>Phenethyl  Bromide</aside>{ONE}")
    assert watch.told() == [("unknown", "only in its source", 1, 1, None, 2)]
    watch.check(ONE + " ", served=f"<aside>phenethyl bromide</aside>{ONE} ")
    assert watch.told() == [("unknown", "only in its source", 1, 1, None, 2)]
    watch.check(NONE)
    assert watch.told() == [("gone", "absent", 1, 1, 4, None)]
    watch.check(BOTH)
    watch.check(ONE, served=BOTH)
    watch.check(BOTH + " ")
    assert watch.told()[1] == ("present", "", 5, 7, None, None)


def test_a_name_that_the_matcher_passes_over_still_stands_there(watch: Watch) -> None:
    """Another watchlist, another text around an ambiguous name: the page did not drop it."""
    watch.check(BOTH)
    watch.check(BOTH + " More.", blind=("phenethyl bromide",))
    assert watch.told() == [("present", "", 1, 2, None, None)]
    watch.check("On offer: fentanyl and phenethyl bromides." + FILLER, blind=("phenethyl bromide",))
    assert watch.told() == [("gone", "absent", 1, 2, 3, None)]


def test_a_name_that_was_not_looked_for_before_did_not_appear(watch: Watch) -> None:
    watch.check(BOTH, blind=("phenethyl bromide",))
    assert watch.told() == []
    watch.check(BOTH + " More.")
    assert watch.told() == [("present", "", 2, 2, None, None)]
    assert watch.row()["absent_before_at"] is None


def test_a_rescan_of_the_same_text_is_seen_at_the_next_check(watch: Watch) -> None:
    watch.check(BOTH, blind=("phenethyl bromide",))
    again = replace(watch.record(BOTH, BOTH, 0.9, ()), program="2")
    watch.store.record([again], now=watch.now)
    watch.check(outcome="unchanged")
    assert watch.told() == [("present", "", 2, 2, None, None)]
    assert watch.row()["absent_before_at"] is None


def test_what_counts_for_little_does_not_appear(watch: Watch) -> None:
    watch.check(BOTH, score=0.2)
    assert watch.told() == []
    watch.check(BOTH + " ", score=0.5)
    assert watch.told() == [("present", "", 2, 2, None, None)]
    watch.check(BOTH, score=0.2)  # it still stands there
    assert watch.told() == [("present", "", 2, 3, None, None)]


def test_a_page_that_is_no_longer_watched_says_nothing(watch: Watch) -> None:
    watch.check(BOTH)
    watch.check(outcome="unchanged")
    watch.store.put_sources([replace(PAGE, location="https://vendor.example/new")], watch.now)
    assert watch.told() == [("unknown", "not watched", 1, 2, None, 2)]
    watch.store.put_sources([], watch.now)
    assert watch.told() == [("unknown", "not watched", 1, 2, None, 2)]
    watch.store.put_sources([PAGE], watch.now)
    assert watch.told() == [("present", "", 1, 2, None, None)]


def test_only_pages_are_watched(watch: Watch) -> None:
    watch.store.put_sources([Source("vendor", "feed", URL)], NOW)
    watch.check(BOTH)
    watch.check(outcome="gone")
    assert watch.told() == []


def test_two_sources_that_watch_one_page_each_tell(watch: Watch) -> None:
    other = Source("other", "page", URL)
    watch.store.put_sources([PAGE, other], NOW)
    watch.check(BOTH)
    watch.source = other
    watch.check(BOTH, known=True)  # its text is known from the first source
    assert [row["source"] for row in watch.rows()] == ["vendor", "other"]


def test_a_page_that_takes_another_canonical_address_is_still_the_page(watch: Watch) -> None:
    watch.check(BOTH)
    watch.check(ONE, address="https://vendor.example/canonical")
    assert watch.told() == [("gone", "absent", 1, 1, 2, None)]
    assert watch.told("fentanyl") == [("present", "", 1, 2, None, None)]
    watch.check(outcome="unchanged")
    assert watch.told("fentanyl") == [("present", "", 1, 3, None, None)]
