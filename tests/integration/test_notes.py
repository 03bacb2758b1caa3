"""Notes: written once, read by whoever has the record, taken away for a reason, masked or not."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.models.schema import audit_event
from app.models.work import Change
from app.services.masking import MASKED, Reveal, require_sight
from app.services.mistakes import Mistakes
from app.services.notes import Notes
from app.services.records import Records
from app.services.rights import RIGHTS_OF, Role
from app.services.workplace import Workplace
from tests.integration.registers import Made
from tests.integration.test_notes_beside import small_register


@pytest.fixture
def register(made: Made) -> tuple[Workplace, str, str]:
    """A small register, one of its households and a child of that."""
    return small_register(made)


def become(workplace: Workplace, role: Role) -> None:
    workplace.account = replace(workplace.account, rights=RIGHTS_OF[role])


def test_notes_are_read_newest_first_with_who_where_and_when(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, home, child = register
    notes, now = Notes(workplace), [1_790_000_000.0]
    workplace.clock = workplace.store.clock = lambda: now[0]
    notes.write(child, "Hỏi lại trạm y tế")
    now[0] += 60
    notes.write(child, "Đã hỏi")
    notes.write(home, "Nhà ở cuối xóm")
    newest, oldest = notes.of(child)
    assert (newest.words, oldest.words) == ("Đã hỏi", "Hỏi lại trạm y tế")
    assert newest.wall - oldest.wall == 60
    assert newest.author == workplace.account.full_name
    assert newest.unit == workplace.unit
    assert newest.unit_name == workplace.tree.units.unit(workplace.unit).full_name()
    assert newest.own
    assert notes.counts([home, child, "none"]) == {home: 1, child: 2}


def test_words_are_stored_as_every_text_and_lines_are_kept(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    notes.write(child, "\n" + unicodedata.normalize("NFD", "Ð\u200bường  vào\r\nthôn Hạ ") + "\n\n")
    (one,) = notes.of(child)
    assert one.words == "Đường vào\nthôn Hạ"


def test_nothing_and_more_than_a_field_holds_is_refused(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    notes.write(child, "ẫ" * 5461)
    for words, said in ((" \n ", "notes.empty"), ("ẫ" * 5462, "notes.too_long")):
        with pytest.raises(KnownError) as refused:
            notes.write(child, words)
        assert refused.value.message_id == said
    with pytest.raises(KnownError) as refused:
        notes.write("nobody", "Hỏi lại")
    assert refused.value.message_id == "records.unknown"
    assert len(notes.of(child)) == 1


def test_a_note_that_was_taken_away_stands_last_with_its_reason_and_comes_back(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    first = notes.write(child, "Viết nhầm trẻ").id
    notes.write(child, "Hỏi lại trạm y tế")
    with pytest.raises(KnownError) as refused:
        notes.remove(first, "  ")
    assert refused.value.message_id == "notes.no_reason"
    notes.remove(first, "nhầm trẻ")
    kept, gone = notes.of(child)
    assert (kept.removed, gone.removed, gone.reason) == (False, True, "nhầm trẻ")
    assert gone.words == "Viết nhầm trẻ"
    assert notes.counts([child]) == {child: 1}
    notes.take_back(first)
    assert [(one.removed, one.reason) for one in notes.of(child)] == [(False, None)] * 2
    words = [
        worded.label
        for worded in Records(workplace).in_words(Records(workplace).show(first).record)
    ]
    assert {"Ghi chú", "Người ghi", "Ngày ghi", "Thuộc hồ sơ"} <= set(words)


def test_another_units_note_is_answered_and_not_taken_away(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    with workplace.write() as work:
        work.identity = replace(work.identity, unit="522@2024", author="Lê Thị Bảo")
        theirs = work.record(Change("note", {"record": child, "note": "Xem lại ngày sinh"})).id
        work.commit()
    (one,) = notes.of(child)
    assert (one.author, one.unit, one.own) == ("Lê Thị Bảo", "522@2024", False)
    for deed in (lambda: notes.remove(theirs, "không cần"), lambda: notes.take_back(theirs)):
        with pytest.raises(KnownError) as refused:
            deed()
        assert refused.value.message_id == "notes.of_another_unit"


def test_a_protected_note_is_masked_until_somebody_with_the_right_gives_a_reason(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    become(workplace, Role.CLERK)
    assert not notes.write(child, "Hỏi lại trạm y tế").protected
    asked = notes.write(child, "Bà ngoại đang giữ giấy tờ", protected=True)
    told = notes.write(child, "Me bi NHIEM H tu nam ngoai")
    assert asked.protected
    assert told.protected, "words of illness protect a note, whoever forgets to"
    shown = {one.id: one.words for one in notes.of(child)}
    assert (shown[asked.id], shown[told.id]) == (MASKED, MASKED)
    assert list(shown.values()).count("Hỏi lại trạm y tế") == 1
    assert Records(workplace).show(asked.id).record.values["note"] is MASKED
    assert all(
        one.values is None or one.values["note"] is MASKED
        for one in Records(workplace).history(asked.id)
    )
    with pytest.raises(KnownError) as refused:
        notes.of(child, Reveal("xem hộ"))
    assert refused.value.message_id == "rights.denied"
    become(workplace, Role.PROTECTION)
    with pytest.raises(KnownError) as refused:
        notes.of(child, Reveal(" "))
    assert refused.value.message_id == "masking.no_reason"
    seen = {one.id: one.words for one in notes.of(child, Reveal("thăm gia đình"))}
    assert seen[asked.id] == "Bà ngoại đang giữ giấy tờ"
    with workplace.store.read() as reading:
        rows = reading.execute(select(audit_event).where(audit_event.c.event == "reveal")).all()
    assert len(rows) == 2, "each look is on record"


def test_the_reason_of_taking_a_protected_note_away_is_masked_with_it(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    become(workplace, Role.CLERK)
    note = notes.write(child, "Bà ngoại đang giữ giấy tờ", protected=True).id
    notes.remove(note, "của cháu khác")
    (one,) = notes.of(child)
    assert (one.words, one.reason, one.removed) == (MASKED, MASKED, True)


def test_no_command_opens_or_changes_a_note_and_a_decision_about_it_asks_for_the_right(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    become(workplace, Role.CLERK)
    note = Notes(workplace).write(child, "Bà ngoại đang giữ giấy tờ", protected=True).id
    for field, value in (("protected", "false"), ("note", "Khác")):
        with pytest.raises(KnownError) as refused:
            Records(workplace).set_fields(note, {field: value})
        assert refused.value.message_id == "notes.not_changed"
    with pytest.raises(KnownError) as refused:
        require_sight(workplace, "note", [{"protected": True}], ["protected"])
    assert refused.value.message_id == "rights.denied"
    require_sight(workplace, "note", [{"protected": None}], ["hidden_reason"])


def test_what_goes_with_a_child_entered_in_error_has_its_notes_among_it(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, home, child = register
    notes = Notes(workplace)
    notes.write(child, "Hỏi lại trạm y tế")
    notes.write(home, "Nhà ở cuối xóm")
    assert Mistakes(workplace).goes_with("child", child).notes == 1
    assert Mistakes(workplace).goes_with("household", home).notes == 2


def test_who_only_reads_writes_no_note_and_who_may_not_read_sees_none(
    register: tuple[Workplace, str, str],
) -> None:
    workplace, _, child = register
    notes = Notes(workplace)
    note = notes.write(child, "Hỏi lại trạm y tế").id
    become(workplace, Role.CHECKER)
    assert len(notes.of(child)) == 1
    for deed in (
        lambda: notes.write(child, "Thêm"),
        lambda: notes.remove(note, "nhầm"),
        lambda: notes.take_back(note),
    ):
        with pytest.raises(KnownError) as refused:
            deed()
        assert refused.value.message_id == "rights.denied"
    become(workplace, Role.SIGNER)
    for look in (lambda: notes.of(child), lambda: notes.counts([child])):
        with pytest.raises(KnownError) as refused:
            look()
        assert refused.value.message_id == "rights.denied"
