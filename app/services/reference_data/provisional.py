"""Setting a PC up for a unit that did not ship with the program: its line in the province's file.

The file is the one the province loaded (`unit load`), and nobody signed it. It says where the unit
stands until enrolment brings the same units with the province's signature, and it decides nothing
that matters: no bundle goes out and none is taken in before that, and the reply is accepted only if
the signed tree puts the unit where the file did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from app.forms.catalogue import catalogue_of, packaged
from app.forms.references import References, UnitRow
from app.forms.tables import Line
from app.forms.unit_checks import unit_faults
from app.forms.units import UnitTree
from app.services.catalogues import unit_row
from app.services.reference_data.files import Refused, read_lines, refused
from app.services.reference_data.units import UNIT_COLUMNS, parent_of, read_units


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """`CODE@EDITION` of the unit, with its line and those above and below it in the file."""

    ref: str
    rows: tuple[UnitRow, ...]


def read_own_unit(path: Path, written: str) -> OwnUnit:
    """The unit that `written` (a code or `CODE@EDITION`) names in a file of units; the newest.

    Raises Refused as loading the file does, `unit_not_in_file`; OSError.
    """
    tree = packaged().units
    _, lines = read_lines(path, UNIT_COLUMNS)
    for wrong in chain.from_iterable(unit_faults(line, line.number) for line in lines):
        raise refused(wrong, path.name)
    named = [line for line in lines if written in (line["code"], _ref(line))]
    if not named:
        raise Refused("unit_not_in_file", path.name, unit=written)
    ref = _ref(max(named, key=lambda line: line["valid_from"]))
    by_ref = {_ref(line): line for line in lines}
    above = _above(by_ref, ref, tree, path.name)
    top = tree.ancestors(above[-1])
    found = read_units(path, None, packaged(), top[-1].ref if top else above[-1])
    below = {ref}
    for one in sorted(found.units, key=_digits):
        if found.units[one]["parent"] in below:
            below.add(one)
    return OwnUnit(
        ref, tuple(unit_row(found.units[one]) for one in found.units if one in {*above, *below})
    )


def tree_with(rows: tuple[UnitRow, ...]) -> UnitTree:
    """The tree that ships with the program, with these units. Unusable ones are left out."""
    return catalogue_of(References(units=rows)).units


def _above(lines: Mapping[str, Line], ref: str, tree: UnitTree, file: str) -> list[str]:
    """The units above one of the file, the nearest first, up to the first that ships."""
    found: list[str] = []
    at = ref
    while at not in tree:
        line = lines.get(at)
        above = "" if line is None else line["parent"]
        if line is not None and "@" not in above:
            above = parent_of(line, list(lines.values()), tree)
        known = above in tree or above in lines
        if line is None or not known or _digits(above) >= _digits(at):
            number = lines[ref].number if line is None else line.number
            raise Refused("unit_parent", file, line=number, parent=above)
        found.append(above)
        at = above
    if not found:
        raise Refused("unit_taken", file, line=lines[ref].number, unit=ref)
    return found


def _ref(line: Line) -> str:
    return f"{line['code']}@{line['edition']}"


def _digits(ref: str) -> int:
    return len(ref.partition("@")[0])
