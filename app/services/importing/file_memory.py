"""What has to be known of all rows of a file so far, in a few bytes a row.

Hashes of 64 bits stand for ids and texts: among a million of them the chance that any two coincide
is one in thirty-seven million. A dictionary would take six times the room.
"""

from __future__ import annotations

from array import array

_MASK = (1 << 64) - 1


class RowNumbers:
    """A growing map from texts to small positive numbers; texts themselves are not kept."""

    def __init__(self) -> None:
        self._size = 1 << 10
        self._used = 0
        self._hashes = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(array("I").itemsize * self._size))

    def __len__(self) -> int:
        return self._used

    def get(self, text: str) -> int | None:
        """The number noted for a text, None when there is none."""
        return self._numbers[self._place(hash(text) & _MASK or 1)] or None

    def first(self, text: str, number: int) -> int:
        """The number that was noted first for a text: this one, if none was."""
        hashed = hash(text) & _MASK or 1
        at = self._place(hashed)
        if self._hashes[at] == hashed:
            return self._numbers[at]
        self._put(at, hashed, number)
        return number

    def count(self, text: str) -> int:
        """How often this was asked before for the same text."""
        hashed = hash(text) & _MASK or 1
        at = self._place(hashed)
        if self._hashes[at] == hashed:
            before = self._numbers[at]
            self._numbers[at] = before + 1
            return before
        self._put(at, hashed, 1)
        return 0

    def _place(self, hashed: int) -> int:
        """Where a hash stands or would stand (open addressing, next free place)."""
        hashes, mask = self._hashes, self._size - 1
        at = hashed & mask
        while hashes[at] not in (0, hashed):
            at = (at + 1) & mask
        return at

    def _put(self, at: int, hashed: int, number: int) -> None:
        self._hashes[at] = hashed
        self._numbers[at] = number
        self._used += 1
        if self._used * 3 > self._size * 2:
            self._grow()

    def _grow(self) -> None:
        old = zip(self._hashes, self._numbers, strict=True)
        self._size *= 2
        self._hashes = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(array("I").itemsize * self._size))
        for hashed, number in old:
            if hashed:
                at = self._place(hashed)
                self._hashes[at] = hashed
                self._numbers[at] = number


class FileMemory:
    """The rows of one file: which household, child, personal id, and name within a household was
    met, and in which row.
    """

    def __init__(self) -> None:
        self.households = RowNumbers()
        self.children = RowNumbers()
        self.personal_ids = RowNumbers()
        self.names = RowNumbers()
        self._contents = RowNumbers()

    def ordinal(self, content: str) -> int:
        """How many rows with this content came before."""
        return self._contents.count(content)
