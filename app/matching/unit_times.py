"""What is written beside a unit of when it was called so: «xã Ba Vinh cũ», «… (nay là xã Ba Tô)».

Cuts these words out of a text and says what they mean. Which unit is then meant, names decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.matching.unit_words import Fit, Word, fit, key_of, pieces_of, text_of, words_of


class TimeWords(NamedTuple):
    """`former` and `lasting` stand behind a name or beside it; `became` and `was` between the name
    a unit had and the one it has ("nay là"), or the other way round ("trước đây là").
    """

    former: Collection[str] = ()
    lasting: Collection[str] = ()
    became: Collection[str] = ()
    was: Collection[str] = ()


NO_TIMES = TimeWords()


@dataclass(frozen=True, slots=True)
class Timed:
    """A text without its words of time. `lasting`: the unit stands today, or does no longer; None
    where nothing says so. `other`: the same unit, or a part of it, as it is called at the other
    time; empty for none.
    """

    text: str
    lasting: bool | None
    other: str = ""


class TimesOfNames:
    """Finds words of time."""

    def __init__(self, words: TimeWords) -> None:
        self._behind = [(words_of(one), False) for one in words.former]
        self._behind += [(words_of(one), True) for one in words.lasting]
        between = [(words_of(one), False) for one in words.became]
        between += [(words_of(one), True) for one in words.was]
        self._between = sorted(between, key=lambda one: -len(one[0]))

    def of(self, text: str) -> Timed | None:
        """What a text says of time; None where it says nothing."""
        pieces = list(pieces_of(text))
        return next(self._two_names(pieces), None) or self._one_name(pieces)

    def _two_names(self, pieces: Sequence[tuple[Word, ...]]) -> Iterator[Timed]:
        for at, piece in enumerate(pieces):
            for start in range(len(piece)):
                for called, lasting in self._between:
                    other = piece[start + len(called) :]
                    if other and _is(piece[start : start + len(called)], called):
                        own = [*pieces[:at], piece[:start], *pieces[at + 1 :]]
                        yield Timed(text_of(filter(None, own)), lasting, text_of([other]))

    def _one_name(self, pieces: Sequence[tuple[Word, ...]]) -> Timed | None:
        kept: list[tuple[Word, ...]] = []
        found, lasting = False, None
        for piece in pieces:
            rest, says = self._without_time(piece)
            if says is not None:
                found = True
                # Of a unit above it says nothing about the one below.
                if len(kept) == (0 if rest else 1):
                    lasting = says
            if rest:
                kept.append(rest)
        return Timed(text_of(kept), lasting) if found and kept else None

    def _without_time(self, piece: tuple[Word, ...]) -> tuple[tuple[Word, ...], bool | None]:
        """A piece without the word of time behind it, and what that says; None without one."""
        for called, says in self._behind:
            rest = piece[: -len(called)]
            # «Chợ Mới» is a name: only alone does the word say that the unit stands today.
            if _is(piece[-len(called) :], called) and not (rest and says):
                return rest, says
        return piece, None


def _is(written: Sequence[Word], called: Sequence[Word]) -> bool:
    return (
        len(written) == len(called)
        and key_of(written) == key_of(called)
        and fit(written, called) <= Fit.BARE
    )
