"""Typed but not yet saved: the text of open records, in an encrypted file of its own.

Drafts have their own file and connection so that typing never waits for an import. A draft that
`save` has returned for is on the disk.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, select
from sqlalchemy.dialects import sqlite

from app.models.connection import connect

_metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})
_draft = Table(
    "draft",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("written", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """One open record's text: `name` tells which, `content` is the page's own JSON."""

    name: str
    content: str
    written: int


class DraftStore:
    """The drafts of one installation. Not thread-safe: it belongs to the draft writer."""

    def __init__(self, path: Path, key: bytes | None) -> None:
        self._engine = connect(path, key, create=True, cache_kib=2048)
        with self._engine.connect().execution_options(writing=True) as connection:
            connection.begin()
            _metadata.create_all(connection)
            connection.commit()

    def save(self, name: str, content: str) -> None:
        """Write one draft in place of its earlier text; durable on return."""
        statement = sqlite.insert(_draft).values(
            name=name, content=content, written=int(time.time())
        )
        changed = {"content": statement.excluded.content, "written": statement.excluded.written}
        with self._engine.connect().execution_options(writing=True) as connection:
            connection.begin()
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_=changed)
            )
            connection.commit()

    def drop(self, name: str) -> None:
        """Forget a draft, after it became an operation or was discarded by the person."""
        with self._engine.connect().execution_options(writing=True) as connection:
            connection.begin()
            connection.execute(delete(_draft).where(_draft.c.name == name))
            connection.commit()

    def all(self) -> list[Draft]:
        """Every draft, the newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_draft).order_by(_draft.c.written.desc()))
            return [Draft(row.name, row.content, row.written) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()
