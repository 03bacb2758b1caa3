"""The answered list: its children and no others change, once, as one act that can be taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.models import police_lists
from app.models.queries import importing, notes, register
from app.models.work import Change
from app.services.erasures import write_erasure
from app.services.police.answered_row import AnsweredRow, AnswerPreview, Verdict
from app.services.police.answers import ANY
from app.services.police.issued_list import State
from app.services.police.outcomes import Outcome
from app.services.rights import ALL_RIGHTS, Right
from tests.police_register import Pen, child, desks, edit, household, values_of, village
from tests.workplaces import again, make_workplace, write

BOY, GIRL = "Hồ Văn Pá", "Đinh Thị Hạ"
GIRL_ID, BOY_ID = "051319000777", "051218000888"


class Case:
    """A commune with a girl and a boy without an id, and the file of the list they stand on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workplace = make_workplace(folder / "home")
        self.home = household(self.workplace, village(self.workplace, "Thôn 1"), "12")
        self.girl = child(self.workplace, self.home, personal_id=None)
        born: dict[str, Value] = {"birth_date": "2018-03-04", "sex": "1"}
        self.boy = child(self.workplace, self.home, personal_id=None, full_name=BOY, **born)
        self.file = folder / "ca.xlsx"
        self.lists, self.answers = desks(self.workplace)

    def issue(self, name: str = "ca.xlsx") -> Pen:
        self.file = self.folder / name
        self.lists.issue(self.file, also_out=True)
        return Pen(self.file)

    def values(self, ent_id: str) -> dict[str, Value]:
        return dict(values_of(self.workplace, ent_id))

    def row(self, path: Path, who: str = GIRL) -> AnsweredRow:
        return _row(self.answers.preview(path), who)

    def notes(self, ent_id: str) -> list[str]:
        with self.workplace.store.read() as reading:
            found = notes.of_record(reading, ent_id)
        return [str(one.note.values["note"]) for one in found]

    def position(self) -> int:
        with self.workplace.store.read() as reading:
            return int(reading.exec_driver_sql("SELECT count(*) FROM op").scalar_one())


def _row(found: AnswerPreview, who: str) -> AnsweredRow:
    return next(one for one in found.rows if one.name == who)


def _whys(row: AnsweredRow) -> list[str]:
    return [why.key for why in (*row.refused, *row.doubts)]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case(tmp_path)
    yield made
    made.workplace.store.close()


def test_what_the_police_wrote_is_shown_first_and_then_written(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID, father_name="Đinh Văn Rớ").save()
    before = case.position()
    row = case.row(answered)
    assert row.verdict is Verdict.CHANGES
    told = {one.field: (one.now, one.new) for one in row.differences}
    assert told == {"personal_id": ("", GIRL_ID), "father_name": ("Đinh Văn Rơ", "Đinh Văn Rớ")}
    assert case.row(answered, BOY).verdict is Verdict.BLANK
    assert case.position() == before, "a preview writes nothing"
    done = case.answers.apply(answered)
    assert (done.changed, done.blank, done.left, done.refused) == (1, 1, 0, 0)
    now = case.values(case.girl)
    assert (now["personal_id"], now["father_name"]) == (GIRL_ID, "Đinh Văn Rớ")
    assert case.values(case.boy).get("personal_id") is None
    with case.workplace.store.read() as reading:
        assert len(importing.operations_of_act(reading, done.act)) == 1
    (listed,) = case.lists.issued()
    assert (listed.state, listed.by_outcome) == (State.ANSWERED, {Outcome.CHANGED: 1})


def test_the_same_file_again_changes_nothing(case: Case) -> None:
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID, remark="đã cấp").fill(BOY, not_here="x")
    answered = pen.save()
    case.answers.apply(answered)
    before = case.position()
    found = case.answers.preview(answered)
    assert {one.verdict for one in found.rows} == {Verdict.SAME}
    assert found.changes_nothing
    done = case.answers.apply(answered)
    assert (done.act, done.same) == ("", 2)
    assert case.position() == before
    assert len(case.lists.issued()[0].answers) == 1


def test_blank_answers_change_nothing(case: Case) -> None:
    case.issue()
    done = case.answers.apply(case.file)
    assert (done.act, done.blank) == ("", 2)
    assert case.lists.issued()[0].state is State.OUT


