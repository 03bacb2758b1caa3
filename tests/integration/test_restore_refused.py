"""A restore that is refused migrates nothing and names the file that was given; a damaged store is
put aside with what opens it."""

from __future__ import annotations

import hashlib
import shutil
import stat
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from alembic import command

from app.crypto.keyslots import decode_keyslots
from app.models import backup, migrate
from app.models.connection import connect
from app.services.installation import install, unlock
from app.settings import Settings
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Answer, Prompt
from tests.e2e.sentences import said_plainly
from tests.workplaces import COMMUNE


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This PC and another one of its unit."""
    folder = tmp_path_factory.mktemp("installed")
    for name in ("here", "other"):
        install(
            Settings(folder / name),
            unit=COMMUNE,
            user="an",
            full_name="an",
            title="",
            passphrase=PASSPHRASE,
        )
    return folder


@pytest.fixture
def here(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    shutil.copytree(installed, tmp_path / "homes")
    return Prompt(tmp_path / "homes" / "here", monkeypatch)


def _backup(prompt: Prompt) -> Path:
    return Path(prompt.must("backup", "create")["file"])


def _key(home: Path) -> bytes:
    return unlock(Settings(home), PASSPHRASE).dek


def _of_newer_program(store: Path, key: bytes) -> None:
    engine = connect(store, key)
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    engine.dispose()


def _of_older_program(store: Path, key: bytes) -> None:
    """What the first revision's program left."""
    engine = connect(store, key)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.downgrade(migrate.config(connection), "0001")
    engine.dispose()


def _revision(store: Path, key: bytes) -> str | None:
    engine = connect(store, key)
    try:
        with engine.connect() as connection:
            return migrate.revision_of(connection)
    finally:
        engine.dispose()


def _names_only(answer: Answer, file: str) -> None:
    """The sentence names the file that was given, and no copy of ours."""
    assert file in answer.document["message"]
    assert ".part" not in answer.document["message"] + answer.notes


def _everything(home: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name not in ("lock", "sotreem.log")
    }


def test_a_backup_of_a_newer_program_is_refused_by_its_name(here: Prompt) -> None:
    copy = _backup(here)
    _of_newer_program(copy, _key(here.home))
    before = dump_home(here.home, PASSPHRASE)
    answer = here("backup", "restore", copy)
    assert said_plainly(answer) == "backup.newer_file"
    _names_only(answer, copy.name)
    assert dump_home(here.home, PASSPHRASE) == before


def test_a_damaged_backup_is_refused_by_its_name(here: Prompt) -> None:
    copy = _backup(here)
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    answer = here("backup", "restore", copy)
    assert said_plainly(answer) == "backup.damaged"
    _names_only(answer, copy.name)


def test_a_backup_beside_key_slots_of_another_is_refused_by_both_names(here: Prompt) -> None:
    foreign = here.home.parent / "other" / "backups" / "store-20260101-000000.db"
    foreign.parent.mkdir(exist_ok=True)
    shutil.copy(here.home.parent / "other" / "store.db", foreign)
    slots = foreign.with_suffix(".keyslots.json")
    shutil.copy(here.home / "keyslots.json", slots)
    answer = here("backup", "restore", foreign)
    assert said_plainly(answer) == "backup.wrong_keyslots"
    _names_only(answer, foreign.name)
    assert slots.name in answer.document["message"]


def test_damaged_key_slots_beside_a_backup_are_named(here: Prompt) -> None:
    foreign = here.home.parent / "other" / "backups" / "store-20260101-000000.db"
    foreign.parent.mkdir(exist_ok=True)
    shutil.copy(here.home.parent / "other" / "store.db", foreign)
    slots = foreign.with_suffix(".keyslots.json")
    slots.write_text("{", encoding="utf-8")
    answer = here("backup", "restore", foreign)
    assert said_plainly(answer) == "backup.bad_keyslots"
    _names_only(answer, slots.name)


def test_a_refused_restore_does_not_migrate_the_store_that_stands(here: Prompt) -> None:
    """An update just installed, and the first thing asked of it is a restore that is refused."""
    key = _key(here.home)
    copy = _backup(here)
    store = here.home / "store.db"
    _of_newer_program(copy, key)
    _of_older_program(store, key)
    before, backups = hashlib.sha256(store.read_bytes()).digest(), set(copy.parent.iterdir())
    assert said_plainly(here("backup", "restore", copy)) == "backup.newer_file"
    assert _revision(store, key) == "0001"
    assert hashlib.sha256(store.read_bytes()).digest() == before
    assert set(copy.parent.iterdir()) == backups
    assert not list(here.home.glob("*.part*"))


def test_what_a_restore_replaces_is_kept_as_the_older_program_left_it(here: Prompt) -> None:
    key = _key(here.home)
    copy = _backup(here)
    _of_older_program(here.home / "store.db", key)
    kept = Path(here.must("backup", "restore", copy)["kept"])
    assert _revision(kept, key) == "0001"
    assert _revision(here.home / "store.db", key) == migrate.HEAD


def test_a_damaged_store_is_put_aside_with_the_key_slots_that_open_it(here: Prompt) -> None:
    """The restore brings other key slots to the home: its own would otherwise be gone for good."""
    old = _key(here.home)
    other = here.home.parent / "other"
    foreign = _backup(Prompt(other, pytest.MonkeyPatch()))
    store = here.home / "store.db"
    content = bytearray(store.read_bytes())
    content[-4096:] = bytes(4096)
    store.write_bytes(content)
    damaged = store.read_bytes()
    done = here.must("backup", "restore", foreign, "--other-installation")
    kept = Path(done["kept"])
    assert kept.name.startswith("damaged-")
    assert kept.read_bytes() == damaged
    assert _key(here.home) != old
    slots = decode_keyslots(kept.with_suffix(".keyslots.json").read_bytes())
    assert slots.open_with_password("an", PASSPHRASE) == old
    here.must("check")  # the next opening sweeps the folder
    for path in (kept, kept.with_suffix(".keyslots.json")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_two_damaged_stores_of_one_second_are_both_kept(
    here: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PC whose disk goes is restored, damaged and restored again: neither store is lost."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 11, 2, 8, tzinfo=tz)

    copy = _backup(here)
    monkeypatch.setattr(backup, "datetime", Stopped)
    store = here.home / "store.db"
    for sign in (b"\x01", b"\x02"):
        content = bytearray(store.read_bytes())
        content[4096:12288] = sign * 8192
        store.write_bytes(content)
        assert Path(here.must("backup", "restore", copy)["kept"]).read_bytes() == bytes(content)
    kept = sorted(one.name for one in (here.home / "backups").glob("damaged-*.db"))
    assert kept == ["damaged-20261102-080000-2.db", "damaged-20261102-080000.db"]
