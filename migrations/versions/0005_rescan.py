"""What each article was judged by, so that stored articles can be matched again; how an alert was found.

Revises: 0004. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. Articles of before have basis 0: they are matched again once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "basis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("watchlist", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basis")),
    )
    op.add_column("article", sa.Column("basis", sa.Integer(), server_default="0", nullable=False))
    op.create_index(op.f("ix_article_basis"), "article", ["basis"], unique=False)
    op.add_column("alert", sa.Column("found_on", sa.Text(), server_default="check", nullable=False))


def downgrade():
    op.drop_column("alert", "found_on")
    op.drop_index(op.f("ix_article_basis"), "article")
    op.drop_column("article", "basis")
    op.drop_table("basis")
