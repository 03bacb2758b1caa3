"""What a person types and chooses on the household page, taken over and kept at once."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QTimer

from app.forms.derived import RELATION
from app.forms.issues import Value
from app.services.entry import Choice
from app.services.rights import Right, denied
from app.ui.household.body import FormBody
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.page_showing import PageShowing
from app.ui.household.parts import Beginning, circumstance_from, ended, new_part, with_groups
from app.ui.household.passing_on import take_again
from app.ui.household.session import OpenRecord
from app.ui.notify import error_notice
from app.ui.tasks import Lane


class PageTyping(PageShowing):
    """Takes over text, codes, confirmed proposals and added lines."""

    def _record_of(self, form: FormBody, key: Key) -> OpenRecord | None:
        record = self.keeper.household if form is self.household_form else self._current
        if record is None or not key.part:
            return record
        return next((part for part in record.parts if part.id == key.part), None)

    def _root_of(self, form: FormBody) -> OpenRecord | None:
        return self.keeper.household if form is self.household_form else self._current

    def _codec_of(self, form: FormBody, key: Key) -> Codec:
        edit = form.edit(key)
        if edit is None:
            raise KeyError(key.name)
        return edit.codec

    def _is_chooser(self, form: FormBody, key: Key) -> bool:
        return form is self.child_form and any(
            plan.parts is not None
            and plan.parts.chooser is not None
            and plan.parts.chooser.name == key.name
            for plan in self._plans["child"].sections
        )

    def _typed(self, form: FormBody, key: Key, now: str) -> None:
        record, root = self._record_of(form, key), self._root_of(form)
        if record is None or root is None or not self._may_enter:
            return
        codec = self._codec_of(form, key)
        if self._is_chooser(form, key):
            record.texts[key.name] = now
            record.touched = True
        else:
            record.type(codec, now)
            root.touched = True
        self._keep(form, root, key)
        edit = form.edit(key)
        if codec.is_coded and edit is not None:
            edit.list = self.suggestions
            self.suggestions.open_soon(partial(self._open_list, form, key))
        self._timer.start()

    def _keep(self, form: FormBody, root: OpenRecord, key: Key) -> None:
        self._place = (root.id, key)
        self.keeper.keep(root, self._place_values())
        del form

    def _place_values(self) -> dict[str, object]:
        household = self.keeper.household
        record, key = self._place or ("", Key("", ""))
        blank = any(one.id == record and one.new and not one.touched for one in self.keeper.lines)
        return {
            "household": household.id if household is not None else "",
            "record": record,
            "part": key.part,
            "field": key.name,
            # A line that nothing was typed into is nowhere but on the screen.
            "blank": blank,
            "cursor": self._cursor(),
            **self._asked_place(),
        }

    def _asked_place(self) -> dict[str, object]:
        """Before which letter the cursor stands in the reason that is asked for."""
        if self._asked is None or not self.foot.is_asking:
            return {}
        return {"reason": self.foot.reason.cursorPosition()}

    def _cursor(self) -> int:
        """Before which letter the cursor stands; -1 where the whole text is chosen, or no field."""
        widget = self._focused()
        if not isinstance(widget, FieldEdit) or widget.hasSelectedText():
            return -1
        return widget.cursorPosition()

    def _open_list(self, form: FormBody, key: Key) -> None:
        edit = form.edit(key)
        if edit is None or not edit.hasFocus() or not self._may_enter:
            return
        edit.list = self.suggestions
        wanted = edit.text()
        shown = edit.codec.show(self._value(form, key))
        self.suggestions.open_for(edit, edit.codec.suggestions("" if wanted == shown else wanted))

    def _value(self, form: FormBody, key: Key) -> Value:
        record = self._record_of(form, key)
        return None if record is None else record.values.get(key.name)

    def _entered(self, form: FormBody, key: Key) -> None:
        root = self._root_of(form)
        if root is None:
            return
        self._bring_into_view()
        # A fold that opened for it, or a line that has just begun, finds its place only afterwards.
        QTimer.singleShot(0, self, self._bring_into_view)
        widget = form.edit(key)
        if widget is not None and not widget.text() and widget.codec.opens_at_once():
            self._open_list(form, key)
        if self._place != (root.id, key):
            self._place = (root.id, key)
            self.keeper.keep_place(self._place_values())
        self.household_form.set_in_use(form is self.household_form)
        if form is self.child_form:
            self.household_form.set_more(False)
        if self.help_card.isVisible():
            self._show_help()

    def _moved(self) -> None:
        if not self._moves.isActive():
            self._moves.start()

    def _keep_move(self) -> None:
        """Keep where the cursor stands, if it stands in the field that is kept."""
        widget, kept = self._focused(), None if self._place is None else self._place[1]
        in_field = isinstance(widget, FieldEdit) and widget.key == kept
        if self.isVisible() and (in_field or widget is self.foot.reason):
            self.keeper.keep_place(self._place_values())

    def _bring_into_view(self) -> None:
        """Scroll to the field that the keyboard is in."""
        form, widget = self._form_with_focus(), self._focused()
        if form is not None:
            # With its label above and what may be said below it.
            around = widget.height() // 2 + self._theme.pixels(48)
            middle = widget.geometry().center().y()
            area = self._scroll_of(form)
            if middle < 2 * around and middle + around <= area.viewport().height():
                middle = around = 0  # of the first row the title above is shown, too
            area.ensureVisible(0, middle, 0, around)

    def _going_on(self, form: FormBody, key: Key) -> None:
        self._commit(form, key)
        record = self._record_of(form, key)
        if record is not None and key.name in record.inherited and self._may_enter:
            # Going past it with Enter is how a person confirms what was taken over.
            record.inherited.discard(key.name)
            record.visited.discard(key.name)
            record.touched = True
        self._left_field(form, key)

    def _left_field(self, form: FormBody, key: Key) -> None:
        record, root, edit = self._record_of(form, key), self._root_of(form), form.edit(key)
        if record is None or root is None or edit is None:
            return
        if self._place is None or self._place[0] != root.id:
            return  # it was left with the record before: nobody has been in it in this one
        if self._is_chooser(form, key):
            self._take_groups(record, edit)
            self.judge()
            return
        typed = record.texts.get(key.name)
        if typed is None and key.name in record.visited:
            return
        record.visited.add(key.name)
        if typed is not None and key.name not in record.problems:
            record.texts.pop(key.name)
        if key.name == "personal_id":
            self.keeper.look_up(record)
        if key.name in ("household_no", "village"):
            self.keeper.look_up_number()
        if typed is not None and key == Key("", RELATION) and RELATION not in record.problems:
            template = self.keeper.templates["child"]
            take_again(record, template, self.keeper.siblings_of(record))
        if typed is not None:
            self.keeper.keep(root, self._place_values())
            self._forget_others(root)
        self.judge()

    def _forget_others(self, root: OpenRecord) -> None:
        """What changed here may matter to the other lines: they are judged again."""
        self._judge_later(
            line.id
            for line in self.keeper.lines
            if line is not self._current or root is self.keeper.household
        )

    def _commit(self, form: FormBody, key: Key) -> None:
        """Going on from a field: a half-typed code becomes the highlighted one."""
        edit, record = form.edit(key), self._record_of(form, key)
        if edit is None or record is None or edit.isReadOnly():
            return
        chosen = edit.chosen_text()
        self.suggestions.close_list()
        if chosen != edit.text():
            edit.setText(chosen)
            self._typed(form, key, chosen)
            self.suggestions.close_list()

    def _picked(self, key: Key, chosen: str) -> None:
        form = self._form_with_focus()
        edit = form.edit(key) if form is not None else None
        if form is not None and edit is not None:
            edit.setText(chosen)
            self._typed(form, key, chosen)
            self.suggestions.close_list()
            form.step_from(key, 1)

    def _space(self, key: Key) -> None:
        """Space in an empty name field brings the family name."""
        edit = self.child_form.edit(key)
        if self._current is None or edit is None or key.name != "full_name":
            return
        if not self._may_enter:
            return
        family = self._family_name(self._current)
        if family and not edit.text():
            edit.setText(family)
            self._typed(self.child_form, key, family)

    def _add_village(self, key: Key, name: str) -> None:
        page = self.keeper.page
        if page is None:
            return
        self._tasks.run(
            partial(self._entry.add_village, page.owner, name),
            partial(self._village_added, key),
            self._failed,
            lane=Lane.WRITE,
            owner=self,
        )

    def _village_added(self, key: Key, choice: Choice) -> None:
        page, household = self.keeper.page, self.keeper.household
        if page is None or household is None:
            return
        named = [one for one in page.choices.get(key.name, ()) if one.id != choice.id]
        choices = {**page.choices, key.name: (*named, choice)}
        self.keeper.take_choices(choices)
        self.household_form.set_codecs(self.keeper.codecs["household"])
        household.put(key.name, choice.id)
        household.visited.add(key.name)
        self.keeper.keep(household, self._place_values())
        self.judge()

    def _confirm(self, proposal: str) -> None:
        record = self._current
        judged = self._judged.get(record.id) if record is not None else None
        if record is None or judged is None or judged.comparison is None or self._only_reads():
            return
        sign, group = proposal[:1], proposal[1:]
        if sign == "+":
            for one in judged.comparison.to_confirm:
                if one.group == group:
                    circumstance_from(record, one, self._beginning("derived"))
        else:
            for gone in judged.comparison.to_end:
                if gone.circumstance.group == group:
                    ended(record, gone)
        self._after_parts(record)

    def _beginning(self, source: str) -> Beginning:
        form, day = self.keeper.templates["child"], self._survey_day()
        return Beginning(form, self.keeper.groups, day, source, self.keeper.name_of)

    def _survey_day(self) -> date:
        day = self._household_values().get("survey_date")
        if isinstance(day, str) and len(day) == 10:
            return date.fromisoformat(day)
        return self.keeper.today

    def _take_groups(self, record: OpenRecord, edit: FieldEdit) -> None:
        typed = record.texts.get(edit.key.name, "").strip()
        if not typed:
            record.texts.pop(edit.key.name, None)
            return
        record.type(edit.codec, typed)
        codes = record.values.pop(edit.key.name, None)
        if edit.key.name in record.problems or not isinstance(codes, list):
            return
        record.texts.pop(edit.key.name, None)
        with_groups(record, codes, self._beginning("declared"))
        self._after_parts(record)

    def _add_line(self, section: str) -> None:
        record = self._current
        plan = next(one for one in self._plans["child"].sections if one.name == section)
        if record is None or plan.parts is None or self._only_reads():
            return
        part = new_part(record, plan.parts, self.keeper.templates["child"])
        self.judge()
        first = self._part_codecs(plan.parts)[0]
        self.child_form.focus(Key(part.id, first.field.name))

    def _after_parts(self, record: OpenRecord) -> None:
        record.touched = True
        self.keeper.keep(record, self._place_values())
        self.judge()

    def remove_line(self) -> None:
        """Take away the line of a repeatable section that the keyboard stands on."""
        widget = self._focused()
        record = self._current
        if record is None or not isinstance(widget, FieldEdit) or not widget.key.part:
            return
        part = next((one for one in record.parts if one.id == widget.key.part), None)
        if part is None or self._only_reads():
            return
        if part.is_secret and not self._may_reveal:
            self._notifier.say(error_notice(denied(Right.REVEAL)))
            return
        self.child_form.step_from(widget.key, -1)
        if part.blank:
            record.parts.remove(part)
            self.judge()
            return
        if part.new:
            record.parts.remove(part)
        else:
            part.put("_deleted", True)
        self._after_parts(record)
