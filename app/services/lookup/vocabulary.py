"""The words that children are found by, each with the places of those who bear it.

What is typed is the beginning of a word; from three letters on it may stand anywhere in one. Digits
are the beginning of a number, from four on also its end: so a household is found by its number, a
telephone by how it ends, and "12" does not find every personal id with a 12 in it.
`app.models.queries.register` searches by the same rule.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

from app.models.queries.register import begins_only, ends_too
from app.services.lookup import bits

#: Digits of what is kept among the numbers; a longer one is a word like others.
_WIDTH = 12
_RECORD = _WIDTH + 4
#: Digits by which numbers are parted before they are sorted, because the sort of a million would
#: hold up the window: of personal ids the first six say birthplace, sex and year.
_BUCKET = 6
#: Digits of an end that numbers are found by.
_TAIL = 4
#: A set is kept from the size on at which it is smaller than the places themselves.
_KEPT_FROM = 32
_LEAST_KEPT = 512
_LAST = "\U0010ffff"


class Gathered:
    """Words while they are gathered, each with the places of those who bear it."""

    def __init__(self) -> None:
        self.words: dict[str, array[int]] = {}
        self.numbers: dict[str, bytearray] = {}

    def add(self, words: Iterable[str], place: int) -> None:
        """The child at a place bears these words, each named once."""
        held, numbers = self.words, self.numbers
        for word in words:
            if word.isdigit() and word.isascii() and len(word) <= _WIDTH:
                record = word.encode().ljust(_WIDTH) + place.to_bytes(4, "big")
                bucket = word[:_BUCKET]
                if bucket in numbers:
                    numbers[bucket] += record
                else:
                    numbers[bucket] = bytearray(record)
            elif word in held:
                held[word].append(place)
            else:
                held[word] = array("I", (place,))


class Vocabulary:
    """All words of a list of `size` places."""

    def __init__(self, gathered: Gathered, size: int) -> None:
        self._size = size
        self._numbers = _Numbers(gathered.numbers, size)
        self._words = sorted(gathered.words)
        self._places = [gathered.words[word] for word in self._words]
        self._sums = array("I", accumulate(map(len, self._places), initial=0))
        self._text = "\n".join(self._words)
        lengths = (len(word) + 1 for word in self._words)
        self._starts = array("I", accumulate(lengths, initial=0))
        self._least = _least_kept(size)
        self._kept = {
            (start, end): bits.from_places(self._places[start:end], size)
            for start, end in self._heavy(0, len(self._words), 0)
        }

    def bearing(self, word: str) -> int:
        """The places of those who bear what is typed, folded."""
        found = self._begun(word)
        if not begins_only(word):
            found |= self._around(word)
        if word.isdigit() and word.isascii() and len(word) <= _WIDTH:
            found |= self._numbers.bearing(word)
        return found

    def _begun(self, word: str) -> int:
        start = bisect_left(self._words, word)
        end = bisect_left(self._words, word + _LAST)
        kept = self._kept.get((start, end))
        return bits.from_places(self._places[start:end], self._size) if kept is None else kept

    def _around(self, word: str) -> int:
        """Where it stands inside of a word, not at its beginning; digits only at its end."""
        found, few = 0, []
        wanted = f"{word}\n" if ends_too(word) else word
        text = f"{self._text}\n" if ends_too(word) else self._text
        at = text.find(wanted)
        while at >= 0:
            place = bisect_left(self._starts, at + 1) - 1
            if self._starts[place] != at:
                kept = self._kept.get((place, place + 1))
                if kept is None:
                    few.append(self._places[place])
                else:
                    found |= kept
            if place + 1 == len(self._words):
                break
            at = text.find(wanted, self._starts[place + 1])  # once is enough for each word
        return found | bits.from_places(few, self._size) if few else found

    def _heavy(self, start: int, end: int, length: int) -> Iterator[tuple[int, int]]:
        """The ranges of words with one beginning that many bear, each once."""
        at = start
        while at < end:
            word = self._words[at]
            after = at + 1
            if len(word) > length:
                after = bisect_left(self._words, word[: length + 1] + _LAST, at, end)
            if self._sums[after] - self._sums[at] >= self._least:
                alone = after == at + 1
                if alone or not self._same_when_longer(at, after, length + 1):
                    yield at, after
                if not alone:
                    yield from self._heavy(at, after, length + 1)
            at = after

    def _same_when_longer(self, start: int, end: int, length: int) -> bool:
        first, last = self._words[start], self._words[end - 1]
        return len(first) > length and first[: length + 1] == last[: length + 1]


class _Numbers:
    """Numbers of up to twelve digits, in order, in a row of bytes."""

    def __init__(self, gathered: dict[str, bytearray], size: int) -> None:
        self._size = size
        digits = bytearray()
        self._starts, self._holders = array("I"), array("I")
        tails: dict[bytes, array[int]] = {}
        count = 0
        for bucket in sorted(gathered):
            packed = gathered.pop(bucket)
            before = b""
            records = [packed[at : at + _RECORD] for at in range(0, len(packed), _RECORD)]
            for one in sorted(map(bytes, records)):
                number = one[:_WIDTH]
                if number != before:
                    before = number
                    digits += number
                    self._starts.append(len(self._holders))
                    tail = number.rstrip()[-_TAIL:]
                    if len(tail) == _TAIL:
                        tails.setdefault(tail, array("I")).append(count)
                    count += 1
                self._holders.append(int.from_bytes(one[_WIDTH:], "big"))
        self._starts.append(len(self._holders))
        self._digits = bytes(digits)
        self._count = count
        self._tails = tails
        least = _least_kept(size)
        self._kept = {
            (start, end): bits.from_places([self._of(start, end)], size)
            for start, end in self._heavy(b"", least)
        }

    def bearing(self, word: str) -> int:
        """The places of those whose number begins with these digits, or ends with them."""
        wanted = word.encode()
        start, end = self._begun(wanted)
        found = self._kept.get((start, end))
        if found is None:
            found = bits.from_places([self._of(start, end)], self._size)
        if not ends_too(word):
            return found
        ending = (
            self._of(at, at + 1)
            for at in self._tails.get(wanted[-_TAIL:], ())
            if self._number(at).rstrip().endswith(wanted)
        )
        return found | bits.from_places(ending, self._size)

    def _number(self, at: int) -> bytes:
        return self._digits[at * _WIDTH : (at + 1) * _WIDTH]

    def _of(self, start: int, end: int) -> array[int]:
        return self._holders[self._starts[start] : self._starts[end]]

    def _begun(self, beginning: bytes) -> tuple[int, int]:
        numbers = range(self._count)
        start = bisect_left(numbers, beginning, key=self._number)
        return start, bisect_left(numbers, beginning + b"~", start, key=self._number)

    def _heavy(self, beginning: bytes, least: int) -> Iterator[tuple[int, int]]:
        for digit in b"0123456789":
            longer = beginning + bytes((digit,))
            start, end = self._begun(longer)
            if self._starts[end] - self._starts[start] >= least:
                yield start, end
                if len(longer) < _WIDTH:
                    yield from self._heavy(longer, least)


def _least_kept(size: int) -> int:
    return max(_LEAST_KEPT, size // _KEPT_FROM)
