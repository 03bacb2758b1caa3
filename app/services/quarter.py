"""The quarterly review: a village walked household by household, as one walks the paper book.

A household is confirmed in the open round when its `survey_round` names that round; `survey_date`
is the day it was confirmed. Confirming is an ordinary save, so that it travels, merges and is
judged like any other. Life events are recorded by `app.services.life_events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import KnownError
from app.forms.units import Tier
from app.history.operation import Value
from app.ids import new_id
from app.models.queries import quarter as quarter_queries
from app.models.queries import register
from app.models.queries.quarter import WalkStep as WalkStep
from app.models.queries.rounds import RoundView, open_round
from app.models.store import Reading
from app.models.work import Change
from app.services import acts, saving
from app.services.household_card import Card as Card
from app.services.household_card import card_of
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace

#: What the acts of a review begin with: confirmations and events.
ACT_PREFIX = "review-"


@dataclass(frozen=True, slots=True)
class VillageProgress:
    """A village of the walk. An empty id stands for households without a village."""

    id: str
    name: str
    confirmed: int
    households: int

    @property
    def done(self) -> bool:
        """Whether nobody is left."""
        return self.confirmed == self.households


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far a commune is in the open round. Without one `round_id` is empty and nothing counts.

    `days_left` is negative once the round should have ended, None where it names no end.
    """

    round_id: str
    round_name: str
    days_left: int | None
    villages: tuple[VillageProgress, ...]

    @property
    def confirmed(self) -> int:
        """Confirmed households of all villages."""
        return sum(one.confirmed for one in self.villages)

    @property
    def households(self) -> int:
        """Households of all villages."""
        return sum(one.households for one in self.villages)


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """How far one commune is, for the offices above it."""

    unit: str
    name: str
    confirmed: int
    households: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A household that was confirmed, and what takes that back: the act, what stood there before,
    and the heads that the confirmation left. `incomplete` says that the household was declared
    complete and has errors that wrote this off.
    """

    household: str
    act: str
    before: tuple[Value, Value]
    heads: tuple[bytes, ...]
    incomplete: bool = False


class Quarter:
    """Use cases of the quarterly review."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    # --- how far ----------------------------------------------------------------------------

    def progress(self, unit: str = "") -> RoundProgress:
        """The villages of a commune (this installation's own when none is named), in its order."""
        self._workplace.require(Right.READ)
        unit = unit or self._workplace.unit
        with self._workplace.store.read() as reading:
            current = open_round(reading)
            if current is None:
                return RoundProgress("", "", None, ())
            counted = {
                one.village: one for one in quarter_queries.progress(reading, [unit], current.id)
            }
            named = [
                (one.id, str(one.values.get("name") or ""))
                for one in register.villages(reading, unit)
            ]
        known = {ent_id for ent_id, _ in named}
        # A place that nobody here can name is walked all the same: its households are in the book.
        places = [*named, *((one, "") for one in sorted(counted.keys() - known))]
        return RoundProgress(
            current.id,
            current.name,
            _days_left(current, self._workplace.today()),
            tuple(
                VillageProgress(ent_id, name, counted[ent_id].confirmed, counted[ent_id].households)
                for ent_id, name in places
                if ent_id in counted
            ),
        )

    def progress_by_commune(self) -> list[UnitProgress]:
        """The communes below (or this one) that have households, by their order in the tree."""
        self._workplace.require(Right.READ)
        tree = self._workplace.tree
        communes = [
            one for one in sorted(self._workplace.reach()) if tree.units.tier(one) is Tier.COMMUNE
        ]
        with self._workplace.store.read() as reading:
            current = open_round(reading)
            if current is None:
                return []
            found: dict[str, tuple[int, int]] = {}
            for one in quarter_queries.progress(reading, communes, current.id):
                confirmed, households = found.get(one.unit, (0, 0))
                found[one.unit] = (confirmed + one.confirmed, households + one.households)
        return [
            UnitProgress(unit, tree.units.unit(unit).full_name(), *found[unit])
            for unit in communes
            if unit in found
        ]

    def walk(self, village: str, unit: str = "") -> list[WalkStep]:
        """The households of a village in the order of the book, each with whether it is confirmed.

        Raises KnownError `quarter.no_round`.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            current = require_round(reading)
            own = unit or self._workplace.unit
            return quarter_queries.walk(reading, own, village, current.id)

    def card(self, household: str) -> Card | None:
        """A household on one card, None where it is not here (any more).

        Raises KnownError `quarter.no_round`.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return card_of(self._workplace, reading, household, require_round(reading))

    # --- confirming -------------------------------------------------------------------------

    def confirm(self, household: str) -> Confirmation:
        """Nothing has changed in a household: it is confirmed for the open round, today.

        Raises KnownError `quarter.no_round`, `records.unknown`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        with workplace.write() as work:
            current = require_round(work.connection)
            found = register.record(work.connection, "household", household)
            if found is None or found.hidden:
                raise KnownError("records.unknown", "records.unknown_hint", id=household)
            values: dict[str, Value] = {
                "survey_round": current.id,
                "survey_date": workplace.today().isoformat(),
            }
            change = Change("household", values, household, base=found.heads, loaded=found.values)
            act = f"{ACT_PREFIX}{new_id()}"
            (done,) = saving.save_in(workplace, work, [RecordSave(change)], act)
            work.commit()
        before = (found.values.get("survey_round"), found.values.get("survey_date"))
        return Confirmation(household, act, before, done.base, bool(done.errors))

    def take_back(self, confirmation: Confirmation) -> None:
        """Take a confirmation back: the household says again what it said before.

        As long as no bundle may have carried it, it is as if it had never been said. Raises
        KnownError `quarter.changed_since` when somebody has worked on the household meanwhile.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        with workplace.write() as work:
            found = register.record(work.connection, "household", confirmation.household)
            if found is None or {*found.heads} != {*confirmation.heads}:
                raise KnownError("quarter.changed_since", "quarter.changed_since_hint")
            if acts.in_the_way(work.connection, confirmation.act) is None:
                acts.put_aside(work, confirmation.act)
                work.commit()
                return
            values = dict(zip(("survey_round", "survey_date"), confirmation.before, strict=True))
            change = Change(
                "household", values, confirmation.household, base=found.heads, loaded=found.values
            )
            saving.save_in(workplace, work, [RecordSave(change)])
            work.commit()


def require_round(reading: Reading) -> RoundView:
    """The open round. Raises KnownError `quarter.no_round`."""
    current = open_round(reading)
    if current is None:
        raise KnownError("quarter.no_round", "quarter.no_round_hint")
    return current


def _days_left(current: RoundView, today: date) -> int | None:
    return (date.fromisoformat(current.closes_on) - today).days if current.closes_on else None
