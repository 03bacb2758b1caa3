"""Reading the register: records, households with their children, and lists of them.

Everything comes back as frozen dataclasses; nothing here decides who may see what.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
)

from app.errors import KnownError
from app.history.entities import HOLDERS
from app.history.operation import Value
from app.models.bulk import chunks
from app.models.declarations import finished
from app.models.doubled import doubles_of, is_double
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed, gone_since, status_gone
from app.models.rows import split_ids, values_of
from app.models.schema import ENTITY_TABLES, op, record_owner
from app.text.fold import fold_number

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_village = ENTITY_TABLES["village"]
PAGE = 1000
#: What a page of the register is made of beside household and children, and is judged with. A note
#: belongs to a record, too, and says nothing that a rule or a form asks for.
PARTS = ("circumstance", "support", "life_event", "review")
#: Characters of an id that may stand for all of it.
SHORTEST = 8
# What every page asks is built once: building a statement takes as long as answering it.
_CHILDREN = (
    select(_child)
    .where(_child.c.household == bindparam("of_household"), ~_child.c["_hidden"])
    .order_by(_child.c.line_no.is_(None), _child.c.line_no, _child.c.id)
)
_VILLAGES = (
    select(_village)
    .where(_village.c.owner_unit == bindparam("of_unit"), ~_village.c["_hidden"])
    .order_by(_village.c.list_order.is_(None), _village.c.list_order, _village.c.name_sort)
)
_VILLAGE_IDS = select(_village.c.id).where(~_village.c["_hidden"])


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as it stands: `heads` are what an edit is based on."""

    entity: str
    id: str
    values: Mapping[str, Value]
    heads: tuple[bytes, ...]
    conflicts: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child as lists show it; `complete` where its declaration counts. `checked`: the page of its
    household stands as the second person checked it; told where somebody asks for it. `status` is
    the code of `life_status` of whom the register follows no longer ("" for everybody else), since
    the day `gone_on` (ISO, "" where no event says it). `entered_by` is the unit that wrote on it
    last, where it is not the owner; told where somebody asks for it. `double_of` is the record that
    is counted in its place, "" for nearly everybody; `double_home` the number of that one's
    household, "" where it is not held here.
    """

    id: str
    household: str
    full_name: str
    birth_date: str
    sex: str
    personal_id: str
    household_no: str
    head_name: str
    village: str
    owner_unit: str
    complete: bool
    conflicts: int
    checked: bool = False
    status: str = ""
    gone_on: str = ""
    entered_by: str = ""
    double_of: str = ""
    double_home: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household as lists show it; `complete` where its declaration counts, `checked` as above.
    `children` are all that stand in it, `counted` those of them who count on the day of the round;
    told where somebody asks for it, as `entered_by` is.
    """

    id: str
    household_no: str
    head_name: str
    village: str
    owner_unit: str
    children: int
    complete: bool
    conflicts: int
    checked: bool = False
    counted: int = 0
    entered_by: str = ""


def villages_of(connection: Connection, households: Collection[str]) -> dict[str, str]:
    """Household → the id of its village; those without one are left out."""
    found: dict[str, str] = {}
    for part in chunks(sorted(set(households)), IDS_AT_ONCE):
        rows = connection.execute(
            select(_household.c.id, _household.c.village).where(
                _household.c.id.in_(part), _household.c.village.is_not(None)
            )
        )
        found.update((row.id, row.village) for row in rows)
    return found


