"""No variant an insider could sign again, and no mutation, changes a row of a store that receives.

The reader's outcomes are in `test_bundle_insiders.py`; here the files go through `receive` into a
district's store with a register of its own, and every table but the audit trail stays as it was.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.sync.refusal import Refusal
from tests.counts import tell
from tests.dumps import dump_read
from tests.insiders.changes import F
from tests.insiders.desk import Desk
from tests.long_runs import slice_or_all
from tests.properties.test_bundle_mutations import mutate
from tests.vectors.test_bundle_insiders import ALL

#: Another commune of the district: in line for a real store, unlike for the lone reader.
HONEST_HERE = {"sender: not in line"}
#: A thousand are read in every run (`test_bundle_mutations.py`); these go through a store, too.
MUTATIONS = slice_or_all(300, 4_000)
#: After so many files every row is looked at.
LOOKED = slice_or_all(10, 1)


def fingerprint(desk: Desk) -> str:
    """A hash over every row of every table but the audit trail."""
    with desk.workplace.store.read() as reading:
        return hashlib.sha256(repr(sorted(dump_read(reading).items())).encode()).hexdigest()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    yield found
    found.close()


def _all_change_nothing(desk: Desk, files: Iterator[tuple[str, str, Path]]) -> Counter[str]:
    """Receive each (name, reason expected or "", file); how many there were of each reason."""
    before, count = fingerprint(desk), Counter[str]()
    since: list[str] = []
    for name, reason, file in files:
        result = desk.receive(file)
        assert result.status == "rejected", name
        assert reason in ("", result.reason), (name, result.reason)
        assert result.received is None
        since.append(name)
        if len(since) == LOOKED:
            assert fingerprint(desk) == before, f"one of {since}; the long run says which"
            since.clear()
        count[result.reason] += 1
    assert fingerprint(desk) == before, f"one of {since}; the long run says which"
    assert list(desk.workplace.settings.incoming_path.iterdir()) == []
    return count


def test_no_variant_signed_again_changes_a_row(desk: Desk, tmp_path: Path) -> None:
    reasons = _all_change_nothing(
        desk,
        (
            (name, refusal.value, F.forge(tmp_path, **change))
            for name, (change, refusal, _) in ALL.items()
            if name not in HONEST_HERE
        ),
    )
    count = reasons.total()
    assert count >= 80
    tell(f"insiders' variants signed again and received: {count}, 0 rows changed")


def test_no_random_mutation_changes_a_row(desk: Desk, tmp_path: Path) -> None:
    honest = F.forge(tmp_path, operations=F.operations(20))
    data, numbers = honest.read_bytes(), random.Random(20_260_303)

    def mutated() -> Iterator[tuple[str, str, Path]]:
        for number in range(MUTATIONS):
            changed = mutate(data, numbers)
            while changed == data:
                changed = mutate(data, numbers)
            honest.write_bytes(changed)
            yield str(number), "", honest

    reasons = _all_change_nothing(desk, mutated())
    assert reasons.total() == MUTATIONS
    # As in tests/properties/test_bundle_mutations.py: every layer was reached.
    layers = (Refusal.CUT, Refusal.MEMBER_HEADER, Refusal.BAD_SIGNATURE, Refusal.PAYLOAD_HASH)
    assert {one.value for one in layers} <= set(reasons)
    by_reason = dict(sorted(reasons.items()))
    tell(f"bundles mutated and received: {MUTATIONS}, 0 rows changed: {by_reason}")


def test_the_honest_bundle_is_taken_in_by_the_same_store(tmp_path: Path) -> None:
    """What refuses all of the above is what the files are, not how the store was put up."""
    desk = Desk(tmp_path / "desk")
    before = fingerprint(desk)
    result = desk.receive(F.forge(tmp_path))
    assert result.status == "imported", result
    assert fingerprint(desk) != before
    desk.close()
