"""The one door to the database: an encrypted SQLite file behind SQLAlchemy.

`connect()` is the only place where the key is used. It is sent as a raw key in the `connect` event,
never in a URL, and `cipher_log_level` is turned off before it so that no library prints about it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlcipher3 import dbapi2

from app.errors import KnownError

#: What the driver is told to do with values that are neither exactly a text nor a number: it looks
#: for an adapter for each of them, by three lookups that fail with an exception, before it takes it
#: as it is. Most cells of a row are such: the row of a child is bound three times as fast by these,
#: which are all functions of C.
ADAPTERS: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {type(None): {}.get, bytes: bytes, bool: int}
)
for _type, _adapter in ADAPTERS.items():
    dbapi2.register_adapter(_type, _adapter)

#: Page cache of a connection that writes or goes over everything, in KiB: large enough that a
#: province import does not thrash. One that looks something up has less: several lie open as long
#: as the program runs, and what a list of a large register leaves in them is soon of no use.
CACHE_KIB = 64 * 1024
READING_CACHE_KIB = 8 * 1024
#: That of a transaction that writes no more than a commune has: what each of a hundred bundles
#: touches elsewhere in a large register does not pile up.
LITTLE_CACHE_KIB = 16 * 1024
#: Bytes below which a failure to write is put down to a full disk: the shared index of a
#: write-ahead log takes 32 KiB, its first frames some pages more.
_LEAST_ROOM = 128 * 1024


def connect(
    path: Path, key: bytes | None, *, create: bool = False, cache_kib: int = CACHE_KIB
) -> Engine:
    """An engine on the file at `path`, encrypted under the 32-byte `key`.

    `key` None gives a plain file: only the benchmarks use it, to say what encryption costs.
    Raises KnownError `store.damaged` for a file that is missing or empty, unless it may be made
    here (`create`), and `store.wrong_key` when the file does not open under this key.
    """
    if not create and _is_nothing(path):
        # SQLite would make a new empty database of it, and throw away the log that lies beside it.
        raise KnownError("store.damaged", "store.damaged_hint", file=path.name)
    reading = min(cache_kib, READING_CACHE_KIB)
    engine = sqlalchemy.create_engine(
        f"sqlite:///{path}",
        module=dbapi2,
        connect_args={"check_same_thread": False},
        pool_size=4,
        max_overflow=4,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, see below
        cursor = connection.cursor()
        try:
            if key is not None:
                cursor.execute("PRAGMA cipher_log_level = NONE")
                cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            try:
                cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except dbapi2.DatabaseError as error:
                if "not a database" in str(error):
                    raise KnownError("store.wrong_key", "store.wrong_key_hint") from None
                raise
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "secure_delete = ON",
                "temp_store = MEMORY",
                "trusted_schema = OFF",
                "busy_timeout = 5000",
                f"cache_size = -{reading}",
            ):
                cursor.execute(f"PRAGMA {pragma}")
        finally:
            cursor.close()

    @event.listens_for(engine, "handle_error")
    def _explain(context: ExceptionContext) -> BaseException | None:
        known = world_failure(context.original_exception, path)
        if known is not None and known.message_id == "store.damaged":
            # After a page that does not authenticate SQLCipher answers nothing on this connection.
            context.is_disconnect = True
        return known

    _watch_use(engine, cache_kib, reading)
    if not path.exists():
        # Created here, before SQLite does, so that no other user may read it for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return engine


def write_with_little(connection: sqlalchemy.Connection) -> None:
    """The transaction that has begun goes on with the page cache for little."""
    connection.exec_driver_sql(f"PRAGMA cache_size = -{LITTLE_CACHE_KIB}")


def _watch_use(engine: Engine, most: int, least: int) -> None:
    """Begin every transaction as what it is, with the page cache it needs, in KiB."""

    def resize(connection: Any, kib: int) -> None:
        connection.execute(f"PRAGMA cache_size = -{kib}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sqlalchemy.Connection) -> None:
        options = connection.get_execution_options()
        writing = options.get("writing", False)
        if writing or options.get("going_over_all", False):
            resize(connection.connection.dbapi_connection, most)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @event.listens_for(engine, "checkin")
    def _lay_down(connection: Any, _record: object) -> None:
        # Whoever wrote, or went over everything, leaves no full cache to those who only look.
        if connection is not None:
            resize(connection, least)


#: What SQLite says when it is the world that failed, and the sentence for it.
_WORLD = (
    ("disk is full", "store.disk_full"),
    ("disk image is malformed", "store.damaged"),
    ("disk I/O error", "store.unreadable"),
    ("unable to open database file", "store.unreadable"),
    ("readonly database", "store.read_only"),
    ("database is locked", "store.busy"),
)


def world_failure(error: BaseException, path: Path) -> KnownError | None:
    """The known error behind an exception of the driver; None when it is a bug of ours.

    The driver tells its failures apart by English sentences alone (sqlite3_errmsg).
    """
    said = str(error)
    for part, message_id in _WORLD:
        if part in said:
            full = message_id == "store.unreadable" and _is_full(path)
            name = "store.disk_full" if full else message_id
            return KnownError(name, f"{name}_hint", file=path.name)
    return None


def _is_nothing(path: Path) -> bool:
    """Whether there is no file, or one without a single byte."""
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True


def _is_full(path: Path) -> bool:
    """Whether there is no room for the shared index and the log of a database.

    SQLite calls it an input/output error when it cannot make these, whatever the cause.
    """
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False  # the drive is gone: it was an error of the drive
