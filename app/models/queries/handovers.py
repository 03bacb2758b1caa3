"""Handovers: the acts between two units, as records and with what this PC knows of their files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select

from app.history.operation import Value
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.knowing import Knowledge, Placed
from app.models.queries.register import RecordView, records
from app.models.queries.verifying import Answer, answers, asked_of
from app.models.schema import ENTITY_TABLES, bundle_in, op

_handover = ENTITY_TABLES["handover"]
_review = ENTITY_TABLES["review"]
_TIERS = ("commune", "district", "province")
RETURNED = "returned"


class Return(NamedTuple):
    """A handover or a record that was sent back and waits: `id` names it, `by` is the unit that
    says to have returned it, `position` the place in the log where the return came, `brought_by`
    the unit that brought it, empty for one written here. `field` is what of a record is to be
    looked at, `on` the day of the return, of a handover the moment (ISO); each "" where nobody
    says.
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


def receipted_line(tier: str) -> str:
    """The field in which a tier's receipt says whose line the bundle stands in: the replica of its
    sender, as signed in the manifest. It stands alone and in no column, like the field of a newer
    program.
    """
    return f"received_{tier}_line"


def handovers(connection: Connection) -> list[RecordView]:
    """Every handover known here, in order of id."""
    ids = connection.execute(select(_handover.c.id)).scalars()
    return sorted(records(connection, "handover", set(ids)).values(), key=lambda one: one.id)


