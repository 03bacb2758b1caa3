"""Verifying what a unit handed over that was made of others: what was accepted of these before the
decree is not to be looked through once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.decrees import NEW, ONE, OTHER, TOP
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_delivery_lines import fresh
from tests.e2e.test_delivery_sums import both_handed_over

__all__ = ["fresh"]  # a fixture


def accept(top: Prompt, givers: Sequence[str]) -> None:
    for one in top.must("handover", "list"):
        if one["giver"] in givers and one["received_here"]:
            top.must("handover", "accept", one["id"])


def handed_over_by_the_new_unit(homes: Homes, top: Prompt) -> str:
    """The new unit's first handover, with a child of its own."""
    root, new = top.must("authority", "status")["root_fingerprint"], homes.at(NEW)
    words = ("--user", "an", "--full-name", "Đinh Thị An", "--units", homes.folder / "units.csv")
    new.must("init", "--unit", NEW, *words)
    homes.enrol(top, new, root)
    homes.carry(top, new, NEW)
    type_child(new, "3", "Đinh Thị Nga")
    sent, _got = homes.carry(new, top, TOP)
    return str(sent["handover"])


def changed(found: dict[str, Any]) -> dict[str, int]:
    """Unit → how many pages of it changed."""
    return {one["unit"]: one["changed"] for one in found["villages"]}


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ((ONE, OTHER), {ONE: 0, OTHER: 0, NEW: 2}),
        ((ONE,), {ONE: 0, OTHER: 2, NEW: 2}),
        ((), {ONE: 2, OTHER: 2, NEW: 2}),
    ],
)
def test_of_each_unit_what_changed_is_counted_since_its_own_last_accepted_handover(
    fresh: Homes, accepted: Sequence[str], expected: dict[str, int]
) -> None:
    top = both_handed_over(fresh)
    accept(top, accepted)
    handover = handed_over_by_the_new_unit(fresh, top)
    found = top.must("handover", "verify", handover, codes=(0, 4))
    assert changed(found) == expected
    assert found["changed"] == sum(expected.values())
    alone = top.must("handover", "verify", handover, "--changed", codes=(0, 4))
    assert alone["errors"] * 3 == found["errors"] * sum(one > 0 for one in expected.values())


def test_once_the_new_unit_s_own_was_accepted_all_is_counted_since_that(fresh: Homes) -> None:
    top = both_handed_over(fresh)
    handed_over_by_the_new_unit(fresh, top)
    accept(top, (NEW,))
    new = fresh.at(NEW)
    type_child(new, "4", "Hồ Văn Pa")
    sent, _got = fresh.carry(new, top, TOP)
    found = top.must("handover", "verify", sent["handover"], codes=(0, 4))
    assert found["since"] is not None
    assert changed(found) == {ONE: 0, OTHER: 0, NEW: 2}
