"""A register from a table: rows become records, and the same rows never become them twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.ids import derived_id
from app.models.queries import register
from app.models.work import Change
from app.services.register_import import (
    RegisterImport,
    issue_text,
)
from app.services.village_names import village_words
from app.services.workplace import Cancelled, Progress
from app.text.fold import fold
from tests.integration.registers import (
    MAP,
    SAMPLE,
    Made,
    by_name,
    circumstances,
    counts,
    everything,
    ids,
    names,
    operations,
    part_of_sample,
    sample_rows,
    state,
    table,
    take,
)
from tests.workplaces import COMMUNE, PROVINCE

TITLES = ("Thôn", "Số hộ", "Chủ hộ", "STT trong hộ", "Họ và tên trẻ", "Ngày sinh", "Giới tính")
HOUSE = ("Thôn 1", "12", "Đinh Văn Rơm")


# --- the sample -----------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["21010@2024", "21025@2024", "21064@2024", "21082@2024"])
def test_a_commune_takes_its_rows_of_the_sample_and_no_others(made: Made, unit: str) -> None:
    workplace = made(unit)
    own = [row for row in sample_rows() if row["commune"] == unit[:5]]
    result = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    assert result.rows == len(own) == result.created
    assert result.skipped == len(sample_rows()) - len(own)
    assert result.households_created == len({row["hh_id"] for row in own})
    found = ids(workplace)
    assert found["child"] == {derived_id(unit, f"src:child:{row['rec_id']}") for row in own}
    villages = {village_words().parted(row["village"]).key for row in own}
    assert len(found["village"]) == len(villages), "T.7 is Thôn 7"
    child = next(row for row in own if row["personal_id"])
    with workplace.store.read() as reading:
        view = register.record(reading, "child", derived_id(unit, f"src:child:{child['rec_id']}"))
    assert view is not None
    assert view.values["full_name"] == child["name"]
    assert view.values["sex"] == {"M": "1", "F": "2"}[child["sex"]]
    assert view.values["birth_date"] == child["dob"]
    assert view.values["personal_id"] == child["personal_id"]
    assert view.values["owner_unit"] == unit
    assert "complete" not in view.values


def test_the_sample_again_changes_nothing(made: Made) -> None:
    workplace = made("21064@2024")
    first = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    before = state(workplace)
    second = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    assert state(workplace) == before
    assert (second.operations, *counts(second)) == (0, 0, 0, first.rows)
    assert names(second) == names(first)


def test_the_sample_needs_no_map_and_gives_the_same_ids_without(made: Made) -> None:
    mapped, plain = made("21025@2024"), made("21025@2024")
    RegisterImport(mapped).run(SAMPLE, columns=MAP)
    take(plain, SAMPLE)
    assert ids(mapped) == ids(plain)


def test_a_changed_row_edits_the_field_that_differs_in_one_operation(
    made: Made, tmp_path: Path
) -> None:
    workplace = made("21025@2024")
    own = [row for row in sample_rows() if row["commune"] == "21025"]
    take(workplace, part_of_sample(tmp_path / "a.csv", own))
    before = operations(workplace)
    own[5] = {**own[5], "mother": "Đinh Thị Sửa"}
    result = take(workplace, part_of_sample(tmp_path / "b.csv", own))
    assert counts(result) == (0, 1, len(own) - 1)
    assert operations(workplace) == before + 1
    child = derived_id("21025@2024", f"src:child:{own[5]['rec_id']}")
    with workplace.store.read() as reading:
        view = register.record(reading, "child", child)
    assert view is not None
    assert view.values["mother_name"] == "Đinh Thị Sửa"
    assert view.values["full_name"] == own[5]["name"]


def test_a_correction_made_since_survives_the_old_file(made: Made) -> None:
    workplace = made("21025@2024")
    take(workplace, SAMPLE)
    child = next(one for one in everything(workplace, "child") if "full_name" in one.values)
    with workplace.write() as work:
        work.record(Change("child", {"full_name": "Đinh Thị Đúng"}, id=child.id, base=child.heads))
        work.commit()
    before = state(workplace)
    result = take(workplace, SAMPLE)
    assert (result.operations, result.kept, result.changed) == (0, 1, 0)
    assert state(workplace) == before


def test_a_newer_file_may_go_back_on_an_older_one(made: Made, tmp_path: Path) -> None:
    workplace = made()
    row = [*HOUSE, "1", "Đinh Thị Mai", "2019", "Nữ"]
    for name in ("2019", "2018", "2019"):
        row[5] = name
        result = take(workplace, table(tmp_path / "a.csv", TITLES, [row]))
    assert counts(result) == (0, 1, 0)
    assert by_name(workplace)["Đinh Thị Mai"].values["birth_date"] == "2019"


def test_the_new_unit_owns_what_a_file_of_its_former_units_brings(made: Made) -> None:
    tree = made().tree.units
    former = next(
        unit
        for unit in ("21025@2024", "21064@2024", "21082@2024", "21175@2024", "21208@2024")
        if tree.whole_successor(unit) is not None
    )
    after = tree.whole_successor(former)
    assert after is not None
    workplace = made(after.ref)
    result = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    codes = {unit[:5] for unit in workplace.scope_units(None) if unit.endswith("@2024")}
    own = [row for row in sample_rows() if row["commune"] in codes]
    assert former[:5] in codes
    assert result.rows == result.created == len(own) > 0
    assert {one.values["owner_unit"] for one in everything(workplace, "child")} == {after.ref}
    assert RegisterImport(workplace).run(SAMPLE, columns=MAP).operations == 0


def test_records_from_before_the_merger_are_met_again_after_it(made: Made, tmp_path: Path) -> None:
    scratch = made()
    former = next(
        unit
        for unit in ("21025@2024", "21064@2024", "21082@2024", "21175@2024", "21208@2024")
        if scratch.tree.units.whole_successor(unit) is not None
    )
    after = scratch.tree.units.whole_successor(former)
    assert after is not None
    workplace = made(after.ref)
    with workplace.write() as work:
        work.record(
            Change("child", {"owner_unit": former, "full_name": "Đinh Mai"}, key="src:child:k1")
        )
        work.commit()
    path = table(tmp_path / "a.csv", ["rec_id", "commune", "name"], [["k1", former, "Đinh Mai"]])
    assert counts(take(workplace, path)) == (0, 0, 1)


# --- finding records again ------------------------------------------------------------------


def test_unnamed_twins_are_two_children_on_every_pc(made: Made, tmp_path: Path) -> None:
    twins = [[*HOUSE, "", "Trai", "2024-05-01", "Nam"]] * 2
    path = table(tmp_path / "a.csv", TITLES, twins)
    one, other = made(), made()
    assert counts(take(one, path)) == (2, 0, 0)
    take(other, path)
    assert ids(one) == ids(other)
    assert len(ids(one)["child"]) == 2
    assert counts(take(one, path)) == (0, 0, 2)
    assert {c.values["name_status"] for c in everything(one, "child")} == {"PLACEHOLDER_TRAI"}


def test_titles_may_stand_in_any_order_and_spelling(made: Made, tmp_path: Path) -> None:
    one, other = made(), made()
    row = [*HOUSE, "1", "Đinh Thị Mai", "01/05/2019", "Nữ"]
    take(one, table(tmp_path / "a.csv", TITLES, [row]))
    turned = [title.upper() for title in reversed(TITLES)]
    take(other, table(tmp_path / "b.csv", turned, [list(reversed(row))]))
    assert ids(one) == ids(other)
    assert by_name(one)["Đinh Thị Mai"].values == by_name(other)["Đinh Thị Mai"].values


def test_field_names_labels_and_aliases_mean_the_same(made: Made, tmp_path: Path) -> None:
    for number, titles in enumerate(
        (
            ("full_name", "birth_date", "head_name", "village"),
            ("Họ và tên trẻ", "Ngày, tháng, năm sinh", "Họ và tên chủ hộ", "Thôn"),
            ("ho ten", "NTNS", "CHU HO", "thôn/ấp"),
            ("Child's full name", "Date of birth", "Head of household", "Village"),
        )
    ):
        workplace = made()
        row = [["Đinh Mai", "2019", "Đinh Rơm", "Thôn 1"]]
        take(workplace, table(tmp_path / f"{number}.csv", titles, row))
        child = by_name(workplace)["Đinh Mai"]
        assert child.values["birth_date"] == "2019"
        (household,) = everything(workplace, "household")
        assert household.values["head_name"] == "Đinh Rơm"
        assert child.values["household"] == household.id


def test_a_child_typed_by_hand_is_found_by_its_line(made: Made, tmp_path: Path) -> None:
    workplace = made()
    with workplace.write() as work:
        village = work.record(Change("village", {"owner_unit": COMMUNE, "name": "Thôn 1"})).id
        place = {"owner_unit": COMMUNE, "village": village, "household_no": "12"}
        household = work.record(Change("household", place)).id
        typed = {"owner_unit": COMMUNE, "household": household, "line_no": 1, "full_name": "Mai"}
        child = work.record(Change("child", typed)).id
        work.commit()
    path = table(tmp_path / "a.csv", TITLES, [[*HOUSE, "1", "Đinh Thị Mai", "2019", "Nữ"]])
    assert counts(take(workplace, path)) == (0, 1, 0)
    assert {one.id for one in everything(workplace, "child")} == {child}
    assert {one.id for one in everything(workplace, "household")} == {household}
    assert len(ids(workplace)["village"]) == 1


def test_a_child_is_found_by_its_personal_id_and_stays_in_its_household(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    with workplace.write() as work:
        home = work.record(Change("household", {"owner_unit": COMMUNE, "household_no": "3"})).id
        held = {"owner_unit": COMMUNE, "household": home, "personal_id": "051319000001"}
        work.record(Change("child", held))
        work.commit()
    titles = ("Họ tên", "CCCD", "Chủ hộ")
    path = table(tmp_path / "a.csv", titles, [["Đinh Mai", "051319000001", "Đinh Rơm"]])
    assert counts(take(workplace, path)) == (0, 1, 0)
    (child,) = everything(workplace, "child")
    assert child.values["household"] == home
    (household,) = everything(workplace, "household")
    assert household.values["head_name"] == "Đinh Rơm"


def test_two_rows_with_one_personal_id_stay_two_children(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("Họ tên", "CCCD", "Chủ hộ")
    rows = [["Đinh Mai", "051319000001", "Rơm"], ["Đinh Mây", "051319000001", "Rạ"]]
    path = table(tmp_path / "a.csv", titles, rows)
    result = take(workplace, path)
    assert result.created == 2
    assert names(result) == [(3, "doubled_personal_id")]
    assert counts(take(workplace, path)) == (0, 0, 2)


def test_of_two_rows_with_the_id_of_a_held_child_the_second_is_another_child(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("Họ tên", "CCCD", "Chủ hộ")
    first = table(tmp_path / "a.csv", titles, [["Đinh Mai", "051319000001", "Rơm"]])
    assert counts(take(workplace, first)) == (1, 0, 0)
    rows = [["Đinh Mai A", "051319000001", "Rơm"], ["Đinh Mây", "051319000001", "Rạ"]]
    result = take(workplace, table(tmp_path / "b.csv", titles, rows))
    assert (result.created, result.changed, result.refused) == (1, 1, 0)
    assert {one.values["full_name"] for one in everything(workplace, "child")} == {
        "Đinh Mai A",
        "Đinh Mây",
    }


def test_of_two_rows_on_the_line_of_a_held_child_the_second_is_another_child(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("Họ tên", "household_no", "line_no")
    assert counts(take(workplace, table(tmp_path / "a.csv", titles, [["Mai", "7", "1"]])))[0] == 1
    rows = [["Mai A", "7", "1"], ["Mây", "7", "1"]]
    result = take(workplace, table(tmp_path / "b.csv", titles, rows))
    assert (result.created, result.changed, result.refused) == (1, 1, 0)
    assert "doubled_line" in [name for _, name in names(result)]
    held = {one.values["full_name"] for one in everything(workplace, "child")}
    assert held == {"Mai A", "Mây"}


def test_a_row_that_is_not_imported_is_not_said_to_be_kept_apart(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("rec_id", "name", "CCCD")
    rows = [["1", "Mai", "051319000001"], ["1", "Mai", "051319000001"]]
    result = take(workplace, table(tmp_path / "a.csv", titles, rows))
    assert (result.created, result.refused) == (1, 1)
    assert names(result) == [(3, "doubled_key")]


def test_two_rows_with_one_key_are_one_child_and_an_issue(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", ("rec_id", "name"), [["1", "Mai"], ["1", "Mây"]])
    result = take(workplace, path)
    assert (result.created, result.refused) == (1, 1)
    assert names(result) == [(3, "doubled_key")]
    assert "dòng 2" in issue_text(result.issues[0])
    assert set(by_name(workplace)) == {"Mai"}


def test_households_without_number_are_told_apart_by_head_and_village(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [["Thôn 1", "Rơm", "Mai"], ["Thôn 1", "Rơm", "Mây"], ["Thôn 2", "Rơm", "Mận"]]
    result = take(workplace, table(tmp_path / "a.csv", ("Thôn", "Chủ hộ", "Họ tên"), rows))
    assert result.households_created == 2
    children = by_name(workplace)
    assert children["Mai"].values["household"] == children["Mây"].values["household"]
    assert children["Mai"].values["household"] != children["Mận"].values["household"]


def test_the_first_row_that_says_something_of_a_household_counts(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("hh_id", "rec_id", "name", "phone")
    rows = [
        ["h", "1", "Mai", ""],
        ["h", "2", "Mây", "0912345678"],
        ["h", "3", "Mận", "0987654321"],
        ["h", "4", "Mít", "0912345678"],
    ]
    path = table(tmp_path / "a.csv", titles, rows)
    result = take(workplace, path)
    assert names(result) == [(4, "household_differs")]
    (household,) = everything(workplace, "household")
    assert household.values["phone"] == "0912345678"
    assert operations(workplace, household.id) == 1
    again_ = take(workplace, path)
    assert (again_.operations, names(again_)) == (0, [(4, "household_differs")])


def test_the_first_row_counts_also_when_the_others_come_in_a_later_batch(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.register_import.BATCH_ROWS", 2)
    workplace = made()
    titles = ("hh_id", "rec_id", "name", "phone", "head")
    rows = [[f"h{n % 3}", str(n), f"Mai {chr(97 + n)}", f"091234567{n}", "Rơm"] for n in range(9)]
    path = table(tmp_path / "a.csv", titles, rows)
    result = take(workplace, path)
    assert [name for _, name in names(result)] == ["household_differs"] * 6
    assert take(workplace, path).operations == 0
    phones = {str(one.values["phone"]) for one in everything(workplace, "household")}
    assert phones == {"0912345670", "0912345671", "0912345672"}


def test_a_household_joined_to_another_is_not_brought_back(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("hh_id", "rec_id", "name", "head")
    take(workplace, table(tmp_path / "a.csv", titles, [["h1", "1", "Mai", "Rơm"]]))
    (old,) = everything(workplace, "household")
    with workplace.write() as work:
        new = work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "Rạ"})).id
        work.record(Change("household", {"merged_into": new}, id=old.id, base=old.heads))
        work.commit()
    path = table(tmp_path / "b.csv", titles, [["h1", "1", "Mai", "Rơm"], ["h1", "2", "Mây", "Rơm"]])
    take(workplace, path)
    assert by_name(workplace)["Mây"].values["household"] == new
    assert [one.id for one in everything(workplace, "household")] == [new]


def test_a_child_put_aside_or_moved_away_is_left_alone_and_said(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", ("rec_id", "name"), [["1", "Mai"], ["2", "Mây"]])
    take(workplace, path)
    children = by_name(workplace)
    with workplace.write() as work:
        aside, moved = children["Mai"], children["Mây"]
        work.record(Change("child", {"entered_in_error": True}, id=aside.id, base=aside.heads))
        work.record(Change("child", {"owner_unit": "21064@2024"}, id=moved.id, base=moved.heads))
        work.commit()
    newer = table(tmp_path / "b.csv", ("rec_id", "name"), [["1", "Mai X"], ["2", "Mây X"]])
    before = state(workplace)
    result = take(workplace, newer)
    assert names(result) == [(2, "set_aside"), (3, "elsewhere")]
    assert result.operations == 0
    assert state(workplace) == before


def test_a_blank_cell_empties_nothing(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("rec_id", "name", "dob")
    take(workplace, table(tmp_path / "a.csv", titles, [["1", "Mai", "2019"]]))
    assert counts(take(workplace, table(tmp_path / "b.csv", titles, [["1", "Mai", ""]]))) == (
        0,
        0,
        1,
    )
    assert by_name(workplace)["Mai"].values["birth_date"] == "2019"


def test_a_name_that_was_a_placeholder_gets_its_status_anew(made: Made, tmp_path: Path) -> None:
    workplace = made()
    take(workplace, table(tmp_path / "a.csv", ("rec_id", "name"), [["1", "Gái"]]))
    take(workplace, table(tmp_path / "b.csv", ("rec_id", "name"), [["1", "Đinh Mai"]]))
    assert by_name(workplace)["Đinh Mai"].values["name_status"] == "OFFICIAL"


def test_villages_are_made_once_whatever_the_marks(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [["Mai", "Thôn Đồng"], ["Mây", "THON DONG"], ["Mận", "Thôn Đồng"]]
    take(workplace, table(tmp_path / "a.csv", ("Họ tên", "Thôn"), rows))
    (village,) = everything(workplace, "village")
    assert village.values["name"] == "Thôn Đồng"
    assert village.id == derived_id(COMMUNE, "village/thon dong")


# --- circumstances --------------------------------------------------------------------------


def test_codes_become_circumstances_and_none_an_answer(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("rec_id", "name", "circumstance_codes")
    rows = [
        ["1", "Mai", "C04.1;R01.2"],
        ["2", "Mây", "NONE"],
        ["3", "Mận", ""],
        ["4", "Mít", "c05"],
    ]
    path = table(tmp_path / "a.csv", titles, rows)
    take(workplace, path)
    children = by_name(workplace)
    found = {(one["record"], one["group"]): one for one in circumstances(workplace)}
    mai, may = children["Mai"], children["Mây"]
    assert found[mai.id, "C04"]["subgroups"] == ["C04.1"]
    assert found[mai.id, "R01"]["subgroups"] == ["R01.2"]
    assert "subgroups" not in found[children["Mít"].id, "C05"]
    assert len(found) == 3
    assert derived_id(mai.id, "C04/1") in ids(workplace)["circumstance"]
    assert mai.values["circumstance_answer"] == "some"
    assert may.values["circumstance_answer"] == "none"
    assert "circumstance_answer" not in children["Mận"].values
    assert take(workplace, path).operations == 0


def test_a_closed_circumstance_is_not_opened_by_an_old_file(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", ("rec_id", "Hoàn cảnh"), [["1", "R01.2"]])
    take(workplace, path)
    (ent_id,) = ids(workplace)["circumstance"]
    with workplace.write() as work:
        work.record(Change("circumstance", {"circumstance_to": "2025-01-01"}, id=ent_id))
        work.commit()
    before = state(workplace)
    assert take(workplace, path).operations == 0
    assert state(workplace) == before
    changed = table(tmp_path / "b.csv", ("rec_id", "Hoàn cảnh"), [["1", "C04.2;R01.1"]])
    assert counts(take(workplace, changed)) == (0, 1, 0)
    assert {one["group"] for one in circumstances(workplace)} == {"C04", "R01"}


def test_a_group_written_in_words_is_found_by_its_name_or_noted_once(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    label = workplace.catalogue.code_list("circumstances").label("C01.1")
    assert len(label.split()) > 3
    rows = [["1", "C01.1"], ["2", label.upper()], ["3", fold(label)], ["4", "nhà rất nghèo khổ"]]
    result = take(workplace, table(tmp_path / "a.csv", ("rec_id", "Hoàn cảnh"), rows))
    assert names(result) == [(5, "circumstance_words")]
    assert [one["subgroups"] for one in circumstances(workplace)] == [["C01.1"]] * 3


def test_a_code_with_words_is_understood_or_noted_once(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [["1", "C01 trẻ mồ côi cả cha lẫn mẹ"], ["2", "C01 cháu ở với bà ngoại từ năm 2019"]]
    result = take(workplace, table(tmp_path / "a.csv", ("rec_id", "Hoàn cảnh"), rows))
    assert names(result) == [(3, "circumstance_unclear")]
    assert [one["group"] for one in circumstances(workplace)] == ["C01"]


def test_wrong_codes_and_accidents_are_issues(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [["1", "C99.1"], ["2", "K02.1"], ["3", "=cmd"]]
    result = take(workplace, table(tmp_path / "a.csv", ("rec_id", "Hoàn cảnh"), rows))
    assert names(result) == [(2, "circumstance"), (3, "not_a_state"), (4, "circumstance_words")]
    assert result.created == 3
    assert circumstances(workplace) == []


# --- preview, progress, cancelling ----------------------------------------------------------


def test_a_preview_says_what_the_import_then_does_and_changes_nothing(made: Made) -> None:
    workplace = made("21025@2024")
    before = state(workplace)
    preview = RegisterImport(workplace).preview(SAMPLE, columns=MAP)
    assert state(workplace) == before
    assert ("dob", "birth_date") in {(one.title, one.field) for one in preview.columns}
    assert preview.header_row == 1
    result = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    assert counts(result) == counts(preview.result)
    assert names(result) == names(preview.result)


def test_the_write_ahead_log_of_a_large_file_is_folded_in_at_once(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at or taken in: it lies there for as long as the window is open."""
    workplace = made("21025@2024")
    log, desk = Path(f"{workplace.settings.store_path}-wal"), RegisterImport(workplace)
    monkeypatch.setattr("app.services.workplace.LITTLE", 10)
    desk.preview(SAMPLE, columns=MAP)
    assert log.stat().st_size == 0
    assert desk.run(SAMPLE, columns=MAP).operations > 10
    assert log.stat().st_size == 0


