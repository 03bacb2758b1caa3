"""What an import or an export of the register has to look up, many records at a time.

An import finds hidden records too wherever it asks by id: a row that was once imported must meet
its record also when somebody put it aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.history.operation import Value, decode_body
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.naming import automatic_decisions, decisions_about, naming_any
from app.models.queries.register import RecordView
from app.models.queries.rounds import rounds
from app.models.rows import split_ids, values_of
from app.models.schema import ENTITY_TABLES, bundle_out, op

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_circumstance = ENTITY_TABLES["circumstance"]


@dataclass(frozen=True, slots=True)
class Writing:
    """What one accepted operation wrote; `act` ties together what one intention wrote here."""

    body: dict[str, Value]
    act: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A circumstance of a child, hidden or not."""

    id: str
    record: str
    values: dict[str, Value]
    heads: tuple[bytes, ...]
    hidden: bool


def writings(connection: Connection, ids: Collection[str]) -> dict[str, list[Writing]]:
    """Record → what its accepted operations wrote, in order of arrival here."""
    found: dict[str, list[Writing]] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.body, op.c.act)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted", op.c.body.is_not(None))
            .order_by(op.c.position)
        )
        for ent_id, body, act in rows:
            found.setdefault(ent_id, []).append(Writing(decode_body(body), act))
    return found


def numbered_households(
    connection: Connection,
    units: Collection[str],
    villages: Collection[str],
    numbers: Collection[str],
) -> dict[tuple[str, str], list[str]]:
    """(village id, household number) → visible households of the units with that number.

    An empty village id stands for households without a village.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for part in chunks(sorted(numbers), IDS_AT_ONCE):
        for village in sorted(villages):
            rows = connection.execute(
                select(_household.c.id, _household.c.household_no).where(
                    _household.c.village == (village or None),
                    _household.c.owner_unit.in_(sorted(units)),
                    _household.c.household_no.in_(part),
                    ~_household.c["_hidden"],
                )
            )
            for ent_id, number in rows:
                found.setdefault((village, number), []).append(ent_id)
    return found


def lines_of_households(
    connection: Connection, households: Collection[str]
) -> dict[tuple[str, int], list[str]]:
    """(household, line) → visible children on that line."""
    found: dict[tuple[str, int], list[str]] = {}
    for part in chunks(sorted(households), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id, _child.c.household, _child.c.line_no).where(
                _child.c.household.in_(part),
                _child.c.line_no.is_not(None),
                ~_child.c["_hidden"],
            )
        )
        for ent_id, household, line in rows:
            found.setdefault((household, line), []).append(ent_id)
    return found


def names_in_households(
    connection: Connection, households: Collection[str]
) -> Iterator[tuple[str, dict[str, Value]]]:
    """Household → name, birth date and mark of twins of each visible child in it."""
    columns = (_child.c.full_name, _child.c.birth_date, _child.c.twin_group)
    for part in chunks(sorted(households), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.household, *columns).where(
                _child.c.household.in_(part), ~_child.c["_hidden"]
            )
        )
        for household, *values in rows:
            yield household, dict(zip((one.name for one in columns), values, strict=True))


def holders_of_personal_ids(
    connection: Connection, units: Collection[str], personal_ids: Collection[str]
) -> dict[str, list[str]]:
    """Personal id → visible children of the units that carry it."""
    found: dict[str, list[str]] = {}
    for part in chunks(sorted(personal_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.personal_id, _child.c.id)
            .where(
                _child.c.personal_id.in_(part),
                _child.c.owner_unit.in_(sorted(units)),
                ~_child.c["_hidden"],
            )
            .order_by(_child.c.id)
        )
        for personal_id, ent_id in rows:
            found.setdefault(personal_id, []).append(ent_id)
    return found


def circumstances_of(connection: Connection, children: Collection[str]) -> dict[str, list[Held]]:
    """Child → its circumstances, open, closed and hidden."""
    found: dict[str, list[Held]] = {}
    for part in chunks(sorted(children), IDS_AT_ONCE):
        rows = connection.execute(
            select(_circumstance)
            .where(_circumstance.c.record.in_(part))
            .order_by(_circumstance.c.episode, _circumstance.c.id)
        ).mappings()
        for row in rows:
            held = Held(
                row["id"],
                row["record"],
                values_of("circumstance", dict(row)),
                split_ids(row["_heads"]),
                bool(row["_hidden"]),
            )
            found.setdefault(held.record, []).append(held)
    return found


def rounds_by_name(connection: Connection) -> dict[str, str]:
    """Name of a round → its id; names that several rounds carry are left out."""
    found = rounds(connection)
    carried = Counter(one.name for one in found)
    return {one.name: one.id for one in found if carried[one.name] == 1}


def operations_of_act(connection: Connection, act: str) -> list[tuple[str, str, bytes, int]]:
    """The accepted operations of one act, oldest first: record, its root, operation, position."""
    rows = connection.execute(
        select(op.c.ent_id, op.c.root, op.c.op_id, op.c.position)
        .where(op.c.act == act, op.c.state == "accepted")
        .order_by(op.c.position)
    )
    return [(row.ent_id, row.root, row.op_id, row.position) for row in rows]


def last_sent(connection: Connection) -> int:
    """The last position of the log that any bundle of this PC carried; 0 before the first."""
    return connection.execute(select(func.max(bundle_out.c.log_to))).scalar() or 0


def written_after(connection: Connection, roots: Collection[str], act: str, position: int) -> int:
    """How many accepted operations other than those of `act` were written after `position` about
    these households and children, or about what belongs to them.
    """
    count = 0
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        count += connection.execute(
            select(func.count()).where(
                op.c.root.in_(part),
                op.c.position > position,
                op.c.state == "accepted",
                func.coalesce(op.c.act, "") != act,
                op.c.ent_id.not_in(automatic_decisions()),
            )
        ).scalar_one()
    return count


def written_by(connection: Connection, ids: Collection[str], position: int) -> set[str]:
    """Those of some records of which the log held something at a place."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = select(op.c.ent_id).where(op.c.ent_id.in_(part), op.c.position <= position)
        found.update(connection.execute(rows.distinct()).scalars())
    return found


