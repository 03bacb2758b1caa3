"""Statements that run once over many rows, compiled once per connection kind.

SQLAlchemy builds the text; the rows go to the driver as tuples, because turning a quarter of a
million rows into dictionaries and back costs more than the database does.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

T = TypeVar("T")


@cache
def _insert(table: Table, dialect: str, columns: tuple[str, ...], on_conflict: str) -> str:
    if dialect == "sqlite":
        statement = sqlite.insert(table)
        compiler: Any = sqlite.dialect(paramstyle="qmark")
    else:
        # Not at the top: every start of the program on an office PC would load it for nothing.
        from sqlalchemy.dialects import postgresql

        statement = postgresql.insert(table)  # type: ignore[assignment]
        compiler = postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    key = [column.name for column in table.primary_key]
    if on_conflict == "update":
        changed = {name: statement.excluded[name] for name in columns if name not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
    elif on_conflict == "nothing":
        statement = statement.on_conflict_do_nothing(index_elements=key)
    return str(statement.compile(dialect=compiler, column_keys=list(columns)))


def insert_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    on_conflict: str = "fail",
) -> None:
    """Insert rows given as tuples in the order of `columns`, which is the table's own order.

    `on_conflict`: `fail`, or on an equal primary key `update` the row or do `nothing`.
    """
    if rows:
        sql = _insert(table, connection.dialect.name, columns, on_conflict)
        connection.exec_driver_sql(sql, list(rows))


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for cyclic garbage less often: pages of records make a lot of objects and no
    cycles, and the default looks for them after every 700.
    """
    usual = gc.get_threshold()
    gc.set_threshold(20_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
