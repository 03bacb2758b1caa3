"""What people type, paste and mistype: said beside the field, nothing lost, nothing frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models.work import Change
from app.services.surroundings import Frame
from app.text.normalize import clean
from app.ui.household import page_showing
from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    made.new_household()
    yield made
    made.close()


def _field(desk: Desk, name: str) -> FieldEdit:
    form = desk.page.child_form
    form.focus(FieldKey("", name))
    found = form.edit(FieldKey("", name))
    assert found is not None
    return found


def _said(desk: Desk, name: str) -> list[str]:
    return [one.text for one in desk.page.child_form.looks[FieldKey("", name)].messages]


_ODD = (
    "😀",
    "Pha\u0323m 😀",
    "\u202e\u2066abc",
    "\u200b",
    "\uff11\uff12\uff13",
    "\u0661\u0662\u0663",
    "\x00\x1b[2J",
    "<b>{name}</b> %s %(x)d",
    "'; DROP TABLE child; --",
    "9" * 40,
    "-1",
    "1e5",
    "PHẠM THỊ HÂN " * 30,
)


def test_no_field_swallows_odd_text_without_a_word(desk: Desk) -> None:
    """Whatever is typed into whichever field: it is kept as a value, or kept as text and said."""
    form = desk.page.child_form
    names = [key.name for key, edit in form.edits.items() if not key.part and edit.codec]
    assert len(names) > 50
    for place, name in enumerate(names):
        odd = _ODD[place % len(_ODD)]
        edit = _field(desk, name)
        if edit.isReadOnly() or not edit.isVisibleTo(form):
            continue
        edit.selectAll()
        edit.insert(odd)
        edit.textEdited.emit(edit.text())
        desk.page.suggestions.close_list()
        desk.press(Key.Key_Return)
        look = form.looks[edit.key]
        kept = desk.child.values.get(name)
        if not clean(odd):
            assert kept is None, (name, odd)
        elif kept is None and not desk.child.parts:
            assert look.state == "error", (name, odd)
            assert look.messages, (name, odd)
            assert edit.text(), (name, odd)
    desk.page.save_all()
    desk.settle()
    assert not desk.page.keeper.is_saving


def test_a_date_that_cannot_be_is_said_beside_its_field(desk: Desk) -> None:
    for typed, part in (("31/02/2019", "2/2019"), ("310219", "2/2019"), ("2/2091", "ngày điều")):
        edit = _field(desk, "birth_date")
        edit.selectAll()
        desk.text(typed)
        desk.enter()
        desk.settle()
        (said,) = _said(desk, "birth_date")
        assert part in said
        assert edit.property("state") == "error"
        assert edit.text() in (typed, "02/2091"), "what was typed is there to be corrected"


def test_an_id_with_spaces_is_read_and_one_of_a_sibling_is_said_with_who_has_it(
    desk: Desk,
) -> None:
    desk.fill(**{**PLAIN_CHILD, "personal_id": "051 314-004 417"})
    desk.settle()
    assert desk.child.values["personal_id"] == "051314004417"
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    edit = _field(desk, "personal_id")
    desk.text("0513 1400 4417")
    desk.enter()
    desk.settle()
    assert edit.property("state") == "error"
    assert any("Phạm Thị Hân" in one for one in _said(desk, "personal_id"))
    desk.press(Key.Key_F2)
    desk.settle()
    desk.fill(head_name="Đinh Văn Rê", poverty_status="0", full_name="Đinh Văn Lép")
    edit = _field(desk, "personal_id")
    desk.text("051314004417")
    desk.enter()
    desk.settle()
    assert edit.property("state") == "error"
    (whose,) = [one for one in _said(desk, "personal_id") if "Phạm Thị Hân" in one]
    assert "Hộ 12" in whose
    assert "Thôn Phước Thọ" in whose


def test_a_name_in_capitals_is_kept_and_its_usual_spelling_is_proposed(desk: Desk) -> None:
    edit = _field(desk, "full_name")
    desk.text("PHẠM THỊ H'HÂN")
    desk.settle()
    assert _said(desk, "full_name") == [], "not while somebody types"
    desk.enter()
    desk.settle()
    proposed = text("entry.proposed", value="Phạm Thị H'Hân")
    assert _said(desk, "full_name") == [proposed]
    assert desk.child.values["full_name"] == "PHẠM THỊ H'HÂN", "nothing is rewritten by itself"
    _field(desk, "full_name")
    desk.press(Key.Key_F3)
    desk.settle()
    assert edit.text() == "Phạm Thị H'Hân"
    assert desk.child.values["full_name"] == "Phạm Thị H'Hân"
    assert _said(desk, "full_name") == []
    edit.selectAll()
    desk.text("trai")
    desk.enter()
    desk.settle()
    assert not [one for one in _said(desk, "full_name") if "F3" in one], "no name yet"


#: Telex keys with what Unikey does to the text: letters typed, or (letters taken back, retyped).
_BURSTS = (
    ("father_ethnicity", ("K", "i", "n", "h"), "Kinh", "01"),
    ("mother_ethnicity", ("h", "r", "e", (1, "ê")), "hrê", "18"),
    ("father_status", ("m", "a", "t", (2, "át"), (2, "ất"), " ", "t"), "mất t", "MISSING"),
    ("birth_date", ("0", "2", (1, "2"), "0", "3", "1", "4"), "020314", "2014-03-02"),
    ("school_name", ("T", "H", "C", "S", " ", "d", "d", (2, "đ")), "THCS đ", "THCS đ"),
)


def test_backspace_bursts_with_the_list_open_are_never_rewritten_in_any_kind_of_field(
    desk: Desk,
) -> None:
    desk.child.put("schooling_status", "1")
    desk.page.judge()
    for name, keys, whole, stored in _BURSTS:
        edit = _field(desk, name)
        edit.selectAll()
        expected = ""
        for key in keys:
            back, words = key if isinstance(key, tuple) else (0, key)
            for _ in range(back):
                desk.press(Key.Key_Backspace)
                expected = expected[:-1]
            # The burst comes at once: nothing has been judged between its keys.
            desk.text(words)
            expected += words
            assert edit.text() == expected, name
            desk.page.judge()
            assert edit.text() == expected, name
        assert edit.text() == whole
        desk.enter()
        assert desk.child.values[name] == stored


def _forty(desk: Desk) -> str:
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    first = desk.page.keeper.lines[0]
    own = ("personal_id", "complete", "template", "full_name", "line_no")
    like = {name: value for name, value in first.values.items() if name not in own}
    with desk.workplace.write() as work:
        for number in range(2, 41):
            name = f"Phạm Thị {chr(64 + number % 26)}{'abc'[number % 3]}"
            work.record(Change("child", {**like, "line_no": number, "full_name": name}))
        work.commit()
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    household = str(first.values["household"])
    desk.shell.open_household(household)
    desk.settle()
    return household


def test_a_household_of_forty_children_is_judged_line_by_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _forty(desk)
    assert len(desk.page.keeper.lines) == 40
    page, asked = desk.page.keeper.page, Counter[str]()
    assert page is not None
    frame_of = Frame.template_for

    def asking(self, form, values):  # type: ignore[no-untyped-def]
        asked[form] += 1
        return frame_of(self, form, values)

    monkeypatch.setattr(Frame, "template_for", asking)
    assert page.forms["child"].form == "child"
    assert asked["child"] <= 3, "once for each version, not for each child"
    judged: Counter[str] = Counter()
    real = page_showing.judge_child

    def counting(page, household, record, *rest):  # type: ignore[no-untyped-def]
        judged[record.id] += 1
        return real(page, household, record, *rest)

    monkeypatch.setattr(page_showing, "judge_child", counting)
    desk.settle()
    _field(desk, "full_name")
    judged.clear()
    for letter in "Phạm Thị Mới":
        desk.text(letter)
        desk.page.judge()
    assert set(judged) == {desk.child.id}, "a key judges the child that is typed, no other"
    desk.enter()
    assert set(judged) == {desk.child.id}, "and so does going on"
    desk.settle()
    assert len(judged) == 40, "the others follow when nothing else is to be done"
    assert max(count for one, count in judged.items() if one != desk.child.id) == 1
    assert not desk.page._others.isActive()

    for _ in range(40):
        desk.press(Key.Key_PageDown)
    desk.settle()
    assert desk.child.new, "past the last line a new one begins"
    desk.press(Key.Key_PageUp)
    assert not [one.text for one in desk.page.child_form.looks[FieldKey("", "line_no")].messages], (
        "line 40 of forty is nothing to remark on"
    )
    desk.press(Key.Key_Return, CTRL)
    while desk.page.foot.is_asking:
        desk.text("Sổ ghi như vậy")
        desk.enter()
    desk.settle()
    rows = desk.shell.entry.child_rows(desk.shell.entry.child_ids())
    assert len(rows) == 40
    assert sum(row.full_name == "Phạm Thị Mới" for row in rows) == 1
