"""Which child of the register each row of a list is: sure, for a person to look at, or none.

A list is kept for another purpose (poverty, an allowance, a gift) and says little: a name, perhaps
only a year, somebody answering. So each row is weighed against every child that may bear its name,
and against the chance that its child is in no book. Of two rows one child is only one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import log2
from typing import TypeAlias

from rapidfuzz.distance import OSA

from app.matching.given import Spelling, compared
from app.matching.pair import FROM, Evidence, Level
from app.matching.people import Prepared, named, prepared
from app.matching.person import Person
from app.matching.placed import Band, Candidate, Listed, Placed
from app.matching.rarity import Rarity
from app.matching.weights import weigh
from app.text.fold import fold

#: The bits of a pair, and what they come from.
_Said: TypeAlias = tuple[float, tuple[Evidence, ...]]


#: So many of ten rows are of children whom the register knows, before anything is compared.
_KNOWN = 0.9
#: Wrong once in a hundred at most is sure; likelier than one in ten is worth a look.
_SURE, _WORTH = 0.99, 0.1
#: Who lives with a child that was found is looked for in its household.
_TOGETHER = 5.0
#: No adult named beside the child is known of it. Lists name grandparents and neighbours, too.
_STRANGERS = -4.0
#: The villages that both name are two. Families move, and lists are old.
_ELSEWHERE = -1.5
#: A difference of more bits is for a person to look at, whatever else agrees. A year beside the
#: right one is none: lists of years are by the moon, and by who had just had a birthday.
_CONTRADICTS = -3.0
#: Another given name in the same household is for a person to look at at most (`given`): a letter
#: beside the right one that made another name, or somebody whom the book lacks.
_SLIPPED, _CALLED_OTHERWISE = -3.0, -10.0
#: More bits than these only a whole day of birth says that both know.
_ONE_DAY = 5.5
_MOST_SHOWN = 5


def place(
    rows: Sequence[Listed],
    children: Iterable[Person],
    is_placeholder: Callable[[str], bool],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Placed]:
    """A `Placed` for each row, in order. What `progress` raises ends it."""
    register = _Register(list(prepared(children, is_placeholder)))
    weighed: list[_Weighed] = []
    for done, row in enumerate(rows):
        progress(done, len(rows))
        weighed.append(_Weighed(row, register.weighed(row, is_placeholder)))
    _look_at_households(weighed, register)
    return _one_to_one(weighed, register, is_placeholder)


@dataclass(slots=True)
class _Weighed:
    """A row with the bits of every child it may be."""

    row: Listed
    found: dict[int, _Said] = field(default_factory=dict)


class _Register:
    """The children, by what a row can name them."""

    def __init__(self, children: Sequence[Prepared]) -> None:
        self.children = children
        self.rarity = Rarity.of(children)
        self.before = log2(_KNOWN / max(len(children), 1) / (1 - _KNOWN))
        self._by_given: dict[str, list[int]] = defaultdict(list)
        self._by_id: dict[str, list[int]] = defaultdict(list)
        self._unnamed: dict[int, list[int]] = defaultdict(list)
        self._by_year: dict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(children):
            if one.name.given:
                self._by_given[one.name.given].append(at)
            else:
                self._unnamed[one.birth.year].append(at)
            if one.personal_id:
                self._by_id[one.personal_id].append(at)
            self._by_year[one.birth.year].append(at)
        self._alike: dict[str, list[int]] = {}

    def weighed(self, row: Listed, is_placeholder: Callable[[str], bool]) -> dict[int, _Said]:
        """Child → what speaks for it, of all that are not out of the question."""
        guesses = list(prepared(_guesses(row), is_placeholder))
        found = {}
        for at in self._candidates(guesses[0]):
            best = self._best(row, guesses, self.children[at])
            if best is not None and best[0] + self.before > FROM[Level.LOW]:
                found[at] = best
        return found

    def called_otherwise(
        self, row: Listed, is_placeholder: Callable[[str], bool]
    ) -> dict[int, _Said]:
        """Children of the same parents or head, of one year, of one family name, who are called
        otherwise: a slip that made another name, or a brother whom the book lacks.
        """
        (one,) = prepared([row.person], is_placeholder)
        if not one.name.given or not one.birth.year:
            return {}
        found = {}
        for year in (one.birth.year - 1, one.birth.year, one.birth.year + 1):
            for at in self._by_year.get(year, ()):
                child = self.children[at]
                if child.name.family == one.name.family and child.name.given:
                    said = self._by_other_name(row, one, child)
                    if said is not None:
                        found[at] = said
        return found

    def _by_other_name(self, row: Listed, one: Prepared, child: Prepared) -> _Said | None:
        """What everything but the given name says, and what the other name says against it."""
        renamed = named(child.name.given, one.name.middle, one.name.family)
        guesses = [
            guess._replace(name=renamed) for guess in prepared(_guesses(row), lambda _name: True)
        ]
        best = self._best(row, guesses, child)
        if best is None or not any(
            part.bits > 0 and part.what in ("mother", "father", "head") for part in best[1]
        ):
            return None
        kept = [part for part in best[1] if part.what != "given"]
        one_day = any(part.what == "birth" and part.bits > _ONE_DAY for part in kept)
        near = OSA.distance(fold(one.name.given), fold(child.name.given), score_cutoff=1) <= 1
        if not (near or one_day):
            return None
        kept.insert(0, Evidence("given", _SLIPPED if near else _CALLED_OTHERWISE))
        return sum(part.bits for part in kept), tuple(kept)

    def _candidates(self, one: Prepared) -> Iterable[int]:
        found = set(self._by_id.get(one.personal_id, ())) if one.personal_id else set()
        given = one.name.given
        if not given:
            # Who bears no name yet is known by the parents and the day (domain.md 9 item 6).
            return found.union(self._by_year.get(one.birth.year, ()) if one.birth.year else ())
        if given not in self._alike:
            self._alike[given] = [
                at
                for name, those in self._by_given.items()
                if compared(given, name) is not Spelling.OTHER
                for at in those
            ]
        return found.union(self._alike[given], self._unnamed.get(one.birth.year, ()))

    def _best(self, row: Listed, guesses: Sequence[Prepared], child: Prepared) -> _Said | None:
        """The reading of the adults' columns that fits best."""
        best: _Said | None = None
        for guess in guesses:
            evidence = weigh(guess, child, self.rarity)
            if evidence is None:
                return None
            evidence += _beside(row, guess, child, evidence)
            bits = sum(part.bits for part in evidence)
            if best is None or bits > best[0]:
                best = bits, tuple(evidence)
        return best

    def are_one(self, first: int, second: int) -> bool:
        """Whether two records are most probably one child, written twice."""
        evidence = weigh(self.children[first], self.children[second], self.rarity)
        before = log2(1 / max(len(self.children), 2))
        return (
            evidence is not None
            and before + sum(part.bits for part in evidence) >= FROM[Level.HIGH]
        )


