"""What waits, was refused, or was set aside: listed in the window, taken in or given up."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.history.door import State
from app.i18n import text
from app.ui.handover.page import HandoverPage
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.looks import amiss
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture

NAME = "Phạm Thị Hân"


def _one_that_waits(homes: Homes) -> str:
    """The district takes a first bundle back and gets a second that builds on it; the first's id.

    What the second changes on the child waits for the first.
    """
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", NAME)
    _, first = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", first["handover"], "--reason", "Giao nhầm")
    (child,) = commune.must("register", "search", NAME)
    commune.must("register", "set", child["id"], "other_name=Bé Hân")
    sent = send(commune, DISTRICT, homes)
    receive(district, str(sent["file"]))
    return str(first["handover"])


def _open(qtbot: QtBot, homes: Homes, scale: float = 1.0) -> tuple[Desk, HandoverPage]:
    desk, page = sit_down(qtbot, homes, DISTRICT, scale)
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.to_stopped)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.stopped.table
    return desk, page


def _lines(page: HandoverPage) -> list[tuple[State, str, int]]:
    rows = page.stopped.rows
    found = [rows.line(at) for at in range(rows.rowCount())]
    return [(one.state, one.who, one.operations) for one in found if one is not None]


def _answer(desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    """Who is asked answers so; what was asked."""
    asked: list[str] = []

    def ask(question):  # type: ignore[no-untyped-def]
        asked.append(f"{question.text}\n{question.details}")
        return answer

    monkeypatch.setattr(desk.shell.notices, "ask", ask)
    return asked


def test_what_waits_comes_first_and_says_whose_it_is_and_why(qtbot: QtBot, homes: Homes) -> None:
    _one_that_waits(homes)
    desk, page = _open(qtbot, homes)
    lines = _lines(page)
    # The change that waits names nobody; what it builds on does.
    assert lines[0] == (State.WAITING, NAME, 1)
    assert {state for state, *_ in lines[1:]} == {State.SET_ASIDE}
    assert (State.SET_ASIDE, NAME, 1) in lines
    assert text("waiting.reason.behind_aside") in page.stopped.whole.text()
    assert page.to_stopped.text().startswith(text("handovers.stopped.waiting", count="1"))
    assert not page.stopped.open.isEnabled()
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.table
    desk.close()


def test_what_waits_is_given_up_after_a_question(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one_that_waits(homes)
    desk, page = _open(qtbot, homes)
    asked = _answer(desk, monkeypatch, "keep")
    desk.tab_to(page.stopped.drop)
    desk.enter()
    desk.settle()
    assert len(asked) == 1
    assert _lines(page)[0][0] is State.WAITING
    _answer(desk, monkeypatch, "drop")
    desk.enter()
    desk.settle()
    assert {state for state, *_ in _lines(page)} == {State.REFUSED, State.SET_ASIDE}
    assert text("handovers.stopped.dropped", count="1") in desk.shell.notices.notices[0].text
    assert not page.stopped.drop.isEnabled()
    desk.close()


def test_what_lies_set_aside_with_its_bundle_is_not_taken_in_alone(
    qtbot: QtBot, homes: Homes
) -> None:
    """Its giver reads of the bundle that it is not in use; the line says how the whole is used."""
    first = _one_that_waits(homes)
    desk, page = _open(qtbot, homes)
    assert page.stopped.admit.isEnabled(), "what waits may be tried"
    wanted = (State.SET_ASIDE, NAME)
    while (line := page.stopped.line) is not None and (line.state, line.who) != wanted:
        desk.press(Key.Key_Down)
    assert not page.stopped.admit.isEnabled()
    assert text("waiting.reason.set_aside") in page.stopped.whole.text()
    desk.close()
    homes.at(DISTRICT).must("handover", "release", first)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    # The child is in the register now, with what had waited for it.
    assert page.stopped.rows.rowCount() == 0
    (child,) = desk.shell.entry.child_ids()
    (row,) = desk.shell.entry.child_rows([child])
    assert row.full_name == NAME
    desk.close()


def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, large_letters: float
) -> None:
    _one_that_waits(homes)
    desk, _page = _open(qtbot, homes, large_letters)
    assert amiss(desk.window) == []
    desk.close()
