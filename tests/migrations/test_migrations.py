"""Upgrading: the same schema as a fresh one, a copy before, and no touching of what is not ours."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from monitor.errors import StoreError
from monitor.store import open_store
from monitor.store.engine import open_engine, parse_url
from monitor.store.migrate import HEAD, alembic_config, back_up, bring_up_to_date, migrations_folder
from monitor.store.schema import metadata
from monitor.store.views import VIEWS, create_views, drop_views
from tests.store.cases import NOW, article, record


def shape(engine: Engine) -> dict[str, Any]:
    """Everything that makes up a schema, in a form that can be compared."""
    looked = inspect(engine)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(table)],
            "key": looked.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted((i["name"], tuple(i["column_names"])) for i in looked.get_indexes(table)),
            "unique": sorted(tuple(u["column_names"]) for u in looked.get_unique_constraints(table)),
            "foreign": sorted(
                (tuple(f["constrained_columns"]), f["referred_table"]) for f in looked.get_foreign_keys(table)
            ),
        }
        for table in looked.get_table_names()
        if table != "alembic_version"
    }


def views(engine: Engine) -> dict[str, str]:
    looked = inspect(engine)
    return {name: looked.get_view_definition(name) for name in looked.get_view_names()}


@pytest.fixture
def fresh(tmp_path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{tmp_path}/fresh.db")
    metadata.create_all(engine)
    with engine.begin() as connection:
        create_views(connection)
    return engine


def test_an_upgraded_schema_equals_a_fresh_one(fresh: Engine, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/upgraded.db", now=NOW) as store:
        assert shape(store.engine_readonly()) == shape(fresh)
        assert views(store.engine_readonly()) == views(fresh)
        assert set(views(fresh)) == set(VIEWS)
    fresh.dispose()


def test_alembic_sees_no_difference_either(database_url: str) -> None:
    with open_store(database_url, now=NOW) as store, store.engine_readonly().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_head_is_written_down_right() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert scripts.get_heads() == [HEAD]
    assert (migrations_folder() / "env.py").is_file()


def test_an_up_to_date_database_is_opened_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    open_store(url, now=NOW).close()
    code = (
        "import sys; from datetime import *; from monitor.store import open_store;"
        f"open_store({url!r}, now=datetime.now(UTC)).close(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not list(tmp_path.glob("*.bak"))


@pytest.fixture
def two_migrations(tmp_path: Path) -> Path:
    """Our migrations and one more after them, as the next release would have it."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_folder(), folder)
    (folder / "versions" / "9000_next.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision = '9000'\ndown_revision = '{HEAD}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('article', recreate='always') as table:\n"
        "        table.add_column(sa.Column('section', sa.Text()))\n",
        encoding="utf-8",
    )
    return folder


def test_an_upgrade_copies_first_and_keeps_every_row(two_migrations: Path, tmp_path: Path) -> None:
    """The next migration rebuilds `article`, which other tables and all views point to."""
    url = f"sqlite:///{tmp_path}/a.db"
    with open_store(url, now=NOW) as store:
        store.record([record(article())], now=NOW)
    assert not list(tmp_path.glob("*.bak"))
    engine = open_engine(parse_url(url))
    bring_up_to_date(engine, NOW, two_migrations, "9000")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*), MAX(section) FROM article")).one() == (1, None)
        assert connection.execute(text("SELECT COUNT(*) FROM v_alerts")).scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    (copy,) = tmp_path.glob("*.bak")
    assert copy.name == "a.db.before-9000-20261120T120000Z.bak"
    with open_store(f"sqlite:///{copy}", now=NOW) as store:
        assert store.revision(article().url).number == 1
    with pytest.raises(StoreError, match="newer version"):
        open_store(url, now=NOW)


def at_revision(url: str, revision: str) -> Engine:
    """A database as the program of that revision left it, without the views of today."""
    engine = open_engine(parse_url(url))
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
    with engine.begin() as connection:
        drop_views(connection)
    with engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        scripts = ScriptDirectory.from_config(alembic_config())
        for script in scripts.walk_revisions(f"{revision}", "heads"):
            if script.revision != revision:
                script.module.downgrade()
        connection.execute(text("UPDATE alembic_version SET version_num = :old"), {"old": revision})
        connection.commit()
    return engine


def test_a_database_of_every_revision_is_upgraded(database_url: str) -> None:
    """From the first schema on: what was written stays, and the result equals a fresh one."""
    engine = at_revision(database_url, "0001")
    assert not inspect(engine).has_table("proposal")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO heartbeat VALUES ('watch', '2026-11-20 12:00:00', 7)"))
    engine.dispose()
    with open_store(database_url, now=NOW) as store:
        assert store.heartbeats()["watch"][1] == 7
        assert store.proposals() == []
        with store.engine_readonly().connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(views(store.engine_readonly())) >= set(VIEWS)


def test_alerts_of_before_the_law_s_columns_keep_what_they_said(database_url: str) -> None:
    """Dates were UTC then, and nothing was said about how far lists are complete."""
    with open_store(database_url, now=NOW) as store:
        (first, *_) = store.record([record(article())], now=NOW).alert_ids
        before = store.alert(first)
    assert before is not None
    at_revision(database_url, "0009").dispose()
    with open_store(database_url, now=NOW) as store:
        after = store.alert(first)
        assert after is not None
        assert after.alert.listings == before.alert.listings
        assert (after.alert.not_listed, after.article_day) == ((), before.article_day)
        assert after.dated_by is before.dated_by  # a date of before is one of publication
        with store.engine_readonly().connect() as connection:
            offsets = connection.execute(text("SELECT published_offset, stated_on FROM article")).all()
        assert [tuple(row) for row in offsets] == [(None, None)]


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_store(f"sqlite:///{path}", now=NOW).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer version .*9999") as caught:
        open_store(f"sqlite:///{path}", now=NOW)
    assert caught.value.permanent
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.bak"))


def test_a_stranger_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE photo (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        open_store(f"sqlite:///{path}", now=NOW)


def test_a_copy_is_made_of_a_live_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        store.record([record(article())], now=NOW)
        copy = back_up(path, "0002", NOW)  # the rows are still in the WAL of the open database
    assert copy.name == "a.db.before-0002-20261120T120000Z.bak"
    with open_store(f"sqlite:///{copy}", now=NOW) as store:
        assert store.revision(article().url).number == 1


def test_other_views_are_made_anew_at_the_next_start(database_url: str) -> None:
    open_store(database_url, now=NOW).close()
    engine = open_engine(parse_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = 'of an earlier release' WHERE key = 'views'"))
        connection.execute(text("DROP VIEW v_alerts"))
    bring_up_to_date(engine, NOW)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM v_alerts")).scalar() == 0
    engine.dispose()


def test_two_programs_may_start_on_a_new_database(database_url: str) -> None:
    code = (
        "import sys; from datetime import *; from monitor.store import open_store;"
        "open_store(sys.argv[1], now=datetime.now(UTC)).close()"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, database_url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
