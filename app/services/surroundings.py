"""What the validator may know about a record besides itself, read from the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.crypto.handles import Handles
from app.forms.catalogue import Catalogue
from app.forms.context import Context, Holders, Round
from app.forms.issues import Issue, Value
from app.forms.schema import Severity, Template
from app.forms.sensitivity import Masks
from app.forms.validator import validate
from app.history.entities import OUTSIDE, UNKNOWN
from app.models import doubled
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.queries.rounds import RoundView, open_round
from app.models.store import Reading
from app.services.workplace import Workplace

#: The kinds of sub-record of a child, as `app.forms.context.Context` names them.
PART_OF_CONTEXT = {
    "circumstance": "circumstances",
    "support": "supports",
    "life_event": "events",
    "review": "reviews",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for every record of one check: dates, round, units, templates, lists."""

    reference_date: date
    today: date
    round: Round
    unit: str
    unit_chain: Callable[[str], Sequence[str]]
    unit_in_force: Callable[[str, date], bool]
    villages: frozenset[str]
    catalogue: Catalogue
    handles: Handles

    @property
    def masks(self) -> Masks:
        """What of a record its forms put behind the mask."""
        return self.catalogue.masks

    def template_of(self, form: str, values: Mapping[str, object]) -> Template:
        """The template of a record's last save: what it is shown and checked by."""
        return self.catalogue.of_record(form, values.get("template"))

    def template_for(self, form: str, values: Mapping[str, object]) -> Template:
        """The template that editing moves a record to: the newest one valid for the open round."""
        return self.catalogue.for_editing(form, values.get("template"), self.reference_date)


def frame_of(workplace: Workplace, reading: Reading, catalogue: Catalogue | None = None) -> Frame:
    """The frame of this installation now: the open round's reference date, or today.

    `catalogue` is that of a transaction which brings reference data of its own.
    """
    current = open_round(reading)
    catalogue = catalogue or workplace.catalogue
    units = catalogue.units

    def chain(ref: str) -> Sequence[str]:
        ref = answering(workplace, ref)
        if ref not in units:
            return ()
        return (ref, *(above.ref for above in units.ancestors(ref)))

    def in_force(ref: str, day: date) -> bool:
        return units.stands_on(answering(workplace, ref), day)

    return Frame(
        reference_date=_reference_day(workplace, current),
        today=workplace.today(),
        round=_round(current),
        unit=workplace.unit,
        unit_chain=chain,
        unit_in_force=in_force,
        villages=register.village_ids(reading),
        catalogue=catalogue,
        handles=workplace.handles,
    )


def answering(workplace: Workplace, owner: str) -> str:
    """The unit that answers for a record of `owner`: whoever left for no unit of the province stays
    with the last one (4-sync.md, "Owner changes").
    """
    return workplace.unit if owner in (OUTSIDE, UNKNOWN) else owner


def unit_answering(workplace: Workplace, reading: Reading, record: str, owner: str) -> str:
    """`answering` for a record that is known: the last unit that owned it, which at a district is
    one of its communes and not the district.
    """
    if owner and owner not in (OUTSIDE, UNKNOWN):
        return owner
    claims = register.claimed_by(reading, record)
    return workplace.unit if not claims or workplace.unit in claims else min(claims)


def reference_day(workplace: Workplace, reading: Reading) -> date:
    """The reference date of the open round, or today: which template is for editing now."""
    return _reference_day(workplace, open_round(reading))


def _reference_day(workplace: Workplace, current: RoundView | None) -> date:
    return _day(current.reference_date if current else "") or workplace.today()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _round(current: RoundView | None) -> Round:
    if current is None:
        return Round()
    return Round(_day(current.opens_on), _day(current.closes_on), current.born_from or None)


def of_one_register(
    frame: Frame, owner: str, others: Sequence[Mapping[str, Value]]
) -> Sequence[Mapping[str, Value]]:
    """Those of some records that stand in one register with a record of `owner`.

    A unit above holds the registers of many. What one of them writes about a household or village
    of another makes nothing wrong there: nobody there could see it, or mend it. Units before and
    after a merger are one register; what was typed and not saved yet belongs to the page.
    """
    for one in others:
        if one.get("owner_unit") != owner:
            break
    else:
        return others  # as nearly always: a check of a province asks this for every child
    return [one for one in others if _related(frame, owner, str(one.get("owner_unit") or owner))]


