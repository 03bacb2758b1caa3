"""A handover accepted on one PC and sent back on the other for a reason that is masked: decided in
the window by who may not read it, or may.
"""

from __future__ import annotations

import time

from pytestqt.qtbot import QtBot

from app.models.queries import register
from app.ui.conflicts.sides import MASK
from tests.e2e.test_both_pcs_receive import Two, two
from tests.e2e.test_three_tiers import DISTRICT, prepared, three
from tests.ui.window_desk import Key
from tests.ui.window_session import sit_down

__all__ = ["prepared", "three", "two"]  # fixtures
WHY = "Nhiều trẻ nhiễm HIV ghi nhầm"


def test_a_verdict_is_taken_with_its_masked_reason(qtbot: QtBot, two: Two) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "accept", two.handover)
    time.sleep(1.1)  # sides stand in the order of clocks, and these count seconds
    two.second.must("handover", "return", two.handover, "--reason", WHY)
    two.exchange()
    desk, _page = sit_down(qtbot, two.homes, DISTRICT)
    desk.go_to("conflicts")
    desk.settle()
    page = desk.shell.conflicts
    sides = page.sides
    rows, columns = range(sides.rowCount()), range(sides.columnCount())
    cells = [sides.item(row, column).text() for row in rows for column in columns]
    assert any(MASK in one for one in cells)
    assert "HIV" not in str(cells)
    assert page.choices[1].isEnabled()
    assert not page.told.isVisible()
    desk.press(Key.Key_2)  # the return was said last
    desk.settle()
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "handover", two.handover)
    assert found is not None
    assert (found.values["verdict_district"], found.conflicts) == ("returned", 0)
    assert found.values["verdict_district_reason"] == WHY
    desk.close()
