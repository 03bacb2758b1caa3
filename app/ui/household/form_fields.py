"""The fields of a form: made once from a plan, filled again for every record.

The lowest layer of a form. It shows what it is told and reports what a person does; it judges
nothing, stores nothing, and leaves to the layers above where things stand and where keys lead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.forms.schema import Field
from app.i18n import text
from app.ui.household.blocks import Row
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.looks import Look, PartLine, ProposalLine, SectionState, Words
from app.ui.household.plan import FormPlan, table_fields
from app.ui.household.proposal import Proposal
from app.ui.step import Step
from app.ui.tab_order import PlacesItself, follow_each_other
from app.ui.theme import Theme, set_state


class FormFields(QWidget, PlacesItself):
    """A form's widgets. Emits what happens at its fields with their keys."""

    typed = Signal(object, str)
    left_field = Signal(object)
    entered = Signal(object)
    #: A field is about to get the keyboard, wherever that was.
    reached = Signal()
    #: The cursor, or what is chosen, moves within the text of a field.
    moved = Signal()
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
        #: Words already shortened to a width.
        self.cuts: dict[tuple[str, int], str] = {}
        self.edits: dict[Key, FieldEdit] = {}
        self.looks: dict[Key, Look] = {}
        self.painted: dict[str, str] = {}
        self.words: list[Words] = []
        self.order: list[QWidget] = []
        self._tab_order: list[QWidget] = []
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
        edit.cursorPositionChanged.connect(self.moved)
        edit.selectionChanged.connect(self.moved)
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

    def offer_no_lines(self) -> None:
        """Take the buttons for one more line away: somebody only looks."""
        for held in self.sections.values():
            if held.add is not None:
                held.add.hide()
                held.add.deleteLater()
                held.add = None

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
        self._stale = self._stale or self._former != list(lines)
        self._former = list(lines)

    def set_looks(self, looks: Mapping[Key, Look], painted: Mapping[str, str]) -> None:
        """Show every field as told, in its place."""
        self.take_looks(looks, painted)
        self.put_in_place()

    def take_looks(self, looks: Mapping[Key, Look], painted: Mapping[str, str]) -> None:
        """Show every field as told; only what differs is touched. What moves for it does so when
        `put_in_place` is called.
        """
        self._stale = self._stale or self.painted != painted
        for key, look in looks.items():
            edit, before = self.edits.get(key), self.looks.get(key)
            if edit is None or (before == look and edit.text() == look.text):
                continue  # a value typed anew in other letters is shown as it is written
            self._stale = self._stale or before is None or self._moves(before, look)
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
            tip = look.tip or edit.tip
            if edit.toolTip() != tip:
                edit.setToolTip(tip)
            said = " ".join(one.text for one in look.messages)
            if edit.accessibleDescription() != said:
                edit.setAccessibleDescription(said)
            self.looks[key] = look
        self.painted = dict(painted)

    def put_in_place(self) -> None:
        """Arrange the form again if something moves; else nothing is done."""
        if self._stale:
            self.arrange()

    def _moves(self, before: Look, now: Look) -> bool:
        """Whether others move for it; the line of a form at rest says what its fields hold."""
        return before.takes_room != now.takes_room or (self._compact and before.text != now.text)

    def take_tab_order(self, placed: Sequence[QWidget]) -> None:
        """Let Tab go through what was placed, in that order; Qt goes by the order of making."""
        if self._tab_order != list(placed):
            self._tab_order = list(placed)
            follow_each_other(placed)

    def tab_stops(self) -> Sequence[QWidget]:
        """What Tab goes through, in order; before there is one, everything as it was made."""
        return self._tab_order or self.findChildren(QWidget)

    # --- what the layers above do -----------------------------------------------------------

    def arrange(self) -> None:
        """Put everything in its place for the present width."""
        raise NotImplementedError

    def toggle(self, section: str) -> None:
        """Open or close what lies behind a section's line."""
        raise NotImplementedError

    def step_from(self, key: Key, direction: int) -> None:
        """Go to the next or previous field of the walk."""
        raise NotImplementedError

    def _step(self, key: Key, direction: int) -> None:
        self.going_on.emit(key)
        self.step_from(key, direction)
