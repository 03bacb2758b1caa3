"""What a spreadsheet makes of what the police typed is never written over a child unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl.styles import Font

from app.errors import KnownError
from app.services.police.answered_row import AnsweredRow, Verdict
from app.services.police.answers import ANY, PoliceAnswers
from app.services.police.issuing import PoliceLists
from app.services.police.list_words import new_words, preview_words, row_words
from app.services.workplace import Workplace
from app.text.normalize import clean
from tests.police_register import Pen, child, desks, household, values_of, village
from tests.workplaces import make_workplace

GIRL, OTHER = "Đinh Thị Hạ", "Đinh Thị Bé"
GIRL_ID, OTHER_ID = "051319000777", "051319000778"


class Case:
    """A list of two girls without an id; of one only the year of birth is known."""

    def __init__(self, folder: Path) -> None:
        self.workplace: Workplace = make_workplace(folder / "home")
        home = household(self.workplace, village(self.workplace, "Thôn 1"), "12")
        self.girl = child(self.workplace, home, personal_id=None, birth_date="2019")
        self.other = child(self.workplace, home, personal_id=None, full_name=OTHER)
        self.lists: PoliceLists
        self.answers: PoliceAnswers
        self.lists, self.answers = desks(self.workplace)
        self.lists.issue(folder / "ca.xlsx")
        self.pen = Pen(folder / "ca.xlsx")

    def row(self, path: Path, who: str = GIRL) -> AnsweredRow:
        return next(one for one in self.answers.preview(path).rows if one.name == who)

    def value(self, name: str) -> object:
        return values_of(self.workplace, self.girl).get(name)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case(tmp_path)
    yield made
    made.workplace.store.close()


def _doubts(row: AnsweredRow) -> list[str]:
    return [why.key for why in row.doubts]


def test_a_day_that_could_be_a_month_is_decided_by_a_person(case: Case) -> None:
    answered = case.pen.fill(GIRL, birth_date=date(2019, 5, 6)).save()
    row = case.row(answered)
    assert (row.verdict, _doubts(row)) == (Verdict.DOUBTFUL, ["day_or_month"])
    assert "Ngày sinh" in row.doubts[0].words
    assert case.answers.apply(answered).changed == 0
    assert case.value("birth_date") == "2019"
    assert case.answers.apply(answered, {row.code: row.token}).changed == 1
    assert case.value("birth_date") == "2019-05-06"


@pytest.mark.parametrize("said", [date(2019, 5, 13), date(2019, 5, 5), "06/05/2019"])
def test_a_day_that_can_be_read_one_way_only_is_certain(case: Case, said: object) -> None:
    assert case.row(case.pen.fill(GIRL, birth_date=said).save()).verdict is Verdict.CHANGES


_OLD = [
    (".VnTime", "NguyÔn ThÞ H­¬ng", "Nguyễn Thị Hương"),
    ("VNI-Times", "Nguyeãn Thò Höông", "Nguyễn Thị Hương"),
    ("Calibri", "Nguyeãn Thò Höông", "Nguyễn Thị Hương"),
]


@pytest.mark.parametrize(("font", "stored", "meant"), _OLD)
def test_a_name_in_an_old_font_is_shown_converted_and_written_only_when_taken(
    case: Case, font: str, stored: str, meant: str
) -> None:
    cell = case.pen.sheet.cell(case.pen.row(GIRL), case.pen.column("full_name"))
    cell.value, cell.font = stored, Font(name=font)
    answered = case.pen.save()
    row = case.row(answered)
    assert row.verdict is Verdict.DOUBTFUL
    assert "old_font" in _doubts(row)
    (one,) = row.differences
    assert (one.value, one.raw) == (meant, clean(stored))
    assert new_words(one) == f"{clean(stored)} → {meant}"
    case.answers.apply(answered)
    assert case.value("full_name") == GIRL
    case.answers.apply(answered, {row.code: row.token})
    assert case.value("full_name") == meant


def test_a_remark_in_an_old_font_is_looked_at_before_it_travels(case: Case) -> None:
    cell = case.pen.sheet.cell(case.pen.row(GIRL), case.pen.column("remark"))
    cell.value, cell.font = "chuyeån ñi nôi khaùc", Font(name="VNI-Times")
    row = case.row(case.pen.save())
    assert (row.verdict, _doubts(row)) == (Verdict.DOUBTFUL, ["old_font"])
    assert (row.remark, row.raw_remark) == ("chuyển đi nơi khác", "chuyeån ñi nôi khaùc")


def test_an_old_font_that_says_what_the_register_says_needs_nobody(case: Case) -> None:
    cell = case.pen.sheet.cell(case.pen.row(OTHER), case.pen.column("mother_name"))
    cell.value, cell.font = "Ñinh Thò Boâng", Font(name="VNI-Times")
    row = case.row(case.pen.save(), OTHER)
    assert (row.verdict, row.confirmed) == (Verdict.CONFIRMS, ("mother_name",))


def test_an_answer_in_a_row_that_a_filter_hides_is_told(case: Case) -> None:
    pen = case.pen.fill(GIRL, personal_id=GIRL_ID)
    for who in (GIRL, OTHER):
        pen.sheet.row_dimensions[pen.row(who)].hidden = True
    found = case.answers.preview(pen.save())
    assert found.hidden == 1, "a hidden row that says nothing is no news"
    assert "1 dòng có trả lời đang bị ẩn" in preview_words(found)
    row = next(one for one in found.rows if one.name == GIRL)
    assert row.verdict is Verdict.CHANGES, "the file may be filtered: it says so itself"
    assert row_words(row) == f"{row.number} (bị ẩn)"


def test_answers_of_a_withdrawn_list_are_refused(case: Case) -> None:
    answered = case.pen.fill(GIRL, personal_id=GIRL_ID).save()
    case.lists.withdraw("1")
    for deed in (case.answers.preview, case.answers.apply):
        with pytest.raises(KnownError, match=r"police\.answers_withdrawn"):
            deed(answered)
    assert case.value("personal_id") is None


def test_answers_of_a_list_that_came_back_signed_say_so(case: Case) -> None:
    answered = case.pen.fill(GIRL, personal_id=GIRL_ID).save()
    assert "nhận lại" not in preview_words(case.answers.preview(answered))
    case.lists.hand_back("1", "Lê Minh", case.workplace.today())
    found = case.answers.preview(answered)
    assert found.back
    assert "đã nhận lại bản ký" in preview_words(found)
    assert case.answers.apply(answered).changed == 1, "paper and file come back on one day"


def test_what_a_later_file_says_after_the_signature_is_decided_by_a_person(case: Case) -> None:
    case.answers.apply(case.pen.fill(GIRL, personal_id=GIRL_ID).save())
    case.lists.hand_back("1", "Lê Minh", case.workplace.today())
    later = case.pen.fill(OTHER, personal_id=OTHER_ID).save()
    row = case.row(later, OTHER)
    assert (row.verdict, _doubts(row)) == (Verdict.DOUBTFUL, ["after_back"])
    assert case.row(later).verdict is Verdict.SAME
    done = case.answers.apply(later, {row.code: ANY})
    assert done.changed == 1


def test_an_answer_that_is_in_no_list_of_codes_is_refused_in_words_for_its_reader(
    case: Case,
) -> None:
    row = case.row(case.pen.fill(GIRL, sex="gì", ethnicity="Không rõ").save())
    assert [why.key for why in row.refused] == ["not_listed"] * 2
    assert "Gõ" not in " ".join(why.words for why in row.refused)
