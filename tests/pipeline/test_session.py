"""What becomes of documents that processes read: the same rows, and nothing lost when a stop comes."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from monitor.pipeline.rescan import Rescan, run_through
from monitor.pipeline.workers import Workers, python
from tests.worlds import Clock, article, folder_source, opened, rows, write_config

NEWS = "Officers found two drums of examplium chloride on board."
LONG = "Nothing else was found in the warehouse. " * 1500
SLEEPY = python("from tests.pipeline.naughty import serve_one; serve_one()")
NAUGHTY = python("from tests.pipeline.naughty import serve; serve()")


def world(folder: Path) -> Path:
    folder.mkdir()
    return write_config(folder, folder_source("in", folder / "in") + folder_source("more", folder / "more"))


def test_processes_give_the_rows_that_reading_here_gives(tmp_path: Path) -> None:
    """Large documents, small ones and one that is read in part, with processes and without."""
    tables: list[list[object]] = []
    for most in (0, 2):
        folder = tmp_path / str(most)
        config = world(folder)
        for n in range(6):
            (folder / "in" / f"{n}.txt").write_text(article(f"Ship {n}", NEWS, f"Lot {n}. " + LONG * (n % 2)))
        (folder / "more" / "names.txt").write_text(article("Names", "examplium chloride " * 5_000))
        with opened(config, Clock()) as monitor:
            monitor.workers.close()
            monitor.workers = Workers(most)
            checks = monitor.run().checks
            monitor.run()
        assert [(check.done.new, check.failed) for check in checks] == [(6, 0), (1, 1)]
        gaps = rows(folder, "SELECT outcome, message FROM v_coverage_gaps WHERE is_open = 1")
        said = "substances are named at more than 4,000 places: the first of each were kept"
        assert gaps == [("too-large", f"read in part: {said}")]
        columns = "a.title, a.sha256, m.start, m.stop, m.substance, m.score"
        of_both = f"SELECT {columns} FROM v_articles a JOIN v_mentions m USING (article_id) ORDER BY 1, 3"
        order = "SELECT title FROM v_articles WHERE source = 'in' ORDER BY article_id"
        tables.append([rows(folder, of_both), rows(folder, order)])
    assert tables[0] == tables[1]
    assert len(tables[0][0]) == 4_006  # type: ignore[arg-type]


def test_one_that_hangs_is_a_gap_and_the_others_are_in(tmp_path: Path) -> None:
    config = world(tmp_path / "world")
    folder = tmp_path / "world"
    (folder / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    (folder / "in" / "b.txt").write_text("COMPUTE " + LONG)
    (folder / "in" / "c.txt").write_text(article("Truck searched", NEWS, LONG))
    with opened(config, Clock()) as monitor:
        monitor.workers = Workers(2, computing=1, command=NAUGHTY)
        check = monitor.run().checks[0]
    assert (check.outcome, check.done.new, check.failed) == ("ok", 2, 1)
    (gap,) = check.gaps
    assert (gap.outcome, gap.location.endswith("b.txt")) == ("timeout", True)
    assert gap.message == "not read: the work on it was given up after 1 s of computing"


def test_a_stop_breaks_off_what_hangs_and_the_next_run_reads_it(tmp_path: Path) -> None:
    config = world(tmp_path / "world")
    folder = tmp_path / "world"
    (folder / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    (folder / "in" / "b.txt").write_text("SLEEP " + LONG + NEWS)
    (folder / "in" / "c.txt").write_text(article("Truck searched", NEWS, LONG))
    (folder / "more" / "d.txt").write_text(article("Car searched", NEWS))
    began: list[float] = []

    def stop_soon(stop: object) -> None:
        assert callable(stop)
        threading.Timer(3.0, lambda: (began.append(time.monotonic()), stop())).start()

    with opened(config, Clock()) as monitor:
        monitor.workers = Workers(2, command=NAUGHTY)
        summary = monitor.run(ready=stop_soon)
        assert time.monotonic() - began[0] < 10
    assert not any(check.gaps for check in summary.checks)
    titles = "SELECT title FROM v_articles ORDER BY title"
    assert ("Car searched",) in rows(folder, titles)
    assert ("SLEEP",) not in [(str(title)[:5],) for (title,) in rows(folder, titles)]
    with opened(config, Clock()) as monitor:
        monitor.run()
    found = [str(title)[:5] for (title,) in rows(folder, titles)]
    assert found == ["Car s", "SLEEP", "Ship ", "Truck"]
    assert rows(folder, "SELECT COUNT(DISTINCT article_id) FROM v_mentions") == [(4,)]


def test_a_stop_breaks_off_a_rescan_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """What was matched before is recorded; the others wait."""
    folder = tmp_path / "world"
    config = world(folder)
    for n in range(4):
        (folder / "in" / f"{n}.txt").write_text(article(f"Ship {n}", "Novelene.", LONG, f"Lot {n}."))
    with opened(config, Clock()) as monitor:
        monitor.run()
        judge = monitor.judge.anew(monitor.store, monitor.clock())
        job = Rescan(monitor.store, judge, monitor.clock, workers=Workers(1, command=SLEEPY))
        threading.Timer(6.0, lambda: job._workers and job._workers.stop()).start()
        assert job.step()
        result = job.end()
        assert (result.articles, result.waiting, result.failed) == (1, 3, 0)
        last = run_through(Rescan(monitor.store, judge, monitor.clock, workers=monitor.workers), None)
        assert (last.articles, last.waiting) == (3, 0)


def test_after_a_stop_no_other_check_begins(tmp_path: Path) -> None:
    """Hundreds of sources wait for a slot: none of them is read, or noted, any more."""
    names = [f"s{number}" for number in range(300)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    config = write_config(tmp_path, "".join(f"- name: {n}\n  kind: folder\n  path: in\n" for n in names))
    with opened(config, Clock()) as monitor:
        summary = monitor.run(ready=lambda stop: stop())
        assert len(summary.checks) <= 64
        assert rows(tmp_path, "SELECT COUNT(*) FROM source_check") == [(len(summary.checks),)]
        assert len(monitor.run().checks) == 300
