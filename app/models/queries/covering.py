"""Which operations a handover is about: what had come here with its bundle, or before.

A bundle holds what its sender had not been told of, so a handover is everything of its units that
had come by then (4-sync.md: sending is cumulative). What belongs to it is told by the bundles that
brought it and never by a place in the log: what waited, or was taken back and used again, stands
further back in the log than it came (`receiving.change_states`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from app.models.queries.brought import STAYS
from app.models.schema import ENTITY_TABLES, bundle_in, op

_handover = ENTITY_TABLES["handover"]


class Covered(NamedTuple):
    """What had come with a handover: the bundles received here up to number `bundle`, and `late`,
    which the same PC had sent before it and which were received after it; and what was written
    here up to `position` of the log, where the handover was receipted.
    """

    position: int
    bundle: int
    late: frozenset[int] = frozenset()

    def holds(self, bundle: int) -> bool:
        """Whether what a received bundle brought belongs to the handover."""
        return bundle <= self.bundle or bundle in self.late


def covered(connection: Connection, handover: str, tier: str) -> Covered | None:
    """What had come with a handover when `tier` took it in; None where it has not.

    It was taken in with its own bundle here, or with the one that told of another PC's receipt,
    whichever came first. One passed on was taken in with the bundle whose word of it this PC
    receipted, the last before the receipt: the first may have come while the unit between had the
    handover set aside, with the record and none of its data.
    """
    receipt = connection.execute(
        select(op.c.position, op.c.bundle_in)
        .where(_said(handover, f'"received_{tier}_on"'))
        .order_by(op.c.position)
        .limit(1)
    ).first()
    if receipt is None:
        return None
    own = connection.execute(
        select(func.min(bundle_in.c.number)).where(bundle_in.c.handover == handover)
    ).scalar()
    came = [int(one) for one in (own, receipt.bundle_in) if one is not None]
    if not came:
        passed_on = select(func.max(op.c.bundle_in)).where(
            op.c.ent_id == handover,
            op.c.state == "accepted",
            op.c.position < receipt.position,
        )
        came = [int(connection.execute(passed_on).scalar() or 0)]
    number = min(came)
    return Covered(int(receipt.position), number, _late(connection, number))


def _late(connection: Connection, number: int) -> frozenset[int]:
    it = select(bundle_in.c.replica, bundle_in.c.seq).where(bundle_in.c.number == number).subquery()
    rows = connection.execute(
        select(bundle_in.c.number).where(
            bundle_in.c.replica == it.c.replica,
            bundle_in.c.seq < it.c.seq,
            bundle_in.c.number > number,
        )
    )
    return frozenset(int(one) for one in rows.scalars())


def standing_by(connection: Connection, bundle: int, tier: str) -> set[str]:
    """The handovers of which something stands by a received bundle alone, and is gone while that
    lies taken back.

    They are its own; those passed on that were taken in with it; and that of an earlier bundle of
    the giver which it overtook, where it had brought some of what that one holds. Within a line the
    signed pieces of the giver's log tell it, unless nothing of the earlier one was here when that
    came. Of two lines it is believed where the record of the earlier handover came with it, and
    nothing of people for the first time with the earlier bundle.

    What a later bundle holds once more is not its own. No operation is asked for its state: taking
    back and using again speak of the same handovers.
    """
    columns = ("number", "handover", "unit", "replica", "seq", "log_from", "log_to")
    # What was here when it came, in use or set aside: the parts are all of it (`sync.taking`).
    own = bundle_in.c.accepted + bundle_in.c.waiting + bundle_in.c.refused
    were_here: ColumnElement[Any] = (bundle_in.c.operations - own).label("were_here")
    of_bundle = select(*(*(bundle_in.c[one] for one in columns), were_here))
    it = connection.execute(of_bundle.where(bundle_in.c.number == bundle)).one()
    told = select(op.c.ent_id).where(
        # By record: there are few handovers, and no index tells what a bundle brought.
        op.c.ent_id.in_(select(_handover.c.id)),
        op.c.state == "accepted",
        op.c.bundle_in == bundle,
    )
    named = set(connection.execute(told).scalars())
    beside = connection.execute(of_bundle.where(bundle_in.c.unit == it.unit)).all()
    found = {it.handover} if it.handover else set[str]()
    for one in beside:
        if one.number <= bundle or not one.handover:
            continue
        if one.replica == it.replica:
            overtook = one.seq < it.seq and one.were_here > 0 and _brought_some(it, one, beside)
        else:
            overtook = one.handover in named and not _brought_any(connection, one.number)
        if overtook:
            found.add(one.handover)
    for handover in named - {one.handover for one in beside}:
        there = covered(connection, handover, tier)
        if there is not None and there.bundle == bundle:
            found.add(handover)
    return found


def _brought_some(it: Row[Any], earlier: Row[Any], beside: Sequence[Row[Any]]) -> bool:
    """Whether a bundle brought some of the giver's log that an earlier one, received after it,
    holds: what no other of the line had brought before.
    """
    left = [(max(it.log_from, earlier.log_from), min(it.log_to, earlier.log_to))]
    for one in beside:
        if one.replica == it.replica and one.number < it.number:
            before = [(start, min(end, one.log_from)) for start, end in left]
            after = [(max(start, one.log_to), end) for start, end in left]
            left = [*before, *after]
        left = [(start, end) for start, end in left if start < end]
    return bool(left)


def _brought_any(connection: Connection, bundle: int) -> bool:
    """Whether anything of people came first with a bundle, whatever became of it."""
    of_it = select(op.c.position).where(op.c.bundle_in == bundle, op.c.ent_type.not_in(STAYS))
    return connection.execute(of_it.limit(1)).first() is not None


def accepted_at(connection: Connection, handover: str, tier: str) -> int:
    """Where the log stood when `tier` accepted a handover; 0 where it never said so."""
    found = connection.execute(
        select(func.min(op.c.position)).where(_said(handover, f'"verdict_{tier}":"accepted"'))
    ).scalar()
    return int(found or 0)


def _said(handover: str, words: str) -> ColumnElement[bool]:
    return and_(op.c.ent_id == handover, op.c.state == "accepted", op.c.body.contains(words))


class Span(NamedTuple):
    """What had come with a handover (`end`) and was not yet there when the one before it was
    accepted: `start`, at place `seen` of the log. None for the very beginning.
    """

    end: Covered
    start: Covered | None = None
    seen: int = 0


def inside(span: Span) -> ColumnElement[bool]:
    """The operations of a span."""
    if span.start is None:
        return and_(op.c.position > 0, _belongs(span.end))
    # What is let in later stands later: all of the span lies behind the receipt of the one before.
    seen = and_(_belongs(span.start), op.c.position <= span.seen)
    return and_(op.c.position > span.start.position, _belongs(span.end), ~seen)


def after(end: Covered) -> ColumnElement[bool]:
    """The operations that came, or were written here, after a handover."""
    return and_(op.c.position > end.position, ~_belongs(end))


def _belongs(end: Covered) -> ColumnElement[bool]:
    came = op.c.bundle_in <= end.bundle
    if end.late:
        came = or_(came, op.c.bundle_in.in_(sorted(end.late)))
    here = op.c.bundle_in.is_(None)
    return or_(and_(here, op.c.position <= end.position), and_(~here, came))
