"""What was received and taken back again: its giver can be told, and until then it waits."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.worklist import Duty
from app.ui.handover.page import HandoverPage
from app.ui.handover.register import ANSWER
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive as receive_there
from tests.e2e.test_copies import send, type_child
from tests.ui.test_window_answers_owed import counted, enter
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, receive, sit_down
from tests.ui.window_session import send as send_by_keys

__all__ = ["homes"]  # a fixture


def _press(desk: Desk, button: object) -> None:
    assert button.isVisible()  # type: ignore[attr-defined]
    desk.tab_to(button)  # type: ignore[arg-type]
    desk.enter()
    desk.settle()


def _taken_back(desk: Desk, page: HandoverPage, file: Path) -> None:
    """Received by keys, opened in the register, taken back with a reason."""
    receive(desk, page, file)
    desk.enter()
    desk.settle()
    _press(desk, page.one.undo)
    desk.text("Giao nhầm tệp")
    desk.enter()
    desk.settle()


def test_what_was_taken_back_is_returned_with_a_reason_and_the_giver_learns_of_it(
    qtbot: QtBot, homes: Homes
) -> None:
    commune = homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Hân")
    up = send(commune, DISTRICT, homes)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _taken_back(desk, page, Path(str(up["file"])))
    one = page.one
    # Nobody below knows: the message and the card say so, and one step says it to them.
    said = desk.shell.notices.notices[0].text
    assert said.endswith(text("handovers.one.undone_now", count="0").split("0", 1)[1])
    # Nor does the card beside go on saying that it came in.
    assert page.receiving.facts.text == text("handovers.look_first")
    assert text("handovers.send_receipt") not in [one.text for one in desk.shell.notices.notices]
    assert text("handovers.one.unknown_to_giver") in one.facts.text
    assert one.accept.isHidden(), "what is not in the register is not accepted"
    assert counted(desk)[Duty.UNDONE] == 1
    page = enter(desk, Duty.UNDONE)
    assert page.one.isVisible()
    assert page.one._view is not None
    assert page.one._view.undone is not None
    _press(desk, one.send_back)
    desk.text("Tệp tháng trước, hãy gửi tệp mới")
    desk.enter()
    desk.settle()
    assert text("handovers.one.unknown_to_giver") not in one.facts.text
    assert desk.shell.entry.child_ids() == [], "it stays set aside"
    row = page.table.item(0, ANSWER)
    assert row is not None
    assert row.text().startswith("▲ đã hoàn tác, huyện trả lại ")
    assert Duty.UNDONE not in counted(desk)
    assert counted(desk)[Duty.ANSWERS_OWED] == 1
    desk.go_to("handover")
    desk.settle()
    desk.press(Key.Key_Escape)
    page.sending.choose_receiver(COMMUNE)
    down = send_by_keys(desk, page, homes.stick)
    desk.close()

    receive_there(commune, down)
    told = [one["message"] for one in commune.must("waiting", "list")]
    assert "Tệp tháng trước, hãy gửi tệp mới" in told
    desk, page = sit_down(qtbot, homes, COMMUNE)
    assert counted(desk)[Duty.RETURNED] == 1
    desk.close()
