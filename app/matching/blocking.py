"""Which pairs are compared at all: those that agree in one of many keys.

A key that too many share says little and costs much: it is left out and counted, and what belongs
together is found by another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from app.matching.columns import WIDTH, Columns

#: How many may share a key. A block of so many makes 780 pairs.
MOST_IN_BLOCK = 40

#: The number of its key for each record; 0 where one is missing.
Key = Callable[[Columns], Sequence[int]]


def _both(one: Iterable[int], other: Iterable[int]) -> list[int]:
    return [
        mine << WIDTH | theirs if mine and theirs else 0
        for mine, theirs in zip(one, other, strict=True)
    ]


KEYS: Mapping[str, Key] = {
    "personal_id": lambda of: of.personal_id,
    "given+day": lambda of: _both(of.given, of.day),
    "day+mother": lambda of: _both(of.day, of.mother_called),
    "day+father": lambda of: _both(of.day, of.father_called),
    "day+family": lambda of: _both(of.day, of.family),
    "day": lambda of: of.foreign_day,
    "name+day_of_year": lambda of: _both(of.full, of.day_of_year),
    "name+year": lambda of: _both(of.full, of.year),
    "given+year+village": lambda of: _both(_both(of.given, of.year), of.village),
    "given+mother": lambda of: _both(of.given, of.mother),
    "given+father": lambda of: _both(of.given, of.father),
    "given+phone": lambda of: _both(of.given, of.phone),
    "given+household": lambda of: _both(of.given, of.household),
    "given+head": lambda of: _both(of.given, of.head),
    "name+unit": lambda of: _both(of.full, of.unit),
    "address": lambda of: of.address,
    "both_names": lambda of: of.both_names,
}


class Blocks:
    """Who shares a key with whom, and by kind of key how many keys were shared by too many and how
    many records stood behind those.
    """

    def __init__(self, size: int) -> None:
        self.left_out: Counter[str] = Counter()
        self.records_left_out: Counter[str] = Counter()
        self._of: list[list[list[int]]] = [[] for _ in range(size)]

    def add(self, kind: str, keys: Sequence[int], most: int) -> None:
        """Put together whom a kind of key puts together; `keys`: that of each record."""
        counted = Counter(keys)
        del counted[0]
        if not counted:
            return
        shared: dict[int, list[int]] = {}
        for key, count in counted.items():
            if count > 1:
                if count <= most:
                    shared[key] = []
                else:
                    self.left_out[kind] += 1
                    self.records_left_out[kind] += count
        of = self._of
        for at, key in enumerate(keys):
            if key in shared:
                block = shared[key]
                block.append(at)
                of[at].append(block)

    def take(self, at: int) -> set[int]:
        """Those whom a record is to be compared with and has not been. Each record is taken once,
        the last first: what is kept for it is given up.
        """
        blocks = self._of[at]
        self._of[at] = []
        for block in blocks:
            block.pop()
        return set().union(*blocks)


def blocks_of(
    columns: Columns,
    most: int = MOST_IN_BLOCK,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Blocks:
    """Whom to compare with whom: those that agree in a key which at most `most` share. One kind of
    key after the other, so that the keys of one alone lie in memory. What `progress` raises ends
    it.
    """
    found = Blocks(len(columns.full))
    for done, (kind, keys_of) in enumerate(KEYS.items()):
        progress(done, len(KEYS))
        found.add(kind, keys_of(columns), most)
    return found
