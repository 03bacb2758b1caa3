"""What was entered in error: a child typed twice, a household that does not exist.

Marked so, with a reason, a record is out of lists, counts and reports on every PC that it reaches,
and can be taken back at any time (MERGE.md, "Hiding"). With a household its children go, those of
its own unit; they come back with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.issues import Value
from app.ids import new_id
from app.models.queries import mistakes, register
from app.models.queries import notes as note_queries
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services import saving
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace

_MARKED: Mapping[str, Value] = {"entered_in_error": True}
_TAKEN_BACK: Mapping[str, Value] = {"entered_in_error": False, "hidden_reason": None}


@dataclass(frozen=True, slots=True)
class GoesWith:
    """How much goes out of the register with a record: children, and what belongs to each."""

    children: int = 0
    circumstances: int = 0
    supports: int = 0
    events: int = 0
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Mistake:
    """A record that was entered in error: what people call it (the name of a child or head, ""
    where it has none), its number in the book, a child's birth date as stored, and the reason.
    """

    entity: str
    id: str
    name: str
    number: str
    born: str
    reason: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What was written: how many records, and the unit they belong to where that is none of this
    PC's (they will stop at the door above), else "".
    """

    records: int
    elsewhere: str = ""


class Mistakes:
    """Marking households and children as entered in error, and taking them back."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def goes_with(self, entity: str, ent_id: str) -> GoesWith:
        """What a child or household takes with it. Raises KnownError `rights.denied`,
        `records.unknown`.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            found = _visible(reading, entity, ent_id)
            children = _children(reading, found) if entity == "household" else []
            owners = [found.id, *(one.id for one in children)]
            held = register.belonging_to(reading, owners).values()
            kinds = [one.entity for parts in held for one in parts]
            notes = sum(note_queries.counts(reading, owners).values())
        return GoesWith(
            len(children),
            kinds.count("circumstance"),
            kinds.count("support"),
            kinds.count("life_event"),
            notes,
        )

    def of_page(self, household: str) -> list[Mistake]:
        """The children of a household that were entered in error, then the households of its
        village that were.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            home = register.record(reading, "household", household)
            found = mistakes.mistaken_children(reading, household)
            if home is not None:
                owner, village = (str(home.values.get(n) or "") for n in ("owner_unit", "village"))
                found += mistakes.mistaken_households(reading, owner, village)
        return [_mistake(one) for one in found]

    def mark(self, entity: str, ent_id: str, reason: str) -> Marked:
        """Mark a child, or a household with its children, as entered in error.

        Raises KnownError `rights.denied`, `records.unknown`, `records.no_reason`.
        """
        self._workplace.require(Right.ENTER)
        if not reason.strip():
            raise KnownError("records.no_reason", "records.no_reason_hint", id=ent_id)
        with self._workplace.write() as work:
            found = _visible(work.connection, entity, ent_id)
            children = _children(work.connection, found) if entity == "household" else []
            said = {**_MARKED, "hidden_reason": reason.strip()}
            saves = [_save(one, said) for one in (*children, found)]
            done = saving.save_in(self._workplace, work, saves, new_id())
            work.commit()
        elsewhere = next((one.elsewhere for one in done if one.elsewhere), "")
        return Marked(len(done), elsewhere)

    def take_back(self, entity: str, ent_id: str) -> Marked:
        """Bring a record back that was entered in error; with a household the children that went
        for the same reason. Raises KnownError `rights.denied`, `records.unknown`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = register.record(work.connection, entity, ent_id)
            if found is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=ent_id)
            saves = [_save(found, _TAKEN_BACK)]
            if entity == "household":
                reason = found.values.get("hidden_reason")
                saves += children_back(work.connection, ent_id, [reason])
            done = saving.save_in(self._workplace, work, saves, new_id())
            work.commit()
        return Marked(len(done), next((one.elsewhere for one in done if one.elsewhere), ""))


def children_back(reading: Reading, household: str, reasons: Collection[Value]) -> list[RecordSave]:
    """The saves that bring back the children who went with a household for one of these reasons."""
    children = mistakes.mistaken_children(reading, household)
    gone = [one for one in children if one.values.get("hidden_reason") in reasons]
    return [_save(one, _TAKEN_BACK) for one in gone]


def _visible(reading: Reading, entity: str, ent_id: str) -> RecordView:
    found = register.record(reading, entity, ent_id)
    if found is None or found.hidden:
        raise KnownError("records.unknown", "records.unknown_hint", id=ent_id)
    return found


def _children(reading: Reading, household: RecordView) -> list[RecordView]:
    """The children that go with a household: another unit's stay with that unit."""
    owner = household.values.get("owner_unit")
    children: Sequence[RecordView] = register.children_of(reading, household.id)
    return [one for one in children if one.values.get("owner_unit") == owner]


def _save(record: RecordView, values: Mapping[str, Value]) -> RecordSave:
    change = Change(record.entity, values, record.id, base=record.heads, loaded=record.values)
    return RecordSave(change)


def _mistake(record: RecordView) -> Mistake:
    def said(name: str) -> str:
        value = record.values.get(name)
        return "" if value is None else str(value)

    of_child = record.entity == "child"
    return Mistake(
        record.entity,
        record.id,
        said("full_name" if of_child else "head_name"),
        said("line_no" if of_child else "household_no"),
        said("birth_date") if of_child else "",
        said("hidden_reason"),
    )
