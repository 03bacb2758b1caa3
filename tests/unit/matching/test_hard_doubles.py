"""Children as they are really written twice, and those who only look so (domain.md 9)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.matching.alone import alike
from app.matching.pair import Level, Pair
from app.matching.person import Person
from app.services.duplicates import is_placeholder

FATHERS = Person(
    "a",
    "Nguyễn Thị Thúy Vy",
    "2017-05-04",
    "2",
    mother="Trần Thị Mỹ Tâm",
    mother_year="1990",
    father="Nguyễn Đình Lợi",
    father_year="1988",
    head="Nguyễn Đình Lợi",
    phone="0905111222",
    household="h1",
    village="Thôn 1",
    unit="21010@2024",
)
GRANDPARENTS = replace(
    FATHERS, id="b", head="Nguyễn Văn Bảy", phone="", household="h2", village="Thôn 3"
)
TEMPORARY = replace(
    FATHERS, id="b", household="h3", unit="21208@2024", village="Tổ dân phố 2", phone="0911222333"
)


def said(one: Person, other: Person) -> Pair | None:
    pairs = alike(one, [other], is_placeholder)
    assert pairs == alike(other, [one], is_placeholder), "whoever is named first"
    return pairs[0] if pairs else None


def level(one: Person, other: Person) -> Level | None:
    pair = said(one, other)
    return None if pair is None else pair.level


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("the grandparents' household", GRANDPARENTS),
        ("a temporary residence", TEMPORARY),
        ("moved, and written without marks", replace(TEMPORARY, name="NGUYEN THI THUY VY")),
        ("the tone on another vowel, i for y", replace(GRANDPARENTS, name="Nguyễn Thị Thuý Vi")),
        ("day and month swapped", replace(GRANDPARENTS, birth_date="2017-04-05")),
        ("the year alone", replace(GRANDPARENTS, birth_date="2017")),
        ("a middle name left out", replace(TEMPORARY, name="Nguyễn Thị Vy")),
        ("the mother as one calls her", replace(TEMPORARY, mother="chị Lợi", mother_year="")),
        ("keys typed with the driver off", replace(TEMPORARY, name="Nguye6n4 Thi5 Thu1y Vy")),
    ],
)
def test_the_same_child_elsewhere(what: str, other: Person) -> None:
    assert level(FATHERS, other) is Level.HIGH, what


def test_hooked_for_tilde_is_the_same_child() -> None:
    mine = replace(FATHERS, name="Nguyễn Trọng Nghĩa", sex="1")
    assert level(mine, replace(GRANDPARENTS, name="Nguyễn Trọng Nghỉa", sex="1")) is Level.HIGH


@pytest.mark.parametrize("home", ["h1", "h2"])
def test_twins_are_two_children_in_whichever_household(home: str) -> None:
    mine = replace(FATHERS, name="Nguyễn Ngọc Hân")
    assert level(mine, replace(GRANDPARENTS, name="Nguyễn Ngọc Vân", household=home)) is None


def test_brothers_and_sisters_are_other_children() -> None:
    younger = replace(FATHERS, id="b", name="Nguyễn Thị Thúy An", birth_date="2019-08-08")
    assert level(FATHERS, younger) is None
    same_name = replace(FATHERS, id="b", birth_date="2019-08-08")
    assert level(FATHERS, same_name) is None, "a line of the same page"


def test_a_nickname_is_told_by_the_id_alone() -> None:
    """Another name is another child; one id for both is told, and is never more than a question."""
    called = replace(GRANDPARENTS, name="Bống")
    assert level(FATHERS, called) is None
    mine, theirs = (replace(one, personal_id="051317000001") for one in (FATHERS, called))
    pair = said(mine, theirs)
    assert pair is not None
    assert pair.level is Level.MEDIUM
    assert "personal_id" in {part.what for part in pair.evidence}
    other_day = replace(theirs, birth_date="2011-10-30")
    assert level(mine, other_day) is Level.LOW
    assert level(mine, replace(other_day, household="h1")) is Level.LOW, "also within one household"


@pytest.mark.parametrize("name", ["Gái", "Chưa đặt tên", "Cu Tý", "bé", ""])
def test_who_has_no_name_yet_is_known_by_mother_and_day(name: str) -> None:
    nameless = replace(GRANDPARENTS, name=name, personal_id="051317000001")
    pair = said(replace(FATHERS, personal_id="051317000001"), nameless)
    assert pair is not None
    assert pair.level is not Level.CERTAIN
    assert {"birth", "mother"} <= {part.what for part in pair.evidence}
    assert not {"given", "family"} & {part.what for part in pair.evidence}
    without_id = replace(FATHERS, personal_id="")
    assert level(without_id, replace(nameless, birth_date="2015-01-09")) is None, "a sister"
    assert level(without_id, replace(nameless, birth_date="")) is None


def test_two_who_have_no_name_yet_are_twins_on_one_page() -> None:
    boy = replace(FATHERS, id="a", name="Trai", sex="1")
    assert level(boy, replace(boy, id="b")) is None
    named = replace(FATHERS, id="b", name="Nguyễn Minh Quân", sex="1")
    assert level(boy, named) is Level.HIGH, "named since, and written anew"


def test_a_newborn_under_the_mothers_name_is_told() -> None:
    listed = Person("b", "Trần Thị Mỹ Tâm", "2017-05-04", "2", unit="21010@2024")
    pair = said(FATHERS, listed)
    assert pair is not None
    assert pair.level is not Level.CERTAIN
    assert "mothers_name" in {part.what for part in pair.evidence}
    assert level(FATHERS, replace(listed, birth_date="2017-05-05")) is None
    both = replace(listed, mother="Trần Thị Mỹ Tâm")
    assert level(FATHERS, both) is not None, "the same where the mother stands beside it"


@pytest.mark.parametrize("change", [{"name": "Trần Thị Mỹ Tấm"}, {"personal_id": "051317000001"}])
def test_a_twin_who_is_called_nearly_or_wholly_as_the_mother_has_a_name(
    change: dict[str, str],
) -> None:
    twin = replace(FATHERS, id="b", name="Trần Thị Mỹ Tâm")
    assert level(FATHERS, replace(twin, **change)) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("H'Hen Niê", "H’Hen Niê", True),
        ("H'Hen Niê", "H Hen Niê", True),
        ("Y Bhlôk Niê", "Y Bhlok Niê", True),
        ("Y Bhlôk Niê", "Y Bhiông Niê", False),
        ("Rơm", "ROM", True),
        ("Rơm", "Rếch", False),
        ("Đinh Văn Rơm", "Rơm", True),
    ],
)
def test_names_of_other_peoples(one: str, other: str, same: bool) -> None:
    mine, theirs = (
        replace(child, name=name, mother="H'Yam Bkrông", father="Y Wang Niê", head="Y Wang Niê")
        for child, name in ((FATHERS, one), (GRANDPARENTS, other))
    )
    assert (level(mine, theirs) is not None) == same


def test_one_digit_over_and_over_is_nobodys_id() -> None:
    mine, theirs = (replace(one, personal_id="000000000000") for one in (FATHERS, GRANDPARENTS))
    pair = said(mine, theirs)
    assert pair is not None
    assert pair.level is Level.HIGH
    assert "personal_id" not in {part.what for part in pair.evidence}