#: SQLite takes 1,000 conditions in one statement and 50,000 bytes in one pattern; nobody types more
#: words than this for one child.
MOST_WORDS, MOST_LETTERS = 50, 2000


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which children a list shows. Empty means all; `words` are folded, all must be found."""

    units: tuple[str, ...] = ()
    village: str = ""
    words: tuple[str, ...] = ()
    only_incomplete: bool = False
    only_conflicts: bool = False
    born_after: str = ""


#: From so many letters on a search word may stand anywhere in a word, from so many digits on it may
#: be the end of one.
_INSIDE_FROM, _END_FROM = 3, 4


#: The word for a household before its number, folded, with the word for a number or without.
_OF_HOUSEHOLD = re.compile(r"(?<!\S)(?:so )?ho (?:so )?(?=[1-9]\S{0,6}(?: |$))")


def search_words(typed: str) -> tuple[str, ...]:
    """The folded words of what is typed. A long number in groups, as telephones and personal ids
    are written on paper, is one word. Who types «household 3» in Vietnamese means its number.
    """
    return tuple(_OF_HOUSEHOLD.sub("", fold_number(typed)).split())


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit()


def begins_only(word: str) -> bool:
    """Whether a search word is nothing but the beginning of a word.

    One or two letters stand inside of nearly every name, and few digits inside of every personal
    id: whoever types them means a beginning.
    """
    return len(word) < (_END_FROM if _is_number(word) else _INSIDE_FROM)


def ends_too(word: str) -> bool:
    """Whether a search word is the beginning of a word or its end: a number is known by both."""
    return _is_number(word) and not begins_only(word)


def record(connection: Connection, entity: str, ent_id: str) -> RecordView | None:
    """One record, None when nothing accepted is known of it."""
    found = records(connection, entity, [ent_id])
    return found.get(ent_id)


def records(connection: Connection, entity: str, ids: Collection[str]) -> dict[str, RecordView]:
    """Id → record, for those that exist."""
    statement = _records_of(entity)
    found: dict[str, RecordView] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        for row in connection.execute(statement, {"ids": part}).mappings():
            found[row["id"]] = view_of(entity, dict(row))
    return found


@cache
def _records_of(entity: str) -> Select[Any]:
    table = ENTITY_TABLES[entity]
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


def view_of(entity: str, row: Mapping[str, object]) -> RecordView:
    """A record out of its row."""
    heads = row["_heads"]
    conflicts = row["_conflicts"]
    return RecordView(
        entity,
        str(row["id"]),
        values_of(entity, row),
        split_ids(heads if isinstance(heads, bytes) else b""),
        conflicts if isinstance(conflicts, int) else 0,
        bool(row["_hidden"]),
    )


def entity_of(connection: Connection, ent_id: str) -> str | None:
    """The type of a record, from its operations."""
    return connection.execute(select(op.c.ent_type).where(op.c.ent_id == ent_id).limit(1)).scalar()


def id_begun(connection: Connection, entities: Sequence[str], begun: str) -> str | None:
    """The one id of these types that begins so, with `SHORTEST` characters or more; else None."""
    if len(begun) < SHORTEST:
        return None
    found: list[str] = []
    for entity in entities:
        ids = ENTITY_TABLES[entity].c.id
        statement = select(ids).where(ids.startswith(begun, autoescape=True)).limit(2)
        found += connection.execute(statement).scalars()
    return found[0] if len(found) == 1 else None


def children_of(connection: Connection, household: str) -> list[RecordView]:
    """The children of a household that are not hidden, in the order of the paper lines."""
    rows = connection.execute(_CHILDREN, {"of_household": household}).mappings()
    return [view_of("child", dict(row)) for row in rows]


def belonging_to(connection: Connection, roots: Collection[str]) -> dict[str, list[RecordView]]:
    """Household or child → its circumstances, supports, events and reviews that are not hidden."""
    found: dict[str, list[RecordView]] = {}
    for name in PARTS:
        statement = _belonging(name)
        for part in chunks(sorted(roots), IDS_AT_ONCE):
            for row in connection.execute(statement, {"roots": part}).mappings():
                found.setdefault(row["record"], []).append(view_of(name, dict(row)))
    return found


@cache
def _belonging(name: str) -> Select[Any]:
    table = ENTITY_TABLES[name]
    roots: BindParameter[str] = bindparam("roots", expanding=True)
    return select(table).where(table.c.record.in_(roots), ~table.c["_hidden"]).order_by(table.c.id)


def stream(
    connection: Connection, entity: str, units: Collection[str] = ()
) -> Iterator[list[RecordView]]:
    """All visible records of a type in pages, in order of id, so that memory stays flat."""
    table = ENTITY_TABLES[entity]
    last = ""
    while True:
        statement = select(table).where(table.c.id > last, ~table.c["_hidden"])
        if units:
            statement = statement.where(table.c.owner_unit.in_(sorted(units)))
        rows = connection.execute(statement.order_by(table.c.id).limit(PAGE)).mappings().all()
        if not rows:
            return
        yield [view_of(entity, dict(row)) for row in rows]
        last = rows[-1]["id"]


def child_ids(
    connection: Connection, wanted: RegisterFilter, *, likest_first: bool = False
) -> list[str]:
    """Ids of the children a list shows, by given name in Vietnamese order.

    `likest_first`: before that, who is called by just these words, then who has them all in the own
    name, then those whom the name of a parent, a number or the household has found.
    Raises KnownError `records.long_search` for more words or letters than the database can compare.
    """
    must_be_searchable(wanted.words)
    statement = (
        select(_child.c.id)
        .where(_matches(wanted))
        .order_by(*_likeness(wanted.words) if likest_first else ())
        .order_by(_child.c.name_sort, _child.c.id)
    )
    if wanted.village or wanted.words:
        statement = statement.join(_household, _household.c.id == _child.c.household, isouter=True)
    return list(connection.execute(statement).scalars())


def is_searchable(words: Sequence[str]) -> bool:
    """Whether these are no more words and letters than can be compared."""
    return len(words) <= MOST_WORDS and sum(map(len, words)) <= MOST_LETTERS


def must_be_searchable(words: Sequence[str]) -> None:
    """Raise KnownError `records.long_search` for more words or letters than can be compared."""
    if not is_searchable(words):
        raise KnownError("records.long_search", "records.long_search_hint", most=MOST_WORDS)


def _likeness(words: Sequence[str]) -> tuple[ColumnElement[int]]:
    name = _child.c.name_fold
    own = and_(*(name.contains(word, autoescape=True) for word in words))
    return (case((name == " ".join(words), 0), (own, 1), else_=2),)


def _matches(wanted: RegisterFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [~_child.c["_hidden"]]
    if wanted.units:
        conditions.append(_child.c.owner_unit.in_(wanted.units))
    if wanted.village:
        conditions.append(_household.c.village == wanted.village)
    if wanted.only_incomplete:
        conditions += [followed(), ~is_double(), ~finished("child")]
    if wanted.only_conflicts:
        conditions.append(_child.c["_conflicts"] > 0)
    if wanted.born_after:
        conditions.append(_child.c.birth_date > wanted.born_after)
    conditions += [
        _held(_child.c.search_fold, word) | _held(_household.c.search_fold, word)
        for word in wanted.words
    ]
    return and_(*conditions)


def _held(folded: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a search word is found in folded text, words of which stand apart by a blank."""
    if not begins_only(word) and not ends_too(word):
        return folded.contains(word, autoescape=True)
    found = folded.startswith(word, autoescape=True) | folded.contains(f" {word}", autoescape=True)
    if ends_too(word):
        found |= folded.endswith(word, autoescape=True)
        found |= folded.contains(f"{word} ", autoescape=True)
    return found