def _guesses(row: Listed) -> list[Person]:
    """The row with its adults as mother, as father or as head, in every way that is left open, and
    with each date that it may mean.
    """
    open_to = [name for name in ("mother", "father", "head") if not getattr(row.person, name)]
    adults = row.adults[:2]
    guesses = [
        replace(row.person, **dict(zip(parts, adults, strict=True)))
        for parts in product(open_to, repeat=len(adults))
        if len(set(parts)) == len(parts)
    ]
    guesses = guesses or [row.person]
    return guesses + [replace(one, birth_date=day) for day in row.births for one in guesses]


def _beside(
    row: Listed, guess: Prepared, child: Prepared, evidence: Sequence[Evidence]
) -> list[Evidence]:
    """What a list says that two registers do not say."""
    found = []
    named = bool(row.adults or guess.mother.given or guess.father.given or guess.head)
    known = any(part.bits > 0 for part in evidence if part.what in ("mother", "father", "head"))
    told = child.mother.given or child.father.given or child.head
    if named and told and not known:
        found.append(Evidence("adults", _STRANGERS))
    if guess.village and child.village and guess.village != child.village:
        found.append(Evidence("village", _ELSEWHERE))
    return found


def _chances(found: Mapping[int, _Said], register: _Register) -> list[tuple[float, int]]:
    """(chance, child), the likeliest first. What is left of 1 is that it is none of them."""
    odds = {at: 2.0 ** min(bits + register.before, 60.0) for at, (bits, _) in found.items()}
    whole = 1 + sum(odds.values())
    return sorted(
        ((one / whole, at) for at, one in odds.items()),
        key=lambda one: (-one[0], register.children[one[1]].id),
    )


