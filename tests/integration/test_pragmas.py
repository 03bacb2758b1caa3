"""What every connection is told before it is used, read back from the database itself.

A save is on the disk before it is said to be, deleted rows leave no bytes behind, sorting never
spills persons into a temporary file, and a changed schema calls nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import Connection, Engine

from app.models.connection import (
    CACHE_KIB,
    LITTLE_CACHE_KIB,
    READING_CACHE_KIB,
    connect,
    write_with_little,
)
from app.models.drafts import DraftStore
from app.models.store import create_store, open_store
from app.models.yardstick import driver_as_it_comes
from tests.workplaces import KEY, PROVINCE

#: Engines on new files in a folder, each with the KiB of its page cache.
Engines: TypeAlias = Callable[[Path], Iterator[tuple[Engine, int]]]
#: As SQLite numbers them (sqlite.org/pragma.html): 2 is FULL of synchronous, MEMORY of temp_store.
TOLD: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "trusted_schema": 0,
    "busy_timeout": 5000,
}


def said(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def store_engine(folder: Path) -> Iterator[tuple[Engine, int]]:
    """A store as it was made, and one that was opened again."""
    path = folder / "store.db"
    made = create_store(path, KEY, PROVINCE)
    yield made._engine, CACHE_KIB
    made.close()
    opened = open_store(path, KEY, before_migration=lambda: None)
    yield opened._engine, CACHE_KIB
    opened.close()


def drafts_engine(folder: Path) -> Iterator[tuple[Engine, int]]:
    drafts = DraftStore(folder / "drafts.db", KEY)
    yield drafts._engine, 2048
    drafts.close()


def bare_engine(folder: Path) -> Iterator[tuple[Engine, int]]:
    engine = connect(folder / "any.db", KEY, create=True, cache_kib=512)
    yield engine, 512
    engine.dispose()


@pytest.mark.parametrize("engines", [store_engine, drafts_engine, bare_engine])
def test_every_connection_is_told_what_the_design_says(tmp_path: Path, engines: Engines) -> None:
    seen = 0
    for engine, cache in engines(tmp_path):
        with ExitStack() as stack:
            # More at once than the pool keeps: those that come on top are told it, too.
            together = [stack.enter_context(engine.connect()) for _ in range(6)]
            for connection in together:
                assert {name: said(connection, name) for name in TOLD} == TOLD
                assert said(connection, "cache_size") == -min(cache, READING_CACHE_KIB)
                seen += 1
    assert seen >= 6


@pytest.mark.parametrize("engines", [store_engine, drafts_engine, bare_engine])
def test_what_is_written_is_written_under_them(tmp_path: Path, engines: Engines) -> None:
    """In a transaction: SQLite takes some of them back silently when they come too late."""
    for engine, cache in engines(tmp_path):
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            assert {name: said(connection, name) for name in TOLD} == TOLD
            assert said(connection, "cache_size") == -cache
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            write_with_little(connection)
            assert said(connection, "cache_size") == -LITTLE_CACHE_KIB
        with engine.connect().execution_options(going_over_all=True) as connection:
            assert said(connection, "cache_size") == -cache
        with engine.connect() as connection:
            assert said(connection, "cache_size") == -min(cache, READING_CACHE_KIB), "as before"


def test_what_the_driver_is_told_to_bind_comes_back_as_it_was(tmp_path: Path) -> None:
    """`ADAPTERS` make binding quick and change nothing: the same cells as without them."""
    values = (None, b"", b"\x00\xff" * 20, True, False, 0, 2**53, "", "Nguyễn Thị Ánh", 0.5)
    engine = connect(tmp_path / "plain.db", KEY, create=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE cell (how TEXT, value)")
        connection.exec_driver_sql(
            "INSERT INTO cell VALUES ('told', ?)", [(value,) for value in values]
        )
        with driver_as_it_comes():
            connection.exec_driver_sql(
                "INSERT INTO cell VALUES ('alone', ?)", [(value,) for value in values]
            )
        found = {
            how: connection.exec_driver_sql(
                "SELECT value, typeof(value) FROM cell WHERE how = ? ORDER BY rowid", (how,)
            ).all()
            for how in ("told", "alone")
        }
    engine.dispose()
    assert found["told"] == found["alone"]
    assert [row[0] for row in found["told"]] == [*values]
