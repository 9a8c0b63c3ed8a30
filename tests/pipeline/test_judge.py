"""Decisions are values: what they take is read before, and each decision comes back for the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.match import compile_lexicon
from monitor.model import Article, Rule, StoryRules
from monitor.pipeline.interpret import MatchedArticle, StructureFindings
from monitor.pipeline.judge import Judge, Matter, Precedents, precedents_for
from monitor.pipeline.prepare import Matcher, WatchlistNews
from monitor.pipeline.story_desk import StoryDesk, StoryHistory, StoryPrecedents
from monitor.pipeline.structures import Structures
from monitor.store import StoredRevision, open_store
from monitor.stories import Told
from tests.alerts.cases import NOW, WATCHLIST

EVENT = "Customs officers in Riga found 48 kilograms of examplium in a shipment of glass beads from India. "
HOUR = timedelta(hours=1)
RULES = StoryRules()


def judge(*rules: Rule, stories: StoryRules | None = RULES) -> Judge:
    matcher = Matcher(WATCHLIST, compile_lexicon(WATCHLIST))
    return Judge(matcher, rules, 1, WatchlistNews(), Structures(None, on=False), stories)


def article(url: str, text: str) -> Article:
    return Article("wire", url, "Found in Riga", text, NOW, "en", NOW)


def matters(of: Judge, desk: StoryDesk | None, *articles: Article) -> list[Matter]:
    nothing = StructureFindings()
    return [of.gather(of.find(each), nothing, StoredRevision(each.url), desk, NOW) for each in articles]


def test_decisions_need_no_store_and_see_each_other(tmp_path: object) -> None:
    """The store is closed before they are made; a second article of the event stands behind the first."""
    of = judge()
    with open_store(f"sqlite:///{tmp_path}/monitor.db", now=NOW) as store:
        desk = of.story_desk(store)
        gathered = matters(
            of,
            desk,
            article("https://a.example/1", f"{EVENT}Two men from Jelgava were arrested."),
            article("https://b.example/2", f"{EVENT}Two men from Jelgava were held by police."),
        )
        before = precedents_for(gathered, {}, desk)
    first, between = of.decide(gathered[0], before, NOW)
    second, after = of.decide(gathered[1], between, NOW)
    assert [each.substance for each in first.alerts] == ["mine"]
    assert (second.alerts, [each.substance for each in second.added]) == ((), ["mine"])
    assert second.member is not None
    assert second.member.story == "https://a.example/1"
    assert before == Precedents()
    assert after.last_alerts == {("default", "mine"): NOW}
    assert of.decide(gathered[1], between, NOW) == (second, after)


def test_without_the_first_decision_the_second_article_raises_the_alert(tmp_path: object) -> None:
    of = judge()
    with open_store(f"sqlite:///{tmp_path}/monitor.db", now=NOW) as store:
        (matter,) = matters(of, of.story_desk(store), article("https://b.example/2", EVENT))
    record, _ = of.decide(matter, Precedents(), NOW)
    assert [each.substance for each in record.alerts] == ["mine"]


def test_what_a_story_raised_before_is_a_precedent(tmp_path: object) -> None:
    of = judge()
    with open_store(f"sqlite:///{tmp_path}/monitor.db", now=NOW) as store:
        (matter,) = matters(of, of.story_desk(store), article("https://b.example/2", EVENT))
    assert matter.story is not None
    joined = replace(matter, story=replace(matter.story, joined="https://a.example/1"))
    raised, _ = of.decide(joined, Precedents(), NOW)
    severity = raised.alerts[0].severity
    history = StoryHistory({"mine": Told(severity, NOW - HOUR, True)}, frozenset({"a.example"}))
    precedents = Precedents({}, StoryPrecedents({"https://a.example/1": history}))
    record, _ = of.decide(joined, precedents, NOW)
    assert (record.alerts, len(record.added)) == ((), 1)


def test_a_quiet_period_counts_from_the_decision_before(tmp_path: object) -> None:
    """Within it an alert is quiet, after it loud; a quiet alert begins no new period."""
    of = judge(Rule("house", quiet=HOUR.total_seconds()), stories=None)
    (matter,) = matters(of, None, article("https://a.example/1", EVENT))
    loud, precedents = of.decide(matter, Precedents(), NOW)
    quiet, later = of.decide(matter, precedents, NOW + HOUR / 2)
    again, _ = of.decide(matter, later, NOW + HOUR)
    assert [record.alerts[0].quiet for record in (loud, quiet, again)] == [False, True, False]


def test_an_article_without_a_mention_that_counts_is_in_no_story(tmp_path: object) -> None:
    of = judge()
    with open_store(f"sqlite:///{tmp_path}/monitor.db", now=NOW) as store:
        desk = of.story_desk(store)
        (empty,) = matters(of, desk, article("https://a.example/1", "Nothing was found in the harbour."))
        page = of.find(article("https://a.example/2", EVENT))
        weak = MatchedArticle(page.article, tuple(replace(each, score=0.49) for each in page.mentions))
        unsure = of.gather(weak, StructureFindings(), StoredRevision(page.article.url), desk, NOW)
        asking = judge(Rule("all", min_score=0.3))
        counted = asking.gather(weak, StructureFindings(), StoredRevision(page.article.url), desk, NOW)
    assert (empty.story, unsure.story) == (None, None)
    assert counted.story is not None
    record, _ = asking.decide(counted, Precedents(), NOW)
    assert (len(record.alerts), record.member is not None) == (1, True)