def _look_at_households(weighed: Sequence[_Weighed], register: _Register) -> None:
    """Who lives with a child that is surely found is looked for where that one lives."""
    homes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in weighed:
        chances = _chances(one.found, register) if one.row.block else ()
        if chances and chances[0][0] >= _SURE:
            home = register.children[chances[0][1]].household
            homes[one.row.block][home].add(one.row.row)
    for one in weighed:
        at_home = homes.get(one.row.block, {})
        for at, (bits, evidence) in one.found.items():
            if at_home.get(register.children[at].household, set()) - {one.row.row}:
                more = Evidence("siblings", _TOGETHER)
                one.found[at] = bits + more.bits, (*evidence, more)


def _one_to_one(
    weighed: Sequence[_Weighed], register: _Register, is_placeholder: Callable[[str], bool]
) -> list[Placed]:
    """The surest row takes its child; another row that may be the same child is looked at."""
    order = sorted(
        range(len(weighed)),
        key=lambda at: -max((bits for bits, _ in weighed[at].found.values()), default=0.0),
    )
    taken: dict[int, float] = {}
    placed: dict[int, Placed] = {}
    left: list[int] = []
    for at in order:
        one = weighed[at]
        free = {child: said for child, said in one.found.items() if child not in taken}
        chances = _chances(free, register)
        wanted = _chances(one.found, register)
        robbed = bool(wanted) and wanted[0][1] in taken
        made = _placed(one.row.row, free, chances, register)
        if made.band is Band.SURE:
            taken[chances[0][1]] = chances[0][0]
        if robbed and made.band is not Band.SURE:
            # Two rows want one child: which of them it is, somebody has to say.
            fits = {child: said for child, said in one.found.items() if not _contradicted(said[1])}
            again = _placed(one.row.row, fits, _chances(fits, register), register)
            if again.candidates:
                made = replace(again, band=Band.REVIEW, taken=True)
        placed[at] = made
        if not made.candidates:
            left.append(at)
    for at in left:
        one = weighed[at]
        near = {
            child: said
            for child, said in register.called_otherwise(one.row, is_placeholder).items()
            if child not in taken
        }
        made = _placed(one.row.row, near, _chances(near, register), register)
        if made.candidates:
            placed[at] = replace(made, band=Band.REVIEW)
    return [placed[at] for at in range(len(weighed))]


def _placed(
    row: str,
    found: Mapping[int, _Said],
    chances: Sequence[tuple[float, int]],
    register: _Register,
) -> Placed:
    shown = [one for one in chances if one[0] >= _WORTH][:_MOST_SHOWN]
    if not shown:
        return Placed(row, Band.NONE)
    candidates = tuple(
        Candidate(register.children[at].id, chance, found[at][1]) for chance, at in shown
    )
    best = shown[0][1]
    # A child that stands in the register twice shares its chances with itself.
    sure = shown[0][0] + sum(
        chance for chance, at in chances[1:_MOST_SHOWN] if register.are_one(best, at)
    )
    evidence = found[best][1]
    agrees = {part.what for part in evidence if part.bits > 0}
    held = "personal_id" in agrees or (
        "given" in agrees and agrees & {"birth", "mother", "father", "head", "siblings"}
    )
    band = Band.SURE if sure >= _SURE and held and not _contradicted(evidence) else Band.REVIEW
    return Placed(row, band, candidates)


def _contradicted(evidence: Iterable[Evidence]) -> bool:
    """Whether something differs that a person has to look at: the date, the id; another family or
    middle name, unless the whole day of birth is the same.
    """
    bits = {part.what: part.bits for part in evidence}
    if min(bits.get("birth", 0.0), bits.get("personal_id", 0.0)) < _CONTRADICTS:
        return True
    if bits.get("birth", 0.0) > _ONE_DAY or bits.get("personal_id", 0.0) > 0:
        return False
    return min(bits.get("family", 0.0), bits.get("middle", 0.0)) <= _CONTRADICTS
