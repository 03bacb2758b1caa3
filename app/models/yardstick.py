"""The raw statements that figures are measured against (6-quality.md, "Figures").

R writes rows that a store already holds into a second file of the same kind with the same tables, S
reads the log in order, and the smallest durable insert is one row and one commit. Nothing here
knows operations, the door or a merge; nothing outside the bench may call it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select
from sqlcipher3 import dbapi2

from app.history.operation import encode_line
from app.models.bulk import insert_rows
from app.models.connection import ADAPTERS, connect
from app.models.rows import OP_COLUMNS, columns_of, operation_of
from app.models.schema import ENTITY_TABLES, metadata, op
from app.models.store import Store, create_store

#: What R writes, in the order in which a bundle brings it.
REGISTER = ("village", "household", "child", "circumstance")
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Lap:
    """Seconds by the clock, and seconds of processor time of this process and its threads."""

    wall: float
    cpu: float

    def __add__(self, other: Lap) -> Lap:
        return Lap(self.wall + other.wall, self.cpu + other.cpu)


class Stopwatch:
    """Adds up the laps it was started for."""

    def __init__(self) -> None:
        self.lap = Lap(0.0, 0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time what happens inside."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            passed = Lap(time.perf_counter() - wall, time.process_time() - cpu)
            self.lap = self.lap + passed


@contextmanager
def driver_as_it_comes() -> Iterator[None]:
    """What happens inside binds values as the driver does by itself, without `ADAPTERS`.

    A yardstick is what somebody would write who knows nothing of this store: it must not shrink
    with what the store learns.
    """
    known = dbapi2.adapters
    kept = {key: known.pop(key) for key in [*known] if key[0] in ADAPTERS}
    try:
        yield
    finally:
        known.update(kept)


def copied_tables(source: Store, path: Path, key: bytes | None) -> None:
    """A second store at `path` with every row of every table of `source`.

    With `key` None it is a plain file, which is how the price of encryption is measured.
    """
    create_store(path, key, source.unit).close()
    engine = connect(path, key)
    try:
        with (
            source.read() as reading,
            engine.connect().execution_options(writing=True) as writing,
        ):
            writing.begin()
            for table in metadata.sorted_tables:
                writing.execute(table.delete())
                columns = tuple(column.name for column in table.columns)
                for rows in _pages(reading, table.name, columns):
                    insert_rows(writing, table, columns, rows)
            writing.commit()
    finally:
        engine.dispose()


def upsert(
    source: Store, path: Path, key: bytes | None, entities: Sequence[str] = REGISTER
) -> tuple[Lap, int]:
    """R: upsert the rows of `source` into a new store at `path`; (time, rows).

    One transaction with the tables, indexes and settings of every store, and the driver as it
    comes. Reading the rows is not part of the time. They come in the order in which `source` got
    them: in the order of their keys they would go in faster than any import could bring them.
    """
    with driver_as_it_comes():
        return upsert_by_adapters(source, path, key, entities)


def upsert_by_adapters(
    source: Store, path: Path, key: bytes | None, entities: Sequence[str] = REGISTER
) -> tuple[Lap, int]:
    """R as it would be if its author knew of `ADAPTERS`: printed beside R, never instead of it."""
    create_store(path, key, source.unit).close()
    engine = connect(path, key)
    watch, count = Stopwatch(), 0
    try:
        with (
            source.read() as reading,
            engine.connect().execution_options(writing=True) as writing,
        ):
            with watch.running():
                writing.begin()
            for name in entities:
                columns = columns_of(name)
                for rows in _pages(reading, name, columns):
                    count += len(rows)
                    with watch.running():
                        insert_rows(writing, ENTITY_TABLES[name], columns, rows, "update")
            with watch.running():
                writing.commit()
    finally:
        engine.dispose()
    return watch.lap, count


def _pages(
    reading: Connection, table: str, columns: tuple[str, ...]
) -> Iterator[list[tuple[object, ...]]]:
    named = ", ".join(f'"{name}"' for name in columns)
    statement = f'SELECT {named} FROM "{table}" ORDER BY rowid'  # noqa: S608 - names of ours
    cursor = reading.exec_driver_sql(statement).cursor
    if cursor is None:
        raise RuntimeError("a SELECT without rows")
    while rows := cursor.fetchmany(_AT_ONCE):
        yield [tuple(row) for row in rows]


def ordered_select(store: Store) -> Lap:
    """S: read every accepted operation in order of position, and do nothing with it."""
    named = ", ".join(f'"{name}"' for name in OP_COLUMNS)
    statement = f"SELECT {named} FROM op WHERE state = 'accepted' ORDER BY position"  # noqa: S608 - names of ours
    watch = Stopwatch()
    with store.read() as reading, watch.running():
        cursor = reading.exec_driver_sql(statement).cursor
        if cursor is None:
            raise RuntimeError("a SELECT without rows")
        while cursor.fetchmany(_AT_ONCE):
            pass
    return watch.lap


class DurableInserts:
    """One raw row of a child and its commit at a time, in a store of its own, by the driver as it
    comes. The row is a copy of one that `source` holds, under a new id each time.
    """

    def __init__(self, source: Store, path: Path, key: bytes | None) -> None:
        create_store(path, key, source.unit).close()
        self._engine = connect(path, key)
        self._writing = self._engine.connect().execution_options(writing=True)
        self._columns = columns_of("child")
        with source.read() as reading:
            self._row = next(_pages(reading, "child", self._columns))[0]
        self._made = 0

    def one(self) -> float:
        """Insert and commit one row; seconds by the clock."""
        self._made += 1
        row = (f"{self._made:08d}-0000-5000-8000-000000000000", *self._row[1:])
        with driver_as_it_comes():
            started = time.perf_counter()
            self._writing.begin()
            insert_rows(self._writing, ENTITY_TABLES["child"], self._columns, [row])
            self._writing.commit()
            return time.perf_counter() - started

    def close(self) -> None:
        """Let go of the file."""
        self._writing.close()
        self._engine.dispose()


def bodies(
    store: Store, count: int, entities: Sequence[str] = ("household", "child", "circumstance")
) -> list[tuple[str, bytes]]:
    """(type, canonical JSON) of the first `count` creations of these types in the log."""
    with store.read() as reading:
        rows = reading.execute(
            select(op.c.ent_type, op.c.body)
            .where(op.c.ent_type.in_(entities), op.c.body.is_not(None), op.c.parents == b"")
            .order_by(op.c.position)
            .limit(count)
        )
        return [(row.ent_type, row.body.encode()) for row in rows]


def lines_of(store: Store) -> Iterator[bytes]:
    """The canonical line of every accepted operation, in order of position."""
    with store.read() as reading:
        rows = reading.execute(
            select(op).where(op.c.state == "accepted").order_by(op.c.position),
            execution_options={"yield_per": _AT_ONCE},
        )
        for row in rows:
            yield encode_line(operation_of(row, read_body=False))


def median_of(samples: Sequence[float]) -> float:
    """The median; the first tenth is left out, because it warms up."""
    return statistics.median(islice(samples, len(samples) // 10, None))


def ids_in_order(store: Store) -> tuple[Lap, int]:
    """Read the ids of all children in the order of their names, from its index alone; (time,
    children).
    """
    statement = "SELECT id FROM child ORDER BY name_sort, id"
    watch = Stopwatch()
    with store.read() as reading, watch.running():
        cursor = reading.exec_driver_sql(statement).cursor
        if cursor is None:
            raise RuntimeError("a SELECT without rows")
        found = cursor.fetchall()
    return watch.lap, len(found)


def indexed_select(store: Store, place: float, count: int = 64) -> float:
    """Seconds to read `count` children in the order of their names, beginning at a place of the
    register between 0 and 1: what a page of a list shows of each, by the index.
    """
    statement = (
        "SELECT id, household, full_name, birth_date, sex, personal_id, owner_unit FROM child"
        " WHERE (name_sort, id) >= (?, ?) ORDER BY name_sort, id LIMIT ?"
    )
    with store.read() as reading:
        total = reading.exec_driver_sql("SELECT count(*) FROM child").scalar_one()
        first = reading.exec_driver_sql(
            "SELECT name_sort, id FROM child ORDER BY name_sort, id LIMIT 1 OFFSET ?",
            (int(place * max(0, total - count)),),
        ).one()
        started = time.perf_counter()
        reading.exec_driver_sql(statement, (first[0], first[1], count)).fetchall()
        return time.perf_counter() - started
