"""A unit that no bundle can be sealed to is told when it is chosen, not after all is counted."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.notify import Kind
from tests.e2e.command_line import Homes
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def test_a_commune_without_an_enrolled_pc_is_told_by_the_check(qtbot: QtBot, homes: Homes) -> None:
    desk, page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("handover")
    desk.settle()
    sending = page.sending
    known = sending.to.findData(COMMUNE)
    others = [at for at in range(1, sending.to.count()) if at != known]
    sending.to.setCurrentIndex(others[0])
    sending.check.click()
    desk.settle()
    (notice,) = desk.shell.notices.notices
    assert notice.kind is Kind.ERROR
    assert "được cấp chứng thư" in notice.text
    assert sending._preview is None
    sending.to.setCurrentIndex(known)
    sending.check.click()
    desk.settle()
    assert sending._preview is not None
    desk.close()
