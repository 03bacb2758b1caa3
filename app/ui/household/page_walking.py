"""The ways through the household page: fields, sections, lines, issues, help."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

from app.forms.issues import Value
from app.forms.schema import Severity
from app.i18n import text
from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.judging import (
    Found,
)
from app.ui.household.page_typing import PageTyping
from app.ui.household.session import OpenRecord, following
from app.ui.notify import Kind, Notice

#: Rules of numbers of which each record has another: counted through, or one person's own.
_COUNTED = frozenset(("line_unique", "household_no_unique"))
_PERSONAL = frozenset(("pid_unique",))


class PageWalking(PageTyping):
    """Goes where a key wants to go."""

    def _stepped_out(self, form: FormBody, direction: int) -> None:
        if form is self.household_form and direction > 0:
            start = self.child_form.first_empty() or self.child_form.first()
            if start is not None:
                self.child_form.focus(start)
        elif form is self.child_form and direction < 0:
            head = self.household_form
            if not self.keeper.is_absent and not head.focusable():
                head.set_in_use(True)  # in large letters it rests as one line without a field
            last = None if self.keeper.is_absent else head.last()
            if last is not None:
                self.household_form.focus(last)
        elif form is self.child_form:
            self.judge()
            self.foot.save.setFocus(Qt.FocusReason.TabFocusReason)

    def _line_wanted(self, row: int) -> None:
        if row < len(self.keeper.lines):
            self.open_line(self.keeper.lines[row])
        else:
            self.new_line()

    def new_line(self) -> None:
        """Begin a child, or go to the line that was begun already."""
        if self._only_reads():
            return
        waiting = next((one for one in self.keeper.lines if one.new and not one.touched), None)
        self.open_line(waiting or self.keeper.new_child())

    def open_line(self, record: OpenRecord) -> None:
        """Open a child's form and go to its first field (the first empty one of a new child)."""
        self._drop_empty_lines(record)
        self._show_child(record)
        self._judged.pop(record.id, None)
        self.judge()
        self.child_scroll.verticalScrollBar().setValue(0)
        start = self.child_form.first_empty() if record.new else self.child_form.first()
        if start is not None:
            self.child_form.focus(start)

    def _drop_empty_lines(self, kept: OpenRecord) -> None:
        self.keeper.lines = [
            one for one in self.keeper.lines if one is kept or one.touched or not one.new
        ]

    def step_line(self, direction: int) -> None:
        """The next or previous child."""
        if self._current in self.keeper.lines:
            place = self.keeper.lines.index(self._current) + direction
            if 0 <= place < len(self.keeper.lines):
                self.open_line(self.keeper.lines[place])
            elif place == len(self.keeper.lines) and not self.keeper.is_absent and self._may_enter:
                self.new_line()

    def next_section(self, direction: int = 1) -> None:
        """F6: the next section; past the last of the household comes the child's first."""
        alone = self.keeper.is_absent
        form = self._form_with_focus() or (self.child_form if alone else self.household_form)
        widget = self._focused()
        key = getattr(widget, "key", None)
        found = form.next_section(key, direction)
        if found is None:
            in_child = form is self.household_form or alone
            form = self.child_form if in_child else self.household_form
            if form is self.household_form:
                self.household_form.set_more(True)
            found = form.next_section(None) if direction > 0 else form.last()
        if found is not None:
            form.focus(found)

    def confirm_section(self) -> None:
        """F5: what the section took over from the child before is right. On to what is still empty
        in it, else to the next section.
        """
        form, widget = self._form_with_focus(), self._focused()
        record, key = self._current, getattr(widget, "key", None)
        if form is not self.child_form or record is None or key is None or self._only_reads():
            return
        self._going_on(form, key)
        taken = form.names_of(form.section_of(key)) & record.inherited
        if taken:
            record.inherited -= taken
            record.touched = True
            self.keeper.keep(record, self._place_values())
            self.judge()
        form.step_over(key)

    def toggle_more(self) -> None:
        """F4: the fields behind the line of the present section."""
        form = self._form_with_focus()
        widget = self._focused()
        key = getattr(widget, "key", None)
        if form is None or key is None:
            return
        form.toggle("" if form is self.household_form else form.section_of(key))

    def repeat(self) -> None:
        """F7: the value of the same field of the record before this one; of numbers that are
        counted through, the next one. A number that one person has is not repeated.
        """
        form, widget = self._form_with_focus(), self._focused()
        if form is None or not isinstance(widget, FieldEdit) or widget.key.part:
            return
        record, name = self._root_of(form), widget.key.name
        if record is None or widget.isReadOnly():
            return
        value = self._before(form, record).get(name)
        if value is None:
            return
        rules = {one.rule for one in widget.codec.field.rules}
        if rules & _COUNTED:
            value = following(value)
        if value is None or rules & _PERSONAL:
            words = text("entry.not_repeated", field=str(widget.codec.field.label))
            self._notifier.say(Notice(Kind.NOTE, words, topic=name))
            return
        record.put(name, value)
        self.keeper.keep(record, self._place_values())
        self.suggestions.close_list()
        self.judge()
        widget.selectAll()

    def _before(self, form: FormBody, record: OpenRecord) -> Mapping[str, Value]:
        if form is self.household_form:
            return self.keeper.last_household
        lines = self.keeper.lines
        place = lines.index(record) if record in lines else 0
        return lines[place - 1].values if place > 0 else self.keeper.last_child

    def _all_issues(self) -> list[tuple[OpenRecord, Found]]:
        records = [self.keeper.household, *self.keeper.lines]
        return [
            (record, one)
            for record in records
            if record is not None and record.id in self._judged
            for one in self._in_order(record)
            if one.issue.severity is not Severity.NOTE
            and (one.aloud or not record.blank or record is self.keeper.household)
        ]

    def _issue_here(self, everything: list[tuple[OpenRecord, Found]]) -> int:
        if self._place is None:
            return -1
        here = [
            place
            for place, (record, one) in enumerate(everything)
            if (record.id, one.key) == self._place
        ]
        return here[-1] if here else -1

    def _go_to_line(self, place: int) -> None:
        if place < len(self._issues):
            self._go_to(*self._issues[place])

    def _go_to(self, record: OpenRecord, found: Found) -> None:
        owner = next((part for part in record.parts if part.id == found.key.part), record)
        owner.visited.add(found.key.name)
        if record is self.keeper.household:
            first = self.household_form.first()
            if not self.household_form.focus(found.key) and first is not None:
                self.household_form.focus(first)
        else:
            if record is not self._current:
                self.open_line(record)
            if not self.child_form.focus(found.key):
                self.child_form.focus(Key("", found.key.name))
        self.judge()

    def toggle_help(self) -> None:
        """F1: what the book means by the present field."""
        if self.help_card.isVisible():
            self.help_card.hide()
        elif isinstance(self._focused(), FieldEdit):
            self._show_help()
            self.help_card.show()

    def escape(self) -> bool:
        """Close what lies over the page; False when nothing did."""
        if self.suggestions.is_open:
            self.suggestions.close_list()
        elif self.help_card.isVisible():
            self.help_card.hide()
        elif self.mistakes.isVisible():
            self.mistakes.hide()
            self._back_to_field()
        elif self.foot.reason.hasFocus():
            self.foot.give_up()
        elif self.foot.list.isVisible():
            self._close_issues()
        else:
            return False
        return True

    def _close_issues(self) -> None:
        """Close the list of issues; whoever stood in it goes back to the field before."""
        inside = self.foot.list.hasFocus()
        self.foot.all.setChecked(False)
        if inside:
            self._back_to_field()

    def _back_to_field(self) -> None:
        """Back to the field that the keyboard was in, from what lay over the page."""
        record, key = self._place or ("", Key("", ""))
        household = self.keeper.household
        at_home = household is not None and record == household.id
        form = self.household_form if at_home else self.child_form
        if not form.focus(key):
            self.foot.all.setFocus(Qt.FocusReason.OtherFocusReason)
