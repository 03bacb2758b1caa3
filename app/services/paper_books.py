"""The paper books of a round: supplied from above, issued, collected, checked, entered, returned.

One book is a record of the commune that it is for; whoever supplies it writes it there, and it
travels like every other record, so that province, district and commune see the same register
(1-product.md, "The work", 2; domain.md 6.4). Steps are taken in their order and taken back in the
other; a book may be lost at any of them. A number is of its village in its round (form_fields.csv,
book_number: "unique per village and year"; domain.md 6.4).
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
from app.models.queries.paper_books import BookRow
from app.models.queries.paper_books import EnumeratorRow as EnumeratorRow
from app.models.store import Reading
from app.models.work import Change
from app.services import carriers, saving
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace
from app.text.days import day_in_words
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
#: A book that came to its end: it is nowhere out any more.
_DONE = (BookStep.RETURNED, BookStep.LOST)
#: More households or children than a book has lines for are a slip of the finger.
MOST_IN_BOOK = 9_999
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
    """A book and how far it is: the step and its day (ISO), and who has it ("" for the commune).
    `round` is its round by id and name, each "" for none.
    """

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
    round: str
    round_name: str


@dataclass(frozen=True, slots=True)
class BookCounts:
    """How many books of a unit stand at each step."""

    unit: str
    unit_name: str
    books: int
    at: Mapping[BookStep, int]


class PaperBooks:
    """Use cases on paper books and those who carry them, in a round: the open one where none is
    named.
    """

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def all(self, unit: str | None = None, round_id: str | None = None) -> list[PaperBook]:
        """The books of a unit and those below it: by unit, village and number.

        Of the open round, where no round is named, and after them what is still out of others: the
        next round may open while the books of the last one lie in the villages.
        """
        self._workplace.require(Right.READ)
        units = self._workplace.scope_units(unit)
        with self._workplace.store.read() as reading:
            current = self._round(reading, round_id)
            found = queries.books(reading, units, None if round_id is None else current)
            names = {one.id: one.name for one in rounds.rounds(reading)}
        if round_id is None:
            found = [one for one in found if one.round == current or _step_of(one) not in _DONE]
        found.sort(key=lambda one: (one.unit, one.village_name, natural_key(one.number)))
        # Newest rounds stand first among the rest, as they are listed.
        order = {one: at for at, one in enumerate(names)}
        found.sort(key=lambda one: (one.round != current, order.get(one.round, len(order))))
        return [self._book(one, names.get(one.round, "")) for one in found]

    def rounds(self) -> list[tuple[str, str]]:
        """(id, name) of the rounds there are, the newest first."""
        with self._workplace.store.read() as reading:
            return [(one.id, one.name) for one in rounds.rounds(reading)]

    def round_named(self, word: str) -> str:
        """The id of the round that an id or a name means. Raises KnownError `rounds.unknown`."""
        wanted = clean(word)
        found = [ref for ref, name in self.rounds() if wanted in (ref, name)]
        if len(found) != 1:
            raise KnownError("rounds.unknown", "rounds.unknown_hint", id=wanted)
        return found[0]

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
        `paper_books.day_to_come`, `paper_books.there_already`, `units.outside_scope`,
        `villages.unknown` for a village that is none of the unit's.
        """
        self._workplace.require(Right.ENTER)
        self._workplace.scope_units(unit)
        wanted = numbers_of(numbers)
        day = self._day(on)
        with self._workplace.write() as work:
            current = self._round(work.connection, round_id)
            self._must_be_of(work.connection, unit, [village] if village else [])
            known = queries.books(work.connection, [unit], current)
            held, ids = {(one.village, one.number) for one in known}, {one.id for one in known}
            # Before a number was of its village, the id of such a book did not name one.
            twice = [
                one
                for one in wanted
                if (village, one) in held or derived_id(unit, _key(current, village, one)) in ids
            ]
            if twice:
                raise KnownError(
                    "paper_books.there_already",
                    "paper_books.there_already_hint",
                    numbers=", ".join(sorted(twice, key=natural_key)[:5]),
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
                        key=_key(current, village, one),
                    )
                )
                for one in wanted
            ]
            saving.save_in(self._workplace, work, saves)
            work.commit()
        return [derived_id(unit, _key(current, village, one)) for one in wanted]

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
        """Take a step with books; returns how many. `SUPPLIED`, which every book begins with, puts
        the day of its supply right while nothing else was done with it.

        `who` is the enumerator it is issued to, who collected or checked it, or who got it back; an
        enumerator whom the round does not know yet is noted for it. `households` and `children` are
        what was entered from one book.
        Raises KnownError `rights.denied`, `paper_books.unknown`, `paper_books.out_of_order`,
        `paper_books.nobody` for a book that is issued to nobody, `paper_books.day_before` for a day
        before that of the step before, `paper_books.day_to_come` for one after today,
        `paper_books.counts_of_one` for numbers of another step or of several books,
        `paper_books.count_out_of_range`.
        """
        self._workplace.require(Right.ENTER)
        if step is BookStep.ISSUED and not clean(who):
            raise KnownError("paper_books.nobody", "paper_books.nobody_hint")
        books = list(dict.fromkeys(books))
        _refuse_counts(step, books, households, children)
        day, today = self._day(on), self._workplace.today().isoformat()
        # One person is written in one way, or two PCs would leave two spellings to settle.
        who = carriers.written(who) if step is BookStep.ISSUED else clean(who)
        said: dict[str, Value] = {f"{step.value}_on": day}
        if step in _WHO and (who or step is not BookStep.SUPPLIED):
            said[_WHO[step]] = who or None
        said |= _given(households=households, children=children)
        of_rounds: set[tuple[str, str]] = set()
        with self._workplace.write() as work:
            saves = []
            for one in books:
                found, row = self._found(work.connection, one)
                _refuse_step(row, step, day, today)
                saves.append(
                    RecordSave(Change("book", said, one, base=found.heads, loaded=found.values))
                )
                of_rounds.add((row.unit, row.round))
            if step is BookStep.ISSUED:
                for unit, current in sorted(of_rounds):
                    saves += carriers.noted(work.connection, unit, current, who)
            saving.save_in(self._workplace, work, saves)
            work.commit()
        return len(books)

    def step_back(self, book: str) -> BookStep:
        """Take the newest step of a book back; the one it stands at then.

        Raises KnownError `rights.denied`, `paper_books.unknown`, `paper_books.at_its_start`.
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
        """Who carries books for a unit and those below it, by name; who stopped, as long as a book
        is out with him: he may have got it on another PC.
        """
        self._workplace.require(Right.READ)
        units = self._workplace.scope_units(unit)
        with self._workplace.store.read() as reading:
            current = self._round(reading, round_id)
            found = queries.enumerators(reading, units, current)
            books = queries.books(reading, units, current)
        out = [(one.unit, one.issued_to) for one in books if _step_of(one) is BookStep.ISSUED]
        return carriers.listed(found, out)

    def assign(
        self, unit: str, full_name: str, *, phone: str = "", villages: Sequence[str] = ()
    ) -> str:
        """Note who carries the books of a commune's villages in the open round; the id. Of somebody
        who is noted already telephone and villages are changed; who had stopped carries them again.

        Raises KnownError `rights.denied`, `people.no_name`, `units.outside_scope`,
        `villages.unknown` for a village that is none of the unit's.
        """
        self._workplace.require(Right.ENTER)
        self._workplace.scope_units(unit)
        name = clean(full_name)
        if not name:
            raise KnownError("people.no_name", "people.no_name_hint")
        more = _given(phone=clean(phone) or None, villages=sorted(set(villages)) or None)
        with self._workplace.write() as work:
            self._must_be_of(work.connection, unit, villages)
            current = self._round(work.connection, None)
            change = carriers.assigned(
                work.connection, unit, current, name, more, self._workplace.today()
            )
            (done,) = saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()
        return done.id

    def release(self, enumerator: str) -> None:
        """Somebody carries no books any more. Raises KnownError `paper_books.carrier_unknown`."""
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = register.record(work.connection, "enumerator", enumerator)
            if found is None:
                raise KnownError(
                    "paper_books.carrier_unknown", "paper_books.carrier_unknown_hint", id=enumerator
                )
            said: dict[str, Value] = {"ended_on": self._workplace.today().isoformat()}
            change = Change("enumerator", said, enumerator, base=found.heads, loaded=found.values)
            saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()

    # --- inside -----------------------------------------------------------------------------

    def _day(self, on: date | None) -> str:
        """The day of a deed (ISO), today where none is named. Raises KnownError
        `paper_books.day_to_come`: nothing could be done with the book until that day came.
        """
        today = self._workplace.today()
        if on is not None and on > today:
            raise KnownError(
                "paper_books.day_to_come",
                "paper_books.day_to_come_hint",
                day=day_in_words(on.isoformat()),
                today=day_in_words(today.isoformat()),
            )
        return (on or today).isoformat()

    def _round(self, reading: Reading, round_id: str | None) -> str:
        if round_id is not None:
            return round_id
        current = rounds.open_round(reading)
        return "" if current is None else current.id

    def _found(self, reading: Reading, book: str) -> tuple[register.RecordView, BookRow]:
        found = register.record(reading, "book", book)
        if found is None or found.hidden:
            raise KnownError("paper_books.unknown", "paper_books.unknown_hint", id=book)
        unit, current = (str(found.values.get(name) or "") for name in ("owner_unit", "round"))
        return found, next(one for one in queries.books(reading, [unit], current) if one.id == book)

    def _must_be_of(self, reading: Reading, unit: str, villages: Sequence[str]) -> None:
        """Raise KnownError `villages.unknown` for a village that is none of the unit's, nor of one
        that went into it.
        """
        found = register.records(reading, "village", set(villages))
        for one in villages:
            view = found.get(one)
            owner = "" if view is None or view.hidden else str(view.values.get("owner_unit") or "")
            if owner not in self._workplace.tree.below(unit):
                raise KnownError("villages.unknown", "villages.unknown_hint", name=one)

    def _name(self, unit: str) -> str:
        found = self._workplace.tree.units.get(unit)
        return unit if found is None else found.full_name()

    def _book(self, row: BookRow, round_name: str) -> PaperBook:
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
            row.round,
            round_name,
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


def _key(round_id: str, village: str, number: str) -> str:
    """What the id of a book follows from, so that two who supply it meet."""
    return f"book/{round_id}/{village}/{number}" if village else f"book/{round_id}/{number}"


def _refuse_counts(
    step: BookStep, books: Sequence[str], households: int | None, children: int | None
) -> None:
    given = [one for one in (households, children) if one is not None]
    if given and (step is not BookStep.ENTERED or len(books) != 1):
        raise KnownError("paper_books.counts_of_one", "paper_books.counts_of_one_hint")
    if any(not 0 <= one <= MOST_IN_BOOK for one in given):
        raise KnownError(
            "paper_books.count_out_of_range",
            "paper_books.count_out_of_range_hint",
            most=MOST_IN_BOOK,
        )


def _refuse_step(row: BookRow, step: BookStep, day: str, today: str) -> None:
    """Raise KnownError where a step is not the next one, or on a day before the one it follows.

    A day to come, which a PC with a wrong clock or an older program wrote, holds up nobody.
    """
    stands = _step_of(row)
    if step is stands is BookStep.SUPPLIED:
        return
    if not _may_follow(stands, step):
        raise KnownError(
            "paper_books.out_of_order", "paper_books.out_of_order_hint", number=row.number
        )
    before = _day_of(row, stands)
    # A day of which only the month is known is not before another one of that month.
    if day[: len(before)] < before <= today:
        raise KnownError(
            "paper_books.day_before",
            "paper_books.day_before_hint",
            number=row.number,
            day=day_in_words(day),
            before=day_in_words(before),
        )


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
