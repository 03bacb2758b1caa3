"""The field that the keyboard stands in is always in view, however the page moved under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from app.ui.household.proposal import Proposal
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _in_view(desk: Desk) -> bool:
    widget = desk.focus()
    inside = widget.parentWidget()
    while inside is not None and not isinstance(inside, QScrollArea):
        inside = inside.parentWidget()
    assert isinstance(inside, QScrollArea), "the keyboard is in a form"
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_after_a_proposal_was_confirmed_the_place_where_one_goes_on_is_in_view(desk: Desk) -> None:
    desk.new_household(poverty_status="1")
    desk.fill(**{**PLAIN_CHILD, "mother_status": "đã chết", "circumstance_answer": ""})
    desk.settle()
    proposals = [one for one in desk.page.child_form.proposals if one.isVisibleTo(desk.page)]
    assert len(proposals) == 2
    for chosen in reversed(proposals):
        chosen.setFocus()
        assert isinstance(desk.focus(), Proposal)
        desk.press(Key.Key_Space, text=" ")
        desk.settle()
        assert _in_view(desk)


def test_a_household_opens_with_the_title_of_its_first_section_in_view(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    bar = desk.page.child_scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    desk.go_to("home")
    desk.shell.open_household(household.id)
    desk.settle()
    assert desk.at() == "line_no"
    assert bar.maximum() > 0
    assert bar.value() == 0
