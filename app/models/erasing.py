"""Take the bodies of erased operations out of the log, whatever state they are in.

What stays in a row of `op` is what the erasure leaves of the body, and no salt: an operation
without a salt is an erased one, and travels by the hash of its body alone.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, and_, select, update

from app.history.door import State
from app.history.entities import ENTITIES, REFERENCES
from app.history.erasure import read_content
from app.models import police_lists
from app.models.materialising import Touched
from app.models.schema import ENTITY_TABLES, op

_erase = ENTITY_TABLES["erase"]
_ROW = select(op.c.ent_type, op.c.root, op.c.state, op.c.position, op.c.salt, op.c.body)


def left_bodies(connection: Connection) -> dict[bytes, str]:
    """Operation → what the accepted erasures leave of its body; of several the first by its id."""
    found: dict[bytes, str] = {}
    rows = connection.execute(select(_erase.c.content).order_by(_erase.c.id.desc()))
    for content in rows.scalars():
        for of_record in (read_content(content) or {}).values():
            found.update(of_record)
    return found


def take_away(connection: Connection, erasures: Collection[str], touched: Touched) -> set[str]:
    """Take out what these accepted erasures name; their records are noted in `touched`, and as
    standing before a delivery if they did.

    Returns the records of which a body went. Reference data are never erased.
    """
    contents = connection.execute(
        select(_erase.c.content).where(_erase.c.id.in_(sorted(erasures)))
    ).scalars()
    wanted = {
        (ent_id, op_id)
        for content in contents
        for ent_id, of_record in (read_content(content) or {}).items()
        for op_id in of_record
    }
    left = left_bodies(connection)
    gone: set[str] = set()
    for ent_id, op_id in sorted(wanted):
        here = and_(op.c.ent_id == ent_id, op.c.op_id == op_id)
        row = connection.execute(_ROW.where(here)).first()
        if row is None or row.ent_type in REFERENCES:
            continue
        if row.salt is None and row.body == left[op_id]:
            continue
        connection.execute(update(op).where(here).values(body=left[op_id], salt=None))
        gone.add(ent_id)
        if row.ent_type in ENTITIES:
            touched.redo(row.ent_type, ent_id)
        effect = touched.effect
        if effect and row.state == State.ACCEPTED.value and row.position <= effect.position:
            effect.also_stands((row.root,))
    police_lists.forget(connection, gone)
    return gone
