"""Names, free text, numbers and yes/no as clerks type them."""

from __future__ import annotations

import pytest

from app.forms.field_types import FieldProblem, name_status_of
from app.forms.field_types.number_types import (
    BoolType,
    DecimalType,
    IntType,
    MoneyType,
    YearType,
)
from app.forms.field_types.text_types import NameType, NoteType, TextType
from tests.unit.forms.invented import problem_of


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Mai",
        "H'Hen Niê",
        "Y-Thu Ê-Ban",
        "Đinh Văn Rơm",
        "Lý A. Páo",
        "Jwéf Zâwa",
        "Trai",
        "Kpă H’Bia",
        "Tôn Nữ Thị Ngọc Hoàng Kim Anh",
    ],
)
def test_names_of_all_peoples_are_accepted_as_written(name: str) -> None:
    assert NameType().parse(name) == name
    assert NameType().check(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Nguyễn Văn 2", "forms.problem.name_digits"),
        ("Nguyễn Văn A/B", "forms.problem.name_letters"),
        ("- Mai", "forms.problem.name_letters"),
        ("Mai_Lan", "forms.problem.name_letters"),
        ("A B C D E F G H I", "forms.problem.name_words"),
        ("N" * 61, "forms.problem.name_too_long"),
    ],
)
def test_what_is_no_name_is_refused_in_words(name: str, problem: str) -> None:
    assert problem_of(NameType(), name).message_id == problem
    stored = NameType().check(name)
    assert stored is not None
    assert stored.message_id == problem


def test_name_is_cleaned_but_not_corrected() -> None:
    assert NameType().parse("  nguyễn   THỊ mai\u200b ") == "nguyễn THỊ mai"
    assert NameType().parse("Ðinh Thị Mai") == "Đinh Thị Mai"
    assert NameType().parse(" \t ") is None


def test_a_stored_name_that_is_not_clean_comes_with_its_clean_form() -> None:
    problem = NameType().check("Nguyễn  Mai")
    assert problem is not None
    assert (problem.message_id, problem.proposal) == ("forms.problem.not_clean", "Nguyễn Mai")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Trai", "PLACEHOLDER_TRAI"),
        ("bé trai", "PLACEHOLDER_TRAI"),
        ("GÁI", "PLACEHOLDER_GAI"),
        ("Chưa đặt tên", "UNKNOWN"),
        ("(chua dat ten)", "UNKNOWN"),
        ("Cu Tý", "UNKNOWN"),
        ("Nguyễn Văn Trai", "OFFICIAL"),
        ("Lê Thị Bé", "OFFICIAL"),
        ("Trải", "OFFICIAL"),
        ("Bê", "OFFICIAL"),
        ("Gia", "OFFICIAL"),
    ],
)
def test_placeholders_are_told_from_names(name: str, status: str) -> None:
    assert name_status_of(name) == status


def test_text_has_one_line_and_a_limit_and_notes_keep_their_lines() -> None:
    assert TextType().parse("xóm\nGò") == "xóm Gò"
    assert NoteType(20).parse(" a\r\nb ") == "a\nb"
    problem = problem_of(TextType(5), "sáu chữ")
    assert problem.parameters == {"limit": 5, "count": 7}
    assert TextType().check("a\nb") is not None
    assert NoteType().check("a\nb") is None
    assert TextType().check("") is not None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12", 12),
        ("12.0", 12),
        ("0", 0),
        ("1.500", 1500),
        ("2 300", 2300),
        ("1,234,567", 1234567),
        ("", None),
    ],
)
def test_whole_numbers(typed: str, stored: int | None) -> None:
    assert IntType().parse(typed) == stored


@pytest.mark.parametrize("typed", ["-1", "1.5", "12a", "1.50", "1.234,567", "١٢", "9" * 17])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    assert problem_of(IntType(), typed).message_id == "forms.problem.int"


def test_a_tick_is_not_a_number_and_a_number_not_a_tick() -> None:
    for wrong in (True, "1", -1, 2**53 + 1):
        assert IntType().check(wrong) is not None
    assert BoolType().check(1) is not None
    assert IntType().check(2**53) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("12,5", "12.5"), ("12.50", "12.5"), ("007", "7"), ("0,0", "0"), ("87", "87"), (" ", None)],
)
def test_decimals_are_kept_as_text_in_one_spelling(typed: str, stored: str | None) -> None:
    assert DecimalType().parse(typed) == stored
    assert DecimalType().check(stored) is None


def test_a_second_spelling_of_a_decimal_is_not_stored() -> None:
    for wrong in ("12.50", "012", "1,5", ".5", "1.", "1e3", 12):
        assert DecimalType().check(wrong) is not None, wrong


def test_decimals_are_shown_with_the_comma_or_point_of_the_language() -> None:
    assert DecimalType().format("12.5", "vi") == "12,5"
    assert DecimalType().format("12.5", "en") == "12.5"


@pytest.mark.parametrize(
    "typed", ["1500000", "1.500.000", "1,500,000", "1 500 000 đ", "1.500.000đồng"]
)
def test_money_in_every_usual_spelling(typed: str) -> None:
    assert MoneyType().parse(typed) == 1_500_000


def test_money_is_shown_with_separators_and_refuses_other_units() -> None:
    assert MoneyType().format(1_500_000, "vi") == "1.500.000"
    assert MoneyType().format(1_500_000, "en") == "1,500,000"
    assert problem_of(MoneyType(), "20 USD").message_id == "forms.problem.money"


@pytest.mark.parametrize(
    ("typed", "year"), [("1988", 1988), ("88", 1988), ("26", 2026), ("27", 1927), ("00", 2000)]
)
def test_two_digit_years_are_the_latest_not_after_the_reference(typed: str, year: int) -> None:
    assert YearType(2026).parse(typed) == year


def test_years_outside_the_century_of_the_book_are_refused() -> None:
    assert problem_of(YearType(2026), "1850").message_id == "forms.problem.year_range"
    assert problem_of(YearType(2026), "198").message_id == "forms.problem.year"
    assert YearType(2026).check(2101) is not None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Có", True),
        ("co", True),
        ("x", True),
        ("1", True),
        ("Không", False),
        ("k", False),
        ("2", False),
        ("0", False),
        ("", None),
    ],
)
def test_yes_and_no(typed: str, stored: bool | None) -> None:
    assert BoolType().parse(typed) is stored


def test_unknown_is_neither_yes_nor_no() -> None:
    with pytest.raises(FieldProblem):
        BoolType().parse("không rõ")
    assert (BoolType().format(True, "vi"), BoolType().format(False, "en")) == ("Có", "No")
