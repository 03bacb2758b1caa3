"""The table of short lists: where room is short the columns go in their order, the words stay."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
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