def leaning_on(connection: Connection, ids: Collection[str], act: str) -> int:
    """How many records would name a record that is no longer there if `act`, which wrote `ids`,
    were set aside: children in its households, households in its villages, what was merged into a
    record of it, and decisions about its children. What the act itself wrote goes with it and is
    not counted.
    """
    written = frozenset(ids)
    vanishing: set[str] = set()
    for part in chunks(sorted(written), IDS_AT_ONCE):
        staying = connection.execute(
            select(op.c.ent_id)
            .where(
                op.c.ent_id.in_(part),
                op.c.state == "accepted",
                func.coalesce(op.c.act, "") != act,
            )
            .distinct()
        ).scalars()
        vanishing |= set(part).difference(staying)
    naming = naming_any(connection, vanishing) | decisions_about(connection, vanishing)
    return len(naming - written)


def _child_view(row: Mapping[str, object]) -> RecordView:
    heads = row["_heads"]
    return RecordView(
        "child",
        str(row["id"]),
        values_of("child", row),
        split_ids(heads if isinstance(heads, bytes) else b""),
        0,
        False,
    )


def children_of_households(
    connection: Connection, households: Collection[str], units: Collection[str]
) -> dict[str, list[RecordView]]:
    """Household → its visible children that the units own, in the order of the paper lines."""
    found: dict[str, list[RecordView]] = {}
    for part in chunks(sorted(households), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child)
            .where(
                _child.c.household.in_(part),
                _child.c.owner_unit.in_(sorted(units)),
                ~_child.c["_hidden"],
            )
            .order_by(_child.c.line_no.is_(None), _child.c.line_no, _child.c.id)
        ).mappings()
        for row in rows:
            found.setdefault(row["household"], []).append(_child_view(dict(row)))
    return found


def children_outside_households(
    connection: Connection, units: Collection[str], page: int = 1000
) -> Iterator[list[RecordView]]:
    """Visible children of the units whose household is none of the units' visible ones, in pages:
    without a household, with one that is hidden, another unit's, or not known here yet.
    """
    wanted = sorted(units)
    ours = select(_household.c.id).where(
        _household.c.id == _child.c.household,
        _household.c.owner_unit.in_(wanted),
        ~_household.c["_hidden"],
    )
    last = ""
    while True:
        rows = (
            connection.execute(
                select(_child)
                .where(
                    _child.c.id > last,
                    _child.c.owner_unit.in_(wanted),
                    ~_child.c["_hidden"],
                    ~ours.exists(),
                )
                .order_by(_child.c.id)
                .limit(page)
            )
            .mappings()
            .all()
        )
        if not rows:
            return
        yield [_child_view(dict(row)) for row in rows]
        last = rows[-1]["id"]


def count_children(connection: Connection, units: Collection[str]) -> int:
    """How many visible children the units own."""
    statement = (
        select(func.count())
        .select_from(_child)
        .where(_child.c.owner_unit.in_(sorted(units)), ~_child.c["_hidden"])
    )
    return int(connection.execute(statement).scalar_one())
