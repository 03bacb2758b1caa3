"""A simulated year with real homes and real bundles: all agree, and every value is somewhere.

In every run two quarters of a small district; in the long one the whole province: 2 districts, 12
communes, 4 quarters.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.counts import tell
from tests.long_runs import LONG, slice_or_all
from tests.properties import invariants
from tests.properties.year import (
    ERASED_NAME,
    PLANNED,
    RECEIPTS_LOST,
    SLICE,
    STICKS_LOST,
    WHOLE,
    Year,
    where_every_value_is,
)

SEEDS = slice_or_all([2026], [2026, 2027])
#: Where a value may be; only what went with a disk is gone, and stands as what was typed again.
PLACES = (
    *("erased by law", "current", "overwritten", "in an open conflict"),
    *("set aside", "waiting", "refused"),
)
GONE = "gone with a disk and typed again"


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_year_of_mishaps_all_agree_and_every_value_is_somewhere(seed: int) -> None:
    year = Year(slice_or_all(SLICE, WHOLE), seed)
    try:
        year.set_up()
        year.run()
        check_laws(year)
        rounds = year.settle()
        check_laws(year)
        invariants.check_i9_everybody_agrees(year.province, year.apart)
        check_erased(year)
        invariants.check_i10_nothing_from_outside(year.province)
        children = invariants.check_i11_children_are_conserved(year.province)
        if LONG:
            year.take_the_last_import_back()
        sums = where_every_value_is(year)
        _tell(year, rounds, children, sums)
        assert sum(sums[place] for place in (*PLACES, GONE)) == sums.total()
        assert sums.total() == sums[GONE] + year.values_held()
        _assert_that_it_was_a_year(year, sums)
    finally:
        year.close()


def check_laws(year: Year) -> None:
    """The laws that hold at every moment, over every PC."""
    views = invariants.views_of(year.province)
    truth = year.province.seen_by
    invariants.check_i1_same_operations_same_rows(views)
    invariants.check_i4_every_value_is_somewhere(views, truth)
    invariants.check_i5_no_silent_winner(views, truth)
    invariants.check_i8_unseen_edits_keep_the_record(views, truth)
    invariants.check_i14_rebuilt_rows_are_equal(year.province)
    invariants.check_erased_by_law(views)
    invariants.check_i15_every_id_recomputes(views)
    invariants.check_i16_groups_come_from_one_operation(views)


def check_erased(year: Year) -> None:
    """Nobody holds a word of the persons that the law erased: not who was told late, not who came
    back with an older disk."""
    invariants.check_erased_everywhere(invariants.views_of(year.province))
    for one in year.province:
        assert not one.holds(ERASED_NAME), f"erased: {one.name} holds the name"


def _tell(year: Year, rounds: int, children: int, sums: Counter[str]) -> None:
    told = ", ".join(f"{sums[place]} {place}" for place in (*PLACES, GONE))
    tell(f"year: {sums.total()} values typed = {told}")
    happened = ", ".join(f"{year.counts[name]} {name}" for name in sorted(year.counts))
    tell(
        f"year: {len(list(year.province))} PCs agree after {rounds} round(s) without mishap;"
        f" {children} children in the province; {happened}"
    )


def _assert_that_it_was_a_year(year: Year, sums: Counter[str]) -> None:
    counts, plan = year.counts, year.plan
    assert (counts["restores"], counts["clones"]) == (plan.restores, plan.clones)
    for (whole, _), planned in PLANNED.items():
        if whole is LONG:
            assert all(counts[what] == 1 for what in planned), planned
    assert counts["sticks lost"] + counts["receipts lost"]
    assert counts["bundles already"]
    assert counts["sticks that came late"]
    assert counts["persons erased by law"] == len(plan.erased)
    assert sums["erased by law"] >= 4 * len(plan.erased)
    assert counts["saves under a wrong clock"]
    assert counts["saves typed again"]
    assert sums[GONE], "no disk that went back had anything that was nowhere else"
    if LONG:  # in a short year some of it may not come: it is drawn by lot
        for name in (
            *("pages divided", "moves", "clocks of 2002", "clocks of 2099"),
            *("handovers accepted", "handovers returned", "children sent back"),
        ):
            assert counts[name], f"{name}: none"
        assert all(sums[place] for place in PLACES), sums
        # As many as were meant to be lost, within what chance does to some hundred sticks.
        for what, share in (("sticks", STICKS_LOST), ("receipts", RECEIPTS_LOST)):
            lost = counts[f"{what} lost"] / counts[f"{what} on their way"]
            assert abs(lost - share) < 0.12, f"{what} lost: {lost:.0%}"
