"""Personal ids, cards, telephones, certificates, units, references, codes."""

from __future__ import annotations

import pytest

from app.forms.code_lists import load_code_list
from app.forms.field_types.code_types import CodeType, MultiType
from app.forms.field_types.id_types import (
    CertificateType,
    DigitsType,
    HealthCardType,
    PersonalIdType,
    PhoneType,
    ReferenceType,
    UnitType,
    UuidType,
)
from tests.unit.forms.invented import problem_of

ETHNIC = CodeType(load_code_list("ethnic_groups"))
DISABILITY = MultiType(load_code_list("disability_types"))


def test_personal_id_is_twelve_digits_whatever_separates_them() -> None:
    for typed in ("051316123456", "051 316 123 456", "051.316.123-456", "051316123456.0"):
        assert PersonalIdType().parse(typed) == "051316123456"


@pytest.mark.parametrize(
    ("typed", "problem", "proposal"),
    [
        ("123456789", "forms.problem.pid_old_card", None),
        ("51316123456", "forms.problem.pid_lost_zero", "051316123456"),
        ("51316123456.0", "forms.problem.pid_lost_zero", "051316123456"),
        ("05131612345", "forms.problem.pid_length", None),
        ("0513161234567", "forms.problem.pid_length", None),
        ("05131612345X", "forms.problem.pid_digits", None),
        ("٠٥١٣١٦١٢٣٤٥٦", "forms.problem.pid_digits", None),
    ],
)
def test_wrong_personal_ids_are_refused_and_a_lost_zero_is_only_proposed(
    typed: str, problem: str, proposal: str | None
) -> None:
    raised = problem_of(PersonalIdType(), typed)
    assert (raised.message_id, raised.proposal) == (problem, proposal)
    assert typed not in str(raised.parameters)


@pytest.mark.parametrize("card", ["TE1510512345678", "0512345678", "051316123456"])
def test_health_cards_of_three_lengths(card: str) -> None:
    assert HealthCardType().parse(card.lower()) == card
    assert HealthCardType().check(card) is None


@pytest.mark.parametrize(
    "card", ["TE6510512345678", "T11510512345678", "12345", "TE15105123456789"]
)
def test_malformed_health_cards_are_refused(card: str) -> None:
    assert problem_of(HealthCardType(), card).message_id.startswith("forms.problem.card_")


def test_insurance_number_is_ten_digits() -> None:
    assert DigitsType(10).parse("0512 345 678") == "0512345678"
    assert problem_of(DigitsType(10), "051234567").parameters == {"length": 10, "count": 9}


@pytest.mark.parametrize(
    "typed",
    [
        "0905123456",
        "0905.123.456",
        "+84 905 123 456",
        "84905123456",
        "0084905123456",
        "+84 0905123456",
    ],
)
def test_telephone_in_every_usual_spelling(typed: str) -> None:
    assert PhoneType().parse(typed) == "0905123456"


def test_landline_has_eleven_digits() -> None:
    assert PhoneType().parse("(0255) 3822 123") is not None
    assert PhoneType().parse("02553822123") == "02553822123"
    assert problem_of(PhoneType(), "0255382212").message_id == "forms.problem.phone"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("01201234567", "0701234567"),
        ("01271234567", "0811234567"),
        ("01691234567", "0391234567"),
        ("01861234567", "0561234567"),
        ("01991234567", "0591234567"),
    ],
)
def test_old_mobile_numbers_are_proposed_and_never_converted(old: str, new: str) -> None:
    problem = problem_of(PhoneType(), old)
    assert (problem.message_id, problem.proposal) == ("forms.problem.phone_old_prefix", new)
    assert problem.parameters == {"old": old[:4], "new": new[:3]}


def test_other_wrong_telephones_are_refused() -> None:
    assert problem_of(PhoneType(), "905123456").proposal == "0905123456"
    assert problem_of(PhoneType(), "01111234567").message_id == "forms.problem.phone"
    assert problem_of(PhoneType(), "0905123456/0905").message_id == "forms.problem.phone_digits"


def test_certificate_number_gets_one_spelling_and_old_forms_are_kept() -> None:
    assert CertificateType().parse("45 - 2016") == "45/2016"
    assert CertificateType().parse("Quyển 3 số 5") == "Quyển 3 số 5"


def test_units_references_and_ids() -> None:
    assert UnitType().parse("21010@2024") == "21010@2024"
    assert problem_of(UnitType(), "21010").message_id == "forms.problem.unit"
    assert ReferenceType().parse(" Thôn  2 ") == "Thôn 2"
    some = "1f0e5a52-3c7b-4f0e-8a53-3d9a4b8c1d2e"
    assert UuidType().parse(some.upper()) == some
    assert problem_of(UuidType(), "abc").message_id == "forms.problem.uuid"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("01", "Kinh"),
        ("1", "Kinh"),
        ("Kinh", "Kinh"),
        ("việt", "Kinh"),
        ("hre", "Hrê"),
        ("HRÊ", "Hrê"),
        ("kho me", "Khmer"),
    ],
)
def test_codes_are_read_from_code_name_or_name_without_marks(typed: str, name: str) -> None:
    assert ETHNIC.format(ETHNIC.parse(typed), "vi") == name


def test_the_beginning_of_a_name_is_enough_when_only_one_begins_so() -> None:
    sexes = CodeType(load_code_list("sexes"))
    assert sexes.parse("chưa x") == "9"
    problem = problem_of(ETHNIC, "X")
    assert problem.message_id == "forms.problem.code_ambiguous"
    assert problem_of(ETHNIC, "Atlantis").message_id == "forms.problem.code_unknown"


def test_blank_is_not_a_code() -> None:
    assert ETHNIC.parse("  ") is None
    assert ETHNIC.check(None) is None
    assert ETHNIC.check("00") is not None
    assert ETHNIC.check(1) is not None


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("1; 3", ["1", "3"]),
        ("3,1,3", ["1", "3"]),
        ("1 4", ["1", "4"]),
        ("Nghe, nói", ["2"]),
        ("Nghe, nói; Nhìn", ["2", "3"]),
        ("Vận động, Nghe, nói, Trí tuệ", ["1", "2", "5"]),
        ("thần kinh, tâm thần", ["4"]),
        ("", None),
    ],
)
def test_several_codes_are_sorted_and_each_stands_once(typed: str, codes: list[str] | None) -> None:
    assert DISABILITY.parse(typed) == codes


def test_a_list_with_one_unknown_entry_is_refused_whole() -> None:
    assert problem_of(DISABILITY, "1; bay").message_id == "forms.problem.code_unknown"
    assert problem_of(DISABILITY, "1, bay").message_id == "forms.problem.code_unknown"


def test_stored_lists_have_one_spelling() -> None:
    for wrong in (["3", "1"], ["1", "1"], [], ["7"], "1"):
        assert DISABILITY.check(wrong) is not None, wrong
    assert DISABILITY.check(["1", "3"]) is None
