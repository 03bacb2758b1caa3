"""Small steps that the told histories of a fleet are made of."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from sqlalchemy import select

from app.history.door import Reason, State
from app.history.operation import Operation, Value, make_operation
from app.models.materialising import Touched
from app.models.schema import op
from app.models.work import Change
from app.sync.apply import take_back
from tests.properties.fleet import DISTRICT_1, Fleet, Replica, Sent, bundle_id_of

_salts = count(1)


def a_child(here: Replica, name: str = "Trần An", *, key: str = "one", **values: Value) -> str:
    body = {"owner_unit": here.unit, "full_name": name, **values}
    return here.save(Change("child", body, key=key)).id


def a_circumstance(here: Replica, child: str, episode: int = 1) -> str:
    values: dict[str, Value] = {
        "record": child,
        "group": "C04",
        "episode": episode,
        "subgroups": ["C04.1"],
    }
    return here.save(Change("circumstance", values, key=f"C04/{episode}")).id


def change(here: Replica, record: str, entity: str = "child", **values: Value) -> bytes:
    """Open a page, change fields, save; returns the operation."""
    done = here.save_page(here.open_page(entity, record), dict(values))
    assert done.op_id is not None
    return done.op_id


def value(here: Replica, record: str, field: str, entity: str = "child") -> Value:
    row = here.row(entity, record)
    return None if row is None else row.get(field)


def reasons(here: Replica) -> dict[bytes, str]:
    """Refused operation → the reason it stands here with."""
    with here.store.read() as connection:
        rows = connection.execute(select(op.c.op_id, op.c.reason).where(op.c.state == "refused"))
        return {row.op_id: row.reason for row in rows}


def written(
    here: Replica,
    ent_type: str,
    ent_id: str,
    parents: tuple[bytes, ...],
    **body: Value,
) -> Operation:
    """A well-formed operation that the program of `here` would not make."""
    return make_operation(
        ent_type=ent_type,
        ent_id=ent_id,
        parents=parents,
        body=body,
        salt=next(_salts).to_bytes(16, "big"),
        unit=here.unit,
        by=here.unit,
        replica=here.store.replica,
        author="x",
        wall=1,
    )


def with_operations(sent: Sent, *operations: Operation) -> Sent:
    """The same bundle with other operations at its end, sealed anew."""
    both = (*sent.operations, *operations)
    return Sent(sent.delivery, bundle_id_of(sent.delivery, both), both)


def only(sent: Sent, *operations: Operation) -> Sent:
    """The same bundle with nothing but these operations."""
    return Sent(sent.delivery, bundle_id_of(sent.delivery, operations), operations)


def renamed(sent: Sent, n: int) -> Sent:
    """The same content under another bundle id."""
    return replace(sent, bundle_id=bytes([n]) * 32)


def turn_back(here: Replica, *operations: tuple[str, bytes]) -> int:
    """Set operations, given as (record, operation), aside."""
    with here.store.write("person") as work:
        touched = Touched()
        done = take_back(work, operations, State.SET_ASIDE, Reason.DROPPED_HERE, touched)
        work.bring_up_to_date(touched)
        work.commit()
    return done.turned_back


def two_neighbours_change_one_field(fleet: Fleet) -> None:
    """Each of the two PCs of a commune writes the name of a child that both know."""
    child = a_child(fleet["A1"])
    fleet.exchange_beside()
    change(fleet["A1"], child, full_name="Trần Ân")
    change(fleet["A2"], child, full_name="Trần Ấn")


def an_edit_of_a_foreign_child(fleet: Fleet) -> tuple[Sent, bytes]:
    """A commune's bundle to its district with an edit of another commune's child; the edit."""
    foreign = a_child(fleet["B"])
    fleet.full_round()
    edit = written(fleet["A1"], "child", foreign, fleet["D1"].heads("child", foreign), sex="1")
    return with_operations(fleet["A1"].send(DISTRICT_1), edit), edit.op_id
