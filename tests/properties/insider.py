"""What an enrolled PC with a changed program makes of its bundles, and the law that meets it (I13).

Everything here is well formed and would be signed with a valid key: only what it says is not the
insider's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from sqlalchemy import select

from app.history.door import State
from app.history.entities import ENTITIES, Family
from app.history.erasure import content_of
from app.history.operation import Operation, Value, make_operation
from app.ids import derived_id, new_id
from app.models.schema import op
from app.sync.delivery import Delivery, Refused
from tests.properties.fleet import (
    PARENTS,
    Known,
    Replica,
    Sent,
    bundle_id_of,
    children_of,
    head_of,
    roots_of,
)

OWN_KEY = "own"
#: Of the many variants of an operation a bundle of a random history carries so many.
_VARIANTS = 3


def remade(one: Operation, **changes: object) -> Operation:
    members: dict[str, Any] = {
        "ent_type": one.ent_type,
        "ent_id": one.ent_id,
        "parents": one.parents,
        "body": one.body or {},
        "salt": b"insider".ljust(16, b"."),
        "unit": one.unit,
        "by": one.by,
        "replica": one.replica,
        "author": one.author,
        "wall": one.wall,
    }
    return make_operation(**(members | changes))


def variants(
    one: Operation, heads: tuple[bytes, ...], insider: Replica, own: dict[str, str]
) -> Iterator[tuple[str, Operation]]:
    """The operation itself under another salt, and with each member put to an insider's use."""
    body = dict(one.body or {})
    yield "again", remade(one)
    members: dict[str, list[Any]] = {
        "unit": [insider.unit],
        "by": [insider.unit, str(PARENTS[insider.unit])],
        "replica": [insider.store.replica],
        "author": ["somebody"],
        "wall": [0, 2**40],
        "parents": [(), heads, (one.op_id,), (bytes(32),), (*heads, bytes(32))],
        "ent_type": ["child", "household", "village", "person", "handover", "circumstance"],
        "ent_id": [new_id(), own["child"], derived_id(insider.unit, "another")],
    }
    for name, values in members.items():
        for value in values:
            yield name, remade(one, **{name: value})
            yield f"{name} on the heads", remade(one, **({"parents": heads} | {name: value}))
    for name in body:
        yield "a field left out", remade(one, body={k: v for k, v in body.items() if k != name})
    additions: list[dict[str, Value]] = [
        {"owner_unit": insider.unit},
        {"owner_unit": insider.unit, "_key": OWN_KEY},
        {"owner_unit": None},
        {"record": own["child"]},
        {"record": own["child"], "_key": "C04/1"},
        {"_key": OWN_KEY},
        {"_deleted": True},
        {"entered_in_error": True, "hidden_reason": "x", "merged_into": None, "_seen": None},
        {"received_district_on": "2026-01-01"},
        {"verdict_commune": "accepted", "verdict_commune_by": "x"},
        {"result": "right"},
        {"note": "x"},
        {"full_name": 3},
        {"grade": 3},
        {"a_new_field": "x"},
    ]
    for more in additions:
        yield "a field added", remade(one, body={**body, **more})
        yield "a field written on the heads", remade(one, parents=heads, body=more)
        yield "a field and a creation", remade(one, parents=(), body={**body, **more})


def forge(rng: Random, here: Replica, victim: Replica) -> list[Operation]:
    """Operations of `here` about a record that lies outside its scope, as `victim` knows it."""
    accepted = victim.accepted()
    roots = roots_of(accepted)
    foreign = [
        o
        for o in accepted
        if not o.parents
        and here.unit not in victim.ever.get(roots[o.ent_type, o.ent_id], {here.unit})
    ]
    if not foreign:
        return []
    target = rng.choice(foreign)
    heads = victim.heads(target.ent_type, target.ent_id)
    own = rng.choice(here.ids("child") or [target.ent_id])
    body = {"_key": "erased", **(target.body or {})}

    def make(
        ent_type: str, ent_id: str, parents: tuple[bytes, ...], body: dict[str, Any]
    ) -> Operation:
        return make_operation(
            ent_type=ent_type,
            ent_id=ent_id,
            parents=parents,
            body=body,
            salt=rng.randbytes(16),
            unit=here.unit,
            by=here.unit,
            replica=here.store.replica,
            author=here.name,
            wall=here.wall,
        )

    is_root = ENTITIES[target.ent_type].family is Family.ROOT
    erased = content_of({target.ent_id: {target.op_id: body}})
    unsigned: dict[str, Value] = {"record": target.ent_id, "ground": "x", "content": erased}
    made = [make("erase", new_id(), (), unsigned)]
    made += [make(target.ent_type, target.ent_id, heads, {"note": "x"})]
    made.append(make(target.ent_type, target.ent_id, (), body | {"note": "mine"}))
    if is_root:
        circumstance = {"record": target.ent_id, "group": "C05", "episode": 1, "_key": "C05/1"}
        made += [
            make(target.ent_type, target.ent_id, (), body | {"owner_unit": here.unit}),
            make("village", target.ent_id, heads, {"owner_unit": here.unit}),
            make("circumstance", derived_id(target.ent_id, "C05/1"), (), dict(circumstance)),
            make("handover", target.ent_id, (), {"owner_unit": here.unit, "_key": body["_key"]}),
        ]
        if target.ent_type == "child":
            made.append(make("child", target.ent_id, heads, {"owner_unit": here.unit}))
    else:
        made += [
            make(target.ent_type, target.ent_id, heads, {"record": own}),
            make(target.ent_type, target.ent_id, (), {"record": own, "_key": body["_key"]}),
        ]
    return made


