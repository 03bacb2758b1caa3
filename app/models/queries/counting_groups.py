"""Counted children by group of circumstances, those who were asked about none, and the injured.

Of several records of one child the one that stands for it counts, in its unit (`counting`); a group
or an injury that only another of them tells of is the child's all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.called_same import clusters_by, same_about
from app.models.queries.counting import Basis, counted, still_counted
from app.models.queries.following import followed
from app.models.schema import ENTITY_TABLES, same_child

_child = ENTITY_TABLES["child"]
_circumstance = ENTITY_TABLES["circumstance"]
_event = ENTITY_TABLES["life_event"]


def children_by_group(
    connection: Connection, units: Collection[str], basis: Basis
) -> dict[str, set[str]]:
    """Group → counted children with an open circumstance of it, on whichever of their records.

    A circumstance is open when it has no end date and was not taken back.
    """
    units = sorted(units)
    counts_here = and_(counted(basis), _child.c.owner_unit.in_(units))
    here = (
        select(_circumstance.c.group, _circumstance.c.record)
        .join(_child, _child.c.id == _circumstance.c.record)
        .where(_open_circumstance(), counts_here)
    )
    found: dict[str, set[str]] = {}
    for row in connection.execute(here):
        found.setdefault(row.group, set()).add(row.record)
    left = [one.id for one in still_counted(connection, units, basis)]
    for part in chunks(left, IDS_AT_ONCE):
        for row in connection.execute(
            select(_circumstance.c.group, _circumstance.c.record).where(
                _open_circumstance(), _circumstance.c.record.in_(part)
            )
        ):
            found.setdefault(row.group, set()).add(row.record)
    told = _of_doubles(select(_circumstance.c.group, same_child.c.stands)).where(
        _circumstance.c.record == _child.c.id, _open_circumstance()
    )
    by_double = connection.execute(told.distinct()).all()
    counting_now = _among(connection, {row.stands for row in by_double}, counts_here)
    for row in by_double:
        if row.stands in counting_now:
            found.setdefault(row.group, set()).add(row.stands)
    return found


def _of_doubles(statement: Select[Any, Any]) -> Select[Any, Any]:
    """Of the children for whom another record stands, and whom their books follow: what such a
    record says, the child has. Who moved on is told of where it lives now.
    """
    return statement.select_from(same_child).where(
        same_child.c.record == _child.c.id,
        same_child.c.stands != "",
        same_child.c.stands != same_child.c.record,
        followed(),
    )


def _among(connection: Connection, ids: Collection[str], *which: ColumnElement[bool]) -> set[str]:
    """Those of these children of whom it holds."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(select(_child.c.id).where(_child.c.id.in_(part), *which))
        found.update(rows.scalars())
    return found


def _open_circumstance() -> ColumnElement[bool]:
    return and_(~_circumstance.c["_hidden"], _circumstance.c.circumstance_to.is_(None))


def children_unanswered(connection: Connection, units: Collection[str], basis: Basis) -> int:
    """Counted children of whom nobody knows a group, nor that there is none.

    Not asked, no answer written, or "some" without saying which: unknown, and so no part of a 0.
    Known is what any record of the child says.
    """
    known = select(_circumstance.c.record).where(_open_circumstance())
    answered = or_(
        func.coalesce(_child.c.circumstance_answer, "") == "none", _child.c.id.in_(known)
    )
    counts_here = and_(counted(basis), _child.c.owner_unit.in_(sorted(units)))
    left = [one.id for one in still_counted(connection, units, basis)]
    by_double = connection.execute(_of_doubles(select(same_child.c.stands)).where(answered))
    return (
        _children(connection, counts_here, ~answered)
        + sum(
            _children(connection, _child.c.id.in_(part), ~answered)
            for part in chunks(left, IDS_AT_ONCE)
        )
        - len(_among(connection, set(by_double.scalars()), counts_here, ~answered))
    )


def children_injured(
    connection: Connection, units: Collection[str], first: str = "", last: str = ""
) -> set[str]:
    """Children injured in an accident, or dead of one, in a period (ISO days, empty: no bound).

    An event of the period, not a state: those who died of it belong here (domain.md 2.3). Whichever
    record tells of it, it is one child's: the one that stands for it, in its unit; where none does,
    the least of those that lie here.
    """
    fatal = (_event.c.event == "died") & (_event.c.death_cause == "injury")
    statement = (
        select(_event.c.record, same_child.c.stands)
        .join(_child, _child.c.id == _event.c.record)
        .join(same_child, same_child.c.record == _event.c.record, isouter=True)
        .where(
            ~_event.c["_hidden"],
            ~_child.c["_hidden"],
            (_event.c.event == "injured") | fatal,
        )
    )
    if first:
        statement = statement.where(_event.c.event_date >= first)
    if last:
        statement = statement.where(_event.c.event_date <= last)
    hurt: set[str] = set()
    unsaid: set[str] = set()
    for row in connection.execute(statement):
        if row.stands == "":
            unsaid.add(row.record)
        else:
            hurt.add(row.stands or row.record)
    hurt |= _least_of(connection, unsaid)
    return _among(connection, hurt, _child.c.owner_unit.in_(sorted(units)))


def _least_of(connection: Connection, ids: Collection[str]) -> set[str]:
    """Of the clusters of these children the least record that is visible here."""
    if not ids:
        return set()
    clusters = clusters_by(same_about(connection, ids))
    members = {one for child in ids for one in clusters.of(child)}
    here = _among(connection, members, ~_child.c["_hidden"])
    return {min(clusters.of(child) & here) for child in ids}


def _children(connection: Connection, *where: ColumnElement[bool]) -> int:
    found = select(func.count()).select_from(_child).where(*where)
    return int(connection.execute(found).scalar_one())
