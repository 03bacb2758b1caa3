"""What a district owes the communes, told by its worklist: handovers nobody has looked through,
and receipts or returns that were written and not handed down; by keys alone.
"""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.services.worklist import Duty
from app.ui.handover.page import HandoverPage
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down
from tests.ui.window_session import send as send_by_keys

__all__ = ["homes"]  # a fixture


def two_came(homes: Homes) -> None:
    """The commune handed over twice."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    for number, name in (("1", "Phạm Thị Hân"), ("2", "Phạm Văn Lía")):
        type_child(commune, number, name)
        receive(district, str(send(commune, DISTRICT, homes)["file"]))


def counted(desk: Desk) -> dict[Duty, int]:
    desk.go_to("home")
    desk.shell.home.load()
    desk.settle()
    return {one.duty: one.count for one in desk.shell.home.lines.tasks}


def enter(desk: Desk, duty: Duty) -> HandoverPage:
    lines = desk.shell.home.lines
    desk.tab_to(lines)
    desk.press(Key.Key_Home)
    while lines.tasks[lines.currentRow()].duty is not duty:
        desk.press(Key.Key_Down)
    desk.enter()
    desk.settle()
    page = desk.shell.handover
    assert desk.shell.pages.currentWidget() is page
    return page


def test_what_was_received_is_told_until_it_is_decided_and_one_key_leads_to_the_first(
    qtbot: QtBot, homes: Homes
) -> None:
    two_came(homes)
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    assert counted(desk)[Duty.NOT_VERIFIED] == 2
    page = enter(desk, Duty.NOT_VERIFIED)
    assert page.verifying.isVisible()
    assert page.verifying._view is not None
    assert page.verifying._view.seq == 1, "the oldest"
    desk.tab_to(page.verifying.accept)
    desk.enter()
    desk.settle()
    assert counted(desk)[Duty.NOT_VERIFIED] == 1
    page = enter(desk, Duty.NOT_VERIFIED)
    assert page.verifying._view.seq == 2
    desk.close()


def test_a_later_decision_covers_what_came_before_it_and_what_was_taken_back_waits_for_nothing(
    qtbot: QtBot, homes: Homes
) -> None:
    two_came(homes)
    district = homes.at(DISTRICT)
    ids = {one["seq"]: one["id"] for one in district.must("handover", "list") if one["seq"]}
    district.must("handover", "accept", ids[2])
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    assert Duty.NOT_VERIFIED not in counted(desk)
    desk.close()
    commune = homes.at(COMMUNE)
    type_child(commune, "3", "Phạm Thị Ré")
    got = receive(district, str(send(commune, DISTRICT, homes)["file"]))
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    assert counted(desk)[Duty.NOT_VERIFIED] == 1
    desk.close()
    district.must("handover", "undo", str(got["handover"]), "--reason", "Nhận nhầm tệp")
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    assert Duty.NOT_VERIFIED not in counted(desk)
    desk.close()


def test_receipts_and_returns_are_owed_until_a_bundle_carries_them_down(
    qtbot: QtBot, homes: Homes
) -> None:
    two_came(homes)
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    assert counted(desk)[Duty.ANSWERS_OWED] == 1
    enter(desk, Duty.ANSWERS_OWED)
    assert page.sending.to.currentData() == COMMUNE
    assert desk.focus() is page.sending.check
    file = send_by_keys(desk, page, homes.stick)
    assert Duty.ANSWERS_OWED not in counted(desk)
    desk.close()
    receive(commune, Path(file))
    # A record that is sent back is owed again.
    (one,) = [
        one
        for one in district.must("handover", "list")
        if one["seq"] == 2 and one["giver"] == COMMUNE
    ]
    child = district.must("register", "search", "Phạm Văn Lía")[0]
    back = ("handover", "return", one["id"], "--record", child["id"])
    district.must(*back, "--reason", "Sai ngày sinh")
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    assert counted(desk)[Duty.ANSWERS_OWED] == 1
    desk.close()
    # The commune, below which there is nobody, is asked neither.
    desk, _page = sit_down(qtbot, homes, COMMUNE)
    assert not {Duty.ANSWERS_OWED, Duty.NOT_VERIFIED} & counted(desk).keys()
    desk.close()


def test_both_lines_cost_a_few_statements_however_many_handovers_there_are(
    qtbot: QtBot, homes: Homes
) -> None:
    def asked() -> int:
        heard: list[str] = []

        def listen(_c: object, _k: object, statement: str, *_more: object) -> None:
            heard.append(statement)

        desk, _page = sit_down(qtbot, homes, DISTRICT)
        event.listen(Engine, "before_cursor_execute", listen)
        worklist = desk.shell._services.worklist
        worklist.read()
        heard.clear()
        worklist.read()
        again = len(heard)
        worklist._walked = None
        heard.clear()
        worklist.read()
        event.remove(Engine, "before_cursor_execute", listen)
        desk.close()
        mine = [one for one in heard if "bundle_in" in one or "bundle_out" in one]
        assert mine, "they are looked at"
        assert again < len(heard), "and not again before something was saved"
        return len(heard)

    two_came(homes)
    before = asked()
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "3", "Phạm Thị Ré")
    receive(district, str(send(commune, DISTRICT, homes)["file"]))
    assert asked() == before