def test_progress_reaches_its_end_and_never_runs_back(made: Made) -> None:
    steps: list[tuple[int, int]] = []
    progress = Progress(on_step=lambda done, total: steps.append((done, total)))
    RegisterImport(made(PROVINCE)).run(SAMPLE, columns=MAP, progress=progress)
    assert len(steps) > 4
    done = [one for one, _ in steps[:-1]]
    assert done == sorted(done)
    assert all(one <= total for one, total in steps)
    assert steps[-1][0] == steps[-1][1]


@pytest.mark.parametrize("after", range(4))
def test_cancelling_leaves_nothing(made: Made, after: int) -> None:
    workplace = made("21025@2024")
    before = state(workplace)
    asked = Counter[str]()

    def cancelled() -> bool:
        asked["times"] += 1
        return asked["times"] > after

    with pytest.raises(Cancelled):
        RegisterImport(workplace).run(SAMPLE, columns=MAP, progress=Progress(cancelled=cancelled))
    assert state(workplace) == before


def test_one_act_ties_everything_together_and_the_audit_trail_knows_it(
    made: Made, tmp_path: Path
) -> None:
    from sqlalchemy import select

    from app.models import audit
    from app.models.schema import op

    workplace = made()
    rows = [[*HOUSE, "1", "Đinh Thị Mai", "2019", "Nữ"]]
    result = take(workplace, table(tmp_path / "a.csv", TITLES, rows))
    with workplace.store.read() as reading:
        acts = set(reading.execute(select(op.c.act)).scalars())
        (newest,) = audit.recent(reading, 1)
    assert acts == {result.act}
    assert result.operations == operations(workplace) == 3
    assert newest.event == "import"
    assert newest.details["act"] == result.act
    assert "Mai" not in str(newest.details)
