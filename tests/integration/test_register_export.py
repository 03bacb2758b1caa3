"""The register as a file: complete, readable, and read back without a change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.models import audit
from app.models.work import Change
from app.services.masking import Reveal
from app.services.register_export import Headers, RegisterExport
from app.services.register_import import RegisterImport
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Cancelled, Progress, Workplace
from app.workbooks.reading import open_workbook
from tests.dumps import dump_store
from tests.integration.registers import by_name, circumstances, everything
from tests.workplaces import COMMUNE, KEY, PROVINCE, again, make_workplace, settle

OTHER = "21064@2024"
AWKWARD = '=cmd|"/c calc"!A1'


REVEAL = Reveal("rà soát theo kế hoạch")


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home", PROVINCE)
    with made.write() as work:
        settle(work, 300, (COMMUNE, OTHER))
        home = work.record(
            Change(
                "household",
                {"owner_unit": COMMUNE, "head_name": "Đinh Rơm", "note": "dòng một\n'=dòng hai"},
            )
        ).id
        child = {"owner_unit": COMMUNE, "household": home, "full_name": "Đinh Thị Awk"}
        work.record(Change("child", {**child, "school_name": AWKWARD, "other_name": "'=x"}))
        work.record(Change("child", {"owner_unit": COMMUNE, "full_name": "Hồ Không Hộ"}))
        hidden = {"owner_unit": COMMUNE, "full_name": "Hồ Ghi Nhầm", "entered_in_error": True}
        work.record(Change("child", hidden))
        work.commit()
    yield made
    made.store.close()


def read(path: Path) -> list[dict[str, str]]:
    with open_workbook(path) as book:
        titles, *lines = [[str(c or "") for c in row.cells] for row in book.rows(book.sheets[0])]
        return [dict(zip(titles, line, strict=False)) for line in lines]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("headers", list(Headers))
@pytest.mark.parametrize("revealing", [True, False])
def test_what_is_exported_reads_back_without_a_change(
    workplace: Workplace, tmp_path: Path, kind: str, headers: Headers, revealing: bool
) -> None:
    rights = ALL_RIGHTS if revealing else frozenset((Right.EXPORT, Right.ENTER))
    someone = again(workplace, rights)
    path = tmp_path / f"a.{kind}"
    reveal = REVEAL if revealing else None
    done = RegisterExport(someone).export(path, headers=headers, reveal=reveal)
    assert done.rows == len(everything(workplace, "child")) == 302
    before = dump_store(workplace.settings.store_path, KEY)
    result = RegisterImport(someone).run(path)
    assert (result.operations, result.unchanged, result.refused) == (0, 302, 0)
    assert result.kept == 0
    assert dump_store(workplace.settings.store_path, KEY) == before


def test_every_value_stands_in_the_file(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    RegisterExport(workplace).export(path, reveal=REVEAL)
    lines = {line["child_uid"]: line for line in read(path)}
    households = {one.id: one for one in everything(workplace, "household")}
    for child in everything(workplace, "child"):
        line = lines[child.id]
        assert line["commune_code"] == child.values["owner_unit"]
        for name in ("full_name", "birth_date", "personal_id", "mother_name", "schooling_status"):
            assert line[name] == str(child.values.get(name, ""))
        household = households.get(str(child.values.get("household")))
        assert line["household_uid"] == ("" if household is None else household.id)
        if household is not None:
            assert line["household_no"] == household.values.get("household_no", "")
    codes = {c for line in lines.values() for c in line["circumstance_codes"].split("; ")}
    groups = {str(one["group"]) for one in circumstances(workplace)}
    assert {code.partition(".")[0] for code in codes} - {"", "NONE"} == groups


def test_a_change_made_in_excel_comes_back_as_one_edit(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    RegisterExport(workplace).export(path, headers=Headers.LABELS)
    book = openpyxl.load_workbook(path)
    sheet = book["Trẻ em"]
    titles = [cell.value for cell in sheet[1]]
    name, uid = titles.index("Họ và tên trẻ"), titles.index("Mã trẻ (do phần mềm cấp)")
    child = sheet[5][uid].value
    sheet[5][name].value = "Đinh Thị Sửa"
    book.save(path)
    result = RegisterImport(workplace).run(path)
    assert (result.changed, result.unchanged, result.operations) == (1, 301, 1)
    assert by_name(workplace)["Đinh Thị Sửa"].id == child


def test_children_put_aside_stay_inside(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    RegisterExport(workplace).export(path)
    names = {line["full_name"] for line in read(path)}
    assert "Hồ Không Hộ" in names
    assert "Hồ Ghi Nhầm" not in names


def test_only_the_chosen_unit_is_exported(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    RegisterExport(workplace).export(path, OTHER)
    assert {line["commune_code"] for line in read(path)} == {OTHER}
    with pytest.raises(KnownError) as caught:
        RegisterExport(workplace).export(path, "01@2024")
    assert caught.value.message_id == "units.outside_scope"


def test_nothing_in_the_file_is_a_formula(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    RegisterExport(workplace).export(path)
    cells = [cell for row in openpyxl.load_workbook(path)["Trẻ em"].rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert AWKWARD in {cell.value for cell in cells}
    RegisterExport(workplace).export(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd" in text
    assert ",=" not in text


def test_level_a_needs_a_reason_and_the_right_to_see_it(
    workplace: Workplace, tmp_path: Path
) -> None:
    child = by_name(workplace)["Đinh Thị Awk"]
    with workplace.write() as work:
        for group, codes in (("C05", None), ("R03", ["R03.1", "R03.3"]), ("R01", ["R01.1"])):
            values = {"record": child.id, "group": group, "episode": 1, "subgroups": codes}
            work.record(Change("circumstance", values, key=f"{group}/1"))
        flags = {"family_problem_flags": ["R03.3"]}
        work.record(Change("household", flags, id=str(child.values["household"])))
        work.commit()
    path = tmp_path / "a.csv"
    shown, withheld = (
        (
            RegisterExport(workplace).export(path, reveal=reveal),
            next(line for line in read(path) if line["child_uid"] == child.id),
        )
        for reveal in (REVEAL, None)
    )
    assert shown[1]["circumstance_codes"] == "C05; R01.1; R03.1; R03.3"
    assert shown[1]["family_problem_flags"] == "R03.3"
    assert not shown[0].withheld
    assert withheld[1]["circumstance_codes"] == "R01.1"
    assert "family_problem_flags" not in withheld[1]
    assert withheld[0].withheld
    assert withheld[0].may_reveal
    assert not RegisterExport(again(workplace, ALL_RIGHTS - {Right.REVEAL})).export(path).may_reveal
    assert "R03.3" not in path.read_text(encoding="utf-8")
    path.unlink()
    for rights, reveal in ((ALL_RIGHTS - {Right.REVEAL}, REVEAL), (ALL_RIGHTS, Reveal(" "))):
        with pytest.raises(KnownError) as caught:
            RegisterExport(again(workplace, rights)).export(path, reveal=reveal)
        assert caught.value.message_id in ("rights.denied", "masking.no_reason")
        assert not path.exists()


def test_an_export_asks_its_right_and_leaves_a_trace(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(KnownError) as caught:
        RegisterExport(again(workplace, ALL_RIGHTS - {Right.EXPORT})).export(path)
    assert caught.value.message_id == "rights.denied"
    assert not path.exists()
    done = RegisterExport(workplace).export(path, reveal=REVEAL)
    with workplace.store.read() as reading:
        newest, before = audit.recent(reading, 2)
    assert (before.event, before.details["reason"]) == ("reveal", REVEAL.reason)
    assert newest.event == "export"
    assert newest.details == {
        "unit": PROVINCE,
        "rows": 302,
        "file_sha256": done.sha256,
        "level_a": "shown",
    }


def test_a_workbook_says_who_took_it_out_and_what_it_is(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    RegisterExport(workplace).export(path)
    notes = openpyxl.load_workbook(path)["Ghi chú"]
    said = {str(row[0].value): str(row[1].value) for row in notes.rows}
    assert said["Người xuất"] == "Đặng An, Công chức"
    assert PROVINCE in said["Đơn vị"]
    assert said["Số trẻ"] == "302"
    assert "Nghị định 56/2017" in said["Lưu ý"]


def test_other_kinds_of_file_and_cancelling_leave_no_file(
    workplace: Workplace, tmp_path: Path
) -> None:
    with pytest.raises(KnownError) as caught:
        RegisterExport(workplace).export(tmp_path / "a.pdf")
    assert caught.value.message_id == "import.export_kind"
    path = tmp_path / "a.xlsx"
    monkey = Progress(cancelled=lambda: True)
    with pytest.raises(Cancelled):
        RegisterExport(workplace).export(path, progress=monkey)
    assert not [one for one in tmp_path.iterdir() if one.is_file()]
