"""Every page of the window, measured: nothing cut, nothing out of reach, nothing without a name.

Pages are taken from the window itself: one that is added is measured without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import set_language
from app.settings import Settings
from app.ui.household.field_edit import Key as FieldKey
from app.ui.theme import Theme, apply_theme
from tests.long_runs import LONG
from tests.ui.looks import (
    best_contrast,
    cut_words,
    nameless,
    out_of_order,
    poor_contrast,
    unreachable,
    unseen_keyboard,
)
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home

_ALL = [(scale, language) for language in ("vi", "en") for scale in (1.0, 1.25, 1.5)]
SEEN = _ALL if LONG else [(1.5, "vi"), (1.5, "en")]


@pytest.fixture(autouse=True)
def _theme_and_language_as_before(qapp: QApplication) -> Iterator[None]:
    before = i18n.language()
    yield
    set_language(before)
    apply_theme(qapp, Theme())


def _judge(
    desk: Desk,
    page: str,
    found: list[str],
    *,
    keyboard: bool = False,
    covered: bool = False,
    in_order: bool = True,
) -> None:
    """Add what is wrong with the page; words that have just come get their room a turn later.

    Where something lies over it on purpose (`covered`) what is under it is not judged. The first
    pages of all keep what is seldom wanted for the end of Tab's way: they are not `in_order`.
    """
    desk.settle()
    window = desk.window
    for _ in range(3):
        QApplication.processEvents()
    measures = [cut_words, nameless]
    if not covered:
        measures += [unreachable, poor_contrast]
    if in_order and not covered:
        measures.append(out_of_order)
    if keyboard:
        measures.append(unseen_keyboard)
    for measure in measures:
        found += [f"{page}: {one}" for one in measure(window)]


@pytest.mark.parametrize(("scale", "language"), SEEN)
def test_every_page_can_be_read_reached_and_named(
    qtbot: QtBot, tmp_path: Path, scale: float, language: str
) -> None:
    set_language(language)
    desk = Desk(qtbot, prepared_home(tmp_path), scale)
    found: list[str] = []
    _judge(desk, "unlock", found, keyboard=True)
    assert desk.window.unlock_page is not None
    desk.window.unlock_page.field.setFocus()  # the keyboard was everywhere
    desk.unlock()
    desk.new_household()
    desk.fill(**{**PLAIN_CHILD, "personal_id": "0513140044", "birth_date": "310219"})
    _judge(desk, "household with errors", found, keyboard=True)
    desk.press(Key.Key_F1)
    _judge(desk, "household with help", found)
    desk.press(Key.Key_Escape)
    for _ in range(3):
        desk.press(Key.Key_F4)
        desk.press(Key.Key_F6)
    _judge(desk, "household with all that opens", found)
    desk.page.household_form.focus(FieldKey("", "household_no"))
    desk.press(Key.Key_F4)
    _judge(desk, "household in its head", found)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    for name in desk.shell.navigation.names:
        desk.go_to(name)
        _judge(desk, name, found, keyboard=True)
    desk.go_to("register")
    desk.press(Key.Key_F4)
    _judge(desk, "register with filters", found, keyboard=True)
    desk.press(Key.Key_F12)
    _judge(desk, "keys", found, covered=True)
    desk.press(Key.Key_Escape)
    desk.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("scale", "language"), SEEN)
def test_the_first_run_and_the_way_back_in_can_be_read_reached_and_named(
    qtbot: QtBot, tmp_path: Path, scale: float, language: str
) -> None:
    set_language(language)
    found: list[str] = []
    desk = Desk(qtbot, Settings(tmp_path / "new"), scale)
    _judge(desk, "first run", found, keyboard=True, in_order=False)
    desk.close()
    other = Desk(qtbot, prepared_home(tmp_path), scale)
    other.window._show_recovery()
    other.until(lambda: other.window.recovery_page is not None)
    _judge(other, "recovery", found, keyboard=True, in_order=False)
    other.close()
    assert not found, "\n".join(found)


def test_what_is_cut_hidden_nameless_or_pale_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    cut, pale = QLabel("Một câu dài không có chỗ", window), QLabel("Nhạt", window)
    cut.setGeometry(0, 0, 40, 20)
    pale.setGeometry(0, 100, 200, 40)
    pale.setStyleSheet("color: #999999; background-color: #ffffff")
    outside, under, over = QPushButton("Ngoài", window), QPushButton(window), QLabel("", window)
    outside.setGeometry(380, 40, 80, 30)
    under.setGeometry(200, 200, 80, 30)
    over.setGeometry(190, 190, 120, 60)
    window.show()
    assert [one for one in cut_words(window) if "Một câu dài" in one]
    assert len(unreachable(window)) == 2
    assert len(nameless(window)) == 1
    box = QComboBox(window)
    box.addItem("Hôm nay")
    box.show()
    assert [one for one in nameless(window) if one.startswith("QComboBox")], (
        "it is called by its choice"
    )
    box.setAccessibleName("Xem thời gian nào")
    assert len(nameless(window)) == 1
    assert [one for one in poor_contrast(window) if "Nhạt" in one]


def test_a_way_of_tab_that_goes_back_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    places = [(10, 10), (110, 10), (10, 60), (110, 60)]
    every = [QPushButton(str(place), window) for place in places]
    for one, (x, y) in zip(every, places, strict=True):
        one.setGeometry(x, y, 80, 30)
    window.show()
    assert not out_of_order(window)
    first, second, third, fourth = every
    for one, after in ((first, third), (third, second), (second, fourth)):
        QWidget.setTabOrder(one, after)
    assert len(out_of_order(window)) == 1


def test_a_keyboard_that_is_not_seen_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    plain, other = QPushButton("Một"), QPushButton("Hai")
    for one in (plain, other):
        column.addWidget(one)
        one.setStyleSheet("QPushButton { border: none; outline: none; }")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert len(unseen_keyboard(window)) == 2


def test_contrast_is_read_from_the_pixels() -> None:
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ffffff"))
    assert best_contrast(picture) is None
    for x in range(10):
        picture.setPixelColor(x, 5, QColor("#777777"))
    ratio = best_contrast(picture)
    assert ratio is not None
    assert 4.4 < ratio < 4.5