def child_rows(connection: Connection, ids: Sequence[str]) -> list[ChildRow]:
    """The rows of a page, in the order of `ids`."""
    found: dict[str, ChildRow] = {}
    for part in chunks(ids, IDS_AT_ONCE):
        for row in connection.execute(_child_rows(), {"ids": list(part)}).mappings():
            found[row["id"]] = ChildRow(
                row["id"],
                row["household"] or "",
                row["full_name"] or "",
                row["birth_date"] or "",
                row["sex"] or "",
                row["personal_id"] or "",
                row["household_no"] or "",
                row["head_name"] or "",
                row["village_name"] or "",
                row["owner_unit"] or "",
                bool(row["finished"]),
                row["_conflicts"],
                status=row["gone"],
            )
    statuses = {one.id: one.status for one in found.values() if one.status}
    for ent_id, gone in gone_since(connection, statuses).items():
        found[ent_id] = replace(found[ent_id], gone_on=gone.day)
    doubles = doubles_of(connection, found.keys())
    homes = _numbers_of(connection, doubles.values())
    for ent_id, stands in doubles.items():
        home = homes.get(stands, "")
        found[ent_id] = replace(found[ent_id], double_of=stands, double_home=home)
    return [found[one] for one in ids if one in found]


def _numbers_of(connection: Connection, children: Iterable[str]) -> dict[str, str]:
    """Child → the number of its household."""
    found: dict[str, str] = {}
    for part in chunks(sorted(set(children)), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id, _household.c.household_no)
            .join(_household, _household.c.id == _child.c.household)
            .where(_child.c.id.in_(part))
        )
        found.update((row[0], row[1] or "") for row in rows)
    return found


@cache
def _child_rows() -> Select[Any]:
    """Built once: a list asks it for every page, and building it takes longer than answering."""
    return (
        select(
            _child.c.id,
            _child.c.household,
            _child.c.full_name,
            _child.c.birth_date,
            _child.c.sex,
            _child.c.personal_id,
            _child.c.owner_unit,
            finished("child").label("finished"),
            _child.c["_conflicts"],
            _household.c.household_no,
            _household.c.head_name,
            _village.c.name.label("village_name"),
            status_gone().label("gone"),
        )
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .join(_village, _village.c.id == _household.c.village, isouter=True)
        .where(_child.c.id.in_(bindparam("ids", expanding=True)))
    )


