"""Bring a store's tables to the shape this program knows, never the other way round.

Runs on the open, encrypted connection. A backup is made before, foreign keys are off while a table
is rebuilt (or SQLite deletes the rows that refer to it), and a file of a newer program is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    select,
)

from app.errors import KnownError

if TYPE_CHECKING:
    # Read only when a store has to be migrated: alembic takes 9 MB and as long as opening a store.
    from alembic.config import Config
    from alembic.script import ScriptDirectory

#: The newest revision this program knows; a test compares it with the scripts.
HEAD = "0002"
#: Where alembic keeps the revision of a file, in its own spelling.
_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def config(connection: Connection) -> Config:
    """The alembic configuration that works on this connection."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def revision_of(connection: Connection) -> str | None:
    """The revision a store is at."""
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


def stamp(connection: Connection) -> None:
    """Note that a store just made has the newest shape, in the caller's transaction."""
    _version.create(connection)
    connection.execute(_version.insert().values(version_num=HEAD))


def upgrade(engine: Engine, before_migration: Callable[[], None]) -> None:
    """Run the missing revisions in one transaction, after a backup.

    Raises KnownError `store.newer_file` when the file's revision is not one of ours.
    """
    with engine.connect() as connection:
        current = revision_of(connection)
        connection.rollback()
    if current == HEAD:
        return
    from alembic import command

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
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(__file__).parent / "migrations"))
