"""What all tables are made with: their metadata, and two kinds of columns that many have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData

from monitor.store.columns import Str

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(name: str, **options: Any) -> Column[str]:
    """A text that is empty where there is nothing to say."""
    return Column(name, Str, nullable=False, server_default="", **options)


def count(name: str) -> Column[int]:
    """A number that begins at 0."""
    return Column(name, Integer, nullable=False, server_default="0")
