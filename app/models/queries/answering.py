"""What units below wait for from this one: a verdict on what they handed over, and the bundle that
brings them the receipts and returns which were written here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from app.history.door import Direction, State
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.handovers import RETURNED
from app.models.schema import ENTITY_TABLES, bundle_in, bundle_out, op, station

_handover = ENTITY_TABLES["handover"]
_review = ENTITY_TABLES["review"]


def unverified(connection: Connection, tier: str) -> list[str]:
    """The handovers from below that were received here and that `tier` neither accepted nor
    returned, oldest first. One that was taken back waits for nothing, nor does one that came before
    another of the same unit which was decided about: a register is handed over as a whole. What was
    decided about one that lies taken back says nothing of those before it. In one line the numbers
    of the giver say which came before, in whatever order the sticks arrived.
    """
    verdict = _handover.c[f"verdict_{tier}"]
    later, decided = bundle_in.alias(), _handover.alias()
    newer = (
        select(later.c.number)
        .join(decided, decided.c.id == later.c.handover)
        .where(
            later.c.unit == bundle_in.c.unit,
            or_(
                and_(later.c.replica == bundle_in.c.replica, later.c.seq > bundle_in.c.seq),
                and_(later.c.replica != bundle_in.c.replica, later.c.number > bundle_in.c.number),
            ),
            decided.c[f"verdict_{tier}"].is_not(None),
            later.c.undone.is_(None),
        )
        .exists()
    )
    return _received_from_below(connection, bundle_in.c.undone.is_(None), verdict.is_(None), ~newer)


def undone(connection: Connection, tier: str) -> list[str]:
    """The handovers from below whose bundles were taken back here, oldest first, and whose givers
    were not told why: `tier` has not returned them. That they are set aside goes down by itself.
    """
    verdict = _handover.c[f"verdict_{tier}"]
    return _received_from_below(connection, bundle_in.c.undone.is_not(None), verdict.is_(None))


def set_aside_above(connection: Connection, unit: str, tiers: Sequence[str]) -> list[str]:
    """The handovers of `unit` that one of these tiers says it took out of its register again and
    did not return, oldest first as they came to be known here.
    """
    aside = [
        and_(
            _handover.c[f"received_{tier}_set_aside"].is_(True),
            func.coalesce(_handover.c[f"verdict_{tier}"], "") != RETURNED,
        )
        for tier in tiers
    ]
    if not aside:
        return []
    known = select(func.min(op.c.position)).where(op.c.ent_id == _handover.c.id).scalar_subquery()
    rows = connection.execute(
        select(_handover.c.id).where(_handover.c.owner_unit == unit, or_(*aside)).order_by(known)
    )
    return list(rows.scalars())


def _received_from_below(connection: Connection, *such: ColumnElement[bool]) -> list[str]:
    rows = connection.execute(
        select(_handover.c.id)
        .join(bundle_in, bundle_in.c.handover == _handover.c.id)
        .where(bundle_in.c.direction == Direction.BELOW.value, *such)
        .order_by(bundle_in.c.number)
    )
    return list(rows.scalars())


def answered_for(connection: Connection, unit: str) -> dict[str, int]:
    """Giver → where in the log the newest receipt, verdict or return stands that `unit` wrote for
    it.
    """
    written = (op.c.by == unit, op.c.state == State.ACCEPTED.value)
    newest = func.max(op.c.position)
    rows = connection.execute(
        select(_handover.c.owner_unit, newest)
        .join(op, op.c.ent_id == _handover.c.id)
        .where(op.c.ent_type == "handover", *written)
        .group_by(_handover.c.owner_unit)
    )
    found = {row[0]: int(row[1]) for row in rows if row[0]}
    # Reviews are walked once, and only for the few that went back the log is asked.
    returned = connection.execute(
        select(_review.c.id, _handover.c.owner_unit)
        .select_from(_review)
        .join(_handover, _handover.c.id == _review.c.handover, isouter=True)
        .where(_review.c.result == RETURNED, _review.c.handover.is_not(None))
    )
    givers = {row[0]: row[1] for row in returned if row[1]}
    for part in chunks(sorted(givers), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, newest).where(op.c.ent_id.in_(part), *written).group_by(op.c.ent_id)
        )
        for review, position in rows:
            giver = givers[review]
            found[giver] = max(found.get(giver, 0), int(position))
    return found


def carried_to(connection: Connection) -> dict[str, int]:
    """Unit → how far in the log the newest bundle goes that reached a stick for it."""
    rows = connection.execute(
        select(bundle_out.c.unit, func.max(bundle_out.c.log_to))
        .where(bundle_out.c.handover.is_not(None))
        .group_by(bundle_out.c.unit)
    )
    return {row[0]: int(row[1]) for row in rows}


def reachable(connection: Connection) -> frozenset[str]:
    """The units of which a PC is enrolled: to no other can a bundle be sealed."""
    return frozenset(connection.execute(select(station.c.unit).where(station.c.active)).scalars())
