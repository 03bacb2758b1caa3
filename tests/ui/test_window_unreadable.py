"""Text that no field can hold is there again whenever its page is, until it is corrected."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.settings import Settings
from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.session import OpenRecord
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home

#: A phone number that lacks a digit, and a day that the calendar does not have.
_PHONE, _DAY = "091234567", "310214"


@pytest.fixture
def settings(tmp_path) -> Settings:  # type: ignore[no-untyped-def]
    return prepared_home(tmp_path)


def _household(desk: Desk) -> OpenRecord:
    household = desk.page.keeper.household
    assert household is not None
    return household


def _typed(desk: Desk) -> str:
    """Types a household whose phone and whose child's birth date cannot be read; its id."""
    desk.new_household(phone=_PHONE)
    desk.fill(**{**PLAIN_CHILD, "birth_date": _DAY})
    desk.settle()
    return _household(desk).id


def _shown(desk: Desk) -> tuple[str, str]:
    phone = desk.page.household_form.edit(FieldKey("", "phone"))
    born = desk.page.child_form.edit(FieldKey("", "birth_date"))
    assert isinstance(phone, FieldEdit)
    assert isinstance(born, FieldEdit)
    return phone.text(), born.text()


def _correct(desk: Desk) -> None:
    """Types values that can be read over both."""
    for form, name, right in (
        (desk.page.household_form, "phone", "0912345678"),
        (desk.page.child_form, "birth_date", "020314"),
    ):
        form.focus(FieldKey("", name))
        desk.press(Key.Key_A, CTRL)
        desk.text(right)


def _by_escape(desk: Desk) -> None:
    while desk.shell.pages.currentWidget() is desk.page:
        desk.press(Key.Key_Escape)
        desk.settle()


def _by_next_household(desk: Desk) -> None:
    desk.press(Key.Key_F2)
    desk.settle()


def _by_another_page(desk: Desk) -> None:
    desk.go_to("handover")
    desk.settle()


@pytest.mark.parametrize("leave", [_by_escape, _by_next_household, _by_another_page])
def test_it_stands_there_when_the_page_is_opened_again(
    qtbot: QtBot,
    settings: Settings,
    leave,  # type: ignore[no-untyped-def]
) -> None:
    desk = Desk(qtbot, settings).unlock()
    household = _typed(desk)
    leave(desk)
    desk.shell.open_household(household)
    desk.settle()
    assert _shown(desk) == (_PHONE, _DAY)
    assert _household(desk).unsaved
    desk.close()
    again = Desk(qtbot, settings).unlock()
    if _household(again).id != household:
        again.shell.open_household(household)
        again.settle()
    assert _shown(again) == (_PHONE, _DAY), "nor does the end of the program lose it"
    again.close()


def test_once_corrected_it_is_saved_and_comes_back_no_more(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    household = _typed(desk)
    _by_escape(desk)
    desk.shell.open_household(household)
    desk.settle()
    _correct(desk)
    desk.enter()
    _by_escape(desk)
    assert not desk.page.keeper.unsaved()
    desk.shell.open_household(household)
    desk.settle()
    assert _shown(desk) == ("0912 345 678", "02/03/2014")
    assert not _household(desk).unsaved
    desk.close()


def test_what_somebody_else_changed_meanwhile_is_shown_beside_it(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    household = _typed(desk)
    _by_escape(desk)
    opened = desk.window._opened
    assert opened is not None
    opened.services.records.set_fields(household, {"head_name": "Phạm Văn Lợi"})
    desk.shell.open_household(household)
    desk.settle()
    assert _household(desk).values["head_name"] == "Phạm Văn Lợi"
    assert _shown(desk) == (_PHONE, _DAY)
    desk.close()


def test_the_lines_of_a_child_keep_theirs(qtbot: QtBot, settings: Settings) -> None:
    desk = Desk(qtbot, settings).unlock()
    household = _typed(desk)
    desk.page.child_form.focus(FieldKey("", "circumstance_codes"))
    desk.text("R02")
    desk.enter()
    (line,) = desk.child.parts
    desk.page.child_form.focus(FieldKey(line.id, "circumstance_from"))
    desk.press(Key.Key_A, CTRL)
    desk.text(_DAY)
    desk.enter()
    _by_escape(desk)
    desk.shell.open_household(household)
    desk.settle()
    (kept,) = desk.child.parts
    edit = desk.page.child_form.edit(FieldKey(kept.id, "circumstance_from"))
    assert isinstance(edit, FieldEdit)
    assert edit.text() == _DAY
    desk.close()


def test_who_hands_over_is_told_what_is_not_saved_until_it_is(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    household = _typed(desk)
    _by_next_household(desk)
    _by_another_page(desk)
    sending = desk.shell.handover.sending  # type: ignore[union-attr]

    def told() -> list[str]:
        sending.check.click()
        desk.settle()
        return [one.text for one in desk.shell.notices.notices if one.topic == "not_sent"]

    names = f"{PLAIN_CHILD['full_name']}, {text('entry.household_title', number='12')}"
    assert told() == [text("entry.not_sent", names=names)]
    desk.shell.open_household(household)
    desk.settle()
    _correct(desk)
    desk.enter()
    _by_another_page(desk)
    assert told() == []
    desk.close()
