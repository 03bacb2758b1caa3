"""The field that the keyboard stands in is always in view, however the page moved under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from app.forms.schema import Severity
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.looks import COLOUR
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


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_what_is_said_of_the_field_in_the_lowest_row_is_read_whole(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock()
    desk.new_household()
    form, area = desk.page.household_form, desk.page.household_scroll
    form.focus(FieldKey("", "note"))
    desk.text("nhiễm HIV")
    desk.settle()
    note = form.edits[FieldKey("", "note")]
    under = [one for one in form.words if one.rect.top() > note.geometry().bottom()]
    said = [one.rect for one in under if one.colour == COLOUR[Severity.WARNING]]
    assert said, "the warning stands under its field"
    lowest = max(rect.bottom() for rect in said)
    assert form.mapTo(area.viewport(), QPoint(0, lowest)).y() < area.viewport().height()
    assert _in_view(desk)
    desk.close()


def test_the_list_under_a_field_leaves_what_is_said_of_it_in_sight(desk: Desk) -> None:
    desk.new_household()
    form = desk.page.child_form
    form.focus(FieldKey("", "sex"))
    desk.text("zz")
    desk.enter()
    desk.settle()
    form.focus(FieldKey("", "sex"))
    desk.focus().clear()  # type: ignore[attr-defined]  # as whoever types anew over what was wrong
    desk.text("n")
    desk.until(lambda: desk.page.suggestions.is_open)
    said = [one.rect for one in form.words if "danh mục" in one.text or "vài chữ đầu" in one.text]
    assert said, "the error stands under its field"
    listed = desk.page.suggestions.geometry()
    for rect in said:
        here = QRect(form.mapTo(desk.page, rect.topLeft()), rect.size())
        assert not listed.intersects(here)
    # It keeps still while somebody types, whatever is said meanwhile.
    desk.settle()
    desk.text("ữ")
    desk.until(lambda: desk.page.suggestions.is_open)
    assert desk.page.suggestions.geometry().top() == listed.top()
