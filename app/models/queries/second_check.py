"""What of a household's page was looked at by a second person, and what was sent back.

A check names the heads it saw. A page is covered while every head of it, of its children and of
what belongs to them stands in one and the same check; hidden records count, for hiding is a change
as well. Nothing here decides who may check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.history.operation import Value, decode_body
from app.models.bulk import chunks
from app.models.declarations import finished
from app.models.doubled import is_double
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed_beside_household
from app.models.queries.quarter import in_village
from app.models.queries.register import RecordView, records
from app.models.queries.writers import Writer, Writers, writers
from app.models.rows import split_ids
from app.models.schema import ENTITY_TABLES, op

CHECKED, RETURNED, RETYPED = "checked", "returned", "retyped"
_household = ENTITY_TABLES["household"]
_child = ENTITY_TABLES["child"]
_review = ENTITY_TABLES["review"]
#: What belongs to a child or household and was typed; a review is what was said about it.
_TYPED = ("circumstance", "support", "life_event")


@dataclass(slots=True)
class CheckedPage:
    """A household's page: its heads, whether all of it is finished, and the checks of it.

    Nobody finishes the record of a child who died or left: it is no part of `finished`, as on the
    worklist, but stays one of the page's heads.
    """

    household: str
    village: str
    finished: bool
    heads: set[bytes] = field(default_factory=set)
    #: Every record of the page that was typed: household, children and what belongs to them.
    records: set[str] = field(default_factory=set)
    checks: list[RecordView] = field(default_factory=list)

    @property
    def covering(self) -> RecordView | None:
        """The newest check that saw all that stands on the page now."""
        if not self.checks:
            return None
        now = {one.hex() for one in self.heads}
        found = [one for one in self.checks if now.issubset(_seen(one))]
        return max(found, key=_day, default=None)

    @property
    def newest(self) -> RecordView | None:
        """The newest check, whatever was changed since."""
        return max(self.checks, key=_day, default=None)


class StandingReturn(NamedTuple):
    """A record that was sent back and that nobody has worked on since.

    `by` is the unit and `author` the account that says so, `position` where it stands in the log.
    """

    review: RecordView
    record: str
    household: str
    by: str
    author: str
    position: int


def _seen(review: RecordView) -> set[str]:
    heads = review.values.get("reviewed_heads")
    return set(heads) if isinstance(heads, list) else set()


def _day(review: RecordView) -> tuple[str, str]:
    return str(review.values.get("reviewed_on") or ""), review.id


def pages(
    connection: Connection,
    unit: str,
    village: str | None = None,
    household: str | None = None,
    *,
    hidden: bool = False,
) -> dict[str, CheckedPage]:
    """Household → its page, in the order of the book; of a unit, a village or one household.
    `hidden`: also one that was marked as entered in error or merged.
    """
    which: list[ColumnElement[bool]] = [] if hidden else [~_household.c["_hidden"]]
    if household is not None:
        which.append(_household.c.id == household)
    else:
        which.append(_household.c.owner_unit == unit)
        if village is not None:
            which.append(in_village(village))
    return _pages(connection, which)


def covered(connection: Connection, households: Collection[str] | None = None) -> set[str]:
    """The households, of those named or of all, whose page stands as it was checked. Only those
    that anybody ever checked are read.
    """
    asked = select(_review.c.record).where(_review.c.result == CHECKED, ~_review.c["_hidden"])
    ever: set[str] = set()
    if households is None:
        ever.update(connection.execute(asked).scalars())
    else:
        for part in chunks(sorted(households), IDS_AT_ONCE):
            ever.update(connection.execute(asked.where(_review.c.record.in_(part))).scalars())
    found: set[str] = set()
    for part in chunks(sorted(ever), IDS_AT_ONCE):
        pages = _pages(connection, [~_household.c["_hidden"], _household.c.id.in_(part)])
        found.update(one for one, page in pages.items() if page.covering is not None)
    return found


def _pages(connection: Connection, which: Sequence[ColumnElement[bool]]) -> dict[str, CheckedPage]:
    found: dict[str, CheckedPage] = {}
    rows = connection.execute(
        select(
            _household.c.id,
            _household.c.village,
            _household.c["_heads"],
            finished("household").label("finished"),
        )
        .where(*which)
        .order_by(_household.c.no_sort, _household.c.id)
    )
    for row in rows:
        page = CheckedPage(row.id, row.village or "", bool(row.finished))
        page.heads.update(split_ids(row[2]))
        page.records.add(row.id)
        found[row.id] = page
    homes = {one: one for one in found}
    _add_children(connection, found, homes)
    _add_parts(connection, found, homes)
    _add_checks(connection, found)
    return found


def _add_children(
    connection: Connection, found: dict[str, CheckedPage], homes: dict[str, str]
) -> None:
    for part in chunks(sorted(found), IDS_AT_ONCE):
        rows = connection.execute(
            select(
                _child.c.id,
                _child.c.household,
                _child.c["_heads"].label("heads"),
                or_(~followed_beside_household(), is_double(), finished("child")).label("finished"),
            )
            .join(_household, _household.c.id == _child.c.household, isouter=True)
            .where(_child.c.household.in_(part))
        )
        for row in rows:
            page = found[row.household]
            page.heads.update(split_ids(row.heads))
            page.records.add(row.id)
            page.finished = page.finished and bool(row.finished)
            homes[row.id] = row.household


def _add_parts(
    connection: Connection, found: dict[str, CheckedPage], homes: dict[str, str]
) -> None:
    for name in _TYPED:
        table = ENTITY_TABLES[name]
        for part in chunks(sorted(homes), IDS_AT_ONCE):
            rows = connection.execute(
                select(table.c.id, table.c.record, table.c["_heads"].label("heads")).where(
                    table.c.record.in_(part)
                )
            )
            for row in rows:
                page = found[homes[row.record]]
                page.heads.update(split_ids(row.heads))
                page.records.add(row.id)


def _add_checks(connection: Connection, found: dict[str, CheckedPage]) -> None:
    for part in chunks(sorted(found), IDS_AT_ONCE):
        ids = connection.execute(
            select(_review.c.id).where(
                _review.c.record.in_(part), _review.c.result == CHECKED, ~_review.c["_hidden"]
            )
        ).scalars()
        for review in records(connection, "review", set(ids)).values():
            found[str(review.values.get("record"))].checks.append(review)


_WRITTEN_BY = select(op.c.author, op.c.position, op.c.bundle_in).where(op.c.state == "accepted")


def authors_since(
    connection: Connection, page: CheckedPage, last: RecordView | None
) -> frozenset[Writer]:
    """Who wrote on a page since its last check."""
    after = 0
    if last is not None:
        after = _position(connection, last.id)
    found: set[Writer] = set()
    for part in chunks(sorted(page.records), IDS_AT_ONCE):
        those = _WRITTEN_BY.where(op.c.ent_id.in_(part), op.c.position > after)
        found |= writers(connection, connection.execute(those))
    return frozenset(found)


def authors_of(connection: Connection, record: str, unit: str) -> frozenset[Writer]:
    """Who of a unit wrote on a record."""
    those = _WRITTEN_BY.where(op.c.ent_id == record, op.c.by == unit)
    return writers(connection, connection.execute(those))


def _position(connection: Connection, ent_id: str) -> int:
    """Where the newest accepted operation of a record stands in the log."""
    found = connection.execute(
        select(func.max(op.c.position)).where(op.c.ent_id == ent_id, op.c.state == "accepted")
    ).scalar()
    return int(found or 0)


def standing_returns(
    connection: Connection, unit: str, about: Collection[str] | None = None
) -> list[StandingReturn]:
    """What somebody of this unit sent back within it, and nobody worked on or passed since, in the
    order it was said; of the records `about` alone where some are named. What units above return is
    told elsewhere.
    """
    which = [_review.c.result == RETURNED, ~_review.c["_hidden"]]
    if about is not None:
        which.append(_review.c.record.in_(sorted(about)))
    ids = connection.execute(select(_review.c.id).where(*which)).scalars()
    reviews = records(connection, "review", set(ids))
    said = _creations(connection, reviews, unit)
    homes = _homes(connection, {str(one.values.get("record")) for one, _, _ in said})
    found: list[StandingReturn] = []
    for review, author, position in said:
        record = str(review.values.get("record"))
        home = homes.get(record)
        if home is not None and not _answered(connection, record, home, position):
            found.append(StandingReturn(review, record, home, unit, author, position))
    return sorted(found, key=lambda one: one.position)


def _creations(
    connection: Connection, reviews: dict[str, RecordView], unit: str
) -> list[tuple[RecordView, str, int]]:
    """(review, author, position) of those that `unit` wrote."""
    found: list[tuple[RecordView, str, int]] = []
    for part in chunks(sorted(reviews), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.author, op.c.position).where(
                op.c.ent_id.in_(part), op.c.by == unit, op.c.state == "accepted"
            )
        )
        found += [(reviews[row.ent_id], row.author, row.position) for row in rows]
    return found


def _homes(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Record → the household on whose page it stands."""
    found: dict[str, str] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        own = connection.execute(select(_household.c.id).where(_household.c.id.in_(part)))
        found.update((one, one) for one in own.scalars())
        children = connection.execute(
            select(_child.c.id, _child.c.household).where(_child.c.id.in_(part))
        )
        found.update((row.id, row.household or "") for row in children)
    return found


