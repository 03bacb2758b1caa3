"""Forms are made from templates alone, and every label fits at every size."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.forms.catalogue import catalogue_of
from app.forms.references import References, TemplateRow
from app.forms.schema import Field, Label, RuleUse, Severity
from app.forms.template import newest
from app.ui.household.body import FormBody
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.plan import plan_of
from app.ui.household.session import codecs_of
from app.ui.theme import Theme, apply_theme
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home


def _with_field(form: str, section: str, field: Field):
    template = newest(form)
    sections = tuple(
        msgspec.structs.replace(one, fields=(*one.fields, field)) if one.name == section else one
        for one in template.sections
    )
    return msgspec.structs.replace(template, sections=sections, version=2)


SHOE_SIZE = Field(
    name="shoe_size",
    type="int",
    label=Label("Cỡ giày", "Shoe size"),
    help=Label("Cỡ giày của trẻ.", "The child's shoe size."),
    required=True,
    since=2,
    rules=(RuleUse("in_range", Severity.ERROR, low=10, high=50),),
)


def test_every_field_of_both_templates_has_a_place_or_is_computed() -> None:
    for form in ("household", "child"):
        template = newest(form)
        plan = plan_of(template)
        placed = set()
        for one in plan.sections:
            cells = [cell for row in one.table.cells for cell in row] if one.table else []
            parts = (*one.parts.columns, *one.parts.kinds) if one.parts else ()
            chooser = [one.parts.chooser] if one.parts and one.parts.chooser else []
            placed |= {each.name for each in (*one.walk, *one.rest, *cells, *parts, *chooser)}
        placed |= {each.name for each in plan.asked}
        reviewed = {each.name for each in template.fields_of("review")}
        assert {each.name for each in template.fields} - placed == reviewed


def test_father_and_mother_have_rows_with_the_same_columns() -> None:
    table = next(one.table for one in plan_of(newest("child")).sections if one.name == "parents")
    assert table is not None
    assert [one.vi for one in table.rows] == ["Cha", "Mẹ"]
    assert [cell.name.removeprefix("father_") for cell in table.cells[0]] == [
        cell.name.removeprefix("mother_") for cell in table.cells[1]
    ]


def test_a_field_that_a_new_template_brings_is_shown_typed_and_saved(
    qtbot: QtBot, tmp_path: Path
) -> None:
    grown = msgspec.structs.replace(
        _with_field("child", "child", SHOE_SIZE), version=2, edition="2026.2"
    )
    sent = TemplateRow("child", 2, msgspec.json.encode(grown).decode())
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    # As a bundle from the province leaves it behind while the window is open.
    desk.workplace.catalogue = catalogue_of(References(templates=(sent,)))
    desk.new_household()
    desk.fill(**{**PLAIN_CHILD, "shoe_size": "33"})
    desk.settle()
    child = desk.child
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert child.values["shoe_size"] == 33
    page = desk.shell.entry.page(str(child.values["household"]))
    assert page is not None
    assert page.children[0].values["shoe_size"] == 33
    assert page.children[0].values["template"] == "child.v2"
    desk.close()


def test_a_section_that_a_new_template_brings_finds_its_place() -> None:
    template = newest("child")
    section = msgspec.structs.replace(
        template.section("education"),
        name="shoes",
        label=Label("Giày dép", "Shoes"),
        fields=(SHOE_SIZE,),
        optional=True,
    )
    grown = msgspec.structs.replace(
        template, sections=(*template.sections, section), desk=(*template.desk, "shoes"), version=2
    )
    plan = plan_of(grown)
    assert [one.name for one in plan.optional][-1] == "shoes"
    assert "shoe_size" in [one.name for one in plan.asked]


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
@pytest.mark.parametrize("form", ["household", "child"])
def test_no_painted_label_is_cut_at_1366_pixels(qtbot: QtBot, form: str, scale: float) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = Theme(scale)
    apply_theme(application, theme)
    template = newest(form)
    body = FormBody(
        plan_of(template), codecs_of(template, {}, 2026), theme, compact=form == "household"
    )
    qtbot.addWidget(body)
    body.resize(1366 - theme.pixels(176 + 320 + 72), 600)
    body.set_more(True)
    for one in body.plan.sections:
        body.open_for(next(iter((*one.rest, *one.walk, *one.section.fields))).name)
    body.arrange()
    assert len(body.words) > 20
    assert body.clipped() == []
    apply_theme(application, Theme())


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_of_the_window_is_cut_at_1366_by_768(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock()
    _nothing_is_cut(desk)
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    _nothing_is_cut(desk)
    desk.go_to("handover")
    handover = desk.shell.handover
    assert handover is not None
    # The longest sentence of the page: it comes after the page has been shown.
    desk.until(lambda: handover.sending.facts.state == "warning")
    desk.settle()
    _nothing_is_cut(desk)
    desk.close()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, Theme())


def _nothing_is_cut(desk: Desk) -> None:
    """Words that have just come are given their room when the window is laid out next."""

    def whole() -> None:
        assert _cut_labels(desk) == []

    desk.qtbot.waitUntil(whole)


def _cut_labels(desk: Desk) -> list[str]:
    """Texts of visible labels and buttons that are wider than what they stand in."""
    from PySide6.QtWidgets import QLabel, QPushButton

    from app.ui.labels import Elided

    found = []
    for widget in (*desk.window.findChildren(QLabel), *desk.window.findChildren(QPushButton)):
        if not widget.isVisible() or isinstance(widget, Elided) or not widget.text():
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            fits = widget.height() >= widget.heightForWidth(widget.width()) - 1
        elif widget.property("role") in ("fold", "chip", "proposal"):
            fits = widget.fontMetrics().horizontalAdvance(widget.text()) <= widget.width()
        else:
            fits = widget.width() >= widget.minimumSizeHint().width()
        if not fits:
            found.append(widget.text())
    return found


def test_every_field_has_an_accessible_name_and_says_its_issue(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    for form in (desk.page.household_form, desk.page.child_form):
        assert all(edit.accessibleName() for edit in form.edits.values())
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.enter()
    field = desk.page.child_form.edit(FieldKey("", "full_name"))
    assert field is not None
    assert field.accessibleDescription() == "Chưa ghi"
    desk.close()


def test_a_protected_value_is_masked_until_a_reason_is_given(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household(poverty_status="0")
    desk.fill(**PLAIN_CHILD)
    desk.page.child_form.focus(FieldKey("", "circumstance_codes"))
    desk.page.keeper.lines[0].put("circumstance_answer", None)
    desk.page.judge()
    desk.page.child_form.focus(FieldKey("", "circumstance_codes"))
    desk.text("C05")
    desk.enter()
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    desk.page.save_all()
    desk.settle()
    desk.shell.open_household(household.id)
    desk.settle()
    (part,) = desk.child.parts
    form = desk.page.child_form
    shown = form.sections["circumstance"].parts[0].title
    assert "C05" not in shown
    edit = form.edit(FieldKey(part.id, "circumstance_from"))
    assert edit is not None
    assert "2" not in edit.text()
    form.focus(edit.key)
    desk.press(Key.Key_F3)
    desk.text("Kiểm tra hồ sơ theo yêu cầu")
    desk.enter()
    desk.settle()
    assert "C05" in form.sections["circumstance"].parts[0].title
    desk.close()


def test_every_sentence_the_window_asks_for_exists_in_both_languages() -> None:
    import re

    from app.i18n import LANGUAGES, catalogue
    from app.settings import resources_dir

    wanted: set[str] = set()
    folder = resources_dir().parent / "app" / "ui"
    for path in folder.rglob("*.py"):
        wanted |= set(
            re.findall(
                r'"((?:entry|window|unlock|first|forgotten|status|register|keys|handovers|recovery)'
                r'\.[a-z0-9_.]+)"',
                path.read_text(encoding="utf-8"),
            )
        )
    assert len(wanted) > 120
    for language in LANGUAGES:
        assert wanted - catalogue(language).keys() == {"window.json"}, "a file, not a sentence"


def test_a_pasted_book_and_invisible_characters_freeze_and_lose_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.page.child_form.focus(FieldKey("", "full_name"))
    field = desk.page.child_form.edit(FieldKey("", "full_name"))
    assert field is not None
    field.insert("Hân " * 250_000)
    field.textEdited.emit(field.text())
    desk.enter()
    assert field.property("state") == "error"
    assert field.accessibleDescription()
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("\u202ePhạm\u200b Thị Hân\u00a0")
    desk.enter()
    assert desk.child.values["full_name"] == "Phạm Thị Hân"
    desk.close()


def test_dates_in_the_lines_of_a_child_are_never_cut_however_large_the_letters(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock()
    desk.new_household()
    desk.page.child_form.focus(FieldKey("", "circumstance_codes"))
    desk.text("R03.1")
    desk.enter()
    desk.settle()
    (part,) = desk.child.parts
    edit = desk.page.child_form.edit(FieldKey(part.id, "circumstance_from"))
    assert edit is not None
    assert len(edit.text()) == len("29/11/2026")
    assert edit.fontMetrics().horizontalAdvance(edit.text()) <= edit.width() - 16
    desk.close()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_list_of_keys_stays_within_the_window(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock()
    desk.window.resize(1366, 744)  # what a title bar leaves of 768
    desk.settle()
    desk.press(Key.Key_F12)
    keys = desk.shell.keys
    assert keys.isVisible()
    assert desk.shell.rect().contains(keys.geometry())
    assert keys.minimumSizeHint().width() <= keys.width(), "nothing is cut"
    desk.close()