def _related(frame: Frame, one: str, other: str) -> bool:
    units = frame.catalogue.units
    return one == other or units.covers([one], other) or units.covers([other], one)


def child_context(
    frame: Frame,
    child_id: str,
    household: Mapping[str, Value],
    siblings: Sequence[Mapping[str, Value]],
    belongings: Sequence[RecordView],
    owner_unit: str,
    id_holders: Callable[[str], Holders] | None,
) -> Context:
    """The surroundings of one child."""
    parts: dict[str, list[Mapping[str, Value]]] = {name: [] for name in PART_OF_CONTEXT.values()}
    for one in belongings:
        parts[PART_OF_CONTEXT[one.entity]].append({**one.values, "id": one.id})
    return Context(
        reference_date=frame.reference_date,
        today=frame.today,
        record_id=child_id,
        owner_unit=owner_unit,
        household=household,
        siblings=of_one_register(frame, owner_unit, siblings),
        circumstances=parts["circumstances"],
        events=parts["events"],
        supports=parts["supports"],
        reviews=parts["reviews"],
        round=frame.round,
        id_holders=id_holders,
        unit_chain=frame.unit_chain,
        unit_in_force=frame.unit_in_force,
        code_list=frame.catalogue.code_list,
    )


def household_context(
    frame: Frame,
    household_id: str,
    owner_unit: str,
    children: int,
    number_holders: Callable[[str, str], Sequence[str]] | None = None,
) -> Context:
    """The surroundings of one household.

    `number_holders` gives who carries a number in a village; without it nothing is said about it.
    """
    return Context(
        reference_date=frame.reference_date,
        today=frame.today,
        record_id=household_id,
        owner_unit=owner_unit,
        children_count=children,
        villages=frame.villages,
        number_holders=number_holders,
        round=frame.round,
        unit_chain=frame.unit_chain,
        unit_in_force=frame.unit_in_force,
        code_list=frame.catalogue.code_list,
    )


def holders_of_number(
    frame: Frame, reading: Reading, owner: str
) -> Callable[[str, str], Sequence[str]]:
    """A lookup of the households of a village that carry a number, in the register of `owner`."""

    def holders(village: str, number: str) -> Sequence[str]:
        return related_holders(frame, owner, register.holders_of_number(reading, village, number))

    return holders


def related_holders(frame: Frame, owner: str, holders: Sequence[tuple[str, str]]) -> Sequence[str]:
    """The ids among (id, owner unit) that stand in one register with a record of `owner`."""
    return [ent_id for ent_id, unit in holders if _related(frame, owner, unit)]


def other_holders(
    frame: Frame, reading: Reading, child_id: str, owner: str
) -> Callable[[str], Holders]:
    """A lookup of the children beside a child of `owner` that carry a personal id. Who was called
    one child with it is no other.
    """

    def holders(personal_id: str) -> Holders:
        found = register.holders_of_personal_id(reading, personal_id)
        same = doubled.one_child_with(reading, child_id) if found else set[str]()
        return parted_holders(frame, owner, [one for one in found if one[0] not in same])

    return holders


def parted_holders(frame: Frame, owner: str, others: Sequence[tuple[str, str]]) -> Holders:
    """(id, owner unit) of the other children who carry a personal id, by register."""
    here = related_holders(frame, owner, others)
    return Holders(here, [one for one, _ in others if one not in here])


def issues_of_child(
    frame: Frame,
    reading: Reading,
    child_id: str,
    values: Mapping[str, Value],
    household: Mapping[str, Value],
    siblings: Sequence[Mapping[str, Value]],
    belongings: Sequence[RecordView],
) -> list[Issue]:
    """Everything the validator says about one child as it would be saved."""
    owner = str(values.get("owner_unit") or frame.unit)
    holders = other_holders(frame, reading, child_id, owner)
    context = child_context(frame, child_id, household, siblings, belongings, owner, holders)
    return validate(frame.template_of("child", values), values, context)


def count_errors(issues: Sequence[Issue]) -> int:
    """How many errors stand in the way of a record that declares itself complete."""
    return sum(one.severity is Severity.ERROR for one in issues)
