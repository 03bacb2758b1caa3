"""Migrations: head equals the models, up and down with data, a newer file is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

from app.errors import KnownError
from app.models import migrate
from app.models.connection import connect
from app.models.schema import metadata, setting
from app.models.store import create_store, open_store
from app.models.work import Change

KEY = bytes(range(32))
UNIT = "21010@2024"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def migrated_engine(path: Path):
    engine = connect(path, KEY, create=True)
    migrate.upgrade(engine, lambda: None)
    return engine


def test_running_every_migration_gives_the_tables_of_the_models(path: Path) -> None:
    engine = migrated_engine(path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_store_made_anew_has_the_same_tables_as_a_migrated_one(path: Path) -> None:
    create_store(path, KEY, UNIT).close()
    other = path.with_name("other.db")
    engines = connect(path, KEY), migrated_engine(other)
    texts = []
    for engine in engines:
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
            )
            texts.append({(row[0], row[1]): _clauses(row[2]) for row in rows})
        engine.dispose()
    assert texts[0] == texts[1]
    with connect(path, KEY).connect() as one, connect(other, KEY).connect() as two:
        for table in metadata.tables:
            first, second = inspect(one).get_columns(table), inspect(two).get_columns(table)
            assert [(c["name"], str(c["type"]), c["nullable"]) for c in first] == [
                (c["name"], str(c["type"]), c["nullable"]) for c in second
            ]


def _clauses(sql: str) -> list[str]:
    """The columns and constraints of a statement; their order says nothing, nor do the quotes that
    a table gets that was rebuilt and renamed; all else does.
    """
    before, _, inside = " ".join(sql.replace('"', "").split()).partition("(")
    clauses, depth = [""], 0
    for sign in inside:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            clauses.append("")
        else:
            clauses[-1] += sign
    last, closing, after = clauses.pop().rpartition(")")
    columns = [one.strip() for one in clauses] + [last.strip()]
    # Columns keep their order; named constraints may come in any.
    named = sorted(one for one in columns if one.startswith("CONSTRAINT "))
    plain = [one for one in columns if not one.startswith("CONSTRAINT ")]
    return [before.strip(), *plain, *named, closing + after]


def test_clauses_tell_statements_apart() -> None:
    check, unique = "CONSTRAINT x CHECK (a IN ('b', 'c'))", "CONSTRAINT u UNIQUE (a)"
    whole = f"CREATE TABLE t (a TEXT NOT NULL, {check}, {unique})"
    turned = f"CREATE TABLE t ( a TEXT NOT NULL, {unique}, {check} )"
    assert _clauses(whole) == _clauses(turned)
    assert _clauses(whole) != _clauses(whole.replace("NOT NULL", ""))
    assert _clauses(whole) != _clauses(whole.replace("'c'", "'d'"))
    assert _clauses("CREATE INDEX i ON t (a, b)") != _clauses("CREATE INDEX i ON t (b, a)")
    assert _clauses("CREATE INDEX i ON t (a) WHERE a = 1") != _clauses("CREATE INDEX i ON t (a)")


def test_every_revision_goes_down_and_up_again(path: Path) -> None:
    engine = migrated_engine(path)
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        command.downgrade(migrate.config(connection), "base")
        connection.commit()
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(engine, lambda: None)
    with engine.connect() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    engine.dispose()


def test_every_constraint_and_index_has_a_name(path: Path) -> None:
    engine = migrated_engine(path)
    with engine.connect() as connection:
        look = inspect(connection)
        for table in metadata.tables:
            assert look.get_pk_constraint(table)["name"] == f"pk_{table}"
            names = [one["name"] for one in look.get_unique_constraints(table)]
            names += [one["name"] for one in look.get_indexes(table)]
            assert all(names), table
    engine.dispose()


def test_opening_a_current_store_makes_no_backup_and_keeps_its_data(path: Path) -> None:
    store = create_store(path, KEY, UNIT)
    with store.write("An") as work:
        done = work.record(Change("household", {"owner_unit": UNIT, "household_no": "1"}))
        work.commit()
    store.close()
    backups: list[str] = []
    again = open_store(path, KEY, before_migration=lambda: backups.append("made"))
    assert backups == []
    assert again.unit == UNIT
    with again.read() as reading:
        from app.models.queries.register import record

        found = record(reading, "household", done.id)
        assert found is not None
        assert found.values["household_no"] == "1"
    again.close()


def test_a_backup_is_made_before_a_migration(path: Path) -> None:
    backups: list[str] = []
    engine = connect(path, KEY, create=True)
    migrate.upgrade(engine, lambda: backups.append("made"))
    engine.dispose()
    assert backups == ["made"]


def test_a_file_of_a_newer_program_is_refused_and_left_alone(path: Path) -> None:
    store = create_store(path, KEY, UNIT)
    store.close()
    engine = connect(path, KEY)
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    engine.dispose()
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    with pytest.raises(KnownError) as refused:
        open_store(path, KEY, before_migration=lambda: pytest.fail("no backup for a refusal"))
    assert refused.value.message_id == "store.newer_file"
    engine = connect(path, KEY)
    with engine.connect() as connection:
        assert connection.execute(select(setting.c.value).where(setting.c.name == "unit")).scalar()
    engine.dispose()


def test_a_wrong_key_is_a_known_failure(path: Path) -> None:
    create_store(path, KEY, UNIT).close()
    with pytest.raises(KnownError) as refused:
        open_store(path, bytes(32), before_migration=lambda: None)
    assert refused.value.message_id == "store.wrong_key"
