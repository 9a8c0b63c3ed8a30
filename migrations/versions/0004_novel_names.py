"""What OPSIN said of names, and the names that no list has: where they were read, and who decided.

Revises: 0003. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    _opsin_answer()
    _novel_name()
    _novel_place()
    _novel_decision()


def _opsin_answer():
    op.create_table(
        "opsin_answer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("smiles", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_opsin_answer")),
    )


def _novel_name():
    op.create_table(
        "novel_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("smiles", sa.Text(), server_default="", nullable=False),
        sa.Column("inchikey", sa.Text(), server_default="", nullable=False),
        sa.Column("via", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("classes", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_novel_name")),
        sa.UniqueConstraint("key", name=op.f("uq_novel_name_key")),
    )
    op.create_index(op.f("ix_novel_name_status"), "novel_name", ["status"], unique=False)


def _novel_place():
    op.create_table(
        "novel_place",
        sa.Column("novel_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.Text(), server_default="", nullable=False),
        sa.Column("near", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_novel_place_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["novel_id"], ["novel_name.id"], name=op.f("fk_novel_place_novel_id_novel_name")
        ),
        sa.PrimaryKeyConstraint("novel_id", "article_id", name=op.f("pk_novel_place")),
    )


def _novel_decision():
    op.create_table(
        "novel_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("novel_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["novel_id"], ["novel_name.id"], name=op.f("fk_novel_decision_novel_id_novel_name")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_novel_decision")),
    )
    op.create_index(op.f("ix_novel_decision_novel_id"), "novel_decision", ["novel_id"], unique=False)


def downgrade():
    for table in ("novel_decision", "novel_place", "novel_name", "opsin_answer"):
        op.drop_table(table)