def some_variants(rng: Random, here: Replica, victim: Replica) -> list[Operation]:
    """A few variants of an operation that a unit above knows and `here` may not write."""
    accepted = victim.accepted()
    roots = roots_of(accepted)
    foreign = [
        one
        for one in accepted
        if ENTITIES[one.ent_type].family in (Family.ROOT, Family.SUB)
        and here.unit not in victim.ever.get(roots[one.ent_type, one.ent_id], {here.unit})
    ]
    if not foreign:
        return []
    one = rng.choice(foreign)
    own = {"child": rng.choice(here.ids("child") or [new_id()])}
    heads = victim.heads(one.ent_type, one.ent_id)
    made = [operation for _, operation in variants(one, heads, here, own)]
    return rng.sample(made, _VARIANTS)


#: What else it may sign: other numbers of its line, and that a unit above is to forget its records.
_HEADS: tuple[Callable[[Random, Delivery, Operation], Delivery], ...] = (
    lambda _rng, head, _one: head,
    lambda _rng, head, _one: head,
    lambda rng, head, _one: replace(head, seq=head.seq + rng.randrange(1, 5)),
    lambda rng, head, _one: replace(head, prev=rng.randbytes(32)),
    lambda _rng, head, one: replace(head, refused=[Refused(one.ent_id, one.op_id, "not-owner")]),
)


def sealed_with(rng: Random, sent: Sent, made: Collection[Operation], known: Operation) -> Sent:
    """The bundle with what was made up among its operations, under a head that may lie, too."""
    operations = [*sent.operations, *made]
    rng.shuffle(operations)
    delivery = rng.choice(_HEADS)(rng, sent.delivery, known)
    content = tuple(operations)
    return Sent(delivery, bundle_id_of(delivery, content), content, head_of(delivery, content))


def receive_from_insider(here: Replica, unit: str, sent: Sent, made: Collection[bytes]) -> None:
    """Take in what an insider of a unit below signed; `made` of it are its inventions.

    I13: what of them is not accepted is named with its reason, and nothing but what its unit may
    write has changed.
    """
    before, rows = here.log(), _foreign_rows(here, unit)
    here.receive(sent)
    after = here.log()
    for op_id, known in before.items():
        if known.state is State.ACCEPTED:
            assert after[op_id].state is State.ACCEPTED, "I13: an insider turned something back"
    honest = {
        (known.operation.ent_type, known.operation.ent_id)
        for op_id, known in after.items()
        if op_id not in made
        and (_state(before, op_id) is not known.state or _is_erased(before, known))
    }
    now = here.full_rows()
    for record, row in rows.items():
        if record not in honest:
            assert now.get(record) == row, f"I13: an insider changed a foreign {record[0]}"
    with here.store.read() as connection:
        asked = select(op.c.op_id, op.c.state, op.c.reason)
        held = {row.op_id: row for row in connection.execute(asked)}
    for op_id in made:
        one = held[op_id]
        assert one.state == State.ACCEPTED.value or one.reason, "I13: stopped without a reason"


def _is_erased(before: dict[bytes, Known], now: Known) -> bool:
    """Whether the province's act, which came along, took an operation's body."""
    return now.operation.salt is None and before[now.operation.op_id].operation.salt is not None


def _state(log: dict[bytes, Known], op_id: bytes) -> State | None:
    return log[op_id].state if op_id in log else None


def _foreign_rows(here: Replica, unit: str) -> dict[tuple[str, str], dict[str, object]]:
    """The rows of records that never were of a unit."""
    accepted = here.accepted()
    roots, pairs = roots_of(accepted), children_of(accepted)

    def is_foreign(record: tuple[str, str]) -> bool:
        about = pairs.get(record[1], (roots[record],)) if record in roots else ()
        owners = {one for root in about for one in here.ever.get(root, ())}
        return bool(owners) and unit not in owners

    return {record: row for record, row in here.full_rows().items() if is_foreign(record)}
