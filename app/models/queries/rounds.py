"""Rounds (đợt rà soát) as the province opened them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.models.rows import values_of
from app.models.schema import ENTITY_TABLES

_round = ENTITY_TABLES["round"]


_TEXTS = ("name", "kind", "reference_date", "born_from", "opens_on", "closes_on", "state")


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round. Dates are ISO; `born_from` is the age cut-off, a parameter of the round."""

    id: str
    name: str
    kind: str
    reference_date: str
    born_from: str
    opens_on: str
    closes_on: str
    state: str
    blocking_rules: tuple[str, ...]


#: Built once: every save asks which round is open.
_ROUNDS = select(_round).where(~_round.c["_hidden"]).order_by(_round.c.opens_on.desc(), _round.c.id)


def rounds(connection: Connection) -> list[RoundView]:
    """All rounds, the newest first."""
    found = []
    for row in connection.execute(_ROUNDS).mappings():
        values = values_of("round", dict(row))
        said = {name: str(values.get(name) or "") for name in _TEXTS}
        rules = values.get("blocking_rules")
        blocking = tuple(rules) if isinstance(rules, list) else ()
        found.append(RoundView(id=row["id"], blocking_rules=blocking, **said))
    return found


def open_round(connection: Connection) -> RoundView | None:
    """The newest round that is open."""
    return next((one for one in rounds(connection) if one.state == "open"), None)
