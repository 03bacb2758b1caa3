"""Everything that was sent back, line by line as the paper books go: where it lies, what, why,
who and when, and whether somebody has worked on it since. For the window, the command, and a sheet
for the desk where the books lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.forms.sensitivity import is_secret
from app.forms.words import holds_private_words
from app.history.door import Direction
from app.history.entities import ENTITIES, Family
from app.i18n import text
from app.models.queries import handovers as handover_queries
from app.models.queries import register
from app.models.queries.handovers import Return
from app.models.queries.owning import owners_of
from app.models.queries.register import ChildRow, HouseholdRow, records
from app.models.queries.verifying import Answer, in_book_order
from app.models.queries.worklist import page_of
from app.models.store import Reading
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.returned import ReturnedFacts, ReturnedRow, returned_sheet
from app.services.handover_values import counting_day, number_of
from app.services.masking import Reveal, hidden_fields, look, reason_seen, require_reveal
from app.services.parties import unit_in_sentence
from app.services.refusals import unit_called
from app.services.returns import ReturnedRecord, returned_beside
from app.services.returns_above import is_from_above, still_in_reach
from app.services.rights import Right, allows
from app.services.wording import Labels, entity_in_words
from app.services.workplace import Workplace
from app.sync.delivery import direction_of
from app.text.moments import day_of
from app.text.sort_key import natural_key

#: What says of which groups a child is.
_OF_GROUPS = frozenset(("circumstance_codes", "circumstance_answer"))


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A record, or with `seq` a whole handover, that was sent back.

    `unit` to `birth` (ISO) say whose it is, `name` and `birth` of a child; `place` is the village,
    with its unit where records of several are listed; `household` and
    `child` lead to its page; all empty without the right to read, and where the register does not
    hold it. `field` is what of it is to be looked at ("" for all of it), `label` that in words.
    `by` is a unit or a person by name, `on` and `answered` are days (ISO; `answered` may say that
    nobody knows it), `answered` "" while it waits. `from_above`: no person of this unit sent it
    back. `protected`: it is about something that no paper may tell. `masked`: the reason has words
    of illness or abuse and was not revealed.
    """

    reason: str
    by: str
    on: str
    answered: str = ""
    unit: str = ""
    village: str = ""
    place: str = ""
    household_no: str = ""
    head: str = ""
    name: str = ""
    birth: str = ""
    household: str = ""
    child: str = ""
    field: str = ""
    label: str = ""
    seq: int = 0
    from_above: bool = True
    protected: bool = False
    masked: bool = False


