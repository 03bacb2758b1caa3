"""What waits on the handover page, in real homes: returns with their way to the record, and a
sending that was cut off between this disk and the stick.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.handover_sending import Sending
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import type_child
from tests.ui.window_session import COMMUNE, DISTRICT, homes, receive, sit_down

__all__ = ["homes"]  # a fixture


def test_a_return_is_told_where_it_arrives_and_its_record_opened_until_it_is_answered(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", "Phạm Thị Hân")
    (child,) = (one["id"] for one in commune.must("register", "search", "pham thi han"))
    sent, _ = homes.carry(commune, district, DISTRICT)
    handover = sent["handover"]
    district.must("handover", "return", handover, "--reason", "Thiếu thôn Hai")
    district.must("handover", "return", handover, "--record", child, "--reason", "Sai ngày sinh")
    down = district.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)

    desk, page = sit_down(qtbot, homes, COMMUNE)
    preview, taken = receive(desk, page, Path(down["file"]))
    assert "Có 2 phần bị trả lại" in taken
    for told in (preview, page.pending.text):
        assert "Thành phố Quảng Ngãi trả lại gói số 1 giao ngày" in told
        assert "«Thiếu thôn Hai»" in told
        assert (
            "trả lại hồ sơ Phạm Thị Hân (sinh 02/03/2015, hộ 2, Thôn 1), lý do: «Sai ngày sinh»"
            in told
        )
    (opening,) = page.pending.buttons()
    desk.tab_to(opening)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.values["full_name"] == "Phạm Thị Hân"
    desk.page.child_form.focus(desk.page.child_form.first())
    desk.go_to("handover")
    desk.settle()
    assert page.pending.isVisible(), "looking at it answers nothing"
    desk.close()
    commune.must("register", "set", child, "other_name=Hân")
    commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    assert page.pending.isHidden(), "answered"
    desk.close()


class PowerCut(BaseException):
    """The power fails."""


def _power_cut(*_: object) -> None:
    raise PowerCut


def test_a_sending_cut_off_after_the_stick_is_told_and_finished_from_the_window(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = homes.at(COMMUNE)
    type_child(commune, "2", "Phạm Thị Hân")
    with monkeypatch.context() as patch:
        patch.setattr(Sending, "_note_what_arrived", _power_cut)
        with pytest.raises(PowerCut):
            commune("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    (cut_off,) = page.pending._shown.unfinished
    assert cut_off.file in page.pending.text
    finish, _drop = page.pending.buttons()
    before = desk.shell.entry.standing()
    assert before.not_handed_over > 0, "nobody knows that it reached the stick"
    desk.tab_to(finish)
    page.finish(cut_off, homes.stick)
    desk.settle()
    after = desk.shell.entry.standing()
    assert (after.not_handed_over, after.unconfirmed) == (0, before.not_handed_over)
    said = desk.shell.status.pending
    assert said.whole.startswith("0 thay đổi chưa bàn giao · ")
    desk.until(lambda: said.text() == said.whole)  # whole as soon as the line is laid out
    assert said.text().endswith("chờ biên nhận")
    assert page.pending.isHidden()
    assert page.table.rowCount() == 1
    assert desk.focus() is page.sending.check, "the keyboard does not stay on what is gone"
    desk.close()
