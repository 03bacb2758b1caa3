"""Erasures in the store: which body is left where two name one operation."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app.history.erasure import content_of
from app.models.erasing import left_bodies
from app.models.integrity import wrong_operations
from app.models.log import operations_of
from app.models.schema import op
from app.models.work import Change
from tests.workplaces import COMMUNE, make_workplace


def test_two_erasures_of_one_operation_leave_the_same_everywhere(tmp_path: Path) -> None:
    found = []
    for name, order in (("a", (1, 2)), ("b", (2, 1))):
        workplace = make_workplace(tmp_path / name)
        with workplace.store.write("x") as work:
            work.sign_reference = lambda operation: operation
            work.clock = lambda: 5
            body = {"owner_unit": COMMUNE, "full_name": "Phạm Thị Thử", "sex": "2"}
            child = work.record(Change("child", {**body}, key="k"))
            assert child.op_id is not None
            for number in order:
                said = dict(list(body.items())[: number + 1])
                content = content_of({child.id: {child.op_id: said}})
                work.record(Change("erase", {"content": content}, key=f"erasure {number}"))
            work.commit()
        with workplace.store.read() as reading:
            (left,) = left_bodies(reading).values()
            (held,) = operations_of(reading, [child.id])[child.id]
            assert wrong_operations(reading) == 0
            salt = reading.execute(select(op.c.salt).where(op.c.ent_id == child.id)).scalar()
        found.append(left)
        assert salt is None
        assert held.body_json == left
        workplace.store.close()
    assert found[0] == found[1]
