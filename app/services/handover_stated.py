"""What the giver states inside the bundle, as the values of its half of the handover.

The half itself comes with the giver's next bundle. What was stated in this one came signed with it:
it stands in for the half until then, and stays what was stated whatever the half says later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.history.operation import Value
from app.i18n import number, text
from app.models import bundles
from app.models.queries.counting import Counts
from app.models.store import Reading
from app.services.handover_people import Signer, Signers
from app.services.handover_places import counts_of
from app.services.handover_scope import UnitCounts, spelled, total
from app.services.handover_values import TIERS, is_stated
from app.sync.stated import MAX_NAME, StatedCounts, StatedPerson, StatedUnit, read_kept


def to_state(
    units: Sequence[StatedUnit],
    counted: Counts,
    issues: tuple[int, int],
    round_id: str | None,
    people: Signers,
) -> StatedCounts:
    """What goes into the bundle: `counted` are the totals over the `units`, `issues` the errors and
    warnings of the check.
    """
    return StatedCounts(
        round=round_id,
        units=tuple(units),
        errors=issues[0],
        warnings=issues[1],
        left_out=counted.left_out,
        of_age=counted.of_age,
        giver=_person(people.giver),
        receiver=_person(people.receiver),
    )


def _person(one: Signer) -> StatedPerson:
    # Longer ones are nobody's: such a name stands on the giver's half alone.
    return StatedPerson(*(said if len(said) <= MAX_NAME else "" for said in (one.name, one.title)))


def stated_of(reading: Reading, handover: str) -> StatedCounts | None:
    """What was stated in the bundle of a handover that went out or came in here."""
    kept = bundles.stated_of(reading, handover)
    return None if kept is None else read_kept(kept)


def total_of(stated: StatedCounts) -> Counts:
    """The numbers of all units together."""
    found = total(_by_unit(stated))
    return Counts(
        found.households,
        found.children,
        found.girls,
        found.incomplete,
        stated.left_out,
        stated.of_age,
        found.moved_away,
    )


def with_stated(
    values: Mapping[str, Value], stated: StatedCounts | None
) -> tuple[Mapping[str, Value], bool]:
    """The values of a handover under what its giver stated in the bundle, and whether the giver's
    half, where it has come, says other numbers.
    """
    if stated is None:
        return values, False
    numbers = _numbers(stated)
    otherwise = is_stated(values) and any(
        _plain(values.get(name)) != _plain(value) for name, value in numbers.items()
    )
    named: dict[str, Value] = {
        "sent_by": stated.giver.name,
        "sent_by_title": stated.giver.title,
        "sent_receiver": stated.receiver.name,
        "sent_receiver_title": stated.receiver.title,
    }
    if _who_came(values):
        # Whoever received saw who brought it: the bundle only says who was to.
        del named["sent_by"], named["sent_by_title"]
    people = {name: value for name, value in named.items() if value}
    return {**values, **numbers, **people}, otherwise


def _who_came(values: Mapping[str, Value]) -> bool:
    """Whether a receiver wrote down who handed over."""
    return any(values.get(f"received_{tier}_from") for tier in TIERS)


def differs(stated: Counts, counted: Counts) -> bool:
    """Whether the receiver counts otherwise than the giver states."""
    return _compared(stated) != _compared(counted)


def stated_words(stated: Counts, counted: Counts) -> str:
    """What the giver states against what the receiver counts: «bên giao ghi n, đếm được m»."""
    if not differs(stated, counted):
        return text("stated.alike", counted=_in_words(counted))
    return text("stated.differs", stated=_in_words(stated), counted=_in_words(counted))


def _compared(counts: Counts) -> tuple[int, int, int, int]:
    return counts.households, counts.children, counts.girls, counts.incomplete


def _in_words(counts: Counts) -> str:
    names = ("households", "children", "girls", "incomplete")
    numbers = zip(names, _compared(counts), strict=True)
    return text("stated.counts", **{name: number(value) for name, value in numbers})


def _numbers(stated: StatedCounts) -> dict[str, Value]:
    counted = total_of(stated)
    return {
        "sent_households": counted.households,
        "sent_children": counted.children,
        "sent_girls": counted.girls,
        "sent_incomplete": counted.incomplete,
        "sent_errors": stated.errors,
        "sent_warnings": stated.warnings,
        "sent_round": stated.round,
        "sent_units": spelled(_by_unit(stated)),
    }


def _by_unit(stated: StatedCounts) -> list[UnitCounts]:
    return [UnitCounts(one.unit, counts_of(one)) for one in stated.units]


def _plain(value: Value) -> object:
    """A set is read back in another shape than it is written."""
    return sorted(map(str, value)) if isinstance(value, (list, tuple)) else value
