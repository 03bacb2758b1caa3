"""Rows of lists that are matched to children, in lists of which it is known whose the rows are.

Lists and register follow from seeds that no weight was chosen by. A row counts as matched where the
program is sure, or names one child first that it holds likelier than not; what is taken over
without a look are the sure ones alone, and they have a row of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.matching.person import Person
from app.matching.placed import Band, Placed
from app.services.bench.duplicates import people_of
from app.services.bench.figure import Figure, Measured, Row
from app.services.bench.workshop import REFERENCE_DATE, Workshop
from app.services.crosscheck.listed import ListKind, ReadList
from app.services.crosscheck.listing import read_list
from app.services.crosscheck.placing import is_placeholder, listed
from app.services.crosscheck.villages import village_key
from app.services.invented.lists import InventedBook, invented_lists
from app.services.invented.register import generate

_SEED = 77_003
#: As many rows as tell one wrong one in two hundred.
_FEWEST, _MOST = 3_000, 12_000
_COMMUNES = 8


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row of an invented list: what was found, and the child that it is ("" for none)."""

    book: InventedBook
    number: int
    found: Placed
    truth: str

    @property
    def matched(self) -> str:
        """The child that counts as found, "" for none."""
        if self.found.child:
            return self.found.child
        first = self.found.candidates[0] if self.found.candidates else None
        likely = first is not None and first.chance > 0.5 and not self.found.taken
        return first.child if first is not None and likely else ""


def judged(
    children: int, communes: Sequence[str], seed: int = _SEED
) -> tuple[list[JudgedRow], int, int]:
    """Every row that was read, with its truth; how many rows of children the lists have, and how
    many of them were read as such.
    """
    homes = list(generate(seed, children, communes, REFERENCE_DATE))
    strangers = list(generate(seed + 1, max(children // 8, 50), communes, REFERENCE_DATE))
    people: dict[str, list[Person]] = defaultdict(list)
    for home in homes:
        people[home.commune] += [
            replace(one, village=village_key(one.village)) for one in people_of(home)
        ]
    rows: list[JudgedRow] = []
    written = read = 0
    for book in invented_lists(homes, strangers, seed + 2, REFERENCE_DATE.year):
        if not book.truth:
            continue
        found = read_list(book, ListKind(book.kind), {}, REFERENCE_DATE.year)
        numbers = {one.number for one in found.children}
        written += len(book.truth)
        read += len(numbers & book.truth.keys())
        rows += _placed(book, found, people[book.commune])
    return rows, written, read


def _placed(book: InventedBook, found: ReadList, people: Sequence[Person]) -> Iterator[JudgedRow]:
    from app.matching.lists import place

    children = found.children
    places = place([listed(one.number, one) for one in children], people, is_placeholder)
    for row, one in zip(children, places, strict=True):
        yield JudgedRow(book, row.number, one, book.truth.get(row.number, ""))


def _lists(workshop: Workshop) -> Sequence[Measured]:
    children = min(max(workshop.children, _FEWEST), _MOST)
    rows, written, read = judged(children, workshop.communes[:_COMMUNES])
    told = Counter[str]()
    for one in rows:
        told["known"] += bool(one.truth)
        told["matched"] += bool(one.matched)
        told["matched_right"] += bool(one.matched) and one.matched == one.truth
        told["sure"] += bool(one.found.child)
        told["sure_right"] += bool(one.found.child) and one.found.child == one.truth
        told["to_review"] += one.found.band is Band.REVIEW
    parts = {name: float(count) for name, count in told.items()}
    parts |= {"rows": float(written), "read": float(read)}

    def share(part: str, whole: str) -> float:
        return parts[whole] / parts[part] if parts[part] else float("nan")

    return [
        Measured("lists-read", share("read", "rows"), None, parts),
        Measured("lists-precision", share("matched_right", "matched"), None, parts),
        Measured("lists-recall", share("matched_right", "known"), None, parts),
        Measured("lists-sure", share("sure_right", "sure"), None, parts),
    ]


LISTS = Figure(
    "lists",
    (
        Row("lists-read", 1.0, 1.0),
        Row("lists-precision", 1 / 0.995, 1 / 0.999),
        Row("lists-recall", 1 / 0.99, 1 / 0.99),
        Row("lists-sure", 1 / 0.995, 1 / 0.999),
    ),
    _lists,
)
