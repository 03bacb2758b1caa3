"""Saving, showing, finding and changing single records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.forms.template import newest
from app.models import audit
from app.models.schema import refused_above
from app.models.work import Change
from app.services.entry import Entry
from app.services.masking import MASKED, Reveal, Revealing, closed
from app.services.people import People
from app.services.records import Records
from app.services.rights import ALL_RIGHTS, Right
from app.services.rounds import NewRound, Rounds
from app.services.saving import RecordSave
from app.services.typed_values import assignments, stored_value
from app.services.villages import Villages
from app.services.workplace import Workplace
from tests.dumps import dump_store
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD
from tests.workplaces import COMMUNE, KEY, PROVINCE, again, make_workplace

NEIGHBOUR = "21025@2024"


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _household(workplace: Workplace) -> str:
    values: dict[str, Value] = {**GOOD_HOUSEHOLD, "owner_unit": COMMUNE, "village": None}
    (saved,) = Records(workplace).save([RecordSave(Change("household", values))])
    return saved.id


def _child(workplace: Workplace, household: str, **changes: Value) -> str:
    values = {**GOOD_CHILD, "owner_unit": COMMUNE, "household": household, **changes}
    (saved,) = Records(workplace).save([RecordSave(Change("child", values))])
    return saved.id


def _values(workplace: Workplace, ent_id: str) -> Mapping[str, Value]:
    return Records(workplace).show(ent_id).record.values


def test_a_household_page_holds_its_children_in_line_order(workplace: Workplace) -> None:
    home = _household(workplace)
    second = _child(workplace, home, line_no=2, full_name="Nguyễn Văn Nam", sex="1")
    first = _child(workplace, home, line_no=1)
    page = Records(workplace).household(home)
    assert [one.record.id for one in page.children] == [first, second]
    assert page.record.values["head_name"] == "Nguyễn Văn Bình"


def test_declaring_complete_is_written_off_while_an_error_stands(workplace: Workplace) -> None:
    home = _household(workplace)
    wrong = _child(workplace, home, complete=True, birth_date=None)
    assert _values(workplace, wrong)["complete"] is False
    issues = Records(workplace).household(home).children[0].issues
    assert "required" in {one.rule for one in issues}


def test_the_window_and_the_command_line_save_on_one_way(workplace: Workplace) -> None:
    village = Villages(workplace).add(COMMUNE, "Thôn Đông")
    home = _household(workplace)
    Records(workplace).set_fields(home, {"village": village})
    typed, commanded = (_child(workplace, home, line_no=line, personal_id=None) for line in (1, 2))
    stored: dict[str, Value] = {"full_name": "Nguyễn Thị Lan", "grade": 4, "complete": True}
    found = Records(workplace).show(typed).record
    change = Change("child", stored, typed, base=found.heads, loaded=found.values)
    (in_window,) = Entry(workplace).save([RecordSave(change)])
    by_command = Records(workplace).set_fields(
        commanded, {"full_name": "Nguyễn Thị Lan", "grade": "4", "complete": "true"}
    )
    assert in_window.written
    assert by_command.written
    differing = {"line_no", "_key"}
    one, other = (
        {name: value for name, value in _values(workplace, ent_id).items() if name not in differing}
        for ent_id in (typed, commanded)
    )
    assert one == other
    assert one["complete"] is True
    # The same error writes the declaration off on either way, and a reason settles a warning.
    change = Change("child", {"birth_date": None}, typed)
    assert Entry(workplace).save([RecordSave(change)])[0].written
    Records(workplace).set_fields(commanded, {"birth_date": ""})
    for ent_id in (typed, commanded):
        assert _values(workplace, ent_id)["complete"] is False


def test_a_child_saved_with_its_circumstance_is_judged_with_it(workplace: Workplace) -> None:
    village = Villages(workplace).add(COMMUNE, "Thôn Đông")
    home = _household(workplace)
    Records(workplace).set_fields(home, {"village": village})
    child = _child(workplace, home, complete=True)
    assert _values(workplace, child)["complete"] is True  # «none of the groups», and none is open
    part: dict[str, Value] = {"record": child, "group": "C14", "episode": 1, "subgroups": []}
    again = Change("child", {"note": "Xem lại"}, child)
    saves = [RecordSave(again, (Change("circumstance", part, key="C14/1"),))]
    assert len(Records(workplace).save(saves)) == 2
    assert _values(workplace, child)["complete"] is False


def test_a_save_of_nothing_new_writes_no_operation(workplace: Workplace) -> None:
    child = _child(workplace, _household(workplace))
    before = len(Records(workplace).history(child))
    done = Records(workplace).set_fields(child, {"full_name": "Nguyễn Thị Mai"})
    assert done.op_id is None
    assert len(Records(workplace).history(child)) == before


def test_typed_text_is_read_as_the_form_reads_it(workplace: Workplace) -> None:
    child = _child(workplace, _household(workplace))
    Records(workplace).set_fields(
        child, {"birth_date": "010520", "ethnicity": "hre", "grade": "4", "other_name": ""}
    )
    values = _values(workplace, child)
    assert (values["birth_date"], values["grade"]) == ("2020-05-01", 4)
    assert values["ethnicity"] == "18"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("birth_date", "31/2/2020", "records.bad_value"),
        ("sex", "x", "records.bad_value"),
        ("no_such_field", "1", "records.unknown_field"),
        ("child_uid", "1", "records.unknown_field"),
        ("complete", "perhaps", "records.bad_kind"),
        ("complete", "", "records.bad_kind"),
        ("complete", "1", "records.bad_kind"),
        ("entered_in_error", "", "records.bad_kind"),
        ("_deleted", "có", "records.bad_kind"),
        ("owner_unit", "", "records.owner_needed"),
        ("owner_unit", "  ", "records.owner_needed"),
        ("owner_unit", "foo", "records.owner_unknown"),
        ("owner_unit", "21010", "records.owner_unknown"),
        ("owner_unit", "99999@2024", "records.owner_unknown"),
        ("household", "does-not-exist", "records.no_such_record"),
        ("merged_into", "nonsense", "records.no_such_record"),
    ],
)
def test_a_value_that_the_field_cannot_hold_changes_nothing(
    workplace: Workplace, name: str, text: str, expected: str
) -> None:
    child = _child(workplace, _household(workplace))
    before = dump_store(workplace.settings.store_path, KEY)
    with pytest.raises(KnownError) as refused:
        Records(workplace).set_fields(child, {"full_name": "Trần Lan", name: text})
    assert refused.value.message_id == expected
    assert dump_store(workplace.settings.store_path, KEY) == before


CHILD = newest("child")


def test_fields_outside_the_form_take_their_stored_form() -> None:
    assert stored_value(CHILD, "child", "owner_unit", COMMUNE) == COMMUNE
    assert stored_value(CHILD, "child", "entered_in_error", "true") is True
    assert stored_value(CHILD, "circumstance", "subgroups", "C01.2, C01.1") == ["C01.1", "C01.2"]
    assert stored_value(CHILD, "circumstance", "episode", "2") == 2
    assert stored_value(CHILD, "support", "_deleted", "TRUE") is True
    assert stored_value(CHILD, "child", "hidden_reason", "") is None


def test_a_record_is_named_only_where_one_of_that_type_is_in_use(workplace: Workplace) -> None:
    records = Records(workplace)
    home, other, gone = (_household(workplace) for _ in range(3))
    child, twin = _child(workplace, home), _child(workplace, home, line_no=2)
    records.set_fields(gone, {"entered_in_error": "true", "hidden_reason": "nhập nhầm"})
    village = Villages(workplace).add(COMMUNE, "Thôn Đông")
    refused_pairs = [
        (child, "household", twin),
        (child, "household", gone),
        (child, "merged_into", child),
        (child, "merged_into", home),
        (home, "merged_into", gone),
        (home, "village", other),
        (home, "village", "Thôn Đông"),
    ]
    for ent_id, name, text in refused_pairs:
        with pytest.raises(KnownError) as refused:
            records.set_fields(ent_id, {name: text})
        expected = "records.itself" if text == ent_id else "records.no_such_record"
        assert refused.value.message_id == expected, (name, text)
        assert text not in refused.value.parameters.values()
    records.set_fields(home, {"village": village})
    records.set_fields(child, {"household": other})
    records.set_fields(twin, {"merged_into": child, "owner_unit": "outside"})
    assert _values(workplace, home)["village"] == village
    assert _values(workplace, child)["household"] == other
    assert _values(workplace, twin)["owner_unit"] == "outside"
    # What a record says already may be said again, even where its other end is gone by now.
    _taken_out(workplace, other)
    assert records.set_fields(child, {"household": other}).op_id is None


def _taken_out(workplace: Workplace, household: str) -> None:
    """As it comes from another PC: here a household goes out after its children."""
    with workplace.write() as work:
        wrong: dict[str, Value] = {"entered_in_error": True, "hidden_reason": "nhập nhầm"}
        work.record(Change("household", wrong, id=household))
        work.commit()


def test_an_operation_that_two_units_refuse_stands_in_the_history_once(
    workplace: Workplace,
) -> None:
    child = _child(workplace, _household(workplace))
    (entry,) = Records(workplace).history(child)
    with workplace.write() as work:
        for sender in ("51@2024", "535@2024"):
            row = {"op_id": entry.op_id, "sender": sender, "ent_id": child, "reason": "rights"}
            work.connection.execute(refused_above.insert().values(row))
        work.commit()
    (once,) = Records(workplace).history(child)
    assert (once.op_id, once.refused_above) == (entry.op_id, "51@2024")
    assert len(Records(workplace).show(child).stopped) == 1


def test_the_reason_of_a_look_is_kept_as_it_was_typed(workplace: Workplace) -> None:
    home = _household(workplace)
    Revealing(workplace).record("household", home, Reveal("chị  Hoa hỏi"))
    with workplace.store.read() as reading:
        newest = audit.recent(reading, 1)[0]
    assert newest.event == "reveal"
    assert newest.details == {"entity": "household", "record": home, "reason": "chị Hoa hỏi"}


def test_assignments_keep_everything_after_the_first_sign() -> None:
    assert assignments(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
    with pytest.raises(KnownError):
        assignments(["no sign"])


def test_a_hidden_record_is_found_by_id_and_not_by_search(workplace: Workplace) -> None:
    child = _child(workplace, _household(workplace))
    assert [one.id for one in Records(workplace).search("nguyen thi mai")] == [child]
    Records(workplace).set_fields(child, {"entered_in_error": "true", "hidden_reason": "nhập nhầm"})
    assert Records(workplace).search("nguyen thi mai") == []
    assert Records(workplace).show(child).record.hidden


def test_typing_needs_the_right_to_enter(workplace: Workplace) -> None:
    child = _child(workplace, _household(workplace))
    reader = again(workplace, ALL_RIGHTS - {Right.ENTER})
    with pytest.raises(KnownError) as refused:
        Records(reader).set_fields(child, {"full_name": "Trần Lan"})
    assert refused.value.message_id == "rights.denied"


def test_level_a_is_masked_and_looking_behind_is_on_record(workplace: Workplace) -> None:
    sight = closed(workplace)
    assert sight.values("household", {"family_problem_flags": ["R03.1"], "phone": "0"}) == {
        "family_problem_flags": MASKED,
        "phone": "0",
    }
    secret: dict[str, Value] = {"group": "C05", "record": "r", "episode": 1, "_key": "C05/1"}
    shown = sight.values("circumstance", secret)
    assert shown == {"group": MASKED, "record": "r", "episode": MASKED, "_key": MASKED}
    open_group: dict[str, Value] = {"group": "C01", "evidence_ref": "12/QĐ"}
    assert sight.values("circumstance", open_group)["group"] == "C01"
    assert sight.values("circumstance", open_group)["evidence_ref"] is MASKED
    home = _household(workplace)
    with pytest.raises(KnownError) as refused:
        Revealing(workplace).record("household", home, Reveal("  "))
    assert refused.value.message_id == "masking.no_reason"
    clerk = again(workplace, ALL_RIGHTS - {Right.REVEAL})
    with pytest.raises(KnownError) as denied:
        Revealing(clerk).record("household", home, Reveal("xác minh"))
    assert denied.value.message_id == "rights.denied"


def test_two_pcs_that_add_a_village_give_it_one_id(tmp_path: Path) -> None:
    ids = []
    for name, written in (("one", "Thôn Đông"), ("other", "thôn  đông")):
        workplace = make_workplace(tmp_path / name)
        ids.append(Villages(workplace).add(COMMUNE, written))
        workplace.store.close()
    assert ids[0] == ids[1]


def test_people_are_listed_by_unit_until_they_are_retired(workplace: Workplace) -> None:
    people = People(workplace)
    made = people.add(COMMUNE, " Phạm  Thị Lài ", "Phó Chủ tịch", phone="0912345678")
    (found,) = people.list()
    assert (found.full_name, found.title, found.unit) == ("Phạm Thị Lài", "Phó Chủ tịch", COMMUNE)
    people.retire(made)
    assert people.list() == []


@pytest.mark.parametrize("unit", [COMMUNE, PROVINCE])
def test_without_a_certificate_for_reference_data_no_round_can_be_opened(
    tmp_path: Path, unit: str
) -> None:
    from datetime import date

    workplace = make_workplace(tmp_path / "home", unit)
    asked = NewRound("Quý IV", date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 31))
    before = dump_store(workplace.settings.store_path, KEY)
    with pytest.raises(KnownError) as refused:
        Rounds(workplace).new(asked)
    assert refused.value.message_id in ("rights.not_reference", "enrol.not_enrolled")
    with pytest.raises(KnownError) as wrong:
        Rounds(workplace).new(replace(asked, kind="yearly"))
    assert wrong.value.message_id == "rounds.kind"
    assert dump_store(workplace.settings.store_path, KEY) == before
    workplace.store.close()


def test_a_household_goes_to_another_unit_with_a_village_of_it_or_none(
    workplace: Workplace,
) -> None:
    records = Records(workplace)
    home, lone = _household(workplace), _household(workplace)
    here = Villages(workplace).add(COMMUNE, "Thôn Đông")
    with workplace.write() as work:
        there = work.record(Change("village", {"owner_unit": NEIGHBOUR, "name": "Thôn Tây"})).id
        work.commit()
    records.set_fields(home, {"village": here})
    before = dump_store(workplace.settings.store_path, KEY)
    for wanted, said in (
        ({"owner_unit": NEIGHBOUR}, "records.village_stays"),
        ({"owner_unit": NEIGHBOUR, "village": here}, "records.village_elsewhere"),
        ({"village": there}, "records.village_elsewhere"),
    ):
        with pytest.raises(KnownError) as refused:
            records.set_fields(home, wanted)
        assert refused.value.message_id == said
    assert dump_store(workplace.settings.store_path, KEY) == before
    records.set_fields(home, {"owner_unit": NEIGHBOUR, "village": there})
    assert _values(workplace, home)["village"] == there
    records.set_fields(home, {"owner_unit": COMMUNE, "village": ""})
    assert "village" not in _values(workplace, home)
    # Without a village there is none to change, and who left the province is found where it lived.
    records.set_fields(lone, {"owner_unit": NEIGHBOUR})
    records.set_fields(home, {"village": here})
    records.set_fields(home, {"owner_unit": "outside"})
    assert _values(workplace, home)["village"] == here


@pytest.mark.parametrize("how", ["entered_in_error", "merged_into"])
def test_a_household_is_not_taken_out_of_the_register_before_its_children(
    workplace: Workplace, how: str
) -> None:
    """They would count on, and no page of a village would lead to them."""
    records = Records(workplace)
    home, other = _household(workplace), _household(workplace)
    child = _child(workplace, home)
    said = {how: "true" if how == "entered_in_error" else other, "hidden_reason": "trùng"}
    before = dump_store(workplace.settings.store_path, KEY)
    with pytest.raises(KnownError) as problem:
        records.set_fields(home, said)
    assert problem.value.message_id == "records.children_left"
    assert problem.value.parameters["count"] == 1
    assert dump_store(workplace.settings.store_path, KEY) == before
    records.set_fields(child, {"household": other})
    assert records.set_fields(home, said).written
