"""The household page's eyes: the validator's word put onto forms, lines and foot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.forms.issues import Value
from app.forms.schema import Severity
from app.i18n import in_sentence, text
from app.services.entry import EntryPage, Gone
from app.services.returns import ReturnedRecord
from app.services.wording import label_beside
from app.ui.gone import gone_parts
from app.ui.household.arranging import CLOSED
from app.ui.household.body import FormBody
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.foot import IssueLine
from app.ui.household.former import former_fields, former_of_parts
from app.ui.household.grid import SIGNS as GRID_SIGNS
from app.ui.household.grid import Line
from app.ui.household.hints import add_hints
from app.ui.household.judging import (
    Found,
    judge_child,
    judge_household,
    looks_of,
    lost_status,
    painted_of,
    part_lines,
    parts_of,
    proposal_lines,
)
from app.ui.household.looks import SIGNS, Look
from app.ui.household.page_frame import BETWEEN, PAINTED_FIRST
from app.ui.household.page_room import PageRoom
from app.ui.household.parts import kind_codec
from app.ui.household.plan import PartsPlan
from app.ui.household.session import OpenRecord
from app.ui.household.told import ASKED, asked_of, told_of


class PageShowing(PageRoom):
    """Judges what is open and shows it."""

    def judge(self) -> None:
        """Judge what is open and show it, at once: whoever goes on asks what was found."""
        self._timer.stop()
        self._turn.stop()
        for _ in self._judging():
            pass

    def judge_in_turns(self) -> None:
        """The same in small pieces with the loop between them: a key that comes meanwhile is seen
        before the next piece, and what is left of them is given up for those that follow that key.
        """
        self._turns = self._judging()
        self._take_turn()

    def _take_turn(self) -> None:
        if not self._timer.isActive() and next(self._turns, self) is not self:
            self._turn.start()

    def _judging(self) -> Iterator[None]:
        page, household = self.keeper.page, self.keeper.household
        if page is None or household is None:
            return
        template = self.keeper.templates
        count = sum(1 for one in self.keeper.lines if one.touched or not one.new)
        if not page.absent:
            self._judged[household.id] = judge_household(
                page, household, template["household"], count, self.keeper.numbers.of_number
            )
            yield
        if self._current is not None:
            self._judge_line(self._current)
            yield
        self._judge_later(one.id for one in self.keeper.lines if one.id not in self._judged)
        self._show_absence(absent=page.absent)
        if not page.absent:
            self._show_household(household, count)
            yield
            self._put_in_place(self.household_form)
            yield
        if self._current is not None:
            looks = self._looks_of_current(self._current)
            yield
            self._fill_parts()
            self._show_current(self._current, looks)
            yield
            self._put_in_place(self.child_form)
            yield
        self._show_lines()
        yield
        self._show_issues()

    def _put_in_place(self, form: FormBody) -> None:
        held = self._place_on_screen()
        form.put_in_place()
        self._hold_on_screen(held)
        self._show_what_is_said(form)

    def _judge_line(self, line: OpenRecord) -> None:
        page, household = self.keeper.page, self.keeper.household
        self._stale.discard(line.id)
        if page is None or household is None:
            return
        self._judged[line.id] = judge_child(
            page,
            household,
            line,
            self.keeper.siblings_of(line),
            self.keeper.templates["child"],
            self.keeper.numbers.of_id,
        )

    def _judge_later(self, lines: Iterable[str]) -> None:
        """Other lines are judged one by one when nothing else is to be done: a page of forty
        children must not be judged whole between two keys.
        """
        self._stale.update(lines)
        if self._stale and not self._others.isActive():
            self._others.start(PAINTED_FIRST)

    def _judge_another(self) -> None:
        """Judge one line that waits; when none does, show what came of it."""
        line = next((one for one in self.keeper.lines if one.id in self._stale), None)
        if line is not None:
            self._judge_line(line)
            self._others.setInterval(BETWEEN)
            return
        self._others.stop()
        self._stale.clear()
        if self.keeper.page is not None:
            self._show_lines()
            self._show_issues()

    def _judge_waiting(self) -> None:
        """Judge every line that waits, now: somebody goes by all of them."""
        while self._others.isActive():
            self._judge_another()

    def _show_absence(self, *, absent: bool) -> None:
        """In the place of a household that is not in this register, that it is not."""
        self.household_card.setVisible(not absent)
        self.absent_card.setVisible(absent)
        self.next.setVisible(not absent)
        self.grid.set_new_line(self._may_enter and not absent)
        if not absent:
            return
        named = bool(self.keeper.household and self.keeper.household.id)
        self.absent.setText(
            f"{SIGNS[Severity.WARNING]} {text('entry.absent' if named else 'entry.no_household')}"
        )
        self.village.setText(text("window.page.register"))
        self.crumb.say(
            f"\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {text('entry.absent_title')}"
        )
        self.counter.clear()

    def _show_household(self, household: OpenRecord, count: int) -> None:
        page = self.keeper.page
        if page is None:
            return
        codecs = self.keeper.codecs["household"]
        template = self.keeper.templates["household"]
        shown = {**page.shown, "children_count": str(count)}
        looks = looks_of(
            household,
            template.fields,
            codecs,
            self._judged[household.id],
            may_reveal=self._may_reveal,
            may_enter=self._may_enter,
        )
        add_hints(looks, household, codecs)
        self.household_form.set_former(self._former(household))
        self.household_form.take_looks(looks, painted_of(household, template, codecs, shown))
        number = household.values.get("household_no")
        head = household.values.get("head_name")
        name = f" · {head}" if head else ""
        if not self._may_enter:
            name = f"{name} · {text('entry.only_to_read')}"
        self.village.setText(
            codecs["village"].show(household.values.get("village")) or text("entry.no_village")
        )
        if number:
            title = text("entry.household_title", number=number)
        else:
            title = text("entry.new_household" if household.new else "entry.no_number")
        self.crumb.say(f"\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {title}{name}")
        self.counter.setText(text("entry.household_of", number=page.number, total=page.total))
        self._show_behalf(page)
        last = "entry.new_household" if self._may_enter else "entry.to_list"
        self.next.setText(f"{text('entry.next_household' if page.following else last)}   F2")

    def _show_behalf(self, page: EntryPage) -> None:
        """Say whose records they are where they are not this unit's, else who typed for it."""
        words = ""
        if page.elsewhere:
            unit = in_sentence(self._entry.unit_name(page.owner))
            words = text("entry.on_behalf" if self._may_enter else "entry.of_unit", unit=unit)
        elif page.entered_by:
            unit = in_sentence(self._entry.unit_name(page.entered_by))
            words = text("entry.entered_by", unit=unit)
        self.behalf.say(words)
        self.behalf.setVisible(bool(words))

    def _looks_of_current(self, record: OpenRecord) -> dict[Key, Look]:
        codecs = self.keeper.codecs["child"]
        template = self.keeper.templates["child"]
        judged = self._judged[record.id]
        own = [one for one in template.fields if one.name in codecs]
        look = partial(looks_of, may_reveal=self._may_reveal, may_enter=self._may_enter)
        looks = look(record, own, codecs, judged)
        siblings = self.keeper.siblings_of(record)
        add_hints(looks, record, codecs, siblings, self.keeper.holder_names(record))
        for plan in self._plans["child"].sections:
            if plan.parts is None:
                continue
            for part in parts_of(record, plan.parts.entity):
                looks |= look(
                    part,
                    [codec.field for codec in self._part_codecs(plan.parts)],
                    {codec.field.name: codec for codec in self._part_codecs(plan.parts)},
                    judged,
                    part.id,
                )
        family = self._family_name(record)
        if family:
            name_key = Key("", "full_name")
            words = text("entry.family_name", name=family)
            looks[name_key] = replace(looks[name_key], placeholder=words)
        return looks

    def _show_current(self, record: OpenRecord, looks: Mapping[Key, Look]) -> None:
        codecs, template = self.keeper.codecs["child"], self.keeper.templates["child"]
        self._show_gone(record)
        self.child_form.set_former(self._former(record))
        proposals = proposal_lines(self._judged[record.id], self.keeper.groups)
        self.child_form.set_proposals(proposals)
        painted = painted_of(record, template, codecs, {"child_uid": ""})
        self.child_form.take_looks(looks, painted)

    def _show_gone(self, record: OpenRecord) -> None:
        """That the register follows the child no longer, before anybody goes on typing."""
        page, household = self.keeper.page, self.keeper.household
        if page is not None and household is not None:
            home = page.gone.get(household.id)
            self.gone.show_state(home, self._gone(record), self._beside_lines())

    def _gone(self, record: OpenRecord) -> Gone | None:
        """Why a child is followed no longer, unless that has been taken back since."""
        page = self.keeper.page
        found = None if page is None else page.gone.get(record.id)
        stands = found is not None and record.values.get("life_status") == found.status
        return found if stands and not lost_status(record) else None

    def _former(self, record: OpenRecord) -> list[str]:
        """What the record holds in fields that its form no longer has, one line each."""
        if self.keeper.page is None:
            return []
        template = self.keeper.templates[record.entity]
        page, groups = self.keeper.page, self.keeper.groups
        found = former_fields(page, record, template)
        found += former_of_parts(page, record, template, groups)
        return [f"{one.label}: {one.value}" for one in found]

    def _family_name(self, record: OpenRecord) -> str:
        """The family name that siblings or the father have, offered in an empty name field."""
        for values in (
            *(one.values for one in self.keeper.siblings_of(record)[::-1]),
            {"full_name": record.values.get("father_name")},
            {"full_name": self._household_values().get("head_name")},
        ):
            name = values.get("full_name")
            if isinstance(name, str) and " " in name:
                return name.split()[0]
        return ""

    def _household_values(self) -> Mapping[str, Value]:
        return {} if self.keeper.household is None else self.keeper.household.values

    def _part_codecs(self, plan: PartsPlan) -> list[Codec]:
        codecs = self.keeper.codecs["child"]
        found = [kind_codec(plan)] if plan.kinds else []
        return [*found, *(codecs[one.name] for one in plan.columns if not one.auto)]

    def _fill_parts(self) -> None:
        record = self._current
        if record is None:
            return
        for plan in self._plans["child"].sections:
            if plan.parts is not None:
                self.child_form.set_parts(
                    plan.name,
                    part_lines(record, plan.parts, self.keeper.groups),
                    self._part_codecs(plan.parts),
                )

    def _show_lines(self) -> None:
        lines: list[Line] = []
        current = -1
        for place, record in enumerate(self.keeper.lines):
            if record is self._current:
                current = place
            birth = self.keeper.codecs["child"]["birth_date"].show(record.values.get("birth_date"))
            number = record.values.get("line_no")
            name = record.values.get("full_name")
            state = self._state_of(record)
            gone = self._gone(record)
            note, since = gone_parts(*gone) if gone and state not in GRID_SIGNS else ("", "")
            lines.append(
                Line(
                    record.id,
                    "" if number is None else str(number),
                    name if isinstance(name, str) else text("entry.no_name"),
                    birth,
                    state,
                    note,
                    since,
                )
            )
        self.grid.show_lines(lines, current)
        saved = sum(1 for one in self.keeper.lines if one.touched or not one.new)
        title = "entry.absent_count" if self.keeper.is_absent else "entry.children_count"
        self.grid_title.setText(text(title, count=saved))
        self.to_children.setText(f"{CLOSED} {self.grid_title.text()}")

    def _state_of(self, record: OpenRecord) -> str:
        if record.new and not record.touched:
            return ""
        judged = self._judged.get(record.id)
        if judged is not None and judged.has_errors and not record.unsaved:
            return "error"
        if record.unsaved:
            return "unsaved"
        gone = self._gone(record)
        if gone is not None:
            return gone.status
        if not record.values.get("complete"):
            return "open"
        waits = bool(told_of(record))
        if waits or (judged is not None and judged.count(Severity.WARNING)):
            return "warning"
        return "done"

    def _show_issues(self) -> None:
        household, current = self.keeper.household, self._current
        self._issues = []
        for record in (household, current):
            if record is None or record.id not in self._judged:
                continue
            self._issues += [
                (record, one)
                for one in self._in_order(record)
                if one.issue.severity is not Severity.NOTE
                # Before anything is typed only those fields lack something that were walked past.
                and (one.aloud or not record.blank)
            ]
        self._issues += [
            (line, one)
            for line in self.keeper.lines
            if line is not current
            for one in asked_of(line)
        ]
        lines = [
            IssueLine(
                one.issue.severity,
                self._who(record),
                self._label(one),
                one.sentence,
                waiting=not one.aloud,
                asked=one.issue.rule in ASKED,
            )
            for record, one in self._issues
        ]
        can_save = bool(self.keeper.unsaved())
        errors = any(one.severity is Severity.ERROR for one in lines)
        page, rows = self.keeper.page, self.keeper.lines
        last = page is not None and page.absent and current is (rows[-1] if rows else None)
        self.foot.show_issues(lines, can_save=can_save, incomplete=errors, last=last)

    def _who(self, record: OpenRecord) -> str:
        if record is self.keeper.household:
            return text("entry.the_household")
        name = record.values.get("full_name")
        return name if isinstance(name, str) else text("entry.no_name")

    def show_sent_back(self, returned: Sequence[ReturnedRecord]) -> None:
        """Show what was sent back of the page and waits: what was mended no more."""
        if self.keeper.take_returned(returned):
            self.judge_in_turns()

    def _label(self, one: Found) -> str:
        if not one.key.name:
            return text("second_check.whole_record")
        for codecs in self.keeper.codecs.values():
            if one.key.name in codecs:
                return str(codecs[one.key.name].field.label)
        return label_beside(one.key.name) or one.key.name

    def _show_help(self) -> None:
        widget = self._focused()
        if isinstance(widget, FieldEdit):
            one = widget.codec.field
            self.help.setText(f"<b>{one.label}</b> · {one.help}")
            self.help.fit(self.width() - self._theme.pixels(64))

    def _in_order(self, record: OpenRecord) -> list[Found]:
        form = self.household_form if record is self.keeper.household else self.child_form
        order = {self._key(one): place for place, one in enumerate(form.focusable())}
        found = [*self._judged[record.id].found, *told_of(record)]
        return sorted(found, key=lambda one: order.get(one.key, len(order)))

    def _show_child(self, record: OpenRecord) -> None:
        self._current = record
        self._fill_parts()

    def _fitted(self) -> None:
        if self._current is not None:
            self._show_gone(self._current)
