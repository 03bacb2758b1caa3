"""A store that is lost, empty or cut is refused and told; nothing new takes its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.models import backup
from app.models.connection import connect
from app.models.store import open_store
from app.services.backups import Backups
from app.services.installation import install
from app.services.records import Records
from app.services.workplace import Workplace
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.workplaces import COMMUNE, KEY, make_workplace, settle


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one backup."""
    home = tmp_path_factory.mktemp("installed") / "home"
    install(
        Settings(home),
        unit=COMMUNE,
        user="an",
        full_name="An",
        title="",
        passphrase=PASSPHRASE,
    )
    return home


@pytest.fixture
def prompt(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    home = tmp_path / "home"
    shutil.copytree(installed, home)
    made = Prompt(home, monkeypatch)
    made.must("backup", "create")
    return made


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "work")
    made.settings.keyslots_path.write_bytes(b"{}")
    with made.write() as work:
        settle(work, 20)
        work.commit()
    yield made
    made.store.close()


def _empty(store: Path) -> None:
    store.write_bytes(b"")


def _lost(store: Path) -> None:
    store.unlink()


def _emptied_database(store: Path) -> None:
    """A database without a table, under the right key."""
    key = _key_of(store)
    store.unlink()
    engine = connect(store, key, create=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA user_version")
    engine.dispose()


def _without_unit(store: Path) -> None:
    engine = connect(store, _key_of(store))
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        connection.exec_driver_sql("DELETE FROM setting WHERE name = 'unit'")
        connection.commit()
    engine.dispose()


def _key_of(store: Path) -> bytes:
    from app.services.installation import unlock

    return unlock(Settings(store.parent), PASSPHRASE).dek


@pytest.mark.parametrize("harm", [_empty, _lost, _emptied_database, _without_unit])
def test_a_store_that_is_none_any_more_is_refused_with_the_way_back(
    prompt: Prompt, harm: object
) -> None:
    store = prompt.home / "store.db"
    (copy,) = (prompt.home / "backups").glob("store-*.db")
    assert callable(harm)
    harm(store)
    before = store.read_bytes() if store.exists() else None
    for words in (("register", "search", "An"), ("backup", "create")):
        answer = prompt(*words)
        assert answer.code == 1
        assert answer.document["error"] == "store.damaged"
        assert f'sotreem backup restore "{copy}"' in answer.notes
    # Neither a new store nor a copy of nothing.
    assert list((prompt.home / "backups").glob("store-*.db")) == [copy]
    assert (store.read_bytes() if store.exists() else None) == before


def test_without_a_sound_backup_no_backup_is_named(prompt: Prompt) -> None:
    (copy,) = (prompt.home / "backups").glob("store-*.db")
    copy.write_bytes(copy.read_bytes()[:8192])
    _empty(prompt.home / "store.db")
    answer = prompt("register", "search", "An")
    assert answer.document["error"] == "store.damaged"
    assert copy.name not in answer.notes
    assert "sotreem backup restore" in answer.notes


def test_a_log_beside_an_empty_store_is_left_to_those_who_examine_it(workplace: Workplace) -> None:
    store = workplace.settings.store_path
    copy = store.with_name("copy.db")
    for suffix in ("", "-wal"):
        shutil.copy(str(store) + suffix, str(copy) + suffix)
    copy.write_bytes(b"")
    log = Path(f"{copy}-wal").read_bytes()
    assert log
    with pytest.raises(KnownError) as refused:
        open_store(copy, KEY, before_migration=lambda: pytest.fail("no backup of nothing"))
    assert refused.value.message_id == "store.damaged"
    assert Path(f"{copy}-wal").read_bytes() == log


def test_a_backup_of_nothing_is_not_usable(workplace: Workplace, tmp_path: Path) -> None:
    nothing = tmp_path / "store-20260101-000000.db"
    nothing.write_bytes(b"")
    with pytest.raises(KnownError) as refused:
        Backups(workplace).verify(nothing)
    assert refused.value.message_id == "backup.damaged"
    tables_only = tmp_path / "store-20260102-000000.db"
    connect(tables_only, KEY, create=True).connect().close()
    with pytest.raises(KnownError) as refused:
        Backups(workplace).verify(tables_only)
    assert refused.value.message_id == "backup.damaged"


def test_a_backup_with_one_changed_page_is_not_usable(workplace: Workplace) -> None:
    made = Backups(workplace).create()
    assert Backups(workplace).verify(made.file) == made
    content = bytearray(made.file.read_bytes())
    content[len(content) // 2] ^= 1
    made.file.write_bytes(bytes(content))
    with pytest.raises(KnownError) as refused:
        Backups(workplace).verify(made.file)
    assert refused.value.message_id == "backup.damaged"


def test_verifying_the_store_in_use_leaves_its_log_alone(workplace: Workplace) -> None:
    store = workplace.settings.store_path
    log = Path(f"{store}-wal")
    assert log.stat().st_size
    backup.verify(store, KEY)
    assert log.exists()
    with workplace.write() as work:
        work.audit("still", sound=1)
        work.commit()
    with workplace.store.read() as reading:
        assert reading.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"


def test_files_of_other_names_among_the_backups_are_passed_over(workplace: Workplace) -> None:
    folder = workplace.settings.backups_path
    strangers = ["store-old.db", "store-99999999-999999.db", "store-20260101-000000 (1).db"]
    for name in strangers:
        (folder / name).write_bytes(b"kept by hand")
    (folder / "store-20990101-000000.db").write_bytes(b"")  # as an earlier program left them
    made = Backups(workplace).create()
    assert Backups(workplace).all() == [made]
    assert Backups(workplace).verify(None) == made
    newest = Backups(workplace).newest()
    assert newest is not None
    assert newest.year < 2099
    assert all((folder / name).exists() for name in strangers)


@pytest.mark.parametrize("text", ["an " * 1000, "a" * 60_000])
def test_a_search_too_long_for_the_database_is_told(workplace: Workplace, text: str) -> None:
    with pytest.raises(KnownError) as refused:
        Records(workplace).search(text)
    assert refused.value.message_id == "records.long_search"
    assert Records(workplace).search("an " * 50) is not None
