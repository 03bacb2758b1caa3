"""The page of the register by keyboard: filters, orders, the tree down to children, the export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.errors import KnownError
from app.models.work import Change
from app.services.lists import ChildLists, ListFilter, Sort
from app.ui.register.filter_panel import in_words
from app.ui.register.rows import NAME
from tests.ui.window_desk import CTRL, SHIFT, UNIT, Desk, Key, prepared_home


def fill(desk: Desk) -> None:
    """Two villages; three children, of whom one has a personal id and one lives with HIV."""
    with desk.workplace.write() as work:
        homes = []
        for place, head in (("Thôn 1", "Đinh Văn Rê"), ("Thôn 2", "Hồ Thị Xoan")):
            village = work.record(Change("village", {"owner_unit": UNIT, "name": place})).id
            values = {"owner_unit": UNIT, "village": village, "household_no": "7"}
            homes.append(work.record(Change("household", {**values, "head_name": head})).id)
        for name, born, number, home in (
            ("Đinh Thị An", "2019-05-02", "051319004417", homes[0]),
            ("Đinh Văn Đức", "2012", "", homes[0]),
            ("Lò Văn Ý", "2016-01-01", "", homes[1]),
        ):
            child = {
                "owner_unit": UNIT,
                "household": home,
                "full_name": name,
                "birth_date": born,
                "line_no": 1,
            }
            if number:
                child["personal_id"] = number
            made = work.record(Change("child", child)).id  # type: ignore[arg-type]
        hiv = {"record": made, "group": "C05", "episode": 1}
        work.record(Change("circumstance", hiv, key="C05/1"))  # type: ignore[arg-type]
        work.commit()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    fill(made)
    made.shell.register.load()
    made.settle()
    yield made
    made.close()


def shown(desk: Desk) -> list[object]:
    rows = desk.shell.register.rows
    desk.settle()
    for place in range(rows.rowCount()):
        rows.data(rows.index(place, NAME))
    desk.settle()
    return [rows.data(rows.index(place, NAME)) for place in range(rows.rowCount())]


def test_filters_are_ticked_told_in_words_and_cleared_by_keys_alone(desk: Desk) -> None:
    register = desk.shell.register
    assert len(shown(desk)) == 3
    desk.press(Key.Key_F4)
    assert desk.focus() is register.panel.boxes["unfinished"]
    desk.tab_to(register.panel.boxes["missing_id"])
    desk.press(Key.Key_Space, text=" ")
    assert shown(desk) == ["Đinh Văn Đức", "Lò Văn Ý"]
    desk.tab_to(register.panel.low)
    desk.text("a-1b0")
    assert register.panel.low.text() == "10"
    assert shown(desk) == ["Đinh Văn Đức", "Lò Văn Ý"], "born 2016-01-01 is ten by now"
    desk.tab_to(register.panel.high)
    desk.text("12")
    assert shown(desk) == ["Lò Văn Ý"]
    assert register.conditions.whole == "Đang lọc: thiếu số định danh · 10–12 tuổi"
    assert register.count.text() == "tìm thấy 1 hồ sơ trẻ"
    desk.press(Key.Key_Escape)
    assert register.panel.isHidden()
    assert desk.focus() is register.table
    desk.press(Key.Key_F4, SHIFT)
    assert len(shown(desk)) == 3
    assert register._said.isHidden()


def _refused(*_asked: object) -> None:
    raise KnownError("records.long_search", "records.long_search_hint", most=50)


def test_ages_the_wrong_way_round_say_why_nobody_is_found_and_errors_go_with_their_search(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = desk.shell.register
    desk.press(Key.Key_F4)
    desk.tab_to(register.panel.low)
    desk.text("9")
    desk.tab_to(register.panel.high)
    desk.text("3")
    assert shown(desk) == []
    assert register.nothing.isVisible()
    assert "lớn hơn tuổi kết thúc (3)" in register.nothing.hint.text()
    assert register.nothing.hint.isVisible()
    assert all(one.height() >= one.sizeHint().height() for one in register.panel.boxes.values())
    desk.press(Key.Key_F4, SHIFT)
    assert len(shown(desk)) == 3
    # A search that the store cannot take is said, and no longer once another one was answered.
    desk.press(Key.Key_F, CTRL)
    with monkeypatch.context() as failing:
        failing.setattr(ChildLists, "find", _refused)
        desk.text("a b")
        desk.settle()
    assert desk.shell.notices.notices
    desk.press(Key.Key_A, CTRL)
    desk.text("đinh")
    assert len(shown(desk)) == 2
    assert not desk.shell.notices.notices


def test_a_filter_may_be_kept_for_the_next_start_and_names_nobody(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    fill(desk)
    register = desk.shell.register
    register.load()
    desk.settle()
    register.search("dinh")
    desk.press(Key.Key_F4)
    # It is none of the conditions: below them all, and last for whoever goes by Tab.
    keep, panel = register.panel.keep, register.panel
    assert all(one.geometry().bottom() < keep.geometry().top() for one in panel.boxes.values())
    assert keep.geometry().top() > panel.group.geometry().bottom()
    desk.tab_to(register.panel.keep)
    desk.press(Key.Key_Space, text=" ")
    desk.tab_to(register.panel.boxes["missing_id"])
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    settings = desk.settings
    kept = desk.shell._services.lists.kept()
    assert kept == ListFilter(missing_id=True)
    desk.close()
    again = Desk(qtbot, settings).unlock()
    again.go_to("register")
    assert shown(again) == ["Đinh Văn Đức", "Lò Văn Ý"]
    assert "thiếu số định danh" in again.shell.register.conditions.whole
    again.close()


def test_a_guarded_group_is_looked_for_with_a_reason_only(desk: Desk) -> None:
    panel = desk.shell.register.panel
    desk.press(Key.Key_F4)
    desk.tab_to(panel.group)
    for _ in range(6):
        desk.press(Key.Key_Down)
    assert panel.group.currentData() == "C06", "arrows pass by a group that asks"
    desk.press(Key.Key_Up)
    assert panel.group.currentData() == "C05"
    assert len(shown(desk)) == 3
    desk.enter()
    assert desk.focus() is panel.reason
    desk.press(Key.Key_Escape)
    assert panel.group.currentData() == ""
    assert desk.focus() is panel.group
    for _ in range(5):
        desk.press(Key.Key_Down)
    desk.press(Key.Key_Tab, text="\t")
    assert desk.focus() is panel.reason
    desk.text("thăm gia đình")
    desk.enter()
    assert shown(desk) == ["Lò Văn Ý"]
    events = desk.shell._services.audit_trail.recent()
    assert any("thăm gia đình" in str(one.details) for one in events)


def test_f9_goes_through_the_orders(desk: Desk) -> None:
    register = desk.shell.register
    assert shown(desk) == ["Đinh Thị An", "Đinh Văn Đức", "Lò Văn Ý"]
    desk.press(Key.Key_F9)
    assert register._sort is Sort.BIRTH
    assert shown(desk) == ["Đinh Văn Đức", "Lò Văn Ý", "Đinh Thị An"]
    desk.press(Key.Key_F9)
    desk.press(Key.Key_F9)
    assert shown(desk)[0] == "Đinh Thị An"


def test_the_tree_goes_down_to_the_children_and_enter_opens_one(desk: Desk) -> None:
    tree = desk.shell.register.tree
    desk.tab_to(tree)
    for _ in range(2):
        desk.press(Key.Key_Down)
        desk.press(Key.Key_Right)
        desk.settle()
    desk.press(Key.Key_Down)
    item = tree.currentItem()
    assert item is not None
    assert item.text(0).startswith("Đinh Thị An") or item.text(0).startswith("Đinh Văn Đức")
    name = item.text(0).partition("  ")[0]
    assert desk.shell.register.title.whole == "Thôn 1", "the list stays with the village"
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.values.get("full_name") == name
    desk.press(Key.Key_Escape)
    desk.settle()
    open_again = [one.text(0) for one in tree.items() if one.isExpanded()]
    assert any(one.startswith("7 · Đinh Văn Rê") for one in open_again), "what was open stays open"


def test_another_page_may_ask_for_a_list(desk: Desk) -> None:
    register = desk.shell.register
    register.search("rê")
    desk.settle()
    register.show_filter(ListFilter(missing_id=True))
    assert shown(desk) == ["Đinh Văn Đức", "Lò Văn Ý"]
    assert register.panel.boxes["missing_id"].isChecked()


def test_what_is_shown_is_exported_and_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def answer(_parent: object, _title: str, name: str, kinds: str) -> tuple[str, str]:
        offered.append(f"{name} as {kinds}")
        return str(tmp_path / "xuat"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    register = desk.shell.register
    register.show_filter(ListFilter(missing_id=True))
    desk.settle()
    desk.tab_to(register.exporting.button)
    desk.enter()
    desk.settle()
    assert offered == ["danh-sach-tre.xlsx as Excel (*.xlsx)"], "only these files can be marked"
    first = (tmp_path / "xuat.xlsx").read_bytes()
    assert first
    assert "Đã xuất 2 trẻ" in desk.shell.notices.notices[0].text
    assert desk.focus() is register.exporting.button
    desk.enter()
    desk.settle()
    assert "xuat (2).xlsx" in desk.shell.notices.notices[0].text
    assert (tmp_path / "xuat.xlsx").read_bytes() == first, "nobody was asked about that name"
    # Whoever finds the file reads which children these are, and of which place.
    sheets = openpyxl.load_workbook(tmp_path / "xuat.xlsx").worksheets
    noted = [str(cell) for one in sheets for row in one.iter_rows(values_only=True) for cell in row]
    words = in_words(register.wanted, register.panel.groups)
    assert words
    said = " · ".join((*filter(None, [register.tree.place.name]), *words))
    assert said in noted


def test_ctrl_f_and_a_filter_narrow_the_list_together(desk: Desk) -> None:
    desk.shell.register.show_filter(ListFilter(missing_id=True))
    desk.press(Key.Key_F, CTRL)
    desk.text("dinh")
    assert shown(desk) == ["Đinh Văn Đức"]
    desk.press(Key.Key_F4, SHIFT)
    assert len(shown(desk)) == 2


def test_who_has_errors_is_known_after_a_check_that_begins_by_itself(desk: Desk) -> None:
    register = desk.shell.register
    desk.press(Key.Key_F4)
    desk.tab_to(register.panel.boxes["errors"])
    desk.press(Key.Key_Space, text=" ")
    with_errors = shown(desk)
    assert set(with_errors) <= {"Đinh Thị An", "Đinh Văn Đức", "Lò Văn Ý"}
    assert with_errors, "children without parents or ethnicity have errors"
    book = desk.shell._services.issue_book
    assert book.last() is not None
    with desk.workplace.write() as work:
        values = {"owner_unit": UNIT, "full_name": "Lò Thị Báo", "birth_date": "2091"}
        work.record(Change("child", values))  # type: ignore[arg-type]
        work.commit()
    register.load()
    assert "Lò Thị Báo" in shown(desk), "the store is checked again after it was written on"