def test_columns_moved_rows_sorted_and_taken_out_and_sheets_parted_are_read(case: Case) -> None:
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=BOY_ID)
    old = [list(row) for row in pen.sheet.values]
    order = list(reversed(range(len(old[0]))))
    head, *rows = [[row[at] for at in order] for row in old]
    rows.sort(key=str, reverse=True)
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.append(["CÔNG AN XÃ"])
    for sheet, row in zip((first, book.create_sheet("Thôn khác")), rows, strict=True):
        sheet.append(head)
        sheet.append(row)
    path = case.folder / "moved.xlsx"
    book.save(path)
    found = case.answers.preview(path)
    assert [one.verdict for one in found.rows] == [Verdict.CHANGES] * 2
    assert {one.sheet for one in found.rows} == {"Sheet", "Thôn khác"}
    assert case.answers.apply(path).changed == 2
    pen.change(lambda sheet: sheet.delete_rows(pen.row(BOY)))
    assert case.answers.preview(pen.save()).not_in_file == 1


def test_an_id_that_a_spreadsheet_made_a_number_gets_its_zero_back_and_it_is_said(
    case: Case,
) -> None:
    answered = case.issue().fill(GIRL, personal_id=int(GIRL_ID)).save()
    (difference,) = case.row(answered).differences
    assert (difference.new, difference.restored) == (GIRL_ID, True)
    case.answers.apply(answered)
    assert case.values(case.girl)["personal_id"] == GIRL_ID


def test_a_zero_is_not_put_back_where_it_is_not_certain(case: Case) -> None:
    case.issue()
    for number in (51219000777, 51318000777, 9319000777):  # a boy's, another year's, no province's
        row = case.row(Pen(case.file).fill(GIRL, personal_id=number).save())
        assert row.verdict is Verdict.REFUSED, number
        assert {"lost_zero", "rule"} & {*_whys(row)}


def test_without_sex_or_birth_date_nothing_bears_a_lost_zero_out(case: Case) -> None:
    edit(case.workplace, case.girl, sex=None)
    answered = case.issue().fill(GIRL, personal_id=int(GIRL_ID)).save()
    assert _whys(case.row(answered)) == ["lost_zero_unsure"]


def test_dates_sexes_and_communities_are_read_as_people_and_spreadsheets_write_them(
    case: Case,
) -> None:
    answers: dict[str, object] = {
        "birth_date": date(2019, 5, 22),
        "sex": "nam",
        "ethnicity": "hre",
        "full_name": "ĐINH VĂN HẠ",
        "personal_id": " 051 219 000 777 ",
    }
    answered = case.issue().fill(GIRL, **answers).fill(BOY, birth_date="05/03/2018").save()
    assert [one.verdict for one in case.answers.preview(answered).rows] == [Verdict.CHANGES] * 2
    case.answers.apply(answered)
    now = case.values(case.girl)
    assert (now["birth_date"], now["sex"], now["personal_id"]) == (
        "2019-05-22",
        "1",
        "051219000777",
    )
    assert now["ethnicity"] != "01"
    assert case.values(case.boy)["birth_date"] == "2018-03-05"


#: What the police wrote → why the row is refused.
_REFUSED: list[tuple[dict[str, object], str]] = [
    ({"personal_id": "0513190007"}, "unreadable"),
    ({"personal_id": "212765432"}, "unreadable"),
    ({"personal_id": "không có"}, "unreadable"),
    ({"personal_id": "051119000777"}, "rule"),  # an adult's century
    ({"personal_id": "003319000777"}, "rule"),  # no such province
    ({"birth_date": "31/02/2019"}, "unreadable"),
    ({"birth_date": "01/05/2099"}, "rule"),
    ({"birth_date": "01/05/2001"}, "rule"),
    ({"sex": "gì đó"}, "not_listed"),
    ({"ethnicity": "người trời"}, "not_listed"),
    ({"full_name": "Gái", "personal_id": GIRL_ID}, "rule"),
    ({"not_here": "chắc vậy"}, "mark"),
    ({"remark": "x" * 3000}, "long_remark"),
    ({"personal_id": "=1/0"}, "fault"),
]


def test_what_no_register_could_hold_is_refused_with_its_row(case: Case) -> None:
    case.issue()
    before, answered = case.values(case.girl), case.file
    for answers, why in _REFUSED:
        pen = Pen(case.file).fill(BOY, personal_id=BOY_ID).fill(GIRL, **answers)
        answered = pen.save()
        row = case.row(answered)
        assert row.verdict is Verdict.REFUSED, answers
        assert why in _whys(row), answers
        assert row.number == pen.row(GIRL)
        assert all(one.words for one in row.refused)
    done = case.answers.apply(answered)
    assert (done.changed, done.refused) == (1, 1), "the others are applied"
    assert case.values(case.girl) == before


