"""Which unit a written name means, on the tree of an installation or the one that ships.

For whoever reads names of units from people: lists, imports, the finder. `app.matching.unit_names`
decides; this hands it the units, as they stand today.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from app.forms.code_lists import load_code_list
from app.forms.units import Edition, Share, Unit, UnitTree
from app.matching.unit_names import UnitNames
from app.matching.unit_reading import UnitName
from app.matching.unit_times import TimeWords
from app.settings import resources_dir


@lru_cache(maxsize=2)  # the tree that ships and the one that is open
def unit_names(tree: UnitTree, today: date) -> UnitNames:
    """The names of all units of a tree. What a decree will change is none of today's business."""
    kinds = {item.code: (item.label_vi, *item.aliases) for item in load_code_list("unit_kinds")}
    villages = [
        word for item in load_code_list("village_kinds") for word in (item.label_vi, *item.aliases)
    ]
    editions = {one.code: one for one in tree.editions}
    words = _words()
    short = words.short_names
    names = [_name(tree, unit, editions[unit.edition], today, short) for unit in tree]
    times = TimeWords(words.former, words.lasting, words.became, words.was)
    return UnitNames(names, kinds, offices=words.offices, below=villages, times=times)


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`lists/unit_words.json`. `short_names`: name of a province → how else it is written."""

    offices: tuple[str, ...]
    former: tuple[str, ...]
    lasting: tuple[str, ...]
    became: tuple[str, ...]
    was: tuple[str, ...]
    short_names: dict[str, tuple[str, ...]]


def _words() -> _Words:
    file = resources_dir() / "lists" / "unit_words.json"
    return msgspec.json.decode(file.read_bytes(), type=_Words)


def _name(
    tree: UnitTree, unit: Unit, edition: Edition, today: date, short: Mapping[str, tuple[str, ...]]
) -> UnitName:
    over = edition.valid_to is None or edition.valid_to < today
    moves = [
        move
        for move in tree.successors(unit.ref)
        if ((tree.began(move.new) or date.min) <= today if move.new else over)
    ]
    until = edition.valid_to
    for move in moves:
        began = tree.began(move.new) if move.new else None
        if began is not None:
            until = min(until or date.max, began - timedelta(days=1))
    whole = moves[0].new if len(moves) == 1 and moves[0].share is Share.WHOLE else ""
    return UnitName(
        unit.ref,
        unit.name,
        unit.kind,
        unit.parent,
        tree.holds_records(unit.ref),
        whole,
        () if whole else tuple(move.new for move in moves if move.new),
        any(move.share is Share.ABOLISHED for move in moves),
        edition.valid_from,
        until,
        () if unit.parent else short.get(unit.name, ()),
    )
