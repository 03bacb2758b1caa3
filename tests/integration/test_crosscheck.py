"""Cross-check on a real store: what is kept, decided, taken over and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.ids import derived_id
from app.models.queries import register
from app.models.queries.crosscheck import book_children
from app.models.work import Change
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.one_child import as_one
from app.services.crosscheck.taking import SupportGiven
from app.services.crosscheck.views import ListResult, Missing, ResultRow, Settled, Standing
from app.services.duplicate_decisions import DuplicateDecisions
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.integration.registers import Made, sheet, table
from tests.workplaces import COMMUNE, DISTRICT, again, write

_POOR = ["STT", "Chủ hộ", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Giới tính", "Diện"]
_PAID = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Người nuôi dưỡng", "Từ tháng", "Mức hưởng"]
_GIFT = ["TT", "Họ và tên học sinh", "Ngày sinh", "Lớp", "Con ông (bà)", "Số tiền"]
#: Given names that are no two alike, so that none of them may be another.
_GIVEN = ("Khoa", "Sơn", "Trí", "Huy", "Phúc", "Quyên", "Giang", "Mỹ", "Thắng", "Yến")


def home(workplace: Workplace, number: int, unit: str = COMMUNE, **values: Value) -> str:
    village = derived_id(unit, "village/1")
    with workplace.store.read() as reading:
        known = register.record(reading, "village", village)
    if known is None:
        with workplace.write() as work:
            work.record(Change("village", {"owner_unit": unit, "name": "Thôn 1"}, key="village/1"))
            work.commit()
    said: dict[str, Value] = {
        "owner_unit": unit,
        "household_no": str(number),
        "village": village,
        "head_name": f"Phạm Văn {_GIVEN[number % 10]}",
        "poverty_status": "0",
        **values,
    }
    return write(workplace, "household", **said)


def child(workplace: Workplace, household: str, name: str, born: str, **values: Value) -> str:
    with workplace.store.read() as reading:
        found = register.record(reading, "household", household)
    assert found is not None
    said: dict[str, Value] = {
        "owner_unit": found.values["owner_unit"],
        "household": household,
        "full_name": name,
        "birth_date": born,
        "sex": "1",
        "father_name": found.values["head_name"],
        "mother_name": "Lê Thị Hoa",
        "monthly_allowance": "2",
        **values,
    }
    return write(workplace, "child", **said)


@pytest.fixture
def village(made: Made) -> tuple[Workplace, list[str], list[str]]:
    """Ten households with a child each: (workplace, households, children)."""
    workplace = made()
    homes = [home(workplace, number) for number in range(10)]
    children = [
        child(workplace, one, f"Phạm Gia {given}", f"2016-03-{day:02d}")
        for day, (one, given) in enumerate(zip(homes, _GIVEN, strict=True), 1)
    ]
    return workplace, homes, children


Village = tuple[Workplace, list[str], list[str]]


def poor_list(path: Path, rows: Sequence[tuple[int, str, str, str]], year: int = 2026) -> Path:
    """Head and child in two rows for each (number, name, year, status)."""
    lines: list[list[str | int | None]] = [
        ["ỦY BAN NHÂN DÂN XÃ"],
        [None, f"DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM {year}"],
        list(_POOR),
    ]
    for order, (number, name, born, status) in enumerate(rows, 1):
        head = f"Phạm Văn {_GIVEN[number % 10]}"
        lines.append([order, head, head, "Chủ hộ", "1985", "Nam", status])
        lines.append([None, None, name, "con", born, "Nam", status])
    lines.append(["Tổng cộng", None, str(len(rows))])
    return sheet(path, [" "], lines)


def of(found: ListResult, name: str) -> ResultRow:
    (row,) = [one for one in found.rows if one.row.name == name]
    return row


def values(workplace: Workplace, entity: str, ent_id: str) -> dict[str, Value]:
    with workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    return dict(found.values)


def test_a_list_comes_apart_into_both_only_list_only_book_and_differing(
    village: Village, tmp_path: Path
) -> None:
    workplace, homes, children = village
    write(workplace, "household", homes[1], poverty_status="1")
    write(workplace, "household", homes[2], poverty_status="1")
    file = poor_list(
        tmp_path / "ngheo.xlsx",
        [
            (0, "Phạm Gia Khoa", "2016", "HN"),
            (1, "PHAM GIA SON", "02/03/2016", "Hộ nghèo"),
            (3, "Trần Thị Lạ", "2017", "HCN"),
        ],
    )
    found = CrossCheck(workplace).take_in(file, ListKind.POVERTY)
    assert found.list.year == 2026
    assert of(found, "Phạm Gia Khoa").standing is Standing.DIFFERS
    assert of(found, "Phạm Gia Khoa").proposed == "1"
    assert of(found, "PHAM GIA SON").standing is Standing.BOTH
    assert of(found, "PHAM GIA SON").child is not None
    assert of(found, "Trần Thị Lạ").standing is Standing.ONLY_LIST
    (missing,) = found.only_book
    assert missing.child.id == children[2]
    assert missing.why is Missing.POOR_HOUSEHOLD
    assert found.adults == 3
    assert (found.totals.rows, found.totals.both, found.totals.only_book) == (3, 1, 1)


def test_what_differs_is_taken_over_as_one_act_and_taken_back(
    village: Village, tmp_path: Path
) -> None:
    workplace, homes, _ = village
    desk = CrossCheck(workplace)
    file = poor_list(
        tmp_path / "ngheo.xlsx",
        [(0, "Phạm Gia Khoa", "2016", "HN"), (1, "Phạm Gia Sơn", "2016", "HCN")],
    )
    found = desk.take_in(file, ListKind.POVERTY)
    assert desk.proposal(found.list.id).households == 2
    done = desk.apply(found.list.id)
    assert done.households == 2
    home_now = values(workplace, "household", homes[1])
    assert (home_now["poverty_status"], home_now["poverty_year"]) == ("2", 2026)
    assert desk.result(found.list.id).totals.differs == 0
    with pytest.raises(KnownError, match=r"crosscheck.nothing"):
        desk.apply(found.list.id)
    assert desk.take_in(file, ListKind.POVERTY).acts == (done.act,), "read again, still to undo"
    assert desk.take_back(done.act) == 2
    assert values(workplace, "household", homes[1])["poverty_status"] == "0"
    assert desk.result(found.list.id).totals.differs == 2
    with pytest.raises(KnownError, match=r"crosscheck.act_unknown"):
        desk.take_back(done.act)


def test_the_same_file_again_is_the_same_list_and_keeps_what_was_decided(
    village: Village, tmp_path: Path
) -> None:
    workplace, _, children = village
    desk = CrossCheck(workplace)
    rows = [(0, "Phạm Gia Khoa", "2016", "HN"), (3, "Trần Thị Lạ", "2017", "HCN")]
    file = poor_list(tmp_path / "ngheo.xlsx", rows)
    first = desk.take_in(file, ListKind.POVERTY)
    strange = of(first, "Trần Thị Lạ").number
    desk.settle(first.list.id, strange, Settled.NOT_HERE)
    again_read = desk.take_in(file, ListKind.POVERTY)
    assert again_read.list.id == first.list.id
    assert of(again_read, "Trần Thị Lạ").settled is Settled.NOT_HERE
    # Saved anew, with a row more: another file, whose rows say the same.
    other = poor_list(tmp_path / "ngheo2.xlsx", [*rows, (4, "Phạm Gia Phúc", "2016", "HN")])
    second = desk.take_in(other, ListKind.POVERTY)
    assert second.list.id != first.list.id
    assert of(second, "Trần Thị Lạ").settled is Settled.NOT_HERE
    lists = {one.id: one.current for one in desk.lists()}
    assert lists == {first.list.id: False, second.list.id: True}
    assert of(desk.result(first.list.id), "Phạm Gia Khoa").child is not None, "stays readable"
    assert children[0]


def test_a_row_is_decided_by_a_person_and_asked_again(village: Village, tmp_path: Path) -> None:
    workplace, homes, children = village
    desk = CrossCheck(workplace)
    # Another given name in the same household: never taken without a look.
    file = poor_list(tmp_path / "ngheo.xlsx", [(0, "Phạm Gia Khoai", "2016", "HN")])
    found = desk.take_in(file, ListKind.POVERTY)
    row = found.rows[0]
    assert row.standing is Standing.REVIEW
    assert row.offered[0].child.id == children[0]
    with workplace.store.read() as reading:
        assert desk.waiting(reading) == (1, 0)
    desk.decide(found.list.id, row.number, children[0])
    decided = desk.result(found.list.id).rows[0]
    assert (decided.standing, decided.decided) == (Standing.DIFFERS, True)
    assert decided.decided_by == "Đặng An"
    desk.decide(found.list.id, row.number, "")
    assert desk.result(found.list.id).rows[0].standing is Standing.ONLY_LIST
    with workplace.store.read() as reading:
        assert desk.waiting(reading) == (0, 1)
    desk.decide(found.list.id, row.number, None)
    assert desk.result(found.list.id).rows[0].standing is Standing.REVIEW
    assert homes


def test_one_child_is_one_row(village: Village, tmp_path: Path) -> None:
    workplace, _, children = village
    desk = CrossCheck(workplace)
    file = poor_list(
        tmp_path / "ngheo.xlsx",
        [(3, "Trần Thị Lạ", "2017", "HCN"), (4, "Trần Thị Khác", "2018", "HCN")],
    )
    found = desk.take_in(file, ListKind.POVERTY)
    first, second = found.rows
    desk.decide(found.list.id, first.number, children[7])
    with pytest.raises(KnownError, match=r"crosscheck.child_taken"):
        desk.decide(found.list.id, second.number, children[7])


def test_a_child_entered_since_is_found(village: Village, tmp_path: Path) -> None:
    workplace, homes, _ = village
    desk = CrossCheck(workplace)
    file = poor_list(tmp_path / "ngheo.xlsx", [(3, "Trần Thị Lạ", "2017", "HCN")])
    found = desk.take_in(file, ListKind.POVERTY)
    assert len(desk.tasks()) == 1
    child(workplace, homes[3], "Trần Thị Lạ", "2017-05-06")
    now = desk.result(found.list.id).rows[0]
    assert now.child is not None
    assert desk.tasks() == ()


def test_an_allowance_gets_its_field_and_a_record_once(village: Village, tmp_path: Path) -> None:
    workplace, _, children = village
    desk = CrossCheck(workplace)
    rows: list[list[str | int | None]] = [
        [1, "Phạm Gia Khoa", "01/03/2016", "Nam", "Phạm Văn Khoa", "01/2024", "540.000đ"],
        [2, "Phạm Gia Sơn", "02/03/2016", "Nam", "Lê Thị Hoa", None, None],
    ]
    file = sheet(tmp_path / "tro_giup.xlsx", _PAID, rows)
    found = desk.take_in(file, ListKind.ALLOWANCE)
    assert found.totals.differs == 2
    assert desk.proposal(found.list.id).needs_day == 1
    with pytest.raises(KnownError, match=r"crosscheck.no_day"):
        desk.apply(found.list.id)
    done = desk.apply(found.list.id, SupportGiven(day="2024-06-01"))
    assert done.children == 2
    now = values(workplace, "child", children[0])
    assert (now["monthly_allowance"], now["allowance_category"]) == ("1", "other")
    support = values(workplace, "support", derived_id(children[0], f"list:allowance:{COMMUNE}"))
    assert support["support_type"] == ["monthly_allowance"]
    assert (support["support_date"], support["support_amount"]) == ("2024-01-01", 540_000)
    assert desk.result(found.list.id).totals.both == 2
    # The same list, saved anew: nothing more to write.
    again_read = desk.take_in(
        table(tmp_path / "tro_giup.csv", _PAID, [[str(one or "") for one in row] for row in rows]),
        ListKind.ALLOWANCE,
    )
    assert again_read.totals.differs == 0


def test_a_gift_is_noted_for_each_child_and_not_a_second_time(
    village: Village, tmp_path: Path
) -> None:
    workplace, _, children = village
    desk = CrossCheck(workplace)
    lines: list[list[str | int | None]] = [
        [None, "DANH SÁCH HỌC SINH NHẬN HỌC BỔNG NĂM 2026"],
        list(_GIFT),
        [1, "Phạm Gia Khoa", "1/3/2016", "5A", "Phạm Văn Khoa", "1.000.000"],
        [2, "Phạm Gia Trí", "3/3/2016", "5A", "Lê Thị Hoa", "1.000.000"],
    ]
    found = desk.take_in(sheet(tmp_path / "hb.xlsx", [" "], lines), ListKind.SUPPORT)
    assert found.totals.differs == 2
    assert found.only_book == ()
    with pytest.raises(KnownError, match=r"crosscheck.no_support"):
        desk.apply(found.list.id)
    given = SupportGiven("scholarship", "2026-01-15", "Quỹ Bảo trợ trẻ em tỉnh")
    assert desk.apply(found.list.id, given).children == 2
    assert desk.result(found.list.id).totals.both == 2
    with workplace.store.read() as reading:
        belongs = register.belonging_to(reading, [children[2]])[children[2]]
    (support,) = [one for one in belongs if one.entity == "support"]
    assert support.values["support_provider"] == "Quỹ Bảo trợ trẻ em tỉnh"


def test_a_circumstance_that_brings_no_allowance_is_missing_nowhere(
    village: Village, tmp_path: Path
) -> None:
    workplace, _, children = village
    groups = {0: ("C01", "C01.3"), 1: ("C03", "C03.7"), 2: ("C03", "C03.12"), 3: ("C04", "C04.1")}
    for at, (group, sub) in groups.items():
        part = {"record": children[at], "group": group, "subgroups": [sub], "episode": 1}
        write(workplace, "circumstance", **part)
    incapable = {"record": children[4], "group": "C03", "subgroups": ["C03.2"], "episode": 1}
    write(workplace, "circumstance", **incapable)
    write(workplace, "child", children[4], father_status="DECEASED", mother_status="INCAPABLE")
    # HIV is of level A: whoever read that an allowance is missing would read the group.
    write(workplace, "circumstance", record=children[5], group="C05", episode=1)
    file = sheet(
        tmp_path / "tro_giup.xlsx",
        _PAID,
        [[1, "Phạm Gia Yến", "10/03/2016", "Nam", "Phạm Văn Yến", "01/2024", "540.000"]],
    )
    found = CrossCheck(workplace).take_in(file, ListKind.ALLOWANCE)
    assert {one.child.id for one in found.only_book} == {children[0], children[3]}
    assert {one.why for one in found.only_book} == {Missing.ENTITLED}


def test_a_column_that_is_corrected_is_remembered_for_the_layout(
    village: Village, tmp_path: Path
) -> None:
    workplace, _, _ = village
    desk = CrossCheck(workplace)
    heads = ["Số", "Em", "Ngày", "Nhà"]
    rows = [["1", "Phạm Gia Khoa", "01/03/2016", "Phạm Văn Khoa"]]
    mapped = tmp_path / "cot.json"
    mapped.write_text('{"columns": {"Em": "name", "Nhà": "adults"}, "ignore": ["Số"]}', "utf-8")
    file = table(tmp_path / "a.csv", heads, rows)
    found = desk.take_in(file, ListKind.SUPPORT, None, mapped, occasion="Quà Tết")
    assert found.rows[0].row.adults == ("Phạm Văn Khoa",)
    other = table(tmp_path / "b.csv", heads, [["1", "Phạm Gia Trí", "03/03/2016", "Lê Thị Hoa"]])
    seen = desk.preview(other, ListKind.SUPPORT)
    assert seen.remembered
    assert seen.first[0].adults == ("Lê Thị Hoa",)


def test_a_child_of_another_commune_is_only_offered(made: Made, tmp_path: Path) -> None:
    district = made(DISTRICT)
    other = "21049@2024"
    for number in range(5):
        one = home(district, number, "21046@2024")
        child(district, one, f"Phạm Gia {_GIVEN[number]}", "2016-03-01")
    there = home(district, 7, other)
    moved = child(district, there, "Phạm Gia Mỹ", "2016-03-08")
    file = poor_list(tmp_path / "ngheo.xlsx", [(7, "Phạm Gia Mỹ", "08/03/2016", "HN")])
    found = CrossCheck(district).take_in(file, ListKind.POVERTY, "21046@2024")
    assert found.rows[0].standing is Standing.REVIEW
    assert found.rows[0].offered[0].child.id == moved


def test_rights_stand_before_everything(village: Village, tmp_path: Path) -> None:
    workplace, _, _ = village
    file = poor_list(tmp_path / "ngheo.xlsx", [(0, "Phạm Gia Khoa", "2016", "HN")])
    found = CrossCheck(workplace).take_in(file, ListKind.POVERTY)
    reader = CrossCheck(again(workplace, frozenset((Right.READ,))))
    assert reader.result(found.list.id).totals == found.totals
    for deed in (
        lambda: reader.take_in(file, ListKind.POVERTY),
        lambda: reader.apply(found.list.id),
        lambda: reader.remove(found.list.id),
        lambda: reader.settle(found.list.id, 5, Settled.FOUND),
        lambda: reader.decide(found.list.id, 5, ""),
    ):
        with pytest.raises(KnownError, match=r"rights.denied"):
            deed()
    with pytest.raises(KnownError, match=r"rights.denied"):
        CrossCheck(again(workplace, frozenset((Right.HANDOVER,)))).lists()


def test_a_removed_list_is_gone_and_the_earlier_one_is_in_force_again(
    village: Village, tmp_path: Path
) -> None:
    workplace, _, _ = village
    desk = CrossCheck(workplace)
    old = desk.take_in(
        poor_list(tmp_path / "a.xlsx", [(0, "Phạm Gia Khoa", "2016", "HN")], 2025),
        ListKind.POVERTY,
    )
    new = desk.take_in(
        poor_list(tmp_path / "b.xlsx", [(1, "Phạm Gia Sơn", "2016", "HN")], 2026),
        ListKind.POVERTY,
    )
    desk.remove(new.list.id)
    assert [(one.id, one.current) for one in desk.lists()] == [(old.list.id, True)]
    with pytest.raises(KnownError, match=r"crosscheck.unknown"):
        desk.result(new.list.id)


def test_a_list_of_heads_alone_is_refused_and_nothing_is_kept(
    village: Village, tmp_path: Path
) -> None:
    workplace, _, _ = village
    rows: list[list[str | int | None]] = [[1, "Phạm Văn Khoa", "1980"], [2, "Lê Thị Hoa", "1985"]]
    file = sheet(tmp_path / "chu_ho.xlsx", ["TT", "Họ và tên", "Năm sinh"], rows)
    desk = CrossCheck(workplace)
    with pytest.raises(KnownError, match=r"crosscheck.no_children"):
        desk.take_in(file, ListKind.POVERTY)
    assert desk.lists() == ()


def test_a_household_in_conflict_is_left_for_a_person(village: Village, tmp_path: Path) -> None:
    workplace, homes, _ = village
    with workplace.store.read() as reading:
        found = register.record(reading, "household", homes[0])
    assert found is not None
    for status in ("2", "3"):
        with workplace.write() as work:
            change = Change(
                "household",
                {"poverty_status": status},
                homes[0],
                base=found.heads,
                loaded=found.values,
            )
            work.record(change)
            work.commit()
    desk = CrossCheck(workplace)
    file = poor_list(
        tmp_path / "ngheo.xlsx",
        [(0, "Phạm Gia Khoa", "2016", "HN"), (1, "Phạm Gia Sơn", "2016", "HN")],
    )
    taken = desk.take_in(file, ListKind.POVERTY)
    assert replace(desk.proposal(taken.list.id), needs_day=0).undecided == 1
    done = desk.apply(taken.list.id)
    assert (done.households, done.undecided) == (1, 1)


def test_a_child_that_is_written_twice_is_one_for_a_list(village: Village, tmp_path: Path) -> None:
    workplace, homes, children = village
    second = home(workplace, 33, head_name="Phạm Văn Khoa", poverty_status="1")
    twice = child(workplace, second, "Phạm Gia Khoa", "2016-03-01")
    write(workplace, "household", homes[0], poverty_status="1")
    DuplicateDecisions(workplace).decide(children[0], twice, "same")
    desk = CrossCheck(workplace)
    file = poor_list(tmp_path / "ngheo.xlsx", [(0, "Phạm Gia Khoa", "2016", "Hộ nghèo")])
    found = desk.take_in(file, ListKind.POVERTY)
    assert found.only_book == ()
    row = of(found, "Phạm Gia Khoa")
    assert row.standing is Standing.BOTH
    assert row.child is not None
    assert row.child.id == min(children[0], twice)


def test_a_double_that_a_row_was_said_to_be_is_the_child(village: Village, tmp_path: Path) -> None:
    workplace, homes, children = village
    second = home(workplace, 33, head_name="Phạm Văn Khoa", poverty_status="1")
    twice = child(workplace, second, "Phạm Gia Khoa", "2016-03-01")
    write(workplace, "household", homes[0], poverty_status="1")
    desk = CrossCheck(workplace)
    file = poor_list(tmp_path / "ngheo.xlsx", [(0, "Phạm Gia Khoa", "2016", "Hộ nghèo")])
    found = desk.take_in(file, ListKind.POVERTY)
    double = max(children[0], twice)
    desk.decide(found.list.id, of(found, "Phạm Gia Khoa").number, double)
    DuplicateDecisions(workplace).decide(children[0], twice, "same")
    assert desk.result(found.list.id).only_book == ()


def test_what_only_the_double_says_finds_the_child(village: Village, tmp_path: Path) -> None:
    workplace, _homes, children = village
    number = "051216000014"
    second = home(workplace, 33, head_name="Phạm Văn Khoa")
    twice = child(workplace, second, "Phạm Gia Khoa", "2016-03-01")
    stands, double = sorted((children[0], twice))
    write(workplace, "child", double, personal_id=number)
    DuplicateDecisions(workplace).decide(stands, double, "same")
    with workplace.store.read() as reading:
        one = {each.id: each for each in as_one(reading, book_children(reading, (COMMUNE,)))}
    assert double not in one
    assert (one[stands].personal_id, len(one)) == (number, len(children))
