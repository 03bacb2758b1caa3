"""Random histories of a whole province, and what must be true of every one of them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.counts import tell
from tests.long_runs import slice_or_all
from tests.properties import invariants
from tests.properties.histories import History, seeds, steps_of

EXAMPLES = slice_or_all(4, 320)
#: What has to have happened, or the laws were kept in a world without trouble. In a few histories
#: some of it may not come: it is drawn by lot.
MISSED = slice_or_all(11, 0)
TROUBLES = (
    "answers of one PC of several",
    "bundles doubled",
    "bundles imported again",
    "bundles lost",
    "bundles sent past a tier",
    "bundles split and shuffled on a copy",
    "clocks set wrong",
    "clones",
    "deaths after the commit",
    "deaths before the commit",
    "decisions",
    "erasures by law",
    "halves of handovers written above",
    "handovers",
    "hidings",
    "moves",
    "open conflicts (I5)",
    "operations forged",
    "operations put to an insider's use",
    "operations refused",
    "operations set aside by a person",
    "operations waiting",
    "records hidden (I8)",
    "refusals overruled by a unit above",
    "restores",
    "saves from open pages",
    "saves over what had arrived",
)
COUNTS: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _tell_counts():
    yield
    tell("fleet histories: " + ", ".join(f"{COUNTS[name]} {name}" for name in sorted(COUNTS)))
    if COUNTS["histories"] >= EXAMPLES:
        missed = [name for name in TROUBLES if not COUNTS[name]]
        assert len(missed) <= MISSED, f"troubles that never came: {missed}"


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=True,
    # A smaller seed is no smaller history: shrinking would try others for minutes and tell nothing.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(seeds)
def test_every_history_keeps_the_laws_and_ends_in_agreement(seed):
    check_history(steps_of(seed), beside=seed % 2 == 0)


def check_history(steps: list[tuple[str, int]], *, beside: bool = True) -> None:
    """Run a history, check the laws on the wreckage, let everybody talk, check them again."""
    history = History()
    try:
        history.run(steps)
        check_laws(history)
        held = {op_id for one in history.fleet for op_id in one.log()} - history.forged
        rounds = history.settle(beside=beside)
        check_laws(history)
        invariants.check_i7_nothing_is_lost(held, history.fleet)
        lost = invariants.lost_above(history.fleet)
        invariants.check_i9_everybody_agrees(history.fleet, lost)
        invariants.check_i10_nothing_from_outside(history.fleet)
        invariants.check_erased_everywhere(invariants.views_of(history.fleet))
        if not (lost or history.counts["records disputed by copies of the province"]):
            children = invariants.check_i11_children_are_conserved(history.fleet)
            COUNTS["children counted once (I11)"] += children
        COUNTS.update(history.counts)
        COUNTS["histories"] += 1
        COUNTS[f"histories that agreed after round {rounds}"] += 1
    finally:
        history.fleet.close()


def check_laws(history: History) -> None:
    """The laws that hold at every moment."""
    truth = history.fleet.seen_by
    views = invariants.views_of(history.fleet)
    COUNTS["records compared (I1)"] += invariants.check_i1_same_operations_same_rows(views)
    for name, number in invariants.check_i4_every_value_is_somewhere(views, truth).items():
        COUNTS[f"values {name} (I4)"] += number
    COUNTS["operations without a body by law"] += invariants.check_erased_by_law(views)
    COUNTS["operations on accepted ones"] += invariants.check_closed(views)
    COUNTS["open conflicts (I5)"] += invariants.check_i5_no_silent_winner(views, truth)
    COUNTS["clock changes (I6)"] += invariants.check_i6_clocks_change_nothing(views)
    COUNTS["records hidden (I8)"] += invariants.check_i8_unseen_edits_keep_the_record(views, truth)
    COUNTS["rows rebuilt (I14)"] += invariants.check_i14_rebuilt_rows_are_equal(history.fleet)
    COUNTS["ids recomputed (I15)"] += invariants.check_i15_every_id_recomputes(views)
    COUNTS["groups (I16)"] += invariants.check_i16_groups_come_from_one_operation(views)
