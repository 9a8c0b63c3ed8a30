"""How Alembic runs our migrations: over the program's own connection, the views put aside meanwhile.

Developers: `alembic -x database=sqlite:///scratch.db ...` with `script_location = migrations`.
"""

from alembic import context
from sqlalchemy import inspect

from monitor.store.engine import open_engine, parse_url
from monitor.store.schema import metadata
from monitor.store.views import create_views, drop_views


def foreign_keys(connection, state):
    """Switch SQLite's foreign keys: when on, a table that is rebuilt cannot be dropped."""
    if connection.dialect.name == "sqlite":
        # Straight to the driver, as the pragma has no effect within a transaction.
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys = {state}")


def check_foreign_keys(connection):
    """Raise when a migration left a row without the row that it points to."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration broke references: {broken[:5]}")


def migrate(connection):
    """Run the wanted migrations; a batch operation fails under a view (sqlalchemy/alembic#1207)."""
    foreign_keys(connection, "OFF")
    with connection.begin():
        drop_views(connection)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.in_transaction():
        connection.commit()
    with connection.begin():
        check_foreign_keys(connection)
        if inspect(connection).has_table("meta"):
            create_views(connection)
    foreign_keys(connection, "ON")


connection = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    url = context.get_x_argument(as_dictionary=True)["database"]
    with open_engine(parse_url(url)).connect() as connection:
        migrate(connection)
