"""Which child each row of a list is: sure, to look at, or none; never two rows one child."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.lists import place
from app.matching.person import Person
from app.matching.placed import Band, Listed, Placed
from app.services.bench.duplicates import people_of
from app.services.bench.lists import judged
from app.services.crosscheck.placing import is_placeholder
from app.services.crosscheck.villages import village_key
from app.services.invented.register import generate

COMMUNE = "21010@2024"
BOOK = [
    replace(one, village=village_key(one.village))
    for home in generate(412, 250, [COMMUNE], date(2026, 8, 31))
    for one in people_of(home)
]
LINH = Person(
    "linh",
    "Võ Ngọc Diễm Linh",
    "2016-03-06",
    "2",
    "051316000123",
    "Trần Thị Mỹ Tâm",
    "1986",
    "Võ Đình Lợi",
    "1984",
    "Võ Đình Lợi",
    "0905111222",
    "h1",
    "1",
    COMMUNE,
)
ROW = Person("row 1", "Võ Ngọc Diễm Linh", "2016", "2", village="1")


def placed(row: Person, *adults: str, book: list[Person] | None = None, block: str = "") -> Placed:
    listed = Listed("1", row, adults, block=block)
    (found,) = place([listed], book or [*BOOK, LINH], is_placeholder)
    return found


@pytest.mark.parametrize(
    ("row", "adult"),
    [
        (ROW, "Trần Thị Mỹ Tâm"),
        (ROW, "Võ Đình Lợi"),
        (replace(ROW, name="VO NGOC DIEM LINH"), "Tran Thi My Tam"),
        (replace(ROW, name="V. Ngọc Diễm Linh"), "Trần Thị Mỹ Tâm"),
        (replace(ROW, name="Vo4 Ngo5c Die6m4 Linh"), "Võ Đình Lợi"),
        (replace(ROW, birth_date="2016-06-03"), "Trần Thị Mỹ Tâm"),
        (replace(ROW, birth_date="2015"), "Trần Thị Mỹ Tâm"),
        (replace(ROW, village="4"), "Trần Thị Mỹ Tâm"),
        (replace(ROW, sex=""), "Võ Đình Lợi"),
        (Person("row 1", "Võ Linh", personal_id="051316000123"), ""),
    ],
)
def test_a_child_is_surely_found_however_the_list_writes_it(row: Person, adult: str) -> None:
    found = placed(row, *filter(None, [adult]))
    assert (found.band, found.child) == (Band.SURE, "linh")


@pytest.mark.parametrize(
    ("row", "adult"),
    [
        (replace(ROW, name="Võ Ngọc Diễm Linh", birth_date="2012-01-05"), "Trần Thị Mỹ Tâm"),
        (replace(ROW, name="Võ Ngọc Kim Linh"), "Lê Thị Lạ"),
        (replace(ROW, name="Võ Ngọc Diễm Ninh"), "Trần Thị Mỹ Tâm"),
        (Person("row 1", "Gái", "2016-03-06", "2"), "Trần Thị Mỹ Tâm"),
    ],
)
def test_what_is_odd_is_for_a_person_to_look_at(row: Person, adult: str) -> None:
    found = placed(row, adult)
    assert found.band is not Band.SURE
    if found.band is Band.REVIEW:
        assert found.candidates[0].child == "linh"


def test_another_given_name_is_another_child_though_all_else_agrees() -> None:
    other = replace(ROW, name="Võ Ngọc Diễm Hương", birth_date="2016")
    assert placed(other, "Trần Thị Mỹ Tâm").band is Band.NONE


def test_nobody_of_that_name_is_in_the_book() -> None:
    found = placed(Person("row 1", "Trương Quỳnh Oanh", "2014", "2"), "Trương Văn Xá")
    assert (found.band, found.candidates) == (Band.NONE, ())


def test_twins_are_kept_apart() -> None:
    han = replace(LINH, id="han", name="Võ Ngọc Hân", personal_id="")
    van = replace(LINH, id="van", name="Võ Ngọc Vân", personal_id="")
    rows = [
        Listed("1", replace(ROW, id="r1", name="Võ Ngọc Vân"), ("Trần Thị Mỹ Tâm",), block="a"),
        Listed("2", replace(ROW, id="r2", name="Vo Ngoc Han"), ("Trần Thị Mỹ Tâm",), block="a"),
    ]
    found = place(rows, [*BOOK, han, van], is_placeholder)
    assert [one.child for one in found] == ["van", "han"]


def test_of_two_rows_one_child_is_only_one() -> None:
    rows = [
        Listed("1", replace(ROW, id="r1"), ("Trần Thị Mỹ Tâm",)),
        Listed("2", replace(ROW, id="r2"), ("Bùi Thị Khác",)),
    ]
    first, second = place(rows, [*BOOK, LINH], is_placeholder)
    assert first.child == "linh"
    assert (second.band, second.taken) == (Band.REVIEW, True)


def test_a_child_that_stands_in_the_book_twice_is_found_all_the_same() -> None:
    again = replace(LINH, id="again", household="h9", phone="")
    found = placed(ROW, "Trần Thị Mỹ Tâm", book=[*BOOK, LINH, again])
    assert found.band is Band.SURE
    assert found.child in ("linh", "again")


def test_brothers_and_sisters_help_to_find_each_other() -> None:
    brother = replace(LINH, id="brother", name="Võ Anh Tú", birth_date="2013-08-02", sex="1")
    tu = Person("r1", "Võ Anh Tú", "2013", "1", head="Võ Đình Lợi")
    linh = Person("r2", "Võ Linh", "2016", "")
    alone = place([Listed("2", linh)], [*BOOK, LINH, brother], is_placeholder)
    both = place(
        [Listed("1", tu, block="a"), Listed("2", linh, block="a")],
        [*BOOK, LINH, brother],
        is_placeholder,
    )
    assert both[1].candidates[0].chance > alone[0].candidates[0].chance
    assert "siblings" in {part.what for part in both[1].candidates[0].evidence}


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_no_child_is_two_rows_and_the_order_of_the_book_does_not_matter(
    data: st.DataObject,
) -> None:
    people = data.draw(st.lists(st.sampled_from(BOOK), min_size=1, max_size=12))
    rows = [
        Listed(
            str(at),
            Person(f"row {at}", one.name, one.birth_date[: data.draw(st.sampled_from([4, 10]))]),
            (data.draw(st.sampled_from([one.mother, one.head, "Lê Thị Lạ"])),),
        )
        for at, one in enumerate(people)
    ]
    found = place(rows, BOOK, is_placeholder)
    sure = [one.child for one in found if one.child]
    assert len(sure) == len(set(sure))
    assert [one.row for one in found] == [one.row for one in rows]
    turned = place(rows, BOOK[::-1], is_placeholder)
    assert [one.band for one in turned] == [one.band for one in found]
    assert [one.child for one in turned] == [one.child for one in found]


def test_lists_of_other_shapes_are_read_whole_and_nobody_is_surely_mistaken() -> None:
    rows, written, read = judged(600, [COMMUNE, "21025@2024"], seed=31_337)
    assert read == written > 300
    sure = [one for one in rows if one.found.child]
    assert all(one.found.child == one.truth for one in sure)
    known = [one for one in rows if one.truth]
    matched = [one for one in known if one.matched == one.truth]
    assert len(matched) >= 0.98 * len(known)