def test_an_id_that_another_child_has_is_refused(case: Case) -> None:
    child(
        case.workplace,
        case.home,
        full_name="Đinh Văn Khác",
        sex="1",
        personal_id=BOY_ID,
        birth_date="2018-07-07",
    )
    answered = case.issue().fill(BOY, personal_id=BOY_ID).save()
    row = case.row(answered, BOY)
    assert (row.verdict, _whys(row)) == (Verdict.REFUSED, ["rule"])


def test_one_id_for_two_children_of_the_file_is_refused_for_both(case: Case) -> None:
    edit(case.workplace, case.boy, sex="2", birth_date="2019-09-09")
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=GIRL_ID).save()
    assert [_whys(case.row(answered, who)) for who in (GIRL, BOY)] == [["id_twice"]] * 2


def test_two_children_exchange_their_ids(case: Case) -> None:
    other = "051319000999"
    edit(case.workplace, case.boy, sex="2", birth_date="2019-09-09", personal_id=GIRL_ID)
    edit(case.workplace, case.girl, personal_id=other, full_name="Gái")
    edit(case.workplace, case.boy, full_name="Con bà Ba")
    pen = case.issue()
    answered = (
        pen.fill("Gái", personal_id=GIRL_ID, full_name="Đinh Thị Hạ")
        .fill("Con bà Ba", personal_id=other, full_name="Hồ Thị Pá")
        .save()
    )
    assert case.answers.apply(answered).changed == 2
    assert case.values(case.girl)["personal_id"] == GIRL_ID
    assert case.values(case.boy)["personal_id"] == other


def test_an_exchange_of_which_one_half_is_refused_is_refused_as_a_whole(case: Case) -> None:
    other = "051319000999"
    edit(case.workplace, case.boy, sex="2", birth_date="2019-09-09", personal_id=GIRL_ID)
    edit(case.workplace, case.girl, personal_id=other, full_name="Gái")
    edit(case.workplace, case.boy, full_name="Con bà Ba")
    answered = (
        case.issue()
        .fill("Gái", personal_id=GIRL_ID, full_name="Đinh Thị Hạ")
        .fill("Con bà Ba", personal_id=other, sex="gì")
        .save()
    )
    assert {one.verdict for one in case.answers.preview(answered).rows} == {Verdict.REFUSED}


def test_a_placeholder_that_got_its_name_is_an_official_name(case: Case) -> None:
    edit(case.workplace, case.girl, full_name="Gái", name_status="PLACEHOLDER_GAI")
    answered = case.issue().fill("Gái", full_name="Đinh Thị Hạ", personal_id=GIRL_ID).save()
    case.answers.apply(answered)
    assert case.values(case.girl)["name_status"] == "OFFICIAL"
    assert [sum(one.by_kind.values()) for one in case.lists.count()] == [1], "the boy"


# --- doubts ---------------------------------------------------------------------------------


def test_what_was_edited_since_is_shown_three_ways_and_not_overwritten_unasked(
    case: Case,
) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    edit(case.workplace, case.girl, personal_id="051319000111")
    row = case.row(answered)
    assert (row.verdict, _whys(row)) == (Verdict.DOUBTFUL, ["edited"])
    (difference,) = row.differences
    assert (difference.issued, difference.now, difference.new) == ("", "051319000111", GIRL_ID)
    assert case.answers.apply(answered).left == 1
    assert case.values(case.girl)["personal_id"] == "051319000111"
    done = case.answers.apply(answered, {row.code: row.token})
    assert (done.changed, done.left) == (1, 0)
    assert case.values(case.girl)["personal_id"] == GIRL_ID


def test_a_decision_counts_for_what_was_looked_at_and_nothing_else(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    edit(case.workplace, case.girl, personal_id="051319000111")
    row = case.row(answered)
    edit(case.workplace, case.girl, personal_id="051319000222")
    assert case.answers.apply(answered, {row.code: row.token}).left == 1
    assert case.values(case.girl)["personal_id"] == "051319000222"
    assert case.answers.apply(answered, {row.code: ANY}).changed == 1


def test_a_file_that_was_changed_after_it_was_looked_at_is_not_applied(case: Case) -> None:
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID)
    answered = pen.save()
    found = case.answers.preview(answered)
    pen.fill(BOY, personal_id=BOY_ID).save()
    with pytest.raises(KnownError, match=r"police\.file_changed"):
        case.answers.apply(answered, {}, found.sha256)
    assert case.values(case.girl).get("personal_id") is None


