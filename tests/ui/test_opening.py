"""A page that opens is painted before anything else about it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.services.second_check import PageState, SecondCheck
from app.ui.figures.desk import Painted
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import UNIT, Desk, prepared_home
from tests.village_of_three import home_id, settle_village


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    desk.settle()
    return desk


def test_a_page_is_painted_before_its_other_lines_and_its_checks_are_asked_about(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is, it has painted by then.
    monkeypatch.setattr("app.ui.household.open_page._LOOKED_UP", 1000)
    monkeypatch.setattr("app.ui.household.page_showing.PAINTED_FIRST", 1000)
    asked: list[str] = []
    state_of = SecondCheck.state_of

    def recorded(self: SecondCheck, household: str) -> PageState | None:
        asked.append(household)
        return state_of(self, household)

    monkeypatch.setattr(SecondCheck, "state_of", recorded)
    page, wanted = desk.page, home_id(UNIT, "2")
    painted = Painted(page.child_form)
    desk.shell.open_household(wanted)
    desk.until(lambda: page.keeper.household is not None and page.keeper.household.id == wanted)
    painted.count = 0
    desk.until(lambda: painted.count > 0)
    # Two children: the household and the one that is open are judged.
    assert len(page.keeper.lines) == 2
    assert len(page._judged) == 2
    assert asked == []
    desk.until(lambda: asked == [wanted] and len(page._judged) == 3)
    painted.leave()
    desk.close()


def test_a_text_ends_in_an_ellipsis_as_soon_as_its_field_is_too_narrow_for_it(desk: Desk) -> None:
    desk.shell.open_household(home_id(UNIT, "2"))
    desk.settle()
    field = desk.page.child_form.edits[FieldKey("", "full_name")]
    other = desk.page.child_form.edits[FieldKey("", "birth_date")]
    other.setFocus()
    wide, narrow = field.size(), field.size()
    narrow.setWidth(70)

    def shown(words: str) -> QImage:
        field.show_text(words)
        return field.grab().toImage()

    whole = shown("Lê Văn Thử Rất")
    field.resize(narrow)
    short = shown("Lê Văn Thử Rất")
    # What differs only out of sight looks alike when its end is an ellipsis.
    assert shown("Lê Văn Thử Rất Dài") == short
    field.resize(wide)
    assert shown("Lê Văn Thử Rất") == whole
    desk.close()
