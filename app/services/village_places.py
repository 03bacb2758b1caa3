"""Villages told apart: of several communes each may have a «Thôn 1»."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from app.errors import KnownError
from app.services.parties import unit_in_sentence
from app.services.workplace import Workplace
from app.text.normalize import clean


class NamedVillage(NamedTuple):
    """A village: its id, its name and its unit."""

    id: str
    name: str
    unit: str


def unit_names(workplace: Workplace, units: Collection[str]) -> dict[str, str]:
    """Unit → its name as it stands in a sentence, where records of several units are told; else
    nothing. Who left the province is of no unit that could be named.
    """
    known = {one for one in units if one in workplace.tree.units}
    return {one: unit_in_sentence(workplace, one) for one in known} if len(known) > 1 else {}


def place_words(village: str, unit: str, names: Mapping[str, str]) -> str:
    """A village with its unit where several are told: «Thôn 1, xã Ba Tơ»."""
    return ", ".join(filter(None, (village, names.get(unit, ""))))


def village_meant(
    workplace: Workplace, villages: Sequence[NamedVillage], units: Collection[str], wanted: str
) -> str:
    """The id of the village called by its id, its name, or its name with its unit as `place_words`
    tells it. Raises KnownError `verification.no_village`, and `verification.several_villages`
    naming those that fit.
    """
    names, wanted = unit_names(workplace, units), clean(wanted)
    places = {one.id: place_words(one.name, one.unit, names) for one in villages}
    fitting = [
        one.id
        for one in villages
        if one.id == wanted or wanted.casefold() in (one.name.casefold(), places[one.id].casefold())
    ]
    found = list(dict.fromkeys(fitting))
    if not found:
        raise KnownError("verification.no_village", "verification.no_village_hint", name=wanted)
    if len(found) > 1:
        told = [places[one] for one in found]
        # Two villages of one commune may have one name, too: then only their ids differ.
        told = told if len({*told}) == len(told) else found
        raise KnownError(
            "verification.several_villages",
            "verification.several_villages_hint",
            name=wanted,
            count=len(found),
            places="; ".join(f"«{one}»" for one in told),
        )
    return found[0]
