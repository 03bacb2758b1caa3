"""The store of one installation: open it, read from it, write to it in one transaction.

Nothing above sees an engine, a session or a statement: reads return frozen dataclasses from
`app.models.queries`, writes go through `UnitOfWork`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, select

from app.errors import KnownError
from app.ids import new_id
from app.models import migrate, soundness
from app.models.connection import connect
from app.models.schema import counter, metadata, setting
from app.models.work import Identity, UnitOfWork

#: What queries read from. Services hand it on and never look inside.
Reading: TypeAlias = Connection


class Store:
    """One open store. `identity()` is who writes here; the author is named per transaction."""

    def __init__(self, engine: Engine, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self.path = path
        self.clock = clock
        self._refusal: KnownError | None = None
        with self.read() as connection:
            self._settings: dict[str, str] = {
                row.name: row.value for row in connection.execute(select(setting))
            }

    @property
    def replica(self) -> str:
        """The id of this replica; a restored copy takes a new one."""
        return self._settings["replica"]

    @property
    def unit(self) -> str:
        """The unit this installation belongs to, `CODE@EDITION`."""
        return self._settings["unit"]

    def setting(self, name: str, default: str = "") -> str:
        """A stored setting of this PC."""
        return self._settings.get(name, default)

    @property
    def refusal(self) -> KnownError | None:
        """Why this store is only read; None while it may be written."""
        return self._refusal

    def only_read(self, why: KnownError) -> None:
        """Take no more writes: what is damaged must not be built upon."""
        self._refusal = why
        # A connection that met a page it cannot authenticate answers nothing any more (SQLCipher).
        self._engine.dispose()

    def must_be_writable(self) -> None:
        """Raise the KnownError of `only_read`, if there is one."""
        why = self._refusal
        if why is not None:
            raise KnownError(why.message_id, why.hint_id, **why.parameters)

    @contextmanager
    def read(self, *, going_over_all: bool = False) -> Iterator[Connection]:
        """A consistent view for queries; nothing is written. Who goes over all records and looks
        up what belongs to each gets a page cache like one that writes.
        """
        with self._engine.connect() as connection:
            if going_over_all:
                connection.execution_options(going_over_all=True)
            yield connection
            connection.rollback()

    @contextmanager
    def write(self, author: str) -> Iterator[UnitOfWork]:
        """One transaction. Without `commit()` at its end nothing has happened.

        Raises KnownError `store.only_reading` where the store was found damaged.
        """
        self.must_be_writable()
        with self._engine.connect().execution_options(writing=True) as connection:
            connection.begin()
            identity = Identity(self.replica, self.unit, author)
            work = UnitOfWork(connection, identity, self.clock)
            work.after_commit.append(lambda: self._settings.update(replica=work.identity.replica))
            try:
                yield work
            finally:
                if not work.committed:
                    connection.rollback()

    def put_settings(self, work: UnitOfWork, values: Mapping[str, str]) -> None:
        """Change settings in a transaction; they count from its commit on."""
        for name, value in values.items():
            work.connection.execute(setting.delete().where(setting.c.name == name))
            work.connection.execute(setting.insert().values(name=name, value=value))
        # In memory only after the commit: a rolled back preview must leave nothing behind.
        work.after_commit.append(lambda: self._settings.update(values))

    def fold_in(self) -> None:
        """Fold the write-ahead log into the store and empty it: what was erased stands in neither,
        and after a large import it takes no room.

        With a reader at work it is folded in as far as that one lets it; the next time does it.
        """
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded in by SQLite."""
        self._engine.dispose()


def create_store(
    path: Path, key: bytes | None, unit: str, clock: Callable[[], float] = time.time
) -> Store:
    """Make a new store for `unit` at `path`. Raises FileExistsError when there is one already."""
    if path.exists():
        raise FileExistsError(path)
    engine = connect(path, key, create=True)
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        metadata.create_all(connection, checkfirst=False)
        migrate.stamp(connection)
        connection.execute(counter.insert().values(name="position", value=0))
        for name, value in {"replica": new_id(), "unit": unit}.items():
            connection.execute(setting.insert().values(name=name, value=value))
        connection.commit()
    return Store(engine, path, clock)


def open_store(
    path: Path,
    key: bytes | None,
    *,
    before_migration: Callable[[], None],
    clock: Callable[[], float] = time.time,
) -> Store:
    """Open an existing store, bringing its tables up to this program's.

    `before_migration` makes the backup; it is called only when there is something to migrate.
    Raises KnownError `store.newer_file` for a file of a newer program, `store.wrong_key`, and
    `store.damaged` for what no `create_store` finished: a register is never begun anew here.
    """
    engine = connect(path, key)
    try:
        _refuse_what_is_none(engine, path)
        migrate.upgrade(engine, before_migration)
        return Store(engine, path, clock)
    except BaseException:
        engine.dispose()
        raise


def is_current(path: Path, key: bytes | None) -> bool:
    """Whether `open_store` would find nothing to migrate. Raises KnownError `store.wrong_key`."""
    engine = connect(path, key)
    try:
        with engine.connect() as connection:
            return migrate.revision_of(connection) == migrate.HEAD
    finally:
        engine.dispose()


def _refuse_what_is_none(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        if not soundness.is_store(connection):
            raise KnownError("store.damaged", "store.damaged_hint", file=path.name)
