"""The first start on a PC: which unit, who works here, the passphrase, the recovery code.

Nothing is installed before the last question is answered; the recovery code is shown once and must
be typed back in part, so that it is on paper before the first record is typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.ui.step import Step
from app.ui.theme import Theme, set_state

_UNIT, _PERSON, _SECRET, _CODE = range(4)
_REF = int(Qt.ItemDataRole.UserRole)
_LEAST = 8
#: Units that are listed at a time; with more one has to type on.
MOST_UNITS = 30


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit that a typed name may mean: `CODE@EDITION`, its full name, since or until when."""

    ref: str
    name: str
    validity: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything the installation needs to know."""

    unit: str
    user: str
    full_name: str
    title: str
    passphrase: str


class _Search(QLineEdit):
    """The name of the unit; the arrows move in the list below it."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(step)


class FirstRun(QWidget):
    """Four questions. `asked` comes with all answers; `finished` when the code is put away."""

    find_wanted = Signal(str)
    asked = Signal(object)
    print_code = Signal(str)
    finished = Signal()
    #: Nothing can be done here and the person has read it.
    leave_wanted = Signal()
    painted = Signal()

    def __init__(self, theme: Theme, user_name: Callable[[str], str]) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._theme = theme
        self._user_name = user_name
        self._painted = False
        self._code = ""
        self._unit: FoundUnit | None = None
        self._wrong: QLineEdit | None = None
        px = theme.pixels
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.step = QLabel()
        self.step.setProperty("role", "muted")
        self.pages = QStackedWidget()
        for page in (
            self._unit_page(),
            self._person_page(),
            self._secret_page(),
            self._code_page(),
        ):
            self.pages.addWidget(page)
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
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(px(720))
        card.setMaximumHeight(px(560))
        self._column = column = QVBoxLayout(card)
        column.setContentsMargins(px(40), px(32), px(40), px(24))
        column.setSpacing(px(8))
        column.addWidget(self.step)
        column.addWidget(self.heading)
        column.addSpacing(px(8))
        column.addWidget(self.pages, 1)
        column.addWidget(self.message)
        row = QHBoxLayout()
        self.trial = Step(text("demonstration.open"))
        self.trial.setProperty("role", "link")
        row.addWidget(self.back)
        row.addWidget(self.trial)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.next)
        column.addLayout(row)
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(card)
        centre.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(centre, 20)
        outer.addStretch(1)
        for field in (self.unit_name, self.full_name, self.user, self.passphrase, self.again):
            field.textEdited.connect(lambda _text: self._mark(None))
        self.typed.textEdited.connect(lambda _text: self._mark(None))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(120)
        self._timer.timeout.connect(lambda: self.find_wanted.emit(self.unit_name.text()))
        self.setFocusProxy(self.unit_name)
        self._show(_UNIT)

    # --- pages ------------------------------------------------------------------------------

    def _unit_page(self) -> QWidget:
        self.unit_name = _Search()
        self.unit_name.setPlaceholderText(text("first.unit_placeholder"))
        self.unit_name.setAccessibleName(text("first.unit_label"))
        self.unit_name.textEdited.connect(lambda _text: self._timer.start())
        self.unit_name.returnPressed.connect(self.go_on)
        self.unit_name.moved.connect(self._move)
        self.units = QListWidget()
        self.units.setAccessibleName(text("first.unit_list"))
        self.units.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.units.setWordWrap(True)
        self.units.itemDoubleClicked.connect(lambda _item: self.go_on())
        return _page(self._theme, [(text("first.unit_label"), self.unit_name), (None, self.units)])

    def _person_page(self) -> QWidget:
        self.full_name, self.title, self.user = QLineEdit(), QLineEdit(), QLineEdit()
        self.full_name.textEdited.connect(self._propose_user)
        self.title.setPlaceholderText(text("first.title_placeholder"))
        fields = [
            (text("first.full_name"), self.full_name),
            (text("first.title"), self.title),
            (text("first.user"), self.user),
        ]
        return self._fields(fields, text("first.user_hint"))

    def _secret_page(self) -> QWidget:
        self.passphrase, self.again = QLineEdit(), QLineEdit()
        for one in (self.passphrase, self.again):
            one.setEchoMode(QLineEdit.EchoMode.Password)
        fields = [
            (text("first.passphrase"), self.passphrase),
            (text("first.again"), self.again),
        ]
        return self._fields(fields, text("first.passphrase_hint", least=_LEAST))

    def _fields(self, fields: list[tuple[str, QLineEdit]], hint: str) -> QWidget:
        for label, field in fields:
            field.setMaxLength(200)
            field.setAccessibleName(label)
            field.returnPressed.connect(self._enter)
        words = QLabel(hint)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        return _page(self._theme, [*fields, (None, words), (None, None)])

    def _code_page(self) -> QWidget:
        px = self._theme.pixels
        self.code = QLabel()
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        font.setPointSizeF(self._theme.font().pointSizeF() * 1.35)
        font.setBold(True)
        self.code.setFont(font)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setMinimumHeight(px(96))
        why = QLabel(text("first.code_why"))
        why.setWordWrap(True)
        self.printing = Step(text("first.print"))
        self.printing.clicked.connect(lambda: self.print_code.emit(self._code))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(text("first.code_type"))
        self.typed.returnPressed.connect(self.go_on)
        return _page(
            self._theme,
            [
                (None, why),
                (None, self.code),
                (None, self.printing),
                (text("first.code_type"), self.typed),
                (None, None),
            ],
        )

    # --- walking ----------------------------------------------------------------------------

    def _show(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        names = ("first.unit", "first.person", "first.secret", "first.code")
        self.heading.setText(text(names[page]))
        self.step.setText(text("first.step", number=page + 1, total=len(names)))
        self.back.setVisible(page in (_PERSON, _SECRET))
        self.trial.setVisible(page == _UNIT)
        self.next.setText(text("first.begin" if page == _CODE else "first.next"))
        self.say("")
        self._mark(None)
        first = (self.unit_name, self.full_name, self.passphrase, self.typed)[page]
        first.setFocus()

    def say(self, words: str, state: str = "") -> None:
        """Say something under the questions."""
        self.message.setText(words)
        set_state(self.message, state)

    def _back(self) -> None:
        self._show(self.pages.currentIndex() - 1)

    def _enter(self) -> None:
        """Enter goes to the next field of the page, and on from the last."""
        fields = {
            _PERSON: (self.full_name, self.title, self.user),
            _SECRET: (self.passphrase, self.again),
        }[self.pages.currentIndex()]
        here = next((place for place, one in enumerate(fields) if one.hasFocus()), 0)
        if here + 1 < len(fields):
            fields[here + 1].setFocus()
            fields[here + 1].selectAll()
        else:
            self.go_on()

    def go_on(self) -> None:
        """The next question, when this one is answered."""
        steps = {
            _UNIT: self._leave_unit,
            _PERSON: self._leave_person,
            _SECRET: self._leave_secret,
            _CODE: self._leave_code,
        }
        steps[self.pages.currentIndex()]()

    def _refuse(self, message_id: str, field: QLineEdit, **parameters: object) -> None:
        self.say("\N{MULTIPLICATION X} " + text(message_id, **parameters), "error")
        self._mark(field)
        field.setFocus()
        field.selectAll()

    def _mark(self, field: QLineEdit | None) -> None:
        """Mark the field that is wrong; None once something is typed or the page turned."""
        if self._wrong is not None:
            set_state(self._wrong, "")
        self._wrong = field
        if field is not None:
            set_state(field, "error")

    def _leave_unit(self) -> None:
        row = self.units.currentRow()
        if row < 0:
            self._refuse("first.unit_needed", self.unit_name)
            return
        self._unit = self.units.item(row).data(_REF)
        self._show(_PERSON)

    def _leave_person(self) -> None:
        if not self.full_name.text().strip():
            self._refuse("first.name_needed", self.full_name)
        elif not self.user.text().strip():
            self._refuse("first.user_needed", self.user)
        else:
            self._show(_SECRET)

    def _leave_secret(self) -> None:
        if len(self.passphrase.text()) < _LEAST:
            self._refuse("first.too_short", self.passphrase, least=_LEAST)
        elif self.passphrase.text() != self.again.text():
            self._refuse("first.not_alike", self.again)
        elif self._unit is not None and self.next.isEnabled():
            self.set_busy(True)
            self.asked.emit(
                Asked(
                    self._unit.ref,
                    self.user.text(),
                    self.full_name.text(),
                    self.title.text(),
                    self.passphrase.text(),
                )
            )

    def _leave_code(self) -> None:
        last = "".join(self._code.split("-")[-1:]).casefold()
        if self.typed.text().replace("-", "").replace(" ", "").casefold() != last:
            self._refuse("first.code_wrong", self.typed)
        else:
            self.finished.emit()

    def set_busy(self, busy: bool) -> None:
        """Show that the installation is being made."""
        self.next.setEnabled(not busy)
        self.back.setEnabled(not busy)
        self.trial.setEnabled(not busy)
        if busy:
            self.say(text("first.installing"))

    def refuse(self, words: str) -> None:
        """The installation could not be made."""
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
        for asking in (self.step, self.pages, self.next, self.trial):
            asking.hide()
        self._column.setStretchFactor(self.message, 1)

    def show_code(self, code: str) -> None:
        """The installation stands: show its recovery code, once."""
        self.set_busy(False)
        self._code = code
        groups = code.split("-")
        half = (len(groups) + 1) // 2
        lines = (" - ".join(some) for some in (groups[:half], groups[half:]))
        self.code.setText(" -\n".join(lines))
        self.passphrase.clear()
        self.again.clear()
        self._show(_CODE)

    # --- finding ----------------------------------------------------------------------------

    def show_units(self, asked: str, found: list[FoundUnit]) -> None:
        """The units that the typed name may mean; an answer to older text is passed over.

        So is one that comes after the page was closed: it must not talk over the reason.
        """
        if asked != self.unit_name.text() or not self.pages.isEnabled():
            return
        self.units.clear()
        for one in found:
            item = QListWidgetItem(f"{one.name}\n{one.validity}")
            item.setData(_REF, one)
            self.units.addItem(item)
        if found:
            self.units.setCurrentRow(0)
            many = "first.found_many" if len(found) >= MOST_UNITS else "first.found"
            self.say(text(many, count=len(found)))
        elif asked.strip():
            self.say(text("first.none_found"), "warning")

    def _move(self, step: int) -> None:
        if self.units.count():
            self.units.setCurrentRow((self.units.currentRow() + step) % self.units.count())

    def _propose_user(self) -> None:
        self.user.setText(self._user_name(self.full_name.text()))

    def paintEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()


def _page(theme: Theme, rows: list[tuple[str | None, QWidget | None]]) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.pixels(4))
    for label, field in rows:
        if label is not None:
            words = QLabel(label)
            words.setProperty("role", "label")
            column.addWidget(words)
        if field is None:
            column.addStretch(1)
        else:
            column.addWidget(field)
            column.addSpacing(theme.pixels(8))
    return page
