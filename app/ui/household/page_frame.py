"""What the household page is made of: its parts, where they stand, and what every layer shares.

The page is built in layers, each in a file of its own and using only those below it: frame,
room, showing, typing, walking, reasons, and the page itself, which opens and saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from app.i18n import text
from app.services.entry import Entry
from app.services.masking import Revealing
from app.services.mistakes import Mistake
from app.services.rights import Right, denied
from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit, Key, SuggestionList
from app.ui.household.foot import Foot
from app.ui.household.gone_banner import GoneBanner
from app.ui.household.grid import ChildrenGrid
from app.ui.household.judging import (
    Found,
    Judged,
)
from app.ui.household.keeper import Keeper
from app.ui.household.mistake_list import MistakeList
from app.ui.household.plan import FormPlan, plan_of
from app.ui.household.session import OpenRecord
from app.ui.labels import Elided, SetWords
from app.ui.notify import Notifier, error_notice
from app.ui.step import Step
from app.ui.tab_order import set_tab_order
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state

#: Milliseconds of rest after a key before the record is judged again: longer than from key to key
#: within a word, so that nobody who types is judged in the middle of one; and still at once.
_REST = 140
#: Milliseconds after which the place of a cursor that moved is kept, as a draft is within 0.3 s.
_MOVES = 250
#: Milliseconds between two pieces of judging: what was shown is painted, and keys are taken.
BETWEEN = 1
#: Milliseconds between judging the open record and the other lines: what was found is painted.
PAINTED_FIRST = 20


class PageFrame(QWidget):
    """The parts of the page. Nothing here reacts to anything."""

    left = Signal()
    #: A page was opened or saved: lists and counts elsewhere are old.
    changed = Signal()
    #: A saved record is to be marked as entered in error; then the same with its reason.
    mistake_meant = Signal(object)
    mistake_reasoned = Signal(object, str)
    #: The notes of a record are wanted; what was typed is saved.
    notes_meant = Signal(object)

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
        #: Who may not enter looks at the page: nothing can be typed, so nothing waits to be saved.
        self._may_enter = keeper.may_enter = Right.ENTER in rights
        self._current: OpenRecord | None = None
        self._place: tuple[str, Key] | None = None
        self._judged: dict[str, Judged] = {}
        #: Lines whose judgement may have changed with another line's, judged in quiet moments.
        self._stale: set[str] = set()
        self._asked: tuple[OpenRecord, Found] | None = None
        self._to_reveal: OpenRecord | None = None
        self._mistaken: OpenRecord | None = None
        #: The reason that is asked for has been given before, and is being corrected.
        self._correcting = False
        #: The kept reason that F8 showed last: record, field, rule.
        self._walked: tuple[str, Key, str] | None = None
        self._issues: list[tuple[OpenRecord, Found]] = []
        self._plans: dict[str, FormPlan] = {
            form: plan_of(template) for form, template in keeper.templates.items()
        }
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        #: Rings once for all that the cursor moved meanwhile: an arrow that is held down is no
        #: write for every letter it passes.
        self._moves = QTimer(self)
        self._moves.setSingleShot(True)
        self._moves.setInterval(_MOVES)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(BETWEEN)
        self._turns: Iterator[None] = iter(())
        self._others = QTimer(self)
        self._others.setInterval(BETWEEN)
        self._build()

    @property
    def notifier(self) -> Notifier:
        """Where the page says what concerns no field of it."""
        return self._notifier

    def show_check(self, words: str, state: str, whole: str = "") -> None:
        """Say how the page stands to the second person; nothing where there is nothing to say. The
        pointer is told the `whole`: the name of the head keeps its room.
        """
        self.checked.say(words)
        self.checked.setToolTip(whole)
        self.checked.setAccessibleName(whole)
        set_state(self.checked, state)
        self.checked.setVisible(bool(words))

    def show_mistakes(self, found: Sequence[Mistake]) -> None:
        """Say how many records were entered in error, and which."""
        self.mistaken.setText(text("mistakes.line", count=len(found)))
        self.mistaken.setVisible(bool(found))
        self.mistakes.show_found(found)

    def _only_reads(self) -> bool:
        """Whether the person may only look; says so where something was to be changed."""
        if not self._may_enter:
            self._notifier.say(error_notice(denied(Right.ENTER)))
        return not self._may_enter

    def _forms(self) -> tuple[FormBody, FormBody]:
        codecs = self.keeper.codecs
        forms = (
            FormBody(self._plans["household"], codecs["household"], self._theme, compact=True),
            FormBody(self._plans["child"], codecs["child"], self._theme),
        )
        if not self._may_enter:
            for form in forms:
                form.offer_no_lines()
        return forms

    def follow_templates(self) -> bool:
        """Build the forms anew when the page that opened has other templates than the last one:
        the province sent some, or a round was opened. Whether they are new.
        """
        wanted = self.keeper.templates
        if all(self._plans[form].template is template for form, template in wanted.items()):
            return False
        self._plans = {form: plan_of(template) for form, template in wanted.items()}
        self.household_form, self.child_form = self._forms()
        # A scroll area deletes the widget it held.
        self.household_scroll.setWidget(self.household_form)
        self.child_scroll.setWidget(self.child_form)
        set_tab_order(self)
        return True

    def _build(self) -> None:
        px = self._theme.pixels
        self.setProperty("role", "page")
        self.crumb = Elided()
        self.crumb.setProperty("role", "crumb")
        self.village = QPushButton()
        self.village.setProperty("role", "link")
        self.village.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.counter = QLabel()
        self.counter.setProperty("role", "muted")
        #: How the page stands to the second person.
        self.checked = Elided(natural=True)
        self.checked.hide()
        #: Whose records they are where they are another unit's, or who typed on its behalf.
        self.behalf = Elided(natural=True)
        self.behalf.setProperty("state", "note")
        self.behalf.hide()
        #: How many notes there are; the way to them.
        self.notes = Step()
        self.notes.setProperty("role", "link")
        self.notes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.notes.hide()
        self.next = Step(f"{text('entry.next_household')}   F2")
        self.next.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.village)
        head.addWidget(self.crumb, 1)
        head.addWidget(self.behalf)
        head.addWidget(self.checked)
        head.addWidget(self.counter)
        head.addWidget(self.notes)
        head.addWidget(self.next)
        self.household_form, self.child_form = self._forms()
        self.household_scroll = _scroller(self.household_form)
        self.household_card = card = _card(self.household_scroll, px(16), px(8))
        self.absent = QLabel()
        self.absent.setTextFormat(Qt.TextFormat.PlainText)
        self.absent.setProperty("state", "warning")
        self.absent_hint = QLabel(text("entry.absent_hint"))
        self.absent_hint.setTextFormat(Qt.TextFormat.PlainText)
        self.absent_card = QFrame()
        self.absent_card.setProperty("role", "notice")
        self.absent_card.setProperty("state", "warning")
        said = QVBoxLayout(self.absent_card)
        said.setContentsMargins(px(12), px(8), px(12), px(8))
        said.setSpacing(px(4))
        said.addWidget(self.absent)
        said.addWidget(self.absent_hint)
        self.absent_card.hide()
        self.grid = ChildrenGrid(self._theme)
        self.grid_title = QLabel()
        self.grid_title.setProperty("role", "title")
        self.legend = SetWords()
        self.legend.setText(text("entry.legend"))
        self.legend.setProperty("role", "muted")
        self.lines_card = lines = QFrame()
        lines.setProperty("role", "card")
        column = QVBoxLayout(lines)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.grid_title)
        column.addWidget(self.grid, 1)
        column.addWidget(self.legend)
        #: How many records were entered in error; it opens the list of them.
        self.mistaken = Step(parent=lines)
        self.mistaken.setProperty("role", "link")
        self.mistaken.hide()
        column.addWidget(self.mistaken)
        #: That the open child is followed no longer.
        self.gone = GoneBanner(self._theme)
        self.child_scroll = _scroller(self.child_form)
        form_card = _card(self.child_scroll, px(16), px(8))
        self.help = SetWords()
        self.help.setTextFormat(Qt.TextFormat.RichText)
        self.help_card = QFrame()
        self.help_card.setProperty("role", "notice")
        self.help_card.setProperty("state", "note")
        inner = QVBoxLayout(self.help_card)
        inner.setContentsMargins(px(12), px(8), px(12), px(8))
        inner.addWidget(self.help)
        self.help_card.hide()
        #: The lines of the children and the open child's form.
        self.below = QWidget(self)
        middle = QHBoxLayout(self.below)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(px(8))
        middle.addWidget(lines)
        right = QVBoxLayout()
        right.setSpacing(px(8))
        right.addWidget(self.gone)
        right.addWidget(form_card, 1)
        middle.addLayout(right, 1)
        self.foot = Foot(self._theme, may_enter=self._may_enter)
        self.foot.save.setVisible(self._may_enter)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(card)
        column.addWidget(self.absent_card)
        #: In their place, where large letters leave room for one part at a time: the way to them.
        self.to_children = Step(parent=self)
        self.to_children.setProperty("role", "fold")
        self.to_children.hide()
        column.addWidget(self.to_children)
        column.addWidget(self.below, 1)
        column.addStretch(0)
        column.addWidget(self.help_card)
        self.mistakes = MistakeList(self._theme, self, may_enter=self._may_enter)
        column.addWidget(self.mistakes)
        column.addWidget(self.foot)
        self.suggestions = SuggestionList(self, px(30))
        set_tab_order(self)

    def _form_with_focus(self) -> FormBody | None:
        for form in (self.household_form, self.child_form):
            widget = form.focusWidget() if form.isAncestorOf(self._focused()) else None
            if widget is not None:
                return form
        return None

    def _focused(self) -> QWidget:
        return self.window().focusWidget() or self

    @staticmethod
    def _key(widget: QWidget) -> Key:
        return widget.key if isinstance(widget, FieldEdit) else Key("", "")

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))


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
