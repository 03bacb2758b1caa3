"""Commune names that meant another commune before the reform, asked about by keyboard."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services import installation
from app.settings import Settings
from app.ui.importing.frame import PREVIEW, RESULT
from tests.ui.looks import amiss
from tests.ui.test_window_importing import _children, _on, _open
from tests.ui.window_desk import PASSPHRASE, Desk, Key


def _list(path: Path) -> Path:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for row in (
        ("Xã", "Họ và tên", "Ngày sinh"),
        ("Xã Phú Cát", "Đinh Thị Mai", "2019"),
        ("Xã Phú Cát", "Phạm Văn Ré", "2018"),
    ):
        page.append(row)
    made.save(path)
    return path


def test_whether_names_are_of_before_or_after_the_reform_is_asked_once_and_then_remembered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "home")
    installation.install(
        settings,
        unit="09952@2025",
        user="an",
        full_name="Nguyễn Thị An",
        title="Công chức",
        passphrase=PASSPHRASE,
    )
    desk = Desk(qtbot, settings).unlock()
    page = _open(desk, _list(tmp_path / "a.xlsx"))
    _on(desk)
    assert page.step == PREVIEW
    assert desk.focus() is page.preview.names
    assert page.told.whole == text("import_page.names_of_undecided")
    assert not page.on.isEnabled()
    assert amiss(desk.shell) == []
    desk.tab_to(page.preview.names)
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Down)
    assert page.preview.names_of == "2024"
    assert text("import_page.on.preview_again") in page.on.text()
    _on(desk)
    assert page.step == PREVIEW
    assert text("import_page.count.refused", count="2") in page.preview.facts.text
    desk.tab_to(page.preview.names)
    desk.press(Key.Key_Up)
    _on(desk)
    assert text("import_page.count.created", count="2") in page.preview.facts.text
    assert page.told.whole == ""
    _on(desk)
    assert page.step == RESULT
    assert set(_children(desk)) == {"Đinh Thị Mai", "Phạm Văn Ré"}
    page.start_over()
    desk.settle()
    page = _open(desk, _list(tmp_path / "b.xlsx"))
    _on(desk)
    assert (page.step, page.preview.names_of) == (PREVIEW, "2025"), "remembered, and shown"
    assert page.told.whole == ""
    desk.close()
