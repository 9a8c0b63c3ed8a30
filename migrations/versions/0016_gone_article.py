"""Of which article the text is that a name disappeared from: a page whose text is replaced is another one.

Revises: 0014. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("term_presence", sa.Column("gone_article_id", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("term_presence", "gone_article_id")
