"""The databases that these tests run on."""

from tests.databases import database_url, postgres_server

__all__ = ["database_url", "postgres_server"]
