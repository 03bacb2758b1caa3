"""The paper books of a round: supplied from above, issued, collected, checked, entered, returned.

One book is a record of the commune that it is for; whoever supplies it writes it there, and it
travels like every other record, so that province, district and commune see the same register
(1-product.md, "The work", 2; domain.md 6.4). Steps are taken in their order and taken back in the
other; a book may be lost at any of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.errors import KnownError
from app.history.operation import Value
from app.ids import derived_id
from app.models.queries import paper_books as queries
from app.models.queries import register, rounds
from app.models.queries.paper_books import BookRow, EnumeratorRow
from app.models.store import Reading
from app.models.work import Change
from app.services import saving
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace
from app.text.normalize import clean
from app.text.sort_key import natural_key

#: More books than a commune has villages are a slip of the finger.
MOST_AT_ONCE = 500
_SPAN = re.compile(r"([0-9]{1,5})\s*[-–]\s*([0-9]{1,5})")


class BookStep(Enum):
    """What is done with a book, in its order; the value begins the names of its fields."""

    SUPPLIED = "supplied"
    ISSUED = "issued"
    COLLECTED = "collected"
    CHECKED = "checked"
    ENTERED = "entered"
    RETURNED = "returned"
    LOST = "lost"


_ORDER = tuple(BookStep)[:-1]
#: Whom a step names, besides its day.
_WHO: Mapping[BookStep, str] = {
    BookStep.SUPPLIED: "supplied_by",
    BookStep.ISSUED: "issued_to",
    BookStep.COLLECTED: "collected_by",
    BookStep.CHECKED: "checked_by",
    BookStep.RETURNED: "returned_to",
}


@dataclass(frozen=True, slots=True)
class PaperBook:
    """A book and how far it is: the step and its day (ISO), and who has it ("" for the commune)."""

    id: str
    unit: str
    unit_name: str
    number: str
    village: str
    village_name: str
    step: BookStep
    day: str
    holder: str
    households: int | None
    children: int | None


@dataclass(frozen=True, slots=True)
class BookCounts:
    """How many books of a unit stand at each step."""

    unit: str
    unit_name: str
    books: int
    at: Mapping[BookStep, int]


class PaperBooks:
    """Use cases on paper books and those who carry them; all of them about one round, the open one
    where none is named.
    """

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def all(self, unit: str | None = None, round_id: str | None = None) -> list[PaperBook]:
        """The books of a unit and those below it: by unit, village and number."""
        self._workplace.require(Right.READ)
        units = self._workplace.scope_units(unit)
        with self._workplace.store.read() as reading:
            found = queries.books(reading, units, self._round(reading, round_id))
        found.sort(key=lambda one: (one.unit, one.village_name, natural_key(one.number)))
        return [self._book(one) for one in found]

    def counts(self, unit: str | None = None, round_id: str | None = None) -> list[BookCounts]:
        """The books of each unit by how far they are."""
        by_unit: dict[str, Counter[BookStep]] = {}
        for one in self.all(unit, round_id):
            by_unit.setdefault(one.unit, Counter())[one.step] += 1
        return [
            BookCounts(ref, self._name(ref), at.total(), dict(at)) for ref, at in by_unit.items()
        ]

    def supply(
        self,
        unit: str,
        numbers: str,
        *,
        village: str = "",
        on: date | None = None,
        round_id: str | None = None,
    ) -> list[str]:
        """Enter books that a commune gets: numbers as typed, "1-12, 14". Returns their ids.

        Raises KnownError `rights.denied`, `paper_books.no_numbers`, `paper_books.too_many`,
        `paper_books.there_already`, `units.outside_scope`, `records.unknown` for a village that is
        none of the unit's.
        """
        self._workplace.require(Right.ENTER)
        self._workplace.scope_units(unit)
        wanted = numbers_of(numbers)
        day = (on or self._workplace.today()).isoformat()
        with self._workplace.write() as work:
            current = self._round(work.connection, round_id)
            if village:
                found = register.record(work.connection, "village", village)
                if found is None or found.values.get("owner_unit") != unit:
                    raise KnownError("records.unknown", "records.unknown_hint", id=village)
            held = {one.number for one in queries.books(work.connection, [unit], current)}
            if twice := sorted(held.intersection(wanted), key=natural_key):
                raise KnownError(
                    "paper_books.there_already",
                    "paper_books.there_already_hint",
                    numbers=", ".join(twice[:5]),
                )
            saves = [
                RecordSave(
                    Change(
                        "book",
                        _given(
                            owner_unit=unit,
                            round=current or None,
                            village=village or None,
                            book_number=one,
                            supplied_on=day,
                            supplied_by=self._workplace.account.full_name,
                        ),
                        key=f"book/{current}/{one}",
                    )
                )
                for one in wanted
            ]
            saving.save_in(self._workplace, work, saves)
            work.commit()
        return [derived_id(unit, f"book/{current}/{one}") for one in wanted]

    def advance(
        self,
        books: Sequence[str],
        step: BookStep,
        *,
        on: date | None = None,
        who: str = "",
        households: int | None = None,
        children: int | None = None,
    ) -> int:
        """Take a step with books; returns how many.

        `who` is the enumerator it is issued to, who collected or checked it, or who got it back; an
        enumerator whom the round does not know yet is noted for it.
        Raises KnownError `rights.denied`, `records.unknown`, `paper_books.out_of_order`,
        `paper_books.nobody` for a book that is issued to nobody.
        """
        self._workplace.require(Right.ENTER)
        if step is BookStep.ISSUED and not clean(who):
            raise KnownError("paper_books.nobody", "paper_books.nobody_hint")
        said: dict[str, Value] = {
            f"{step.value}_on": (on or self._workplace.today()).isoformat(),
        }
        if step in _WHO:
            said[_WHO[step]] = clean(who) or None
        if step is BookStep.ENTERED:
            said |= _given(households=households, children=children)
        carriers: dict[tuple[str, str], str] = {}
        books = list(dict.fromkeys(books))
        with self._workplace.write() as work:
            saves = []
            for one in books:
                found, row = self._found(work.connection, one)
                if not _may_follow(_step_of(row), step):
                    raise KnownError(
                        "paper_books.out_of_order",
                        "paper_books.out_of_order_hint",
                        number=row.number,
                    )
                saves.append(
                    RecordSave(Change("book", said, one, base=found.heads, loaded=found.values))
                )
                if step is BookStep.ISSUED:
                    carriers[row.unit, row.round] = clean(who)
            saves += self._new_carriers(work.connection, carriers)
            saving.save_in(self._workplace, work, saves)
            work.commit()
        return len(books)

    def step_back(self, book: str) -> BookStep:
        """Take the newest step of a book back; the one it stands at then.

        Raises KnownError `rights.denied`, `records.unknown`, `paper_books.at_its_start`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found, row = self._found(work.connection, book)
            step = _step_of(row)
            if step is BookStep.SUPPLIED:
                raise KnownError("paper_books.at_its_start", "paper_books.at_its_start_hint")
            said: dict[str, Value] = {f"{step.value}_on": None}
            if step in _WHO:
                said[_WHO[step]] = None
            if step is BookStep.ENTERED:
                said |= {"households": None, "children": None}
            change = Change("book", said, book, base=found.heads, loaded=found.values)
            saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()
            _found, row = self._found(work.connection, book)
        return _step_of(row)

    # --- who carries them -------------------------------------------------------------------

    def enumerators(
        self, unit: str | None = None, round_id: str | None = None
    ) -> list[EnumeratorRow]:
        """Who carries books for a unit and those below it, by name."""
        self._workplace.require(Right.READ)
        units = self._workplace.scope_units(unit)
        with self._workplace.store.read() as reading:
            return queries.enumerators(reading, units, self._round(reading, round_id))

    def assign(
        self, unit: str, full_name: str, *, phone: str = "", villages: Sequence[str] = ()
    ) -> str:
        """Note who carries the books of a commune's villages in the open round; the id. Of somebody
        who is noted already telephone and villages are changed.

        Raises KnownError `rights.denied`, `people.no_name`, `units.outside_scope`.
        """
        self._workplace.require(Right.ENTER)
        self._workplace.scope_units(unit)
        name = clean(full_name)
        if not name:
            raise KnownError("people.no_name", "people.no_name_hint")
        more = _given(phone=clean(phone) or None, villages=sorted(set(villages)) or None)
        with self._workplace.write() as work:
            current = self._round(work.connection, None)
            known = queries.enumerators(work.connection, [unit], current)
            held = next((one.id for one in known if one.full_name == name), None)
            if held is not None:
                change = Change("enumerator", more, held)
            else:
                day = self._workplace.today().isoformat()
                own = _given(
                    owner_unit=unit, round=current or None, full_name=name, assigned_on=day
                )
                change = Change("enumerator", {**own, **more})
            (done,) = saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()
        return done.id

    def release(self, enumerator: str) -> None:
        """Somebody carries no books any more. Raises KnownError `records.unknown`."""
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = register.record(work.connection, "enumerator", enumerator)
            if found is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=enumerator)
            said: dict[str, Value] = {"ended_on": self._workplace.today().isoformat()}
            change = Change("enumerator", said, enumerator, base=found.heads, loaded=found.values)
            saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()

    # --- inside -----------------------------------------------------------------------------

    def _round(self, reading: Reading, round_id: str | None) -> str:
        if round_id is not None:
            return round_id
        current = rounds.open_round(reading)
        return "" if current is None else current.id

    def _found(self, reading: Reading, book: str) -> tuple[register.RecordView, BookRow]:
        found = register.record(reading, "book", book)
        if found is None or found.hidden:
            raise KnownError("records.unknown", "records.unknown_hint", id=book)
        unit, current = (str(found.values.get(name) or "") for name in ("owner_unit", "round"))
        return found, next(one for one in queries.books(reading, [unit], current) if one.id == book)

    def _new_carriers(
        self, reading: Reading, carriers: Mapping[tuple[str, str], str]
    ) -> list[RecordSave]:
        """Enumerators to note, by unit and round: those who are not noted there yet."""
        saves = []
        for (unit, current), name in carriers.items():
            known = queries.enumerators(reading, [unit], current)
            if name not in {one.full_name for one in known}:
                day = self._workplace.today().isoformat()
                values = _given(
                    owner_unit=unit, round=current or None, full_name=name, assigned_on=day
                )
                saves.append(RecordSave(Change("enumerator", values)))
        return saves

    def _name(self, unit: str) -> str:
        found = self._workplace.tree.units.get(unit)
        return unit if found is None else found.full_name()

    def _book(self, row: BookRow) -> PaperBook:
        step = _step_of(row)
        holder = {BookStep.ISSUED: row.issued_to, BookStep.RETURNED: row.returned_to}.get(step, "")
        return PaperBook(
            row.id,
            row.unit,
            self._name(row.unit),
            row.number,
            row.village,
            row.village_name,
            step,
            _day_of(row, step),
            holder,
            row.households,
            row.children,
        )


