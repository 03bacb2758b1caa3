"""Notes about a child or a household: written once, read by every unit that has the record.

A note is not changed: what was written by mistake is taken away with a reason by the unit that
wrote it, and can be taken back. What may say something of level A is protected: masked like every
value of that level, until somebody with the right gives a reason (ARCHITECTURE.md, decision 14).
Reasons of returns and corrections stand in reviews and on the records, not here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.issues import Value
from app.forms.sensitivity import PROTECTED
from app.forms.words import holds_private_words
from app.history.entities import HOLDERS
from app.history.operation import MAX_TEXT_BYTES
from app.models.queries import notes as queries
from app.models.queries import register
from app.models.queries.notes import WrittenNote
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services import saving
from app.services.handles import id_named
from app.services.masking import Reveal, Shown, Sight, look, require_reveal
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace
from app.services.writers import writes_as
from app.text.normalize import clean, clean_lines


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note: who wrote it in which unit (`CODE@EDITION`), when by that clock (UTC seconds), what.

    `removed` notes were taken away for a `reason`. `own`: this unit wrote it and may take it away.
    `contested`: somebody took it away and somebody else took it back, unknown to each other.
    """

    id: str
    record: str
    words: Shown
    protected: bool
    author: str
    unit: str
    unit_name: str
    wall: int
    own: bool
    removed: bool = False
    reason: Shown = None
    contested: bool = False


@dataclass(frozen=True, slots=True)
class NoteKept:
    """What writing came to. `protected` also where only its words made it so; `elsewhere` is the
    unit that the record belongs to, where this PC may not write it, else "".
    """

    id: str
    protected: bool
    elsewhere: str = ""


def needs_protection(words: str) -> bool:
    """Whether a note has words of illness or abuse: it is protected, whoever writes it."""
    return holds_private_words(words)


class Notes:
    """Use cases on the notes of one child or household."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def of(self, name: str, reveal: Reveal | None = None) -> list[NoteView]:
        """The notes of a child or household, by its id, newest first; those that were taken away
        come last. Without a reveal the words of protected ones are masked.

        Raises KnownError `records.unknown`, `rights.denied`, `masking.no_reason`.
        """
        self._workplace.require(Right.READ)
        require_reveal(self._workplace, reveal)
        with self._workplace.store.read() as reading:
            found = queries.of_record(reading, self._holder(reading, name).id)
        guarded = [("note", one.note.id) for one in found if one.note.values.get(PROTECTED)]
        sight = look(self._workplace, reveal if guarded else None, guarded)
        newest = sorted(found, key=lambda one: (one.wall, one.position), reverse=True)
        shown = [self._view(sight, one) for one in newest]
        return sorted(shown, key=lambda one: one.removed)

    def counts(self, records: Sequence[str]) -> Mapping[str, int]:
        """Record → how many notes it has; records without one are left out."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return queries.counts(reading, records)

    def write(self, name: str, words: str, *, protected: bool = False) -> NoteKept:
        """Write a note about a child or household, by its id.

        Raises KnownError `notes.empty`, `notes.too_long`, `records.unknown`, `rights.denied`.
        """
        self._workplace.require(Right.ENTER)
        said = clean_lines(words)
        if not said:
            raise KnownError("notes.empty", "notes.empty_hint")
        if len(said.encode()) > MAX_TEXT_BYTES:
            raise KnownError("notes.too_long", "notes.too_long_hint")
        guarded = protected or needs_protection(said)
        with self._workplace.write() as work:
            values: dict[str, Value] = {
                "record": self._holder(work.connection, name).id,
                "note": said,
                "author": writes_as(self._workplace.account),
                "written_on": self._workplace.today().isoformat(),
                PROTECTED: guarded or None,
            }
            (done,) = saving.save_in(self._workplace, work, [RecordSave(Change("note", values))])
            work.commit()
        return NoteKept(done.id, guarded, done.elsewhere)

    def remove(self, note: str, reason: str) -> NoteKept:
        """Take a note of this unit away, with a reason.

        Raises KnownError `notes.no_reason`, `notes.unknown`, `notes.of_another_unit`,
        `rights.denied`.
        """
        if not clean(reason):
            raise KnownError("notes.no_reason", "notes.no_reason_hint")
        return self._hide(note, {"_deleted": True, "hidden_reason": clean(reason)})

    def take_back(self, note: str) -> NoteKept:
        """Show a note again that this unit took away. Raises as `remove`."""
        return self._hide(note, {"_deleted": None, "hidden_reason": None})

    def _hide(self, note: str, values: Mapping[str, Value]) -> NoteKept:
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = register.record(work.connection, "note", note)
            written = [] if found is None else _written(work.connection, found)
            if found is None or not written:
                raise KnownError("notes.unknown", "notes.unknown_hint", id=note)
            if not self._is_own(written[0].by):
                raise KnownError("notes.of_another_unit", "notes.of_another_unit_hint")
            change = Change("note", values, found.id, base=found.heads, loaded=found.values)
            (done,) = saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()
        return NoteKept(found.id, bool(found.values.get(PROTECTED)), done.elsewhere)

    def _holder(self, reading: Reading, name: str) -> RecordView:
        ent_id = id_named(self._workplace.handles, reading, name)
        entity = register.entity_of(reading, ent_id)
        found = register.record(reading, entity, ent_id) if entity in HOLDERS else None
        if found is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=name)
        return found

    def _is_own(self, unit: str) -> bool:
        """Whether this unit wrote it, or one that became part of it."""
        return unit == self._workplace.unit or (
            unit in self._workplace.tree.units
            and self._workplace.tree.tier(unit) == self._workplace.tier.value
            and self._workplace.tree.covers([self._workplace.unit], unit)
        )

    def _view(self, sight: Sight, one: WrittenNote) -> NoteView:
        note = sight.record(one.note)
        unit = self._workplace.tree.units.get(one.by)
        return NoteView(
            note.id,
            str(one.note.values["record"]),
            note.values.get("note"),
            bool(one.note.values.get(PROTECTED)),
            one.author,
            one.by,
            one.by if unit is None else unit.full_name(),
            one.wall,
            self._is_own(one.by),
            one.note.hidden,
            note.values.get("hidden_reason") if one.note.hidden else None,
            bool(one.note.conflicts),
        )


def _written(reading: Reading, note: RecordView) -> list[WrittenNote]:
    record = str(note.values.get("record"))
    return [one for one in queries.of_record(reading, record) if one.note.id == note.id]
