"""One child beside the few that may be it, where no register is there to count in."""

from __future__ import annotations

from dataclasses import replace

from app.matching.alone import alike
from app.matching.pair import Level
from app.matching.people import prepared
from app.matching.person import Person
from app.matching.rarity import Rarity
from app.services.suggested_pairs import is_placeholder

TYPED = Person(
    "typed",
    "Võ Ngọc Diễm Linh",
    "2016-03-06",
    "2",
    mother="Trần Thị Mỹ Tâm",
    father="Võ Đình Lợi",
    unit="21010@2024",
)
KNOWN = replace(TYPED, id="known", name="VO NGOC DIEM LINH", household="h", unit="21025@2024")


def test_the_child_that_is_known_comes_first_and_its_sister_not_at_all() -> None:
    sister = replace(KNOWN, id="sister", name="Võ Ngọc Diễm Vinh")
    unsure = replace(KNOWN, id="unsure", birth_date="2016", mother="", father="")
    pairs = alike(TYPED, [unsure, sister, KNOWN], is_placeholder)
    assert [(one.first, one.second) for one in pairs] == [("known", "typed"), ("typed", "unsure")]
    assert pairs[0].level is Level.HIGH
    assert {part.what for part in pairs[0].evidence} >= {"given", "birth", "mother", "father"}


def test_a_record_is_not_weighed_against_itself() -> None:
    assert alike(TYPED, [TYPED], is_placeholder) == ()


def test_among_more_children_the_same_says_less() -> None:
    (here,) = alike(TYPED, [KNOWN], is_placeholder)
    (province,) = alike(TYPED, [KNOWN], is_placeholder, children=300_000)
    assert province.score < here.score - 6


def test_a_name_that_many_bear_says_less_where_it_was_counted() -> None:
    crowd = [replace(TYPED, id=str(at), mother=f"Lê Thị {at}") for at in range(500)]
    counted = Rarity.of(list(prepared(crowd, is_placeholder)))
    (usual,) = alike(TYPED, [KNOWN], is_placeholder)
    (common,) = alike(TYPED, [KNOWN], is_placeholder, rarity=counted)
    assert common.score < usual.score - 6


def test_certain_are_id_name_and_whole_date_together() -> None:
    mine, theirs = (replace(one, personal_id="051316000001") for one in (TYPED, KNOWN))
    mine = replace(mine, household="typed")
    assert alike(mine, [theirs], is_placeholder)[0].level is Level.CERTAIN
    other_day = replace(theirs, birth_date="2016-03-07")
    assert alike(mine, [other_day], is_placeholder)[0].level is Level.HIGH
