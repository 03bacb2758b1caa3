"""Every revision goes down and up with rows in every table, and no row is lost on the way.

A revision that is added is covered by being there. That the check bites is shown by revisions of
the tests' own that rebuild a table which others refer to.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.errors import BugError, KnownError
from app.models import integrity, migrate
from app.models.connection import connect
from app.models.schema import metadata
from app.models.store import open_store
from tests.migrations.full_store import Content, content, make_full_store
from tests.workplaces import KEY

REVISIONS = [
    (script.revision, script.down_revision or "base")
    for script in ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions()
]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "store.db"
    make_full_store(path)
    return path


@pytest.fixture
def engine(full: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "store.db"
    shutil.copy(full, path)
    made = connect(path, KEY)
    yield made
    made.dispose()


def _content(engine: Engine) -> Content:
    with engine.connect() as connection:
        return content(connection)


def _down(engine: Engine, revision: str) -> None:
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), revision)


def _up(engine: Engine) -> None:
    migrate.upgrade(engine, lambda: None)


def _kept(before: Content, shape: Content) -> Content:
    """What of the rows has a place in a shape: the columns of the tables that it has."""
    columns = {name: rows[0].keys() for name, rows in shape.items() if rows}
    return {
        name: sorted(
            ({column: row[column] for column in columns[name] if column in row} for row in rows),
            key=repr,
        )
        for name, rows in before.items()
        if name in columns
    }


def test_the_full_store_has_rows_in_every_table(engine: Engine) -> None:
    found = _content(engine)
    assert found.keys() == metadata.tables.keys()
    assert all(found.values()), [name for name, rows in found.items() if not rows]


@pytest.mark.parametrize(("revision", "below"), REVISIONS)
def test_a_revision_goes_down_and_up_and_keeps_every_row(
    engine: Engine, revision: str, below: str
) -> None:
    before = _content(engine)
    _down(engine, below)
    shape = _content(engine)
    if below != "base":
        # A table that this revision brought goes; in all others every row stays.
        assert {name: len(rows) for name, rows in shape.items()} == {
            name: len(before[name]) for name in shape
        }, revision
        assert _kept(before, shape) == _kept(shape, shape)
    _up(engine)
    after = _content(engine)
    assert after.keys() == before.keys()
    if below != "base":
        assert _kept(after, shape) == _kept(before, shape)


@pytest.mark.parametrize("revision", [revision for revision, _below in REVISIONS])
def test_rows_of_every_shape_follow_from_their_log_after_the_upgrade(
    engine: Engine, revision: str
) -> None:
    before = _differing(engine)
    assert not {"household", "child", "village"} & set(before)  # the rest holds invented rows
    _down(engine, revision)
    kept = set(_content(engine))
    _up(engine)
    # A table that came later is made anew, empty, and so is what the log says of it.
    assert _differing(engine) == [name for name in before if name in kept]


def _differing(engine: Engine) -> list[str]:
    """The tables that come out otherwise when built from the log."""
    engine.dispose()
    store = open_store(Path(str(engine.url.database)), KEY, before_migration=lambda: None)
    try:
        with store.write("test") as work:
            return integrity.differing_tables(work)  # no commit: rolled back
    finally:
        store.close()


# --- revisions of the tests' own: a table that others refer to is rebuilt -----------------------

_FAMILY = """
import sqlalchemy as sa
from alembic import op

revision = "t001"
down_revision = {head!r}


def upgrade():
    op.create_table(
        "parent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_parent"),
    )
    op.create_table(
        "offspring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent"], ["parent.id"], name="fk_offspring_parent", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offspring"),
    )
    op.execute("INSERT INTO parent VALUES (1, 'a'), (2, 'b')")
    op.execute("INSERT INTO offspring VALUES (10, 1), (11, 1), (12, 2)")


def downgrade():
    op.drop_table("offspring")
    op.drop_table("parent")
"""
_REBUILD = """
import sqlalchemy as sa
from alembic import op

revision = "t002"
down_revision = "t001"


def upgrade():
    with op.batch_alter_table("parent", recreate="always") as batch:
        batch.alter_column("name", nullable=False, existing_type=sa.Text())
    {and_then}


def downgrade():
    with op.batch_alter_table("parent", recreate="always") as batch:
        batch.alter_column("name", nullable=True, existing_type=sa.Text())
"""
_OFFSPRING = [{"id": 10, "parent": 1}, {"id": 11, "parent": 1}, {"id": 12, "parent": 2}]


def _with_revisions(folder: Path, patch: pytest.MonkeyPatch, and_then: str = "pass") -> None:
    """The program's revisions and two more, of which the second rebuilds the parents' table."""
    scripts = folder / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    versions = scripts / "versions"
    (versions / "t001.py").write_text(_FAMILY.format(head=migrate.HEAD), encoding="utf-8")
    (versions / "t002.py").write_text(_REBUILD.format(and_then=and_then), encoding="utf-8")
    patch.setattr(migrate, "SCRIPTS", scripts)
    patch.setattr(migrate, "HEAD", "t002")


def test_rows_that_refer_to_a_rebuilt_table_survive(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _content(engine)
    _with_revisions(tmp_path, monkeypatch)
    _up(engine)
    after = _content(engine)
    assert after["offspring"] == _OFFSPRING
    assert {name: after[name] for name in before} == before
    _down(engine, "t001")
    assert _content(engine)["offspring"] == _OFFSPRING
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_without_the_switch_they_would_be_gone(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with foreign keys on, the very same revisions empty the table."""
    _with_revisions(tmp_path, monkeypatch)
    monkeypatch.setattr(migrate, "_foreign_keys", lambda _connection, **_on: None)
    _up(engine)
    assert _content(engine)["offspring"] == []


def test_a_revision_that_leaves_a_row_without_its_parent_changes_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _content(engine)
    _with_revisions(tmp_path, monkeypatch, 'op.execute("DELETE FROM parent WHERE id = 2")')
    with pytest.raises(KnownError) as refused:
        _up(engine)
    assert refused.value.message_id == "store.migration_broke"
    assert _content(engine) == before
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_switch_that_does_not_take_is_a_bug(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SELECT 1")  # SQLite has a transaction now
        with pytest.raises(BugError):
            migrate._foreign_keys(connection, on=False)
