"""A refused restore leaves the backups alone, and what was replaced pushes none of them out."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models import backup
from app.services.installation import install
from app.settings import Settings
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.e2e.sentences import said_plainly
from tests.workplaces import COMMUNE

NEIGHBOUR = "21040@2024"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This PC, another one of its unit, and one of another unit where nobody has this account."""
    folder = tmp_path_factory.mktemp("installed")
    for name, unit, user in (
        ("here", COMMUNE, "an"),
        ("other", COMMUNE, "an"),
        ("neighbour", NEIGHBOUR, "binh"),
    ):
        install(
            Settings(folder / name),
            unit=unit,
            user=user,
            full_name=user,
            title="",
            passphrase=PASSPHRASE,
        )
    return folder


@pytest.fixture
def folder(installed: Path, tmp_path: Path) -> Path:
    shutil.copytree(installed, tmp_path / "homes")
    return tmp_path / "homes"


def _copy_of(prompt: Prompt) -> Path:
    return Path(prompt.must("backup", "create")["file"])


def _names(prompt: Prompt) -> set[str]:
    return {path.name for path in (prompt.home / "backups").iterdir()}


def test_a_refused_restore_leaves_every_backup_and_the_store_as_they_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Prompt(folder / "here", monkeypatch)
    neighbour = _copy_of(Prompt(folder / "neighbour", monkeypatch))
    copy = _copy_of(here)
    before, names = dump_home(here.home, PASSPHRASE), _names(here)
    for _ in range(2):
        # The unit is judged before the account: nobody of ours has one over there.
        assert said_plainly(here("backup", "restore", neighbour)) == "backup.other_unit"
        assert _names(here) == names
    assert dump_home(here.home, PASSPHRASE) == before
    (here.home / "store.db").write_bytes(b"")
    assert f'sotreem backup restore "{copy}"' in here("register", "search", "An").notes


def test_a_backup_of_another_pc_of_the_unit_is_taken_only_when_it_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, other = (Prompt(folder / name, monkeypatch) for name in ("here", "other"))
    foreign, own = _copy_of(other), _copy_of(here)
    before, names = dump_home(here.home, PASSPHRASE), _names(here)
    answer = here("backup", "restore", foreign)
    assert said_plainly(answer) == "backup.other_installation"
    assert foreign.name in answer.document["message"]
    assert (dump_home(here.home, PASSPHRASE), _names(here)) == (before, names)

    done = here.must("backup", "restore", foreign, "--other-installation")
    assert Path(done["kept"]).is_file()
    assert done["enrolled"] is False
    # The way back is asked for as well, and after it the PC's own copies are its own again.
    assert said_plainly(here("backup", "restore", own)) == "backup.other_installation"
    here.must("backup", "restore", own, "--other-installation")
    here.must("backup", "restore", own)


def test_a_restore_from_what_a_restore_replaced_keeps_its_source(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Prompt(folder / "here", monkeypatch)
    copy = _copy_of(here)
    old = copy.with_name("store-20250101-080000-before-restore.db")
    between = copy.with_name("store-20250102-080000-before-restore.db")
    for name in (old, between):
        shutil.copy(copy, name)
        shutil.copy(copy.with_suffix(".keyslots.json"), name.with_suffix(".keyslots.json"))
    kept = Path(here.must("backup", "restore", old)["kept"])
    assert {copy.name, old.name, between.name, kept.name} <= _names(here)
    assert old.with_suffix(".keyslots.json").exists()


def test_seven_days_and_four_weeks_are_kept_and_apart_from_them_two_that_were_replaced(
    tmp_path: Path,
) -> None:
    last = datetime(2026, 3, 29, 18, tzinfo=UTC)  # a Sunday

    def named(when: datetime, label: str = "") -> str:
        return f"store-{when:%Y%m%d-%H%M%S}{label}.db"

    for day in range(60):
        for hours in (0, 6):
            (tmp_path / named(last - timedelta(days=day, hours=hours))).write_bytes(b"x")
        aside = last - timedelta(days=day) + timedelta(hours=2)
        (tmp_path / named(aside, backup.BEFORE_RESTORE)).write_bytes(b"x")
    by_hand = tmp_path / "kept by hand.db"
    by_hand.write_bytes(b"x")
    source = tmp_path / named(last - timedelta(days=50))
    backup._thin_out(tmp_path, source)
    wanted = {named(last - timedelta(days=day)) for day in (*range(7), 7, 14, 21)}
    wanted |= {named(last - timedelta(hours=6))}  # the newest two, whatever their day
    wanted |= {
        named(last - timedelta(days=day) + timedelta(hours=2), backup.BEFORE_RESTORE)
        for day in range(2)
    }
    assert {path.name for path in tmp_path.iterdir()} == wanted | {by_hand.name, source.name}
    backup._thin_out(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == wanted | {by_hand.name}


def test_what_a_restore_replaced_is_not_the_newest_backup(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Prompt(folder / "here", monkeypatch)
    copy = _copy_of(here)
    early = copy.with_name("store-20250101-080000.db")
    for suffix in (".db", ".keyslots.json"):
        copy.with_suffix(suffix).rename(early.with_suffix(suffix))
    here.must("backup", "restore", early)
    newest = backup.newest(Settings(here.home))
    assert newest is not None
    assert newest.year == 2025


def test_a_verified_file_of_another_pc_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, other = (Prompt(folder / name, monkeypatch) for name in ("here", "other"))
    foreign = _copy_of(other)
    answer = here("backup", "verify", foreign)
    assert said_plainly(answer) == "backup.other_key"
    assert foreign.name in answer.document["message"]
