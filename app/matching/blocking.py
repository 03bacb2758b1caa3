"""Which pairs are compared at all: those that agree in one of many keys.

A key that too many share says little and costs much: it is left out and counted, and what belongs
together is found by another one; who shares no other key is counted, too. A personal id is never
left out, for those of one id are one child or somebody's slip: where too many bear it, each is
compared with the next by name and day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

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


#: The kind of key that is compared however many share it.
ALWAYS = "personal_id"


class Blocks:
    """Who shares a key with whom, and by kind of key how many keys were shared by too many and how
    many records stood behind those.
    """

    def __init__(self, size: int) -> None:
        self.left_out: Counter[str] = Counter()
        self.records_left_out: Counter[str] = Counter()
        self._of: list[list[list[int]]] = [[] for _ in range(size)]
        #: Who shares a key that was left out.
        self._left_out = bytearray(size)

    def add(self, kind: str, keys: Sequence[int], most: int) -> None:
        """Put together whom a kind of key puts together; `keys`: that of each record."""
        shared: dict[int, list[int]] = {}
        too_many: set[int] = set()
        for key, count in _shared(keys).items():
            if count <= most:
                shared[key] = []
            else:
                too_many.add(key)
                self.left_out[kind] += 1
                self.records_left_out[kind] += count
        of = self._of
        for at, key in enumerate(keys):
            if key in shared:
                block = shared[key]
                block.append(at)
                of[at].append(block)
            elif key in too_many:
                self._left_out[at] = True

    def chain(
        self, keys: Sequence[int], most: int, order: Callable[[int], tuple[int, ...]]
    ) -> None:
        """Of those who share a key with more than `most`, put each together with the next."""
        chains: dict[int, list[int]] = {
            key: [] for key, count in _shared(keys).items() if count > most
        }
        for at, key in enumerate(keys if chains else ()):
            if key in chains:
                chains[key].append(at)
        for chain in chains.values():
            chain.sort(key=order)
            for pair in pairwise(chain):
                block = sorted(pair)
                for at in pair:
                    self._of[at].append(block)

    def alone(self) -> int:
        """How many records are to be compared with nobody because too many share each of their
        keys; before any is taken.
        """
        return sum(
            left_out and not blocks
            for left_out, blocks in zip(self._left_out, self._of, strict=True)
        )

    def take(self, at: int) -> set[int]:
        """Those whom a record is to be compared with and has not been. Each record is taken once,
        the last first: what is kept for it is given up.
        """
        blocks = self._of[at]
        self._of[at] = []
        for block in blocks:
            block.pop()
        return set().union(*blocks)


def _shared(keys: Sequence[int]) -> dict[int, int]:
    """The keys that stand more than once, and how often."""
    return {key: count for key, count in Counter(keys).items() if key and count > 1}


def _unless_more(keys: Sequence[int], most: int) -> Sequence[int]:
    """The same without the keys that more than so many share."""
    many = {key for key, count in _shared(keys).items() if count > most}
    return [0 if key in many else key for key in keys] if many else keys


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

    def name_and_day(at: int) -> tuple[int, ...]:
        return (columns.full[at], columns.day[at], at)

    for done, (kind, keys_of) in enumerate(KEYS.items()):
        progress(done, len(KEYS))
        keys = keys_of(columns)
        if kind == ALWAYS:
            found.chain(keys, most, name_and_day)
            keys = _unless_more(keys, most)
        found.add(kind, keys, most)
    return found
