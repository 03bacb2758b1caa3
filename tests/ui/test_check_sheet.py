"""The sheet of a household of forty: no key waits until all of it is laid out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services.check_sheet import CheckSheet, SheetRow
from app.ui.check.sheet import SheetTable
from app.ui.theme import Theme, apply_theme

ROWS, CHILDREN = 90, 40
VILLAGE = "Thôn/Ấp/Khóm/Bản/Làng/Buôn/Tổ dân phố"


def _sheet() -> CheckSheet:
    """Every second row needs two lines and more."""
    long = "Phạm Văn {at}, thôn Phước Thọ, xã Bình Chương, huyện Bình Sơn"
    rows = tuple(
        SheetRow(
            f"f{row}",
            f"Ô số {row}",
            tuple((long if row % 2 else "{at}").format(at=at) for at in range(CHILDREN)),
        )
        for row in range(ROWS)
    )
    return CheckSheet((), tuple((str(at), f"Lê Mai {at}") for at in range(CHILDREN)), rows)


def test_of_forty_children_only_the_rows_in_sight_are_laid_out_before_the_next_key(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[int] = []
    real = SheetTable._fit_row

    def counting(self: SheetTable, at: int) -> None:
        fitted.append(at)
        real(self, at)

    monkeypatch.setattr(SheetTable, "_fit_row", counting)
    table = SheetTable(Theme())
    qtbot.addWidget(table)
    table.resize(900, 500)
    table.show()
    qtbot.waitExposed(table)
    table.show_sheet(_sheet())
    assert 0 < len(fitted) <= ROWS / 3
    in_sight = sum(map(table.rowHeight, fitted))
    assert in_sight >= table.viewport().height()
    # Whoever goes to the end at once stays there while the rows above it become higher.
    qtbot.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    table.setCurrentIndex(table.rows.index(ROWS - 1, 0))
    qtbot.waitUntil(lambda: not table._later.isActive())
    assert sorted(fitted) == list(range(ROWS)), "each once"
    last = table.visualRect(table.rows.index(ROWS - 1, 0))
    assert table.viewport().rect().contains(last)
    heights = {table.rowHeight(at) for at in range(1, ROWS, 2)}
    assert len(heights) == 1
    assert heights.pop() > table.rowHeight(0)


@pytest.fixture(params=[1.0, 1.5])
def scale(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    """The letters are the application's: they grow with the rest."""
    apply_theme(qapp, Theme(request.param))
    yield request.param
    apply_theme(qapp, Theme())


def test_a_long_label_stands_on_lines_of_its_own_and_is_not_cut(qtbot: QtBot, scale: float) -> None:
    table = SheetTable(Theme(scale))
    qtbot.addWidget(table)
    table.resize(900, 500)
    rows = tuple(SheetRow(one, one, ("1",)) for one in (VILLAGE, "Số hộ"))
    table.show_sheet(CheckSheet(rows, (), ()))
    header = Qt.Orientation.Vertical
    said = str(table.rows.headerData(0, header))
    assert said.count("\n") == 1
    assert said.replace("\n", " ").replace("/ ", "/") == VILLAGE
    assert table.rows.headerData(1, header) == "Số hộ"
    lines = table.rowHeight(0) - table.rowHeight(1)
    assert lines == table.fontMetrics().lineSpacing()
