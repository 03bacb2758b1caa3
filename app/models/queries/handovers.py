"""Handovers: the acts between two units, as records and with what this PC knows of their files."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.register import RecordView, records
from app.models.queries.verifying import Answer, Asked, answers
from app.models.schema import ENTITY_TABLES, bundle_in, op

_handover = ENTITY_TABLES["handover"]
_review = ENTITY_TABLES["review"]
_TIERS = ("commune", "district", "province")
RETURNED = "returned"


class Return(NamedTuple):
    """A handover or a record that was sent back and waits: `id` names it, `by` is the unit that
    says to have returned it, `position` the place in the log where the return came, `brought_by`
    the unit that brought it, empty for one written here. `field` is what of a record is to be
    looked at, `on` the day of the return (ISO), each "" where nobody says.
    """

    entity: str
    id: str
    reason: str
    by: str
    position: int
    brought_by: str = ""
    field: str = ""
    on: str = ""


def unanswered(connection: Connection, tier: str, position: int) -> list[RecordView]:
    """Handovers that came after `position` of the log and that `tier` has not receipted yet."""
    rows = connection.execute(
        select(op.c.ent_id)
        .where(
            # By record: there are few handovers, and the newest operations may be half a million.
            op.c.ent_id.in_(select(_handover.c.id)),
            op.c.ent_type == "handover",
            op.c.state == "accepted",
            op.c.position > position,
        )
        .distinct()
    )
    ids = set(rows.scalars())
    found = records(connection, "handover", ids)
    return [one for one in found.values() if not one.values.get(f"received_{tier}_on")]


def handovers(connection: Connection) -> list[RecordView]:
    """Every handover known here, in order of id."""
    ids = connection.execute(select(_handover.c.id)).scalars()
    return sorted(records(connection, "handover", set(ids)).values(), key=lambda one: one.id)


def standing_returns(
    connection: Connection, unit: str, about: Collection[str] | None = None
) -> list[Return]:
    """What was returned to `unit` or to units below it and not answered yet, in the order it came.

    A handover is answered by a later one to the same unit, a record by work on it of another unit
    than the one that returned it (`verifying.answers`). Who may return to whom is asked by the
    caller. Where records
    `about` which it is are named, none of handovers and of other records.
    """
    handed = returned_handovers(connection, unit) if about is None else []
    waiting = [one for one, answer in returned_records(connection, about) if answer is None]
    return sorted([*handed, *waiting], key=lambda one: one.position)


def returned_handovers(connection: Connection, unit: str) -> list[Return]:
    """The handovers of `unit` that were returned and not answered by a later one."""
    own = [one for one in handovers(connection) if one.values.get("owner_unit") == unit]
    newest: dict[object, int] = {}
    for one in own:
        to = one.values.get("sent_to")
        newest[to] = max(newest.get(to, 0), _seq(one))
    found: list[Return] = []
    for one in own:
        tiers = [t for t in _TIERS if one.values.get(f"verdict_{t}") == RETURNED]
        if tiers and _seq(one) >= newest[one.values.get("sent_to")]:
            reason = str(one.values.get(f"verdict_{tiers[-1]}_reason") or "")
            written = _written(connection, [one.id]).values()
            found += [Return("handover", one.id, reason, *last) for last in written]
    return found


def _seq(one: RecordView) -> int:
    seq = one.values.get("sent_seq")
    return seq if isinstance(seq, int) else 0


def returned_records(
    connection: Connection, about: Collection[str] | None = None
) -> list[tuple[Return, Answer | None]]:
    """Every record that was returned, with the first work on it since; None while it waits."""
    which = [_review.c.result == RETURNED, _review.c._hidden.is_(False)]
    if about is not None:
        which.append(_review.c.record.in_(sorted(about)))
    ids = connection.execute(select(_review.c.id).where(*which)).scalars()
    reviews = records(connection, "review", set(ids))
    written = _written(connection, reviews)
    kinds = _kinds(connection, {str(one.values.get("record") or "") for one in reviews.values()})
    asked = {
        review.id: Asked(record, written[review.id].position, written[review.id].by)
        for review in reviews.values()
        if (record := str(review.values.get("record") or "")) in kinds and review.id in written
    }
    answered = answers(connection, asked.values())
    found: list[tuple[Return, Answer | None]] = []
    for review, one in asked.items():
        said, names = reviews[review].values, ("reason", "rule", "reviewed_on")
        reason, field, on = (str(said.get(name) or "") for name in names)
        back = Return(kinds[one.record], one.record, reason, *written[review], field, on)
        found.append((back, answered.get(one)))
    return found


def _kinds(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Record → its type, for those of which anything is known."""
    found: dict[str, str] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.ent_type).where(op.c.ent_id.in_(part)).distinct()
        )
        found.update((row[0], row[1]) for row in rows)
    return found


class _Written(NamedTuple):
    """An operation that says `returned`: its unit, its place in the log, and who brought it."""

    by: str
    position: int
    brought_by: str


def _written(connection: Connection, ids: Collection[str]) -> dict[str, _Written]:
    """Record → the newest of its accepted operations that say `returned`."""
    found: dict[str, _Written] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.by, op.c.position, bundle_in.c.unit)
            .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted")
            .where(op.c.body.contains('"returned"'))
            .order_by(op.c.position)
        )
        found.update((row[0], _Written(row[1], row[2], row[3] or "")) for row in rows)
    return found
