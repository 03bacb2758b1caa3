"""Typing records: a household with its children, saved together, checked by the one validator.

A public method is one intention and one transaction. Saving is never blocked by an error; a save
that declares a record complete while it has errors writes the declaration off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from app.errors import KnownError
from app.forms.catalogue import stamp_for
from app.forms.circumstances import Comparison, compare
from app.forms.derived import filled_in
from app.forms.facts import Facts
from app.forms.issues import Issue, Value
from app.forms.validator import applicable, validate
from app.models.queries import history as history_queries
from app.models.queries import register
from app.models.queries.history import HistoryEntry
from app.models.queries.register import ChildRow, RecordView, RegisterFilter
from app.models.store import Reading
from app.models.work import Change, Recorded, UnitOfWork
from app.services.rights import Right
from app.services.surroundings import (
    Frame,
    child_context,
    frame_of,
    has_errors,
    holders_of_number,
    household_context,
    issues_of_child,
    other_holders,
    reference_day,
)
from app.services.typed_values import form_of, refuse_strangers, stored_value
from app.services.workplace import Workplace
from app.text.fold import fold


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child with what belongs to it and what the validator says."""

    record: RecordView
    belongings: tuple[RecordView, ...]
    issues: tuple[Issue, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """One page of the book: a household and its children."""

    record: RecordView
    children: tuple[ChildView, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """One record with its conflicts (field groups) and what of it waits or was refused."""

    record: RecordView
    belongings: tuple[RecordView, ...]
    conflicts: tuple[str, ...]
    stopped: tuple[HistoryEntry, ...]


class Records:
    """Use cases on single records."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    # --- reading ----------------------------------------------------------------------------

    def household(self, household_id: str) -> HouseholdView:
        """A household page. Raises KnownError `records.unknown`."""
        with self._workplace.store.read() as reading:
            found = register.record(reading, "household", household_id)
            if found is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=household_id)
            children = register.children_of(reading, household_id)
            belongings = register.belonging_to(reading, [one.id for one in children])
            frame = frame_of(self._workplace, reading)
            owner = str(found.values.get("owner_unit", ""))
            context = household_context(
                frame, household_id, owner, len(children), holders_of_number(reading)
            )
            views = tuple(
                self._child_view(frame, reading, one, found.values, children, belongings)
                for one in children
            )
            issues = validate(frame.template_of("household", found.values), found.values, context)
            return HouseholdView(found, views, tuple(issues))

    def _child_view(
        self,
        frame: Frame,
        reading: Reading,
        child: RecordView,
        household: Mapping[str, Value],
        children: Sequence[RecordView],
        belongings: Mapping[str, Sequence[RecordView]],
    ) -> ChildView:
        own = tuple(belongings.get(child.id, ()))
        siblings = [one.values for one in children if one.id != child.id]
        owner = str(child.values.get("owner_unit", ""))
        holders = other_holders(reading, child.id)
        context = child_context(frame, child.id, household, siblings, own, owner, holders)
        issues = validate(frame.template_of("child", child.values), child.values, context)
        return ChildView(child, own, tuple(issues), compare(Facts(child.values, context)))

    def check_child(
        self,
        child_id: str,
        values: Mapping[str, Value],
        household: Mapping[str, Value],
        siblings: Sequence[Mapping[str, Value]],
        circumstances: Sequence[Mapping[str, Value]],
    ) -> tuple[list[Issue], Comparison, frozenset[str]]:
        """What a form shows while one types: issues, proposals, and the fields that apply."""
        with self._workplace.store.read() as reading:
            frame = frame_of(self._workplace, reading)
            owner = str(values.get("owner_unit") or self._workplace.unit)
            holders = other_holders(reading, child_id)
            context = child_context(frame, child_id, household, siblings, (), owner, holders)
            context = structs.replace(context, circumstances=tuple(circumstances))
            template = frame.template_for("child", values)
            issues = validate(template, values, context)
            found = compare(Facts(values, context))
            return issues, found, applicable(template, values, context)

    def check_household(
        self, household_id: str, values: Mapping[str, Value], children: int
    ) -> tuple[list[Issue], frozenset[str]]:
        """Issues and applying fields of a household form while one types."""
        with self._workplace.store.read() as reading:
            frame = frame_of(self._workplace, reading)
        owner = str(values.get("owner_unit") or self._workplace.unit)
        context = household_context(frame, household_id, owner, children)
        template = frame.template_for("household", values)
        return validate(template, values, context), applicable(template, values, context)

    def show(self, ent_id: str) -> RecordDetail:
        """One record of any type. Raises KnownError `records.unknown`."""
        with self._workplace.store.read() as reading:
            entity = register.entity_of(reading, ent_id)
            found = None if entity is None else register.record(reading, entity, ent_id)
            if found is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=ent_id)
            conflicts = history_queries.conflicts_of(reading, [ent_id])
            entries = history_queries.history(reading, ent_id)
            belongings = register.belonging_to(reading, [ent_id]).get(ent_id, [])
        stopped = tuple(
            one for one in entries if one.reason is not None or one.refused_above is not None
        )
        return RecordDetail(
            found, tuple(belongings), tuple(group for _, _, group, _ in conflicts), stopped
        )

    def history(self, ent_id: str) -> list[HistoryEntry]:
        """Every operation of a record, as they arrived. Raises KnownError `records.unknown`."""
        with self._workplace.store.read() as reading:
            entries = history_queries.history(reading, ent_id)
        if not entries:
            raise KnownError("records.unknown", "records.unknown_hint", id=ent_id)
        return entries

    def search(self, text: str, limit: int = 50) -> list[ChildRow]:
        """Children by words of their name, parents, head, id, phone or household number.

        Marks and case do not count. At most `limit`, by given name.
        """
        words = tuple(fold(text).split())
        if not words:
            return []
        with self._workplace.store.read() as reading:
            ids = register.child_ids(reading, RegisterFilter(words=words))
            return register.child_rows(reading, ids[:limit])

    # --- writing ----------------------------------------------------------------------------

    def save(self, changes: Sequence[Change], act: str | None = None) -> list[Recorded]:
        """Save changed records of one page in one transaction, in the order given.

        A child or household that declares itself complete is checked first; with errors the
        declaration is written off and everything else is saved.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            done = [self._save(work, change, act) for change in changes]
            work.commit()
        return done

    def _save(self, work: UnitOfWork, change: Change, act: str | None) -> Recorded:
        if change.entity in ("child", "household"):
            change = self._with_computed(work.connection, change)
            merged = {**(change.loaded or {}), **change.values}
            if merged.get("complete") and self._blocked(work.connection, change, merged):
                change = replace(change, values={**change.values, "complete": False})
        return work.record(change, act=act)

    def _with_computed(self, reading: Reading, change: Change) -> Change:
        merged = {**(change.loaded or {}), **change.values}
        day = reference_day(self._workplace, reading)
        stamp = merged.get("template")
        template = self._workplace.catalogue.for_editing(change.entity, stamp, day)
        computed = filled_in(template, merged, self._workplace.today())
        values: dict[str, Value] = {**computed, **change.values}
        if change.id is None or values:
            values["template"] = stamp_for(template, stamp)
        return replace(change, values=values)

    def _blocked(self, reading: Reading, change: Change, merged: Mapping[str, Value]) -> bool:
        frame = frame_of(self._workplace, reading)
        ent_id = change.id or ""
        if change.entity == "household":
            children = len(register.children_of(reading, ent_id)) if ent_id else 0
            context = household_context(
                frame,
                ent_id,
                str(merged.get("owner_unit", "")),
                children,
                holders_of_number(reading),
            )
            return has_errors(validate(frame.template_of("household", merged), merged, context))
        household_id = merged.get("household")
        found = (
            register.record(reading, "household", household_id)
            if isinstance(household_id, str)
            else None
        )
        siblings = (
            [one.values for one in register.children_of(reading, found.id) if one.id != ent_id]
            if found is not None
            else []
        )
        belongings = register.belonging_to(reading, [ent_id]).get(ent_id, []) if ent_id else []
        household = found.values if found is not None else {}
        issues = issues_of_child(frame, reading, ent_id, merged, household, siblings, belongings)
        return has_errors(issues)

    def set_fields(self, ent_id: str, assignments: Mapping[str, str]) -> Recorded:
        """Change fields of one record from typed text, as the form would read it.

        Raises KnownError `records.unknown`, what `stored_value` and `refuse_strangers` raise.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            entity = register.entity_of(work.connection, ent_id)
            current = None if entity is None else register.record(work.connection, entity, ent_id)
            if entity is None or current is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=ent_id)
            frame = frame_of(self._workplace, work.connection)
            template = frame.template_for(form_of(entity), current.values)
            values = {
                name: stored_value(template, entity, name, text)
                for name, text in assignments.items()
            }
            refuse_strangers(work.connection, self._workplace.tree, current, values)
            change = Change(entity, values, id=ent_id, base=current.heads, loaded=current.values)
            done = self._save(work, change, None)
            work.commit()
        return done
