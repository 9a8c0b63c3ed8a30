"""Stories: which articles tell of one event, and which stand behind one alert.

Revises: 0007. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. Articles of before belong to no story until they are read or matched again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    _story()
    _story_member()
    _story_key()
    _alert_source()
    op.add_column("alert", sa.Column("story_id", sa.Integer(), nullable=True))
    op.add_column("alert", sa.Column("again", sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_alert_story_id"), "alert", ["story_id"], unique=False)


def _story():
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_story_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        sa.UniqueConstraint("article_id", name=op.f("uq_story_article_id")),
    )


def _story_member():
    op.create_table(
        "story_member",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("near_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=True),
        sa.Column("filed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_story_member_article_id_article")
        ),
        sa.ForeignKeyConstraint(["near_id"], ["article.id"], name=op.f("fk_story_member_near_id_article")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_member_story_id_story")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_story_member")),
    )
    op.create_index(op.f("ix_story_member_story_id"), "story_member", ["story_id"], unique=False)
    op.create_index(
        "ix_story_member_joined_at_kept", "story_member", ["joined_at", "article_id"], unique=False
    )


def _story_key():
    op.create_table(
        "story_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "at", "article_id", name=op.f("pk_story_key")),
        sqlite_with_rowid=False,
    )


def _alert_source():
    op.create_table(
        "alert_source",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("substance", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_source_alert_id_alert")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_alert_source_article_id_article")
        ),
        sa.PrimaryKeyConstraint("alert_id", "article_id", "substance", name=op.f("pk_alert_source")),
    )
    op.create_index(op.f("ix_alert_source_article_id"), "alert_source", ["article_id"], unique=False)


def downgrade():
    op.drop_table("alert_source")
    op.drop_table("story_key")
    op.drop_table("story_member")
    op.drop_table("story")
    op.drop_index(op.f("ix_alert_story_id"), "alert")
    op.drop_column("alert", "again")
    op.drop_column("alert", "story_id")
