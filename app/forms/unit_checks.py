"""What a new unit and what became of an old one may say, the same for those loaded and those that
came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.forms.code_lists import load_code_list
from app.forms.list_checks import day_faults
from app.forms.references import Fault, fault
from app.forms.tables import is_plain
from app.forms.units import TIER_OF_LENGTH

#: Letters of a name: some times the longest one (23).
MAX_NAME = 100
_EDITION = re.compile(r"[0-9]{4}[a-z]?")
_CODE = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")
_REF = re.compile(rf"(?:{_CODE.pattern})@{_EDITION.pattern}")


def unit_faults(line: Mapping[str, str], number: int | None = None) -> Iterator[Fault]:
    """What is wrong with a unit by itself: columns `edition, code, name, kind, valid_from,
    valid_to`; `number` is the line of a file.
    """
    if not _EDITION.fullmatch(line["edition"]):
        yield fault("unit_edition", line=number, edition=line["edition"])
    if not _CODE.fullmatch(line["code"]):
        yield fault("unit_code", line=number, code=line["code"])
    if not line["name"]:
        yield fault("unit_name", line=number)
    if not is_plain(line["name"]):
        yield fault("control", line=number)
    if len(line["name"]) > MAX_NAME:
        yield fault("too_long", line=number, most=MAX_NAME)
    kinds = load_code_list("unit_kinds")
    kind = kinds.get(line["kind"])
    if kind is None or kind.extra.get("tier") != TIER_OF_LENGTH.get(len(line["code"])):
        yield fault("unit_kind", line=number, kinds=", ".join(kinds.codes))
    if not line["valid_from"]:
        yield fault("day", line=number, day="")
    yield from day_faults(line, number)


def parent_faults(line: Mapping[str, str], number: int | None = None) -> Iterator[Fault]:
    """What is wrong with the unit above as it is written (`parent`, a unit `CODE@EDITION`): it is
    one, and of a higher tier, so no unit ever lies in itself.
    """
    above = line["parent"]
    if not _REF.fullmatch(above):
        yield fault("unit_parent", line=number, parent=above)
    elif len(above.partition("@")[0]) >= len(line["code"]):
        yield fault("unit_tier", line=number, parent=above)


def move_faults(old: str, new: str, number: int | None = None) -> Iterator[Fault]:
    """What is wrong with one unit becoming another: a province becomes a province, a commune a
    commune, and a district (of an island) a commune at the lowest. Else all that lies in a province
    could become a commune's by one wrong digit.
    """
    before, after = _digits(old), _digits(new)
    if new and before != after and (before, after) != (3, 5):
        yield fault("successor_tier", line=number, old=old, new=new)


def _digits(ref: str) -> int:
    return len(ref.partition("@")[0])
