"""Decisions about alerts in a chain, suppressions, people by pseudonym; articles that were forgotten.

Revises: 0013. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. Every alert of before is "new".
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    _person()
    _suppression()
    _decision()
    op.add_column("alert", sa.Column("assignee", sa.String(32), server_default="", nullable=False))
    op.add_column("alert", sa.Column("decision_n", sa.Integer(), nullable=True))
    op.add_column("alert", sa.Column("snoozed_until", sa.String(10), server_default="", nullable=False))
    op.add_column("alert", sa.Column("suppression_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_alert_suppression_id"), "alert", ["suppression_id"], unique=False)
    op.create_index(
        "ix_alert_status_severity_raised_at", "alert", ["status", "severity", "raised_at"], unique=False
    )
    op.add_column("article", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))


def _person():
    op.create_table(
        "person",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("name", name=op.f("uq_person_name")),
    )


def _suppression():
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("substance", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("list_id", sa.Text(), server_default="", nullable=False),
        sa.Column("tag", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )


def _decision():
    op.create_table(
        "decision",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("suppression_id", sa.Integer(), nullable=True),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("assignee", sa.String(32), server_default="", nullable=False),
        sa.Column("until", sa.String(10), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("nonce", sa.String(32), server_default="", nullable=False),
        sa.Column("why_mark", sa.String(64), nullable=False),
        sa.Column("status_before", sa.String(16), server_default="", nullable=False),
        sa.Column("status_after", sa.String(16), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_decision_alert_id_alert")),
        sa.ForeignKeyConstraint(
            ["suppression_id"], ["suppression.id"], name=op.f("fk_decision_suppression_id_suppression")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_decision_article_id_article")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_at"), "decision", ["at"], unique=False)
    op.create_index("ix_decision_alert_id_n", "decision", ["alert_id", "n"], unique=False)


def downgrade():
    op.drop_column("article", "forgotten_at")
    op.drop_index("ix_alert_status_severity_raised_at", "alert")
    op.drop_index(op.f("ix_alert_suppression_id"), "alert")
    for column in ("suppression_id", "snoozed_until", "decision_n", "assignee"):
        op.drop_column("alert", column)
    for table in ("decision", "suppression", "person"):
        op.drop_table(table)
