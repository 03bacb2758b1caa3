"""What was sent back and waits for whoever typed it: by the second person of the unit, or by a unit
above. Of one page or of the whole register.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from app.models.queries import register
from app.models.queries import second_check as queries
from app.models.queries.handovers import Return
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.masking import reason_seen
from app.services.returns_above import returns_from_above
from app.services.workplace import Account, Workplace
from app.services.writers import is_among


@dataclass(frozen=True, slots=True)
class ReturnedRecord:
    """A record that was sent back: whom or what it is about, why, by whom.

    `household` leads to its page. `field` names what is to be looked at, "" where nothing was
    named. `from_above` says that a unit above sent it back, `mine` that the account asked for typed
    it, or nobody knows who did.
    """

    household: str
    child: str
    name: str
    reason: str
    field: str
    by: str
    on: str
    mine: bool
    from_above: bool

    @property
    def record(self) -> str:
        """The record it is about: the child, or the household."""
        return self.child or self.household


def returned_records(
    workplace: Workplace, reading: Reading, who: Account, about: Collection[str] | None = None
) -> list[ReturnedRecord]:
    """What waits, in the order it was said, and first what units above sent back; of the records
    `about` alone where some are named. Reasons as far as the signed-in account may read them.
    """
    return [
        *(
            _from_above(workplace, reading, one)
            for one in returns_from_above(workplace, reading, about)
            if one.entity != "handover"
        ),
        *(
            replace(one, reason=reason_seen(workplace, one.reason))
            for one in returned_beside(workplace, reading, who, about)
        ),
    ]


def _from_above(workplace: Workplace, reading: Reading, one: Return) -> ReturnedRecord:
    unit = workplace.tree.units.get(one.by)
    by = one.by if unit is None else unit.full_name()
    told = ReturnedRecord("", "", "", one.reason, one.field, by, one.on, True, True)
    if one.entity in ("child", "household"):
        found = register.record(reading, one.entity, one.id)
        return told if found is None else _named(told, found)
    return told


def returned_beside(
    workplace: Workplace, reading: Reading, who: Account, about: Collection[str] | None = None
) -> Iterator[ReturnedRecord]:
    """What was sent back within this unit, with its reason as it was written: whoever shows that
    to people masks it. What this unit sent to one below, which names the handover it came with,
    waits there, also where somebody here once wrote on the record.
    """
    unit = workplace.unit
    for one in queries.standing_returns(reading, unit, about):
        if one.review.values.get("handover"):
            continue
        entity = "household" if one.record == one.household else "child"
        found = register.record(reading, entity, one.record)
        typed = queries.authors_of(reading, one.record, unit)
        if found is None or not (typed or found.values.get("owner_unit") == unit):
            continue
        said = one.review.values
        told = ReturnedRecord(
            one.household,
            "",
            "",
            str(said.get("reason") or ""),
            str(said.get("rule") or ""),
            str(said.get("reviewer") or one.author),
            str(said.get("reviewed_on") or ""),
            not typed or is_among(who, typed),
            False,
        )
        yield _named(told, found)


def _named(told: ReturnedRecord, found: RecordView) -> ReturnedRecord:
    """The return with whom it is about: the child's name, or the head of the household."""
    if found.entity == "child":
        name = str(found.values.get("full_name") or "")
        home = str(found.values.get("household") or "")
        return replace(told, household=home, child=found.id, name=name)
    name = str(found.values.get("head_name") or "")
    return replace(told, household=found.id, name=name)
