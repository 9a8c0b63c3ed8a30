"""Fixtures that more than one wing's tests ask for."""

from tests.databases import database_url, postgres_server

__all__ = ["database_url", "postgres_server"]
