"""Restoring from a backup in the window: what it holds and lacks is seen before it is done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.services.installation import unlock
from app.settings import Settings
from app.ui import restore_page
from app.ui.admin.backups import BackupSection
from app.ui.notify import Question
from app.ui.restore_page import RestorePage
from app.ui.theme import Theme, apply_theme
from tests.ui.looks import amiss
from tests.ui.window_admin import open_part
from tests.ui.window_desk import CTRL, PASSPHRASE, PLAIN_CHILD, UNIT, Desk, Key, prepared_home
from tests.village_of_three import settle_village


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is answered to the questions, in their order."""
    given: list[str] = []

    def ask(_window: object, question: Question) -> str:
        assert question.choices[-1].id == "stay", "Escape replaces nothing"
        return given.pop(0)

    monkeypatch.setattr(restore_page, "ask_in", ask)
    yield given
    assert given == []


def _page(desk: Desk) -> RestorePage:
    desk.until(lambda: desk.window.restore_page is not None)
    desk.settle()
    page = desk.window.restore_page
    assert page is not None
    return page


def _names(desk: Desk) -> list[str]:
    rows = desk.shell.entry.child_rows(desk.shell.entry.child_ids())
    return sorted(row.full_name for row in rows)


def _look(desk: Desk, page: RestorePage, passphrase: str = PASSPHRASE) -> str:
    desk.tab_to(page.part.passphrase)
    page.part.passphrase.selectAll()
    desk.text(passphrase)
    desk.tab_to(page.part.see)
    desk.enter()
    desk.settle()
    return page.part.facts.text


def test_from_the_page_of_backups_what_would_be_lost_is_told_and_the_copy_takes_its_place(
    qtbot: QtBot, tmp_path: Path, answers: list[str], qapp: QApplication
) -> None:
    settings = prepared_home(tmp_path)
    _backed_up(settings, qtbot)
    desk = Desk(qtbot, settings, 1.5).unlock()
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    section = open_part(desk, "backups")
    assert isinstance(section, BackupSection)
    replica = desk.workplace.store.replica
    desk.tab_to(section.restore)
    desk.enter()
    page = _page(desk)
    assert desk.window.shell is None, "the register is closed before anything is replaced"
    assert page.part.file is not None
    assert page.part.go.isHidden(), "one looks before one decides"
    assert _look(desk, page, "sai rồi") == ""
    assert page.part.message.property("state") == "error"
    told = _look(desk, page)
    assert "có 1 hộ, 1 trẻ" in told
    assert "Sổ đang dùng có 4 hộ, 5 trẻ" in told
    assert "chưa giao đi đâu (3 hộ, 4 trẻ) sẽ MẤT" in told
    assert amiss(desk.window) == []
    answers += ["stay", "go"]
    desk.tab_to(page.part.go)
    desk.enter()
    desk.settle()
    assert desk.window.shell is None
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert _names(desk) == ["Phạm Thị Hân"]
    assert desk.workplace.store.replica != replica
    (said,) = [one.text for one in desk.shell.notices.notices if "Đã khôi phục" in one.text]
    assert "mã bản sao mới" in said
    assert "nhận gói mới nhất của cấp trên" in said
    kept = [one.file.name for one in desk.shell._services.backups.all()]
    assert any(name.endswith("-before-restore.db") for name in kept)
    desk.close()
    apply_theme(qapp, Theme())


def _backed_up(settings: Settings, qtbot: QtBot) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.shell._services.backups.create()
    desk.close()


def test_a_register_that_does_not_open_any_more_is_restored_from_the_first_page(
    qtbot: QtBot, tmp_path: Path, answers: list[str]
) -> None:
    settings = prepared_home(tmp_path)
    _backed_up(settings, qtbot)
    whole = settings.store_path.read_bytes()
    settings.store_path.write_bytes(b"\0" * len(whole))
    desk = Desk(qtbot, settings)
    desk.settle()
    assert desk.window.unlock_page is not None
    desk.tab_to(desk.window.unlock_page.restoring)
    desk.enter()
    page = _page(desk)
    told = _look(desk, page)
    assert "không mở được" in told
    answers.append("go")
    desk.tab_to(page.part.go)
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert _names(desk) == ["Phạm Thị Hân"]
    desk.close()
    unlock(settings, PASSPHRASE)


def test_a_pc_without_a_register_is_set_up_from_the_backup_of_a_lost_one(
    qtbot: QtBot, tmp_path: Path, answers: list[str]
) -> None:
    lost = prepared_home(tmp_path)
    _backed_up(lost, qtbot)
    stick = tmp_path / "stick"
    shutil.copytree(lost.backups_path, stick)
    shutil.rmtree(lost.home)
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    first = desk.window.first_run
    assert first is not None
    desk.tab_to(first.restoring)
    desk.enter()
    page = _page(desk)
    assert any("máy cũ hỏng hoặc mất" in one.text() for one in page.findChildren(QLabel))
    desk.press(Key.Key_Escape)
    desk.until(lambda: desk.window.first_run is not None)
    desk.settle()
    assert desk.window.restore_page is None
    first = desk.window.first_run
    assert first is not None
    desk.tab_to(first.restoring)
    desk.enter()
    page = _page(desk)
    (copy,) = stick.glob("*.db")
    page.part.take(copy)
    told = _look(desk, page)
    assert "Máy này chưa có sổ" in told
    assert "không mở được" not in told
    answers.append("go")
    desk.tab_to(page.part.go)
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert _names(desk) == ["Phạm Thị Hân"]
    desk.close()
    unlock(settings, PASSPHRASE)


def test_what_was_told_of_another_copy_offers_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    settings = prepared_home(tmp_path)
    _backed_up(settings, qtbot)
    for one in settings.backups_path.iterdir():  # two of one second would have one name
        one.rename(one.with_name(re.sub(r"\d{8}", "20261101", one.name)))
    desk = Desk(qtbot, settings).unlock()
    desk.shell._services.backups.create()
    section = open_part(desk, "backups")
    assert isinstance(section, BackupSection)
    desk.tab_to(section.restore)
    desk.enter()
    part = _page(desk).part
    assert part.list.count() > 1
    part.passphrase.setText(PASSPHRASE)
    part.see.click()
    part.list.setCurrentRow(1)
    desk.settle()
    assert part.go.isHidden()
    assert part.facts.text == ""
    desk.window.close()


def test_escape_leads_back_and_nothing_was_changed(qtbot: QtBot, tmp_path: Path) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings)
    desk.settle()
    before = settings.store_path.read_bytes()
    assert desk.window.unlock_page is not None
    desk.tab_to(desk.window.unlock_page.restoring)
    desk.enter()
    page = _page(desk)
    assert page.part.file is None
    assert "chưa có bản sao lưu nào" in page.part.message.text()
    desk.press(Key.Key_Escape)
    desk.until(lambda: desk.window.unlock_page is not None)
    assert settings.store_path.read_bytes() == before
    desk.close()
