"""Typed but not yet saved: the text of open records, in an encrypted file of its own.

Drafts have their own file and connection so that typing never waits for an import. A draft that
`save` has returned for is on the disk.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, select
from sqlalchemy.dialects import sqlite

from app.errors import KnownError
from app.models.connection import connect

#: What says that the file itself is no good, and not the disk or the moment.
_SPOILED = frozenset(("store.wrong_key", "store.damaged"))

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
        #: The name under which an unreadable file was kept; "" when there was none.
        self.set_aside = ""
        self._engine = connect(path, key, create=True, cache_kib=2048)
        try:
            with self._engine.connect().execution_options(writing=True) as connection:
                connection.begin()
                _metadata.create_all(connection)
                connection.commit()
        except BaseException:
            self._engine.dispose()
            raise

    @classmethod
    def opened(cls, path: Path, key: bytes | None) -> DraftStore:
        """The drafts, beginning with an empty file where the one that lies there cannot be read.

        That one is kept under another name. Typing has to stay safe from a power cut even after a
        disk has spoiled yesterday's drafts; what was saved lies in the store and is not touched.
        """
        try:
            return cls._readable(path, key)
        except KnownError as error:
            if error.message_id not in _SPOILED:
                raise
        aside = path.with_name(f"{path.name}.spoiled-{int(time.time())}")
        for end in ("", "-wal", "-shm"):
            part = Path(f"{path}{end}")
            if part.exists():
                part.rename(f"{aside}{end}")
        made = cls(path, key)
        made.set_aside = aside.name
        return made

    @classmethod
    def _readable(cls, path: Path, key: bytes | None) -> DraftStore:
        drafts = cls(path, key)
        try:
            drafts.all()  # a page in the middle may be spoiled where the first one is not
        except BaseException:
            drafts.close()
            raise
        return drafts

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

    def drop_about(self, records: Collection[str]) -> int:
        """Forget every draft that names one of these records; returns how many."""
        gone = [
            one.name
            for one in self.all()
            if any(record in one.name or record in one.content for record in records)
        ]
        for name in gone:
            self.drop(name)
        return len(gone)

    def all(self) -> list[Draft]:
        """Every draft, the newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_draft).order_by(_draft.c.written.desc()))
            return [Draft(row.name, row.content, row.written) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()


def forget_drafts(path: Path, key: bytes | None, records: Collection[str]) -> int:
    """Take what is typed and not saved about these records out of the drafts, if there are any:
    what the law erases stands there as well. Nobody can read a spoiled file, nor take anything out
    of it: it is left to the window, which puts it aside and says so.
    """
    if not path.exists():
        return 0
    try:
        drafts = DraftStore(path, key)
        try:
            return drafts.drop_about(records)
        finally:
            drafts.close()
    except KnownError as error:
        if error.message_id not in _SPOILED:
            raise
        return 0
