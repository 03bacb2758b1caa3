"""Since which position of this replica's log the records of which units go to a receiving unit.

A cursor says how far a unit has this log, and only of the records that were in its scope by then.
What comes into the scope as a whole unit (a certificate names one more, a decree merges communes)
has lain in the log for years: it is sent whole until an acknowledgement reaches its position here.
Local like `peer`; every PC of a unit keeps its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, exists, select

from app.models.bulk import insert_rows
from app.models.log import next_positions
from app.models.schema import bundle_out, scope_out

#: Stands for the whole log, whoever owns a record: what goes up, or to a PC of the same unit.
WHOLE = ""


def came_late(
    connection: Connection, unit: str, units: Collection[str] | None, cursor: int
) -> frozenset[str]:
    """Those of `units` whose older records the receiver does not have, though it acknowledged the
    log up to `cursor`; `WHOLE` where `units` is None and it had a part until now.

    Nothing is written: what no bundle was about yet counts as late.
    """
    if not cursor:
        return frozenset()  # the whole log goes, as far as it is in scope
    known = _known(connection, unit)
    return frozenset(
        one
        for one in _members(units)
        if (position := known.get(one, known.get(WHOLE))) is None or position > cursor
    )


def note(connection: Connection, replica: str, unit: str, units: Collection[str] | None) -> None:
    """Note, before the next bundle's end is read, what it is about.

    What is new takes a position of its own, so that no acknowledgement of an earlier bundle covers
    it; what is in scope no more is forgotten, so that it is new if it comes back.
    """
    known, members = _known(connection, unit), _members(units)
    new = sorted(members - known.keys())
    if new:
        position = known.get(WHOLE)
        if position is None:
            position = next_positions(connection, 1) if _sent(connection, replica, unit) else 0
        insert_rows(
            connection,
            scope_out,
            ("unit", "member", "position"),
            [(unit, one, position) for one in new],
        )
    gone = sorted(known.keys() - members)
    if gone:
        connection.execute(
            delete(scope_out).where(scope_out.c.unit == unit, scope_out.c.member.in_(gone))
        )


def has_changed(
    connection: Connection, replica: str, unit: str, units: Collection[str] | None
) -> bool:
    """Whether the next bundle is about other units than those before it: then it is noted before
    the end of its piece of the log is read. With the first bundle of a line it may be noted, too:
    all of the log is before it.
    """
    known = _known(connection, unit)
    return known.keys() != _members(units) and (bool(known) or _sent(connection, replica, unit))


def about(connection: Connection, unit: str, position: int) -> frozenset[str]:
    """The units that the bundles to a unit are about and were by a place of this log; `WHOLE` among
    them for everything. Empty where no bundle of this line was sealed.
    """
    known = _known(connection, unit)
    return frozenset(one for one, since in known.items() if since <= position)


def forget(connection: Connection) -> None:
    """For a new replica id: what went out under the old one says nothing of the new one."""
    connection.execute(delete(scope_out))


def _members(units: Collection[str] | None) -> frozenset[str]:
    return frozenset((WHOLE,) if units is None else units)


def _known(connection: Connection, unit: str) -> Mapping[str, int]:
    rows = connection.execute(
        select(scope_out.c.member, scope_out.c.position).where(scope_out.c.unit == unit)
    )
    return {row.member: int(row.position) for row in rows}


def _sent(connection: Connection, replica: str, unit: str) -> bool:
    """Whether a bundle of this line was sealed: only that can be acknowledged without the rest."""
    line = (bundle_out.c.replica == replica, bundle_out.c.unit == unit)
    return bool(connection.execute(select(exists().where(*line))).scalar())
