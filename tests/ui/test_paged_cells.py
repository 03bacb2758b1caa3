"""Cells of long lists: they look as the style sheet says and cost less than Qt's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemDelegate, QApplication, QStyledItemDelegate
from pytestqt.qtbot import QtBot

from app.services.entry import ChildRow
from app.ui.register.child_table import ChildTable
from app.ui.register.rows import STATE, ChildRows
from app.ui.theme import Theme, apply_theme
from tests.ui.window_desk import Desk, prepared_home

#: What is painted costs a half to six tenths of what Qt's own delegate takes for the same cells.
_PART = 0.8
_TIMES = 15


def _rows(theme: Theme) -> ChildRows:
    rows = ChildRows(theme)
    made = [
        ChildRow(
            f"id{at}",
            f"h{at}",
            "" if at == 3 else f"Nguyễn Thị Phương Thảo Quỳnh Như & Đặng Hữu Ước {at}",
            "2019-04-05" if at % 2 else "2019",
            str(1 + at % 2),
            "",
            str(at),
            "Phạm Văn Rơm" if at % 3 else "Đinh Thị Hờ Rê Y Bih Niê Kđăm",
            "Thôn Phước Thọ",
            "21100@2025",
            at % 2 == 0,
            at % 5 == 0,
        )
        for at in range(40)
    ]
    rows.set_keys([row.id for row in made] + ["not here yet"] * 60)
    rows.take_page(rows.generation, 0, made)
    return rows


@pytest.fixture(params=(1.0, 1.25, 1.5))
def table(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[ChildTable]:
    theme = Theme(request.param)
    apply_theme(qapp, theme)
    table = ChildTable(_rows(theme), theme)
    qtbot.addWidget(table)
    table.resize(900, 640)
    table.fit(900)
    table.show()
    table.setCurrentIndex(table.model().index(5, STATE))
    yield table
    apply_theme(qapp, Theme())


def test_the_rest_after_a_key_of_a_search_is_as_long_as_it_says(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    rest = desk.shell.register._timer
    assert rest.timerType() is Qt.TimerType.PreciseTimer, "the ordinary one may be late by a part"
    desk.close()


def _picture(table: ChildTable) -> QImage:
    return table.viewport().grab().toImage()


def test_a_cell_looks_as_the_style_sheet_says(table: ChildTable) -> None:
    ours = _picture(table)
    table.setItemDelegate(QStyledItemDelegate(table))
    theirs = _picture(table)
    assert ours == theirs
    table.setCurrentIndex(table.model().index(6, STATE))
    assert _picture(table) != theirs, "the chosen row is seen"


def test_a_row_that_is_not_here_yet_says_so(table: ChildTable) -> None:
    table.scrollTo(table.model().index(99, 0))
    ours = _picture(table)
    table.setItemDelegate(QStyledItemDelegate(table))
    assert ours == _picture(table)
    assert table.model().index(99, 0).data(Qt.ItemDataRole.DisplayRole) == "…"


def test_a_page_of_cells_costs_less_than_qt_s_own(table: ChildTable) -> None:
    """Seconds of the processor: the quickest of several times, one after the other in turn, for
    whatever else the machine does comes over both.
    """
    own, plain = table.itemDelegate(), QStyledItemDelegate(table)
    costs: dict[QAbstractItemDelegate, list[float]] = {own: [], plain: []}
    for _ in range(_TIMES):
        for delegate, found in costs.items():
            table.setItemDelegate(delegate)
            table.viewport().repaint()
            begin = time.thread_time()
            table.viewport().repaint()
            found.append(time.thread_time() - begin)
    ours, theirs = min(costs[own]), min(costs[plain])
    assert ours < theirs * _PART, f"{ours * 1e3:.2f} ms against {theirs * 1e3:.2f} ms"
