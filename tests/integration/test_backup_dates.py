"""Backups on a PC whose clock is or was wrong, and what of them is on the disk before a name is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from app.models import backup
from app.services import home, restoring
from app.services.workplace import Workplace
from app.settings import Settings
from tests.workplaces import KEY, make_workplace

SLOTS = b"the key slots of this home"


class Clock(datetime):
    """The clock of this PC, moved by `days`."""

    days = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + timedelta(days=cls.days)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    workplace: Workplace = make_workplace(tmp_path / "home")
    workplace.settings.keyslots_path.write_bytes(SLOTS)
    monkeypatch.setattr(backup, "datetime", Clock)
    monkeypatch.setattr(Clock, "days", 0)
    yield workplace.settings
    workplace.store.close()


def _on(days: int, settings: Settings) -> Path | None:
    """An import on that day: the backup it begins with."""
    Clock.days = days
    return backup.if_older_than(settings, KEY, 24)


@pytest.mark.parametrize("wrong", [3650, -3650], ids=["years ahead", "years back"])
def test_a_clock_that_is_wrong_for_a_day_stops_no_backup(settings: Settings, wrong: int) -> None:
    """An empty battery sets a PC back by years, and a mistyped year ahead."""
    first = _on(0, settings)
    strange = _on(wrong, settings)
    assert first is not None
    assert strange is not None
    assert strange.exists()
    assert _on(wrong, settings) is None
    later = _on(2, settings)
    assert later is not None
    assert backup.newest_sound(settings, KEY) == later == backup.copies(settings)[0]
    assert _on(2, settings) is None


def test_a_new_backup_is_kept_whatever_the_others_are_dated(settings: Settings) -> None:
    folder = settings.backups_path
    for day in range(10):
        ahead = datetime.now(tz=UTC) + timedelta(days=3650 + 7 * day)
        (folder / f"store-{ahead:%Y%m%d-%H%M%S}.db").write_bytes(b"x")
    made = [_on(day, settings) for day in range(0, 20, 2)]
    kept = backup.copies(settings)[: backup.DAILY]
    assert kept == made[: -backup.DAILY - 1 : -1]
    assert all(path.with_suffix(".keyslots.json").read_bytes() == SLOTS for path in kept if path)


class Disk:
    """What is brought to the disk, and which file gets its name, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[str] = []
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)

    def fsync(self, handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        self.steps.append(f"sync {path.name if path.is_dir() else path.suffix}")
        self._fsync(handle)

    def replace(self, old: Path, new: Path) -> None:
        self.steps.append(f"name {''.join(Path(new).suffixes)}")
        self._replace(old, new)


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot be flushed there")
def test_a_backup_and_its_key_slots_are_on_the_disk_before_they_have_their_names(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    backup.make(settings, KEY)
    end = ["sync .part", "name .keyslots.json", "sync backups", "name .db", "sync backups"]
    assert disk.steps == ["sync .part", *end]


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot be flushed there")
def test_the_log_of_the_replaced_store_is_gone_for_good_before_a_restored_one_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite would play the old log into the new file."""
    settings = Settings(tmp_path / "home")
    settings.home.mkdir()
    wal, slots = Path(f"{settings.store_path}-wal"), home.restored_keyslots(settings)
    for path in (settings.store_path, wal, settings.restored_path, slots):
        path.write_bytes(path.name.encode())
    disk = Disk(monkeypatch)
    home.finish_restore(settings)
    # The key slots before the store: once it has its name nobody looks for theirs any more.
    assert disk.steps == ["sync home", "name .json", "name .db", "sync home"]
    assert settings.store_path.read_bytes() == settings.restored_path.name.encode()
    assert not wal.exists()


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot be flushed there")
def test_a_damaged_store_is_kept_on_the_disk_before_another_takes_its_place(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    kept = restoring._copy_damaged(settings)
    assert disk.steps[-2:] == ["sync .db", "sync backups"]
    assert "sync .json" in disk.steps
    assert kept.read_bytes() == settings.store_path.read_bytes()


def test_two_copies_of_one_second_are_two_and_the_later_is_the_newest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 3, 1, 8, 0, 0, tzinfo=tz)

    monkeypatch.setattr(backup, "datetime", Stopped)
    first = backup.make(settings, KEY)
    before = first.read_bytes()
    second = backup.make(settings, KEY)
    replaced = [backup.make(settings, KEY, backup.BEFORE_RESTORE) for _ in range(2)]
    assert len({first, second, *replaced}) == 4
    assert first.read_bytes() == before
    for one in (first, second, *replaced):
        assert one.with_suffix(".keyslots.json").read_bytes() == SLOTS
        backup.verify(one, KEY)
    plain = [one for one in backup.copies(settings) if one not in replaced]
    assert plain == [second, first]
