"""Runs migrations with an engine of their own, never the application's.

On SQLite foreign keys are off meanwhile: with them on, changing a parent table would
delete its children without a word. They are checked at the end instead.
"""

from alembic import context
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection

from storage.models import metadata

LOCK_TIMEOUT_MS = 5_000


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def migrate() -> None:
    engine = create_engine(context.config.attributes["url"])
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _foreign_keys_off(connection, _record):  # type: ignore[no-untyped-def]  # SQLAlchemy hands over what the driver has
            connection.execute("PRAGMA foreign_keys=OFF")

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
            connection.commit()
        run(connection)
        if engine.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            assert not broken, f"foreign keys are broken: {broken[:5]}"
    engine.dispose()


migrate()