def test_a_printed_cell_that_was_changed_makes_its_row_doubtful(case: Case) -> None:
    case.issue()
    for printed, said in (
        ("printed.full_name", "Đinh Thị Hà"),
        ("printed.birth_date", "02/05/2019"),
        ("printed.full_name", None),
        ("printed.sex", "Nam"),
        ("printed.personal_id", GIRL_ID),
    ):
        pen = Pen(case.file).fill(GIRL, personal_id=GIRL_ID)
        pen.sheet.cell(pen.row(GIRL), pen.column(printed)).value = said
        row = case.row(pen.save())
        assert (row.verdict, _whys(row)) == (Verdict.DOUBTFUL, ["printed"]), printed


def test_rows_whose_codes_were_exchanged_are_doubtful(case: Case) -> None:
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=BOY_ID)
    at, girl, boy = pen.column("code"), pen.row(GIRL), pen.row(BOY)
    codes = [pen.sheet.cell(row, at).value for row in (boy, girl)]
    for row, code in zip((girl, boy), codes, strict=True):
        pen.sheet.cell(row, at).value = code
    found = case.answers.preview(pen.save())
    assert all(one.verdict in (Verdict.DOUBTFUL, Verdict.REFUSED) for one in found.rows)
    assert all("printed" in _whys(one) for one in found.rows if one.verdict is Verdict.DOUBTFUL)


def test_a_child_that_the_register_names_otherwise_by_now_is_doubtful(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    edit(case.workplace, case.girl, full_name="Lê Thị Khác")
    assert _whys(case.row(answered)) == ["other_child"]


def test_an_id_against_sex_or_year_is_for_a_person_to_decide_and_then_settled(
    case: Case,
) -> None:
    answered = case.issue().fill(GIRL, personal_id="051318000777").save()
    row = case.row(answered)
    assert (row.verdict, _whys(row)) == (Verdict.DOUBTFUL, ["contradicts"])
    case.answers.apply(answered, {row.code: row.token})
    now = case.values(case.girl)
    assert now["personal_id"] == "051318000777"
    (listed,) = case.lists.issued()
    assert now["warning_reasons"] == [
        f"personal_id/consistent_birth_year: Công an xác nhận, danh sách số 1, mã {listed.code}"
    ], "every PC has a list no. 1"
    assert case.answers.preview(answered).changes_nothing


def test_a_new_birth_date_that_the_kept_id_contradicts_is_doubtful(case: Case) -> None:
    edit(case.workplace, case.girl, personal_id=GIRL_ID, birth_date="2019-01-01")
    answered = case.issue().fill(GIRL, birth_date="01/02/2018").save()
    row = case.row(answered)
    assert (row.verdict, _whys(row)) == (Verdict.DOUBTFUL, ["contradicts"])


def test_a_date_that_was_asked_about_and_confirmed_is_not_asked_about_again(case: Case) -> None:
    edit(case.workplace, case.girl, personal_id=GIRL_ID, birth_date="2019-01-01")
    answered = case.issue().fill(GIRL, birth_date=date(2019, 1, 1)).save()
    assert case.row(answered).verdict is Verdict.CONFIRMS
    done = case.answers.apply(answered)
    assert (done.changed, done.confirmed) == (0, 1)
    assert case.values(case.girl)["birth_date"] == "2019-01-01"
    assert [sum(one.by_kind.values()) for one in case.lists.count()] == [1], "the boy alone"
    assert case.row(answered).verdict is Verdict.SAME


def test_what_two_people_wrote_differently_is_decided_on_its_own_page(case: Case) -> None:
    answered = case.issue().fill(GIRL, father_name="Đinh Văn Rớ").save()
    with case.workplace.store.read() as reading:
        found = register.record(reading, "child", case.girl)
    assert found is not None
    for name in ("Một", "Hai"):
        with case.workplace.write() as work:
            said = {"father_name": name}
            work.record(Change("child", said, case.girl, base=found.heads, loaded=found.values))
            work.commit()
    assert "conflict" in _whys(case.row(answered))


def test_whom_the_register_follows_no_more_is_doubtful(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    edit(case.workplace, case.girl, life_status="DECEASED")
    assert "not_followed" in _whys(case.row(answered))


# --- whose row it is ------------------------------------------------------------------------


def test_rows_without_a_code_with_a_made_up_one_or_of_another_list_are_refused(
    case: Case,
) -> None:
    child(case.workplace, case.home, full_name="Hồ Thị Ba", personal_id=None)
    other = case.issue("other.xlsx")
    foreign = other.cell(other.row(GIRL), "code")
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=BOY_ID)
    own = pen.cell(pen.row(BOY), "code")
    codes = {
        "no_code": None,
        "unknown_code": own[:6] + "AAAAAA",
        "other_list": foreign,
        "bad": "???",
    }
    girl = pen.row(GIRL)
    for why, code in codes.items():
        pen.sheet.cell(girl, pen.column("code")).value = code
        found = case.answers.preview(pen.save())
        row = next(one for one in found.rows if one.number == girl)
        assert row.verdict is Verdict.REFUSED
        assert _whys(row) == [why if why != "bad" else "unknown_code"]
        assert row.child == "", "nothing is told of whoever it may be about"
    case.answers.apply(pen.save())
    assert case.values(case.girl).get("personal_id") is None
    assert case.values(case.boy)["personal_id"] == BOY_ID


def test_a_file_with_as_many_rows_of_two_lists_is_refused(case: Case) -> None:
    other = case.issue("other.xlsx")
    foreign = other.cell(other.row(GIRL), "code")
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID)
    pen.sheet.cell(pen.row(GIRL), pen.column("code")).value = foreign
    with pytest.raises(KnownError, match=r"police\.two_lists"):
        case.answers.preview(pen.save())