def _answered(connection: Connection, record: str, home: str, position: int) -> bool:
    """Whether anybody wrote on a record, or on what belongs to it, or passed its page, since.

    A page sent back as a whole is answered by work on any child of it.
    """
    about = {record}
    if home == record:
        children = select(_child.c.id).where(_child.c.household == home)
        about.update(connection.execute(children).scalars())
    holders = sorted(about)
    for name in _TYPED:
        table = ENTITY_TABLES[name]
        inside = select(table.c.id).where(table.c.record.in_(holders))
        about.update(connection.execute(inside).scalars())
    passed = select(_review.c.id).where(_review.c.record == home, _review.c.result == CHECKED)
    about.update(connection.execute(passed).scalars())
    statement = (
        select(op.c.position)
        .where(op.c.ent_id.in_(sorted(about)), op.c.position > position, op.c.state == "accepted")
        .limit(1)
    )
    return connection.execute(statement).first() is not None


class Written(NamedTuple):
    """Who wrote the value that stands in a field, under which act ("" for none), and where in the
    log.
    """

    writer: Writer
    act: str
    position: int


def writers_of(
    connection: Connection, names: Mapping[str, Collection[str]]
) -> dict[tuple[str, str], Written]:
    """(record, field) → whoever gave it the value it has, for the fields `names` of each record.

    A save writes a whole merge group; who only passed a value on did not write it. A field that
    nobody ever wrote is owed to whoever made the record.
    """
    found: dict[tuple[str, str], Written] = {}
    held: dict[tuple[str, str], Value] = {}
    told = Writers(connection)
    for part in chunks(sorted(names), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.body, op.c.author, op.c.act, op.c.position, op.c.bundle_in)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted")
            .order_by(op.c.ent_id, op.c.position)
        )
        for row in rows:
            body = {} if row.body is None else decode_body(row.body)
            for name in names[row.ent_id]:
                place = (row.ent_id, name)
                changed = name in body and body[name] != held.get(place)
                if changed or place not in found:
                    writer = told.of(row.author, row.position, row.bundle_in)
                    found[place] = Written(writer, row.act or "", row.position)
                    held[place] = body.get(name)
    return found


