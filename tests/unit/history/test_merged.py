"""Merged records: which of them stands for what it was merged into."""

from __future__ import annotations

from itertools import permutations

import pytest

from app.history.merged import MAX_STEPS, Standing, leads_nowhere

UNIT, OTHER = "21010@2024", "21025@2024"


def _merged(into: str, owner: str = UNIT) -> Standing:
    return Standing(owner, hidden=True, into=into)


SEEN = Standing(UNIT, hidden=False, into="")
MISTAKEN = Standing(UNIT, hidden=True, into="")
#: Records → those that stand although they were merged.
CASES: dict[str, tuple[dict[str, Standing], set[str]]] = {
    "into one that stands": ({"a": _merged("b"), "b": SEEN}, set()),
    "into each other": ({"a": _merged("b"), "b": _merged("a")}, {"a"}),
    "into itself": ({"a": _merged("a")}, {"a"}),
    "a circle of three": ({"a": _merged("c"), "b": _merged("a"), "c": _merged("b")}, {"a"}),
    "into a circle": ({"0": _merged("b"), "a": _merged("b"), "b": _merged("a")}, {"a"}),
    "into one that is a mistake": ({"a": _merged("b"), "b": MISTAKEN}, {"a"}),
    "a chain to a mistake": (
        {"a": _merged("b"), "b": _merged("c"), "c": _merged("d"), "d": MISTAKEN},
        {"c"},
    ),
    "two into one mistake": ({"a": _merged("c"), "b": _merged("c"), "c": MISTAKEN}, {"a", "b"}),
    "into one that somebody keeps in sight": (
        {"a": _merged("b"), "b": Standing(UNIT, hidden=False, into="a")},
        set(),
    ),
    "into one that is not known here": ({"a": _merged("b")}, set()),
    "into a mistake of another unit": (
        {"a": _merged("b"), "b": Standing(OTHER, hidden=True, into="")},
        set(),
    ),
    "of no unit that is named": (
        {"a": _merged("b", "unknown"), "b": Standing("unknown", hidden=True, into="")},
        set(),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_merged_record_stands_where_nothing_else_would(case: str) -> None:
    records, standing = CASES[case]
    for order in permutations(records):  # whoever is asked first
        assert {one for one in order if leads_nowhere(one, records.get)} == standing


def test_a_circle_that_no_clerk_makes_is_not_followed_for_ever() -> None:
    for length, found in ((MAX_STEPS, 1), (MAX_STEPS + 1, 0)):
        ids = [f"{n:03}" for n in range(length)]
        circle = {one: _merged(ids[(at + 1) % length]) for at, one in enumerate(ids)}
        assert sum(leads_nowhere(one, circle.get) for one in ids) == found
