"""Which village of a commune a written name means: "thôn Một" is "Thôn 1" and "T.1".

What counts is the kind and what is called so; a number is one however it is written. Villages of
two kinds are two ("Tổ 1", "Thôn 1"): a name without its kind is clear only where one is called so.
One slip is a proposal for a person to confirm. It creates and renames nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.matching.unit_words import Fit, Word, differ_by_one, fit, key_of, with_figures, words_of

#: Letters below which one more or less is another name.
_SHORTEST = 5


class VillageName(NamedTuple):
    """A written name taken apart: the code of its kind, empty where no word for one was written,
    and the words behind it, a number in figures.
    """

    kind: str
    words: tuple[Word, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The same for every way to write the name of one village, marks aside."""
        return self.kind, key_of(self.words)


class Sure(StrEnum):
    """How sure it is which village was meant."""

    RECOGNISED = "recognised"
    PROPOSED = "proposed"  # one slip, or another kind: never to be taken unasked
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class VillageReading:
    """What a text means: `village` is set where it is recognised or proposed, `found` are the ids
    of all that may be meant.
    """

    outcome: Sure
    village: str = ""
    found: tuple[str, ...] = ()


class VillageWords:
    """The words with which names of villages are made."""

    def __init__(
        self,
        kinds: Mapping[str, Collection[str]],
        signs: Collection[str],
        numbers: Mapping[str, int],
    ) -> None:
        """`kinds`: code → words before the name of one ("Thôn", "T."); `signs`: what may stand
        between kind and number ("số"); `numbers`: numbers in words.
        """
        found = [(words_of(word), kind) for kind, words in kinds.items() for word in words]
        self._kinds = sorted(found, key=lambda one: -len(one[0]))
        self._signs = [words_of(one) for one in signs]
        self._numbers = [(words_of(word), str(number)) for word, number in numbers.items()]

    def parted(self, name: str) -> VillageName:
        """A name taken apart. A kind without a name behind it is the name itself."""
        words = _loosened(words_of(name), self._kinds)
        for called, kind in self._kinds:
            rest = words[len(called) :]
            if rest and _is(words[: len(called)], called):
                return VillageName(kind, self._in_figures(rest))
        return VillageName("", self._in_figures(words))

    def _in_figures(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        for sign in self._signs:
            rest = words[len(sign) :]
            if rest and _is(words[: len(sign)], sign) and self._number(rest) is not None:
                words = rest
        number = self._number(words)
        if number is not None:
            return (Word(number, number, number),)
        return words

    def _number(self, words: tuple[Word, ...]) -> str | None:
        """A name that is nothing but a number, in figures. In words it has its marks: a village
        "Nam" lies in the south.
        """
        if len(words) == 1 and words[0].key.isdigit():
            return words[0].key
        if len(words) == 1 and (figures := with_figures(words)) is not None:
            return figures[0].key
        return next((figure for called, figure in self._numbers if _is_just(words, called)), None)


class VillageNames:
    """The villages of one commune by their names. Grows with `add`."""

    def __init__(self, words: VillageWords, villages: Iterable[tuple[str, str]] = ()) -> None:
        """`villages`: (id, name)."""
        self._words = words
        self._held: list[tuple[str, VillageName]] = []
        for village, name in villages:
            self.add(village, name)

    def add(self, village: str, name: str) -> None:
        """One more village, or one more name of one."""
        self._held.append((village, self._words.parted(name)))

    def recognise(self, text: str) -> VillageReading:
        """Which village a text means."""
        written = self._words.parted(text)
        if not written.words:
            return VillageReading(Sure.UNKNOWN)
        called = [one for one in self._held if one[1].key[1] == written.key[1]]
        fits = [one for one in called if fit(written.words, one[1].words) <= Fit.BARE]
        exact = [one for one in fits if one[1].kind == written.kind]
        bare = fits if not written.kind else [one for one in fits if not one[1].kind]
        for sure in (exact, bare):
            if sure:
                return _read(sure, Sure.RECOGNISED)
        near = [one for one in self._held if _is_near(written, one[1])] or fits
        return _read(near, Sure.PROPOSED) if near else VillageReading(Sure.UNKNOWN)


def _read(held: Sequence[tuple[str, VillageName]], outcome: Sure) -> VillageReading:
    found = tuple(dict.fromkeys(village for village, _ in held))
    if len(found) > 1:
        return VillageReading(Sure.AMBIGUOUS, found=found)
    return VillageReading(outcome, found[0], found)


def _is_near(written: VillageName, held: VillageName) -> bool:
    """Whether one slip of a letter or a mark, or marks left out in part, lie between two names."""
    if written.kind and held.kind and written.kind != held.kind:
        return False
    if written.key[1] == held.key[1]:
        return fit(written.words, held.words) is Fit.PARTLY or differ_by_one(
            written.words, held.words
        )
    shortest = min(len(written.key[1].replace(" ", "")), len(held.key[1].replace(" ", "")))
    return shortest >= _SHORTEST and differ_by_one(written.words, held.words)


def _is_just(written: Sequence[Word], called: Sequence[Word]) -> bool:
    return len(written) == len(called) and fit(written, called) is Fit.EXACT


def _is(written: Sequence[Word], called: Sequence[Word]) -> bool:
    return (
        len(written) == len(called)
        and key_of(written) == key_of(called)
        and fit(written, called) <= Fit.PARTLY
    )


def _loosened(
    words: tuple[Word, ...], kinds: Sequence[tuple[tuple[Word, ...], str]]
) -> tuple[Word, ...]:
    """`thôn2`, `T2` and `KP3` are a kind and a number."""
    if not words:
        return words
    first = words[0].written
    letters = first.rstrip("0123456789")
    if letters in ("", first):
        return words
    lead = words_of(letters)
    if any(_is(lead, called) for called, _ in kinds):
        return (*lead, *words_of(first[len(letters) :]), *words[1:])
    return words
