"""A number that lacks a zero or has an old prefix: the new one is proposed, shown, confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.forms.schema import Severity
from app.i18n import text
from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.looks import SIGNS
from tests.integration.registers import table
from tests.ui.window_desk import PLAIN_CHILD, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _said(form: FormBody, name: str) -> list[str]:
    return [one.text for one in form.looks[FieldKey("", name)].messages]


def _text(form: FormBody, name: str) -> str:
    edit = form.edit(FieldKey("", name))
    assert isinstance(edit, FieldEdit)
    return edit.text()


def _take(desk: Desk, form: FormBody, name: str) -> None:
    form.focus(FieldKey("", name))
    desk.press(Key.Key_F3)
    desk.settle()


@pytest.mark.parametrize(
    ("typed", "shown", "stored"),
    [
        ("01681234567", "0381 234 567", "0381234567"),
        ("912345678", "0912 345 678", "0912345678"),
    ],
)
def test_the_new_number_is_shown_and_f3_alone_takes_it(
    desk: Desk, typed: str, shown: str, stored: str
) -> None:
    desk.new_household(phone=typed)
    form = desk.page.household_form
    assert text("entry.proposed", value=shown) in _said(form, "phone")
    assert _text(form, "phone") == typed, "Enter passes by it"
    _take(desk, form, "phone")
    assert _text(form, "phone") == shown
    assert _said(form, "phone") == []
    desk.page.save_all()
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    assert household.loaded["phone"] == stored


def test_a_personal_id_gets_its_zero_back(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**{**PLAIN_CHILD, "personal_id": "51314004417"})
    desk.settle()
    _take(desk, desk.page.child_form, "personal_id")
    assert desk.child.values["personal_id"] == "051314004417"


def test_what_is_wrong_stands_above_what_is_proposed_and_a_folded_line_counts_it(
    desk: Desk,
) -> None:
    desk.new_household(phone="01681234567")
    desk.fill(**{**PLAIN_CHILD, "personal_id": "51314004417"})
    desk.settle()
    said = _said(desk.page.child_form, "personal_id")
    tops = [
        min(one.rect.top() for one in desk.page.child_form.words if one.text.split()[1:2] == begun)
        for begun in ([words.split()[0]] for words in said)
    ]
    assert len(tops) == 2
    assert tops == sorted(tops)
    assert f"{SIGNS[Severity.ERROR]} 1" in desk.page.household_form.more.text()


def test_so_does_one_that_came_by_import(desk: Desk, tmp_path: Path) -> None:
    services = desk.shell._services
    path = table(tmp_path / "a.csv", ("head", "name", "phone"), [["Rơm", "Mai", "01681234567"]])
    services.register_import.run(path)
    (row,) = services.entry.child_rows(services.entry.child_ids())
    desk.shell.open_household(row.household)
    desk.settle()
    form = desk.page.household_form
    assert text("entry.proposed", value="0381 234 567") in _said(form, "phone")
    _take(desk, form, "phone")
    assert _text(form, "phone") == "0381 234 567"


def test_where_nothing_is_proposed_nothing_is_said_or_taken(desk: Desk) -> None:
    desk.new_household(phone="0912")
    form = desk.page.household_form
    (said,) = _said(form, "phone")
    assert "F3" not in said
    _take(desk, form, "phone")
    assert _text(form, "phone") == "0912"
