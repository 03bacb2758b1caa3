"""Children drawn by lot, to be looked at or typed again from the paper.

The draw can be repeated by whoever is told its seed. Refuses to tell whom it drew by name: the book
has them by village, household and line.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.errors import KnownError
from app.forms.retyped import retyped_names
from app.models.queries import register
from app.models.queries import second_check as queries
from app.models.queries.register import RecordView
from app.models.queries.second_check import CheckedPage, SampledChild
from app.models.store import Reading
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.normalize import clean

_MOST_DRAWN = 10_000
_SEED_DIGITS = 6


@dataclass(frozen=True, slots=True)
class DrawnChild:
    """A child that was drawn, by where the book has it: the village, the number of the household
    and the line. Its name is not told: it is to be typed again.
    """

    household: str
    child: str
    village: str
    number: str
    line: int


@dataclass(frozen=True, slots=True)
class SampleResult:
    """Fields that were typed again, those that differed, and of these those where what was typed
    first did not stand.
    """

    retyped: int
    differing: int
    mistaken: int

    @property
    def mistaken_percent(self) -> float | None:
        """Of 100 fields typed again, how many were wrong, to a tenth; None where none was."""
        return round(100 * self.mistaken / self.retyped, 1) if self.retyped else None


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """Children drawn by lot, in the order of the book. `of` is how many could have been drawn; the
    same seed draws the same children again. `done` are the children that were typed again under
    this seed and stand as they were then, and `result` what came of them.
    """

    seed: str
    of: int
    drawn: tuple[DrawnChild, ...]
    done: frozenset[str] = frozenset()
    result: SampleResult = field(default_factory=lambda: SampleResult(0, 0, 0))

    @property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Household → its drawn children."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.drawn:
            found[one.household] = (*found.get(one.household, ()), one.child)
        return found

    @property
    def left(self) -> dict[str, tuple[str, ...]]:
        """Household → its drawn children that are still to be typed again; none without any."""
        found = {
            home: tuple(one for one in children if one not in self.done)
            for home, children in self.children.items()
        }
        return {home: children for home, children in found.items() if children}


class Samples:
    """Use case of drawing children."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def draw(
        self, count: int, seed: str = "", unit: str = "", village: str | None = None
    ) -> DrawnSample:
        """Draw children by lot from the finished households of a commune, or of one village of it,
        whom the register follows.

        Each child's lot is the digest of the seed and its id, so that whoever is told the seed
        draws the same ones, and a child typed later changes the draw by itself alone. Without a
        seed one is drawn. Raises KnownError `samples.count`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.CHECK)
        if not 0 < count <= _MOST_DRAWN:
            raise KnownError("samples.count", "samples.count_hint", most=_MOST_DRAWN)
        with workplace.store.read() as reading:
            pages = queries.pages(reading, unit or workplace.unit, village)
            seed = clean(seed) or new_seed()
            before = _standing(reading, seed)
            # Whom typing again made unfinished stays in the draw.
            known = {one.household for one in before.values()}
            homes = [
                one.household for one in pages.values() if one.finished or one.household in known
            ]
            held = queries.children_in(reading, homes)
            # Nobody finishes the record of who died or left: an empty field there is no slip.
            followed = queries.followed_in(reading, homes)
            every = [one for home in homes for one in held.get(home, ()) if one in followed]
            drawn = set(by_lot(seed, every, count))
            chosen = [home for home in homes if drawn.intersection(held.get(home, ()))]
            done = frozenset(drawn.intersection(before))
            told = tuple(_drawn(reading, pages, chosen, held, drawn))
        return DrawnSample(seed, len(every), told, done, _came_of(before, done))

    def result(self, seed: str, children: Collection[str]) -> SampleResult:
        """What came of typing a sample again so far, of some children."""
        self._workplace.require(Right.CHECK)
        with self._workplace.store.read() as reading:
            return _came_of(_standing(reading, seed), children)


def _standing(reading: Reading, seed: str) -> dict[str, SampledChild]:
    """Child → what came of it under a seed, for those that stand as they were typed again.

    A sample says how well was typed in a round: who was confirmed in another round since, or in
    whom a compared field was written anew, is to be typed again. A field that differed is not
    among these: that somebody puts it right is what comes of the sample.
    """
    found = queries.retyped_by_sample(reading, seed)
    asked: dict[str, Sequence[str]] = dict.fromkeys(found, retyped_names().get("child", ()))
    asked.update((one.household, ("survey_round",)) for one in found.values())
    written = queries.writers_of(reading, asked)
    standing: dict[str, SampledChild] = {}
    for child, one in found.items():
        differed = {name for review in one.reviews for name in _names(review)}
        places = [(child, name) for name in asked[child] if name not in differed]
        places.append((one.household, "survey_round"))
        if all(written[at].position <= one.position for at in places if at in written):
            standing[child] = one
    return standing


def _names(review: RecordView) -> Sequence[str]:
    names = review.values.get("differing_names")
    return names if isinstance(names, list) else ()


def _drawn(
    reading: Reading,
    pages: Mapping[str, CheckedPage],
    homes: Sequence[str],
    held: Mapping[str, Sequence[str]],
    drawn: Collection[str],
) -> Iterator[DrawnChild]:
    households = register.records(reading, "household", homes)
    villages = register.records(reading, "village", {pages[one].village for one in homes})
    children = register.records(reading, "child", drawn)
    for home in homes:
        village = villages.get(pages[home].village)
        name = "" if village is None else str(village.values.get("name") or "")
        number = str(households[home].values.get("household_no") or "")
        for at, child in enumerate(held[home], start=1):
            if child in drawn:
                yield DrawnChild(home, child, name, number, line_of(children[child], at))


def _came_of(found: Mapping[str, SampledChild], children: Collection[str]) -> SampleResult:
    inside = [one for child in children if child in found for one in found[child].reviews]
    return SampleResult(
        sum(_count(one, "retyped_fields") for one in inside),
        sum(_count(one, "differing_fields") for one in inside),
        sum(_count(one, "taken_fields") + _count(one, "returned_fields") for one in inside),
    )


def _count(review: RecordView, name: str) -> int:
    value = review.values.get(name)
    return value if isinstance(value, int) else 0


def line_of(child: RecordView, at: int) -> int:
    """The line of the book that a child stands on; `at`, its place, where none is written."""
    line = child.values.get("line_no")
    return line if isinstance(line, int) and not isinstance(line, bool) else at


def by_lot(seed: str, ids: Collection[str], count: int) -> list[str]:
    """The first `count` of some records by lot: the digest of the seed and the id. Whoever is told
    the seed draws the same ones.
    """
    return sorted(ids, key=lambda one: (_lot(seed, one), one))[:count]


def _lot(seed: str, ent_id: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{ent_id}".encode()).digest()


def new_seed() -> str:
    """Six digits that can be written on a record of the check and typed again from it."""
    return f"{secrets.randbelow(10**_SEED_DIGITS):0{_SEED_DIGITS}d}"
