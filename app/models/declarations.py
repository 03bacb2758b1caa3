"""What the validator makes of declarations: the records that call themselves complete and are not.

A declaration counts only while the validator finds no error (3-data.md). The verdict is derived:
no operation says it, it never leaves this PC, and it is dropped and made again with the rows. Here
is what a verdict may depend on and where it is kept; this module judges nothing itself.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    union,
)

from app.history.entities import REFERENCES
from app.history.operation import Value
from app.models.bulk import Prepared, chunks, insert_rows
from app.models.doubled import Holder, standing
from app.models.log import IDS_AT_ONCE
from app.models.schema import ENTITY_TABLES, setting, unsound

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
#: The setting that names by what the declarations of this store were judged. Without it they are
#: judged anew.
JUDGED_BY = "declarations_judged_by"
_COLUMNS = ("record", "ent_type")
#: Statements compiled once: they run at every save.
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_ANY = select(unsound.c.record).limit(1)
_FORGET = delete(unsound).where(unsound.c.record.in_(_IDS))
_HOUSEHOLDS_OF = select(_child.c.id, _child.c.household).where(_child.c.id.in_(_IDS))
_JUDGED_BY = select(setting.c.value).where(setting.c.name == JUDGED_BY)
#: Households that declare themselves complete, or hold a child that does.
_WITH_DECLARED = union(
    select(_child.c.household).where(_child.c.household.in_(_IDS), _child.c.complete),
    select(_household.c.id).where(_household.c.id.in_(_IDS), _household.c.complete),
)
#: Asked at every opening.
_REFERENCE_STATE = tuple(
    Prepared(select(table.c.id, table.c["_heads"]).order_by(table.c.id))
    for table in map(ENTITY_TABLES.__getitem__, REFERENCES)
)
_DECLARED_ALONE = select(_child.c.id).where(_child.c.id.in_(_IDS), _child.c.complete)
_STANDING_TWICE = (
    select(_child.c.personal_id)
    .where(_child.c.personal_id.in_(_IDS))
    .group_by(_child.c.personal_id)
    .having(func.count() > 1)
)
_STANDS_TWICE = (
    select(_household.c.village, _household.c.household_no)
    .group_by(_household.c.village, _household.c.household_no)
    .having(func.count() > 1)
)
_HOLDERS = (
    select(_child.c.personal_id, _child.c.id, _child.c.owner_unit, standing())
    .where(_child.c.personal_id.in_(_IDS), ~_child.c["_hidden"])
    .order_by(_child.c.id)
)


#: Households, children and personal ids that one short look asks for: what a saved page touches.
_AT_A_GLANCE = 2


def _glance() -> Select[bool, bool]:
    """(the store was judged, something may have to be judged) in one statement."""
    places = range(_AT_A_GLANCE)
    declared: list[ColumnElement[bool]] = []
    for at in places:
        household: BindParameter[str] = bindparam(f"household{at}")
        number: BindParameter[str] = bindparam(f"number{at}")
        alone: BindParameter[str] = bindparam(f"alone{at}")
        written: BindParameter[str] = bindparam(f"written{at}")
        declared += [
            exists().where(_household.c.id == household, _household.c.complete),
            exists().where(_child.c.household == household, _child.c.complete),
            exists().where(_child.c.id == alone, _child.c.complete),
            exists().where(_child.c.personal_id == number, _child.c.complete),
            exists().where(unsound.c.record == written),
        ]
    judged = exists().where(setting.c.name == JUDGED_BY, setting.c.value != "")
    return select(judged, or_(*declared))


_GLANCE = Prepared(_glance())


def finished(entity: str) -> ColumnElement[bool]:
    """Which households, or children, are done: the one condition behind every number of them.

    Declared complete by their clerk, and without an error by the validator.
    """
    table = ENTITY_TABLES[entity]
    wrong = exists().where(unsound.c.record == table.c.id, unsound.c.ent_type == entity)
    return and_(func.coalesce(table.c.complete, False), ~wrong)


def are_finished(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of some households and children that are `finished`."""
    found: set[str] = set()
    for entity in ("household", "child"):
        table = ENTITY_TABLES[entity]
        for part in chunks(sorted(ids), IDS_AT_ONCE):
            done = select(table.c.id).where(table.c.id.in_(part), finished(entity))
            found.update(connection.execute(done).scalars())
    return found


