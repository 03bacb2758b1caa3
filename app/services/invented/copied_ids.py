"""Other children under an id that was copied: what must never be called one child by itself.

As it happens: a twin's line is copied with its id, two newborns stand there as «con bà …», a cousin
of the same name gets the id of the first. Every household that is made here holds a child of its
own, so whatever calls two of them certainly one, or one of them certainly somebody else, is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from app.forms.issues import Value
from app.services.invented.draws import Dice
from app.services.invented.register import InventedChild, InventedHousehold
from app.settings import resources_dir

_NEEDED = ("full_name", "birth_date", "sex", "personal_id")
_WHOLE_DATE = 10
_OTHER_SEX = {"1": "2", "2": "1"}


class _Words(NamedTuple):
    """Pairs of names of two children, and what stands for a name."""

    names: tuple[tuple[str, str], ...]
    no_names: tuple[str, ...]


@cache
def _words() -> _Words:
    file = resources_dir() / "invented" / "copied_ids.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    return _Words(tuple((one, other) for one, other in said["names"]), tuple(said["no_names"]))


class CopiedIds:
    """Makes them of a `share` of the children that pass, in turns of one or two households."""

    def __init__(self, seed: int, share: float = 0.002) -> None:
        self._dice = Dice(seed)
        self._share = share

    def write(self, one: InventedHousehold) -> Iterator[InventedHousehold]:
        """The households of other children under ids of this one's."""
        for child in one.children:
            said = child.values
            whole = len(str(said.get("birth_date") or "")) == _WHOLE_DATE
            if not (whole and all(said.get(name) for name in _NEEDED)):
                continue
            if self._dice.random() < self._share:
                for values in self._others(said):
                    yield self._household(one, child, {**said, **values})

    def _others(self, said: dict[str, Value]) -> list[dict[str, Value]]:
        dice, words = self._dice, _words()
        drawn = dice.below(5)
        if drawn == 0:
            pair = words.names[dice.below(len(words.names))]
            sexes = (said["sex"], said["sex"] if dice.below(2) else None)
            return [{"full_name": name, "sex": sex} for name, sex in zip(pair, sexes, strict=True)]
        if drawn == 1:
            name = words.no_names[dice.below(len(words.no_names))]
            return [{"full_name": name}, {"full_name": name}]
        if drawn == 2:
            return [{"full_name": self._twin(str(said["full_name"]))}]
        if drawn == 3:
            return [{"sex": _OTHER_SEX[str(said["sex"])]}]
        year, rest = str(said["birth_date"])[:4], str(said["birth_date"])[4:]
        return [{"birth_date": f"{int(year) - 1}{rest}" if rest != "-02-29" else year}]

    def _twin(self, name: str) -> str:
        """A name that is this one but for a word between."""
        first, *between, last = name.split()
        if between and self._dice.below(2):
            return " ".join((first, *between[1:], last))
        return " ".join((first, *between, first, last))

    def _household(
        self, one: InventedHousehold, child: InventedChild, values: dict[str, Value]
    ) -> InventedHousehold:
        made = replace(child, key=self._dice.key(), values=values)
        return replace(one, key=self._dice.key(), children=(made,))
