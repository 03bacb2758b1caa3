"""The offices on both sides of a handover: names of agencies as dated data, not as code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from app.reports.handover_facts import Party, Person
from app.services.workplace import Workplace
from app.settings import resources_dir


@dataclass(frozen=True, slots=True)
class _Agency:
    tier: str
    valid_to: str | None
    body: str
    symbol: str
    governing: str


@cache
def _agencies() -> tuple[_Agency, ...]:
    """The agencies of `resources/documents/agencies.vi.json`, those that end first first."""
    path = resources_dir() / "documents" / "agencies.vi.json"
    read = json.loads(path.read_text(encoding="utf-8"))["agencies"]
    found = [_Agency(**entry) for entry in read]
    return tuple(sorted(found, key=lambda one: one.valid_to or "9999"))


def party_of(workplace: Workplace, unit: str, person: Person) -> Party:
    """The office of a unit that signs, with who acts for it, as of today.

    The edition of the unit decides between the old and the new agencies of a tier: a record of
    the tree before July 2025 is signed today by the agency that exists today.
    """
    units = workplace.tree.units
    found = units.unit(unit)
    today = workplace.today().isoformat()
    agency = next(
        one
        for one in _agencies()
        if one.tier == found.tier.value and (one.valid_to is None or today <= one.valid_to)
    )
    parents = units.ancestors(unit)
    words = {
        "unit": _in_sentence(found.full_name()),
        "parent": _in_sentence(parents[0].full_name()) if parents else "",
    }
    body = agency.body.format(**words)
    above = ", ".join(_in_sentence(one.full_name()) for one in parents)
    return Party(
        name=f"{body}, {above}" if above else body,
        body=body,
        symbol=agency.symbol,
        governing_body=agency.governing.format(**words),
        place=found.name,
        people=(person,),
    )


def unit_in_sentence(workplace: Workplace, unit: str) -> str:
    """A unit with its kind as it stands inside a sentence: "xã Ba Tơ"."""
    return _in_sentence(workplace.tree.units.unit(unit).full_name())


def _in_sentence(name: str) -> str:
    """ "Xã Ba Tơ" as it stands inside a name: "xã Ba Tơ"."""
    return name[:1].lower() + name[1:]
