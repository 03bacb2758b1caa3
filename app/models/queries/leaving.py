"""What the next bundle to a unit holds, as people see it: pages that are new, changed, moved or
hidden since that unit's last word, and events. What that unit brought here itself goes back with
it and is no news.

A page is a household or a child with everything that belongs to it. The same rule as
`totals.touched` says which operations travel.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import cast as as_type

from app.history.door import Direction
from app.history.entities import REFERENCES
from app.history.operation import decode_body
from app.models import scope_out
from app.models.carried_up import carried_up
from app.models.log import last_position
from app.models.queries.brought import STAYS
from app.models.queries.sending import Span, entered_since, roots_in_scope
from app.models.queries.totals import carried_by
from app.models.schema import ENTITY_TABLES, bundle_in, bundle_out, op
from app.text.moments import moment_of

_child, _household = ENTITY_TABLES["child"], ENTITY_TABLES["household"]
_village = ENTITY_TABLES["village"]
_PAGES = {"household": _household, "child": _child}
#: So many of the newest operations are asked for their time: clocks go wrong, positions do not.
_NEWEST = 500


class NewsKind(Enum):
    """What is new about a page, in the order in which it is told."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    HIDDEN = "hidden"
    EVENT = "event"


class PlaceNews(NamedTuple):
    """How many pages of a kind a unit has in a village, "" for no village, and its name."""

    unit: str
    village: str
    name: str
    kind: NewsKind
    entity: str
    pages: int


class Piece(NamedTuple):
    """What the next bundle to the unit `to` holds: the span of the log, and whose records of it
    travel (None: all). Where `to` is the unit `above`, `writers` are this unit and those below,
    else `to` and those below it: their work came by `to`, though another PC of this unit may have
    brought it here. `beside`: `to` is this very unit, of whose PCs each knows something else.
    """

    span: Span
    units: Collection[str] | None
    to: str
    writers: Collection[str] = ()
    above: bool = False
    beside: bool = False


class Leaving(NamedTuple):
    """One page, or one event (`entity` is then `life_event`, `root` whose it is)."""

    kind: NewsKind
    entity: str
    id: str
    root: str


def by_place(connection: Connection, piece: Piece) -> list[PlaceNews]:
    """Pages by unit, village and kind, in the units' own order of villages."""
    villages = {
        row.id: (row.list_order is None, row.list_order or 0, row.name_sort or "", row.name or "")
        for row in connection.execute(
            select(_village.c.id, _village.c.list_order, _village.c.name_sort, _village.c.name)
        )
    }
    unnamed = (True, 0, "", "")
    found: list[PlaceNews] = []
    for entity in _PAGES:
        news = _news(connection, piece, entity).subquery()
        places = (news.c.unit, news.c.village, news.c.kind)
        rows = connection.execute(select(*places, func.count()).group_by(*places))
        for unit, village, kind, pages in rows:
            name = villages.get(village or "", unnamed)[3]
            found.append(
                PlaceNews(unit or "", village or "", name, NewsKind(kind), entity, int(pages))
            )
    return sorted(
        found,
        key=lambda it: (
            it.unit,
            not it.village,
            villages.get(it.village, unnamed),
            it.kind.value,
            it.entity,
        ),
    )


def events(connection: Connection, piece: Piece) -> int:
    """How many events were written down."""
    which = _events(connection, piece).subquery()
    return int(connection.execute(select(func.count()).select_from(which)).scalar_one())


