"""Rounds (đợt rà soát): opened and closed by the province, the same for everyone below.

A round is reference data: it counts everywhere because the province's signature is on it, and a
unit without the right to sign refuses to make one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import KnownError
from app.forms.references import Fault
from app.forms.round_checks import MOVED_OUT_QUARTERS, QUARTERS, round_faults
from app.history.operation import Value
from app.models.queries import rounds as round_queries
from app.models.queries.rounds import RoundView
from app.models.queries.worklist import progress
from app.models.work import Change
from app.services.blocking_rules import BlockingRule, blocking_rules, known_rules
from app.services.reference_data.files import Place
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.normalize import clean

__all__ = [
    "CLOSED",
    "KINDS",
    "MOVED_OUT_QUARTERS",
    "OPEN",
    "QUARTERS",
    "NewRound",
    "RoundProgress",
    "RoundView",
    "Rounds",
]

OPEN, CLOSED = "open", "closed"
#: Kinds of rounds: the whole register once, or what changed in a quarter.
KINDS = ("survey", "quarterly")


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round to open. `born_from` is the age cut-off of the plan; None lets the law decide.
    `moved_out_quarters` says for how many quarters before the reference date a child who moved out
    is counted where it was, until the unit it went to has it.
    """

    name: str
    reference_date: date
    opens_on: date
    closes_on: date
    kind: str = "survey"
    born_from: date | None = None
    blocking_rules: Sequence[str] = ()
    moved_out_quarters: int = MOVED_OUT_QUARTERS


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far the households are that this PC keeps: `seen` of them were visited in the round,
    `done` of those are finished with every child. `days_left` is below 0 once the round is over,
    None where it has no last day.
    """

    households: int
    seen: int
    done: int
    days_left: int | None


def _told(wrong: Fault) -> dict[str, object]:
    return {**dict(wrong.parameters), "place": Place("", entity="new_round")}


class Rounds:
    """Use cases on rounds."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[RoundView]:
        """All rounds, the newest first."""
        with self._workplace.store.read() as reading:
            return round_queries.rounds(reading)

    def open_round(self) -> RoundView | None:
        """The round that is open now."""
        with self._workplace.store.read() as reading:
            return round_queries.open_round(reading)

    def days_left(self, one: RoundView) -> int | None:
        """Days until the last day of a round, below 0 once it is over; None without a last day."""
        if not one.closes_on:
            return None
        return (date.fromisoformat(one.closes_on) - self._workplace.today()).days

    def progress(self, round_id: str) -> RoundProgress:
        """How far a round is, in the households of this PC. Raises KnownError `rounds.unknown`."""
        with self._workplace.store.read() as reading:
            found = round_queries.round_of(reading, round_id)
            if found is None:
                raise KnownError("rounds.unknown", "rounds.unknown_hint", id=round_id)
            places = progress(reading, self._workplace.reach(), round_id, by_village=False)
        return RoundProgress(
            sum(one.households for one in places),
            sum(one.seen for one in places),
            sum(one.done for one in places),
            self.days_left(found),
        )

    def refusal(self) -> KnownError | None:
        """Why nobody opens or closes a round on this PC; None where its signature counts."""
        workplace = self._workplace
        nowhere_but_above = KnownError("rights.not_reference", "rights.not_reference_hint")
        try:
            workplace.must_be_real()
            if workplace.reference_signer is None:
                return nowhere_but_above
            with workplace.store.read() as reading:
                workplace.reference_signer(reading)
        except KnownError as error:
            if error.message_id != "enrol.not_enrolled":
                return error
            if workplace.tree.units.parent(workplace.unit) is not None:
                return nowhere_but_above  # a certificate would change nothing
            return KnownError("rounds.not_certified", "rounds.not_certified_hint")
        return None

    def blocking_rules(self) -> Sequence[BlockingRule]:
        """The rules that a round may block by."""
        return blocking_rules(self._workplace.catalogue)

    def new(self, asked: NewRound) -> str:
        """Open a round and return its id.

        Raises KnownError `rounds.no_name`, `rounds.dates`, `rounds.kind`, `rounds.name_taken`,
        `rounds.no_rule` for a blocking rule that no form has,
        `reference.round_day`, `reference.round_quarters`, `reference.too_long` for what no PC could
        go by,
        `rights.not_reference`, `enrol.not_enrolled`.
        """
        self._workplace.require(Right.ADMIN)
        name = clean(asked.name)
        if not name:
            raise KnownError("rounds.no_name", "rounds.no_name_hint")
        if asked.kind not in KINDS:
            raise KnownError("rounds.kind", "rounds.kind_hint", kinds=", ".join(KINDS))
        if asked.closes_on < asked.opens_on:
            raise KnownError(
                "rounds.dates",
                "rounds.dates_hint",
                opens=f"{asked.opens_on:%d/%m/%Y}",
                closes=f"{asked.closes_on:%d/%m/%Y}",
            )
        self._refuse_unknown_rules(asked.blocking_rules)
        values: dict[str, Value] = {
            "name": name,
            "kind": asked.kind,
            "reference_date": asked.reference_date.isoformat(),
            "born_from": asked.born_from.isoformat() if asked.born_from else None,
            "opens_on": asked.opens_on.isoformat(),
            "closes_on": asked.closes_on.isoformat(),
            "state": OPEN,
            "blocking_rules": sorted(asked.blocking_rules) or None,
            "moved_out_quarters": asked.moved_out_quarters,
        }
        for wrong in round_faults(values):
            raise KnownError(wrong.message_id, "rounds.dates_hint", **_told(wrong))
        with self._workplace.write() as work:
            if any(one.name == name for one in round_queries.rounds(work.connection)):
                raise KnownError("rounds.name_taken", "rounds.name_taken_hint")
            done = work.record(Change("round", values))
            work.audit("round-open", round=done.id)
            work.commit()
        return done.id

    def _refuse_unknown_rules(self, asked: Sequence[str]) -> None:
        """Of the newest forms: a rule that nothing is judged by would block nothing, unnoticed."""
        known = known_rules(self._workplace.catalogue)
        strange = sorted({*asked} - known)
        if strange:
            raise KnownError(
                "rounds.no_rule",
                "rounds.no_rule_hint",
                rules=", ".join(strange),
                known=", ".join(sorted(known)),
            )

    def close(self, round_id: str) -> None:
        """Close a round; nothing is frozen, it only stops being the open one.

        Raises KnownError `rounds.unknown`, `rights.not_reference`, `enrol.not_enrolled`.
        """
        self._workplace.require(Right.ADMIN)
        with self._workplace.write() as work:
            if all(one.id != round_id for one in round_queries.rounds(work.connection)):
                raise KnownError("rounds.unknown", "rounds.unknown_hint", id=round_id)
            work.record(Change("round", {"state": CLOSED}, id=round_id))
            work.audit("round-close", round=round_id)
            work.commit()
