"""How Alembic runs our migrations: over the program's own connection, the views put aside meanwhile.

Developers: `alembic -x database=sqlite:///scratch.db ...` with `script_location = migrations`.
"""

from alembic import context
from sqlalchemy import inspect

from monitor.store.engine import open_engine, parse_url
from monitor.store.schema import metadata
from monitor.store.views import create_views, drop_views


def migrate(connection):
    """Run the wanted migrations; a batch operation fails under a view (sqlalchemy/alembic#1207)."""
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
        if inspect(connection).has_table("meta"):
            create_views(connection)


connection = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    url = context.get_x_argument(as_dictionary=True)["database"]
    with open_engine(parse_url(url)).connect() as connection:
        migrate(connection)
