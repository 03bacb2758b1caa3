"""Everything a home holds but its audit trail: what "changes nothing" is measured by."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, select, table, text

from app.models.connection import connect
from app.services.installation import unlock
from app.settings import Settings

#: Table → its rows, sorted.
Dump = dict[str, list[tuple[object, ...]]]


def dump_store(path: Path, key: bytes | None) -> Dump:
    """Every row of every table of a store but `audit_event`."""
    engine = connect(path, key)
    try:
        with engine.connect() as connection:
            return dump_read(connection)
    finally:
        engine.dispose()


def dump_read(connection: Connection) -> Dump:
    """`dump_store` through a connection that is open already."""
    tables = [n for n in inspect(connection).get_table_names() if n != "audit_event"]
    return {name: _rows(connection, name) for name in tables}


def _rows(connection: Connection, name: str) -> list[tuple[object, ...]]:
    rows = connection.execute(select(text("*")).select_from(table(name)))
    return sorted((tuple(row) for row in rows), key=repr)


def dump_home(home: Path, passphrase: str) -> Dump:
    """`dump_store` for an installation; opening it leaves no trace in it."""
    settings = Settings(home)
    return dump_store(settings.store_path, unlock(settings, passphrase).dek)


def events_of(home: Path, passphrase: str) -> list[str]:
    """The names of the audit events of an installation, oldest first."""
    settings = Settings(home)
    engine = connect(settings.store_path, unlock(settings, passphrase).dek)
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT event FROM audit_event ORDER BY number"))
            return [row.event for row in rows]
    finally:
        engine.dispose()
