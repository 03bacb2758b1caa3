"""Typing records: a household with its children, saved together, checked by the one validator.

A public method is one intention and one transaction. Saving is never blocked by an error; a save
that declares a record complete while it has errors writes the declaration off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.errors import KnownError
from app.forms.issues import Issue, Value
from app.forms.validator import validate
from app.history.door import Reason, State
from app.history.entities import PAIRS, REFERENCES
from app.models.queries import history as history_queries
from app.models.queries import register
from app.models.queries.history import HistoryEntry
from app.models.queries.register import ChildRow, RecordView, RegisterFilter
from app.models.store import Reading
from app.models.work import Change
from app.services import saving
from app.services.handles import id_named
from app.services.judging import open_issues
from app.services.masking import (
    Reveal,
    Shown,
    ShownRecord,
    Sight,
    closed,
    look,
    require_reveal,
    require_sight,
)
from app.services.on_behalf import with_writers
from app.services.reasons import why
from app.services.rights import Right
from app.services.saving import RecordSave, Saved
from app.services.surroundings import (
    Frame,
    child_context,
    frame_of,
    holders_of_number,
    household_context,
    of_one_register,
    other_holders,
)
from app.services.typed_beside import typed_value
from app.services.typed_values import field_named, form_of, refuse_strangers
from app.services.wording import Labels, Worded, in_words
from app.services.workplace import Workplace

#: What units conclude and the province issues: written by deeds with rights of their own, which say
#: what goes with it.
_OWN_WAYS = frozenset(("handover", "review", *PAIRS, *REFERENCES))


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child with what belongs to it and what the validator says."""

    record: ShownRecord
    belongings: tuple[ShownRecord, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """One page of the book: a household and its children."""

    record: ShownRecord
    children: tuple[ChildView, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """One record with its conflicts (field groups) and what of it waits or was refused."""

    record: ShownRecord
    belongings: tuple[ShownRecord, ...]
    conflicts: tuple[str, ...]
    stopped: tuple[ShownEntry, ...]


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One operation of a record's history: who wrote which values where, and what became of it.

    `values` is None where the body of the operation is not known here. `refused_above` is the unit
    above that refuses it, `refused_for` the name of the reason which that one gave.
    """

    op_id: bytes
    parents: tuple[bytes, ...]
    state: State
    reason: Reason | None
    wall: int
    by: str
    author: str
    values: Mapping[str, Shown] | None
    brought_by: str | None
    refused_above: str | None
    refused_for: str = ""
    entity: str = ""

    @property
    def why(self) -> str:
        """Why it is not in the register, in words; empty for one that is."""
        reason = "" if self.reason is None else self.reason.value
        return why(reason, self.refused_above or "", self.refused_for, self.entity)


class Records:
    """Use cases on single records."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    # --- reading ----------------------------------------------------------------------------

    def household(self, household_id: str) -> HouseholdView:
        """A household page. Raises KnownError `records.unknown`."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            found = register.record(reading, "household", household_id)
            if found is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=household_id)
            children = register.children_of(reading, household_id)
            belongings = register.belonging_to(reading, [one.id for one in children])
            frame = frame_of(self._workplace, reading)
            owner = str(found.values.get("owner_unit", ""))
            counted = of_one_register(frame, owner, [one.values for one in children])
            holders = holders_of_number(frame, reading, owner)
            context = household_context(frame, household_id, owner, len(counted), holders)
            views = tuple(
                self._child_view(frame, reading, one, found.values, children, belongings)
                for one in children
            )
            template = frame.template_of("household", found.values)
            issues = validate(template, found.values, context)
            shown = open_issues(frame.masks, template, found.values, context, issues)
            return HouseholdView(closed(self._workplace).record(found), views, tuple(shown))

    def _child_view(
        self,
        frame: Frame,
        reading: Reading,
        child: RecordView,
        household: Mapping[str, Value],
        children: Sequence[RecordView],
        belongings: Mapping[str, Sequence[RecordView]],
    ) -> ChildView:
        sight = closed(self._workplace)
        # An issue names the part it is about: as it is called outside.
        own = [replace(one, id=sight.name(one)) for one in belongings.get(child.id, ())]
        siblings = [one.values for one in children if one.id != child.id]
        owner = str(child.values.get("owner_unit", ""))
        holders = other_holders(frame, reading, child.id, owner)
        context = child_context(frame, child.id, household, siblings, own, owner, holders)
        template = frame.template_of("child", child.values)
        issues = validate(template, child.values, context)
        shown = open_issues(frame.masks, template, child.values, context, issues)
        parts = sight.belongings(belongings.get(child.id, ()))
        return ChildView(sight.record(child), parts, tuple(shown))

    def show(self, name: str, reveal: Reveal | None = None) -> RecordDetail:
        """One record of any type, by its id or handle, and what belongs to it.

        Raises KnownError `records.unknown`, `rights.denied`, `masking.no_reason`.
        """
        self._workplace.require(Right.READ)
        require_reveal(self._workplace, reveal)
        with self._workplace.store.read() as reading:
            ent_id = id_named(self._workplace.handles, reading, name)
            entity = register.entity_of(reading, ent_id)
            found = None if entity is None else register.record(reading, entity, ent_id)
            if found is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=name)
            conflicts = history_queries.conflicts_of(reading, self._workplace.tier.value, [ent_id])
            entries = history_queries.history(reading, ent_id)
            belongings = register.belonging_to(reading, [ent_id]).get(ent_id, [])
        sight = look(self._workplace, reveal, [(found.entity, ent_id)])
        stopped = [
            one for one in entries if one.reason is not None or one.refused_above is not None
        ]
        return RecordDetail(
            sight.record(found),
            sight.belongings(belongings),
            tuple(group for _, _, group, _ in conflicts),
            tuple(_entries(sight, found.entity, stopped, entries)),
        )

    def history(self, name: str, reveal: Reveal | None = None) -> list[ShownEntry]:
        """Every operation of a record, by its id or handle, as they arrived.

        Raises KnownError `records.unknown`, `rights.denied`, `masking.no_reason`.
        """
        self._workplace.require(Right.READ)
        require_reveal(self._workplace, reveal)
        with self._workplace.store.read() as reading:
            ent_id = id_named(self._workplace.handles, reading, name)
            entries = history_queries.history(reading, ent_id)
            entity = register.entity_of(reading, ent_id)
        if not entries or entity is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=name)
        sight = look(self._workplace, reveal, [(entity, ent_id)])
        return list(_entries(sight, entity, entries, entries))

    def in_words(self, record: ShownRecord) -> list[Worded]:
        """The values of a shown record as its form words them."""
        return in_words(self._workplace.catalogue, record)

    def labels(self) -> Labels:
        """What the fields of records are called."""
        return Labels(self._workplace.catalogue)

    def fields(self, entity: str) -> list[tuple[str, str]]:
        """(name, label) of the fields of a child or household that `set_fields` takes."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            template = frame_of(self._workplace, reading).template_for(form_of(entity), {})
        return [(one.name, str(one.label)) for one in template.fields_of(entity) if one.stored]

    def search(self, text: str, limit: int = 50) -> list[ChildRow]:
        """Children by words of their name, parents, head, id, phone or household number.

        Marks and case do not count. At most `limit`: who is called so before whom the name of a
        parent has found, then by given name. Nothing of level A is searched.
        """
        self._workplace.require(Right.READ)
        words = register.search_words(text)
        if not words:
            return []
        with self._workplace.store.read() as reading:
            ids = register.child_ids(reading, RegisterFilter(words=words), likest_first=True)
            return with_writers(self._workplace, reading, register.child_rows(reading, ids[:limit]))

    # --- writing ----------------------------------------------------------------------------

    def save(self, saves: Sequence[RecordSave], act: str | None = None) -> list[Saved]:
        """Save records of one page in one transaction, each followed by its parts.

        A child or household that declares itself complete is checked first; with errors the
        declaration is written off and everything else is saved.
        """
        return saving.save(self._workplace, saves, act)

    def set_fields(self, name: str, assignments: Mapping[str, str]) -> Saved:
        """Change fields of one record, by its id or handle, from typed text, as the form reads it.

        Raises KnownError `records.unknown`, `notes.not_changed` for a note, `records.own_way` for
        what is no page of the book, `records.no_reason` for a record called a mistake without
        saying why, what `typed_value` and `refuse_strangers` raise.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            ent_id = id_named(self._workplace.handles, work.connection, name)
            entity = register.entity_of(work.connection, ent_id)
            current = None if entity is None else register.record(work.connection, entity, ent_id)
            if entity is None or current is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=name)
            if entity == "note":
                raise KnownError("notes.not_changed", "notes.not_changed_hint")
            if entity in _OWN_WAYS:
                raise KnownError("records.own_way", "records.own_way_hint")
            frame = frame_of(self._workplace, work.connection)
            template = frame.template_for(form_of(entity), current.values)
            catalogue, year = self._workplace.catalogue, self._workplace.today().year
            values = {
                (field := field_named(template, entity, typed)): typed_value(
                    template, catalogue, entity, field, text, year
                )
                for typed, text in assignments.items()
            }
            reason = values.get("hidden_reason", current.values.get("hidden_reason"))
            if values.get("entered_in_error") and not reason:
                raise KnownError("records.no_reason", "records.no_reason_hint", id=name)
            refuse_strangers(work.connection, self._workplace.tree, current, values)
            refuse_leaving_children(work.connection, current, values)
            require_sight(self._workplace, entity, [current.values], values)
            change = Change(entity, values, id=ent_id, base=current.heads, loaded=current.values)
            (done,) = saving.save_in(self._workplace, work, [RecordSave(change)])
            work.commit()
        return done


def refuse_leaving_children(
    reading: Reading, record: RecordView, values: Mapping[str, Value]
) -> None:
    """A household goes out of the register after its children, or with them on its page: they
    would count on, and no page of a village would lead to them. Those of another unit stay with
    that unit, as on the page. Raises KnownError `records.children_left`.
    """
    if record.entity != "household" or record.hidden:
        return
    if not values.get("entered_in_error") and not values.get("merged_into"):
        return
    owner = record.values.get("owner_unit")
    children = register.children_of(reading, record.id)
    if left := sum(one.values.get("owner_unit") == owner for one in children):
        raise KnownError("records.children_left", "records.children_left_hint", count=left)


def _entries(
    sight: Sight, entity: str, entries: Iterable[HistoryEntry], versions: Sequence[HistoryEntry]
) -> Iterator[ShownEntry]:
    """Operations as a sight shows them; what the record ever was decides what is masked."""
    bodies = [one.body for one in versions if one.body is not None]
    for one in entries:
        yield ShownEntry(
            one.op_id,
            one.parents,
            one.state,
            one.reason,
            one.wall,
            one.by,
            one.author,
            None if one.body is None else sight.values(entity, one.body, bodies),
            one.brought_by,
            one.refused_above,
            one.refused_for,
            entity,
        )
