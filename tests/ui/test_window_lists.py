"""The list of children is an array of ids with pages of rows, read beside the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.models.queries.register import ChildRow
from app.models.work import Change
from app.ui.register.rows import NAME, PAGE, ChildRows
from app.ui.theme import Theme
from tests.ui.window_desk import UNIT, Desk, prepared_home


def _row(number: int) -> ChildRow:
    name = f"Trẻ số {number}"
    return ChildRow(f"id{number}", "h", name, "2019", "1", "", "1", "", "", "", False, 0)


def test_only_the_pages_one_looks_at_are_fetched(qtbot: QtBot) -> None:
    rows = ChildRows(Theme())
    asked: list[int] = []
    rows.page_wanted.connect(asked.append)
    rows.set_keys([f"id{number}" for number in range(300_000)])
    assert rows.rowCount() == 300_000
    assert asked == []
    assert rows.data(rows.index(0, NAME)) == "…"
    assert rows.data(rows.index(1, NAME)) == "…"
    assert rows.data(rows.index(200_000, NAME)) == "…"
    assert asked == [0, 200_000 // PAGE]
    rows.take_page(rows.generation, 0, [_row(number) for number in range(PAGE)])
    assert rows.data(rows.index(1, NAME)) == "Trẻ số 1"


def test_rows_of_an_older_list_are_passed_over(qtbot: QtBot) -> None:
    rows = ChildRows(Theme())
    rows.set_keys(["id1"])
    late = partial(rows.take_page, rows.generation, 0)
    rows.set_keys(["id2"])
    late([_row(1)])
    assert rows.data(rows.index(0, NAME)) == "…"


def test_the_pages_kept_do_not_grow_with_scrolling(qtbot: QtBot) -> None:
    rows = ChildRows(Theme())
    rows.set_keys([f"id{number}" for number in range(PAGE * 200)])
    for page in range(200):
        rows.take_page(rows.generation, page, [])
    assert len(rows._pages) <= 40


def _register(desk: Desk, names: Sequence[str]) -> None:
    with desk.shell._services.workplace.write() as work:
        village = work.record(Change("village", {"owner_unit": UNIT, "name": "Thôn 1"})).id
        household = work.record(
            Change(
                "household",
                {
                    "owner_unit": UNIT,
                    "village": village,
                    "household_no": "7",
                    "head_name": "Đinh Văn Rê",
                },
            )
        ).id
        for place, name in enumerate(names, start=1):
            work.record(
                Change(
                    "child",
                    {
                        "owner_unit": UNIT,
                        "household": household,
                        "full_name": name,
                        "line_no": place,
                    },
                )
            )
        work.commit()


def test_children_stand_by_given_name_in_vietnamese_order_and_are_counted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    _register(desk, ["Đinh Thị Ẩn", "Đinh Văn Đức", "Đinh Thị An", "Đinh Văn Dũng"])
    desk.shell.register.load()
    desk.settle()
    rows = desk.shell.register.rows
    shown = [rows.data(rows.index(place, NAME)) for place in range(rows.rowCount())]
    desk.settle()
    shown = [rows.data(rows.index(place, NAME)) for place in range(rows.rowCount())]
    assert shown == ["Đinh Thị An", "Đinh Thị Ẩn", "Đinh Văn Dũng", "Đinh Văn Đức"]
    assert desk.shell.register.count.text() == "4 hồ sơ trẻ"
    desk.close()


def test_an_empty_register_says_what_to_do_first(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    register = desk.shell.register
    assert register.stack.currentWidget() is register.empty
    assert "Ctrl+N" in register.empty.begin.text()
    desk.close()


def test_with_large_letters_a_village_still_says_how_many_children_it_has(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock()
    _register(desk, ["Đinh Thị An"])
    tree = desk.shell.register.tree
    tree.load()
    desk.settle()
    village = next(one for one in tree.items() if one.text(0).startswith("Thôn 1"))
    assert village.text(0) == "Thôn 1   1 trẻ"
    assert village.toolTip(0) == "Thôn 1   1 hộ · 1 trẻ"
    desk.close()


def test_a_village_opens_to_its_households_and_narrows_the_list(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    _register(desk, ["Đinh Thị An"])
    register = desk.shell.register
    register.load()
    desk.settle()
    village = next(one for one in register.tree.items() if one.text(0).startswith("Thôn 1"))
    village.setExpanded(True)
    desk.settle()
    assert village.childCount() == 1
    assert "Đinh Văn Rê" in village.child(0).text(0)
    register.tree.setCurrentItem(village)
    desk.settle()
    assert register.title.text() == "Thôn 1"
    register.tree.itemActivated.emit(village.child(0), 0)
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    desk.close()
