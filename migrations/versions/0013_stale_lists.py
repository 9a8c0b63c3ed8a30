"""Lists that are known to be complete to a day long ago, as gaps.

Revises: 0012. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stale_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_list")),
        sa.UniqueConstraint("list_id", name=op.f("uq_stale_list_list_id")),
    )


def downgrade():
    op.drop_table("stale_list")
