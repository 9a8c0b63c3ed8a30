"""What an article's address stands for, and what an alert's article was called when it was raised.

Revises: 0010. Never change it once it is released; set HEAD in monitor/store/migrate.py to the newest
revision. Alerts of before get the title of their article; where that has another text by now, the first line
of the text that raised the alert, which begins with its title.
"""

import zlib

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LONGEST_TITLE = 300  # characters


def upgrade():
    op.add_column("article", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("article", sa.Column("declared_url", sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_article_place"), "article", ["place"], unique=False)
    op.add_column("alert", sa.Column("title", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("alert", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("published_offset", sa.String(length=6), nullable=True))
    op.execute(
        "UPDATE alert SET"
        " title = (SELECT a.title FROM article a WHERE a.id = alert.article_id),"
        " language = (SELECT a.language FROM article a WHERE a.id = alert.article_id),"
        " published_at = (SELECT a.published_at FROM article a WHERE a.id = alert.article_id),"
        " published_offset = (SELECT a.published_offset FROM article a WHERE a.id = alert.article_id)"
    )
    _titles_of_edited_texts()


def _titles_of_edited_texts():
    connection = op.get_bind()
    edited = connection.execute(
        sa.text(
            "SELECT al.id, r.id FROM alert al JOIN article a ON a.id = al.article_id"
            " JOIN revision r ON r.article_id = al.article_id AND r.n = al.revision"
            " WHERE a.revision <> al.revision AND r.text IS NOT NULL AND r.codec = 'zlib' ORDER BY al.id"
        )
    ).all()
    for number, text_id in edited:
        query = sa.text("SELECT text FROM revision WHERE id = :id")
        packed = connection.execute(query, {"id": text_id}).scalar_one()
        text = zlib.decompress(packed).decode("utf-8", "replace").replace("\x00", "\ufffd")
        title = next((line.strip() for line in text.splitlines() if line.strip()), "")[:_LONGEST_TITLE]
        connection.execute(
            sa.text("UPDATE alert SET title = :title WHERE id = :id"), {"title": title, "id": number}
        )


def downgrade():
    op.drop_column("alert", "published_offset")
    op.drop_column("alert", "published_at")
    op.drop_column("alert", "language")
    op.drop_column("alert", "title")
    op.drop_index(op.f("ix_article_place"), "article")
    op.drop_column("article", "declared_url")
    op.drop_column("article", "place")
