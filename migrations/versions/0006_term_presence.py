"""Which watched names stand on a watched page, since when, and until when.

Revises: 0005. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "watched_page",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unread_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unread_outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("unread_message", sa.Text(), server_default="", nullable=False),
        sa.Column("unread_scope", sa.String(length=4), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_watched_page_article_id_article")
        ),
        sa.PrimaryKeyConstraint("source", "url", name=op.f("pk_watched_page")),
    )
    op.create_table(
        "term_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("substance", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("absent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeared_revision", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doubt_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("gone_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_term_presence_article_id_article")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_presence")),
        sa.UniqueConstraint(
            "source",
            "url",
            "substance",
            "name",
            "n",
            name=op.f("uq_term_presence_source_url_substance_name_n"),
        ),
    )
    for column in ("appeared_at", "article_id", "substance"):
        op.create_index(op.f(f"ix_term_presence_{column}"), "term_presence", [column], unique=False)


def downgrade():
    op.drop_table("term_presence")
    op.drop_table("watched_page")
