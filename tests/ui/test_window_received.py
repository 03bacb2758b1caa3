"""The window sends nobody to a line of the register of handovers that is not there."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.i18n import text
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import type_child
from tests.ui.window_session import COMMUNE, DISTRICT, homes, receive, sit_down

__all__ = ["homes"]  # a fixture


def _told(qtbot: QtBot, homes: Homes, unit: str, file: Path) -> tuple[list[str], int]:
    """The notices after a bundle was received, and how many lines the register then has."""
    desk, page = sit_down(qtbot, homes, unit)
    receive(desk, page, file)
    said = [one.text for one in desk.shell.notices.notices]
    lines = page.table.rowCount()
    desk.close()
    return said, lines


def test_what_came_from_above_has_no_line_here_and_its_giver_writes_the_record(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", "Phạm Thị Hân")
    up = commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    said, lines = _told(qtbot, homes, DISTRICT, Path(up["file"]))
    assert (said, lines) == ([text("handovers.send_receipt")], 1)
    down = district.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    said, lines = _told(qtbot, homes, COMMUNE, Path(down["file"]))
    assert (said, lines) == ([text("handovers.no_line")], 1)
