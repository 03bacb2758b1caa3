"""A new version of a form arrives in a bundle: the page follows it without a change of code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from pytestqt.qtbot import QtBot

from app.forms.schema import Field, Label, RuleUse, Section, Severity, Template
from app.forms.template import newest
from app.i18n import text
from app.models.work import Change
from app.ui.household.field_edit import Key as FieldKey
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key
from tests.ui.window_session import receive, sit_down

__all__ = ["_enrolled_pair", "enrolled_pair"]

DROPPED = "birth_place"
#: The same of the lines of a section.
DROPPED_OF_LINES = "support_provider"
RELABELLED = "grade"


def _field(name: str, vi: str, en: str, **more: Any) -> Field:
    label = Label(vi, en)
    return Field(name=name, type="int", label=label, help=label, since=2, **more)


def _second_version() -> Template:
    """With a field more, a section more, a field by another name, and one field less."""
    first = newest("child")
    low_high = RuleUse("in_range", Severity.ERROR, low=10, high=50)
    shoes = _field("shoe_size", "Cỡ giày", "Shoe size", required=True, rules=(low_high,))
    sections = []
    for section in first.sections:
        fields = [
            msgspec.structs.replace(one, label=Label("Đang học lớp mấy", "Present grade"))
            if one.name == RELABELLED
            else one
            for one in section.fields
            if one.name not in (DROPPED, DROPPED_OF_LINES)
        ]
        if section.name == "child":
            fields.append(shoes)
        sections.append(msgspec.structs.replace(section, fields=tuple(fields)))
    swimming = Section(
        name="swimming",
        label=Label("Bơi lội", "Swimming"),
        entity="child",
        optional=True,
        fields=(_field("swimming_lessons", "Số buổi học bơi", "Swimming lessons"),),
    )
    return msgspec.structs.replace(
        first,
        version=2,
        edition="2026.2",
        sections=(*sections, swimming),
        desk=(*first.desk, "swimming"),
    )


def _words(desk: Desk) -> str:
    return " ".join(one.text for one in desk.page.child_form.words)


def _child(desk: Desk) -> Any:
    (child,) = desk.shell.entry.child_ids()
    return desk.shell.entry.child_rows([child])[0]


def test_a_new_form_that_came_in_a_bundle_is_typed_into_and_keeps_what_it_no_longer_asks(
    qtbot: QtBot, enrolled_pair: Homes, tmp_path: Path
) -> None:
    file = tmp_path / "child.v2.json"
    file.write_bytes(msgspec.json.encode(_second_version()))
    province = enrolled_pair.at(PROVINCE)
    province.must("template", "load", file)
    sent = province.must("handover", "send", "--to", COMMUNE, "--out", enrolled_pair.stick)
    desk, handover = sit_down(qtbot, enrolled_pair, COMMUNE)
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.page.child_form.focus(FieldKey("", DROPPED))
    desk.text("Bình Sơn")
    desk.enter()
    desk.settle()
    old = {one.plan.section.name for one in desk.page.child_form.sections.values()}
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert _child(desk).complete
    with desk.workplace.write() as work:
        for place, who in enumerate(("Hội Chữ thập đỏ", "Đoàn xã"), start=1):
            values = {
                "record": _child(desk).id,
                DROPPED_OF_LINES: who,
                "support_date": "2024-05-01",
            }
            work.record(Change("support", values, key=f"support/{place}"))
        work.commit()

    receive(desk, handover, Path(sent["file"]))
    desk.shell.open_household(_child(desk).household)
    desk.settle()
    form = desk.page.child_form
    assert form.edit(FieldKey("", DROPPED)) is None
    assert text("entry.former") in _words(desk)
    assert "Bình Sơn" in _words(desk)
    kept = [one.text for one in form.words if "Trợ giúp" in one.text and " · " in one.text]
    assert sorted(one.split(": ")[-1] for one in kept) == ["Hội Chữ thập đỏ", "Đoàn xã"]
    assert {one.split(" · ")[0] for one in kept} == {"Trợ giúp 1", "Trợ giúp 2"}
    assert "Đang học lớp mấy" in _words(desk)
    assert {one.plan.section.name for one in form.sections.values()} - old == {"swimming"}
    assert any("Bơi lội" in one.fold.text() for one in form.sections.values())
    assert "Đang học lớp mấy" in form.edits[FieldKey("", RELABELLED)].accessibleName()

    desk.press(Key.Key_F8)
    assert desk.at() == "shoe_size", "a required field of the new form lacks its answer"
    desk.text("33")
    desk.enter()
    assert desk.at() == "father_name"
    for _ in range(7):
        desk.press(Key.Key_F6)
    assert desk.at() == "swimming_lessons", "past the events, whose line stands in no column"
    desk.text("12")
    desk.enter()
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert _child(desk).complete
    desk.close()

    again, _ = sit_down(qtbot, enrolled_pair, COMMUNE)
    again.shell.open_household(_child(again).household)
    again.settle()
    shown = {
        name: again.page.child_form.edits[FieldKey("", name)].text()
        for name in ("shoe_size", "swimming_lessons", RELABELLED)
    }
    assert shown == {"shoe_size": "33", "swimming_lessons": "12", RELABELLED: "7"}
    assert "Bình Sơn" in _words(again)
    page = again.shell.entry.page(_child(again).household)
    assert page is not None
    assert page.children[0].values[DROPPED] == "Bình Sơn"
    assert page.children[0].values["template"] == "child.v2"
    again.close()
