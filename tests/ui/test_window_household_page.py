"""The page keeps still and shows all: what does not apply, what was taken over, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.forms.schema import Severity
from app.i18n import text
from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.looks import DASH, SIGNS
from app.ui.theme import COLOURS
from tests.ui.looks import out_of_order
from tests.ui.window_desk import CTRL, PLAIN_CHILD, SHIFT, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _edit(form: FormBody, name: str) -> FieldEdit:
    found = form.edit(FieldKey("", name))
    assert found is not None
    return found


def _places(form: FormBody) -> dict[str, QRect]:
    return {key.name: one.geometry() for key, one in form.edits.items() if one.isVisibleTo(form)}


def _on_screen(desk: Desk, widget: QWidget) -> int:
    return widget.mapTo(desk.window, QPoint()).y()


def test_what_does_not_apply_is_dimmed_in_its_place_and_nothing_moves_when_it_does(
    desk: Desk,
) -> None:
    desk.new_household()
    for form, field, comes_alive in (
        (desk.page.household_form, "poverty_status", "poverty_certificate_no"),
        (desk.page.child_form, "father_status", "father_away_since"),
        (desk.page.child_form, "schooling_status", "education_level"),
    ):
        form.focus(FieldKey("", field))
        desk.settle()
        sleeping = _edit(form, comes_alive)
        assert sleeping.isVisibleTo(form)
        assert sleeping.property("state") == "inapplicable"
        assert (sleeping.text(), sleeping.placeholderText()) == ("", DASH)
        assert sleeping.isReadOnly()
        assert sleeping not in form.focusable()
        assert sleeping.toolTip() == text("entry.not_applicable_tip")
        before = _places(form)
        _edit(form, field).selectAll()
        desk.text("1" if field != "father_status" else "2")
        desk.settle()
        assert sleeping in form.focusable()
        assert sleeping.placeholderText() == ""
        assert _places(form) == before


def test_what_is_said_above_does_not_move_the_field_somebody_types_in(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân", personal_id="051214004417")
    desk.page.child_form.focus(FieldKey("", "mother_name"))
    desk.settle()
    edit = _edit(desk.page.child_form, "mother_name")
    place, inside = _on_screen(desk, edit), edit.y()
    desk.child.put("sex", "2")  # against the number of the fourth digit: an error further up
    desk.text("Đ")
    desk.settle()
    assert edit.y() > inside, "a sentence has come above it"
    assert _on_screen(desk, edit) == place


def test_what_was_taken_over_says_by_which_key_it_is_accepted_and_f5_accepts_a_section(
    desk: Desk,
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    form = desk.page.child_form
    desk.fill(birth_date=PLAIN_CHILD["birth_date"])
    desk.settle()
    together = [one.text for one in form.looks[FieldKey("", "birth_date")].messages]
    assert any("Phạm Thị Hân" in one and "F4" in one for one in together), "a twin, perhaps"
    for name in ("ethnicity", "father_name"):
        edit = _edit(form, name)
        assert edit.property("state") == "inherited"
        assert edit.toolTip() == text("entry.inherited_tip")
    for key in ("Enter", "F5"):
        assert key in text("entry.inherited_tip")
        assert key in text("entry.inherited")
    assert any(text("entry.inherited") in one.text for one in form.words)
    form.focus(FieldKey("", "ethnicity"))
    desk.press(Key.Key_F5)
    assert desk.at() == "personal_id", "what is still empty in the section comes first"
    assert "ethnicity" not in desk.child.inherited
    parents = {name for name in desk.child.inherited if name.startswith(("father_", "mother_"))}
    form.focus(FieldKey("", "father_name"))
    desk.press(Key.Key_F5)
    desk.settle()
    assert parents
    assert not parents & desk.child.inherited
    assert desk.at() == "caregiver_name"
    assert _edit(form, "father_name").property("state") == ""
    assert desk.child.values["father_name"] == PLAIN_CHILD["father_name"]


def test_a_child_is_complete_with_its_optional_sections_shut_and_the_strip_counts_their_issues(
    desk: Desk,
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    form = desk.page.child_form
    optional = [one for one in form.sections.values() if one.plan.section.optional]
    assert len(optional) == 3
    assert not any(one.open for one in optional)
    assert all(one.fold.isVisibleTo(form) for one in optional)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    (child,) = desk.shell.entry.child_ids()
    assert desk.shell.entry.child_rows([child])[0].complete

    desk.press(Key.Key_PageUp)
    health = form.sections["health"]
    form.focus(FieldKey("", "birth_weight_g"))
    desk.text("99")
    desk.enter()
    desk.settle()
    form.toggle("health")
    assert not _edit(form, "birth_weight_g").isVisibleTo(form)
    assert f"{SIGNS[Severity.ERROR]} 1" in health.fold.text()
    form.focus(FieldKey("", "full_name"))
    desk.press(Key.Key_F8)
    assert desk.at() == "birth_weight_g", "the way to it opens the section"
    assert health.open


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_lines_of_the_children_have_room_for_three_at_every_size(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock()
    desk.window.resize(1366, 744)  # what a title bar leaves of 768
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân", birth_date="310219")
    desk.settle()
    grid = desk.page.grid
    room = grid.viewport().height() // grid.verticalHeader().defaultSectionSize()
    assert room >= 3
    focus = desk.focus()
    shown = desk.page.child_scroll.viewport()
    place = QRect(focus.mapTo(shown, QPoint()), focus.size())
    assert shown.rect().contains(place), "the field somebody types in is whole"
    if scale > 1:
        held = desk.page.household_form.more.text()
        assert "12" in held
        assert "Phạm Văn Rơm" in held, "the head of the page is said in one line"
    desk.page.household_form.focus(FieldKey("", "poverty_status"))
    desk.settle()
    assert _edit(desk.page.household_form, "poverty_status").isVisibleTo(desk.page)
    desk.press(Key.Key_F4)  # all of the head: most of it scrolls
    desk.settle()
    card, scroll = desk.page.household_card, desk.page.household_scroll
    # Nothing overlaps the edge of its card, once the page has been laid out.
    desk.until(lambda: card.rect().contains(scroll.geometry()))
    assert desk.page.grid.viewport().height() > 0
    desk.close()


def test_no_part_of_the_window_is_left_unpainted(desk: Desk) -> None:
    """What paints its own ground must do so: else old words shine through the new ones."""
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    picture = desk.window.grab().toImage()
    for part in (desk.shell.status, desk.page.child_form, desk.page.household_form):
        ground = picture.pixelColor(part.mapTo(desk.window, QPoint(2, 3)))
        assert ground.name() == COLOURS["surface"], part


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
def test_a_line_of_a_list_that_has_room_stands_on_one_line(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock()
    desk.new_household()
    listed = desk.page.suggestions
    for name in ("birth_registered", "circumstance_answer", "has_bhyt", "sex", "schooling_status"):
        desk.page.child_form.focus(FieldKey("", name))
        desk.press(Key.Key_Down)
        assert listed.isVisible()
        heights = [listed.item(row).sizeHint().height() for row in range(listed.count())]
        assert len(set(heights)) == 1, (name, heights)
    desk.close()


def test_a_short_list_is_chosen_from_by_the_number_that_stands_before_each_line(
    desk: Desk,
) -> None:
    desk.new_household()
    desk.page.child_form.focus(FieldKey("", "father_status"))
    desk.press(Key.Key_Down)
    lines = [desk.page.suggestions.item(row).text() for row in range(9)]
    assert [one.partition(" · ")[0] for one in lines] == [str(place) for place in range(1, 10)]
    desk.text("3")
    desk.settle()
    assert _edit(desk.page.child_form, "father_status").text() == "3", "as typed"
    desk.enter()
    desk.settle()
    assert desk.child.values["father_status"] == "DECEASED"
    assert _edit(desk.page.child_form, "father_status").text() == "Đã chết"
    # Past the end of a list, and where a number is part of what people call a line («Cấp 1»).
    desk.child.put("schooling_status", "1")
    desk.page.judge()
    for field, typed in (("mother_status", "10"), ("education_level", "1")):
        desk.page.child_form.focus(FieldKey("", field))
        desk.text(typed)
        desk.page.suggestions.close_list()
        desk.enter()
        assert desk.child.values.get(field) is None
        assert _edit(desk.page.child_form, field).property("state") == "error"


def test_what_the_facts_propose_is_no_error_before_somebody_came_by_it(desk: Desk) -> None:
    desk.new_household(poverty_status="1")
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    form = desk.page.child_form
    assert [one.key.part for one in form.proposals if one.isVisibleTo(form)] == ["+R01"]
    assert _edit(form, "circumstance_codes").property("state") == ""
    assert desk.page.foot.counts.property("state") == ""
    form.focus(FieldKey("", "circumstance_answer"))
    desk.enter()
    desk.settle()
    assert _edit(form, "circumstance_codes").property("state") == "error"


def test_what_is_still_to_be_filled_in_is_no_error_at_the_foot(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    words = desk.page.foot.counts.text()
    waiting = [one for one in desk.page._judged[desk.child.id].found if not one.aloud]
    assert words.casefold() == text("entry.count_waiting", count=len(waiting)).casefold()
    desk.enter()
    desk.settle()
    assert words.split("·")[0] != desk.page.foot.counts.text()
    assert text("entry.count_errors", count=1) in desk.page.foot.counts.text()


@pytest.mark.parametrize("rests", [True, False], ids=["slowly", "at once"])
@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("birth_date", "020314", "02/03/2014"),
        ("sex", "Nu", "2 · Nữ"),
        ("ethnicity", "hre", "Hrê"),
        ("father_birth_year", "90", "1990"),
        ("line_no", "01", "1"),
    ],
)
def test_a_value_typed_anew_in_other_letters_is_shown_as_it_is_written_once_it_is_left(
    desk: Desk, name: str, typed: str, shown: str, rests: bool
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    edit = _edit(desk.page.child_form, name)
    before = edit.text()
    assert shown in before
    desk.page.child_form.focus(FieldKey("", name))
    desk.text(typed)
    if rests:
        desk.settle()
    assert edit.text() == typed, "never while it is being typed"
    desk.press(Key.Key_Tab, text="\t")
    desk.settle()
    assert edit.text() == before


def test_in_large_letters_a_new_household_shows_its_head_and_then_its_children(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    page = desk.page
    head = page.household_form
    seen = page.household_scroll.viewport().rect()

    def in_sight(name: str) -> bool:
        edit = _edit(head, name)
        top = edit.mapTo(page.household_scroll.viewport(), QPoint())
        return seen.contains(QRect(top, edit.size()))

    assert desk.at() == "household_no"
    desk.until(lambda: page.household_scroll.viewport().height() > page.height() // 2)
    seen = page.household_scroll.viewport().rect()
    cover = ("village", "enumerator_name", "survey_round")
    assert all(in_sight(one) for one in ("household_no", "poverty_status", *cover))
    # One line leads to the children, by Tab or by the mouse.
    assert page.to_children.isVisible()
    assert not page.grid.isVisible()
    assert page.to_children.text().endswith(page.grid_title.text())
    desk.tab_to(page.to_children)
    assert not out_of_order(desk.window)
    desk.enter()
    assert desk.at() == "full_name"
    assert page.grid.isVisible()
    assert not page.to_children.isVisible()
    desk.settle()
    name = _edit(page.child_form, "full_name")
    assert name.visibleRegion().boundingRect() == name.rect()
    # Back in the head by Enter, and on by it to the child.
    desk.press(Key.Key_Return, SHIFT)
    desk.press(Key.Key_Return, SHIFT)
    assert head.isAncestorOf(desk.focus())
    while head.isAncestorOf(desk.focus()):
        desk.enter()
    assert page.child_form.isAncestorOf(desk.focus())
    assert page.grid.isVisible()
    desk.close()