class Created:
    """The rows that were created since the last judging, by type and id, with their values.

    A row that was there before, was written a second time or is hidden is none of them; `rows` has
    no entry for it.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Mapping[str, Value]]] = defaultdict(dict)

    def row(self, ent_type: str, ent_id: str, values: Mapping[str, Value], *, known: bool) -> None:
        """A row was written; it is `known` whole from these values alone."""
        if known:
            self.rows[ent_type][ent_id] = values
        else:
            self.rows[ent_type].pop(ent_id, None)

    def with_declared(self) -> set[str]:
        """The households among them, and of them, that hold a declaration."""
        found = {one for one, values in self.rows["household"].items() if values.get("complete")}
        for values in self.rows["child"].values():
            if values.get("complete") and isinstance(home := values.get("household"), str):
                found.add(home)
        return found


@dataclass(slots=True)
class Stirred:
    """What rows written in a transaction may have changed the verdict on.

    A page (a household with its children) is judged whole, because its children know of each
    other. Beyond it two records meet where they hold the same personal id, or the same number in
    one village. Reference data change what everybody is judged by: the day, lists, units, forms.
    """

    records: set[str] = field(default_factory=set)
    households: set[str] = field(default_factory=set)
    #: Children without a household.
    alone: set[str] = field(default_factory=set)
    #: What sub-records belong to.
    roots: set[str] = field(default_factory=set)
    personal_ids: set[str] = field(default_factory=set)
    #: Personal ids that a child gave up: who is left with one may be alone now.
    freed_ids: set[str] = field(default_factory=set)
    places: set[tuple[str, str]] = field(default_factory=set)
    references: bool = False
    created: Created = field(default_factory=Created)

    def row(
        self,
        ent_type: str,
        ent_id: str,
        values: Mapping[str, Value],
        before: Mapping[str, Any] | None,
        *,
        hidden: bool = False,
    ) -> None:
        """A row was written, or taken away when `values` is empty; `before` is what it was."""
        self.created.row(ent_type, ent_id, values, known=before is None and not hidden)
        if ent_type == "child":
            self.records.add(ent_id)
            self._child(ent_id, values, before)
        elif ent_type == "household":
            self.records.add(ent_id)
            self.households.add(ent_id)
            for one in (values, before or {}):
                village, number = one.get("village"), one.get("household_no")
                if isinstance(village, str) and isinstance(number, str):
                    self.places.add((village, number))
        elif ent_type in REFERENCES:
            self.references = True
        else:
            for one in (values, before or {}):
                if isinstance(record := one.get("record"), str):
                    self.roots.add(record)

    def _child(
        self, ent_id: str, values: Mapping[str, Value], before: Mapping[str, Any] | None
    ) -> None:
        household, number = values.get("household"), values.get("personal_id")
        if isinstance(household, str):
            self.households.add(household)
        else:
            self.alone.add(ent_id)
        if isinstance(number, str):
            self.personal_ids.add(number)
        if before is None:
            return
        if isinstance(left := before["household"], str):
            self.households.add(left)
        if isinstance(given_up := before["personal_id"], str):
            self.freed_ids.add(given_up)

    def __len__(self) -> int:
        return len(self.households) + len(self.alone) + len(self.roots) + self.references

    def clear(self) -> None:
        """Everything noted so far was judged."""
        for one in (self.records, self.households, self.alone, self.roots):
            one.clear()
        self.personal_ids.clear()
        self.freed_ids.clear()
        self.places.clear()
        self.references = False
        self.created.rows.clear()


def nothing_to_judge(connection: Connection, stirred: Stirred) -> bool:
    """Whether a small transaction surely touched no declaration of a store that was judged.

    Most saves are such: they are told by one statement, and False only means that it takes more to
    know.
    """
    asked = {
        "household": stirred.households,
        "alone": stirred.alone,
        "number": stirred.personal_ids,
        "written": stirred.records,
    }
    further = (stirred.references, stirred.places, stirred.roots, stirred.freed_ids)
    if any(further) or any(len(one) > _AT_A_GLANCE for one in asked.values()):
        return False
    values: dict[str, str | None] = {}
    for name, found in asked.items():
        held = [*found, None, None]
        values.update({f"{name}{at}": held[at] for at in range(_AT_A_GLANCE)})
    judged, touched = _GLANCE.one(connection, values)
    return bool(judged and not touched)


def pages_to_judge(connection: Connection, stirred: Stirred) -> tuple[list[str], list[str]]:
    """(households, children without one) in which a declaration may stand otherwise than before.

    What is known of the records written themselves is forgotten: they are judged again, or declare
    nothing any more.
    """
    if connection.execute(_ANY).first() is not None:
        for part in chunks(stirred.records, IDS_AT_ONCE):
            connection.execute(_FORGET, {"ids": part})
    # The household of a child that was written itself is noted already.
    households, alone = set(stirred.households), set(stirred.alone)
    others = (stirred.roots - stirred.records) | _sharing(connection, stirred)
    for places in chunks(sorted(stirred.places), IDS_AT_ONCE):
        households.update(_same_place(connection, places))
    for part in chunks(sorted(others - alone), IDS_AT_ONCE):
        for ent_id, household in connection.execute(_HOUSEHOLDS_OF, {"ids": part}):
            if household is None:
                alone.add(ent_id)
            else:
                households.add(household)
    pages = stirred.created.with_declared() & households
    for part in chunks(sorted(households - pages), IDS_AT_ONCE):
        pages.update(connection.execute(_WITH_DECLARED, {"ids": part}).scalars())
    lonely: list[str] = []
    for part in chunks(sorted(alone), IDS_AT_ONCE):
        lonely += connection.execute(_DECLARED_ALONE, {"ids": part}).scalars()
    return sorted(pages), lonely


def _sharing(connection: Connection, stirred: Stirred) -> set[str]:
    """The children that hold a personal id that came to stand twice, or may stand alone again."""
    numbers = set(stirred.freed_ids)
    for part in chunks(sorted(stirred.personal_ids), IDS_AT_ONCE):
        numbers.update(connection.execute(_STANDING_TWICE, {"ids": part}).scalars())
    found: set[str] = set()
    for part in chunks(sorted(numbers), IDS_AT_ONCE):
        found.update(ent_id for _, ent_id, _, _ in connection.execute(_HOLDERS, {"ids": part}))
    return found


def _same_place(connection: Connection, wanted: Sequence[tuple[str, str]]) -> list[str]:
    rows = connection.execute(
        select(_household.c.id).where(
            _household.c.village.in_({village for village, _ in wanted}),
            tuple_(_household.c.village, _household.c.household_no).in_(wanted),
            _household.c.complete,
        )
    )
    return list(rows.scalars())


def ids_held_twice(connection: Connection, numbers: Collection[str]) -> dict[str, list[Holder]]:
    """Those of these personal ids that several visible children carry, with these."""
    found: dict[str, list[Holder]] = {}
    for part in chunks(sorted(numbers), IDS_AT_ONCE):
        twice = list(connection.execute(_STANDING_TWICE, {"ids": part}).scalars())
        if twice:
            for number, ent_id, owner, stands in connection.execute(_HOLDERS, {"ids": twice}):
                found.setdefault(number, []).append(Holder(ent_id, owner or "", stands))
    return {number: holders for number, holders in found.items() if len(holders) > 1}


def numbers_held_twice(
    connection: Connection, places: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Those of these (village, number) that several visible households carry, with these and their
    owner units.
    """
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for part in chunks(sorted(places), IDS_AT_ONCE):
        here = and_(
            _household.c.village.in_({village for village, _ in part}),
            tuple_(_household.c.village, _household.c.household_no).in_(part),
        )
        # Counted in their index alone: hardly any stands twice, and rows are wide.
        twice = [(row[0], row[1]) for row in connection.execute(_STANDS_TWICE.where(here))]
        if not twice:
            continue
        rows = connection.execute(
            select(
                _household.c.village,
                _household.c.household_no,
                _household.c.id,
                _household.c.owner_unit,
            )
            .where(
                tuple_(_household.c.village, _household.c.household_no).in_(twice),
                ~_household.c["_hidden"],
            )
            .order_by(_household.c.id)
        )
        for village, number, ent_id, owner in rows:
            found.setdefault((village, number), []).append((ent_id, owner or ""))
    return {place: holders for place, holders in found.items() if len(holders) > 1}


