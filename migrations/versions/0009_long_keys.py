"""Keys that fit into an index of PostgreSQL; how many places an alert was raised for.

Revises: 0008. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. A key that is too long is cut, as the program does from now on, so that it finds what it stored.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LABEL, SUBSTANCE, ADDRESS, CHEMICAL = 400, 400, 1000, 2200  # bytes of UTF-8
KEYS = {
    "list_info": {"id": LABEL},
    "substance": {"key": SUBSTANCE},
    "name": {"substance": SUBSTANCE},
    "listing": {"substance": SUBSTANCE, "list_id": LABEL},
    "source": {"name": LABEL, "location": ADDRESS},
    "source_state": {"source": LABEL},
    "article": {"url": ADDRESS, "source": LABEL},
    "mention": {"substance": SUBSTANCE},
    "alert": {"substance": SUBSTANCE, "rule": LABEL},
    "alert_listing": {"list_id": LABEL},
    "alert_source": {"substance": SUBSTANCE},
    "source_check": {"source": LABEL},
    "gap": {"source": LABEL, "location": ADDRESS, "outcome": LABEL},
    "pubchem_answer": {"question": CHEMICAL},
    "proposal": {"substance": SUBSTANCE, "after": 1500},
    "opsin_answer": {"name": CHEMICAL},
    "novel_name": {"key": CHEMICAL},
    "watched_page": {"source": LABEL, "url": ADDRESS},
    "term_presence": {"source": LABEL, "url": ADDRESS, "substance": SUBSTANCE, "name": SUBSTANCE},
}


def fit(text, most):
    whole = text.encode()
    mark = f"…{hashlib.sha256(whole).hexdigest()[:32]}"
    return whole[: most - len(mark.encode())].decode(errors="ignore") + mark


def upgrade():
    op.add_column("alert", sa.Column("places", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE alert SET places = (SELECT COUNT(*) FROM alert_mention m WHERE m.alert_id = alert.id)")
    connection = op.get_bind()
    for table, columns in KEYS.items():
        for column, most in columns.items():
            cut(connection, sa.table(table, sa.column(column)), column, most)


def cut(connection, table, name, most):
    column = table.c[name]
    size = sa.func.length(sa.cast(column, sa.LargeBinary))
    if connection.dialect.name == "postgresql":
        size = sa.func.octet_length(column)
    for (long,) in connection.execute(sa.select(column).where(size > most).distinct()).all():
        connection.execute(table.update().where(column == long).values({name: fit(long, most)}))


def downgrade():
    op.drop_column("alert", "places")
