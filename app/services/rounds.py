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
from app.forms.round_checks import round_faults
from app.forms.validator import error_rules
from app.history.operation import Value
from app.models.queries import rounds as round_queries
from app.models.queries.rounds import RoundView
from app.models.work import Change
from app.services.reference_data.files import Place
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.normalize import clean

OPEN, CLOSED = "open", "closed"
#: Kinds of rounds: the whole register once, or what changed in a quarter.
KINDS = ("survey", "quarterly")


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round to open. `born_from` is the age cut-off of the plan; None lets the law decide."""

    name: str
    reference_date: date
    opens_on: date
    closes_on: date
    kind: str = "survey"
    born_from: date | None = None
    blocking_rules: Sequence[str] = ()


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

    def new(self, asked: NewRound) -> str:
        """Open a round and return its id.

        Raises KnownError `rounds.no_name`, `rounds.dates`, `rounds.kind`, `rounds.name_taken`,
        `rounds.no_rule` for a blocking rule that no form has,
        `reference.round_day`, `reference.too_long` for what no PC could go by,
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
        catalogue = self._workplace.catalogue
        known = error_rules(catalogue.newest("household")) | error_rules(catalogue.newest("child"))
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
