"""What somebody let count again in a store goes on counting in another copy of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.history.door import Direction, Reason, State
from app.history.operation import Operation
from app.models import log
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving
from app.models.rows import join_names
from app.models.store import Store, create_store
from app.models.work import Change
from app.services.used_again import UsedAgain, closed_in, let_in, used_again
from app.services.workplace import ScopeTree
from app.sync.apply import retry_waiting
from tests.workplaces import COMMUNE, KEY, make_workplace

DISTRICT = "524@2024"
FROM_BELOW = f"{Direction.BELOW.value}:{COMMUNE}"
HERE = f"{Direction.BESIDE.value}:{DISTRICT}"
BY_NAME = join_names((FROM_BELOW, HERE))
#: Another commune, whose child it never was.
STRANGER = f"{Direction.BELOW.value}:21064@2024"


@pytest.fixture
def typed(tmp_path: Path) -> list[Operation]:
    """A child typed at a commune, and a change of it."""
    store = create_store(tmp_path / "commune.db", KEY, COMMUNE)
    with store.write("An") as work:
        child = work.record(Change("child", {"owner_unit": COMMUNE, "full_name": "Trần An"})).id
        work.record(Change("child", {"full_name": "Trần Ân"}, child))
        operations = log.operations_of(work.connection, [child])[child]
        work.commit()
    store.close()
    return operations


@pytest.fixture
def tree(tmp_path: Path) -> ScopeTree:
    workplace = make_workplace(tmp_path / "any", DISTRICT)
    workplace.store.close()
    return workplace.tree


def holding(path: Path, *entries: Entry) -> Store:
    """A district that holds these."""
    store = create_store(path, KEY, DISTRICT)
    with store.write("Bình") as work:
        touched = Touched()
        work.accept(entries, touched)
        work.bring_up_to_date(touched)
        work.commit()
    return store


def entry(
    operation: Operation,
    state: State = State.ACCEPTED,
    reason: Reason | None = None,
    names: str = FROM_BELOW,
) -> Entry:
    return Entry(operation, operation.ent_id, state, reason, bundle_in=7, judged_for=names)


def asked(standing: Store, copy: Store) -> UsedAgain:
    with standing.read() as now, copy.read() as then:
        return used_again(now, closed_in(then), DISTRICT)


def states(store: Store, operations: list[Operation]) -> list[State | None]:
    with store.read() as reading:
        held = receiving.held_of(reading, {one.ent_id for one in operations})
        known = {
            op_id: one.state for of_record in held.values() for op_id, one in of_record.items()
        }
    return [known.get(one.op_id) for one in operations]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.SET_ASIDE, None),
        (State.REFUSED, Reason.DROPPED_HERE),
        (State.REFUSED, Reason.MOVED_AWAY),
        (State.WAITING, Reason.BRINGER_REVOKED),
    ],
)
def test_what_the_copy_keeps_out_is_let_in_where_the_store_let_it_count(
    tmp_path: Path, typed: list[Operation], tree: ScopeTree, state: State, reason: Reason | None
) -> None:
    standing = holding(tmp_path / "old.db", *map(entry, typed))
    copy = holding(tmp_path / "copy.db", *(entry(one, state, reason) for one in typed))
    found = asked(standing, copy)
    assert set(found.operations) == {(one.ent_id, one.op_id) for one in typed}
    with copy.write("Bình") as work:
        let_in(work, tree, found, lambda _operation: False)
        work.commit()
    assert states(copy, typed) == [State.ACCEPTED, State.ACCEPTED]
    assert asked(standing, copy) == UsedAgain()
    standing.close()
    copy.close()


def test_what_builds_on_what_the_copy_lacks_waits_and_passes_no_door_again(
    tmp_path: Path, typed: list[Operation], tree: ScopeTree
) -> None:
    first, change = typed
    by_name = join_names((STRANGER, HERE))
    standing = holding(tmp_path / "old.db", entry(first), entry(change, names=by_name))
    refused = entry(change, State.REFUSED, Reason.NOT_OWNER, STRANGER)
    copy = holding(tmp_path / "copy.db", refused)
    found = asked(standing, copy)
    with copy.write("Bình") as work:
        let_in(work, tree, found, lambda _operation: False)
        work.commit()
    assert states(copy, typed) == [None, State.WAITING]
    with copy.write("Bình") as work:
        touched = Touched()
        work.accept([entry(first)], touched)
        work.bring_up_to_date(touched)
        retry_waiting(work, tree, lambda _operation: False)
        work.commit()
    assert states(copy, typed) == [State.ACCEPTED, State.ACCEPTED]
    standing.close()
    copy.close()


@pytest.mark.parametrize(
    ("there", "names", "counts"),
    [
        (State.WAITING, BY_NAME, True),
        (State.WAITING, FROM_BELOW, False),
        (State.SET_ASIDE, BY_NAME, False),
        (State.REFUSED, BY_NAME, False),
    ],
)
def test_what_was_released_and_waits_in_the_store_waits_in_the_copy_as_well(
    tmp_path: Path, typed: list[Operation], there: State, names: str, counts: bool
) -> None:
    standing = holding(tmp_path / "old.db", entry(typed[1], there, None, names))
    copy = holding(tmp_path / "copy.db", entry(typed[1], State.SET_ASIDE))
    assert bool(asked(standing, copy).operations) is counts
    standing.close()
    copy.close()


@pytest.mark.parametrize(
    ("state", "reason", "names", "counts"),
    [
        # It comes in with what it waits for, and needs nobody's word.
        (State.WAITING, Reason.PARENT_UNKNOWN, FROM_BELOW, False),
        (State.WAITING, Reason.PARENT_UNKNOWN, BY_NAME, True),
        # That unit's next bundle says what it refuses still.
        (State.REFUSED, Reason.REFUSED_ABOVE, BY_NAME, False),
    ],
)
def test_what_comes_in_by_itself_is_not_let_in_by_name(
    tmp_path: Path,
    typed: list[Operation],
    state: State,
    reason: Reason,
    names: str,
    counts: bool,
) -> None:
    standing = holding(tmp_path / "old.db", entry(typed[0]), entry(typed[1], names=names))
    copy = holding(tmp_path / "copy.db", entry(typed[1], state, reason))
    assert bool(asked(standing, copy).operations) is counts
    standing.close()
    copy.close()


def test_what_only_waited_when_it_was_set_aside_waits_in_the_copy_for_its_bringer_alone(
    tmp_path: Path, typed: list[Operation], tree: ScopeTree
) -> None:
    """Its bundle is used again in the store that stands; nobody opened the door for it."""
    first, change = typed
    waiting = entry(change, State.WAITING, Reason.PARENT_NOT_ACCEPTED, STRANGER)
    standing = holding(tmp_path / "old.db", waiting)
    copy = holding(tmp_path / "copy.db", entry(change, State.SET_ASIDE, None, STRANGER))
    found = asked(standing, copy)
    assert (found.operations, found.waits) == ((), ((change.ent_id, change.op_id),))
    with copy.write("Bình") as work:
        let_in(work, tree, found, lambda _operation: False)
        touched = Touched()
        work.accept([entry(first)], touched)
        work.bring_up_to_date(touched)
        assert states(copy, typed)[1] is not State.ACCEPTED
        retry_waiting(work, tree, lambda _operation: False)
        work.commit()
    assert states(copy, typed) == [State.ACCEPTED, State.REFUSED]
    standing.close()
    copy.close()
