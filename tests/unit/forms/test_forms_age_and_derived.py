"""Ages from partial dates, and the values that the program fills in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms import age
from app.forms.derived import (
    birth_date_precision,
    defaults,
    filled_in,
    from_personal_id,
    inherited,
    name_status,
    poverty_standard,
    taken_again,
)
from tests.unit.forms.invented import CHILD, HOUSEHOLD, child

REFERENCE = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("stored", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2019-05-07", "2019-05-07", "2019-05-07"),
    ],
)
def test_a_partial_date_spans_what_it_leaves_open(stored: str, first: str, last: str) -> None:
    assert age.bounds(stored) == (first, last)
    assert age.earliest(stored).isoformat() == first
    assert age.latest(stored).isoformat() == last


@given(
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.dates(date(1990, 1, 1), date(2050, 1, 1)),
    st.integers(0, 18),
)
def test_text_comparison_agrees_with_counting_years(birth: date, on: date, years: int) -> None:
    counted = age.completed_years(birth, on) >= years
    assert age.surely_reached(birth.isoformat(), years, on) is counted
    assert age.possibly_reached(birth.isoformat(), years, on) is counted


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_the_sixteenth_birthday_is_the_first_day_out(birth: date) -> None:
    birthday = age.sixteenth_birthday(birth.isoformat())
    assert not age.is_under_16(birth.isoformat(), birthday)
    assert age.is_under_16(birth.isoformat(), birthday - timedelta(days=1))


def test_a_leap_day_birthday_is_the_first_of_march_in_a_common_year() -> None:
    assert age.is_under_16("2084-02-29", date(2100, 2, 28))
    assert not age.is_under_16("2084-02-29", date(2100, 3, 1))
    assert age.sixteenth_birthday("2084-02-29") == date(2100, 3, 1)
    assert not age.surely_reached("2016-02-29", 1, date(2017, 2, 28))


def test_unknown_day_and_month_keep_a_child_in() -> None:
    assert age.is_under_16("2010", REFERENCE)
    assert age.is_under_16("2010-11", REFERENCE)
    assert not age.is_under_16("2010-10", REFERENCE)
    assert (age.least_age("2010", REFERENCE), age.greatest_age("2010", REFERENCE)) == (15, 16)


def test_months_of_age() -> None:
    assert age.completed_months(date(2020, 11, 11), REFERENCE) == 71
    assert age.completed_months(date(2020, 11, 10), REFERENCE) == 72


def test_precision_and_name_status_are_read_from_the_record() -> None:
    assert [birth_date_precision({"birth_date": d}) for d in ("2019", "2019-05", "2019-05-01")] == [
        "YEAR",
        "MONTH",
        "DAY",
    ]
    assert birth_date_precision({}) is None
    assert name_status({"full_name": "Gái"}) == "PLACEHOLDER_GAI"


@pytest.mark.parametrize(
    ("day", "standard"),
    [
        (date(2018, 7, 1), "2016-2020"),
        (date(2021, 12, 31), "2016-2020"),
        (date(2022, 1, 1), "2021-2025"),
        (date(2026, 5, 1), "2026-2030"),
        (date(2031, 1, 1), None),
    ],
)
def test_poverty_standard_by_survey_date(day: date, standard: str | None) -> None:
    assert poverty_standard(day) == standard


def test_a_personal_id_proposes_sex_and_year() -> None:
    assert from_personal_id("051316123456") == ("2", 2016)
    assert from_personal_id("051085123456") == ("1", 1985)
    assert from_personal_id("051216123456") == ("1", 2016)
    assert from_personal_id("12345") is None


def test_filling_in_overwrites_nothing() -> None:
    assert filled_in(CHILD, {"full_name": "Trai"}, REFERENCE) == {"name_status": "PLACEHOLDER_TRAI"}
    assert filled_in(CHILD, {"full_name": "Trai", "name_status": "UNKNOWN"}, REFERENCE) == {}
    assert filled_in(HOUSEHOLD, {"poverty_status": "1"}, REFERENCE) == {
        "poverty_standard": "2026-2030",
        "poverty_year": 2026,
    }
    told = {"poverty_status": "1", "poverty_standard": "2021-2025", "poverty_year": 2025}
    assert filled_in(HOUSEHOLD, told, REFERENCE) == {}


def test_a_new_child_starts_with_visible_defaults_and_its_siblings_family() -> None:
    start = defaults(CHILD)
    assert start["nationality"] == "VN"
    for answer in ("sex", "birth_registered", "circumstance_answer", "monthly_allowance"):
        assert answer not in start
    taken = inherited(CHILD, [child(ethnicity="25"), child(mother_name=None)])
    assert taken["father_name"] == "Nguyễn Văn Bình"
    assert taken["mother_name"] == "Trần Thị Hoa"
    assert taken["ethnicity"] == "01"
    for own in ("full_name", "birth_date", "personal_id", "grade", "line_no"):
        assert own not in taken


def test_a_family_is_taken_over_whole_and_never_mixed_from_two() -> None:
    own = child(father_name="Phạm Văn Lía", father_birth_year=1990, father_away_since=None)
    cousin = child(
        father_name="Hồ Văn Tèo",
        father_birth_year=None,
        father_ethnicity=None,
        father_status="DECEASED",
        relation_to_head="grandchild",
        ethnicity="25",
    )
    taken = inherited(CHILD, [own, cousin])
    told = {name: value for name, value in taken.items() if name.startswith("father_")}
    assert told == {"father_name": "Hồ Văn Tèo", "father_status": "DECEASED"}
    assert (taken["relation_to_head"], taken["ethnicity"]) == ("grandchild", "25")
    assert inherited(CHILD, [cousin, own, child(**{**own, "mother_name": None})]) == inherited(
        CHILD, [own]
    )


def test_parents_are_taken_over_from_those_who_are_the_same_to_the_head() -> None:
    own = child(father_name="Phạm Văn Lía", father_birth_year=1990, mother_name="Đinh Thị Nga")
    nephew = child(
        father_name="Hồ Văn Tèo",
        father_birth_year=None,
        mother_name=None,
        relation_to_head="nephew_niece",
    )
    # What the nephew leaves open is not filled in with the head's own wife.
    assert inherited(CHILD, [own, nephew]).get("mother_name") is None
    known = inherited(CHILD, [own, nephew], own["relation_to_head"])
    assert (known["father_name"], known["mother_name"]) == ("Phạm Văn Lía", "Đinh Thị Nga")
    # Said afterwards: the same, but nothing that was typed or confirmed.
    begun = {**inherited(CHILD, [own, nephew]), "relation_to_head": own["relation_to_head"]}
    loose = {"father_name", "father_birth_year", "mother_name"}
    taken = taken_again(CHILD, begun, [own, nephew], loose)
    assert taken == {
        "father_name": "Phạm Văn Lía",
        "father_birth_year": 1990,
        "mother_name": "Đinh Thị Nga",
    }
    typed = {**begun, "father_name": "Phạm Văn Rơm"}
    taken = taken_again(CHILD, typed, [own, nephew], loose - {"father_name"})
    assert taken == {"father_birth_year": None, "mother_name": None}, "another family's"
    # Nobody has that relation: nobody's parents.
    begun["relation_to_head"] = "grandchild_paternal"
    assert taken_again(CHILD, begun, [own, nephew], {"father_name"}) == {"father_name": None}
