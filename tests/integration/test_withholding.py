"""What somebody refused or set aside in a store goes on being so in another copy of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.history.door import Direction, Reason, State
from app.history.operation import Operation
from app.models import log
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving, register
from app.models.store import Store, create_store
from app.models.work import Change
from app.services.withholding import StaysOut, carry_over, stays_out, withholding_of
from app.sync.apply import take_back
from tests.workplaces import COMMUNE, KEY

FROM_BELOW = f"{Direction.BELOW.value}:{COMMUNE}"
DISTRICT = "524@2024"


def written(folder: Path) -> tuple[str, list[Operation]]:
    """A child typed at a commune and changed once: its id and both operations."""
    store = create_store(folder / "commune.db", KEY, COMMUNE)
    with store.write("An") as work:
        child = work.record(Change("child", {"owner_unit": COMMUNE, "full_name": "Trần An"})).id
        work.record(Change("child", {"full_name": "Trần Ân"}, child))
        operations = log.operations_of(work.connection, [child])[child]
        work.commit()
    store.close()
    return child, operations


def district(path: Path, operations: list[Operation]) -> Store:
    store = create_store(path, KEY, DISTRICT)
    with store.write("Bình") as work:
        touched = Touched()
        entries = [Entry(one, one.ent_id, bundle_in=7, judged_for=FROM_BELOW) for one in operations]
        work.accept(entries, touched)
        work.bring_up_to_date(touched)
        work.commit()
    return store


@pytest.mark.parametrize(
    ("state", "reason"),
    [(State.REFUSED, Reason.DROPPED_HERE), (State.SET_ASIDE, None)],
)
@pytest.mark.parametrize("held", [2, 1, 0])
def test_it_stays_out_whether_the_copy_holds_it_or_has_not_heard_of_it(
    tmp_path: Path, state: State, reason: Reason | None, held: int
) -> None:
    child, operations = written(tmp_path)
    old = district(tmp_path / "old.db", operations)
    with old.write("Bình") as work:
        touched = Touched()
        take_back(work, [(child, one.op_id) for one in operations], state, reason, touched)
        work.bring_up_to_date(touched)
        work.commit()
    copy = district(tmp_path / "copy.db", operations[:held])
    with old.read() as reading, copy.read() as then:
        found = withholding_of(reading)
        assert stays_out(then, found, {old.replica}) == StaysOut(0, 2)
    with copy.write("Bình") as work:
        carry_over(work, found, {old.replica})
        work.commit()
    with copy.read() as reading:
        there = receiving.held_of(reading, [child])["child", child]
        assert {(one.state, one.reason) for one in there.values()} == {(state, reason)}
        assert set(there) == {one.op_id for one in operations}
        assert all(FROM_BELOW in one.names for one in there.values())
        assert register.record(reading, "child", child) is None
        assert stays_out(reading, found, {old.replica}) == StaysOut(0, 0)
    old.close()
    copy.close()


def test_what_a_store_wrote_and_took_back_alone_is_not_carried_over(tmp_path: Path) -> None:
    old = create_store(tmp_path / "old.db", KEY, DISTRICT)
    with old.write("Bình") as work:
        child = work.record(Change("child", {"owner_unit": COMMUNE, "full_name": "Trần An"})).id
        (operation,) = log.operations_of(work.connection, [child])[child]
        touched = Touched()
        take_back(work, [(child, operation.op_id)], State.SET_ASIDE, None, touched)
        work.bring_up_to_date(touched)
        work.commit()
    copy = create_store(tmp_path / "copy.db", KEY, DISTRICT)
    with old.read() as reading, copy.write("Bình") as work:
        found = withholding_of(reading)
        assert len(found.operations) == 1
        assert carry_over(work, found, {old.replica}) == StaysOut(0, 0)
    old.close()
    copy.close()
