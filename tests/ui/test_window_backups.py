"""The register of somebody who only types is backed up every day, and the status bar says so."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.i18n import text
from app.services.installation import Unlocked, unlock
from app.services.restoring import by_passphrase, restore
from app.services.worklist import Duty
from app.settings import Settings
from tests.ui.window_desk import PASSPHRASE, PLAIN_CHILD, Desk, prepared_home


def _key(settings: Settings) -> Unlocked:
    return unlock(settings, PASSPHRASE)


def _copies(desk: Desk) -> list[Path]:
    return [one.file for one in desk.shell._services.backups.all()]


def test_nothing_is_backed_up_before_anything_was_saved(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    assert _copies(desk) == []
    assert desk.shell.status.backup.text() == text("status.no_backup")
    desk.close()


def test_the_next_start_backs_up_what_was_typed_once_a_day(qtbot: QtBot, tmp_path: Path) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.close()
    for _ in range(2):
        desk = Desk(qtbot, settings).unlock()
        (copy,) = _copies(desk)
        assert text("status.today") in desk.shell.status.backup.text()
        desk.close()
    settings.store_path.unlink()
    restore(
        settings,
        copy,
        lambda one: unlock(one, PASSPHRASE),
        lambda one: by_passphrase(one, PASSPHRASE),
    )
    with open_services(settings, _key) as services:
        (found,) = services.records.search("Phạm Thị Hân")
    assert found.full_name == "Phạm Thị Hân"


def test_a_window_that_stays_open_backs_up_too(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    assert desk.shell.upkeep._hourly.isActive()
    desk.new_household()
    desk.page.save_all()
    desk.settle()
    desk.go_to("home")
    desk.settle()
    lines = desk.shell.home.lines
    assert Duty.BACKUP_LATE in [one.duty for one in lines.tasks]
    desk.shell.upkeep._hourly.timeout.emit()
    desk.settle()
    # The first page says what the status line says, without being left and come back to.
    assert Duty.BACKUP_LATE not in [one.duty for one in lines.tasks]
    assert len(_copies(desk)) == 1
    assert text("status.today") in desk.shell.status.backup.text()
    desk.close()
