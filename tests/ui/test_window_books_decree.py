"""For which communes the province supplies paper books after a decree: those that stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.admin.books import BooksSection
from tests.decrees import BESIDE, NEW, ONE, OTHER, PARTS, TOP, know_merger, know_split
from tests.e2e.command_line import Homes
from tests.ui.window_session import sit_down
from tests.village_of_three import open_round


def test_books_are_supplied_to_what_a_decree_made_and_not_to_what_it_merged(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    homes.init(TOP)
    desk, _page = sit_down(qtbot, homes, TOP)
    open_round(desk.workplace)
    know_merger(desk.workplace)
    know_split(desk.workplace)
    desk.go_to("admin")
    desk.settle()
    page = desk.shell.admin
    page.list.setCurrentRow(list(page.sections).index("books"))
    desk.settle()
    section = page.sections["books"]
    assert isinstance(section, BooksSection)
    units = {section.unit.itemData(at) for at in range(section.unit.count())}
    assert units.isdisjoint((ONE, OTHER, BESIDE))
    assert units >= {NEW, *PARTS}
    desk.close()
