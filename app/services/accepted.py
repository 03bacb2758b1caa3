"""Which records are accepted: an accepted handover holds all that was written on them.

Acceptance is one field of a handover, for all its records but those that were sent back (3-data.md,
"State, acceptance, import"). At a unit that receives, its own verdict counts; what a unit wrote
itself is accepted with a handover of its own that the unit above accepted, and at the top, where
nobody is above, as soon as the unit's first handover was. An edit afterwards makes a record one
that changed since, until the next acceptance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.forms.units import Tier
from app.history.door import Direction
from app.models import bundles
from app.models.queries import accepting, counting, register
from app.models.queries import handovers as handover_queries
from app.models.queries.accepting import Word
from app.models.queries.covering import Covered, covered
from app.models.queries.handovers import Return
from app.models.store import Reading
from app.services.handover_scope import reach, units_of_each
from app.services.handover_values import ACCEPTED, text_of
from app.services.workplace import Workplace

#: Beyond every place of a log.
_EVER = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many children who count are not accepted: `never` in units of which no handover was ever
    accepted, `changed` since one was, `sent_back` and not answered yet. Each counts in one of them.
    """

    never: int
    changed: int
    sent_back: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.never + self.changed + self.sent_back


@dataclass(frozen=True, slots=True)
class AcceptedRegister:
    """The children who count in some units and whose record and household are accepted, and how
    many are not.
    """

    children: frozenset[str]
    waiting: Waiting


def accepted_register(
    workplace: Workplace, reading: Reading, units: Sequence[str]
) -> AcceptedRegister:
    """What of these units is accepted, counted for the open round's day as every number is."""
    basis = counting.basis_of(reading, workplace.today())
    groups, nobody = _words(workplace, reading, units)
    beyond: set[str] = set()
    for word, those in groups.items():
        beyond |= accepting.not_accepted(reading, those, word)
    back = _sent_back(reading)
    never = len(accepting.counted_children(reading, nobody, basis)) if nobody else 0
    there = [one for those in groups.values() for one in those]
    children = accepting.counted_children(reading, there, basis) if there else {}
    taken, changed, sent_back = set(), 0, 0
    for one, home in children.items():
        if one in back or home in back:
            sent_back += 1
        elif one in beyond or home in beyond:
            changed += 1
        else:
            taken.add(one)
    return AcceptedRegister(frozenset(taken), Waiting(never, changed, sent_back))


def _words(
    workplace: Workplace, reading: Reading, units: Sequence[str]
) -> tuple[dict[Word, list[str]], list[str]]:
    """The units by what is accepted of them, and those of which nothing ever was."""
    tree, tier = workplace.tree, workplace.tier.value
    above = tree.tiers_above(workplace.unit)
    known = handover_queries.handovers(reading)
    came: dict[str, frozenset[int]] = {
        way: frozenset(one.number for one in bundles.incoming(reading) if one.direction == way)
        for way in (Direction.ABOVE.value, Direction.BESIDE.value)
    }
    given = [
        one.id
        for one in known
        if text_of(one.values, "owner_unit") == workplace.unit
        and any(text_of(one.values, f"verdict_{up}") == ACCEPTED for up in above)
    ]
    sent_to = accepting.sent_up_to(reading, given)
    ends: dict[str, Covered] = {}
    accepted = [one for one in known if text_of(one.values, f"verdict_{tier}") == ACCEPTED]
    theirs = units_of_each(workplace, reading, accepted)
    for one in accepted:
        end = covered(reading, one.id, tier)
        if end is None:
            continue
        for unit in reach(tree, theirs[one.id]):
            held = ends.get(unit)
            if held is None or held.position < end.position:
                ends[unit] = end
    groups: dict[Word, list[str]] = {}
    nobody = []
    for unit in units:
        last = ends.get(unit)
        if last is None and not sent_to:
            nobody.append(unit)
            continue
        own_to = (
            _EVER
            if workplace.tier is Tier.PROVINCE
            else max(sent_to, 0 if last is None else last.position)
        )
        word = Word(came[Direction.ABOVE.value], came[Direction.BESIDE.value], own_to, last)
        groups.setdefault(word, []).append(unit)
    return groups, nobody


def _sent_back(reading: Reading) -> set[str]:
    """The households and children that were sent back, by whichever unit, and wait for an answer; a
    circumstance stands for its child.
    """
    return {
        _root(reading, one)
        for one, answer in handover_queries.returned_records(reading)
        if answer is None
    }


def _root(reading: Reading, one: Return) -> str:
    if one.entity in ("child", "household"):
        return one.id
    found = register.record(reading, one.entity, one.id)
    return str(found.values.get("record") or one.id) if found is not None else one.id
