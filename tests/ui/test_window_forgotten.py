"""Whoever forgot the passphrase types the printed code and a new passphrase, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.crypto.keyslots import WrongSecret, encode_keyslots
from app.crypto.recovery_code import new_recovery_code
from app.services import installation
from app.settings import Settings
from app.ui.notify import Kind
from app.ui.recovery_page import RecoveryPage
from tests.dumps import events_of
from tests.ui.window_desk import PASSPHRASE, Desk, Key

NEW = "một câu hoàn toàn khác"


@pytest.fixture
def home(tmp_path: Path) -> tuple[Settings, str]:
    """A home and the code on its sheet."""
    settings = Settings(tmp_path / "own")
    made = installation.install(
        settings, unit="21100@2025", user="an", full_name="An", title="", passphrase=PASSPHRASE
    )
    return settings, made.recovery_code


def _forgot(qtbot: QtBot, settings: Settings, scale: float = 1.0) -> tuple[Desk, RecoveryPage]:
    """From the first page to «quên mật khẩu», with Tab and Enter."""
    desk = Desk(qtbot, settings, scale)
    first = desk.window.unlock_page
    assert first is not None
    desk.settle()
    desk.tab_to(first.forgotten)
    desk.enter()
    page = desk.window.recovery_page
    assert page is not None
    # Qt shows what was put into a window on a later turn; Tab passes over what is not shown.
    desk.until(lambda: page.code.isVisible() and desk.focus() is page.code)
    return desk, page


def _fill(desk: Desk, page: RecoveryPage, code: str, new: str, again: str) -> None:
    for field, words in ((page.code, code), (page.new, new), (page.again, again)):
        assert desk.focus() is field
        desk.text(words)
        desk.enter()


def _refused(desk: Desk, page: RecoveryPage) -> str:
    desk.until(lambda: page.message.property("state") == "error")
    return page.message.text()


def test_the_printed_code_and_a_new_passphrase_open_the_register(
    qtbot: QtBot, home: tuple[Settings, str]
) -> None:
    settings, code = home
    desk, page = _forgot(qtbot, settings)
    _fill(desk, page, code.lower().replace("-", " "), NEW, NEW)
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    (told,) = [one for one in desk.shell.notices.notices if one.kind is Kind.DONE]
    assert "mật khẩu mới" in told.text
    desk.close()
    assert installation.unlock(settings, NEW).user == "an"
    with pytest.raises(WrongSecret):
        installation.unlock(settings, PASSPHRASE)
    assert events_of(settings.home, NEW).count("passphrase.set") == 1


def test_a_mistyped_code_names_its_group_and_leaves_the_rest_to_be_kept(
    qtbot: QtBot, home: tuple[Settings, str]
) -> None:
    settings, code = home
    before = settings.keyslots_path.read_bytes()
    desk, page = _forgot(qtbot, settings)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    _fill(desk, page, wrong, NEW, NEW)
    assert "Nhóm thứ 7" in _refused(desk, page)
    assert desk.focus() is page.code
    assert page.code.selectedText() == wrong
    assert (page.new.text(), page.again.text()) == (NEW, NEW)
    assert settings.keyslots_path.read_bytes() == before
    desk.text(new_recovery_code())
    desk.enter()
    desk.enter()
    desk.enter()
    desk.until(lambda: "không mở được dữ liệu trên máy này" in page.message.text())
    assert settings.keyslots_path.read_bytes() == before
    desk.text(code)
    for _ in range(3):
        desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    desk.close()


def test_what_is_missing_or_differs_is_said_where_it_stands(
    qtbot: QtBot, home: tuple[Settings, str]
) -> None:
    settings, code = home
    desk, page = _forgot(qtbot, settings)
    desk.enter()
    desk.enter()
    desk.enter()
    assert "mã khôi phục" in _refused(desk, page).lower()
    assert desk.focus() is page.code
    _fill(desk, page, code, "ngắn", "ngắn")
    assert "8 ký tự" in _refused(desk, page)
    assert desk.focus() is page.new
    desk.text("an123456")
    desk.enter()
    desk.enter()
    assert "chỉ là tên đăng nhập" in _refused(desk, page)
    assert desk.focus() is page.new
    page.again.clear()
    desk.text(NEW)
    desk.enter()
    desk.text(NEW + " khác")
    desk.enter()
    assert "không giống nhau" in _refused(desk, page)
    assert desk.focus() is page.again
    assert not (settings.home / "wrong-tries").exists(), "nothing was tried yet"
    desk.press(Key.Key_Escape)
    desk.until(lambda: desk.window.unlock_page is not None)
    first = desk.window.unlock_page
    assert first is not None
    assert desk.window.recovery_page is None
    desk.until(lambda: first.field.isVisible() and desk.focus() is first.field)
    desk.text(PASSPHRASE)
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    desk.close()


def test_the_passphrase_is_hidden_until_it_is_asked_for_and_the_code_is_seen(
    qtbot: QtBot, home: tuple[Settings, str]
) -> None:
    desk, page = _forgot(qtbot, home[0])
    assert page.code.echoMode() is QLineEdit.EchoMode.Normal
    assert page.new.echoMode() is page.again.echoMode() is QLineEdit.EchoMode.Password
    desk.tab_to(page.show_text)
    desk.enter()
    assert page.new.echoMode() is page.again.echoMode() is QLineEdit.EchoMode.Normal
    desk.window.close()


def test_with_several_people_one_says_whose_passphrase_it_is(
    qtbot: QtBot, home: tuple[Settings, str]
) -> None:
    settings, code = home
    dek = installation.unlock(settings, PASSPHRASE).dek
    slots = installation.read_keyslots(settings).with_user(dek, "binh", "câu của người kia")
    settings.keyslots_path.write_bytes(encode_keyslots(slots))
    desk, page = _forgot(qtbot, settings)
    desk.until(page.user.isVisible)
    assert [page.user.itemText(n) for n in range(page.user.count())] == ["an", "binh"]
    desk.tab_to(page.code)
    _fill(desk, page, code, NEW, NEW)
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    desk.close()
    assert installation.unlock(settings, NEW).user == "an"
    assert installation.unlock(settings, "câu của người kia").user == "binh"


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_on_the_page_is_cut(qtbot: QtBot, home: tuple[Settings, str], scale: float) -> None:
    """At 1366×768, also at 150 %, with the longest thing it has to say."""
    desk, page = _forgot(qtbot, home[0], scale)
    desk.window.resize(1366, 768)
    page.set_users(("an", "binh"))
    page.refuse(
        "Nhóm thứ 7 của mã khôi phục gõ chưa đúng. Hãy xem lại tờ mã khôi phục đã in và gõ lại."
    )
    QApplication.processEvents()
    said = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    assert len(said) >= 7
    for label in said:
        assert label.height() >= label.heightForWidth(label.width()), label.text()
        corner = label.mapTo(desk.window, label.rect().bottomRight())
        assert desk.window.rect().contains(corner), label.text()
    for button in (page.button, page.back, page.show_text):
        assert button.width() >= button.sizeHint().width()
        corner = button.mapTo(desk.window, button.rect().bottomRight())
        assert desk.window.rect().contains(corner)
    desk.window.close()