def note_unsound(
    connection: Connection, entity: str, judged: Iterable[str], wrong: Collection[str]
) -> None:
    """Keep the verdict on declared records of one type: `wrong` of the `judged` hold an error."""
    note_changes(
        connection, ((entity, one) for one in judged), [(entity, one) for one in sorted(wrong)]
    )


def note_changes(
    connection: Connection,
    sound: Iterable[tuple[str, str]],
    wrong: Iterable[tuple[str, str]],
) -> None:
    """Records, by type and id, that hold no error any more, and such that do."""
    by_type: dict[str, list[str]] = {}
    for entity, ent_id in sound:
        by_type.setdefault(entity, []).append(ent_id)
    for entity, ids in by_type.items():
        for part in chunks(ids, IDS_AT_ONCE):
            connection.execute(
                delete(unsound).where(unsound.c.record.in_(part), unsound.c.ent_type == entity)
            )
    insert_rows(connection, unsound, _COLUMNS, [(one, entity) for entity, one in sorted(wrong)])


def unsound_records(connection: Connection, units: Collection[str] = ()) -> list[tuple[str, str]]:
    """(type, id) of the visible records that are declared complete and hold an error."""
    found: list[tuple[str, str]] = []
    for entity in ("household", "child"):
        table = ENTITY_TABLES[entity]
        wrong = select(unsound.c.record).where(unsound.c.ent_type == entity)
        # Named by the few: a join reads the whole table in the order of its ids, all over the file.
        statement = (
            select(table.c.id)
            .where(table.c.id.in_(wrong), ~table.c["_hidden"])
            .order_by(table.c.id)
        )
        if units:
            statement = statement.where(table.c.owner_unit.in_(sorted(units)))
        found += [(entity, ent_id) for ent_id in connection.execute(statement).scalars()]
    return found