def beginnings(connection: Connection) -> dict[str, int]:
    """Handover → where in the log the record of it began."""
    rows = connection.execute(
        select(op.c.ent_id, func.min(op.c.position))
        .where(op.c.ent_id.in_(select(_handover.c.id)), op.c.state == "accepted")
        .group_by(op.c.ent_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def standing_returns(
    connection: Connection, unit: str, about: Collection[str] | None = None
) -> list[Return]:
    """What was returned to `unit` or to units below it and not answered yet, in the order it came.

    A handover is answered by another one that names the return (`sent_answers`), or by a later one
    of its own line that the unit accepted since: another PC may have sent its own meanwhile without
    knowing of the return, and neither numbers nor places of different lines are compared. A record
    is answered by work on it of another unit than the one that returned it (`verifying.answers`).
    Who may return to whom is asked by the caller. Where records `about` which it is are named, none
    of handovers and of other records.
    """
    handed = returned_handovers(connection, unit) if about is None else []
    waiting = [one for one, answer in returned_records(connection, about) if answer is None]
    return sorted([*handed, *waiting], key=lambda one: one.position)


def returned_handovers(connection: Connection, unit: str) -> list[Return]:
    """The handovers of `unit` that were returned and not answered, as `standing_returns` tells."""
    own, back = _own_handovers(handovers(connection), unit)
    return _unanswered(connection, own, back, {})


def waiting_returns(
    connection: Connection, known: Collection[RecordView], tier: str
) -> frozenset[str]:
    """Those of `known`, which are all handovers, that a tier returned and whose giver has not
    answered, as `standing_returns` tells. What a bundle answers it names in the giver's half, which
    comes with the next one; until then it counts as an answer if its sender had the return.
    """
    returned = f"verdict_{tier}"
    givers = {
        str(one.values.get("owner_unit") or "")
        for one in known
        if one.values.get(returned) == RETURNED
    }
    brought = _brought(connection) if givers else {}
    found: set[str] = set()
    for unit in sorted(givers):
        own, back = _own_handovers(known, unit)
        asked = [one for one in back if own[one].values.get(returned) == RETURNED]
        waiting = _unanswered(connection, own, dict.fromkeys(asked, tier), brought)
        found.update(one.id for one in waiting)
    return frozenset(found)


def _unanswered(
    connection: Connection,
    own: Mapping[str, RecordView],
    back: Mapping[str, str],
    brought: Mapping[str, _Came],
) -> list[Return]:
    """Of the handovers of one unit those in `back` that nothing answers; it says which tier
    returned each. `brought`: handover → the bundle it came with, where that is to tell as well.
    """
    if not back:
        return []
    named = {
        answered for one in own.values() for answered in _names(one.values.get("sent_answers"))
    }
    lines, knowledge = _lines(connection, own, brought), Knowledge(connection)
    began = beginnings(connection)
    found: list[Return] = []
    for ent_id, last in _written(connection, back).items():
        tier, line = back[ent_id], lines.get(ent_id)
        later = [
            one
            for one, other in lines.items()
            if line is not None and other[:2] == line[:2] and other.seq > line.seq
        ]
        if last.operation in named or _accepted_since(connection, later, tier, last.place.position):
            continue
        to = own[ent_id].values.get("sent_to")
        beside = [one.id for one in own.values() if one.values.get("sent_to") == to]
        came = (Placed(began[one], brought[one].number) for one in beside if one in brought)
        if any(knowledge.had(one, last.place) for one in came):
            continue
        said = own[ent_id].values
        reason, on = (str(said.get(f"verdict_{tier}_{one}") or "") for one in ("reason", "on"))
        said_by = (last.by, last.place.position, last.brought_by)
        found.append(Return("handover", ent_id, reason, *said_by, on=on))
    return found


class _Came(NamedTuple):
    """The bundle that a handover came here with, and whose line that is of."""

    number: int
    replica: str


def _brought(connection: Connection) -> dict[str, _Came]:
    """Handover → the bundle that came here with its file."""
    rows = connection.execute(
        select(bundle_in.c.handover, bundle_in.c.number, bundle_in.c.replica).where(
            bundle_in.c.handover.is_not(None)
        )
    )
    return {row.handover: _Came(row.number, row.replica) for row in rows}


def returned_to(connection: Connection, unit: str, by: str) -> list[str]:
    """The operations (hex) by which handovers of a unit to another came back, as far as is known
    here: what a handover made now answers.
    """
    own, back = _own_handovers(handovers(connection), unit)
    asked = [one for one in back if own[one].values.get("sent_to") == by]
    found: list[str] = []
    for part in chunks(sorted(asked), IDS_AT_ONCE):
        found += (row.op_id.hex() for row in connection.execute(_saying_returned(part)))
    return sorted(found)


def _own_handovers(
    known: Collection[RecordView], unit: str
) -> tuple[dict[str, RecordView], dict[str, str]]:
    """Of all handovers those that a unit gave; and of those that came back, which tier sent it."""
    own = {one.id: one for one in known if one.values.get("owner_unit") == unit}
    back = {
        one.id: tiers[-1]
        for one in own.values()
        if (tiers := [t for t in _TIERS if one.values.get(f"verdict_{t}") == RETURNED])
    }
    return own, back


class _InLine(NamedTuple):
    """The line a handover stands in, by who wrote it and to whom, and its number there."""

    replica: str
    to: str
    seq: int


def _lines(
    connection: Connection, own: Mapping[str, RecordView], brought: Mapping[str, _Came]
) -> dict[str, _InLine]:
    """Handover → where it stands, by the giver's half or, until that comes, by the bundle that
    brought it or a receipt for that; none of which none of these is here.
    """
    replicas = {ent_id: one for ent_id, record in own.items() if (one := _receipted(record))}
    replicas |= {ent_id: brought[ent_id].replica for ent_id in own.keys() & brought.keys()}
    for part in chunks(sorted(own), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.replica)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted")
            .where(op.c.body.contains('"sent_station"'))
        )
        replicas.update((ent_id, replica) for ent_id, replica in rows)
    found: dict[str, _InLine] = {}
    for ent_id, replica in replicas.items():
        said = own[ent_id].values
        to, seq = str(said.get("sent_to") or ""), said.get("sent_seq")
        if isinstance(seq, int):
            found[ent_id] = _InLine(replica, to, seq)
    return found


def _receipted(record: RecordView) -> str:
    """Whose line a handover stands in as a receipt says; "" where none does."""
    said = (record.values.get(receipted_line(tier)) for tier in _TIERS)
    return next((one for one in said if isinstance(one, str)), "")


def receipted_numbers(known: Collection[RecordView], tier: str) -> dict[str, set[int]]:
    """Sending replica → the numbers of its line that a tier receipted, by whichever of its PCs."""
    found: dict[str, set[int]] = {}
    for one in known:
        line, seq = one.values.get(receipted_line(tier)), one.values.get("sent_seq")
        if isinstance(line, str) and isinstance(seq, int):
            found.setdefault(line, set()).add(seq)
    return found


def _names(value: Value) -> list[str]:
    return value if isinstance(value, list) else []


def _accepted_since(connection: Connection, ids: Collection[str], tier: str, position: int) -> bool:
    """Whether a tier accepted any of these handovers after a place of the log."""
    return any(
        connection.execute(
            select(op.c.position)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted", op.c.position > position)
            .where(op.c.body.contains(f'"verdict_{tier}":"accepted"'))
            .limit(1)
        ).first()
        is not None
        for part in chunks(sorted(ids), IDS_AT_ONCE)
    )


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
        review.id: asked_of(review, written[review.id].place, written[review.id].by)
        for review in reviews.values()
        if str(review.values.get("record") or "") in kinds and review.id in written
    }
    answered = answers(connection, asked.values())
    found: list[tuple[Return, Answer | None]] = []
    for review, one in asked.items():
        said, names = reviews[review].values, ("reason", "rule", "reviewed_on")
        reason, field, on = (str(said.get(name) or "") for name in names)
        last = written[review]
        said_by = (last.by, last.place.position, last.brought_by)
        back = Return(kinds[one.record], one.record, reason, *said_by, field, on)
        found.append((back, answered.get(one)))
    return found


