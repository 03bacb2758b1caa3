"""Putting the province's signature on reference data written here, before they leave this PC."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from app.history.operation import Operation
from app.models.rows import operation_of, signature_text
from app.models.schema import op
from app.models.work import Change, Recorded, UnitOfWork

#: Gives back the same operation with a signature over its id.
Signer = Callable[[Operation], Operation]


def record_signed(work: UnitOfWork, change: Change, sign: Signer) -> Recorded:
    """`work.record` for a change of reference data, signed in the same transaction."""
    done = work.record(change)
    if done.op_id is not None:
        here = (op.c.ent_id == done.id) & (op.c.op_id == done.op_id)
        operation = operation_of(work.connection.execute(select(op).where(here)).one())
        signature = signature_text(sign(operation).signature)
        work.connection.execute(update(op).where(here).values(signature=signature))
    return done
