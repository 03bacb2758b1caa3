"""Using a bundle again lets in what had counted; what had only waited is judged at the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.history.door import Reason, State
from app.history.operation import Operation, Value, make_operation
from app.ids import derived_id
from app.models.log import Entry
from app.models.materialising import Touched
from app.services.bench.workshop import Workshop
from app.services.waiting import Waiting
from app.services.workplace import Workplace
from tests.integration.test_import_undo import ELSEWHERE, Two, _home

CHILD = derived_id(ELSEWHERE, "child/x")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 4)
    yield Two(made)
    made.close()


def written(by: str, parents: tuple[bytes, ...], **body: Value) -> Operation:
    """An operation on a child of another district."""
    return make_operation(
        ent_type="child",
        ent_id=CHILD,
        parents=parents,
        body=body,
        salt=bytes(16),
        unit=ELSEWHERE,
        by=by,
        replica="a1a1a1a1-0000-4000-8000-000000000001",
        author="x",
        wall=1,
    )


def holds(workplace: Workplace, operation: Operation) -> None:
    """The operation stands in a store, however it got there."""
    with workplace.write() as work:
        touched = Touched()
        work.accept([Entry(operation, CHILD)], touched)
        if not operation.parents:
            work.bring_up_to_date(touched)
        work.commit()


def test_what_never_passed_the_door_is_judged_there_when_its_bundle_is_used_again(
    two: Two,
) -> None:
    two.deliver()
    theirs = written(ELSEWHERE, (), owner_unit=ELSEWHERE, full_name="Lò Thị Bua", _key="child/x")
    forged = written(two.district.unit, (theirs.op_id,), full_name="Kẻ Trộm")
    holds(two.district, forged)
    new, _id = _home("81")
    two.write(two.district, new)
    got = two.deliver()
    waiting = Waiting(two.province)
    assert [one.operation for one in waiting.list()] == [forged.op_id]
    two.undo.set_aside(got.handover, "Nhầm gói")
    done = two.undo.release(got.handover)
    assert (done.asked, done.accepted) == (2, 1)
    assert [one.state for one in waiting.list()] == [State.WAITING]

    holds(two.province, theirs)
    two.deliver()
    (stopped,) = waiting.list()
    assert (stopped.state, stopped.reason) == (State.REFUSED, Reason.NOT_OWNER.value)
    assert two.value(two.province, "child", CHILD, "full_name") == "Lò Thị Bua"
