"""The first page about what waits for the key holder, and about rounds that are over."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.worklist import Duty
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import type_child
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, homes, sit_down

__all__ = ["homes"]  # a fixture


def test_a_kept_bundle_of_a_revoked_pc_is_a_line_that_leads_to_it(
    qtbot: QtBot, homes: Homes
) -> None:
    district, commune = homes.at(DISTRICT), homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Hân")
    (pc,) = (o for o in district.must("authority", "stations") if o["unit"] == COMMUNE)
    district.must("authority", "revoke", pc["station"], "--reason", "lost")
    sent = commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    district("handover", "receive", sent["file"])
    (kept,) = district.must("handover", "kept")
    desk, page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("home")
    desk.settle()
    home = desk.shell.home
    assert home.view is not None
    (count,) = [one.count for one in home.view.tasks if one.duty is Duty.KEPT]
    assert count == 1
    home.go(Duty.KEPT)
    desk.settle()
    assert page.kept.isVisible()
    desk.close()
    # Taken in, it waits for nobody any more.
    district.must("handover", "admit", kept["bundle_id"], codes=(0, 4))
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("home")
    desk.settle()
    view = desk.shell.home.view
    assert view is not None
    assert Duty.KEPT not in [one.duty for one in view.tasks]
    desk.close()


def test_after_a_round_was_closed_nobody_says_that_none_was_ever_opened(
    qtbot: QtBot, homes: Homes
) -> None:
    province = homes.at(PROVINCE)
    desk, _page = sit_down(qtbot, homes, PROVINCE)
    desk.go_to("home")
    desk.settle()
    assert desk.shell.home.round_name.text() == text("worklist.no_round")
    desk.close()
    days = ("--reference", "2026-12-31", "--opens", "2026-10-01", "--closes", "2026-12-31")
    province.must("round", "new", "Quý IV", *days)
    (made,) = province.must("round", "list")
    province.must("round", "close", made["id"])
    desk, _page = sit_down(qtbot, homes, PROVINCE)
    desk.go_to("home")
    desk.settle()
    assert desk.shell.home.round_name.text() == text("worklist.no_round_now")
    desk.close()