def sent_back(connection: Connection) -> dict[tuple[str, str], int]:
    """(handover, unit) → how many records of it the unit ever sent back, answered or not."""
    of = {
        row.id: row.handover
        for row in connection.execute(
            select(_review.c.id, _review.c.handover).where(
                _review.c.result == RETURNED,
                _review.c._hidden.is_(False),
                _review.c.handover.is_not(None),
            )
        )
    }
    found: set[tuple[str, str, str]] = set()
    # Reviews are walked once, and only of the few that went back the log is asked who wrote them.
    for part in chunks(sorted(of), IDS_AT_ONCE):
        rows = connection.execute(
            select(_review.c.id, _review.c.record, op.c.by)
            .join(op, op.c.ent_id == _review.c.id)
            .where(_review.c.id.in_(part), op.c.state == "accepted")
        )
        found.update((of[review], by, str(record)) for review, record, by in rows)
    return Counter((handover, by) for handover, by, _record in found)


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
    """An operation (hex) that says `returned`: its unit, its place in the log, who brought it."""

    operation: str
    by: str
    place: Placed
    brought_by: str


def _written(connection: Connection, ids: Collection[str]) -> dict[str, _Written]:
    """Record → the newest of its accepted operations that say `returned`."""
    found: dict[str, _Written] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        for row in connection.execute(_saying_returned(part)):
            place = Placed(row.position, row.bundle_in or 0)
            found[row.ent_id] = _Written(row.op_id.hex(), row.by, place, row.unit or "")
    return found


def _saying_returned(ids: Collection[str]) -> Select[str, bytes, str, int, int, str]:
    """The accepted operations of some records that say `returned`, in the order of the log."""
    return (
        select(op.c.ent_id, op.c.op_id, op.c.by, op.c.position, op.c.bundle_in, bundle_in.c.unit)
        .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
        .where(op.c.ent_id.in_(ids), op.c.state == "accepted")
        .where(op.c.body.contains('"returned"'))
        .order_by(op.c.position)
    )
