"""Two PCs of one commune, typed into through the window, meet by ordinary bundles.

The homes are enrolled by commands; everything after that is done where the clerk does it.
"""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.models.queries import register
from app.ui.handover.page import HandoverPage
from app.ui.handover.register import TO
from app.ui.household.field_edit import Key as FieldKey
from tests.e2e.command_line import Homes, Prompt
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, cell, homes, receive, send, sit_down

__all__ = ["homes"]  # a fixture

SECOND = "second"
OTHER_CHILD = {**PLAIN_CHILD, "full_name": "Đinh Thị Rế", "personal_id": "051314009991"}


def _second_pc(homes: Homes) -> None:
    """Enrolled by the district as the first was, and known to it by the district's next bundle."""
    district, first = homes.at(DISTRICT), homes.at(COMMUNE)
    second = Prompt(homes.folder / SECOND, homes._monkeypatch)
    second.must("init", "--unit", COMMUNE, "--user", "binh", "--full-name", "Trần Văn Bình")
    root = homes.at("51@2024").must("authority", "status")["root_fingerprint"]
    homes.enrol(district, second, root)
    homes.carry(district, first, COMMUNE)
    homes.carry(district, second, COMMUNE)


def _type(desk: Desk, child: dict[str, str], **head: str) -> None:
    desk.new_household(**head)
    desk.fill(**child)
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()


def _change(desk: Desk, who: str, **typed: str) -> None:
    """Find a child, type over some of its fields, save."""
    desk.press(Key.Key_F, CTRL)
    desk.text(who)
    desk.settle()
    desk.enter()  # into the list
    desk.enter()
    desk.settle()
    for name, words in typed.items():
        household = desk.page.household_form.edit(FieldKey("", name)) is not None
        form = desk.page.household_form if household else desk.page.child_form
        form.focus(FieldKey("", name))
        desk.settle()
        edit = form.edit(FieldKey("", name))
        assert edit is not None
        edit.selectAll()
        desk.text(words)
        desk.enter()
    desk.page.save_all()
    desk.settle()


def _to_the_other_pc(desk: Desk, page: HandoverPage, stick: Path) -> Path:
    desk.go_to("handover")
    desk.settle()
    offered = [page.sending.to.itemText(at) for at in range(page.sending.to.count())]
    assert offered == ["Thành phố Quảng Ngãi", "Máy khác của xã Tịnh Châu"]
    desk.tab_to(page.sending.to)
    desk.text("Máy")
    assert page.sending.to.currentData() == COMMUNE
    file = send(desk, page, stick)
    assert cell(page, TO) == "Máy khác của xã Tịnh Châu"
    desk.tab_to(page.table)
    desk.enter()
    assert "giữa hai máy của xã Tịnh Châu" in page.one.title.text()
    desk.press(Key.Key_Escape)
    return file


def _rows(desk: Desk) -> dict[str, dict[str, object]]:
    """What stands in the register, record by record."""
    found = {}
    with desk.workplace.store.read() as reading:
        for entity in ("household", "child", "village"):
            for page in register.stream(reading, entity, [COMMUNE]):
                for one in page:
                    assert not one.conflicts
                    found[one.id] = dict(one.values)
    return found


def test_two_pcs_of_a_commune_type_different_villages_and_one_household_and_agree(
    qtbot: QtBot, homes: Homes
) -> None:
    _second_pc(homes)
    first, page = sit_down(qtbot, homes, COMMUNE)
    _type(first, PLAIN_CHILD)
    one = _to_the_other_pc(first, page, homes.stick)
    first.close()

    second, page = sit_down(qtbot, homes, SECOND)
    preview, taken = receive(second, page, one)
    assert "1 hộ, 1 trẻ" in preview
    assert "0 xung đột" in taken
    _type(second, OTHER_CHILD, household_no="1", head_name="Đinh Văn Lía", village="Thôn Phước Lộc")
    _change(second, "pham thi han", grade="8")
    two = _to_the_other_pc(second, page, homes.stick)
    second.close()

    first, page = sit_down(qtbot, homes, COMMUNE)
    _change(first, "pham thi han", head_name="Phạm Văn Rơm Con")
    _, taken = receive(first, page, two)
    assert "0 xung đột · 0 thay đổi đang chờ · 0 thay đổi không nhận" in taken
    three = _to_the_other_pc(first, page, homes.stick)
    here = _rows(first)
    first.close()

    second, page = sit_down(qtbot, homes, SECOND)
    receive(second, page, three)
    assert _rows(second) == here
    second.close()
    names = sorted(str(one["full_name"]) for one in here.values() if "birth_date" in one)
    assert names == ["Phạm Thị Hân", "Đinh Thị Rế"]
    (changed,) = (one for one in here.values() if one.get("full_name") == "Phạm Thị Hân")
    (home,) = (one for one in here.values() if one.get("head_name") == "Phạm Văn Rơm Con")
    assert changed["grade"] == 8
    assert home["household_no"] == "12"
