"""The household page: head and address on top, the lines of the children, the open child's form.

It joins the parts: forms report, the keeper keeps, the validator judges, the foot lists. Everything
a clerk does here has a key; Enter never saves by accident, Space alone confirms a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.forms.issues import Issue, Value
from app.forms.schema import Field, Severity
from app.forms.validator import may_be_accepted, with_reason
from app.i18n import text
from app.services.entry import Choice, Entry
from app.services.masking import Revealing
from app.services.rights import Right, denied
from app.ui.household.body import FormBody
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key, SuggestionList
from app.ui.household.foot import Foot, IssueLine
from app.ui.household.grid import ChildrenGrid, Line
from app.ui.household.judging import (
    Found,
    Judged,
    hidden_looks,
    hints_of,
    id_proposals,
    is_masked,
    is_missing,
    is_secret_part,
    judge_child,
    judge_household,
    looks_of,
    painted_of,
    part_lines,
    parts_of,
    proposal_lines,
)
from app.ui.household.keeper import Keeper
from app.ui.household.looks import Look, Message
from app.ui.household.parts import circumstance_from, ended, kind_codec, new_part, with_groups
from app.ui.household.plan import FormPlan, PartsPlan, plan_of
from app.ui.household.session import OpenRecord
from app.ui.notify import Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: Milliseconds of rest after a key before the record is judged again.
_REST = 60


class HouseholdPage(QWidget):
    """One household. `left` comes when the person wants back to the list."""

    left = Signal()
    #: A page was opened or saved: lists and counts elsewhere are old.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        entry: Entry,
        keeper: Keeper,
        notifier: Notifier,
        theme: Theme,
        rights: frozenset[Right],
        revealing: Revealing,
    ) -> None:
        super().__init__()
        self._tasks = tasks
        self._entry = entry
        self.keeper = keeper
        self._notifier = notifier
        self._theme = theme
        self._revealing = revealing
        self._may_reveal = Right.REVEAL in rights
        self._current: OpenRecord | None = None
        self._place: tuple[str, Key] | None = None
        self._judged: dict[str, Judged] = {}
        self._asked: tuple[OpenRecord, Found] | None = None
        self._to_reveal: tuple[OpenRecord, str] | None = None
        self._issues: list[tuple[OpenRecord, Found]] = []
        self._plans: dict[str, FormPlan] = {
            form: plan_of(template) for form, template in keeper.templates.items()
        }
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self.judge)
        self._build()
        self._connect()

    # --- building ---------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._theme.pixels
        self.setProperty("role", "page")
        self.crumb = QLabel()
        self.crumb.setProperty("role", "crumb")
        self.crumb.setTextFormat(Qt.TextFormat.PlainText)
        self.village = QPushButton()
        self.village.setProperty("role", "link")
        self.village.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.village.clicked.connect(self.leave)
        self.counter = QLabel()
        self.counter.setProperty("role", "muted")
        self.next = QPushButton(f"{text('entry.next_household')}   F2")
        self.next.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.next.clicked.connect(self.next_household)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.village)
        head.addWidget(self.crumb, 1)
        head.addWidget(self.counter)
        head.addWidget(self.next)
        codecs = self.keeper.codecs
        self.household_form = FormBody(
            self._plans["household"], codecs["household"], self._theme, compact=True
        )
        self.child_form = FormBody(self._plans["child"], codecs["child"], self._theme)
        self.household_scroll = _scroller(self.household_form)
        card = _card(self.household_scroll, px(16), px(8))
        self.grid = ChildrenGrid(self._theme)
        self.grid_title = QLabel()
        self.grid_title.setProperty("role", "title")
        legend = QLabel(text("entry.legend"))
        legend.setProperty("role", "muted")
        legend.setWordWrap(True)
        lines = QFrame()
        lines.setProperty("role", "card")
        lines.setFixedWidth(px(304))
        column = QVBoxLayout(lines)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.grid_title)
        column.addWidget(self.grid, 1)
        column.addWidget(legend)
        self.child_scroll = _scroller(self.child_form)
        form_card = _card(self.child_scroll, px(16), px(8))
        self.help = QLabel()
        self.help.setWordWrap(True)
        self.help.setTextFormat(Qt.TextFormat.RichText)
        self.help_card = QFrame()
        self.help_card.setProperty("role", "notice")
        self.help_card.setProperty("state", "note")
        inner = QVBoxLayout(self.help_card)
        inner.setContentsMargins(px(12), px(8), px(12), px(8))
        inner.addWidget(self.help)
        self.help_card.hide()
        middle = QHBoxLayout()
        middle.setSpacing(px(8))
        middle.addWidget(lines)
        right = QVBoxLayout()
        right.setSpacing(px(8))
        right.addWidget(form_card, 1)
        middle.addLayout(right, 1)
        self.foot = Foot(self._theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(card)
        column.addLayout(middle, 1)
        column.addWidget(self.help_card)
        column.addWidget(self.foot)
        self.suggestions = SuggestionList(self, px(30))

    def _connect(self) -> None:
        for form in (self.household_form, self.child_form):
            form.typed.connect(partial(self._typed, form))
            form.going_on.connect(partial(self._going_on, form))
            form.left_field.connect(partial(self._left_field, form))
            form.entered.connect(partial(self._entered, form))
            form.stepped_out.connect(partial(self._stepped_out, form))
            form.asked_list.connect(partial(self._open_list, form))
            form.closed_list.connect(self.suggestions.close_list)
            form.space_on_empty.connect(self._space)
            form.resized.connect(self._fit)
        self.child_form.confirmed.connect(self._confirm)
        self.child_form.added.connect(self._add_line)
        self.suggestions.picked.connect(self._picked)
        self.suggestions.added.connect(self._add_village)
        self.grid.wanted.connect(self._line_wanted)
        self.foot.save_wanted.connect(self.save_and_next)
        self.foot.line_wanted.connect(self._go_to_line)
        self.foot.reason_kept.connect(self._reason_kept)
        self.foot.reason_given_up.connect(self._reason_given_up)
        self.keeper.page_opened.connect(self._page_opened)
        self.keeper.page_changed.connect(self.judge)
        self.keeper.saved.connect(self._saved)
        self.keeper.failed.connect(self._failed)
        self.keeper.holders_known.connect(self.judge)

    # --- opening ----------------------------------------------------------------------------

    def open(self, household_id: str, place: Mapping[str, object] | None = None) -> None:
        """Open a household; `place` is where the person was when the program ended."""
        self.keeper.open(household_id, partial(self._go_to_place, place or {}))

    def open_new(self, unit: str = "", village: str = "") -> None:
        """Begin a household."""
        self.keeper.remember()
        self.keeper.open_new(unit, village, partial(self._go_to_place, {}))

    def _page_opened(self) -> None:
        self._judged.clear()
        self._current = None
        self._place = None
        self._asked = None
        self.foot.asking.hide()
        self.household_form.set_codecs(self.keeper.codecs["household"])
        self.child_form.set_codecs(self.keeper.codecs["child"])
        self.household_form.set_more(False)
        self.household_form.set_in_use(False)
        household = self.keeper.household
        if household is not None and not household.new and self.keeper.lines:
            self._show_child(self._first_line())
        elif not self.keeper.lines:
            self._show_child(self.keeper.new_child())
        else:
            self._show_child(self.keeper.lines[0])
        self.judge()

    def _first_line(self) -> OpenRecord:
        for line in self.keeper.lines:
            if not line.values.get("complete"):
                return line
        return self.keeper.lines[0]

    def _go_to_place(self, place: Mapping[str, object]) -> None:
        record = str(place.get("record", ""))
        key = Key(str(place.get("part", "")), str(place.get("field", "")))
        household = self.keeper.household
        if household is None:
            return
        for line in self.keeper.lines:
            if line.id == record:
                self._show_child(line)
                self.judge()
                if self.child_form.focus(key):
                    return
        if record == household.id and self.household_form.focus(key):
            return
        self._focus_start(household)

    def _focus_start(self, household: OpenRecord) -> None:
        if household.new:
            missing = self._judged[household.id].found if household.id in self._judged else ()
            shown = {one.name for one in map(self._key, self.household_form.focusable())}
            if any(one.key.name not in shown and is_missing(one.issue) for one in missing):
                self.household_form.set_more(True)
            start = self.household_form.first_empty() or self.household_form.first()
            if start is not None:
                self.household_form.focus(start)
            return
        start = self.child_form.first_empty() or self.child_form.first()
        if self._current is not None and not self._current.new:
            start = self.child_form.first()
        if start is not None:
            self.child_form.focus(start)

    @staticmethod
    def _key(widget: QWidget) -> Key:
        return widget.key if isinstance(widget, FieldEdit) else Key("", "")

    def _show_child(self, record: OpenRecord) -> None:
        self._current = record
        self._fill_parts()

    # --- judging and showing ----------------------------------------------------------------

    def judge(self) -> None:
        """Judge what is open and show it."""
        self._timer.stop()
        page, household = self.keeper.page, self.keeper.household
        if page is None or household is None:
            return
        template = self.keeper.templates
        count = sum(1 for one in self.keeper.lines if one.touched or not one.new)
        self._judged[household.id] = judge_household(page, household, template["household"], count)
        for line in self.keeper.lines:
            if line is self._current or line.id not in self._judged:
                self._judged[line.id] = judge_child(
                    page,
                    household,
                    line,
                    self.keeper.siblings_of(line),
                    template["child"],
                    self.keeper.holders,
                )
        self._show_household(household, count)
        if self._current is not None:
            self._fill_parts()
            self._show_current(self._current)
        self._show_lines()
        self._show_issues()

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
        )
        self.household_form.set_looks(looks, painted_of(household, template, codecs, shown))
        number = household.values.get("household_no") or text("entry.no_number")
        head = household.values.get("head_name")
        name = f" · {head}" if head else ""
        self.village.setText(
            codecs["village"].show(household.values.get("village")) or text("entry.no_village")
        )
        title = text("entry.household_title", number=number)
        self.crumb.setText(f"\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {title}{name}")
        self.counter.setText(text("entry.household_of", number=page.number, total=page.total))
        last = not page.following
        self.next.setText(f"{text('entry.new_household' if last else 'entry.next_household')}   F2")

    def _show_current(self, record: OpenRecord) -> None:
        codecs = self.keeper.codecs["child"]
        template = self.keeper.templates["child"]
        judged = self._judged[record.id]
        own = [one for one in template.fields if one.name in codecs]
        looks = looks_of(record, own, codecs, judged, may_reveal=self._may_reveal)
        for name, hint in hints_of(record).items():
            look = looks[Key("", name)]
            if not look.messages:
                looks[Key("", name)] = _with_hint(look, hint)
        for name, value in id_proposals(record).items():
            key = Key("", name)
            shown = codecs[name].show(value)
            looks[key] = _with_hint(looks[key], text("entry.from_id", value=shown))
        for plan in self._plans["child"].sections:
            if plan.parts is None:
                continue
            for part in parts_of(record, plan.parts.entity):
                of_part = looks_of(
                    part,
                    [codec.field for codec in self._part_codecs(plan.parts)],
                    {codec.field.name: codec for codec in self._part_codecs(plan.parts)},
                    judged,
                    part.id,
                    may_reveal=self._may_reveal,
                )
                looks |= hidden_looks(of_part) if is_secret_part(part) else of_part
        family = self._family_name(record)
        if family:
            name_key = Key("", "full_name")
            looks[name_key] = _with_placeholder(
                looks[name_key], text("entry.family_name", name=family)
            )
        self.child_form.set_proposals(proposal_lines(judged, codecs))
        painted = painted_of(record, template, codecs, {"child_uid": ""})
        self.child_form.set_looks(looks, painted)

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
                    plan.name, part_lines(record, plan.parts), self._part_codecs(plan.parts)
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
            lines.append(
                Line(
                    record.id,
                    "" if number is None else str(number),
                    name if isinstance(name, str) else text("entry.no_name"),
                    birth,
                    self._state_of(record),
                )
            )
        self.grid.show_lines(lines, current)
        saved = sum(1 for one in self.keeper.lines if one.touched or not one.new)
        self.grid_title.setText(text("entry.children_count", count=saved))

    def _state_of(self, record: OpenRecord) -> str:
        if record.new and not record.touched:
            return ""
        judged = self._judged.get(record.id)
        if judged is not None and judged.has_errors:
            return "error" if not record.unsaved else "unsaved"
        if record.unsaved:
            return "unsaved"
        if not record.values.get("complete"):
            return "open"
        if judged is not None and judged.count(Severity.WARNING):
            return "warning"
        return "done"

    def _show_issues(self) -> None:
        household, current = self.keeper.household, self._current
        self._issues = []
        for record in (household, current):
            if record is None or record.id not in self._judged:
                continue
            if record.new and not record.touched and record is current:
                continue
            self._issues += [
                (record, one)
                for one in self._in_order(record)
                if one.issue.severity is not Severity.NOTE
            ]
        lines = [
            IssueLine(one.issue.severity, self._who(record), self._label(one), one.sentence)
            for record, one in self._issues
        ]
        can_save = bool(self.keeper.unsaved())
        errors = any(one.severity is Severity.ERROR for one in lines)
        self.foot.show_issues(lines, can_save=can_save, incomplete=errors)

    def _who(self, record: OpenRecord) -> str:
        if record is self.keeper.household:
            return text("entry.the_household")
        name = record.values.get("full_name")
        return name if isinstance(name, str) else text("entry.no_name")

    def _label(self, one: Found) -> str:
        for codecs in self.keeper.codecs.values():
            if one.key.name in codecs:
                return str(codecs[one.key.name].field.label)
        return one.key.name

    def _fit(self) -> None:
        """The head takes what it needs, at most two fifths of the page; the rest scrolls."""
        wanted = self.household_form.height() + self._theme.pixels(2)
        most = int(self.height() * 0.42) if self.height() else wanted
        height = min(wanted, most)
        if self.household_scroll.height() != height:
            self.household_scroll.setFixedHeight(height)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    # --- typing -----------------------------------------------------------------------------

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
        if record is None or root is None:
            return
        codec = self._codec_of(form, key)
        if self._is_chooser(form, key):
            record.texts[key.name] = now
            record.touched = True
        else:
            record.type(codec, now)
            root.touched = True
        self._keep(form, root, key)
        if codec.is_coded:
            self._open_list(form, key)
        self._timer.start()

    def _keep(self, form: FormBody, root: OpenRecord, key: Key) -> None:
        self._place = (root.id, key)
        self.keeper.keep(root, self._place_values())
        del form

    def _place_values(self) -> dict[str, object]:
        household = self.keeper.household
        record, key = self._place or ("", Key("", ""))
        return {
            "household": household.id if household is not None else "",
            "record": record,
            "part": key.part,
            "field": key.name,
        }

    def _open_list(self, form: FormBody, key: Key) -> None:
        edit = form.edit(key)
        if edit is None or not edit.hasFocus():
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
        scroll = self.household_scroll if form is self.household_form else self.child_scroll
        scroll.ensureWidgetVisible(self._focused(), 0, self._theme.pixels(56))
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

    def _going_on(self, form: FormBody, key: Key) -> None:
        self._commit(form, key)
        record = self._record_of(form, key)
        if record is not None and key.name in record.inherited:
            # Going past it with Enter is how a person confirms what was taken over.
            record.inherited.discard(key.name)
            record.visited.discard(key.name)
            record.touched = True
        self._left_field(form, key)

    def _left_field(self, form: FormBody, key: Key) -> None:
        record, root, edit = self._record_of(form, key), self._root_of(form), form.edit(key)
        if record is None or root is None or edit is None:
            return
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
        if typed is not None:
            self.keeper.keep(root, self._place_values())
            self._forget_others(root)
        self.judge()

    def _forget_others(self, root: OpenRecord) -> None:
        """What changed here may matter to the other lines: they are judged again."""
        for line in self.keeper.lines:
            if line is not self._current or root is self.keeper.household:
                self._judged.pop(line.id, None)

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

    def _form_with_focus(self) -> FormBody | None:
        for form in (self.household_form, self.child_form):
            widget = form.focusWidget() if form.isAncestorOf(self._focused()) else None
            if widget is not None:
                return form
        return None

    def _focused(self) -> QWidget:
        return self.window().focusWidget() or self

    def _space(self, key: Key) -> None:
        """Space in an empty name field brings the family name."""
        edit = self.child_form.edit(key)
        if self._current is None or edit is None or key.name != "full_name":
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

    # --- proposals and lines ----------------------------------------------------------------

    def _confirm(self, proposal: str) -> None:
        record = self._current
        judged = self._judged.get(record.id) if record is not None else None
        if record is None or judged is None or judged.comparison is None:
            return
        day = self._survey_day()
        sign, group = proposal[:1], proposal[1:]
        if sign == "+":
            for one in judged.comparison.to_confirm:
                if one.group == group:
                    circumstance_from(record, one, day)
        else:
            for gone in judged.comparison.to_end:
                if gone.circumstance.group == group:
                    ended(record, gone)
        self._after_parts(record)

    def _survey_day(self) -> date:
        page = self.keeper.page
        day = self._household_values().get("survey_date")
        if isinstance(day, str) and len(day) == 10:
            return date.fromisoformat(day)
        return page.frame.today if page is not None else date.today()  # noqa: DTZ011

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
        with_groups(record, codes, self._survey_day())
        self._after_parts(record)

    def _add_line(self, section: str) -> None:
        record = self._current
        plan = next(one for one in self._plans["child"].sections if one.name == section)
        if record is None or plan.parts is None:
            return
        part = new_part(record, plan.parts)
        self._after_parts(record)
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
        if part is None:
            return
        self.child_form.step_from(widget.key, -1)
        if part.new:
            record.parts.remove(part)
        else:
            part.put("_deleted", True)
        self._after_parts(record)

    # --- walking ----------------------------------------------------------------------------

    def _stepped_out(self, form: FormBody, direction: int) -> None:
        if form is self.household_form and direction > 0:
            start = self.child_form.first_empty() or self.child_form.first()
            if start is not None:
                self.child_form.focus(start)
        elif form is self.child_form and direction < 0:
            last = self.household_form.last()
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
            elif place == len(self.keeper.lines):
                self.new_line()

    def next_section(self, direction: int = 1) -> None:
        """F6: the next section; past the last of the household comes the child's first."""
        form = self._form_with_focus() or self.household_form
        widget = self._focused()
        key = getattr(widget, "key", None)
        found = form.next_section(key, direction)
        if found is None:
            form = self.child_form if form is self.household_form else self.household_form
            if form is self.household_form:
                self.household_form.set_more(True)
            found = form.next_section(None) if direction > 0 else form.last()
        if found is not None:
            form.focus(found)

    def toggle_more(self) -> None:
        """F4: the fields behind the line of the present section."""
        form = self._form_with_focus()
        widget = self._focused()
        key = getattr(widget, "key", None)
        if form is None or key is None:
            return
        form.toggle("" if form is self.household_form else form.section_of(key))

    def repeat(self) -> None:
        """F7: the value of the same field of the record before this one."""
        form, widget = self._form_with_focus(), self._focused()
        if form is None or not isinstance(widget, FieldEdit) or widget.key.part:
            return
        record, name = self._root_of(form), widget.key.name
        if record is None or widget.isReadOnly():
            return
        value = self._before(form, record).get(name)
        if value is None:
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

    def step_issue(self, direction: int) -> None:
        """F8: the next or previous issue, of the household and of every child in turn."""
        self.judge()
        everything = self._all_issues()
        if not everything:
            return
        here = self._issue_here(everything)
        record, found = everything[(here + direction) % len(everything)]
        self._go_to(record, found)

    def _all_issues(self) -> list[tuple[OpenRecord, Found]]:
        records = [self.keeper.household, *self.keeper.lines]
        return [
            (record, one)
            for record in records
            if record is not None
            and record.id in self._judged
            and (record.touched or not record.new or record is self.keeper.household)
            for one in self._in_order(record)
            if one.issue.severity is not Severity.NOTE
        ]

    def _in_order(self, record: OpenRecord) -> list[Found]:
        form = self.household_form if record is self.keeper.household else self.child_form
        order = {self._key(one): place for place, one in enumerate(form.focusable())}
        return sorted(self._judged[record.id].found, key=lambda one: order.get(one.key, len(order)))

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
            self.household_form.focus(found.key)
        else:
            if record is not self._current:
                self.open_line(record)
            if not self.child_form.focus(found.key):
                self.child_form.focus(Key("", found.key.name))
        self.judge()

    # --- help -------------------------------------------------------------------------------

    def toggle_help(self) -> None:
        """F1: what the book means by the present field."""
        if self.help_card.isVisible():
            self.help_card.hide()
        elif isinstance(self._focused(), FieldEdit):
            self._show_help()
            self.help_card.show()

    def _show_help(self) -> None:
        widget = self._focused()
        if isinstance(widget, FieldEdit):
            one: Field = widget.codec.field
            self.help.setText(f"<b>{one.label}</b> · {one.help}")

    def escape(self) -> bool:
        """Close what lies over the page; False when nothing did."""
        if self.suggestions.isVisible():
            self.suggestions.close_list()
        elif self.help_card.isVisible():
            self.help_card.hide()
        else:
            return False
        return True

    # --- saving -----------------------------------------------------------------------------

    def _commit_focus(self) -> None:
        form, widget = self._form_with_focus(), self._focused()
        if form is not None and isinstance(widget, FieldEdit):
            self._commit(form, widget.key)
            self._left_field(form, widget.key)

    def save_and_next(self) -> None:
        """Ctrl+Enter: save what is open, then the next line. A warning asks for a reason first."""
        in_household = self._form_with_focus() is self.household_form
        self._commit_focus()
        self.judge()
        if self._asks_reason():
            return
        if not self.keeper.unsaved():
            if in_household or self._current is None or self._current.new:
                self._stepped_out(self.household_form, 1)
            else:
                self.step_line(1)
            return
        current = self._current
        self.keeper.save(self._declarations())
        if in_household or current is None:
            self._stepped_out(self.household_form, 1)
        else:
            self.step_line(1)

    def _declarations(self) -> dict[str, bool | None]:
        """Everything saved now is declared complete unless the validator finds an error."""
        return {
            one.id: not self._judged[one.id].has_errors
            for one in self.keeper.unsaved()
            if one.id in self._judged
        }

    def _asks_reason(self) -> bool:
        """Ask for the reason of the next warning that was not asked about; True while asking."""
        for record in (self.keeper.household, self._current):
            if record is None or not record.unsaved or record.id not in self._judged:
                continue
            found = self._judged[record.id].found
            if any(_blocks(one.issue) for one in found):
                continue  # it stays incomplete anyway; the question comes when it is finished
            for one in found:
                if may_be_accepted(one.issue) and one.issue.key not in record.asked:
                    self._asked = (record, one)
                    record.asked.add(one.issue.key)
                    who = f"{self._who(record)} · {self._label(one)}"
                    self.foot.ask_reason(f"{who}: {one.sentence}")
                    return True
        return False

    def _reason_kept(self, reason: str) -> None:
        if self._to_reveal is not None:
            self._reveal_for(reason)
            return
        if self._asked is not None:
            record, one = self._asked
            record.put("warning_reasons", list(with_reason(record.values, one.issue, reason)))
            self.keeper.keep(record, self._place_values())
        self._asked = None
        self.save_and_next()

    def _reason_given_up(self) -> None:
        if self._to_reveal is not None:
            self._to_reveal = None
            self._focus_place()
            return
        self._asked = None
        self.save_and_next()

    # --- protected values -------------------------------------------------------------------

    def reveal(self) -> None:
        """F3: look at a protected value for a reason, or take what the personal id says."""
        form, widget = self._form_with_focus(), self._focused()
        if form is None or not isinstance(widget, FieldEdit):
            return
        key = widget.key
        record, root = self._record_of(form, key), self._root_of(form)
        if record is None or root is None:
            return
        proposed = id_proposals(record) if not key.part else {}
        if key.name in proposed:
            record.put(key.name, proposed[key.name])
            self.keeper.keep(root, self._place_values())
            self.judge()
            widget.selectAll()
        elif is_masked(record, widget.codec.field) or is_secret_part(record):
            if not self._may_reveal:
                self._notifier.say(error_notice(denied(Right.REVEAL)))
                return
            self._to_reveal = (record, key.name)
            label = str(widget.codec.field.label)
            self.foot.ask_reason(text("entry.reveal_question", field=label))

    def _reveal_for(self, reason: str) -> None:
        if self._to_reveal is None:
            return
        record, name = self._to_reveal
        self._to_reveal = None

        def shown(_none: None) -> None:
            record.revealed |= {name, "group"}
            self.judge()

        self._tasks.run(
            partial(self._revealing.note, record.entity, record.id, reason),
            shown,
            self._failed,
            lane=Lane.WRITE,
            owner=self,
        )
        self._focus_place()

    def _focus_place(self) -> None:
        """Back to the field the person was in."""
        if self._place is None:
            return
        record, key = self._place
        household = self.keeper.household
        at_head = household is not None and record == household.id
        (self.household_form if at_head else self.child_form).focus(key)

    def next_household(self) -> None:
        """F2: save this page, open the next household; after the last one a new one begins."""
        page, household = self.keeper.page, self.keeper.household
        if page is None or household is None:
            return
        self._commit_focus()
        self.judge()
        self.keeper.save(self._declarations(), partial(self._open_next, household.id))

    def _open_next(self, household_id: str) -> None:
        household = self.keeper.household
        self.keeper.remember()
        if household is None or household.new:
            self._go_to_place({})
            return
        page = self.keeper.page
        following = page.following if page is not None else ""
        if following:
            self.open(following)
        else:
            village = household.values.get("village")
            self.open_new(page.owner if page else "", village if isinstance(village, str) else "")
        del household_id

    def save_all(self, on_done: object = None) -> None:
        """Save everything without declaring it complete: leaving, closing, before sending."""
        self._commit_focus()
        self.judge()
        done = on_done if callable(on_done) else (lambda: None)
        self.keeper.save({}, done)

    def leave(self) -> None:
        """Back to the list; what was typed is saved first."""
        self.keeper.forget_place()
        self.save_all(self.left.emit)

    def _saved(self) -> None:
        self._judged.clear()
        self.judge()
        self.changed.emit()

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))


def _blocks(issue: Issue) -> bool:
    """Whether no reason can settle the issue."""
    return issue.severity is Severity.ERROR and not may_be_accepted(issue)


def _with_hint(look: Look, hint: str) -> Look:
    return Look(
        look.text,
        look.state,
        look.applies,
        look.locked,
        look.mark,
        (*look.messages, Message(Severity.NOTE, hint)),
        look.placeholder,
    )


def _with_placeholder(look: Look, words: str) -> Look:
    return Look(look.text, look.state, look.applies, look.locked, look.mark, look.messages, words)


def _scroller(form: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(form)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setProperty("role", "plain")
    form.setProperty("role", "plain")
    return area


def _card(inside: QWidget, side: int, edge: int) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(side, edge, edge, edge)
    layout.addWidget(inside)
    return card
