"""The ways through a form: which fields a walk visits, what opens, where a key leads."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.forms.schema import Field
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.form_fields import FormFields
from app.ui.household.looks import SectionState
from app.ui.household.plan import SectionPlan, table_fields
from app.ui.household.proposal import Proposal


class FormWalk(FormFields):
    """Goes from field to field and opens what hides one."""

    def toggle(self, section: str) -> None:
        """Open or close what lies behind a section's line ("" is the line of a compact form)."""
        if section == "":
            self.set_more(not self.more_open)
            return
        held = self.sections[section]
        held.open = not held.open
        self.arrange()
        if held.open:
            first = next(iter(self._keys_of(held.plan.rest)), None)
            if first is not None:
                self.focus(first)

    def set_more(self, opened: bool) -> None:
        """Show all of a compact form, or its first row only."""
        if self.more_open != opened:
            self.more_open = opened
            self.arrange()

    def set_resting_rows(self, count: int) -> None:
        """How many rows a compact form that nobody works in shows; 0 says what they hold in one
        line, where large letters leave little room.
        """
        if self._resting_rows != count:
            self._resting_rows = count
            self.arrange()

    def set_in_use(self, used: bool) -> None:
        """A compact form that nobody works in takes one row, to leave room for the other."""
        if self.in_use != used:
            self.in_use = used
            self.arrange()

    def open_for(self, name: str) -> None:
        """Open whatever hides a field."""
        for held in self.sections.values():
            names = {one.name for one in held.plan.rest}
            parts = held.plan.parts
            if parts is not None:
                names |= {one.name for one in (*parts.columns, *parts.kinds)}
            if name in names and not held.open:
                held.open = True
        if self._compact:
            self.more_open = True
        self.arrange()

    def focus(self, key: Key) -> bool:
        """Put the keyboard on a field; opens what hides it. False when there is no such field."""
        target: QWidget | None = self.edits.get(key)
        if target is None:
            target = next((one for one in self.proposals if one.key == key), None)
        if target is None:
            return False
        self.reached.emit()
        if not target.isVisibleTo(self):
            self.open_for(key.name)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def focusable(self) -> list[QWidget]:
        """The fields and proposals that a walk with Enter visits now, in order."""
        return [
            one
            for one in self.order
            if one.isVisibleTo(self) and (not isinstance(one, FieldEdit) or self._applies(one))
        ]

    def _applies(self, edit: FieldEdit) -> bool:
        look = self.looks.get(edit.key)
        return look is None or look.applies

    def step_from(self, key: Key, direction: int) -> None:
        """Go to the next or previous field of the walk."""
        walk = self.focusable()
        place = next((index for index, one in enumerate(walk) if _key_of(one) == key), -1)
        target = place + direction
        if place >= 0 and 0 <= target < len(walk):
            reason = Qt.FocusReason.TabFocusReason
            walk[target].setFocus(reason if direction > 0 else Qt.FocusReason.BacktabFocusReason)
        else:
            self.stepped_out.emit(direction)

    def step_over(self, key: Key) -> None:
        """Go to the next field of the walk that is empty or belongs to another section."""
        walk = self.focusable()
        here = self.section_of(key)
        place = next((index for index, one in enumerate(walk) if _key_of(one) == key), len(walk))
        for one in walk[place + 1 :]:
            there = _key_of(one)
            if self.section_of(there) != here or not self.holds(there):
                one.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self.stepped_out.emit(1)

    def first(self) -> Key | None:
        """The first field of the walk."""
        walk = self.focusable()
        return _key_of(walk[0]) if walk else None

    def last(self) -> Key | None:
        """The last field of the walk."""
        walk = self.focusable()
        return _key_of(walk[-1]) if walk else None

    def holds(self, key: Key) -> bool:
        """Whether something stands in a field, shown or masked."""
        edit, look = self.edits.get(key), self.looks.get(key)
        return edit is not None and bool(edit.text() or (look is not None and look.masked))

    def first_empty(self) -> Key | None:
        """The first field of the walk that holds nothing."""
        for one in self.focusable():
            if isinstance(one, FieldEdit) and not self.holds(one.key):
                return one.key
        return None

    def section_of(self, key: Key) -> str:
        """The section a field stands in; "" when it stands in none."""
        for held in self.sections.values():
            plan = held.plan
            if key.part and any(one.id == key.part for one in held.parts):
                return plan.name
            chooses = plan.parts is not None and plan.parts.chooser is not None
            if (key.name == "proposal" and chooses) or key.name in self.names_of(plan.name):
                return plan.name
        return ""

    def names_of(self, section: str) -> frozenset[str]:
        """The names of the fields that stand in a section; empty for none."""
        if section not in self.sections:
            return frozenset()
        plan = self.sections[section].plan
        fields = [*table_fields(plan), *plan.walk, *plan.rest]
        if plan.parts is not None:
            fields += [*plan.parts.columns, *plan.parts.kinds]
            if plan.parts.chooser is not None:
                fields.append(plan.parts.chooser)
        return frozenset(one.name for one in fields)

    def next_section(self, key: Key | None, direction: int = 1) -> Key | None:
        """The first field of the next section, opening an optional one; None past the last."""
        names = [one.name for one in self.plan.opened] + [one.name for one in self.plan.optional]
        if self._compact:
            names = [one.name for one in self._compact_order()]
        here = names.index(self.section_of(key)) if key and self.section_of(key) in names else -1
        for name in names[here + 1 :] if direction > 0 else reversed(names[: max(here, 0)]):
            held = self.sections[name]
            if held.plan.section.optional:
                held.open = True
                self.arrange()
            if self._compact:
                self.set_more(True)
            found = self._first_key(held)
            if found is not None:
                return found
        return None

    def _first_key(self, held: SectionState) -> Key | None:
        plan = held.plan
        if plan.parts is not None and plan.parts.chooser is not None:
            # What the facts propose stands above the fields: nobody jumps over it.
            for one in self.proposals:
                if one.isVisibleTo(self):
                    return one.key
        fields = (*table_fields(plan), *plan.walk)
        if plan.section.optional or self._compact or not fields:
            fields = (*fields, *plan.rest)
        for key in self._keys_of(fields):
            if self._applies(self.edits[key]):
                return key
        if held.parts and plan.parts is not None:
            return next((key for key in self.edits if key.part == held.parts[0].id), None)
        if held.add is not None:
            self.added.emit(plan.name)
            return next(
                (key for key in self.edits if held.parts and key.part == held.parts[0].id), None
            )
        return None

    def _keys_of(self, fields: Iterable[Field]) -> list[Key]:
        return [Key("", one.name) for one in fields if Key("", one.name) in self.edits]

    def _compact_order(self) -> list[SectionPlan]:
        """The section that bears the form's own name first: it is the record itself."""
        form = self.plan.template.form
        return sorted(self.plan.opened, key=lambda one: one.name != form)


def _key_of(widget: QWidget) -> Key:
    return widget.key if isinstance(widget, FieldEdit | Proposal) else Key("", "")
