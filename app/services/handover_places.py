"""Where the records of a handover stand: books, households and children, place by place.

Counted once, before sealing: the numbers ride with the bundle, so that the annex of both papers
says what the giver stated, whatever either register holds by the time somebody prints it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.forms.units import Tier
from app.ids import derived_id
from app.models.queries import counting, register
from app.models.queries.counting import Basis, Counts
from app.models.store import Reading
from app.reports.handover_facts import VillageLine
from app.services.handover_scope import UnitCounts
from app.services.parties import unit_in_sentence
from app.services.workplace import Workplace
from app.sync.stated import StatedPlace, StatedUnit
from app.text.spelling import spelling

#: A village of which no record is here.
_NAMELESS = "…"


def by_place(
    workplace: Workplace, reading: Reading, counted: Sequence[UnitCounts], basis: Basis
) -> tuple[StatedUnit, ...]:
    """What the register holds of some units whose counts are known: of a commune by village, those
    of the communes that went into it among them; of a larger unit by the units below it.
    """
    return tuple(_of_unit(workplace, reading, one, basis) for one in counted)


def _of_unit(workplace: Workplace, reading: Reading, one: UnitCounts, basis: Basis) -> StatedUnit:
    below = workplace.tree.below(one.unit)
    if workplace.tree.units.tier(one.unit) is Tier.COMMUNE:
        places = counting.books_together(reading, below)
        books = sum(places.values())
        lines = _villages(reading, one.unit, below, places, basis)
    else:
        by_unit = counting.books_by_place(reading, below)
        books = sum(sum(found.values()) for found in by_unit.values())
        lines = _units(reading, below, by_unit, basis)
    return StatedUnit(
        one.unit,
        books or None,
        one.counts.households,
        one.counts.children,
        one.counts.girls,
        one.counts.incomplete,
        one.counts.moved_away,
        lines,
    )


def _villages(
    reading: Reading, unit: str, below: Sequence[str], books: dict[str, int], basis: Basis
) -> tuple[StatedPlace, ...]:
    known = {one.id for owner in below for one in register.villages(reading, owner)}
    return tuple(
        # A village that nobody could read is written in words, and names travel with records alone.
        StatedPlace(
            place if not place or place in known else derived_id(unit, place),
            books.get(place),
            households,
            children,
        )
        for place, _name, households, children in counting.counts_by_village(
            reading, unit, basis, below
        )
        if households or children or place in books
    )


def _units(
    reading: Reading, below: Sequence[str], books: dict[str, dict[str, int]], basis: Basis
) -> tuple[StatedPlace, ...]:
    return tuple(
        StatedPlace(one, sum(books.get(one, {}).values()) or None, households, children)
        for one, households, children in counting.counts_by_unit(reading, below, basis)
    )


def lines_of(
    workplace: Workplace, reading: Reading, units: Sequence[StatedUnit]
) -> tuple[VillageLine, ...]:
    """The lines of the annex, each place called as this register calls it."""
    return tuple(line for unit in units for line in _lines(workplace, reading, unit))


def _lines(workplace: Workplace, reading: Reading, unit: StatedUnit) -> list[VillageLine]:
    tree = workplace.tree.units
    if not unit.places and (unit.households or not unit.moved_away):
        return []  # there was no room for them in the bundle, or there are none
    commune = unit.unit in tree and tree.tier(unit.unit) is Tier.COMMUNE
    names = (
        _village_names(workplace, reading, unit)
        if commune
        else {one.place: _called(workplace, one.place) for one in unit.places}
    )
    lines = [
        # No village at all has a line of its own in the annex.
        VillageLine(
            (names.get(one.place) or _NAMELESS) if one.place else "",
            one.books,
            one.households,
            one.children,
            unit.unit,
        )
        for one in unit.places
    ]
    if commune and unit.moved_away:
        lines.append(VillageLine("", 0, 0, unit.moved_away, unit.unit, departed=True))
    return lines


def _village_names(workplace: Workplace, reading: Reading, unit: StatedUnit) -> dict[str, str]:
    """Village → its name, and whose it was where two in the lines are called the same: communes
    that became one each have their "Thôn 1".
    """
    listed = {one.place for one in unit.places}
    found = [
        (one.id, str(one.values.get("name", "")), owner)
        for owner in workplace.tree.below(unit.unit)
        for one in register.villages(reading, owner)
        if one.id in listed
    ]
    often = Counter(spelling(name) for _id, name, _owner in found)
    return {
        one: (
            f"{name} ({unit_in_sentence(workplace, owner)})"
            if name and often[spelling(name)] > 1
            else name
        )
        for one, name, owner in found
    }


def _called(workplace: Workplace, unit: str) -> str:
    units = workplace.tree.units
    return units.unit(unit).full_name() if unit in units else unit


def counts_of(unit: StatedUnit) -> Counts:
    """The counts of one unit, without whom the total leaves out."""
    return Counts(
        unit.households,
        unit.children,
        unit.girls,
        unit.incomplete,
        moved_away=unit.moved_away,
    )
