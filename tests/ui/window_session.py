"""A handover through two windows: typed, checked, sent, received, printed, answered; keys only.

Collected by name alone: `test_window_real` runs it in a real window with a window manager. The
homes are enrolled by commands, with keys and certificates of their own; nothing is a double.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.ui.handover.page import HandoverPage
from app.ui.handover.register import ANSWER, COUNTS
from app.ui.notify import Kind
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key

PROVINCE, DISTRICT, COMMUNE = "51@2024", "522@2024", "21208@2024"


_prepared: Path | None = None


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    """A province, a district and a commune, enrolled; the register of the commune is empty."""
    global _prepared
    if _prepared is None or not _prepared.exists():
        _prepared = tmp_path / "prepared"
        _prepared.mkdir()
        _enrol_all(Homes(_prepared, monkeypatch))
    shutil.copytree(_prepared, tmp_path / "homes")
    return Homes(tmp_path / "homes", monkeypatch)


def _enrol_all(made: Homes) -> None:
    """Three homes; their keys take most of a second, so it is done once."""
    province = made.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    district, commune = made.init(DISTRICT), made.init(COMMUNE)
    made.enrol(province, district, root)
    made.enrol(district, commune, root)


def sit_down(
    qtbot: QtBot, homes: Homes, unit: str, scale: float = 1.0
) -> tuple[Desk, HandoverPage]:
    desk = Desk(qtbot, Settings(homes.at(unit).home), scale).unlock(PASSPHRASE)
    page = desk.shell.handover
    assert page is not None
    return desk, page


def type_the_household(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    own = ("full_name", "birth_date", "sex", "personal_id", "grade", "education_level")
    second = dict(zip(own, ("Phạm Văn Tín", "2019", "1", "051219004418", "1", "tiểu"), strict=True))
    walked = {
        name: typed
        for name, typed in {**PLAIN_CHILD, **second}.items()
        if not name.startswith(("father_", "mother_")) and name != "ethnicity"
    }
    desk.fill(**walked)
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()


def send(desk: Desk, page: HandoverPage, stick: Path) -> Path:
    """From the check to the stick; returns the file that was not there before."""
    before = set(stick.rglob("*.tebundle"))
    desk.tab_to(page.sending.check)
    desk.enter()
    desk.settle()
    desk.tab_to(page.sending.folder)
    page.sending.folder.selectAll()
    desk.text(str(stick))
    desk.enter()
    assert desk.focus() is page.sending.send
    desk.enter()
    desk.settle()
    (file,) = set(stick.rglob("*.tebundle")) - before
    return file


def receive(desk: Desk, page: HandoverPage, file: Path) -> tuple[str, str]:
    """Preview and import; what the window said before and after."""
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.text(str(file))
    desk.enter()
    desk.settle()
    preview = page.receiving.facts.text
    assert desk.focus() is page.receiving.take
    desk.enter()
    desk.settle()
    return preview, page.receiving.facts.text


def write_record(desk: Desk, page: HandoverPage, path: Path) -> str:
    """Enter on the newest line, again on the card, a name in the dialog; the record's words."""

    def name_it() -> None:
        dialog = QApplication.activeModalWidget()
        field = dialog.findChild(QLineEdit) if isinstance(dialog, QFileDialog) else None
        if field is None or not dialog.isActiveWindow():
            QTimer.singleShot(20, desk.window, name_it)  # it is not on the screen yet
            return
        field.selectAll()
        desk.text(str(path))
        desk.enter()

    assert desk.focus() is page.table
    desk.enter()
    assert desk.focus() is page.one.print
    QTimer.singleShot(20, desk.window, name_it)
    desk.enter()
    desk.settle()
    desk.until(page.one.print.hasFocus)  # the dialog is gone
    said = [one.text for one in desk.shell.notices.notices if one.kind is Kind.DONE]
    assert any(path.name in words for words in said)
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.table
    printed = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return printed.stdout


def cell(page: HandoverPage, column: int) -> str:
    item = page.table.item(0, column)
    assert item is not None
    return item.text()


def test_a_household_goes_from_the_clerk_s_keys_to_the_district_and_its_receipt_comes_back(
    qtbot: QtBot, homes: Homes, tmp_path: Path
) -> None:
    desk, page = sit_down(qtbot, homes, COMMUNE)
    type_the_household(desk)
    desk.go_to("handover")
    desk.settle()
    up = send(desk, page, homes.stick)
    assert "1 hộ, 2 trẻ" in page.sending.facts.text
    assert cell(page, ANSWER) == "○ chưa có biên nhận"
    record = write_record(desk, page, tmp_path / "giao.pdf")
    assert "BIÊN BẢN" in record
    assert up.name in record.replace("\n", "")
    desk.close()

    desk, page = sit_down(qtbot, homes, DISTRICT)
    preview, taken = receive(desk, page, up)
    assert "chữ ký hợp lệ" in preview
    assert "0 xung đột · 0 thay đổi đang chờ · 0 thay đổi không nhận" in taken
    assert "1 hộ, 2 trẻ (1 nữ)" in preview
    assert "đúng như bên giao ghi" in preview
    assert cell(page, COUNTS) == "1 hộ · 2 trẻ"
    assert "BIÊN BẢN" in write_record(desk, page, tmp_path / "nhan.pdf")
    desk.press(Key.Key_F, CTRL)
    desk.text("tin")
    desk.settle()
    assert desk.shell.register.rows.rowCount() == 1
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.sending.to)
    desk.text("Xã Tịnh Châu")
    assert page.sending.to.currentData() == COMMUNE
    down = send(desk, page, homes.stick)
    desk.close()

    desk, page = sit_down(qtbot, homes, COMMUNE)
    receive(desk, page, down)
    answers = [
        page.table.item(row, ANSWER).text()  # type: ignore[union-attr]
        for row in range(page.table.rowCount())
    ]
    assert any(one.startswith("✓ huyện đã nhận") for one in answers), answers
    desk.close()
