"""Passphrase and recovery code are lost: asked for and opened again in the window, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.i18n import language, set_language
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.reopening import ReopeningSection
from app.ui.notify import Kind
from app.ui.reopening_page import ReopeningPage
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.ui.looks import cut_words, nameless, poor_contrast
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk, Key

__all__ = ["_enrolled_pair", "enrolled_pair"]

NEW = "một câu chưa ai nghĩ ra"


def locked_out(qtbot: QtBot, settings: Settings, scale: float = 1.0) -> tuple[Desk, ReopeningPage]:
    """From the first page, over «quên mật khẩu», to the page that asks the unit above."""
    desk = Desk(qtbot, settings, scale)
    first = desk.window.unlock_page
    assert first is not None
    desk.settle()
    desk.tab_to(first.forgotten)
    desk.enter()
    code = desk.window.recovery_page
    assert code is not None
    desk.until(lambda: code.code.isVisible() and desk.focus() is code.code)
    desk.tab_to(code.lost)
    desk.enter()
    desk.until(lambda: desk.window.reopening_page is not None)
    page = desk.window.reopening_page
    assert page is not None
    desk.settle()
    return desk, page


def _ask(desk: Desk, page: ReopeningPage, stick: Path) -> str:
    part = page.part
    assert desk.focus() is part.new
    for words in (NEW, NEW, str(stick)):
        desk.text(words)
        desk.enter()
    assert desk.focus() is part.ask
    desk.enter()
    desk.until(part.code_label.isVisible)
    desk.settle()
    return part.code_label.text().replace(" ", "")


def test_a_register_that_nobody_can_open_is_opened_by_the_unit_above(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, enrolled_pair.folder)
    stick, settings = enrolled_pair.stick, Settings(enrolled_pair.at(COMMUNE).home)
    desk, page = locked_out(qtbot, settings)
    code = _ask(desk, page, stick)
    request = stick / "SoTreEm-21211.reopen"
    assert request.exists()
    assert desk.focus() is page.part.printing
    desk.enter()
    groups = code.split("-")
    assert [one for one in paper.take().split() if one in groups] == groups
    desk.close()

    # At the province.
    above = Desk(qtbot, Settings(enrolled_pair.at(PROVINCE).home)).unlock(PASSPHRASE, stay=True)
    section = open_part(above, "reopening")
    assert isinstance(section, ReopeningSection)
    assert above.focus() is section.file
    above.text(str(request))
    above.tab_to(section.secret)
    above.text(PASSPHRASE)
    above.enter()
    assert above.focus() is section.look
    above.enter()
    above.settle()
    assert "Xã Tịnh Khê" in section.asked.text()
    assert "«an»" in section.asked.text()
    shown = [one.text() for one in section.findChildren(QLabel) if one.isVisible()]
    assert not any(code in one.replace(" ", "") for one in shown), "it must be heard"
    assert above.focus() is section.heard
    above.text("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    above.tab_to(section.grant)
    above.enter()
    above.settle()
    assert "không khớp" in section.message.text()
    section.heard.clear()
    above.tab_to(section.heard)
    above.text(code.lower())
    above.enter()
    above.enter()
    above.settle()
    reply = stick / "SoTreEm-21211.reopened"
    assert reply.exists(), section.message.text()
    assert "cho xã Tịnh Khê: " in section.message.text(), "no capital inside a sentence"
    assert above.focus() is section.printing
    above.enter()
    printed = paper.take()
    assert "Xã Tịnh Khê" in printed
    assert "khóa dự phòng" in " ".join(printed.split())
    above.close()

    # Another day, at the locked PC: the request still waits, and its code is still there.
    desk, page = locked_out(qtbot, settings)
    part = page.part
    desk.until(lambda: part.code_label.isVisible() and desk.focus() is part.file)
    assert part.code_label.text().replace(" ", "") == code
    for words in (str(reply), "một câu đoán mò"):
        desk.text(words)
        desk.tab_to(part.passphrase) if part.file.hasFocus() else desk.enter()
    assert desk.focus() is part.open
    desk.enter()
    desk.until(lambda: part.message.property("state") == "error")
    assert "không đúng" in part.message.text()
    assert desk.focus() is part.passphrase
    desk.text(NEW)
    desk.enter()
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    (told,) = [one for one in desk.shell.notices.notices if one.kind is Kind.DONE]
    assert "mã khôi phục mới" in told.text
    desk.go_to("home")
    desk.settle()
    tasks = [one.duty for one in desk.shell.home.lines.tasks]
    assert Duty.CODE_ON_NO_PAPER in tasks, "the lost code is to be replaced"
    assert sorted(one.name for one in settings.home.glob("reopening*")) == []
    desk.close()
    Desk(qtbot, settings).unlock(NEW, stay=True).close()


def test_what_is_missing_is_said_and_escape_goes_back(qtbot: QtBot, enrolled_pair: Homes) -> None:
    settings = Settings(enrolled_pair.at(COMMUNE).home)
    desk, page = locked_out(qtbot, settings)
    part = page.part
    desk.tab_to(part.ask)
    desk.enter()
    assert "quá ngắn" in part.message.text()
    assert desk.focus() is part.new
    desk.text(NEW)
    desk.enter()
    desk.text(NEW + " khác")
    desk.tab_to(part.ask)
    desk.enter()
    assert desk.focus() is part.again
    part.again.setText(NEW)
    desk.tab_to(part.ask)
    desk.enter()
    assert "Không thấy USB" in part.message.text()
    assert desk.focus() is part.folder
    assert sorted(settings.home.glob("reopening*")) == []
    desk.press(Key.Key_Escape)
    desk.until(lambda: desk.window.unlock_page is not None)
    assert desk.window.reopening_page is None
    desk.close()


@pytest.mark.parametrize(("scale", "spoken"), [(1.0, "vi"), (1.5, "en")])
def test_nothing_on_the_page_is_cut_nameless_or_pale(
    qtbot: QtBot, enrolled_pair: Homes, scale: float, spoken: str
) -> None:
    before = language()
    set_language(spoken)
    try:
        desk, page = locked_out(qtbot, Settings(enrolled_pair.at(COMMUNE).home), scale)
        for measure in (cut_words, nameless, poor_contrast):
            assert measure(desk.window) == []
        _ask(desk, page, enrolled_pair.stick)
        for measure in (cut_words, nameless, poor_contrast):
            assert measure(desk.window) == []
        desk.close()
    finally:
        set_language(before)
