"""The children of the register as they are compared with one another."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from app.matching.person import Person
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_decision = ENTITY_TABLES["match_decision"]
_PAGE = 2000


def compared_people(connection: Connection) -> Iterator[Person]:
    """Every child that the register follows here. Who left is looked for by `moves`."""
    statement = (
        select(
            _child.c.id,
            *(
                func.coalesce(column, "")
                for column in (
                    _child.c.full_name,
                    _child.c.birth_date,
                    _child.c.sex,
                    _child.c.personal_id,
                    _child.c.mother_name,
                    _child.c.mother_birth_year,
                    _child.c.father_name,
                    _child.c.father_birth_year,
                    _household.c.head_name,
                    _household.c.phone,
                    _child.c.household,
                    _household.c.village,
                    _child.c.owner_unit,
                )
            ),
        )
        .select_from(_child)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(followed_beside_household())
    )
    for row in connection.execute(statement.execution_options(yield_per=_PAGE)):
        yield Person(*map(str, row))


def decided_pairs(connection: Connection) -> set[frozenset[str]]:
    """The pairs of children about whom something is decided. What was opened again is offered."""
    rows = connection.execute(
        select(_decision.c.record, _decision.c.other_child).where(
            ~_decision.c["_hidden"], _decision.c.verdict.in_(("same", "different"))
        )
    )
    return {frozenset((row.record, row.other_child)) for row in rows}
