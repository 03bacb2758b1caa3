"""Bring a store's tables to the shape this program knows, never the other way round.

Runs on the open, encrypted connection. A backup is made before, foreign keys are off while a table
is rebuilt (or SQLite deletes the rows that refer to it), and a file of a newer program is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

from app.errors import BugError, KnownError

if TYPE_CHECKING:
    # Read only when a store has to be migrated: alembic takes 9 MB and as long as opening a store.
    from alembic.config import Config
    from alembic.script import ScriptDirectory

#: The newest revision this program knows; a test compares it with the scripts.
HEAD = "0026"
#: Where the revisions lie.
SCRIPTS = Path(__file__).parent / "migrations"
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
    made.set_main_option("script_location", str(SCRIPTS))
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
    with rebuilding(engine) as migrating:
        command.upgrade(config(migrating), "head")


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be rebuilt: no row goes because of a foreign key.

    Committed at its end, unless a row is then left without the row that it refers to.
    Raises KnownError `store.migration_broke`; the file is as it was before.
    """
    with engine.connect() as connection:
        _foreign_keys(connection, on=False)
        try:
            with connection.execution_options(writing=True).begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise KnownError("store.migration_broke", "store.migration_broke_hint")
        finally:
            _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch foreign keys on the driver's own connection.

    SQLite passes over this pragma inside a transaction, and SQLAlchemy begins one with its first
    statement. Raises BugError when the switch did not take.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA foreign_keys = {int(on)}")
        cursor.execute("PRAGMA foreign_keys")
        if cursor.fetchone() != (int(on),):
            raise BugError("store.foreign_keys")
    finally:
        cursor.close()


def _script() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(SCRIPTS))
