"""The first start on a PC: which unit, who works here, the passphrase, the recovery code, and the
request for a certificate.

Nothing is installed before the passphrase is set; the recovery code is shown once and must be typed
back in part, so that it is on paper before the first record is typed. Asking for a certificate can
be left for later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import LANGUAGES, language, text
from app.ui.first_run.asked import MOST_UNITS, Asked, FoundUnit
from app.ui.first_run.questions import (
    CodeQuestion,
    PersonQuestion,
    Question,
    SecretQuestion,
    UnitQuestion,
)
from app.ui.preferences import SCALES
from app.ui.step import Step
from app.ui.theme import Theme, set_state

#: What stands for the size of letters, in every language.
_LETTER = "A"


class Stage(IntEnum):
    """The pages in their order."""

    UNIT = 0
    PERSON = 1
    SECRET = 2
    CODE = 3
    CERTIFICATE = 4


class FirstRun(QWidget):
    """Four questions and a request. `asked` comes with all answers, `finished` when the code is put
    away, `work_wanted` when the request is written or left for later.
    """

    find_wanted = Signal(str)
    language_wanted = Signal(str)
    #: One of the sizes of `preferences.SCALES`.
    size_wanted = Signal(float)
    asked = Signal(object)
    print_code = Signal(str)
    finished = Signal()
    work_wanted = Signal()
    #: Nothing can be done here and the person has read it.
    leave_wanted = Signal()
    painted = Signal()

    def __init__(self, theme: Theme, user_name: Callable[[str], str]) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._theme = theme
        self._painted = False
        self._wrong: QLineEdit | None = None
        self.unit, self.person = UnitQuestion(theme), PersonQuestion(theme, user_name)
        self.secret, self.code_page = (
            SecretQuestion(theme, self.person.user.text),
            CodeQuestion(theme),
        )
        self._questions: tuple[Question, ...] = (
            self.unit,
            self.person,
            self.secret,
            self.code_page,
        )
        self.pages = QStackedWidget()
        for one in self._questions:
            self.pages.addWidget(one)
            one.answered.connect(self.go_on)
            one.edited.connect(lambda: self._mark(None))
        self.unit.find_wanted.connect(self.find_wanted)
        self.code_page.printing.clicked.connect(lambda: self.print_code.emit(self.code_page.whole))
        self._lay_out()
        self.setFocusProxy(self.unit.name)
        self._show(Stage.UNIT)

    # --- building ---------------------------------------------------------------------------

    def _lay_out(self) -> None:
        px = self._theme.pixels
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.step = QLabel()
        self.step.setProperty("role", "muted")
        # From the second page on: nobody shall set a PC up for a unit that he does not see.
        self.whose = QLabel()
        self.whose.setWordWrap(True)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(px(44))
        self.back = Step(text("first.back"))
        self.back.clicked.connect(self._back)
        self.next = Step(text("first.next"))
        self.next.setProperty("role", "primary")
        self.next.clicked.connect(self.go_on)
        self.leave = Step(text("first.leave"))
        self.leave.clicked.connect(self.leave_wanted)
        self.leave.hide()
        self.trial = Step(text("demonstration.open"))
        self.trial.setProperty("role", "link")
        self.restoring = Step(text("restore.link"))
        self.restoring.setProperty("role", "link")
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(px(720))
        card.setMaximumHeight(px(560))
        self._column = column = QVBoxLayout(card)
        column.setContentsMargins(px(40), px(24), px(40), px(24))
        column.setSpacing(px(8))
        head = QHBoxLayout()
        head.addWidget(self.step, 1)
        column.addLayout(head)
        column.addWidget(self.heading)
        column.addWidget(self.whose)
        column.addSpacing(px(8))
        column.addWidget(self.pages, 1)
        column.addWidget(self.message)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addWidget(self.trial)
        row.addWidget(self.restoring)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.next)
        column.addLayout(row)
        # Last in the order of Tab: the page hands the keyboard to its first question, and what came
        # before that would never be reached.
        self.look = self._look()
        head.addWidget(self.look)
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(card)
        centre.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(centre, 20)
        outer.addStretch(1)

    def _look(self) -> QWidget:
        """Each language under its own name, the one in force marked; and the size of letters."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.pixels(8))
        self.language: dict[str, QRadioButton] = {}
        for one in LANGUAGES:
            button = QRadioButton(text(f"window.language.{one}"))
            button.setChecked(one == language())
            self.language[one] = button
            row.addWidget(button)
            button.clicked.connect(partial(self._choose_language, one))
        self.letters = QComboBox()
        self.letters.setAccessibleName(text("first.size"))
        self.letters.setToolTip(text("first.size"))
        for scale in SCALES:
            self.letters.addItem(f"{_LETTER} {scale:.0%}", scale)
        self.letters.setCurrentIndex(self.letters.findData(self._theme.scale))
        self.letters.activated.connect(
            lambda _at: self.size_wanted.emit(self.letters.currentData())
        )
        row.addWidget(self.letters)
        return box

    def _choose_language(self, chosen: str, _on: bool = True) -> None:
        self.language_wanted.emit(chosen)

    def take_over(self, former: FirstRun) -> None:
        """Everything that was answered so far."""
        for mine, before in zip(self._questions, former._questions, strict=True):
            mine.take_over(before)

    # --- walking ----------------------------------------------------------------------------

    def _show(self, stage: Stage) -> None:
        self.pages.setCurrentIndex(stage)
        shown = self.pages.currentWidget()
        if isinstance(shown, Question):
            self.heading.setText(shown.title)
        chosen = self.unit.chosen
        total = len(Stage) - (chosen is not None and chosen.top)
        self.step.setText(text("first.step", number=stage + 1, total=total))
        if chosen is not None:
            self.whose.setText(text("first.whose", unit=chosen.name, validity=chosen.validity))
        self.whose.setVisible(stage is not Stage.UNIT)
        self.next.setText(text("first.begin" if stage + 1 == total else "first.next"))
        self.back.setVisible(stage in (Stage.PERSON, Stage.SECRET))
        for one in (self.trial, self.restoring, self.look):
            one.setVisible(stage is Stage.UNIT)
        self.say("")
        self._mark(None)
        if isinstance(shown, Question):
            shown.fields[0 if stage is not Stage.CODE else -1].setFocus()

    @property
    def stage(self) -> Stage:
        """The page that is shown."""
        return Stage(self.pages.currentIndex())

    def say(self, words: str, state: str = "") -> None:
        """Say something under the questions."""
        self.message.setText(words)
        set_state(self.message, state)

    def _back(self) -> None:
        self._show(Stage(self.stage - 1))

    def go_on(self) -> None:
        """The next question, when this one is answered."""
        shown = self.pages.currentWidget()
        if not isinstance(shown, Question):
            self.work_wanted.emit()
            return
        if self.stage is Stage.UNIT and self.unit.searching:
            # Who types fast has not seen yet what the name means.
            self.say(text("first.searching"))
            self.unit.search()
            return
        lacking = shown.refusal()
        if lacking is not None:
            self.say("\N{MULTIPLICATION X} " + lacking.words, "error")
            self._mark(lacking.field)
            lacking.field.setFocus()
            lacking.field.selectAll()
        elif self.stage is Stage.CODE:
            self.finished.emit()
        elif self.stage is not Stage.SECRET:
            self._show(Stage(self.stage + 1))
        elif self.next.isEnabled():
            self._ask()

    def _ask(self) -> None:
        unit = self.unit.chosen
        if unit is None:
            self._show(Stage.UNIT)
            self.say("\N{MULTIPLICATION X} " + text("first.unit_needed"), "error")
            return
        self.set_busy(True)
        self.say(text("first.installing"))
        person = self.person
        self.asked.emit(
            Asked(
                unit.ref,
                person.user.text(),
                person.full_name.text(),
                person.office.text(),
                self.secret.passphrase.text(),
            )
        )

    def _mark(self, field: QLineEdit | None) -> None:
        """Mark the field that is wrong; None once something is typed or the page turned."""
        if self._wrong is not None:
            set_state(self._wrong, "")
        self._wrong = field
        if field is not None:
            set_state(field, "error")

    def set_busy(self, busy: bool) -> None:
        """Lock the way on while something is being made or opened."""
        for one in (self.next, self.back, self.trial, self.restoring, self.look):
            one.setEnabled(not busy)

    def refuse(self, words: str) -> None:
        """What was asked for could not be done."""
        self.set_busy(False)
        self.say("\N{MULTIPLICATION X} " + words, "error")

    def close_with(self, words: str) -> None:
        """Nothing can be installed here; the next step lies outside this page.

        The button that ends the program takes the keyboard: with every question locked it would
        otherwise be nowhere.
        """
        self.say("\N{MULTIPLICATION X} " + words, "error")
        self.message.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.heading.setText(text("first.closed"))
        self.leave.show()
        self.leave.setFocus()
        self.setFocusProxy(self.leave)
        self.pages.setEnabled(False)
        self.next.setEnabled(False)
        for asking in (self.step, self.look, self.pages, self.next, self.trial, self.restoring):
            asking.hide()
        self._column.setStretchFactor(self.message, 1)

    def show_code(self, code: str) -> None:
        """The installation stands: show its recovery code, once."""
        self.set_busy(False)
        self.code_page.show_code(code)
        self.secret.forget()
        self._show(Stage.CODE)

    def show_request(self, asking: QWidget) -> None:
        """The register is open: offer to ask for its certificate."""
        self.set_busy(False)
        self.pages.addWidget(asking)
        self._show(Stage.CERTIFICATE)
        self.heading.setText(text("first.certificate"))
        # What came of it is told beside its own button.
        self.message.hide()
        self._offer_work("first.later", "")

    def request_written(self) -> None:
        """Nothing is left to be asked: work is what comes next."""
        self._offer_work("first.begin", "primary")
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_work(self, message_id: str, role: str) -> None:
        self.next.setText(text(message_id))
        self.next.setProperty("role", role)
        self.next.style().unpolish(self.next)
        self.next.style().polish(self.next)

    # --- finding ----------------------------------------------------------------------------

    def show_units(self, asked: str, found: Sequence[FoundUnit]) -> None:
        """The units that the typed name may mean; an answer to older text is passed over.

        So is one that comes after the page was closed: it must not talk over the reason.
        """
        if asked != self.unit.name.text() or not self.pages.isEnabled():
            return
        self.unit.show_units(asked, found)
        if found:
            many = "first.found_many" if len(found) >= MOST_UNITS else "first.found"
            self.say(text(many, count=len(found)))
        elif asked.strip():
            self.say(text("first.none_found"), "warning")
        else:
            self.say("")

    def paintEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()
