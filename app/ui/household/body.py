"""The form of one record, made from a plan: all fields as widgets, all words painted.

Built once and filled again for every record. Labels, titles and messages are painted by the form
itself, so that a page of a hundred fields is a hundred widgets and no more. It shows what it is
told and reports what a person does; it judges nothing and stores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.forms.schema import Field
from app.i18n import text
from app.ui.household.arranging import Page
from app.ui.household.blocks import Row
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.looks import Look, PartLine, ProposalLine, SectionState, Words
from app.ui.household.plan import FormPlan, SectionPlan, table_fields
from app.ui.household.proposal import Proposal
from app.ui.step import Step
from app.ui.theme import Theme, set_state

#: Rows of a compact form that are always in sight.
_COMPACT_ROWS = 2


class FormBody(QWidget):
    """A form. Emits what happens at its fields with their keys."""

    typed = Signal(object, str)
    left_field = Signal(object)
    entered = Signal(object)
    #: The person goes on from a field; what is typed there counts from now on.
    going_on = Signal(object)
    stepped_out = Signal(int)
    confirmed = Signal(str)
    added = Signal(str)
    space_on_empty = Signal(object)
    asked_list = Signal(object)
    closed_list = Signal()
    resized = Signal()

    def __init__(
        self, plan: FormPlan, codecs: Mapping[str, Codec], theme: Theme, *, compact: bool = False
    ) -> None:
        super().__init__()
        self.plan = plan
        self._theme = theme
        self._compact = compact
        self._px: Callable[[int], int] = theme.pixels
        self._bold = QFont(theme.font())
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(theme.font())
        self._ground = theme.colour("surface")
        #: Widths of words already measured: labels are measured at every pass.
        self.advances: dict[str, int] = {}
        #: Rows already worked out, by width and names of the fields.
        self.rows: dict[tuple[int, tuple[str, ...]], list[Row]] = {}
        self.edits: dict[Key, FieldEdit] = {}
        self.looks: dict[Key, Look] = {}
        self.painted: dict[str, str] = {}
        self.words: list[Words] = []
        self.order: list[QWidget] = []
        self._spare: dict[str, list[FieldEdit]] = {}
        self.proposals: list[Proposal] = []
        self._proposal_lines: list[ProposalLine] = []
        self._former: list[str] = []
        self._busy = False
        #: Whether something came or went since everything was put in its place.
        self._stale = True
        self._codecs = dict(codecs)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # It paints its own ground: at every key the page and the cards below would be painted, too.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.sections = {
            one.name: SectionState(
                one, self._button(one.name, "chip" if one.section.optional else "fold")
            )
            for one in plan.sections
        }
        for one in plan.sections:
            for each in (*table_fields(one), *one.walk, *one.rest):
                self._make(each)
            if one.parts is not None and one.parts.chooser is not None:
                chooser = one.parts.chooser
                self._new_edit(Key("", chooser.name), self._codecs[chooser.name])
            elif one.parts is not None:
                self.sections[one.name].add = self._add_button(one.name)
        for each in plan.asked:
            self._make(each)
        self.more_open = False
        self.in_use = True
        self._resting_rows = 1
        self.more = self._button("")
        self.more.setVisible(compact)

    # --- building ---------------------------------------------------------------------------

    def _make(self, one: Field) -> None:
        if one.auto or not one.stored:
            return
        self._new_edit(Key("", one.name), self._codecs[one.name])

    def _new_edit(self, key: Key, codec: Codec) -> FieldEdit:
        edit = FieldEdit(key, codec, self)
        edit.textEdited.connect(lambda now, it=edit: self.typed.emit(it.key, now))
        edit.left_field.connect(self.left_field)
        edit.entered.connect(self.entered)
        edit.stepped.connect(self._step)
        edit.space_on_empty.connect(self.space_on_empty)
        edit.asked_list.connect(self.asked_list)
        edit.closed_list.connect(self.closed_list)
        self.edits[key] = edit
        return edit

    def _button(self, section: str, role: str = "fold") -> QPushButton:
        button = Step(parent=self)
        button.setProperty("role", role)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.toggle(section))
        return button

    def _add_button(self, section: str) -> QPushButton:
        button = Step(text("entry.add_line"), self)
        button.setProperty("role", "fold")
        button.clicked.connect(lambda: self.added.emit(section))
        return button

    # --- filling ----------------------------------------------------------------------------

    def set_codecs(self, codecs: Mapping[str, Codec]) -> None:
        """Take new choices for references."""
        self._codecs = dict(codecs)
        for key, edit in self.edits.items():
            if key.name in codecs:
                edit.codec = codecs[key.name]

    def edit(self, key: Key) -> FieldEdit | None:
        """The widget of a field, None for one that is not shown or not typed."""
        return self.edits.get(key)

    def set_parts(self, section: str, lines: Sequence[PartLine], codecs: Sequence[Codec]) -> None:
        """Show the lines of a repeatable section; fields are reused from line to line."""
        held = self.sections[section]
        if [one.id for one in held.parts] != [one.id for one in lines]:
            for old in held.parts:
                for codec in codecs:
                    key = Key(old.id, codec.field.name)
                    edit = self.edits.pop(key, None)
                    self.looks.pop(key, None)
                    if edit is not None:
                        edit.hide()
                        self._spare.setdefault(f"{section}/{codec.field.name}", []).append(edit)
            for line in lines:
                for codec in codecs:
                    self._part_edit(section, Key(line.id, codec.field.name), codec)
        self._stale = self._stale or held.parts != list(lines)
        held.parts = list(lines)

    def _part_edit(self, section: str, key: Key, codec: Codec) -> None:
        spare = self._spare.get(f"{section}/{codec.field.name}")
        if spare:
            edit = spare.pop()
            edit.key, edit.codec = key, codec
            self.edits[key] = edit
        else:
            edit = self._new_edit(key, codec)
        edit.show()

    def set_proposals(self, lines: Sequence[ProposalLine]) -> None:
        """Show what the facts propose."""
        if list(lines) == self._proposal_lines:
            return
        self._proposal_lines = list(lines)
        self._stale = True
        while len(self.proposals) < len(lines):
            made = Proposal(self, self._theme)
            made.stepped.connect(self.step_from)
            made.entered.connect(self.entered)
            made.clicked.connect(lambda _=False, it=made: self.confirmed.emit(it.key.part))
            self.proposals.append(made)
        for index, button in enumerate(self.proposals):
            shown = index < len(lines)
            button.setVisible(shown)
            if shown:
                line = lines[index]
                button.key = Key(line.id, "proposal")
                button.setAccessibleName(f"{line.title}. {line.reason}")
                button.setToolTip(f"{line.title}\n{line.reason}")

    def set_former(self, lines: Sequence[str]) -> None:
        """Say what the record holds in fields that the form no longer has; shown when the form is
        arranged next.
        """
        self._former = list(lines)

    def set_looks(self, looks: Mapping[Key, Look], painted: Mapping[str, str]) -> None:
        """Show every field as told; only what differs is touched, and nothing is put in its place
        again unless something moves.
        """
        self._stale = self._stale or self.painted != painted
        for key, look in looks.items():
            edit, before = self.edits.get(key), self.looks.get(key)
            if edit is None or (before == look and not (look.masked and edit.text())):
                continue
            self._stale = self._stale or before is None or before.takes_room != look.takes_room
            edit.show_text(look.text)
            state = look.state if look.applies else "inapplicable"
            set_state(edit, state)
            if edit.isReadOnly() != (look.locked or not look.applies):
                edit.setReadOnly(look.locked or not look.applies)
            policy = Qt.FocusPolicy.StrongFocus if look.applies else Qt.FocusPolicy.ClickFocus
            if edit.focusPolicy() != policy:
                edit.setFocusPolicy(policy)
            if edit.placeholderText() != look.placeholder:
                edit.setPlaceholderText(look.placeholder)
            if edit.toolTip() != look.tip:
                edit.setToolTip(look.tip)
            said = " ".join(one.text for one in look.messages)
            if edit.accessibleDescription() != said:
                edit.setAccessibleDescription(said)
            self.looks[key] = look
        self.painted = dict(painted)
        if self._stale:
            self.arrange()

    # --- opening and walking ----------------------------------------------------------------

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

    def _step(self, key: Key, direction: int) -> None:
        self.going_on.emit(key)
        self.step_from(key, direction)

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

    # --- geometry ---------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        return QSize(self._px(640), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.arrange()

    def arrange(self) -> None:
        """Put everything in its place for the present width."""
        if self._busy or self.width() <= 0:
            return
        self._busy = True
        try:
            page = Page(self, self._px, self._metrics)
            if self._compact:
                self._arrange_compact(page)
            else:
                self._arrange_full(page)
            page.finish()
            self._stale = False
        finally:
            self._busy = False
        self.resized.emit()

    def _arrange_full(self, page: Page) -> None:
        for plan in self.plan.opened:
            held = self.sections[plan.name]
            page.title(
                f"{plan.number} · {plan.section.label}",
                (*table_fields(plan), *plan.walk, *plan.rest),
            )
            if plan.table is not None:
                page.table(plan)
            walk = list(plan.walk)
            if plan.parts is not None and plan.parts.chooser is not None:
                page.proposals(self.proposals, self._proposal_lines)
                walk.append(plan.parts.chooser)
            page.flow(walk)
            page.parts(held)
            page.fold(held, plan.rest)
            if held.open:
                page.flow(plan.rest)
        if self.plan.asked:
            page.title(text("entry.asked_of_all"))
            page.flow(self.plan.asked)
        page.former(self._former)
        page.chips([self.sections[one.name] for one in self.plan.optional])
        for plan in self.plan.optional:
            held = self.sections[plan.name]
            if held.open:
                page.title(f"{plan.number} · {plan.section.label}")
                page.flow(plan.rest)
                page.parts(held)

    def _compact_order(self) -> list[SectionPlan]:
        """The section that bears the form's own name first: it is the record itself."""
        form = self.plan.template.form
        return sorted(self.plan.opened, key=lambda one: one.name != form)

    def _arrange_compact(self, page: Page) -> None:
        main, *others = self._compact_order()
        shown = page.some_rows(
            [*main.walk, *(one for one in main.rest if not one.auto)],
            _COMPACT_ROWS if self.in_use or self.more_open else self._resting_rows,
        )
        inside = set(shown)
        page.flow(shown)
        hidden = [one for one in (*main.walk, *main.rest) if one not in inside]
        further = [*hidden, *(f for o in others for f in (*o.walk, *o.rest))]
        page.more(self.more, further, in_short=not shown)
        if not self.more_open:
            return
        for plan in others:
            page.title(str(plan.section.label))
            page.flow((*plan.walk, *plan.rest))
        page.title(str(main.section.label))
        page.flow(hidden)
        page.former(self._former)

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- Qt's name
        painter = QPainter(self)
        plain = self.font()
        area = event.rect()
        painter.fillRect(area, self._ground)
        for words in self.words:
            if not words.rect.intersects(area):
                continue
            painter.setFont(self._bold if words.bold else plain)
            painter.setPen(self._theme.colour(words.colour))
            align = Qt.AlignmentFlag.AlignRight if words.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(words.rect, int(align | Qt.AlignmentFlag.AlignVCenter), words.text)
        painter.end()

    def clipped(self) -> list[str]:
        """Painted words that do not fit their place, for the test that measures."""
        bold = QFontMetrics(self._bold)
        return [
            one.text
            for one in self.words
            if (bold if one.bold else self._metrics).horizontalAdvance(one.text)
            > one.rect.width() + 1
            or one.rect.right() > self.width()
        ]


def _key_of(widget: QWidget) -> Key:
    return widget.key if isinstance(widget, FieldEdit | Proposal) else Key("", "")
