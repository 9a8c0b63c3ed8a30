"""After an upgrade from any released schema, nothing that is stored is alerted again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.migrations.test_migrations import at_revision
from tests.worlds import HOUSE, NO_STORIES, Clock, folder_source, opened, write_config

RELEASED = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
LINES = [{"title": f"Item {n}", "text": f"A drum of testosin was found in hall {n}."} for n in range(1, 4)]
MAIL = (
    "From a@example.org Mon Nov 18 11:30:00 2024\nSubject: Note {0}\n\nSampleline was seen in hall {0}.\n\n"
)


def fill(folder: Path, *, more: bool) -> None:
    """Files whose nameless items stand elsewhere, and among `more`, after the upgrade."""
    items = [*LINES, {"title": "New", "text": "Examplium chloride went to another port."}] if more else LINES
    mails = [2, 4, 3, 1] if more else [1, 2]
    (folder / "a.jsonl").write_text("".join(json.dumps(item) + "\n" for item in reversed(items)))
    (folder / "b.mbox").write_text("".join(MAIL.format(number) for number in mails))
    (folder / "c.txt").write_text("A report\n\nTestosin came by ship." + " It was sold." * more)


def as_named_before(engine: Engine) -> None:
    """Items named by their place in the file, and no memory of what was read: all is read again."""
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT id, url FROM article WHERE url LIKE '%#text-%'")).all()
        for number, (article, url) in enumerate(rows, 1):
            old = f"{url.partition('#')[0]}#{number}"
            connection.execute(
                text("UPDATE article SET url = :old WHERE id = :id"), {"old": old, "id": article}
            )
        connection.execute(text("DELETE FROM source_state"))


@pytest.mark.slow
@pytest.mark.parametrize("revision", RELEASED)
def test_nothing_that_is_stored_is_alerted_again(tmp_path: Path, revision: str) -> None:
    clock = Clock()
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + NO_STORIES)
    fill(tmp_path / "in", more=False)
    with opened(config, clock) as monitor:
        assert monitor.run().alerts == 6
        url = monitor.config.database
    engine = at_revision(url, revision)
    as_named_before(engine)
    engine.dispose()
    fill(tmp_path / "in", more=True)
    clock.forward(days=1)
    with opened(config, clock) as monitor:
        assert monitor.run().alerts == 3  # the new item and the two new mails
        with monitor.store.engine_readonly().connect() as connection:
            titles = connection.execute(text("SELECT title FROM v_alerts ORDER BY alert_id")).scalars().all()
    assert sorted(titles[:6]) == ["A report", "Item 1", "Item 2", "Item 3", "Note 1", "Note 2"]
