"""After how many checks in a row a source is said to have turned bad.

Revises: 0006. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("source", sa.Column("bad_after", sa.Integer(), server_default="3", nullable=False))


def downgrade():
    op.drop_column("source", "bad_after")
