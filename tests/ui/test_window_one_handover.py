"""One handover, opened from the register: accepted, returned, taken back, used again."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.i18n import text
from app.ui.handover.page import HandoverPage
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.ui.looks import amiss
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture

NAME = "Phạm Thị Hân"


def _received(qtbot: QtBot, homes: Homes) -> tuple[Desk, HandoverPage, Prompt]:
    """A district that has received a commune's child, on the card of that handover."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", NAME)
    homes.carry(commune, district, DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _open(desk, page)
    return desk, page, district


def _open(desk: Desk, page: HandoverPage) -> None:
    desk.go_to("handover")
    desk.settle()
    page.table.setFocus()
    page.table.setCurrentCell(0, 0)
    desk.enter()
    desk.settle()
    assert page.one.isVisible()


def _press(desk: Desk, button: object) -> None:
    """By the keyboard: Tab to a button, and Enter."""
    assert button.isVisible()  # type: ignore[attr-defined]
    desk.tab_to(button)  # type: ignore[arg-type]
    desk.enter()
    desk.settle()


def _children(desk: Desk) -> int:
    return len(desk.shell.entry.child_ids())


def _said(desk: Desk) -> str:
    return desk.shell.notices.notices[0].text


def test_a_bundle_is_taken_back_after_its_numbers_were_seen_and_used_again(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page, _ = _received(qtbot, homes)
    one = page.one
    assert "giao cho thành phố Quảng Ngãi" in one.title.text(), "no capital inside a sentence"
    assert " · xã " in one.title.text()
    assert _children(desk) == 1
    _press(desk, one.undo)
    assert text("handovers.one.gone", households="1", children="1") in one.told.text()
    assert _children(desk) == 1
    assert desk.focus() is one.reason
    for _ in range(2):
        desk.enter()
        # What it would change stays in sight: the next Enter does it.
        assert text("handovers.one.gone", households="1", children="1") in one.told.text()
        assert one.told.text().endswith("\n" + text("handovers.one.no_reason"))
    desk.press(Key.Key_Escape)
    assert desk.focus() is one.print
    assert one.told.isHidden()

    _press(desk, one.undo)
    desk.text("Giao nhầm tệp cũ")
    desk.enter()
    desk.settle()
    assert _children(desk) == 0
    assert "Giao nhầm tệp cũ" in one.facts.text
    assert one.undo.isHidden()
    assert one.accept.isHidden(), "what is not in the register is not accepted"
    assert one.send_back.isVisible(), "its giver can be told"
    assert one.verify.isHidden()
    _press(desk, one.release)
    assert one.accept.isVisible()
    assert _children(desk) == 1
    assert one.release.isHidden()
    assert one.undo.isVisible()
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.table
    desk.close()


def test_what_stands_in_the_way_is_named_and_opened(qtbot: QtBot, homes: Homes) -> None:
    desk, page, district = _received(qtbot, homes)
    (child,) = desk.shell.entry.child_ids()
    desk.close()
    district.must("register", "set", child, "other_name=Bé Hân")
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _open(desk, page)
    _press(desk, page.one.undo)
    assert text("undo.built_on", count=1) in page.one.told.text()
    assert page.one.leave.width() < page.one.width() / 2
    link = page.one._in_the_way[0]
    assert link.text() == NAME
    _press(desk, link)
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.id == child
    desk.close()


def test_a_handover_is_accepted_and_another_returned_with_a_reason_that_travels(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page, district = _received(qtbot, homes)
    _press(desk, page.one.accept)
    assert _said(desk) == text("handovers.one.accepted_now")
    assert text("handovers.one.verdict.district") in page.one.facts.text
    desk.close()
    commune = homes.at(COMMUNE)
    type_child(commune, "3", "Phạm Văn Thử")
    homes.carry(commune, district, DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _open(desk, page)
    _press(desk, page.one.send_back)
    desk.text("Thiếu ngày sinh của nhiều trẻ")
    desk.enter()
    desk.settle()
    assert _said(desk) == text("handovers.one.returned_now")
    assert "Thiếu ngày sinh của nhiều trẻ" in page.one.facts.text
    desk.close()
    homes.carry(district, commune, COMMUNE)
    told = [one["message"] for one in commune.must("waiting", "list")]
    assert "Thiếu ngày sinh của nhiều trẻ" in told


def test_a_reason_being_typed_outlives_what_is_read_again_meanwhile(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page, _ = _received(qtbot, homes)
    _press(desk, page.one.send_back)
    desk.text("Thiếu ngày sinh")
    page.sending.check.click()
    desk.go_to("home")
    desk.settle()
    assert desk.shell.home.isAncestorOf(desk.focus()), "what ends leads nobody back unseen"
    desk.go_to("handover")
    desk.settle()
    assert page.one.reason.isVisible()
    assert page.one.reason.text() == "Thiếu ngày sinh"
    # What runs beside it ends: the keyboard stays in the words.
    page.receiving.file.setText("no such file")
    for step in (page.sending.check, page.receiving.look):
        step.click()
        page.one.reason.setFocus()
        desk.settle()
        assert desk.focus() is page.one.reason
        assert page.one.reason.text() == "Thiếu ngày sinh"
    desk.text(" của nhiều trẻ")
    desk.enter()
    desk.settle()
    assert "Thiếu ngày sinh của nhiều trẻ" in page.one.facts.text
    desk.close()


def test_after_one_was_decided_the_list_stands_where_it_was_opened(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    for number, name in (("2", NAME), ("3", "Phạm Văn Thử")):
        type_child(commune, number, name)
        homes.carry(commune, district, DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("handover")
    desk.settle()
    assert page.table.currentRow() == 0, "the newest"
    page.table.setFocus()
    desk.press(Key.Key_Down)
    desk.enter()
    desk.settle()
    _press(desk, page.one.accept)
    while page.one.isVisible():
        desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.focus() is page.table
    assert page.table.currentRow() == 1
    desk.close()


def test_who_goes_on_while_a_deed_runs_is_led_nowhere_and_everybody_hears_of_it(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    for number, name in (("2", NAME), ("3", "Phạm Văn Thử")):
        type_child(commune, number, name)
        homes.carry(commune, district, DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _open(desk, page)
    changed: list[None] = []
    page.received.connect(lambda: changed.append(None))
    _press(desk, page.one.undo)
    desk.text("Giao nhầm tệp cũ")
    desk.enter()
    desk.press(Key.Key_Escape)  # the question
    desk.press(Key.Key_Escape)  # the card
    desk.press(Key.Key_Down)
    desk.settle()
    assert desk.focus() is page.table
    assert changed
    assert _children(desk) == 1
    # And so where the next one is open by then.
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    desk.enter()
    desk.settle()
    other = page.one.shown
    page.one.accept.click()
    desk.press(Key.Key_Escape)
    page.table.setCurrentCell(0, 0)
    desk.enter()
    assert page.one.shown != other
    desk.settle()
    assert _said(desk) == text("handovers.one.accepted_now")
    views = {one.id: one for one in page.table._views}
    assert views[other].accepted
    desk.close()


def test_who_handed_over_decides_nothing_about_it(qtbot: QtBot, homes: Homes) -> None:
    commune = homes.at(COMMUNE)
    type_child(commune, "2", NAME)
    commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    desk, page = sit_down(qtbot, homes, COMMUNE)
    _open(desk, page)
    one = page.one
    assert one.print.isVisible()
    for button in (one.accept, one.send_back, one.undo, one.release):
        assert button.isHidden()
    desk.close()


def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, large_letters: float
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", NAME)
    homes.carry(commune, district, DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT, large_letters)
    _open(desk, page)
    _press(desk, page.one.undo)
    assert amiss(desk.window) == []
    desk.close()
