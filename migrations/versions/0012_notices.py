"""Notices of gazettes that were read, and what their proposals do to the watchlist.

Revises: 0011. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. Notices that are stored already are read with the next rescan.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gazette", sa.Text(), nullable=False),
        sa.Column("num", sa.Text(), nullable=False),
        *map(_words, ("url", "title", "published")),
        sa.Column("action", sa.Text(), nullable=False),
        *map(_words, ("act", "list_id", "from_list", "effective", "sentence", "reasons", "source")),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("gazette", "num", name=op.f("uq_notice_gazette_num")),
    )
    op.create_index(op.f("ix_notice_published"), "notice", ["published"], unique=False)
    op.create_table(
        "notice_change",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_notice_change_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_change_notice_id_notice")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_notice_change")),
    )
    op.create_index(op.f("ix_notice_change_notice_id"), "notice_change", ["notice_id"], unique=False)


def _words(name):
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def downgrade():
    op.drop_table("notice_change")
    op.drop_table("notice")