def children_in(connection: Connection, homes: Collection[str]) -> dict[str, list[str]]:
    """Household → the children on its page, in the order of the paper lines."""
    found: dict[str, list[str]] = {}
    for part in chunks(sorted(homes), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id, _child.c.household)
            .where(_child.c.household.in_(part), ~_child.c["_hidden"])
            .order_by(_child.c.line_no.is_(None), _child.c.line_no, _child.c.id)
        )
        for row in rows:
            found.setdefault(row.household, []).append(row.id)
    return found


def followed_in(connection: Connection, homes: Collection[str]) -> set[str]:
    """The children of some households whom the register follows, none by two records."""
    found: set[str] = set()
    for part in chunks(sorted(homes), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id)
            .join(_household, _household.c.id == _child.c.household)
            .where(_child.c.household.in_(part), followed_beside_household(), ~is_double())
        )
        found.update(rows.scalars())
    return found


def key_of_retyping(once: str, number: int) -> str:
    """What the id of a review is derived from that is one of several of the same retyping."""
    return f"{once}/{number}"


def last_retyping(connection: Connection, household: str) -> list[RecordView]:
    """What came of the last time a household's page, or of a sample children on it, was typed
    again: one for each typist, of a sample for each child besides.
    """
    children = select(_child.c.id).where(_child.c.household == household)
    own = or_(_review.c.record == household, _review.c.record.in_(children))
    ids = connection.execute(
        select(_review.c.id)
        .join(op, op.c.ent_id == _review.c.id)
        .where(own, _review.c.result == RETYPED, ~_review.c["_hidden"])
        .order_by(op.c.position.desc())
    ).scalars()
    held = list(dict.fromkeys(ids))
    found = records(connection, "review", held)
    newest = "" if not held else _once(found[held[0]])
    return [found[one] for one in held if _once(found[one]) == newest]


class SampledChild(NamedTuple):
    """What came of the last time a child of a sample was typed again, one review for each typist;
    the household it is in now, and where in the log that stands.
    """

    household: str
    reviews: tuple[RecordView, ...]
    position: int


def retyped_by_sample(connection: Connection, sample: str) -> dict[str, SampledChild]:
    """Child → what came of typing it again for a sample, by the seed that was drawn with."""
    rows = connection.execute(
        select(_review.c.id, _review.c.record, func.max(op.c.position).label("position"))
        .join(op, op.c.ent_id == _review.c.id)
        .where(_review.c.result == RETYPED, _review.c.sample == sample, ~_review.c["_hidden"])
        .where(op.c.state == "accepted")
        .group_by(_review.c.id, _review.c.record)
        .order_by(func.max(op.c.position))
    ).all()
    reviews = records(connection, "review", {row.id for row in rows})
    homes = _homes(connection, {row.record for row in rows})
    found: dict[str, SampledChild] = {}
    for row in rows:
        home, review = homes.get(row.record, row.record), reviews[row.id]
        if home == row.record:
            continue  # of a whole household: which of its children were meant is not known
        last = found.get(row.record)
        same = last is not None and _once(last.reviews[-1]) == _once(review)
        before = last.reviews if last is not None and same else ()
        found[row.record] = SampledChild(home, (*before, review), row.position)
    return found


def _once(review: RecordView) -> str:
    return str(review.values.get("_key") or review.id).partition("/")[0]
