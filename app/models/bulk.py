"""Statements that run once over many rows, compiled once per connection kind.

SQLAlchemy builds the text; the rows go to the driver as tuples, because turning a quarter of a
million rows into dictionaries and back costs more than the database does.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, Connection, CursorResult, Table
from sqlalchemy.dialects import sqlite

T = TypeVar("T")


@cache
def _compiler(dialect: str) -> Any:
    if dialect == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
    # Not at the top: every start of the program on an office PC would load it for nothing.
    from sqlalchemy.dialects import postgresql

    return postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]


@cache
def _insert(table: Table, dialect: str, columns: tuple[str, ...], on_conflict: str) -> str:
    compiler = _compiler(dialect)
    if dialect == "sqlite":
        statement = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql

        statement = postgresql.insert(table)  # type: ignore[assignment]
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


class Prepared:
    """A statement that runs at every save or opening: its text is built once, and its values go to
    the driver as they are. What the driver gives comes back unchanged, too: a truth value of SQLite
    is 0 or 1. A statement that asks for a list (IN) cannot be one: ValueError.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._built: dict[str, tuple[str, tuple[str, ...], Mapping[str, object]]] = {}

    def one(self, connection: Connection, values: Mapping[str, object]) -> tuple[Any, ...]:
        """Its one row, run with a value for each of its named parameters."""
        return tuple(self._run(connection, values).one())

    def rows(
        self, connection: Connection, values: Mapping[str, object] = MappingProxyType({})
    ) -> list[tuple[Any, ...]]:
        """All its rows, each with its columns in the order of the statement."""
        return [tuple(row) for row in self._run(connection, values)]

    def _run(self, connection: Connection, values: Mapping[str, object]) -> CursorResult[Any]:
        dialect = connection.dialect.name
        if dialect not in self._built:
            self._built[dialect] = self._build(dialect)
        text, names, constants = self._built[dialect]
        given = {**constants, **values}
        return connection.exec_driver_sql(text, tuple(given[name] for name in names))

    def _build(self, dialect: str) -> tuple[str, tuple[str, ...], Mapping[str, object]]:
        compiled: Any = self._statement.compile(dialect=_compiler(dialect))
        if compiled.post_compile_params:
            raise ValueError("the text of a list of values depends on how many there are")
        asked = {name for name, bind in compiled.binds.items() if bind.required}
        constants = {name: value for name, value in compiled.params.items() if name not in asked}
        return str(compiled), tuple(compiled.positiontup), constants


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
