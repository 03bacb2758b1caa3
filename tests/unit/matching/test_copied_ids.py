"""Other children under a copied id are never called certain, whatever their names are."""

from __future__ import annotations

from datetime import date

from app.matching.duplicates import find
from app.matching.pair import Level
from app.matching.person import Person
from app.services.bench.duplicates import people_of
from app.services.invented.copied_ids import CopiedIds
from app.services.invented.doubles import doubled
from app.services.invented.register import generate
from app.services.suggested_pairs import is_placeholder

COMMUNES = ["21010@2024", "21016@2024"]


def test_no_pair_with_another_child_is_certain_and_those_of_one_child_are() -> None:
    people: list[Person] = []
    others: set[str] = set()
    same: dict[str, str] = {}
    copied = CopiedIds(8, 0.05)
    for household, truth in doubled(generate(7, 2500, COMMUNES, date(2026, 8, 31)), 9, 0.08):
        people += people_of(household)
        same.update(truth)
        for one in () if truth else copied.write(household):
            made = people_of(one)
            for person in made:
                people.append(person)
                others.add(person.id)
    assert len(others) > 30
    found = find(people, is_placeholder).pairs
    assert sum(one.level is not Level.CERTAIN and one.first in others for one in found) > 20
    certain = [(one.first, one.second) for one in found if one.level is Level.CERTAIN]
    assert not [pair for pair in certain if others & set(pair)]
    assert certain
    assert all(same.get(one, one) == same.get(other, other) for one, other in certain)
