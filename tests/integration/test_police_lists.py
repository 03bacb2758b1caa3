"""Lists for the police: who stands on which, what stands in the file, what is out and came back."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.models import audit, police_lists
from app.models.work import Change
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.services.checks import Checks
from app.services.police.defects import Kind, answered_fields, list_rules
from app.services.police.gathering import Gathering
from app.services.police.issued_list import State
from app.services.police.paper import facts_of
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Workplace
from tests.police_register import SOUND, Pen, child, desks, household, village
from tests.workplaces import COMMUNE, DISTRICT, again, make_workplace, write


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def home(workplace: Workplace) -> str:
    return household(workplace, village(workplace, "Thôn 1"), "12")


#: A child that no household is known of.
_ALONE: dict[str, Value] = {"full_name": "Đinh Thị E", "birth_date": "2019-05-01", "sex": "2"}


def _kinds(workplace: Workplace) -> dict[Kind, int]:
    found = desks(workplace)[0].count()
    return {kind: sum(one.by_kind.get(kind, 0) for one in found) for kind in Kind}


#: What differs from a sound child → the list it stands on.
_STANDS: list[tuple[dict[str, Value], Kind | None]] = [
    ({"personal_id": None}, Kind.WITHOUT_ID),
    ({"personal_id": None, "full_name": None}, Kind.WITHOUT_ID),
    ({"personal_id": "051319"}, Kind.WRONG_ID),
    ({"personal_id": "051119000001"}, Kind.WRONG_ID),  # an adult's century
    ({"personal_id": "051219000001"}, Kind.WRONG_ID),  # a boy's digit
    ({"personal_id": "051318000001"}, Kind.WRONG_ID),  # another year
    ({"personal_id": "003319000001"}, Kind.WRONG_ID),  # no such province
    ({"father_personal_id": "051319000001"}, Kind.WRONG_ID),
    ({"full_name": None}, Kind.WRONG_BASIC),
    ({"full_name": "Gái", "birth_registered": "2", "personal_id": None}, Kind.WITHOUT_ID),
    ({"full_name": "Gái"}, Kind.WRONG_BASIC),
    ({"full_name": "Con bà Tư"}, Kind.WRONG_BASIC),
    ({"birth_date": None}, Kind.WRONG_BASIC),
    ({"birth_date": "2019"}, Kind.WRONG_BASIC),
    ({"birth_date": "2019-05"}, Kind.WRONG_BASIC),
    ({"birth_date": "2019-01-01"}, Kind.WRONG_BASIC),
    ({"sex": None}, Kind.WRONG_BASIC),
    ({"ethnicity": None}, Kind.WRONG_BASIC),
    ({"father_name": None}, Kind.WRONG_BASIC),
    ({"mother_name": None}, Kind.WRONG_BASIC),
    ({}, None),
]


def test_a_child_stands_on_the_first_list_that_fits(workplace: Workplace, home: str) -> None:
    stands = {
        child(workplace, home, **_own_id(values, at)): kind
        for at, (values, kind) in enumerate(_STANDS)
    }
    found = Gathering(workplace, Checks(workplace)).find(COMMUNE)
    assert {one.child: one.kind for one in found} == {
        ent_id: kind for ent_id, kind in stands.items() if kind is not None
    }


def _own_id(values: dict[str, Value], at: int) -> dict[str, Value]:
    """The values with ids of their own: two children with one id would both be asked about."""
    said = {"personal_id": SOUND["personal_id"], **values}
    return {
        name: f"{value[:-2]}{at:02}"
        if name.endswith("personal_id") and len(str(value)) == 12
        else value
        for name, value in said.items()
    }


def test_two_children_with_one_id_are_both_asked_about(workplace: Workplace, home: str) -> None:
    child(workplace, home)
    child(workplace, home, full_name="Đinh Thị Hà")
    assert _kinds(workplace)[Kind.WRONG_ID] == 2


def test_what_a_reason_was_given_for_is_not_asked_about(workplace: Workplace, home: str) -> None:
    said: dict[str, Value] = {"birth_date": "2019-01-01"}
    child(workplace, home, **said, warning_reasons=["birth_date/first_of_january: đúng ngày"])
    assert _kinds(workplace)[Kind.WRONG_BASIC] == 0


def test_whom_the_register_does_not_follow_is_not_asked_about(
    workplace: Workplace, home: str
) -> None:
    gone: list[dict[str, Value]] = [
        {"life_status": "DECEASED"},
        {"birth_date": "2001-05-01"},
        {"residence_status": "4"},
    ]
    for values in gone:
        child(workplace, home, personal_id=None, **values)
    assert not any(_kinds(workplace).values())


def test_every_rule_that_puts_a_child_on_a_list_has_its_words_on_paper(
    workplace: Workplace,
) -> None:
    texts, rules = document_texts("police_list"), list_rules()
    uses = {one.name: one for one in workplace.catalogue.newest("child").fields_of("child")}
    for of_list in (rules.wrong_id, rules.wrong_basic):
        for field, named in of_list.items():
            assert field in rules.answered
            known = {use.rule for use in uses[field].rules} | {"type"}
            known |= {"required"} if uses[field].required else set()
            for rule in named:
                assert rule in known, f"{field}/{rule} is no rule of the form"
                assert texts[f"ask.{field}.{rule}"]
    assert {"ask.personal_id.missing", "ask.birth_date.whole_day"} <= texts.keys()
    everywhere = {
        rule for one in (rules.wrong_id, rules.wrong_basic) for it in one.values() for rule in it
    }
    assert {*rules.never, *rules.settles} <= everywhere


def test_the_file_has_a_row_for_each_child_and_empty_columns_to_fill(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    child(workplace, home, full_name="=HYPERLINK(1)", birth_date="2018", personal_id="051318000002")
    made = desks(workplace)[0].issue(tmp_path / "ca.xlsx")
    pen = Pen(tmp_path / "ca.xlsx")
    row = pen.row("Đinh Thị Hạ")
    assert pen.cell(row, "printed.birth_date").date() == date(2019, 5, 1)
    assert pen.cell(row, "printed.ethnicity") == "Kinh"
    assert pen.cell(row, "village") == "Thôn 1"
    assert pen.cell(row, "kind") == "Chưa có số"
    assert pen.cell(row, "code").startswith(f"{made.code[:5]}-")
    assert pen.cell(row, "personal_id") is None
    other = pen.sheet.cell(pen.row("=HYPERLINK(1)"), pen.column("printed.full_name"))
    assert other.data_type == "s", "a text stays a text"
    notes = {row[0].value: row[1].value for row in pen.book["Cách ghi"].iter_rows(max_col=2)}
    assert notes["Mã danh sách"] == made.code


def test_what_is_typed_stays_as_it_was_typed_and_a_few_answers_are_offered(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    desks(workplace)[0].issue(tmp_path / "ca.xlsx")
    pen = Pen(tmp_path / "ca.xlsx")
    asked = (*list_rules().answered, "not_here", "remark")
    # Of a cell that nobody filled in the column says how it is formatted.
    with zipfile.ZipFile(tmp_path / "ca.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    texts = {int(at) for at in re.findall(r'<col min="(\d+)" [^>]*style="1"', sheet)}
    assert texts == {pen.column(one) for one in asked}
    assert pen.sheet.cell(2, pen.column("code")).number_format == "@", "the first style is text"
    offered = {}
    for one in pen.sheet.data_validations.dataValidation:
        (area,) = one.sqref.ranges
        at = area.min_col
        if one.type == "list":
            ((place, cells),) = pen.book.defined_names[one.formula1].destinations
            offered[at] = [row[0].value for row in pen.book[place][cells.replace("$", "")]]
    assert offered[pen.column("sex")] == ["Nam", "Nữ", "Chưa xác định"]
    assert "Hrê" in offered[pen.column("ethnicity")]
    assert offered[pen.column("not_here")] == ["x"]
    assert len(offered) == 3


def test_code_and_name_stay_in_sight_and_on_every_page(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    desks(workplace)[0].issue(tmp_path / "ca.xlsx")
    pen = Pen(tmp_path / "ca.xlsx")
    assert pen.column("code") < pen.column("printed.full_name") == 3
    assert pen.sheet.freeze_panes == "D2"
    assert (pen.sheet.print_title_cols, pen.sheet.print_title_rows) == ("$A:$C", "$1:$1")


def test_every_page_of_the_file_says_who_made_it_when_and_who_may_see_it(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    made = desks(workplace)[0].issue(tmp_path / "ca.xlsx")
    pen = Pen(tmp_path / "ca.xlsx")
    for sheet in pen.book.worksheets:
        assert "LƯU HÀNH NỘI BỘ" in sheet.oddHeader.right.text
        assert made.code in sheet.oddHeader.left.text
        assert "Đặng An" in sheet.oddFooter.left.text
        assert f"{workplace.today():%d/%m/%Y}" in sheet.oddFooter.left.text
    assert pen.book.properties.category == "LƯU HÀNH NỘI BỘ"


def test_nothing_of_a_special_group_is_in_the_file(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    one = child(workplace, home, personal_id=None, bhyt_number="TE1515100000001")
    write(workplace, "circumstance", record=one, group="C05", episode=1, evidence_ref="BENHVIEN")
    desks(workplace)[0].issue(tmp_path / "ca.xlsx")
    book = openpyxl.load_workbook(tmp_path / "ca.xlsx")
    said = " ".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )
    assert "Đinh Thị Hạ" in said
    for secret in ("C05", "HIV", "BENHVIEN", "TE1515100000001", one):
        assert secret not in said


def test_who_is_on_a_list_that_is_out_is_not_listed_again(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    lists, _ = desks(workplace)
    first = lists.issue(tmp_path / "1.xlsx")
    assert [one.out for one in lists.count()] == [1]
    with pytest.raises(KnownError, match=r"police\.nobody"):
        lists.issue(tmp_path / "2.xlsx")
    assert not (tmp_path / "2.xlsx").exists()
    again_listed = lists.issue(tmp_path / "2.xlsx", also_out=True)
    assert again_listed.number == first.number + 1
    lists.withdraw("1")
    lists.withdraw(again_listed.code)
    third = lists.issue(tmp_path / "3.xlsx")
    assert [one.state for one in lists.issued()] == [State.OUT, State.WITHDRAWN, State.WITHDRAWN]
    assert third.rows == 1


def test_a_list_is_of_the_villages_and_lists_that_were_chosen(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    other = village(workplace, "Thôn 2")
    child(workplace, home, personal_id=None)
    child(workplace, household(workplace, other, "3"), full_name="Hồ Văn Pá", sex=None)
    lists, _ = desks(workplace)
    assert lists.villages_named(None, ["thôn 2"]) == [other]
    made = lists.issue(tmp_path / "2.xlsx", villages=[other])
    assert (made.villages, dict(made.by_kind)) == (("Thôn 2",), {Kind.WRONG_BASIC: 1})
    with pytest.raises(KnownError, match=r"police\.nobody"):
        lists.issue(tmp_path / "3.xlsx", kinds=[Kind.WRONG_ID])
    with pytest.raises(KnownError, match=r"verification\.no_village"):
        lists.villages_named(None, ["Thôn 9"])


def test_every_village_is_on_paper_once_and_who_lives_in_none_comes_last(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    twin = village(workplace, "Thôn 1")  # two villages that bear one name
    homes = [home, household(workplace, twin, "1"), household(workplace, twin, "2")]
    homes.append(write(workplace, "household", owner_unit=COMMUNE, household_no="9"))
    for at, one in enumerate(homes):
        child(workplace, one, personal_id=None, full_name=f"Đinh Thị {'ABCD'[at]}")
    write(workplace, "child", owner_unit=COMMUNE, **_ALONE)
    lists, _ = desks(workplace)
    lists.issue(tmp_path / "1.xlsx")
    put: list[Document] = []
    lists.print("1", put.append)
    told = [section.footer and section.footer[0] for section in put[0].sections]
    code = lists.issued()[0].code
    assert told == [
        f"Danh sách số 1 · mã {code} · {name}" for name in ("Thôn 1", "Thôn 1", "Trẻ chưa ghi thôn")
    ]
    with workplace.store.read() as reading:
        (listed,) = police_lists.lists(reading)
        rows = police_lists.rows_of(reading, listed.id)
    fields = answered_fields(workplace.catalogue.newest("child"))
    # A village in between, as lists that were kept before stand there.
    mixed = [rows[0], rows[-1], *rows[1:-1]]
    for order in (rows, mixed):
        facts = facts_of(workplace, listed, order, fields)
        assert [(one.name, len(one.rows)) for one in facts.villages][-1] == ("", 2)
        assert sorted(len(one.rows) for one in facts.villages) == [1, 2, 2]


def test_the_signed_list_comes_back_and_can_be_taken_away_again(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    lists, _ = desks(workplace)
    lists.issue(tmp_path / "1.xlsx")
    today = workplace.today()
    now = workplace.clock()
    workplace.clock = lambda: now + 5 * 86_400
    assert lists.issued()[0].days_out == 5
    for day, who, why in (
        (today + timedelta(days=6), "Trung tá Lê Minh", "signed_when"),
        (today - timedelta(days=1), "Trung tá Lê Minh", "signed_when"),
        (today, "  ", "no_signer"),
        (today, "x" * 300, "too_long"),
    ):
        with pytest.raises(KnownError, match=rf"police\.{why}"):
            lists.hand_back("1", who, day)
    done = lists.hand_back("1", "Lê Minh", today, "Trưởng Công an xã", "45/CAX")
    assert done.state is State.BACK
    assert done.back is not None
    assert done.back[:4] == ("Lê Minh", "Trưởng Công an xã", today.isoformat(), "45/CAX")
    assert done.back.received_by == "Đặng An"
    assert done.days_out == 0
    for deed in (lambda: lists.hand_back("1", "A", today), lambda: lists.withdraw("1")):
        with pytest.raises(KnownError, match=r"police\.back_already"):
            deed()
    assert lists.take_hand_back_away("1").state is State.OUT
    with pytest.raises(KnownError, match=r"police\.not_back"):
        lists.take_hand_back_away("1")
    with pytest.raises(KnownError, match=r"police\.unknown_list"):
        lists.withdraw("7")


def test_whoever_may_not_take_persons_out_issues_nothing(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    lists, _ = desks(again(workplace, ALL_RIGHTS - {Right.EXPORT}))
    with pytest.raises(KnownError, match=r"rights\.denied"):
        lists.issue(tmp_path / "1.xlsx")
    assert not (tmp_path / "1.xlsx").exists()
    assert lists.issued() == []
    lists, _ = desks(again(workplace, ALL_RIGHTS - {Right.PRINT}))
    lists.issue(tmp_path / "1.xlsx")
    with pytest.raises(KnownError, match=r"rights\.denied"):
        lists.print("1", lambda _document: None)


def test_a_place_that_cannot_be_written_to_leaves_no_list(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    child(workplace, home, personal_id=None)
    lists, _ = desks(workplace)
    for path, why in (
        (tmp_path / "none" / "1.xlsx", r"files\.no_folder"),
        (workplace.settings.home / "1.xlsx", r"files\.own_folder"),
        (tmp_path / "1.csv", r"police\.file_kind"),
    ):
        with pytest.raises(KnownError, match=why):
            lists.issue(path)
    (tmp_path / "1.xlsx").mkdir()
    with pytest.raises(KnownError, match=r"import\.cannot_write"):
        lists.issue(tmp_path / "1.xlsx")
    assert lists.issued() == []
    assert lists.count()[0].out == 0


def test_every_step_is_on_record_and_names_nobody(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    one = child(workplace, home, personal_id=None)
    lists, _ = desks(workplace)
    lists.issue(tmp_path / "1.xlsx")
    lists.write("1", tmp_path / "2.xlsx")
    lists.print("1", lambda _document: None)
    lists.hand_back("1", "Lê Minh", workplace.today())
    lists.take_hand_back_away("1")
    lists.withdraw("1")
    with workplace.store.read() as reading:
        rows = [row for row in audit.recent(reading, 50) if row.event.startswith("police.")]
    assert sorted(row.event.partition(".")[2] for row in rows) == [
        "hand_back_undone",
        "handed_back",
        "issued",
        "printed",
        "withdrawn",
        "written",
        "written",
    ]
    said = json.dumps([dict(row.details) for row in rows])
    assert "Lê Minh" not in said
    assert one not in said


def test_a_list_written_again_is_the_list_as_it_was_issued(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    one = child(workplace, home, personal_id=None)
    lists, _ = desks(workplace)
    lists.issue(tmp_path / "1.xlsx")
    with workplace.write() as work:
        work.record(Change("child", {"full_name": "Khác Hẳn"}, one))
        work.commit()
    lists.write("1", tmp_path / "2.xlsx")
    first, second = (
        [list(row) for row in openpyxl.load_workbook(path).worksheets[0].values]
        for path in (tmp_path / "1.xlsx", tmp_path / "2.xlsx")
    )
    assert first == second


def test_the_codes_of_two_lists_say_nothing_of_the_child_and_differ(
    workplace: Workplace, home: str, tmp_path: Path
) -> None:
    one = child(workplace, home, personal_id=None)
    lists, _ = desks(workplace)
    lists.issue(tmp_path / "1.xlsx")
    lists.issue(tmp_path / "2.xlsx", also_out=True)
    with workplace.store.read() as reading:
        found = [police_lists.rows_of(reading, it.id)[0] for it in police_lists.lists(reading)]
    assert [row.child for row in found] == [one, one]
    assert found[0].code[:5] != found[1].code[:5]
    assert found[0].code[6:] != found[1].code[6:]


def test_above_the_commune_a_list_names_its_commune(tmp_path: Path) -> None:
    workplace = make_workplace(tmp_path / "home", unit=DISTRICT)
    unit = "21046@2024"
    home = household(workplace, village(workplace, "Thôn 1", unit), "1", unit)
    child(workplace, home, unit, **{**SOUND, "personal_id": None})
    lists, _ = desks(workplace)
    with pytest.raises(KnownError, match=r"police\.one_commune"):
        lists.issue(tmp_path / "1.xlsx")
    assert lists.issue(tmp_path / "1.xlsx", unit).unit == unit
    workplace.store.close()