def test_a_code_in_two_rows_that_say_different_things_is_refused(case: Case) -> None:
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID)
    row = [cell.value for cell in pen.sheet[pen.row(GIRL)]]
    pen.sheet.append(row)
    assert case.row(pen.save()).verdict is Verdict.CHANGES, "the same twice is once"
    pen.sheet.cell(pen.sheet.max_row, pen.column("personal_id")).value = "051319000778"
    found = case.answers.preview(pen.save())
    assert [_whys(one) for one in found.rows if one.name == GIRL] == [["twice"]] * 2


def test_the_list_of_another_pc_is_refused_as_a_whole(case: Case, tmp_path: Path) -> None:
    case.issue()
    other = Case(tmp_path / "other")
    answered = other.issue().fill(GIRL, personal_id=GIRL_ID).save()
    with pytest.raises(KnownError, match=r"police\.none_of_ours"):
        case.answers.preview(answered)
    other.workplace.store.close()


def test_files_that_are_no_answers_are_refused(case: Case) -> None:
    pen = case.issue()
    no_name = shutil.copy(case.file, case.folder / "no_name.xlsx")
    no_code = shutil.copy(case.file, case.folder / "no_code.xlsx")
    twice = shutil.copy(case.file, case.folder / "twice.xlsx")
    for path, deed, why in (
        (no_name, lambda one: one.sheet.delete_cols(one.column("printed.full_name")), "no_name"),
        (no_code, lambda one: one.sheet.delete_cols(one.column("code")), "not_an_answer"),
        (
            twice,
            lambda one: one.sheet.cell(1, one.sheet.max_column + 1, one.title("personal_id")),
            "column_twice",
        ),
    ):
        one = Pen(Path(path))
        deed(one)
        with pytest.raises(KnownError, match=rf"police\.{why}"):
            case.answers.preview(one.save(Path(path)))
    (case.folder / "text.xlsx").write_text("không phải Excel", encoding="utf-8")
    for path, why in ((case.folder / "text.xlsx", "."), (case.folder / "gone.xlsx", "file_gone")):
        with pytest.raises(KnownError, match=why):
            case.answers.preview(path)
    assert pen.sheet.max_row == 3


def test_two_answered_files_of_one_list_each_bring_their_own(case: Case) -> None:
    case.issue()
    one = Pen(case.file).fill(GIRL, personal_id=GIRL_ID).save(case.folder / "1.xlsx")
    two = Pen(case.file).fill(BOY, personal_id=BOY_ID).save(case.folder / "2.xlsx")
    otherwise = Pen(case.file).fill(GIRL, personal_id="051319000999").save(case.folder / "3.xlsx")
    assert case.answers.apply(one).changed == 1
    assert case.answers.apply(two).changed == 1
    assert case.lists.issued()[0].answered == 2
    row = case.row(otherwise)
    assert (row.verdict, _whys(row)) == (Verdict.DOUBTFUL, ["edited"])


