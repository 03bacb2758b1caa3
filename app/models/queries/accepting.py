"""What of the register nobody has accepted yet: operations that no accepted handover holds.

What belongs to a handover is said by `covering`. Nothing here decides who may accept.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from app.models.queries.counting import Basis, counted
from app.models.queries.covering import Covered
from app.models.queries.verifying import changed_in
from app.models.schema import ENTITY_TABLES, bundle_out, op

_child = ENTITY_TABLES["child"]


class Word(NamedTuple):
    """Whose operations need nobody's acceptance: what the bundles `from_above` brought; what was
    written in this unit (here, or with the bundles `from_beside`) up to place `own_to` of the log;
    and what came with the last accepted handover, `end`, None where there is none.
    """

    from_above: frozenset[int]
    from_beside: frozenset[int]
    own_to: int
    end: Covered | None


def not_accepted(connection: Connection, units: Collection[str], word: Word) -> set[str]:
    """The households and children of these units with anything that is not accepted."""
    return changed_in(connection, units, _beyond(word))


def _beyond(word: Word) -> ColumnElement[bool]:
    bundle = func.coalesce(op.c.bundle_in, 0)
    own = or_(bundle == 0, bundle.in_(sorted(word.from_beside)))
    came: ColumnElement[bool] = false()
    if word.end is not None:
        came = or_(
            and_(~own, bundle <= word.end.bundle), and_(~own, bundle.in_(sorted(word.end.late)))
        )
    return and_(
        op.c.position > 0,
        bundle.not_in(sorted(word.from_above)),
        ~came,
        ~and_(own, op.c.position <= word.own_to),
    )


def counted_children(
    connection: Connection, units: Collection[str], basis: Basis
) -> dict[str, str]:
    """The children of these units who count, with their households, "" for none."""
    statement = select(_child.c.id, func.coalesce(_child.c.household, "")).where(
        counted(basis), _child.c.owner_unit.in_(sorted(units))
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def sent_up_to(connection: Connection, handovers: Collection[str]) -> int:
    """The last place of the log that a bundle of one of these handovers carried; 0 for none."""
    statement = select(func.max(bundle_out.c.log_to)).where(
        bundle_out.c.handover.in_(sorted(handovers))
    )
    return int(connection.execute(statement).scalar() or 0)