def numbers_of(typed: str) -> list[str]:
    """The numbers of books as somebody typed them, "1-12, 14": each once, in that order.

    Raises KnownError `paper_books.no_numbers`, `paper_books.too_many`.
    """
    found: dict[str, None] = {}
    for part in (clean(one) for one in typed.split(",")):
        span = _SPAN.fullmatch(part)
        if span is None:
            if part:
                found[part] = None
            continue
        first, last = int(span[1]), int(span[2])
        if not first <= last:
            raise KnownError("paper_books.no_numbers", "paper_books.no_numbers_hint")
        if last - first >= MOST_AT_ONCE:
            raise KnownError("paper_books.too_many", "paper_books.too_many_hint", most=MOST_AT_ONCE)
        found.update((str(one), None) for one in range(first, last + 1))
    if not found:
        raise KnownError("paper_books.no_numbers", "paper_books.no_numbers_hint")
    if len(found) > MOST_AT_ONCE:
        raise KnownError("paper_books.too_many", "paper_books.too_many_hint", most=MOST_AT_ONCE)
    return list(found)


def next_steps(step: BookStep) -> tuple[BookStep, ...]:
    """What may be done next with a book that stands there."""
    return tuple(one for one in BookStep if _may_follow(step, one))


def _given(**values: Value) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def _day_of(row: BookRow, step: BookStep) -> str:
    return str(getattr(row, f"{step.value}_on"))


def _step_of(row: BookRow) -> BookStep:
    if row.lost_on:
        return BookStep.LOST
    taken = [step for step in _ORDER if _day_of(row, step)]
    return taken[-1] if taken else BookStep.SUPPLIED


def _may_follow(step: BookStep, following: BookStep) -> bool:
    if step is BookStep.LOST:
        return False
    if following is BookStep.LOST:
        return step is not BookStep.RETURNED
    return _ORDER.index(following) == _ORDER.index(step) + 1
