"""Messages come in one place, can be dismissed, and never take the keyboard away."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.errors import BugError, KnownError
from app.i18n import LANGUAGES, catalogue
from app.ui.notify import Action, Choice, Kind, Notice, NoticeBar, Notifier, Question, error_notice
from tests.ui.recording_notifier import RecordingNotifier

QUESTION = Question(
    "Bỏ 12 thay đổi chưa lưu?",
    "12 ô của hộ 012 sẽ trở lại như lần lưu trước.",
    (Choice("drop", "Bỏ 12 thay đổi", destroys=True), Choice("keep", "Giữ lại")),
)


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        self.bar = NoticeBar(self)
        self.field = QLineEdit()
        layout.addWidget(self.bar)
        layout.addWidget(self.field)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    made = Window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.field.setFocus()
    qtbot.waitUntil(made.field.hasFocus)
    return made


def shown(window: Window) -> list[str]:
    return [label.text() for label in window.bar.findChildren(QLabel) if label.isVisible()]


def test_a_message_is_shown_with_a_sign_and_a_word_and_keeps_the_keyboard(window: Window) -> None:
    assert not window.bar.isVisible()
    window.bar.say(Notice(Kind.WARNING, "Còn 3 hộ chưa xong."))
    assert window.bar.isVisible()
    assert shown(window) == ["▲ Lưu ý", "Còn 3 hộ chưa xong."]
    assert window.field.hasFocus()


def test_every_kind_has_its_own_sign_and_word(window: Window) -> None:
    for kind in Kind:
        window.bar.say(Notice(kind, kind.value))
    signs = {text for text in shown(window) if text.split(" ")[0] in "✓ℹ▲✕"}
    assert len(signs) == 4
    assert len({sign[0] for sign in signs}) == 4


def test_escape_dismisses_the_newest_first(window: Window, qtbot: QtBot) -> None:
    for number in (1, 2):
        window.bar.say(Notice(Kind.NOTE, f"tin {number}"))
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert [notice.text for notice in window.bar.notices] == ["tin 1"]
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert window.bar.notices == ()
    assert not window.bar.isVisible()


def test_the_button_dismisses_its_own_message(window: Window, qtbot: QtBot) -> None:
    for number in (1, 2):
        window.bar.say(Notice(Kind.NOTE, f"tin {number}"))
    buttons = [b for b in window.bar.findChildren(QPushButton) if b.text() == "Đóng"]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert len(window.bar.notices) == 1


def test_a_later_message_on_a_topic_takes_the_place_of_the_earlier(window: Window) -> None:
    window.bar.say(Notice(Kind.NOTE, "đã đọc 10", topic="import"))
    window.bar.say(Notice(Kind.NOTE, "khác"))
    window.bar.say(Notice(Kind.DONE, "đã đọc 20", topic="import"))
    assert [notice.text for notice in window.bar.notices] == ["đã đọc 20", "khác"]
    window.bar.dismiss_topic("import")
    assert [notice.text for notice in window.bar.notices] == ["khác"]


def test_errors_outlive_other_news_when_room_is_short(window: Window) -> None:
    window.bar.say(Notice(Kind.ERROR, "lỗi"))
    for number in range(6):
        window.bar.say(Notice(Kind.NOTE, f"tin {number}"))
    texts = [notice.text for notice in window.bar.notices]
    assert texts == ["tin 5", "tin 4", "tin 3", "lỗi"]


def test_an_action_is_done_when_its_button_is_pressed(window: Window, qtbot: QtBot) -> None:
    done: list[NoticeBar] = []
    window.bar.say(Notice(Kind.ERROR, "lỗi", Action("Lưu báo cáo", done.append)))
    button = next(b for b in window.bar.findChildren(QPushButton) if "Lưu báo cáo" in b.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [window.bar]


def test_a_button_is_reached_by_tab_and_pressed_by_its_key_from_the_field(
    window: Window, qtbot: QtBot
) -> None:
    done: list[str] = []
    for word in ("cũ", "mới"):
        window.bar.say(Notice(Kind.ERROR, word, Action("Lưu", partial(_note, done, word))))
    window.bar.say(Notice(Kind.NOTE, "không có nút"))
    qtbot.keyClick(window.field, Qt.Key.Key_F11)
    assert done == ["mới"]
    assert window.field.hasFocus()
    qtbot.keyClick(window.field, Qt.Key.Key_Tab)
    button = QApplication.focusWidget()
    assert isinstance(button, QPushButton)
    assert button.text().endswith("F11")
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert len(done) == 2


def _note(done: list[str], word: str, _bar: NoticeBar) -> None:
    done.append(word)


def test_an_error_says_what_happened_and_what_to_do(window: Window) -> None:
    error = KnownError("printing.disk_full", "printing.disk_full.hint", file="a.pdf")
    notice = error_notice(error)
    assert notice.kind is Kind.ERROR
    what, hint = notice.text.split("\n")
    assert "a.pdf" in what
    assert hint
    assert error_notice(BugError("tasks.closed")).topic == "bug"


def test_text_of_a_message_is_never_read_as_markup(window: Window) -> None:
    window.bar.say(Notice(Kind.NOTE, "<b>x</b>"))
    words = next(label for label in window.bar.findChildren(QLabel) if "<b>" in label.text())
    assert words.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    ("press", "answer"), [("escape", "keep"), ("enter", "keep"), ("click", "drop")]
)
def test_a_question_waits_for_the_deed_and_rests_on_the_safe_answer(
    press: str, answer: str, window: Window, qtbot: QtBot, qapp: QApplication
) -> None:
    seen: list[str] = []

    def act() -> None:
        box = qapp.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text() + box.informativeText())
        if press == "click":
            drop = next(b for b in box.buttons() if b.text() == "Bỏ 12 thay đổi")
            qtbot.mouseClick(drop, Qt.MouseButton.LeftButton)
        else:
            key = Qt.Key.Key_Escape if press == "escape" else Qt.Key.Key_Return
            qtbot.keyClick(box, key)

    QTimer.singleShot(0, act)
    assert window.bar.ask(QUESTION) == answer
    assert seen == [QUESTION.text + QUESTION.details]


def test_the_recording_double_is_a_notifier() -> None:
    double = RecordingNotifier(answers=["keep"])
    notifier: Notifier = double
    notifier.say(Notice(Kind.DONE, "xong"))
    assert notifier.ask(QUESTION) == "keep"
    assert double.said(Kind.DONE) == ["xong"]
    assert double.questions == [QUESTION]


def test_every_kind_has_a_word_in_both_languages() -> None:
    for language in LANGUAGES:
        for kind in Kind:
            assert catalogue(language)[f"notify.{kind.value}"]
