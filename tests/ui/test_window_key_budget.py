"""How many keys a page takes, against the 92 seconds that a child may take."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.services.invented.typed_page import typical_page
from app.ui.figures.entry_cost import SECONDS_A_CHILD, telex_keys, type_page
from tests.ui.window_desk import Desk, Key, prepared_home

#: 222 were counted when this was written; 247 before short lists had numbers and F5 was there.
MOST_KEYS = 225


def test_marks_and_capitals_cost_their_keys() -> None:
    assert [telex_keys(one) for one in ("hre", "Hrê", "đ", "Phạm", "0203")] == [3, 5, 2, 6, 4]


def test_a_typical_household_of_two_children_costs_a_quarter_of_the_time_there_is(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    page = typical_page(desk.workplace.today())
    desk.new_household(**page.cover)
    desk.fill(full_name="Đinh Văn Rê")
    desk.press(Key.Key_F2)
    desk.settle()
    cost = type_page(desk, page)
    rows = desk.shell.entry.child_rows(desk.shell.entry.child_ids())
    assert [row.complete for row in rows if row.full_name.startswith("Phạm")] == [True, True]
    assert cost.keys <= MOST_KEYS, f"{cost}: who adds a key says what for"
    assert cost.seconds_a_child < SECONDS_A_CHILD / 4
    desk.close()