def besides(connection: Connection, piece: Piece) -> dict[str, dict[str, set[str]]]:
    """Of reference data that go with the bundle and are news there: type → record → the fields
    written. As in `brought.besides_records`, by record.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for entity in REFERENCES:
        rows = connection.execute(
            select(op.c.ent_id, op.c.body).where(_of_references(connection, piece, entity))
        )
        for ent_id, body in rows:
            fields = found.setdefault(entity, {}).setdefault(ent_id, set())
            fields.update(() if body is None else decode_body(body))
    return found


def begun(connection: Connection, piece: Piece, entity: str) -> frozenset[str]:
    """The records of a type of reference data that begin with the bundle."""
    which = select(op.c.ent_id).where(_of_references(connection, piece, entity), _creates())
    return frozenset(connection.execute(which).scalars())


def _of_references(connection: Connection, piece: Piece, entity: str) -> ColumnElement[bool]:
    return and_(
        op.c.ent_id.in_(select(ENTITY_TABLES[entity].c.id)),
        op.c.ent_type == entity,
        op.c.state == "accepted",
        carried_by(piece.span, None),  # these go to everybody
        ~_known(connection, piece),
    )


def pages(connection: Connection, piece: Piece, kind: NewsKind, most: int) -> list[Leaving]:
    """The first `most` pages of a kind, household by household; events in the order of the log."""
    if kind is NewsKind.EVENT:
        rows = connection.execute(_events(connection, piece).limit(most))
        return [Leaving(kind, "life_event", row.ent_id, row.root) for row in rows]
    found: list[Leaving] = []
    for entity in _PAGES:
        news = _news(connection, piece, entity).subquery()
        rows = connection.execute(
            select(news.c.id)
            .where(news.c.kind == kind.value)
            .order_by(news.c.village, news.c.home, news.c.id)
            .limit(most)
        )
        found += [Leaving(kind, entity, row.id, row.id) for row in rows]
    return found[:most]


def fields(
    connection: Connection, piece: Piece, roots: Collection[str]
) -> list[tuple[str, str, str]]:
    """(page, type of record, body) of the operations of some pages, in the order of the log."""
    rows = connection.execute(
        select(op.c.root, op.c.ent_type, op.c.body)
        .where(_travels(connection, piece), op.c.root.in_(sorted(roots)), op.c.body.is_not(None))
        .order_by(op.c.position)
    )
    return [(row.root, row.ent_type, row.body) for row in rows]


def _travels(connection: Connection, piece: Piece) -> Any:
    return and_(
        carried_by(piece.span, piece.units),
        op.c.state == "accepted",
        op.c.ent_type.not_in(STAYS),
        ~_known(connection, piece),
    )


def _known(connection: Connection, piece: Piece) -> ColumnElement[bool]:
    """What the receiver has told this register of, or is the work of its own units, or comes back
    from it: it travels back to it, and is no news there. For the unit above the same rule as
    `sending.own_work`.
    """
    if piece.beside:
        return false()
    brought = select(bundle_in.c.number)
    parts: list[ColumnElement[bool]] = []
    if piece.above:
        brought = brought.where(bundle_in.c.direction == Direction.ABOVE.value)
        parts.append(op.c.by.not_in(sorted(piece.writers)))
        others = carried_up(connection, piece.to, piece.span.start)
        parts += [] if others is None else [others]
    else:
        brought = brought.where(bundle_in.c.unit == piece.to)
        parts.append(op.c.by.in_(sorted(piece.writers)))
    # Without the coalesce nothing would be known of what was written here.
    return or_(*parts, func.coalesce(op.c.bundle_in, 0).in_(brought))


def _all_new(connection: Connection, piece: Piece) -> bool:
    """Whether the piece is the whole log, and the receiver knows nothing of it. Asked of an index:
    there may be half a million operations.
    """
    if piece.units is not None or piece.span.start:
        return False
    if piece.span.end != last_position(connection):
        return False
    known = select(op.c.position).where(
        op.c.state == "accepted", op.c.ent_type.not_in(STAYS), _known(connection, piece)
    )
    return connection.execute(known.limit(1)).first() is None


def _events(connection: Connection, piece: Piece) -> Select[Any]:
    return (
        select(op.c.ent_id, op.c.root)
        .where(_travels(connection, piece), op.c.ent_type == "life_event", _creates())
        .order_by(op.c.position)
    )


def _creates() -> Any:
    return func.length(op.c.parents) == 0


def _news(connection: Connection, piece: Piece, entity: str) -> Select[Any]:
    """(id, unit, home, village, kind) of the pages of a type that travel."""
    table = _PAGES[entity]
    if _all_new(connection, piece):
        # The whole log: every page is new, and nobody walks over half a million operations.
        told = select(
            table.c.id.label("root"), literal(1).label("created"), literal(0).label("moved")
        ).subquery()
    else:
        told = (
            select(
                op.c.root,
                func.max(as_type(and_(op.c.ent_id == op.c.root, _creates()), Integer)).label(
                    "created"
                ),
                func.max(
                    as_type(and_(op.c.writes_owner, func.length(op.c.parents) > 0), Integer)
                ).label("moved"),
            )
            .where(_travels(connection, piece))
            .group_by(op.c.root)
            .subquery()
        )
    kind = case(
        (table.c["_hidden"], NewsKind.HIDDEN.value),
        (told.c.moved == 1, NewsKind.MOVED.value),
        (told.c.created == 1, NewsKind.NEW.value),
        else_=NewsKind.CHANGED.value,
    ).label("kind")
    if entity == "household":
        return select(
            table.c.id,
            table.c.owner_unit.label("unit"),
            table.c.id.label("home"),
            table.c.village,
            kind,
        ).join(told, told.c.root == table.c.id)
    return (
        select(
            table.c.id,
            table.c.owner_unit.label("unit"),
            table.c.household.label("home"),
            _household.c.village,
            kind,
        )
        .join(told, told.c.root == table.c.id)
        .join(_household, _household.c.id == table.c.household, isouter=True)
    )


class Lacking(NamedTuple):
    """What an older copy of a store lacks: changes that came from elsewhere, that were written here
    and handed over, and that were written here and went nowhere, with the households and children
    these last are about. `unit` and `seq` name the newest bundle that carried any of those handed
    over, "" for none.
    """

    received: int
    handed_over: int
    nowhere: int
    households: int
    children: int
    unit: str
    seq: int
    sent: int


def held(connection: Connection) -> tuple[int, int, datetime | None]:
    """(households, children, last change) of a store; what is hidden is not counted."""
    numbers = [
        int(
            connection.execute(
                select(func.count()).select_from(table).where(table.c["_hidden"].is_(False))
            ).scalar_one()
        )
        for table in _PAGES.values()
    ]
    walls = connection.execute(
        select(op.c.wall).where(op.c.position > last_position(connection) - _NEWEST)
    ).scalars()
    # What no calendar has is nobody's last change.
    saved = max(filter(None, map(moment_of, walls)), default=None)
    return numbers[0], numbers[1], saved


def lacking(now: Connection, then: Connection, replica: str) -> Lacking:
    """What the store `now`, which writes under `replica`, has and its older copy `then` lacks."""
    start = _common(now, then)
    later = and_(op.c.position > start, op.c.state == "accepted", op.c.ent_type.not_in(STAYS))
    own = op.c.bundle_in.is_(None)

    def number(which: Any) -> int:
        statement = select(func.count()).select_from(op).where(later, which)
        return int(now.execute(statement).scalar_one())

    newest = _newest_to_each(now, replica)
    carried = [_handed_over(now, one) for one in newest]
    somewhere = or_(false(), *carried)
    gone = and_(own, ~somewhere)
    roots = select(op.c.root).where(later, gone).distinct()
    pages = [
        int(
            now.execute(
                select(func.count()).select_from(table).where(table.c.id.in_(roots))
            ).scalar_one()
        )
        for table in _PAGES.values()
    ]
    told = zip(newest, carried, strict=True)
    sent = next((one for one, which in told if number(and_(own, which))), None)
    return Lacking(
        number(op.c.bundle_in.is_not(None)),
        number(and_(own, somewhere)),
        number(gone),
        pages[0],
        pages[1],
        "" if sent is None else sent.unit,
        0 if sent is None else sent.seq,
        0 if sent is None else sent.created,
    )


class _Sent(NamedTuple):
    unit: str
    seq: int
    created: int
    log_to: int


def _newest_to_each(connection: Connection, replica: str) -> list[_Sent]:
    """The newest bundle of this id that was handed over to each unit, the furthest of them first.

    Those of an id given up are left out: what they were about is not known any more, and the first
    bundle under a new id holds everything once more.
    """
    rows = connection.execute(
        select(bundle_out.c.unit, bundle_out.c.seq, bundle_out.c.created, bundle_out.c.log_to)
        .where(bundle_out.c.handover.is_not(None), bundle_out.c.replica == replica)
        .order_by(bundle_out.c.log_to.desc(), bundle_out.c.seq.desc())
    )
    found: dict[str, _Sent] = {}
    for row in rows:
        found.setdefault(row.unit, _Sent(*row))
    return list(found.values())


def _handed_over(connection: Connection, bundle: _Sent) -> ColumnElement[bool]:
    """What a bundle, or one before it, carried: everything up to its end, or what lies in the units
    that it was about. A record that came there later was not among it, nor one that has left.
    """
    until = bundle.log_to
    units = scope_out.about(connection, bundle.unit, until)
    if scope_out.WHOLE in units:
        return op.c.position <= until
    if not units:
        return false()
    return and_(
        op.c.position <= until,
        op.c.root.in_(roots_in_scope(units)),
        op.c.root.not_in(entered_since(Span(until, until), units)),
    )


def _common(now: Connection, then: Connection) -> int:
    """Up to which place the two logs are one. A copy's log is the beginning of the store's, unless
    the store was restored since: then that place is looked for by halves.
    """

    def at(connection: Connection, position: int) -> bytes | None:
        found = connection.execute(
            select(op.c.op_id).where(op.c.position <= position).order_by(op.c.position.desc())
        ).first()
        return None if found is None else bytes(found.op_id)

    low, high = 0, min(last_position(now), last_position(then))
    while low < high:
        middle = (low + high + 1) // 2
        if at(now, middle) == at(then, middle):
            low = middle
        else:
            high = middle - 1
    return low
