"""What the second person sent back, as the typist meets it: why, what, and the way there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.worklist import Duty
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, home_id, settle_village

WHY = "Sổ ghi Nguyễn Văn Bính"


def sent_back(
    qtbot: QtBot, folder: Path, *, field: str = "father_name", child: bool = True
) -> Desk:
    """The typist's window on a village where something of the first household was sent back."""
    desk = Desk(qtbot, prepared_home(folder)).unlock(stay=True)
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    who = child_id(UNIT, "1", 1) if child else ""
    desk.shell._services.second_check.return_(home_id(UNIT, "1"), WHY, child=who, field=field)
    desk.shell.home.load()
    desk.settle()
    return desk


def open_first_line(desk: Desk) -> None:
    assert desk.shell.home.view is not None
    assert desk.shell.home.view.tasks[0].duty is Duty.SENT_BACK
    desk.go_to("home")
    desk.settle()
    desk.press(Key.Key_Home)
    desk.enter()
    desk.until(lambda: desk.shell.pages.currentWidget() is desk.page)
    desk.settle()


def messages(desk: Desk, name: str) -> list[str]:
    return [one.text for one in desk.page.child_form.looks[FieldKey("", name)].messages]


def test_the_first_line_of_the_worklist_leads_to_the_very_field_with_its_reason(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = sent_back(qtbot, tmp_path)
    open_first_line(desk)
    assert desk.at() == "father_name"
    told = f"Nguyễn Thị An trả lại: «{WHY}»."
    assert messages(desk, "father_name") == [told]
    assert desk.focus().property("state") == "warning"
    # What is told in one line at the foot names whom, which field, by whom and why.
    assert desk.page.foot.first.whole.startswith(f"Phạm Thị Hân · Họ và tên cha: {told}")
    desk.until(lambda: desk.page.checked.whole == "▲ Bị trả lại")
    tip = desk.page.checked.toolTip()
    assert f"Phạm Thị Hân · Họ và tên cha: {told}" in tip
    # F8 comes by it from anywhere else.
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.press(Key.Key_F8)
    desk.settle()
    assert desk.at() == "father_name"
    # Mended and saved, it is answered.
    desk.text("Nguyễn Văn Bính")
    desk.press(Key.Key_Return, CTRL)
    desk.until(lambda: desk.page.checked.whole == "○ Chưa kiểm tra")
    desk.settle()
    assert messages(desk, "father_name") == []
    assert WHY not in desk.page.foot.first.whole
    desk.close()


def test_the_way_from_the_handover_page_leads_to_the_field_too(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = sent_back(qtbot, tmp_path)
    desk.go_to("handover")
    desk.settle()
    (opening,) = desk.shell.handover.pending.buttons()
    desk.tab_to(opening)
    desk.enter()
    desk.settle()
    assert desk.at() == "father_name"
    desk.close()


@pytest.mark.parametrize("field", ["head_birth_year", ""])
def test_a_field_of_the_household_and_a_record_as_a_whole_are_told_as_well(
    qtbot: QtBot, tmp_path: Path, field: str
) -> None:
    desk = sent_back(qtbot, tmp_path, field=field, child=False)
    open_first_line(desk)
    if field:
        assert desk.at() == field
    what = "Năm sinh chủ hộ" if field else "Cả hồ sơ"
    assert f"{what}: Nguyễn Thị An trả lại: «{WHY}»" in desk.page.foot.first.whole
    desk.until(lambda: WHY in desk.page.checked.toolTip())
    desk.close()


def test_what_was_sent_back_of_another_child_is_told_while_one_is_open(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock(stay=True)
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    desk.shell._services.second_check.return_(
        home_id(UNIT, "2"), WHY, child=child_id(UNIT, "2", 2), field="mother_name"
    )
    desk.shell.open_household(home_id(UNIT, "2"), child_id(UNIT, "2", 1))
    desk.settle()
    assert desk.child.id == child_id(UNIT, "2", 1), "who was asked for is open"
    assert "Đinh Thị Ré · Họ và tên mẹ" in desk.page.foot.first.whole
    desk.close()
