"""A store in which every table holds rows, and what is in it: for migrations with data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, Table, func, select

from app.models.connection import connect
from app.models.schema import metadata
from app.models.store import create_store
from tests.workplaces import COMMUNE, KEY, settle

#: Table → its rows, each as column → value, in a settled order.
Content = Mapping[str, list[dict[str, object]]]
_PASSED_OVER = frozenset(("alembic_version",))
#: What a constraint lets stand in a column.
_ALLOWED = {("op", "state"): "accepted"}


def make_full_store(path: Path) -> None:
    """A register with its log, as work made them, and invented rows wherever it made none."""
    store = create_store(path, KEY, COMMUNE)
    with store.write("An") as work:
        settle(work, 20)
        work.audit("import", rows=20)
        work.commit()
    store.close()
    # Past the unit of work: its commit would judge what is invented here, and put it right.
    engine = connect(path, KEY)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table in metadata.sorted_tables:
            if not connection.execute(select(func.count()).select_from(table)).scalar():
                connection.execute(table.insert(), [invented_row(table, n) for n in (1, 2)])
    engine.dispose()


def invented_row(table: Table, number: int) -> dict[str, object]:
    """Values of the right types; a reference points at the row of the same number."""
    return {column.name: _value(table, column, number) for column in table.columns}


def _value(table: Table, column: Column[object], number: int) -> object:
    for key in column.foreign_keys:
        return _value(key.column.table, key.column, number)
    allowed = _ALLOWED.get((table.name, column.name))
    if allowed is not None:
        return allowed
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, Integer):
        return number
    said = f"{table.name}.{column.name} {number}"
    return said.encode() if isinstance(column.type, LargeBinary) else said


def content(connection: Connection) -> Content:
    """Everything in the store, whatever its shape is now."""
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).scalars()
    return {name: _rows(connection, name) for name in names if name not in _PASSED_OVER}


def _rows(connection: Connection, name: str) -> list[dict[str, object]]:
    rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()  # noqa: S608
    return sorted((dict(row) for row in rows), key=lambda row: repr(sorted(row.items())))
