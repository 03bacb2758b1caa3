"""What was done at the keyboard, as people see it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models.work import Change
from app.services.rights import RIGHTS_OF, Role
from app.services.work_statistics import DayOfWork, Work, WorkStatistics
from app.ui.admin.work import WorkSection
from tests.ui.test_window_quarter import wrong_with
from tests.ui.window_desk import UNIT, Desk, prepared_home

AN = "Nguyễn Thị An"


def _typed(desk: Desk, who: str, children: int, first: int) -> None:
    """Children that somebody completed today, a minute apart, until a minute ago."""
    for number in range(children):
        with desk.workplace.store.write(who) as work:
            at = time.time() - 60 * (children - number)
            work.clock = lambda moment=at: moment
            values = {"owner_unit": UNIT, "full_name": "Đinh Thị Ré", "complete": True}
            work.record(Change("child", values, key=f"child/{first + number}"))
            work.commit()


def at_work(
    qtbot: QtBot, folder: Path, scale: float = 1.0, *, alone: bool = False
) -> tuple[Desk, WorkSection]:
    desk = Desk(qtbot, prepared_home(folder), scale).unlock()
    _typed(desk, AN, 5, 0)
    if not alone:
        _typed(desk, "Lê Thị Nhập", 3, 10)
    desk.go_to("home")
    desk.settle()
    assert desk.shell.home.pace.isVisible()
    desk.tab_to(desk.shell.home.pace)
    desk.enter()
    desk.settle()
    section = desk.shell.admin.sections["work"]
    assert isinstance(section, WorkSection)
    return desk, section


def rows(section: WorkSection) -> list[list[str]]:
    table = section.table
    return [
        [table.item(at, column).text() for column in range(table.columnCount())]
        for at in range(table.rowCount())
    ]


def test_the_first_page_leads_to_the_days_of_work_with_their_sums(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, section = at_work(qtbot, tmp_path)
    assert section.isVisible()
    assert desk.focus() is section.table
    found = rows(section)
    assert [one[:3] for one in found[:3]] == [
        ["Cộng", "Cả đơn vị", "8"],
        ["Cộng", "Lê Thị Nhập", "3"],
        ["Cộng", AN, "5"],
    ]
    # 92 seconds before the first save, then a minute for each: no rounding hides the rule.
    assert found[2][10] == str(round((92 + 4 * 60) / 5))
    assert "✓" in section.ahead.text()
    desk.close()


def test_a_clerk_sees_the_own_days_only(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.workplace.account = type(desk.workplace.account)(
        "an", AN, "Công chức", RIGHTS_OF[Role.CLERK]
    )
    _typed(desk, AN, 2, 0)
    _typed(desk, "Lê Thị Nhập", 3, 10)
    section = WorkSection(desk.window.tasks, desk.window._theme, desk.shell._services.statistics)
    qtbot.addWidget(section)
    section.show()
    desk.until(lambda: section.table.rowCount() > 0)
    assert section.table.isColumnHidden(1)
    assert {one[1] for one in rows(section)} == {AN}
    desk.close()


@pytest.mark.parametrize("alone", [True, False])
def test_the_days_can_be_read_and_reached_with_large_letters(
    qtbot: QtBot, tmp_path: Path, large_letters: float, alone: bool
) -> None:
    desk, section = at_work(qtbot, tmp_path, large_letters, alone=alone)
    assert wrong_with(desk.shell.admin) == []
    header = section.table.horizontalHeader()
    for column in range(section.table.columnCount()):
        if not section.table.isColumnHidden(column):
            assert header.sectionSize(column) >= header.sectionSizeHint(column) - 1
    assert header.length() <= section.table.viewport().width()
    desk.close()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_who_checked_sees_how_many_households_and_not_only_minutes(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk, section = at_work(qtbot, tmp_path, scale, alone=True)
    checked = Work(households_checked=4, checking_seconds=600)
    today = desk.workplace.today()
    section._show(
        WorkStatistics(
            today, today, (DayOfWork(AN, today, checked),), 0, False, people={AN: checked}
        )
    )
    header = section.table.horizontalHeader()
    names = [section.table.horizontalHeaderItem(at).text() for at in range(header.count())]
    place = names.index("Hộ kiểm")
    assert [one[place] for one in rows(section)] == ["4", "4"]
    assert not section.table.isColumnHidden(place), "what nobody did gives way first"
    assert header.length() <= section.table.viewport().width()
    desk.close()
