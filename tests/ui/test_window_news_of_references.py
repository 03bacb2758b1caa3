"""The window tells before sealing that a bundle brings a round."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.e2e.command_line import Homes
from tests.ui.window_session import DISTRICT, PROVINCE, homes, sit_down

__all__ = ["homes"]  # a fixture

DAYS = ("--reference", "2026-12-31", "--opens", "2026-10-01", "--closes", "2026-12-31")


def test_who_sends_a_round_reads_that_it_goes_along(qtbot: QtBot, homes: Homes) -> None:
    homes.at(PROVINCE).must("round", "new", "Quý này", *DAYS)
    desk, page = sit_down(qtbot, homes, PROVINCE)
    desk.go_to("handover")
    desk.settle()
    page.sending.to.setCurrentIndex(page.sending.to.findData(DISTRICT))
    page.sending.check.click()
    desk.settle()
    assert "Đợt rà soát mới: «Quý này», đến hết ngày 31/12/2026" in page.sending.facts.text
    desk.close()