def test_who_was_taken_out_of_the_register_is_refused(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=BOY_ID).save()
    edit(case.workplace, case.girl, entered_in_error=True)
    edit(case.workplace, case.boy, owner_unit="21046@2024")
    found = case.answers.preview(answered)
    assert [_whys(_row(found, who)) for who in (GIRL, BOY)] == [["gone"], ["moved"]]


def test_what_the_law_erased_is_on_no_list_any_more(case: Case) -> None:
    pen = case.issue().fill(GIRL, personal_id=GIRL_ID)
    code = pen.cell(pen.row(GIRL), "code")
    with case.workplace.write() as work:
        police_lists.forget(work.connection, [case.girl])
        work.commit()
    found = case.answers.preview(pen.save())
    row = next(one for one in found.rows if one.code == code)
    assert (_whys(row), row.name) == (["erased"], "")
    case.lists.write("1", case.folder / "again.xlsx")
    said = [
        cell
        for row in openpyxl.load_workbook(case.folder / "again.xlsx")["Công an xác minh"].values
        for cell in row
    ]
    assert GIRL not in said
    assert BOY in said
    case.lists.print("1", lambda _document: None)


# --- remarks, undoing, rights ---------------------------------------------------------------


def test_a_child_that_is_not_here_and_a_remark_become_a_note_on_the_child(case: Case) -> None:
    answered = case.issue().fill(GIRL, not_here="X").fill(BOY, remark="nghi nhiễm HIV").save()
    assert case.row(answered).verdict is Verdict.NOTES
    done = case.answers.apply(answered)
    assert done.noted == 2
    of = f"danh sách số 1, mã {case.lists.issued()[0].code}"
    assert case.notes(case.girl) == [f"Công an xác minh ({of}): không có tại địa bàn."]
    assert case.notes(case.boy) == [f"Công an ghi ({of}): nghi nhiễm HIV"]
    with case.workplace.store.read() as reading:
        (note,) = notes.of_record(reading, case.boy)
    assert note.note.values["protected"] is True
    assert case.lists.issued()[0].by_outcome == {Outcome.NOT_HERE: 1, Outcome.REMARKED: 1}


def test_answers_are_taken_back_as_a_whole_and_may_be_applied_again(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, not_here="x").save()
    before = case.values(case.girl)
    case.answers.apply(answered)
    assert case.answers.undo("1") == 2
    assert case.values(case.girl) == before
    assert case.notes(case.boy) == []
    (listed,) = case.lists.issued()
    assert (listed.state, listed.answered, listed.answers[0].undone) == (State.OUT, 0, True)
    with pytest.raises(KnownError, match=r"police\.nothing_to_undo"):
        case.answers.undo("1")
    done = case.answers.apply(answered)
    assert (done.changed, done.noted) == (1, 1)


def test_answers_on_which_somebody_worked_on_stay(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    case.answers.apply(answered)
    edit(case.workplace, case.girl, other_name="Bé")
    with pytest.raises(KnownError, match=r"police\.undo_built_on"):
        case.answers.undo("1")
    assert case.values(case.girl)["personal_id"] == GIRL_ID


def test_who_may_not_type_applies_nothing(case: Case) -> None:
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    _, answers = desks(again(case.workplace, ALL_RIGHTS - {Right.ENTER}))
    for deed in (answers.preview, answers.apply):
        with pytest.raises(KnownError, match=r"rights\.denied"):
            deed(answered)


def test_a_complete_record_that_an_answer_makes_wrong_is_told(case: Case) -> None:
    write(case.workplace, "child", case.girl, birth_registered="2", complete=True)
    answered = case.issue().fill(GIRL, personal_id=GIRL_ID).save()
    done = case.answers.apply(answered)
    assert done.reopened == 1
    assert case.values(case.girl).get("complete") is not True


def test_erasing_a_child_by_law_empties_its_row(case: Case) -> None:
    case.issue()
    with case.workplace.write() as work:
        work.sign_reference = lambda operation: operation
        write_erasure(work, "child", case.girl, "Quyết định 12", "An", "2026-09-01")
        work.commit()
    with case.workplace.store.read() as reading:
        (listed,) = police_lists.lists(reading)
        rows = {one.child: one.printed for one in police_lists.rows_of(reading, listed.id)}
    assert rows[case.girl] is None
    assert rows[case.boy] is not None
