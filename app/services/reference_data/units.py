"""Units of a new edition and what became of old ones, checked line by line and against the tree.

Code, edition, parent and successor of a unit are never rewritten; a change is a new edition. An
edition may hold a part of the tree: what it does not name stands on as it was. What becomes of a
unit is said completely and at once, or a part of its records would have no owner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.forms.catalogue import Catalogue
from app.forms.tables import Line
from app.forms.unit_checks import move_faults, parent_faults, unit_faults
from app.forms.units import TIER_OF_LENGTH, UnitTree
from app.history.operation import Value
from app.models.work import Change
from app.services.reference_data.files import Refused, read_lines, refused

UNIT_COLUMNS = ("edition", "code", "name", "kind", "parent", "valid_from", "valid_to")
SUCCESSOR_COLUMNS = ("old", "new", "share")
_WHOLE, _PART, _ABOLISHED = "whole", "part", "abolished"


@dataclass(slots=True)
class NewUnits:
    """What two files say: `CODE@EDITION` → its line, and the lines on old units."""

    units: dict[str, Line] = field(default_factory=dict)
    successors: list[Line] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """The reference records; a unit's id says code and edition."""
        return [
            *(_unit_change(ref, line) for ref, line in self.units.items()),
            *(_successor_change(line, self.units) for line in self.successors),
        ]


def read_units(units: Path, successors: Path | None, catalogue: Catalogue, own: str) -> NewUnits:
    """What may be loaded now of a file of units and one of successors. Raises Refused.

    `own` is the province's unit: it describes what lies in it and nothing else.
    """
    found = NewUnits()
    tree = catalogue.units
    _, lines = read_lines(units, UNIT_COLUMNS)
    for line in lines:
        for wrong in unit_faults(line, line.number):
            raise refused(wrong, units.name)
        ref = f"{line['code']}@{line['edition']}"
        if ref in found.units:
            raise Refused("unit_twice", units.name, line=line.number, unit=ref)
        if "@" not in line["parent"]:
            line["parent"] = parent_of(line, lines, tree)
        found.units[ref] = line
    for ref, line in found.units.items():
        for problem in _place_problems(ref, line, found.units, tree, own, units.name):
            raise problem
    if successors is not None:
        _, found.successors = read_lines(successors, SUCCESSOR_COLUMNS)
        for problem in _successor_problems(found, tree, own, successors.name):
            raise problem
    return found


def parent_of(line: Line, lines: Sequence[Line], tree: UnitTree) -> str:
    """A bare code means the unit of the same edition in the file, else the one standing then."""
    code = line["parent"]
    if any(one["code"] == code and one["edition"] == line["edition"] for one in lines):
        return f"{code}@{line['edition']}"
    above = tree.unit_on(code, date.fromisoformat(line["valid_from"]))
    return code if above is None else above.ref


def _place_problems(
    ref: str, line: Line, units: Mapping[str, Line], tree: UnitTree, own: str, file: str
) -> Iterator[Refused]:
    number, above = line.number, line["parent"]
    if ref in tree:
        yield Refused("unit_taken", file, line=number, unit=ref)
    for wrong in parent_faults(line, number):
        yield refused(wrong, file)
    if above not in tree and above not in units:
        yield Refused("unit_parent", file, line=number, parent=above)
    elif above in tree and not tree.stands_on(above, date.fromisoformat(line["valid_from"])):
        yield Refused("unit_parent_gone", file, line=number, parent=above, day=line["valid_from"])
    elif above in tree and not tree.covers([own], above):
        yield Refused("unit_outside", file, line=number, unit=ref)
    begins = _begins(line["edition"], units, tree)
    if line["valid_from"] != begins:
        yield Refused("edition_day", file, line=number, edition=line["edition"], day=begins)


def _begins(edition: str, units: Mapping[str, Line], tree: UnitTree) -> str:
    """The day an edition counts from: one for all its units."""
    for one in tree.editions:
        if one.code == edition:
            return one.valid_from.isoformat() if one.valid_from else ""
    return next(line["valid_from"] for line in units.values() if line["edition"] == edition)


def _successor_problems(found: NewUnits, tree: UnitTree, own: str, file: str) -> Iterator[Refused]:
    by_old: dict[str, list[Line]] = defaultdict(list)
    for line in found.successors:
        number, old, new, share = line.number, line["old"], line["new"], line["share"]
        if share not in (_WHOLE, _PART, _ABOLISHED) or (share == _ABOLISHED) != (not new):
            yield Refused("share", file, line=number)
        if old not in tree or not tree.covers([own], old):
            yield Refused("old_unknown", file, line=number, unit=old)
        elif tree.successors(old):
            yield Refused("old_succeeded", file, line=number, unit=old)
        if new and new not in tree and new not in found.units:
            yield Refused("new_unknown", file, line=number, unit=new)
        elif new and _day_of(new, found.units, tree) <= _day_of(old, found.units, tree):
            yield Refused("new_not_later", file, line=number, old=old, new=new)
        for wrong in move_faults(old, new, number):
            yield refused(wrong, file)
        if new in {one["new"] for one in by_old[old]}:
            yield Refused("successor_twice", file, line=number, old=old, new=new)
        by_old[old].append(line)
    for old, lines in by_old.items():
        shares = [line["share"] for line in lines]
        if (_PART not in shares and len(lines) > 1) or (_PART in shares and set(shares) != {_PART}):
            yield Refused("shares_differ", file, line=lines[-1].number, unit=old)
        if shares == [_PART]:
            yield Refused("part_alone", file, line=lines[0].number, unit=old)


def _day_of(ref: str, units: Mapping[str, Line], tree: UnitTree) -> str:
    return _begins(ref.partition("@")[2], units, tree)


def _unit_change(ref: str, line: Line) -> Change:
    values: dict[str, Value] = {
        **{name: line[name] or None for name in UNIT_COLUMNS},
        "tier": TIER_OF_LENGTH[len(line["code"])].value,
    }
    return Change("org_unit", values, key=ref)


def _successor_change(line: Line, units: Mapping[str, Line]) -> Change:
    made = units.get(line["new"])
    values: dict[str, Value] = {
        "old_unit": line["old"],
        "new_unit": line["new"] or None,
        "split": line["share"] == _PART,
        "valid_from": None if made is None else made["valid_from"],
    }
    return Change("org_unit_successor", values, key=f"{line['old']}>{line['new']}")
