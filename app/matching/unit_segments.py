"""A written place parted into names of units, each with the kind that stands before it.

"Xã Ba Vinh huyện Ba Tơ - Quảng Ngãi" is three names, whatever stands between them. Every way to
part a text into names that some list holds is given, those of the fewest names first; which one is
meant, the units themselves tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.matching.unit_times import NO_TIMES, TimesOfNames, TimeWords
from app.matching.unit_words import (
    Entry,
    Fit,
    Word,
    finer_pieces_of,
    fit,
    is_code,
    key_of,
    pieces_of,
    with_figures,
    words_of,
)

#: Names in one text: commune, district, province, and a code.
MOST_NAMES = 4
#: Words of the longest name, "Văn Miếu - Quốc Tử Giám", and of a text that is read at all.
_LONGEST, _MOST_WORDS = 6, 24


@dataclass(frozen=True, slots=True)
class Segment:
    """A name with the kinds that the word before it may mean, None without such a word. `code`: the
    digits of a code beside the name. `near`: the units so called but for one letter, where it is
    read as that; None where it is read as it stands.
    """

    words: tuple[Word, ...]
    key: str
    kinds: frozenset[str] | None = None
    code: str = ""
    near: Sequence[Entry[Any]] | None = None


Parting = tuple[Segment, ...]
Near = Callable[[Sequence[Word]], Sequence[Entry[Any]]]


class Parser:
    """Parts texts by the names (`known`: keys) and the words for kinds that it was given."""

    def __init__(
        self,
        known: Container[str],
        kind_words: Mapping[str, Collection[str]],
        offices: Collection[str],
        below: Collection[str],
        times: TimeWords = NO_TIMES,
    ) -> None:
        self._known = known
        self.times = TimesOfNames(times)
        kinds: dict[tuple[Word, ...], set[str]] = defaultdict(set)
        for kind, called in kind_words.items():
            for word in called:
                kinds[words_of(word)].add(kind)
        self._kinds: dict[str, list[tuple[tuple[Word, ...], set[str]]]] = defaultdict(list)
        for words, of in kinds.items():
            self._kinds[key_of(words)].append((words, of))
        # An abbreviation is as well the beginning of a name.
        self._joined_kinds = [
            words[0].written
            for words in kinds
            if len(words) == 1 and not words[0].written.isascii()
        ]
        self._offices = sorted(map(words_of, offices), key=len, reverse=True)
        # One letter is as well a kind of unit: "T." is a village and a province.
        self._below = [words for one in below if len(key_of(words := words_of(one))) > 1]

    def readings(self, text: str) -> Iterator[list[Parting]]:
        """All ways to part a text into known names: those of one name, of two, and so on; then once
        more without the pieces that name a place inside a commune.
        """
        pieces = self._pieces(pieces_of(text))
        yield from self._by_count(self._parted(pieces))
        outside = [one for one in pieces if not self._is_below(one)]
        if outside and len(outside) < len(pieces):
            yield from self._by_count(self._parted(outside))
        loosened = [self._loosened(one) for one in pieces]
        if loosened != pieces:
            yield from self._by_count(self._parted(loosened))

    def with_slip(self, text: str, near: Near) -> list[Parting]:
        """The ways to part a text in which one name is a known one but for a letter."""
        pieces = self._pieces(finer_pieces_of(text))
        if len(pieces) > 1:
            pieces = [one for one in pieces if not self._is_below(one)]
        chunks = [chunk for piece in pieces for chunk in self._at_kinds(piece)]
        if not 0 < len(chunks) <= MOST_NAMES:
            return []
        whole = [self._cuts(chunk) for chunk in chunks]
        found: list[Parting] = []
        for place, chunk in enumerate(chunks):
            others = [one for at, one in enumerate(whole) if at != place]
            if not all(others):
                continue
            slipped: list[Parting] = [(one,) for one in self._slipped(chunk, near)]
            found += _joined([*whole[:place], slipped, *whole[place + 1 :]])
        return found

    # --- pieces -----------------------------------------------------------------------------

    def _pieces(self, pieces: Iterable[tuple[Word, ...]]) -> list[tuple[Word, ...]]:
        found: list[tuple[Word, ...]] = []
        kinds: list[tuple[Word, ...]] = []
        for one in pieces:
            rest = self._without_office(one)
            if rest and self._is_kind(rest):
                kinds.append(rest)  # «Xã: Ba Vinh», «Xã/phường: Ba Vinh»
            elif rest:
                found.append((*kinds[0], *rest) if len(kinds) == 1 else rest)
                kinds.clear()
        return found if sum(map(len, found)) <= _MOST_WORDS else []

    def _is_kind(self, words: tuple[Word, ...]) -> bool:
        return any(size == len(words) for size, _ in self._kinds_at(words, 0))

    def _loosened(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """A piece whose first word is one for a kind and the name that begins behind it: «xãBa»."""
        first = words[0].written
        for called in self._joined_kinds:
            if len(first) > len(called) and first.startswith(called):
                return (*words_of(called), *words_of(first[len(called) :]), *words[1:])
        return words

    def _without_office(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        for office in self._offices:
            if len(words) >= len(office) and _is(words[: len(office)], office):
                return self._without_office(words[len(office) :])
        return words

    def _is_below(self, words: tuple[Word, ...]) -> bool:
        return any(len(words) > len(one) and _is(words[: len(one)], one) for one in self._below)

    def _at_kinds(self, words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
        """A piece parted before each word for a kind but the first; one letter is none here."""
        starts = [0]
        for at in range(1, len(words) - 1):
            sizes = (size for size, _ in self._kinds_at(words, at))
            if at - starts[-1] > 1 and any(
                len(key_of(words[at : at + size])) > 1 for size in sizes
            ):
                starts.append(at)
        ends = [*starts[1:], len(words)]
        return [words[start:end] for start, end in zip(starts, ends, strict=True)]

    # --- names ------------------------------------------------------------------------------

    def _kinds_at(
        self, words: tuple[Word, ...], at: int
    ) -> Iterator[tuple[int, frozenset[str] | None]]:
        """How many words for a kind stand at a place, and which kinds they may mean; also none."""
        yield 0, None
        for size in (1, 2):
            here = words[at : at + size]
            called = self._kinds.get(key_of(here), ()) if len(here) == size else ()
            fitting = [kinds for way, kinds in called if _is(here, way)]
            if fitting:
                yield size, frozenset().union(*fitting)

    def _cuts(self, words: tuple[Word, ...]) -> list[Parting]:
        """All ways to part a piece into known names, each with or without a kind."""
        from_here: dict[int, list[Parting]] = {len(words): [()]}
        for start in range(len(words) - 1, -1, -1):
            ways: list[Parting] = []
            for size, kinds in self._kinds_at(words, start):
                begin = start + size
                for end in range(begin + 1, min(len(words), begin + _LONGEST) + 1):
                    if not (rest := from_here[end]):
                        continue
                    for segment in self._named(words[begin:end], kinds):
                        ways += [(segment, *one) for one in rest if len(one) < MOST_NAMES]
            from_here[start] = ways
        return from_here[0]

    def _named(self, words: tuple[Word, ...], kinds: frozenset[str] | None) -> Iterator[Segment]:
        key = key_of(words)
        if key in self._known:
            yield Segment(words, key, kinds)
        figures = with_figures(words)
        if figures is not None and (key := key_of(figures)) in self._known:
            yield Segment(figures, key, kinds)
        if len(words) == 1 and kinds is None and is_code(words[0]):
            yield Segment(words, "", code=words[0].key)

    def _slipped(self, words: tuple[Word, ...], near: Near) -> Iterator[Segment]:
        for size, kinds in self._kinds_at(words, 0):
            name = words[size:]
            if name and len(name) <= _LONGEST + 1 and (alike := near(name)):
                yield Segment(name, key_of(name), kinds, near=alike)

    def _parted(self, pieces: Sequence[tuple[Word, ...]]) -> list[Parting]:
        return _joined([self._cuts(one) for one in pieces]) if pieces else []

    @staticmethod
    def _by_count(partings: Iterable[Parting]) -> Iterator[list[Parting]]:
        groups: dict[int, list[Parting]] = defaultdict(list)
        for one in partings:
            groups[len(one)].append(one)
        for count in sorted(groups):
            yield groups[count]


def _joined(options: Sequence[Sequence[Parting]]) -> list[Parting]:
    found: list[Parting] = [()]
    for ways in options:
        found = [(*one, *way) for one in found for way in ways if len(one) + len(way) <= MOST_NAMES]
    return found


def _is(written: Sequence[Word], called: Sequence[Word]) -> bool:
    """Whether words are these, written so or without marks: "huyện" is no "huyền"."""
    return (
        len(written) == len(called)
        and key_of(written) == key_of(called)
        and fit(written, called) <= Fit.PARTLY
    )
