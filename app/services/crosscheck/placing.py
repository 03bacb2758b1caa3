"""The rows of a list, each beside the child of the register that it is or may be."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from app.forms.age import CHILD_AGE, surely_reached
from app.forms.field_types import name_status_of
from app.matching.person import Person
from app.matching.placed import Band, Candidate, Listed, Placed
from app.models.queries import crosscheck as queries
from app.models.queries.crosscheck import BookChild, KeptRow
from app.models.store import Reading
from app.services.crosscheck.listed import ListRow
from app.services.crosscheck.one_child import as_one, stands_for
from app.services.crosscheck.villages import village_key
from app.text.fold import fold
from app.text.sort_key import name_sort_key

#: A person's word that a row is no child of the register.
NOBODY = "none"
#: The band of a row that is nobody of the register and 16 or older.
GROWN = "grown"


@dataclass(frozen=True, slots=True)
class Where:
    """Where the children of a list are looked for: in the register of its units, then by name in
    whatever else is in reach; and on what day.
    """

    units: frozenset[str]
    reach: frozenset[str]
    today: date


def is_placeholder(name: str) -> bool:
    """Whether it stands for a name that is not there."""
    return name_status_of(name) != "OFFICIAL"


def said_of(kept: KeptRow) -> ListRow:
    """What a kept row says."""
    return msgspec.json.decode(kept.said, type=ListRow)


def candidates_of(kept: KeptRow) -> tuple[Candidate, ...]:
    """Whom a kept row may be."""
    return msgspec.json.decode(kept.candidates, type=tuple[Candidate, ...])


def contents(rows: Iterable[ListRow]) -> list[str]:
    """What makes each row known again in a file that was saved anew or sorted otherwise: what it
    says of its child, and which of several such rows it is.
    """
    met: Counter[str] = Counter()
    found = []
    for one in rows:
        parts = (
            fold(one.name),
            "|".join(one.births),
            one.sex,
            one.personal_id,
            fold(one.head),
            fold(one.mother),
            fold(one.father),
            *map(fold, one.adults),
            village_key(one.village),
            one.status,
        )
        said = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
        found.append(f"{said}:{met[said]}")
        met[said] += 1
    return found


def second_of(content: str) -> str:
    """What the second of two rows would be called that say the same as this one."""
    return f"{content.partition(':')[0]}:1"


def person_of(child: BookChild) -> Person:
    """A child of the register as it is compared."""
    return Person(
        id=child.id,
        name=child.name,
        birth_date=child.birth_date,
        sex=child.sex,
        personal_id=child.personal_id,
        mother=child.mother,
        mother_year=child.mother_year,
        father=child.father,
        father_year=child.father_year,
        head=child.head,
        phone=child.phone,
        household=child.household,
        village=village_key(child.village),
        unit=child.unit,
    )


def listed(number: int, row: ListRow) -> Listed:
    """A row of a list as it is compared."""
    person = Person(
        id=f"row {number}",
        name=row.name,
        birth_date=row.births[0] if row.births else "",
        sex=row.sex,
        personal_id=row.personal_id,
        mother=row.mother,
        father=row.father,
        head=row.head,
        village=village_key(row.village),
    )
    return Listed(str(number), person, row.adults, row.births[1:], row.block)


def placed(
    reading: Reading,
    rows: Sequence[KeptRow],
    where: Where,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[KeptRow]:
    """The rows of children with band, child and candidates as the register stands now. What a
    person decided stays; who was decided on is nobody else's candidate.
    """
    # What compares letters is loaded when somebody asks, not with every command.
    from app.matching.lists import place

    book = {one.id: one for one in queries.book_children(reading, where.units)}
    decided = _decided(reading, rows, book)
    taken = set(stands_for(reading, decided.values()).values())
    children = as_one(reading, book.values())
    stands = stands_for(reading, (one.id for one in children))
    free = [person_of(one) for one in children if stands[one.id] not in taken]
    open_rows = [one for one in rows if one.number not in decided and one.decision != NOBODY]
    found = place(
        [listed(one.number, said_of(one)) for one in open_rows], free, is_placeholder, progress
    )
    by_number = {int(one.row): one for one in found}
    missed = [one for one in open_rows if by_number[one.number].band is Band.NONE]
    by_number |= _elsewhere(reading, missed, {*book}, where.reach)
    return [
        _with(one, by_number.get(one.number), decided.get(one.number, ""), where.today)
        for one in rows
    ]


def _decided(
    reading: Reading, rows: Sequence[KeptRow], book: Mapping[str, BookChild]
) -> dict[int, str]:
    """Row → the child that somebody said it is, where that child is still here."""
    said = {one.number: one.decision for one in rows if one.decision not in ("", NOBODY)}
    beyond = set(said.values()) - book.keys()
    here = book.keys() | queries.children_named(reading, beyond).keys()
    return {number: child for number, child in said.items() if child in here}


def _elsewhere(
    reading: Reading, missed: Sequence[KeptRow], book: Collection[str], reach: Collection[str]
) -> dict[int, Placed]:
    """Rows that are nobody of the list's unit, found in another unit of this PC by written name or
    personal id: always to be looked at, for the child may have moved, or be a namesake.
    """
    said = {one.number: said_of(one) for one in missed}
    names = {name_sort_key(row.name) for row in said.values() if not is_placeholder(row.name)}
    ids = {row.personal_id for row in said.values() if row.personal_id}
    beyond = (
        one
        for one in queries.namesakes(reading, names, ids)
        if one.id not in book and one.unit in reach
    )
    others = [person_of(one) for one in as_one(reading, beyond)]
    if not others:
        return {}
    from app.matching.lists import place

    rows = [
        replace(one, person=replace(one.person, village=""))
        for one in (listed(number, row) for number, row in said.items())
    ]
    found = place(rows, others, is_placeholder)
    return {
        int(one.row): replace(one, band=Band.REVIEW) for one in found if one.band is not Band.NONE
    }


def _with(kept: KeptRow, found: Placed | None, decided: str, today: date) -> KeptRow:
    if found is None:
        # A person's word: this child, or nobody.
        band, child = Band.SURE.value if decided else Band.NONE.value, decided
        candidates: tuple[Candidate, ...] = ()
    else:
        band, child, candidates = found.band.value, found.child, found.candidates
    if band == Band.NONE.value and is_grown(said_of(kept), today):
        band = GROWN
    written = msgspec.json.encode(candidates).decode()
    return kept._replace(band=band, child=child, candidates=written)


def is_grown(row: ListRow, today: date) -> bool:
    """Whether whoever stands there has left the register by age."""
    return bool(row.births) and surely_reached(row.births[0], CHILD_AGE, today)