class ReturnedList:
    """Use cases on the list."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    @property
    def may_reveal(self) -> bool:
        """Whether the signed-in account may read a masked reason, for one of its own."""
        return allows(self._workplace.account.rights, Right.REVEAL)

    def read(self, reveal: Reveal | None = None) -> list[ReturnedLine]:
        """What waits first, in the order of the books with whole handovers before; then what was
        answered, the newest first. What a person of this unit sent back is told while it waits.

        Reasons as `reason_seen` tells them; with a reveal all of them, and each look at one that is
        masked is on record. Raises KnownError `rights.denied`, `masking.no_reason`.
        """
        workplace = self._workplace
        require_reveal(workplace, reveal)
        may_read = allows(workplace.account.rights, Right.READ)
        with workplace.store.read() as reading:
            whole = self._handed(reading)
            told = [
                (one, answer)
                for one, answer in handover_queries.returned_records(reading)
                if is_from_above(workplace, one)
            ]
            asked = set(still_in_reach(workplace, reading, (one for one, _answer in told)))
            found = [
                _Found(one.entity, one.id, _line(one, unit_called(workplace, one.by), answer))
                for one, answer in told
                if answer is not None or one in asked
            ]
        lines = [one.line for one in found]
        book: dict[str, int] = {}
        if may_read:
            with workplace.store.read() as reading:
                beside = returned_beside(workplace, reading, workplace.account)
                found += map(_from_beside, sorted(beside, key=lambda one: not one.mine))
                lines = self._placed(reading, found)
                homes = in_book_order(reading, {one.household for one in lines} - {""})
                book = {home: at for at, home in enumerate(homes)}
        handed = self._reasons(whole, [one.line for one in whole], reveal)
        lines = self._reasons(found, lines, reveal)
        lines = told_apart(workplace, lines)
        in_order = partial(_place, book=book)
        waiting = sorted((one for one in lines if not one.answered), key=in_order)
        answered = sorted((one for one in lines if one.answered), key=in_order)
        answered.sort(key=lambda one: one.answered, reverse=True)
        return [*handed, *waiting, *answered]

    def waiting_below(self) -> int:
        """How many records and whole handovers this unit sent back that units below have not
        answered yet.
        """
        workplace = self._workplace
        here, tree = workplace.unit, workplace.tree
        with workplace.store.read() as reading:
            back = [
                one.id
                for one, answer in handover_queries.returned_records(reading)
                if answer is None and one.by == here
            ]
            owners = owners_of(reading, back)
            whole = handover_queries.waiting_returns(
                reading, handover_queries.handovers(reading), workplace.tier.value
            )
        below = [
            one
            for one in back
            if any(direction_of(tree, it, here) is Direction.BELOW for it in owners.get(one, ()))
        ]
        return len(below) + len(whole)

    def _reasons(
        self, found: Sequence[_Found], lines: Sequence[ReturnedLine], reveal: Reveal | None
    ) -> list[ReturnedLine]:
        """The lines with their reasons as they may be read."""
        private = [holds_private_words(one.reason) for one in lines]
        if reveal is not None:
            asked = [
                (one.entity, one.id) for one, is_so in zip(found, private, strict=True) if is_so
            ]
            look(self._workplace, reveal, asked)
        return [
            replace(
                one,
                reason=one.reason if reveal else reason_seen(self._workplace, one.reason),
                protected=one.protected or is_so,
                masked=is_so and reveal is None,
            )
            for one, is_so in zip(lines, private, strict=True)
        ]

    def _handed(self, reading: Reading) -> list[_Found]:
        """Whole handovers that were returned and not answered."""
        workplace = self._workplace
        found = [
            one
            for one in handover_queries.returned_handovers(reading, workplace.unit)
            if is_from_above(workplace, one)
        ]
        sent = records(reading, "handover", {one.id for one in found})
        return [
            _Found(
                "handover",
                one.id,
                replace(
                    _line(one, unit_called(workplace, one.by), None),
                    seq=number_of(sent[one.id].values, "sent_seq"),
                    on=_day_of(one.on),
                ),
            )
            for one in found
        ]

    def print(self, put: Callable[[Document], None]) -> None:
        """Let what waits be written by `put`, of what is protected only that there is something;
        what it raises stops this. That it was printed is on record once it stands. Raises
        KnownError `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.PRINT)
        workplace.require(Right.READ)
        waiting = [one for one in self.read() if not one.answered]
        facts = ReturnedFacts(
            unit_called(workplace, workplace.unit),
            workplace.today(),
            tuple(
                ReturnedRow(
                    one.place,
                    one.household_no,
                    one.head,
                    one.name,
                    one.birth,
                    "" if one.protected else one.label,
                    "" if one.protected else one.reason,
                    one.by,
                    one.on,
                    one.seq,
                    one.protected,
                )
                for one in waiting
            ),
        )
        put(returned_sheet(facts, document_texts("returned")))
        workplace.audit("returned.printed", rows=len(waiting))

    def _placed(self, reading: Reading, found: Sequence[_Found]) -> list[ReturnedLine]:
        """The lines with whose record each is, and whether a paper may tell what it is about."""
        pages = {
            one.id: page_of(reading, one.entity, one.id)
            for one in found
            if ENTITIES[one.entity].family is Family.SUB
        }
        roots = {one.id for one in found} | {root for page in pages.values() for root in page}
        children = {one.id: one for one in register.child_rows(reading, sorted(roots))}
        homes = {one.id: one for one in register.household_rows(reading, sorted(roots))}
        parts = records(reading, "circumstance", set(pages))
        called = Labels(self._workplace.catalogue)
        lines = []
        for one in found:
            home, child = pages.get(one.id, (one.id, one.id))
            line = _of_whom(one.line, children.get(child), homes.get(home))
            if one.entity == "circumstance":
                protected = one.id not in parts or is_secret(parts[one.id].values)
            else:
                protected = line.field in self._protected(one.entity)
            is_part = one.id in pages
            label = (
                entity_in_words(one.entity)
                if is_part
                else called.of(one.entity, line.field) or line.field
            )
            lines.append(replace(line, label=label, protected=protected))
        return lines

    def _protected(self, entity: str) -> frozenset[str]:
        """The fields of a type of record of which no paper says anything."""
        hidden = hidden_fields(self._workplace.catalogue.masks, entity, ())
        return hidden | _OF_GROUPS


def told_apart(workplace: Workplace, lines: Sequence[ReturnedLine]) -> list[ReturnedLine]:
    """The lines with their places: where they are of several units, some have villages of one
    name.
    """
    # Who left belongs to no unit of the tree.
    units = {one.unit for one in lines if one.unit in workplace.tree.units}
    names = {one: unit_in_sentence(workplace, one) for one in units} if len(units) > 1 else {}
    return [
        replace(one, place=", ".join(filter(None, (one.village, names.get(one.unit, "")))))
        for one in lines
    ]


@dataclass(frozen=True, slots=True)
class _Found:
    """A record or a whole handover that was sent back, and its line."""

    entity: str
    id: str
    line: ReturnedLine


def _line(one: Return, by: str, answer: Answer | None) -> ReturnedLine:
    return ReturnedLine(one.reason, by, one.on, _day(answer), field=one.field)


def _from_beside(one: ReturnedRecord) -> _Found:
    line = ReturnedLine(one.reason, one.by, one.on, field=one.field, from_above=False)
    return _Found("child" if one.child else "household", one.record, line)


def _of_whom(line: ReturnedLine, child: ChildRow | None, home: HouseholdRow | None) -> ReturnedLine:
    if child is not None:
        return replace(
            line,
            unit=child.owner_unit,
            village=child.village,
            household_no=child.household_no,
            head=child.head_name,
            name=child.full_name,
            birth=child.birth_date,
            household=child.household,
            child=child.id,
        )
    if home is not None:
        return replace(
            line,
            unit=home.owner_unit,
            village=home.village,
            household_no=home.household_no,
            head=home.head_name,
            household=home.id,
        )
    return line


def _place(one: ReturnedLine, book: Mapping[str, int]) -> tuple[object, ...]:
    """Where a line stands; `book`: household → its place, as each commune has its villages."""
    return (
        one.unit,
        book.get(one.household, len(book)),
        natural_key(one.village),
        natural_key(one.household_no),
        bool(one.child),
        one.birth,
        one.name,
        one.label,
    )


def _day_of(moment: str) -> str:
    """The day of a moment that a unit above wrote (ISO), "" where it is none."""
    day = counting_day(moment)
    return "" if day is None else day.isoformat()


def _day(answer: Answer | None) -> str:
    """The day of an answer; said to be unknown where its writer's clock said what no calendar has:
    an answer it is all the same.
    """
    if answer is None:
        return ""
    day = day_of(answer.wall)
    return text("day.unknown") if day is None else day.isoformat()
