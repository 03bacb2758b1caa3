"""Several records of one child, held against a list as one: it says what any of them says."""

from __future__ import annotations

from collections.abc import Iterable

from app.models.doubled import doubles_of
from app.models.queries.crosscheck import BookChild
from app.models.store import Reading


def stands_for(reading: Reading, ids: Iterable[str]) -> dict[str, str]:
    """Child → the record that stands for it: itself, for nearly everybody."""
    known = set(ids)
    return {one: one for one in known} | doubles_of(reading, known)


def as_one(reading: Reading, children: Iterable[BookChild]) -> list[BookChild]:
    """The children, each once and in their order: the record that stands for a child or, where that
    is not among them, the least of those that are. What it leaves empty of the child and its
    parents is told by its doubles; where it lives, and what it gets, by itself alone.
    """
    held = {one.id: one for one in children}
    stands = stands_for(reading, held)
    clusters: dict[str, list[str]] = {}
    for one, other in stands.items():
        clusters.setdefault(other, []).append(one)
    chosen: dict[str, BookChild] = {}
    for stand, members in clusters.items():
        first = stand if stand in held else min(members)
        others = [held[one] for one in sorted(members) if one != first]
        chosen[first] = _filled(held[first], others)
    return [chosen[one] for one in held if one in chosen]


#: What is the child's own, in whichever book it is written.
_OWN = (
    "birth_date",
    "sex",
    "personal_id",
    "mother",
    "mother_year",
    "father",
    "father_year",
)


def _filled(one: BookChild, others: Iterable[BookChild]) -> BookChild:
    said = {
        name: next(filter(None, (getattr(each, name) for each in others)), "")
        for name in _OWN
        if not getattr(one, name)
    }
    return one._replace(**said)
