"""Columns that hold only a part of what a field holds: the day, the month and the year of a birth
date; family and given name; and the two columns of which the filled one says boy or girl.

They are read so only together: «Tên» alone is the whole name, «Năm» alone nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.services.importing.words import parts, words
from app.text.normalize import clean

#: Which parts make sense together: those that must be there, those that may.
GROUPS: Sequence[tuple[frozenset[str], frozenset[str]]] = (
    (frozenset(("birth_date.year", "birth_date.month")), frozenset(("birth_date.day",))),
    (frozenset(("birth_date.male", "birth_date.female")), frozenset()),
    (frozenset(("full_name.family", "full_name.given")), frozenset()),
)
#: Between the two rows of a title (`app.workbooks`).
_LEVELS = re.compile(r"\s+/\s+|\n")
_ABOVE: Mapping[str, str] = {"birth_date": "above.birth", "full_name": "above.name"}


def part_of_title(title: str) -> str:
    """The part that a title may stand for; "" for none."""
    levels = [level for one in _LEVELS.split(title) if (level := clean(one))]
    if not levels:
        return ""
    last = levels[-1]
    for part, titles in parts().items():
        field = part.partition(".")[0]
        if last in titles and all(one in words(_ABOVE[field]) for one in levels[:-1]):
            return part
    return ""


def parts_of_titles(titles: Mapping[int, str]) -> dict[int, str]:
    """Place of a column → the part it holds, where all that belongs together is there once."""
    found: dict[str, list[int]] = {}
    for index, title in titles.items():
        part = part_of_title(title)
        if part:
            found.setdefault(part, []).append(index)
    once = {part: places[0] for part, places in found.items() if len(places) == 1}
    chosen: dict[int, str] = {}
    for needed, welcome in GROUPS:
        if needed <= once.keys():
            chosen.update((once[part], part) for part in needed | (welcome & once.keys()))
    return chosen
