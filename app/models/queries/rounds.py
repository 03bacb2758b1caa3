"""Rounds (đợt rà soát) as the province opened them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from app.forms.references import Unusable
from app.forms.round_checks import round_faults
from app.history.operation import Value
from app.models.rows import values_of
from app.models.schema import ENTITY_TABLES, op
from app.text.moments import moment_of
from app.text.normalize import clean

_round = ENTITY_TABLES["round"]
#: Letters of a name that people are told; of what came it may be of any length.
_SHOWN = 40
_TEXTS = ("name", "kind", "reference_date", "born_from", "opens_on", "closes_on", "state")


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round. Dates are ISO; parameters of the round are `born_from`, the age cut-off, and
    `moved_out_quarters`: for how long before its day a child who moved out and was not found
    anywhere is counted where it was (None: `MOVED_OUT_QUARTERS`).
    """

    id: str
    name: str
    kind: str
    reference_date: str
    born_from: str
    opens_on: str
    closes_on: str
    state: str
    blocking_rules: tuple[str, ...]
    moved_out_quarters: int | None = None


#: Built once: every save asks which round is open.
_ROUNDS = select(_round).where(~_round.c["_hidden"]).order_by(_round.c.opens_on.desc(), _round.c.id)


def rounds(connection: Connection) -> list[RoundView]:
    """All rounds, the newest first. One that nobody can go by is left out (`faulty_rounds`)."""
    found = []
    for ent_id, values in _stored(connection):
        if next(round_faults(values), None) is not None:
            continue
        said = {name: str(values.get(name) or "") for name in _TEXTS}
        rules = values.get("blocking_rules")
        blocking = tuple(rules) if isinstance(rules, list) else ()
        quarters = values.get("moved_out_quarters")
        found.append(
            RoundView(
                id=ent_id,
                blocking_rules=blocking,
                moved_out_quarters=quarters if isinstance(quarters, int) else None,
                **said,
            )
        )
    return found


def faulty_rounds(connection: Connection) -> list[Unusable]:
    """The rounds that came and that nobody can go by, each with the first thing wrong with it."""
    found = []
    for ent_id, values in _stored(connection):
        wrong = next(round_faults(values), None)
        if wrong is not None:
            name = clean(str(values.get("name") or ""))[:_SHOWN]
            found.append(Unusable("round", name or ent_id, wrong))
    return found


def _stored(connection: Connection) -> Iterator[tuple[str, Mapping[str, Value]]]:
    for row in connection.execute(_ROUNDS).mappings():
        yield row["id"], values_of("round", dict(row))


def round_of(connection: Connection, round_id: str) -> RoundView | None:
    """The round of an id; None where there is none that anybody can go by."""
    return next((one for one in rounds(connection) if one.id == round_id), None)


def open_rounds(connection: Connection) -> list[RoundView]:
    """The rounds that are open, the newest first."""
    return [one for one in rounds(connection) if one.state == "open"]


def open_round(connection: Connection) -> RoundView | None:
    """The newest round that is open: what everything goes by for which nobody names another."""
    return next(iter(open_rounds(connection)), None)


class Begun(NamedTuple):
    """When a round was made, by the clock of the PC that made it: the same on every PC; and where
    in this log it came to be known.
    """

    on: datetime
    place: int


def begun_at(connection: Connection, round_id: str) -> Begun | None:
    """When a round was made; None for one that is not known, or made on no day of the calendar."""
    first = select(func.min(op.c.wall), func.min(op.c.position)).where(
        op.c.ent_id == round_id, op.c.state == "accepted", func.length(op.c.parents) == 0
    )
    wall, place = connection.execute(first).one()
    on = None if wall is None else moment_of(int(wall))
    return None if on is None else Begun(on, int(place))
