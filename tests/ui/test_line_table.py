"""The table of short lists: where room is short the columns go in their order, the words stay."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.line_table import LineRows, LineTable
from app.ui.theme import Theme

STATE, WORDS, UNIT = range(3)


class _Rows(LineRows[str]):
    def words(self, row: str, column: int) -> str:
        return f"{row} {column}"

    def colour(self, row: str, column: int) -> QColor | None:
        return self._theme.colour("muted") if row and column == STATE else None


@pytest.mark.parametrize(
    ("wide", "hidden"), [(600, set()), (349, {UNIT}), (299, {STATE, UNIT}), (150, {STATE, UNIT})]
)
def test_where_room_is_short_columns_go_last_first(
    qtbot: QtBot, wide: int, hidden: set[int]
) -> None:
    theme = Theme()
    parent = QWidget()
    qtbot.addWidget(parent)
    rows = _Rows(theme, ("deliveries.stage", "deliveries.note", "deliveries.unit"))
    table = LineTable(rows, "tên", theme, {STATE: 100, UNIT: 50}, WORDS, 200, parent)
    rows.show_lines(["một", "hai"])
    table.resize(wide, 200)
    parent.resize(700, 300)
    parent.show()
    qtbot.waitExposed(parent)
    assert {at for at in range(3) if table.isColumnHidden(at)} == hidden
    assert rows.line(1) == "hai"
    assert rows.line(2) is rows.line(-1) is None
    assert rows.data(rows.index(1, WORDS)) == "hai 1"


class _Around(QWidget):
    """What gets the keys that a table passes on."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        self.keys.append(event.key())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_where_a_table_opens_and_is_passed_on_elsewhere(
    qtbot: QtBot, key: Qt.Key
) -> None:
    theme = Theme()
    around = _Around()
    qtbot.addWidget(around)
    rows = _Rows(theme, ("deliveries.stage", "deliveries.note", "deliveries.unit"))
    table = LineTable(rows, "tên", theme, {}, WORDS, 200, around)
    rows.show_lines(["một", "hai"])
    table.setCurrentIndex(rows.index(0, WORDS))
    opened: list[int] = []
    qtbot.keyClick(table, key)
    assert (opened, around.keys) == ([], [key]), "whoever stands around it may want the key"
    table.opens(lambda: opened.append(table.currentIndex().row()))
    qtbot.keyClick(table, key)
    assert (opened, around.keys) == ([0], [key])
    qtbot.keyClick(table, Qt.Key.Key_Down)
    table.doubleClicked.emit(table.currentIndex())
    assert opened == [0, 1]


@pytest.mark.parametrize(
    ("wide", "state"),
    [
        (800, "whole"),  # as wide as the words need
        (390, "what is left"),
        (350, "no more"),  # the other columns and the words of the list come first
    ],
)
def test_a_column_gets_what_its_words_need_of_what_is_left(
    qtbot: QtBot, wide: int, state: str
) -> None:
    theme, words = Theme(), "Thôn Phước Thọ 2, xã Tịnh Châu"
    parent = QWidget()
    qtbot.addWidget(parent)
    rows = _Rows(theme, ("deliveries.stage", "deliveries.note", "deliveries.unit"))
    table = LineTable(rows, "tên", theme, {STATE: 100, UNIT: 50}, WORDS, 200, parent)
    table.resize(wide, 200)
    parent.resize(900, 300)
    parent.show()
    qtbot.waitExposed(parent)
    table.fit(STATE, ["Thôn 1", words], 400)
    needed = table.fontMetrics().horizontalAdvance(words)
    given = table.columnWidth(STATE)
    assert not table.isColumnHidden(UNIT)
    if state == "whole":
        assert needed < given < needed + 40
        table.fit(STATE, [words], 150)
        assert table.columnWidth(STATE) == 150, "within its limit"
        table.fit(STATE, ["1"], 400)
    elif state == "what is left":
        assert given == 140
    assert table.columnWidth(STATE) == (140 if state == "what is left" else 100)
    assert table.columnWidth(UNIT) == 50


def test_what_tells_lines_apart_comes_before_the_columns_that_may_go(qtbot: QtBot) -> None:
    theme, words = Theme(), "Thôn Phước Thọ Thượng 2"
    parent = QWidget()
    qtbot.addWidget(parent)
    rows = _Rows(theme, ("deliveries.stage", "deliveries.note", "deliveries.unit"))
    table = LineTable(rows, "tên", theme, {STATE: 100, UNIT: 50}, WORDS, 200, parent)
    parent.resize(900, 300)
    parent.show()
    qtbot.waitExposed(parent)
    table.resize(350, 200)
    assert not table.isColumnHidden(UNIT)
    table.fit(STATE, [words], 400, (UNIT,))
    assert table.isColumnHidden(UNIT)
    assert table.columnWidth(STATE) == 150
    table.resize(800, 200)
    assert not table.isColumnHidden(UNIT)
    assert table.columnWidth(STATE) > table.fontMetrics().horizontalAdvance(words)


def test_home_and_end_go_through_the_lines(qtbot: QtBot) -> None:
    theme = Theme()
    parent = QWidget()
    qtbot.addWidget(parent)
    rows = _Rows(theme, ("deliveries.stage", "deliveries.note", "deliveries.unit"))
    table = LineTable(rows, "tên", theme, {STATE: 100, UNIT: 50}, WORDS, 200, parent)
    parent.show()
    QTest.keyClick(table, Qt.Key.Key_End)
    assert not table.currentIndex().isValid(), "nothing is there"
    rows.show_lines(["một", "hai", "ba"])
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 2
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0
    assert [one.row() for one in table.selectionModel().selectedRows()] == [0]
