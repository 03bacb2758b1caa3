"""How a record is made ready to be compared."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from app.matching.people import Birth, Name, birth_of, name_of, named, prepared
from app.matching.person import Person
from app.settings import resources_dir
from app.text.fold import fold


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Đinh Thị Bích Rế", named("rế", ("thi", "bich"), "dinh")),
        ("NGUYỄN  VĂN AN", named("an", ("van",), "nguyen")),
        ("Nguye6n4 Va8n An", named("an", ("van",), "nguyen")),
        ("Rơm", named("rơm", (), "")),
        ("H. Minh Ngọc", named("ngọc", ("minh",), "h")),
        ("Y Bhlôk Niê", named("bhlôk", (), "nie")),
        ("H’Hen Niê", named("hen", (), "nie")),
        ("chị Tuấn", named("tuấn", (), "", called=True)),
        ("Võ Lợi", named("lợi", (), "vo")),  # a family name, and no wife
        ("", named("", (), "")),
    ],
)
def test_a_name_is_taken_apart(written: str, name: Name) -> None:
    assert name_of(written) == name


def test_names_in_two_columns_are_given_and_family_name() -> None:
    assert name_of("mary jane", "O'Brien") == named("mary", ("jane",), "o'brien")
    assert name_of("", "smith") == named("", (), "smith")


@pytest.mark.parametrize(
    ("written", "birth"),
    [
        ("2019", Birth(2019, 0, 0)),
        ("2019-05", Birth(2019, 5, 0)),
        ("2019-05-01", Birth(2019, 5, 1)),
        ("19560409", Birth(1956, 4, 9)),
        ("không rõ", Birth(0, 0, 0)),
        ("", Birth(0, 0, 0)),
    ],
)
def test_a_birth_date_of_any_precision(written: str, birth: Birth) -> None:
    assert birth_of(written) == birth


def test_a_placeholder_is_no_name_and_the_record_is_compared_by_the_rest() -> None:
    (one,) = prepared([Person("a", "Gái", "2020-05-01", mother="Lê Thị Hoa")], "Gái".__eq__)
    assert (one.name.given, one.full.strip(), one.mother_full) == ("", "", "le thi hoa")


def test_numbers_are_compared_by_their_digits() -> None:
    person = Person("a", "An", personal_id="051 320 001234", phone="+84 905 111 222")
    (one,) = prepared([person], lambda _name: False)
    assert (one.personal_id, one.phone) == ("051320001234", "905111222")


def test_the_columns_that_lists_name_are_what_is_compared() -> None:
    file = resources_dir() / "lists" / "people_columns.json"
    known = json.loads(file.read_text(encoding="utf-8"))
    assert set(known) == {one.name for one in fields(Person)}
    titles = [fold(title) for named in known.values() for title in named]
    assert len(titles) == len(set(titles)), "a title means one thing"
