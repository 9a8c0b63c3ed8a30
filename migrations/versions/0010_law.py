"""The law with its gaps: days known off and on a list, how far lists are complete, whose day an article has.

Revises: 0009. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. Dates of older articles are UTC: their offset was not kept. Older alerts keep what they said.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = {
    "list_info": ("source", "licence", "complete_to", "missing", "note"),
    "listing": ("absent_on", "present_on"),
    "alert_listing": ("absent_on", "present_on", "complete_to", "missing"),
    "alert": ("dated_by", "not_listed"),
}


def upgrade():
    for table, columns in WORDS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), server_default="", nullable=False))
    for table in ("listing", "alert_listing"):
        op.add_column(table, sa.Column("confirmed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("article", sa.Column("published_offset", sa.String(6), nullable=True))
    op.add_column("article", sa.Column("stated_on", sa.String(10), nullable=True))


def downgrade():
    op.drop_column("article", "stated_on")
    op.drop_column("article", "published_offset")
    for table in ("listing", "alert_listing"):
        op.drop_column(table, "confirmed")
    for table, columns in WORDS.items():
        for column in columns:
            op.drop_column(table, column)
