"""Whom the register follows here: the one condition behind counts, lists and what waits."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.forms.code_lists import load_code_list
from app.models.schema import ENTITY_TABLES

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_FOLLOWED = "ACTIVE"
#: Temporary residence of less than six months, in the code lists of households and of children.
HOUSEHOLD_SHORT, _CHILD_SHORT = "3", "4"


def followed() -> ColumnElement[bool]:
    """Whom the register follows here, of whatever age: visible, alive and here, of at least six
    months' residence in a household that has the same (domain.md 2.4).
    """
    home = _child.c.household
    short = select(_household.c.id).where(_household.c.residence_status == HOUSEHOLD_SHORT)
    return and_(_by_itself(), or_(home.is_(None), home.not_in(short)))


def followed_beside_household() -> ColumnElement[bool]:
    """`followed` in a statement that has the child's household joined, by an outer join."""
    residence = func.coalesce(_household.c.residence_status, "")
    return and_(_by_itself(), residence != HOUSEHOLD_SHORT)


def _by_itself() -> ColumnElement[bool]:
    gone = sorted(set(load_code_list("life_status").codes) - {_FOLLOWED})
    return and_(
        ~_child.c["_hidden"],
        func.coalesce(_child.c.life_status, _FOLLOWED).not_in(gone),
        func.coalesce(_child.c.residence_status, "") != _CHILD_SHORT,
    )
