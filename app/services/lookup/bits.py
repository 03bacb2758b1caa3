"""Sets of places in a list, as whole numbers: a set of 300,000 places is 37 KB, and two are
intersected in microseconds.

The first place is the highest bit, so that the bytes of the number stand in the order of the list.
Whoever makes one holds the interpreter for no longer than a frame of the window takes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, compress, repeat

_DIGITS = bytes.maketrans(b"\x00\x01", b"01")
#: Byte → the places of its bits, the highest first.
_INSIDE = tuple(tuple(place for place in range(8) if byte & (0x80 >> place)) for byte in range(256))
#: Places that one step of C goes through.
_AT_ONCE = 20_000
#: Bytes that are counted together.
_BLOCK = 64


def in_parts(places: array[int]) -> Iterator[array[int]]:
    """The same places, so many at a time that nobody waits for the interpreter."""
    for start in range(0, len(places), _AT_ONCE):
        yield places[start : start + _AT_ONCE]


def from_places(places: Iterable[Iterable[int]], size: int) -> int:
    """The set of all these places below `size`."""
    flags = bytearray(size)
    for some in places:
        for part in in_parts(some) if isinstance(some, array) else (some,):
            # The quickest loop there is without a module of C: nothing of Python runs in it.
            deque(map(flags.__setitem__, part, repeat(1)), maxlen=0)
    return from_flags(flags)


def from_flags(flags: bytes | bytearray) -> int:
    """The set of the places at which `flags` holds a 1 and not a 0."""
    return int(flags.translate(_DIGITS), 2) if flags else 0


def in_order(bits: int, size: int, order: array[int]) -> array[int]:
    """The places of the set, in the order in which `order` names every place once."""
    flags = bytearray(size)
    deque(map(flags.__setitem__, Places(bits, size), repeat(1)), maxlen=0)
    found = array("I")
    for part in in_parts(order):
        found.extend(compress(part, map(flags.__getitem__, part)))
    return found


class Places:
    """The places of a set in order; only those that are looked at are worked out."""

    __slots__ = ("_bytes", "_lead", "_sums")

    def __init__(self, bits: int, size: int) -> None:
        length = (size + 7) // 8
        self._lead = length * 8 - size
        self._bytes = bits.to_bytes(length, "big")
        self._sums = [0]
        for start in range(0, length, _BLOCK):
            block = self._bytes[start : start + _BLOCK]
            self._sums.append(self._sums[-1] + int.from_bytes(block, "big").bit_count())

    def __len__(self) -> int:
        return self._sums[-1]

    def __getitem__(self, at: int) -> int:
        return next(self.some(at, at + 1))

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(map(self._of_block, range(len(self._sums) - 1)))

    def some(self, start: int, end: int) -> Iterator[int]:
        """Those from one number to before another. Raises IndexError outside of the set."""
        if not 0 <= start <= end <= len(self):
            raise IndexError(start)
        while start < end:
            block = bisect_right(self._sums, start) - 1
            last = min(end, self._sums[block + 1])
            yield from self._of_block(block)[start - self._sums[block] : last - self._sums[block]]
            start = last

    def before(self, place: int) -> int:
        """How many stand before a place of the list."""
        place += self._lead
        block, rest = place // 8 // _BLOCK, self._bytes[place // 8 : place // 8 + 1]
        whole = self._bytes[block * _BLOCK : place // 8]
        count = (
            self._sums[min(block, len(self._sums) - 1)] + int.from_bytes(whole, "big").bit_count()
        )
        return count + sum(1 for one in _INSIDE[rest[0]] if one < place % 8) if rest else count

    def _of_block(self, block: int) -> list[int]:
        first = block * _BLOCK * 8 - self._lead
        found: list[int] = []
        for at, byte in enumerate(self._bytes[block * _BLOCK : (block + 1) * _BLOCK]):
            if byte:
                base = first + at * 8
                found += [base + place for place in _INSIDE[byte]]
        return found