def household_ids(
    connection: Connection, units: Collection[str] = (), village: str = ""
) -> list[str]:
    """Households in book order: village, then household number as people count."""
    ordered = _in_book_order(of_units=bool(units), of_village=bool(village))
    told = {"units": sorted(units), "village": village}
    return list(connection.execute(ordered, told).scalars())


@cache
def _in_book_order(*, of_units: bool, of_village: bool) -> Select[Any]:
    statement = select(_household.c.id).where(~_household.c["_hidden"])
    if of_units:
        wanted: BindParameter[str] = bindparam("units", expanding=True)
        statement = statement.where(_household.c.owner_unit.in_(wanted))
    if of_village:
        statement = statement.where(_household.c.village == bindparam("village"))
    return statement.join(_village, _village.c.id == _household.c.village, isouter=True).order_by(
        _village.c.list_order, _village.c.name_sort, _household.c.no_sort, _household.c.id
    )


def household_rows(connection: Connection, ids: Sequence[str]) -> list[HouseholdRow]:
    """The rows of a page of households, in the order of `ids`."""
    # Counted for each row of the page, by the index on household, not over the whole table.
    children = (
        select(func.count())
        .where(_child.c.household == _household.c.id, ~_child.c["_hidden"])
        .scalar_subquery()
    )
    statement = select(
        _household,
        _village.c.name.label("village_name"),
        children.label("children"),
        finished("household").label("finished"),
    ).join(_village, _village.c.id == _household.c.village, isouter=True)
    found: dict[str, HouseholdRow] = {}
    for part in chunks(ids, IDS_AT_ONCE):
        for row in connection.execute(statement.where(_household.c.id.in_(part))).mappings():
            found[row["id"]] = HouseholdRow(
                row["id"],
                row["household_no"] or "",
                row["head_name"] or "",
                row["village_name"] or "",
                row["owner_unit"] or "",
                row["children"],
                bool(row["finished"]),
                row["_conflicts"],
            )
    return [found[one] for one in ids if one in found]


def villages(connection: Connection, unit: str) -> list[RecordView]:
    """The villages of a commune, in its own order, then by name."""
    rows = connection.execute(_VILLAGES, {"of_unit": unit}).mappings()
    return [view_of("village", dict(row)) for row in rows]


def households_in(connection: Connection, village: str) -> int:
    """How many visible households lie in a village, those that moved away included."""
    statement = select(func.count()).where(
        _household.c.village == village, ~_household.c["_hidden"]
    )
    return int(connection.execute(statement).scalar_one())


def village_ids(connection: Connection) -> frozenset[str]:
    """The villages known here that are not hidden."""
    rows = connection.execute(_VILLAGE_IDS)
    return frozenset(rows.scalars())


def holders_of_number(connection: Connection, village: str, number: str) -> list[tuple[str, str]]:
    """(id, owner unit) of the visible households of a village that carry a household number."""
    rows = connection.execute(
        select(_household.c.id, _household.c.owner_unit)
        .where(
            _household.c.village == village,
            _household.c.household_no == number,
            ~_household.c["_hidden"],
        )
        .order_by(_household.c.id)
    )
    return [(row.id, row.owner_unit or "") for row in rows]


def holders_of_personal_id(connection: Connection, personal_id: str) -> list[tuple[str, str]]:
    """(id, owner unit) of the visible children that carry a personal id."""
    rows = connection.execute(
        select(_child.c.id, _child.c.owner_unit)
        .where(_child.c.personal_id == personal_id, ~_child.c["_hidden"])
        .order_by(_child.c.id)
    )
    return [(row.id, row.owner_unit or "") for row in rows]


def ids_among(reading: Connection, entity: str, ids: Collection[str]) -> set[str]:
    """Those of `ids` that are records of this type here."""
    table, found = ENTITY_TABLES[entity], set[str]()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        found.update(reading.execute(select(table.c.id).where(table.c.id.in_(part))).scalars())
    return found


def holder_values(reading: Connection, ent_id: str) -> Mapping[str, Value]:
    """The values of the household or child that a sub-record belongs to; none where it is not
    here.
    """
    for entity in HOLDERS:
        found = record(reading, entity, ent_id)
        if found is not None:
            return found.values
    return {}


def claimed_by(reading: Connection, ent_id: str) -> set[str]:
    """The units that claim a record at the same time, or the last one of a record that is of no
    unit any more; none where its owner is not in question.
    """
    statement = select(record_owner.c.unit).where(record_owner.c.record == ent_id)
    return set(reading.execute(statement).scalars())
