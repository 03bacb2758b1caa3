"""Cells that nobody can read: what was written is kept, told, carried, corrected; never blanked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.forms.field_types import field_type
from app.forms.template import newest
from app.history.entities import ENTITIES
from app.ids import derived_id
from app.models.queries import counting, counting_groups
from app.models.work import Change
from app.services.checks import Checks, FoundIssue
from app.services.entry import Entry
from app.services.importing.columns import target_of_title
from app.services.importing.targets import packaged_titles
from app.services.records import Records
from app.services.register_export import Headers, RegisterExport
from app.services.register_import import Correction, ImportResult, RegisterImport, issue_text
from app.services.workplace import Workplace
from tests.dumps import dump_store
from tests.integration.registers import (
    Made,
    by_name,
    circumstances,
    everything,
    ids,
    names,
    operations,
    table,
    take,
)
from tests.integration.test_register_import_two_pcs import carry, content
from tests.properties.fleet import DISTRICT_1
from tests.workplaces import COMMUNE, KEY

EVERYTHING = frozenset(Correction)
OLD, NEW = "01668123456", "0368123456"
#: What stands in cells of real files, and what somebody would put there to break a reader.
JUNK = (
    "không rõ",
    "31/02/2019",
    "ab/cd/ef",
    "abcd",
    "2019-99-99",
    "12a",
    "-3",
    "1,5e9",
    "C99; X",
    "=1+1",
    "x" * 3000,
    "99999999999999999999",
    "0000-00-00",
    "\N{BABY}",
    "(xem sổ cũ)\u0007\u200b",
)


def confirmed(workplace: Workplace, path: Path, *kinds: Correction) -> ImportResult:
    return RegisterImport(workplace).run(path, accepted=frozenset(kinds))


def told(workplace: Workplace) -> dict[str, list[str]]:
    """Field → rules of the errors that a check of the store finds."""
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend)
    errors: dict[str, list[str]] = {}
    for one in found:
        if one.issue.severity.value == "error":
            errors.setdefault(one.issue.field, []).append(one.issue.rule)
    return errors


def set_(workplace: Workplace, child: str, **values: str) -> None:
    Records(workplace).set_fields(child, values)


# --- keeping ----------------------------------------------------------------------------------


def test_text_that_no_field_can_hold_is_kept_where_it_was_written(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("rec_id", "name", "dob", "personal_id", "sex", "Năm sinh cha", "STT trong hộ")
    row = ["1", "Mai", "31/02/2019", "không có", "con gái út", "khoảng 1985", "thứ hai"]
    path = table(tmp_path / "a.csv", titles, [row])
    result = take(workplace, path)
    assert names(result) == [(2, "value")] * 5
    assert [one.column for one in result.issues] == [
        t for t in titles if t not in ("rec_id", "name")
    ]
    child = by_name(workplace)["Mai"].values
    fields = ("birth_date", "personal_id", "sex", "father_birth_year", "line_no")
    assert [child[name] for name in fields] == row[2:]
    errors = told(workplace)
    assert all("type" in errors[name] for name in fields)
    for one in result.issues:
        assert not any(text in issue_text(one) for text in row[2:])


def test_the_same_file_again_changes_nothing_and_says_the_same(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("hh_id", "rec_id", "name", "dob", "phone")
    rows = [["h", "1", "Mai", "1/13/2019", "chưa có"], ["h", "2", "Mây", "2019", "chưa có"]]
    path = table(tmp_path / "a.csv", titles, rows)
    first = take(workplace, path)
    before = dump_store(workplace.settings.store_path, KEY)
    second = take(workplace, path)
    assert (second.operations, second.unchanged) == (0, 2)
    assert names(second) == names(first) == [(2, "proposal"), (2, "value"), (3, "value")]
    assert dump_store(workplace.settings.store_path, KEY) == before


def test_what_was_corrected_since_stays_and_is_no_longer_complained_of(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", ("rec_id", "name", "dob"), [["1", "Mai", "29/02/2019"]])
    take(workplace, path)
    set_(workplace, by_name(workplace)["Mai"].id, birth_date="28/02/2019")
    result = take(workplace, path)
    assert (result.operations, result.kept, result.issue_count) == (0, 1, 0)
    assert by_name(workplace)["Mai"].values["birth_date"] == "2019-02-28"


def test_a_file_that_was_corrected_corrects_the_register(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("rec_id", "name", "dob", "STT trong hộ")
    take(workplace, table(tmp_path / "a.csv", titles, [["1", "Mai", "29/02/2019", "hai"]]))
    result = take(workplace, table(tmp_path / "b.csv", titles, [["1", "Mai", "28/02/2019", "2"]]))
    assert (result.changed, result.issue_count) == (1, 0)
    child = by_name(workplace)["Mai"].values
    assert (child["birth_date"], child["line_no"]) == ("2019-02-28", 2)


def test_no_such_text_takes_the_place_of_a_value_that_can_be_read(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("rec_id", "name", "dob")
    take(workplace, table(tmp_path / "a.csv", titles, [["1", "Mai", "2019"]]))
    result = take(workplace, table(tmp_path / "b.csv", titles, [["1", "Mai", "năm Hợi"]]))
    assert names(result) == [(2, "value_other")]
    assert result.operations == 0
    assert by_name(workplace)["Mai"].values["birth_date"] == "2019"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("batch", [1, 10])
def test_of_two_rows_about_a_household_the_one_that_can_be_read_counts(
    made: Made, tmp_path: Path, order: tuple[int, int], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.register_import.BATCH_ROWS", batch)
    workplace = made()
    rows = [["h", "1", "Mai", "hỏi chị Mơ"], ["h", "2", "Mây", "0912345678"]]
    titles = ("hh_id", "rec_id", "name", "phone")
    path = table(tmp_path / "a.csv", titles, [rows[at] for at in order])
    take(workplace, path)
    (household,) = everything(workplace, "household")
    assert household.values["phone"] == "0912345678"
    assert take(workplace, path).operations == 0


def test_what_is_too_long_for_a_field_of_a_bundle_is_told_and_left_out(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("name", "dob", "school_name", "father_name", "mother_name")
    kept = "ô " * 4000 + "ô"
    rows = [
        ["Mai", "x" * 16_385, kept, "", ""],
        ["Mây", *(["y" * 16_000] * 4)],
    ]
    result = take(workplace, table(tmp_path / "a.csv", titles, rows))
    assert names(result) == [(2, "too_large"), (2, "value"), *([(3, "value")] * 4)]
    child = by_name(workplace)["Mai"].values
    assert "birth_date" not in child
    assert child["school_name"] == kept


def test_a_row_brings_no_more_than_an_operation_can_carry(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = [
        field.name
        for field in newest("child").fields_of("child")
        if field.stored
        and not field.auto
        and field.name in ENTITIES["child"].fields
        and field.name not in ("circumstance_codes", "full_name")
    ]
    row = ["Mai", *[f"{at} " + "z" * 16_000 for at in range(len(titles))]]
    result = take(workplace, table(tmp_path / "a.csv", ["full_name", *titles], [row]))
    assert result.created == 1
    said = {name for _, name in names(result)}
    assert said == {"value", "too_large"}
    assert take(workplace, tmp_path / "a.csv").operations == 0


def test_what_the_program_fills_in_takes_no_text(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", ("rec_id", "name", "life_status"), [["1", "Mai", "còn ở"]])
    assert names(take(workplace, path)) == [(2, "automatic")]
    assert by_name(workplace)["Mai"].values["life_status"] == "ACTIVE"


def test_a_round_that_is_not_known_keeps_its_name(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("hh_id", "rec_id", "name", "survey_round")
    path = table(tmp_path / "a.csv", titles, [["h", "1", "Mai", "Quý IV/2026"]])
    assert take(workplace, path).issue_count == 0  # as in the window: there is no round yet
    with workplace.write() as work:
        work.sign_reference = lambda operation: operation
        for name in ("Quý III/2026", "Quý IV/2026"):
            work.record(Change("round", {"name": name, "opens_on": "2026-10-01"}, key=name))
        work.commit()
    assert take(workplace, path).changed == 1
    (household,) = everything(workplace, "household")
    assert household.values["survey_round"] == derived_id("round", "Quý IV/2026")
    other = table(tmp_path / "b.csv", titles, [["h2", "2", "Mây", "Quý V/2026"]])
    assert names(take(workplace, other)) == [(2, "round")]
    assert "Quý V/2026" in {
        one.values["survey_round"] for one in everything(workplace, "household")
    }
    assert take(workplace, other).operations == 0


def test_dates_and_papers_of_no_single_group_are_told_not_dropped(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("rec_id", "Hoàn cảnh", "circumstance_from")
    rows = [
        ["1", "R01.2", "30/02/2024"],
        ["2", "R01.2; C04.1", "1/2/2024"],
        ["3", "", "1/2/2024"],
        ["4", "R01.2", "1/2/2024"],
    ]
    path = table(tmp_path / "a.csv", titles, rows)
    result = take(workplace, path)
    assert names(result) == [(2, "value"), (3, "circumstance_detail"), (4, "circumstance_detail")]
    dates = [one.get("circumstance_from") for one in circumstances(workplace)]
    assert sorted(str(one) for one in dates) == ["2024-02-01", "30/02/2024", "None", "None"]
    assert "type" in told(workplace)["circumstance_from"]
    assert take(workplace, path).operations == 0


# --- what is believed to be meant ----------------------------------------------------------------


def test_nothing_that_is_proposed_is_taken_unasked(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("rec_id", "name", "CCCD", "phone", "caregiver_phone", "bhyt_number", "bhxh_number")
    rows = [["1", "Mai", "51319000001", OLD, "912345678", "123456789", "116000001"]]
    path = table(tmp_path / "a.csv", titles, rows)
    preview = RegisterImport(workplace).preview(path)
    result = take(workplace, path)
    assert names(preview.result) == names(result) == [(2, "proposal")] * 5
    assert result.proposals == {Correction.ZEROS: 4, Correction.PHONES: 1}
    assert [one.proposal.becomes for one in result.issues if one.proposal] == [
        "051319000001",
        NEW,
        "0912345678",
        "0123456789",
        "0116000001",
    ]
    assert by_name(workplace)["Mai"].values["personal_id"] == "51319000001"
    (household,) = everything(workplace, "household")
    assert household.values["phone"] == OLD
    for one in result.issues:
        assert not any(cell in issue_text(one) for cell in rows[0][2:])
    assert take(workplace, path).operations == 0


def test_only_the_kinds_that_were_confirmed_are_taken(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("rec_id", "name", "CCCD", "caregiver_phone")
    path = table(tmp_path / "a.csv", titles, [["1", "Mai", "51319000001", OLD]])
    result = confirmed(workplace, path, Correction.PHONES)
    assert (result.accepted, result.proposals) == (1, {Correction.ZEROS: 1})
    child = by_name(workplace)["Mai"].values
    assert (child["personal_id"], child["caregiver_phone"]) == ("51319000001", NEW)
    later = confirmed(workplace, path, Correction.ZEROS)
    assert (later.changed, later.operations, later.issue_count) == (1, 1, 0)
    child = by_name(workplace)["Mai"].values
    assert (child["personal_id"], child["caregiver_phone"]) == ("051319000001", NEW)


@pytest.mark.parametrize("first", [frozenset[Correction](), EVERYTHING])
@pytest.mark.parametrize("second", [frozenset[Correction](), EVERYTHING])
def test_a_confirmation_is_given_once_and_not_taken_back_by_the_file(
    made: Made, tmp_path: Path, first: frozenset[Correction], second: frozenset[Correction]
) -> None:
    workplace = made()
    rows = [["h", "1", "Mai", "51319000001", OLD], ["h", "2", "Mây", "1319000001", OLD]]
    path = table(tmp_path / "a.csv", ("hh_id", "rec_id", "name", "CCCD", "phone"), rows)
    confirmed(workplace, path, *first)
    confirmed(workplace, path, *second)
    before = operations(workplace)
    for kinds in (second, first, second):
        again = confirmed(workplace, path, *kinds)
        assert (again.operations, again.unchanged) == (0, 2)
    assert operations(workplace) == before
    taken = bool(first or second)
    (household,) = everything(workplace, "household")
    assert household.values["phone"] == (NEW if taken else OLD)
    ids_ = {name: one.values["personal_id"] for name, one in by_name(workplace).items()}
    assert ids_["Mây"] == ("001319000001" if taken else "1319000001")
    left = take(workplace, path)
    assert left.issue_count == (0 if taken else 4)


def test_a_confirmed_number_that_was_changed_since_stays_changed(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("rec_id", "name", "caregiver_phone")
    path = table(tmp_path / "a.csv", titles, [["1", "Mai", OLD]])
    confirmed(workplace, path, Correction.PHONES)
    set_(workplace, by_name(workplace)["Mai"].id, caregiver_phone="0987654321")
    for kinds in ((), (Correction.PHONES,)):
        result = confirmed(workplace, path, *kinds)
        assert (result.operations, result.kept, result.issue_count) == (0, 1, 0)
    assert by_name(workplace)["Mai"].values["caregiver_phone"] == "0987654321"


def test_a_child_is_found_by_the_id_that_excel_shortened_and_by_no_other_text(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    with workplace.write() as work:
        for personal_id in ("051319000001", "không có"):
            held = {"owner_unit": COMMUNE, "personal_id": personal_id}
            work.record(Change("child", held))
        work.commit()
    rows = [["Đinh Mai", "51319000001"], ["Đinh Mây", "không có"], ["Đinh Mận", "không có"]]
    path = table(tmp_path / "a.csv", ("Họ tên", "CCCD"), rows)
    result = take(workplace, path)
    assert (result.created, result.changed) == (2, 1)
    assert "doubled_personal_id" not in {name for _, name in names(result)}
    assert by_name(workplace)["Đinh Mai"].values["personal_id"] == "051319000001"


# --- wherever it goes --------------------------------------------------------------------------


def junk(path: Path) -> Path:
    """A row for each piece of junk, which stands in every column that can be imported."""
    titles: list[str] = []
    for form in ("child", "household"):
        for field in newest(form).fields_of(form):
            title = field.name if form == "child" else f"household.{field.name}"
            target = target_of_title(title, None, packaged_titles())
            if target is not None and target.field is not None:
                titles.append(title)
    assert len(titles) > 80
    rows = [[str(at), f"h{at}", *([text] * len(titles))] for at, text in enumerate(JUNK)]
    return table(path, ("rec_id", "hh_id", *titles), rows)


def test_junk_in_every_field_breaks_nothing_that_reads_a_record(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = junk(tmp_path / "a.csv")
    result = take(workplace, path)
    assert (result.created, result.refused) == (len(JUNK), 0)
    assert take(workplace, path).operations == 0
    children = everything(workplace, "child")
    for child in children:
        household = Records(workplace).household(str(child.values["household"]))
        assert household.issues
        assert household.children[0].issues
        Records(workplace).show(child.id)
        page = Entry(workplace).page(household.record.id)
        assert page is not None
        for field in newest("child").fields_of("child"):
            value = child.values.get(field.name)
            if field_type(field).check(value) is not None and isinstance(value, str):
                assert field_type(field).format(value, "vi") == value
    assert Records(workplace).search("khong ro")
    errors = told(workplace)
    assert len(errors) > 70
    Entry(workplace).standing()
    with workplace.store.read() as reading:
        day = date(2026, 6, 1)
        totals = counting.counts(reading, [COMMUNE], counting.Basis(day))
        counting.counts_by_village(reading, COMMUNE, counting.Basis(day))
        counting_groups.children_by_group(reading, [COMMUNE], counting.Basis(day))
    # What nobody can read takes no child out of the numbers.
    assert (totals.children, totals.incomplete) == (len(JUNK), len(JUNK) + totals.households)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("headers", list(Headers))
def test_an_export_carries_it_and_reads_back_without_a_change(
    made: Made, tmp_path: Path, kind: str, headers: Headers
) -> None:
    workplace = made()
    take(workplace, junk(tmp_path / "a.csv"))
    out = tmp_path / f"out.{kind}"
    RegisterExport(workplace).export(out, headers=headers)
    result = RegisterImport(workplace).run(out)
    assert (result.operations, result.unchanged) == (0, len(JUNK))


def test_it_travels_to_the_unit_above_and_is_corrected_there(made: Made, tmp_path: Path) -> None:
    commune, district = made(), made(DISTRICT_1)
    take(commune, junk(tmp_path / "a.csv"))
    carry(commune, district, "1")
    assert content(district) == content(commune)
    assert told(district) == told(commune)
    assert ids(district)["circumstance"] == ids(commune)["circumstance"]
    child = next(one for one in everything(district, "child") if one.values["line_no"] == "12a")
    set_(district, child.id, line_no="12", birth_date="2019")
    assert Records(district).show(child.id).record.values["line_no"] == 12
