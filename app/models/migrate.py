"""Bring a store's tables to the shape this program knows, never the other way round.

Runs on the open, encrypted connection. A backup is made before, foreign keys are off while a table
is rebuilt (or SQLite deletes the rows that refer to it), and a file of a newer program is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.errors import KnownError


def config(connection: Connection) -> Config:
    """The alembic configuration that works on this connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """The newest revision this program knows."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    found = ScriptDirectory.from_config(made).get_current_head()
    return str(found)


def revision_of(connection: Connection) -> str | None:
    """The revision a store is at."""
    return MigrationContext.configure(connection).get_current_revision()


def stamp(connection: Connection) -> None:
    """Note that a store just made has the newest shape, in the caller's transaction."""
    context = MigrationContext.configure(connection)
    context._ensure_version_table()
    context.stamp(ScriptDirectory(str(Path(__file__).parent / "migrations")), "head")


def upgrade(engine: Engine, before_migration: Callable[[], None]) -> None:
    """Run the missing revisions in one transaction, after a backup.

    Raises KnownError `store.newer_file` when the file's revision is not one of ours.
    """
    with engine.connect() as connection:
        current = revision_of(connection)
        connection.rollback()
    if current == head():
        return
    known = {script.revision for script in _script().walk_revisions()}
    if current is not None and current not in known:
        raise KnownError("store.newer_file", "store.newer_file_hint")
    before_migration()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.rollback()
        migrating = connection.execution_options(writing=True)
        migrating.begin()
        command.upgrade(config(migrating), "head")
        broken = migrating.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            migrating.rollback()
            raise KnownError("store.migration_broke", "store.migration_broke_hint")
        migrating.commit()
    # Connections of the pool still have their foreign keys off; start with fresh ones.
    engine.dispose()


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent / "migrations"))
