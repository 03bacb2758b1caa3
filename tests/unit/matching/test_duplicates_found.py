"""Who is found to be written twice, and who is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.blocking import ALWAYS, KEYS
from app.matching.duplicates import find
from app.matching.pair import Found, Level
from app.matching.person import Person
from app.services.bench.duplicates import people_of
from app.services.duplicate_limits import limit_words, limits_in_short
from app.services.duplicates import Suggestions
from app.services.invented.doubles import doubled
from app.services.invented.register import generate
from app.services.suggested_pairs import is_placeholder

COMMUNES = [f"{code}@2024" for code in ("21010", "21016", "21025", "21031", "21208", "21211")]
TODAY = date(2026, 8, 31)


#: A neighbourhood in which nobody is written twice: what is rare is counted in it.
CROWD = [
    person
    for one in generate(2026, 1500, COMMUNES, TODAY)
    for person in people_of(one)
    if person.name
]
LINH = Person(
    "linh",
    "Võ Ngọc Diễm Linh",
    "2016-03-06",
    "2",
    "",
    "Trần Thị Mỹ Tâm",
    "1986",
    "Võ Đình Lợi",
    "1984",
    "Võ Đình Lợi",
    "0905111222",
    "h1",
    "Thôn 1",
    "21010@2024",
)
#: The same family as it is known elsewhere.
THERE = replace(LINH, id="there", household="h2", unit="21025@2024", village="Xóm 4", phone="")


def found(*people: Person) -> Found:
    mixed = [*CROWD, *people]
    random.Random(7).shuffle(mixed)
    return find(mixed, is_placeholder)


def level(one: Person, other: Person, *more: Person) -> Level | None:
    levels = {
        frozenset((pair.first, pair.second)): pair.level for pair in found(one, other, *more).pairs
    }
    return levels.get(frozenset((one.id, other.id)))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one,
        lambda one: replace(one, name="VO NGOC DIEM LINH", mother="TRAN THI MY TAM"),
        lambda one: replace(one, name="Võ Linh"),
        lambda one: replace(one, name="Võ Ngọc Kim Diễm Linh"),
        lambda one: replace(one, name="V. Ngọc Diễm Linh"),
        lambda one: replace(one, name="Vo4 Ngo5c Die6m4 Linh"),
        lambda one: replace(one, name="Trần Ngọc Diễm Linh"),
        lambda one: replace(one, birth_date="2016"),
        lambda one: replace(one, birth_date="2016-06-03"),
        lambda one: replace(one, birth_date="2016-01-01"),
        lambda one: replace(one, birth_date="2015-03-06"),
        lambda one: replace(one, birth_date="2016-01-27"),  # by the moon
        lambda one: replace(one, mother="chị Lợi", mother_year=""),
        lambda one: replace(one, mother="", mother_year=""),
        lambda one: replace(one, father="", father_year="", head="Võ Thị Bảy"),
        lambda one: replace(one, mother_year="1985", father_year=""),
        lambda one: replace(one, sex=""),
    ],
)
def test_another_hand_wrote_the_same_child(change: Callable[[Person], Person]) -> None:
    assert level(LINH, change(THERE)) in (Level.CERTAIN, Level.HIGH)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, name="Võ Ngọc Diễm Vinh"),
        lambda one: replace(
            one, name="Võ Ngọc Diễm Lĩnh", unit=LINH.unit, household=LINH.household
        ),
        lambda one: replace(one, name="Võ Ngọc Kim Linh", household=LINH.household),
        lambda one: replace(one, birth_date="2018-07-01", household=LINH.household),
        lambda one: replace(
            one, mother="Lê Thị Hoa", father="Võ Văn Bình", birth_date="2013-09-30", head=""
        ),
    ],
)
def test_brothers_sisters_twins_and_namesakes_are_other_children(
    change: Callable[[Person], Person],
) -> None:
    assert level(LINH, change(THERE)) in (None, Level.LOW)


def test_of_two_families_every_child_goes_with_one() -> None:
    """Twins of one given name, copied together: each is the one with his own names between."""
    twin = replace(LINH, id="twin", name="Võ Ngọc Kim Linh")
    copy, copied = replace(THERE, name="VO NGOC DIEM LINH"), replace(THERE, id="other")
    copied = replace(copied, name="VO NGOC KIM LINH")
    pairs = {(one.first, one.second) for one in found(LINH, twin, copy, copied).pairs}
    assert {("linh", "there"), ("other", "twin")} <= pairs
    assert not {("linh", "other"), ("there", "twin")} & pairs


def test_only_id_name_and_whole_birth_date_together_are_certain() -> None:
    mine, theirs = replace(LINH, personal_id="051316000001"), "051316000001"
    assert level(mine, replace(THERE, personal_id=theirs)) is Level.CERTAIN
    for other in (
        replace(THERE, personal_id=theirs, birth_date="2016"),
        replace(THERE, personal_id=theirs, birth_date="2016-03-07"),
        replace(THERE, personal_id=theirs, name="Võ Diễm Linh"),
        replace(THERE, personal_id=""),
    ):
        assert level(mine, other) is Level.HIGH


def test_who_has_no_name_yet_is_never_certain() -> None:
    mine = replace(LINH, name="Gái", personal_id="051316000001")
    theirs = replace(THERE, name="Gái", personal_id="051316000001")
    assert level(mine, theirs) not in (None, Level.CERTAIN)


def test_an_id_that_two_children_bear_makes_them_no_sure_pair() -> None:
    """Somebody mistyped it, or gave it twice: it is told, and nothing more is said."""
    mine = replace(LINH, personal_id="051316000001")
    other = replace(CROWD[0], id="x", name="Hồ Văn Sơn", personal_id="051316000001")
    assert level(mine, other) not in (Level.CERTAIN, Level.HIGH)


def test_names_of_any_language_are_compared_by_their_letters() -> None:
    mine = Person("a", "mitchell", "19560409", personal_id="1804974", surname="green")
    others = [
        Person("b", "mitchel", "19560409", personal_id="1804974", surname="green"),
        Person("c", "green", "19560409", personal_id="1804974", surname="mitchell"),
        Person("d", "harley", "19080419", personal_id="6089216", surname="mccarthy"),
    ]
    pairs = {(one.first, one.second) for one in found(mine, *others).pairs}
    assert {("a", "b"), ("a", "c")} <= pairs
    assert not any("d" in pair for pair in pairs)


@pytest.mark.parametrize("seed", [3, 11])
def test_an_invented_register_with_doubles_in_it(seed: int) -> None:
    people: list[Person] = []
    same: dict[str, str] = {}
    for one, truth in doubled(generate(seed, 6000, COMMUNES, TODAY), seed + 1, 0.03):
        people += people_of(one)
        same.update(truth)
    groups: dict[str, list[str]] = {}
    for copy, first in same.items():
        groups.setdefault(first, [first]).append(copy)
    wanted = {
        frozenset((one, other)) for group in groups.values() for one in group for other in group
    }
    wanted = {pair for pair in wanted if len(pair) == 2}
    said = find(people, is_placeholder)
    sure = {
        frozenset((one.first, one.second))
        for one in said.pairs
        if one.level in (Level.CERTAIN, Level.HIGH)
    }
    certain = {
        frozenset((one.first, one.second)) for one in said.pairs if one.level is Level.CERTAIN
    }
    assert len(wanted) > 100
    assert certain <= wanted, "nobody is ever called certain in error"
    assert len(sure & wanted) / len(sure) >= 0.98
    assert len(sure & wanted) / len(wanted) >= 0.94


def test_what_too_many_share_is_left_out_and_said() -> None:
    crowd = [
        Person(str(number), f"Lê Văn {chr(65 + number % 26)}e", "2020-01-01", phone="0905111222")
        for number in range(2000)
    ]
    told = find(crowd, is_placeholder)
    assert told.left_out["day+family"] == (1, 2000)
    assert told.compared < 2000 * 40


def test_of_an_id_that_many_bear_each_is_compared_with_the_next() -> None:
    """Forty-five children of one name, day and id, and fifteen other ones that bear it."""
    bearers = [
        Person(
            f"k{at:02d}",
            f"Hồ Văn {chr(65 + at // 4)}ao" if at % 4 == 3 else "Trần Văn Khoa",
            "2019-05-01",
            "1",
            "051219000017",
            household=f"h{at}",
            unit="u",
        )
        for at in range(60)
    ]
    told = find(bearers, is_placeholder)
    assert sum(one.level is Level.CERTAIN for one in told.pairs) == 44
    assert "personal_id" not in told.left_out
    assert told.alone == 0


def test_who_is_compared_with_nobody_is_counted() -> None:
    crowd = [Person(str(at), "Lê Văn Khoa", "2020-01-01") for at in range(41)]
    told = find([*crowd, Person("x", "Đinh Thị Rế", "2016-03-06")], is_placeholder)
    assert (told.pairs, told.compared) == ((), 0)
    assert told.alone == 41


def test_every_kind_of_key_has_words() -> None:
    found = Suggestions((), 9, 0, dict.fromkeys(KEYS.keys() - {ALWAYS}, (1, 41)), alone=41)
    said = limit_words(found)
    assert len(set(said)) == len(KEYS)
    assert "41" in limits_in_short(found)
    assert limits_in_short(Suggestions((), 9, 0, {})) == ""


_ODD = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["\u0301", "´", ".", "H'", "Y", "0", "1.", "chị", "đ9", "aa", "  "]
)
_FIELDS = [one.name for one in fields(Person) if one.name != "id"]


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, _ODD)), max_size=6))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_list_is_compared(rows: list[dict[str, str]]) -> None:
    people = [Person(**{"id": str(at), "name": "", **row}) for at, row in enumerate(rows)]
    said = find(people, is_placeholder)
    assert said.records == len(people)
    assert {one.first for one in said.pairs} <= {one.id for one in people}
    again = find(list(reversed(people)), is_placeholder)
    assert len(again.pairs) == len(said.pairs), "the order of a list says nothing"