def homes_of(connection: Connection, children: Collection[str]) -> dict[str, str]:
    """Child → its household, empty for one that names none."""
    found: dict[str, str] = {}
    for part in chunks(children, IDS_AT_ONCE):
        for ent_id, household in connection.execute(_HOUSEHOLDS_OF, {"ids": part}):
            found[ent_id] = household or ""
    return found


def reference_state(connection: Connection) -> str:
    """A short name of the reference data as they stand: rounds, forms, lists and units."""
    digest = hashlib.sha256()
    for statement in _REFERENCE_STATE:
        for ent_id, heads in statement.rows(connection):
            digest.update(ent_id.encode() + heads)
    return digest.hexdigest()[:16]


def forget_all(connection: Connection) -> None:
    """Drop every verdict, and who judged: the next to open this store judges anew."""
    connection.execute(delete(unsound))
    connection.execute(delete(setting).where(setting.c.name == JUDGED_BY))


def judged_by(connection: Connection) -> str:
    """By what the declarations were judged; empty when they were not."""
    return connection.execute(_JUDGED_BY).scalar() or ""


def note_judge(connection: Connection, name: str) -> None:
    """All declarations of this store are judged now, by what `name` says."""
    insert_rows(connection, setting, ("name", "value"), [(JUDGED_BY, name)], "update")
