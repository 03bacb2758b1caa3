"""The questions of the first run, each a page of its own that knows whether it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import KnownError
from app.i18n import error_text, text
from app.services.sign_in import MIN_PASSPHRASE, check_passphrase, sign_in_name
from app.ui.first_run.asked import FoundUnit
from app.ui.step import Step
from app.ui.theme import Theme

_REF = int(Qt.ItemDataRole.UserRole)
#: How long nobody types before a name is looked for, in milliseconds.
_PAUSE = 120


class Refusal(NamedTuple):
    """What an answer lacks, in words, and the field where it is mended."""

    words: str
    field: QLineEdit


class Question(QWidget):
    """A page of fields. `answered` comes with Enter in its last field."""

    answered = Signal()
    edited = Signal()

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self.title = title
        self.fields: list[QLineEdit] = []
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.pixels(4))

    def refusal(self) -> Refusal | None:
        """What is not answered yet; None when one can go on."""
        raise NotImplementedError

    def take_over(self, former: Question) -> None:
        """What was typed into the same question in another language or size of letters."""
        for mine, typed in zip(self.fields, former.fields, strict=True):
            mine.setText(typed.text())

    # --- building ---------------------------------------------------------------------------

    def _field(self, label: str, field: QLineEdit) -> None:
        field.setMaxLength(200)
        field.setAccessibleName(label)
        field.returnPressed.connect(self._enter)
        field.textEdited.connect(lambda _text: self.edited.emit())
        self.fields.append(field)
        words = QLabel(label)
        words.setProperty("role", "label")
        words.setBuddy(field)
        self._column.addWidget(words)
        self._put(field)

    def _put(self, widget: QWidget) -> None:
        self._column.addWidget(widget)
        self._column.addSpacing(self._theme.pixels(8))

    def _words(self, said: str, role: str = "muted") -> None:
        words = QLabel(said)
        words.setProperty("role", role)
        words.setWordWrap(True)
        self._put(words)

    def _enter(self) -> None:
        """Enter goes to the next field of the page, and on from the last."""
        here = next((place for place, one in enumerate(self.fields) if one.hasFocus()), 0)
        if here + 1 < len(self.fields):
            self.fields[here + 1].setFocus()
            self.fields[here + 1].selectAll()
        else:
            self.answered.emit()


def _refused(rule: Callable[[str], object], field: QLineEdit) -> Refusal | None:
    """What a rule of the services says about a field."""
    try:
        rule(field.text())
    except KnownError as error:
        return Refusal(error_text(error), field)
    return None


class _Search(QLineEdit):
    """The name of the unit; the arrows move in the list below it."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(step)


class UnitQuestion(Question):
    """Which unit this PC belongs to. `find_wanted` gives a name that was typed."""

    find_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, text("first.unit"))
        self.name = _Search()
        self.name.setPlaceholderText(text("first.unit_placeholder"))
        self._field(text("first.unit_label"), self.name)
        self.units = QListWidget()
        self.units.setAccessibleName(text("first.unit_list"))
        self.units.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.units.setWordWrap(True)
        self.units.itemDoubleClicked.connect(lambda _item: self.answered.emit())
        self._put(self.units)
        self.name.moved.connect(self._move)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self.search)
        #: The name that the list answers, without what stands around it.
        self._listed = ""
        #: The unit that was chosen before the question was asked anew.
        self._before = ""
        self.name.textEdited.connect(lambda _text: self._timer.start())

    @property
    def searching(self) -> bool:
        """Whether the list still answers another name than the one that stands in the field."""
        return self.name.text().strip() != self._listed

    def search(self) -> None:
        """Look for the name now, without waiting for the end of the typing."""
        self._timer.stop()
        self.find_wanted.emit(self.name.text())

    @property
    def chosen(self) -> FoundUnit | None:
        """The unit of the line that is chosen."""
        item = self.units.currentItem()
        found: FoundUnit | None = None if item is None else item.data(_REF)
        return found

    def refusal(self) -> Refusal | None:
        return None if self.chosen else Refusal(text("first.unit_needed"), self.name)

    def show_units(self, asked: str, found: Sequence[FoundUnit]) -> None:
        """List what was found for a name; chosen is what was chosen before, else the first.

        A second answer to the same name changes nothing: somebody may have chosen by then.
        """
        if asked.strip() == self._listed:
            return
        self._listed = asked.strip()
        self.units.clear()
        for one in found:
            item = QListWidgetItem(f"{one.name}\n{one.validity}")
            item.setData(_REF, one)
            self.units.addItem(item)
        before, self._before = self._before, ""
        if found:
            again = [at for at, one in enumerate(found) if one.ref == before]
            self.units.setCurrentRow(again[0] if again else 0)

    def take_over(self, former: Question) -> None:
        """Look for the name once more: units are named in the language."""
        super().take_over(former)
        if isinstance(former, UnitQuestion) and former.chosen is not None:
            self._before = former.chosen.ref
        if self.name.text().strip():
            self._timer.start()

    def _move(self, step: int) -> None:
        if self.units.count():
            self.units.setCurrentRow((self.units.currentRow() + step) % self.units.count())


class PersonQuestion(Question):
    """Who works here."""

    def __init__(self, theme: Theme, user_name: Callable[[str], str]) -> None:
        super().__init__(theme, text("first.person"))
        self.full_name, self.office, self.user = QLineEdit(), QLineEdit(), QLineEdit()
        self.office.setPlaceholderText(text("first.title_placeholder"))
        self._field(text("first.full_name"), self.full_name)
        self._field(text("first.title"), self.office)
        self._field(text("first.user"), self.user)
        self._words(text("first.user_hint"))
        self._column.addStretch(1)
        self._user_name, self._by_hand = user_name, False
        self.full_name.textEdited.connect(self._propose)
        self.user.textEdited.connect(self._typed)

    def refusal(self) -> Refusal | None:
        if not self.full_name.text().strip():
            return Refusal(text("first.name_needed"), self.full_name)
        return _refused(sign_in_name, self.user)

    def take_over(self, former: Question) -> None:
        """A sign-in name that was typed by hand stays."""
        super().take_over(former)
        self._by_hand = isinstance(former, PersonQuestion) and former._by_hand

    def _propose(self, full_name: str) -> None:
        if not self._by_hand:
            self.user.setText(self._user_name(full_name))

    def _typed(self, user: str) -> None:
        """What was typed by hand stays, until it is taken out again."""
        self._by_hand = bool(user.strip())


class SecretQuestion(Question):
    """The passphrase, twice; `user` tells whose it will be."""

    def __init__(self, theme: Theme, user: Callable[[], str]) -> None:
        super().__init__(theme, text("first.secret"))
        self._user = user
        self.passphrase, self.again = QLineEdit(), QLineEdit()
        for one in (self.passphrase, self.again):
            one.setEchoMode(QLineEdit.EchoMode.Password)
        self._field(text("first.passphrase"), self.passphrase)
        self._field(text("first.again"), self.again)
        self._words(text("first.passphrase_hint", least=MIN_PASSPHRASE))
        self._column.addStretch(1)

    def refusal(self) -> Refusal | None:
        refused = _refused(partial(check_passphrase, name=self._user()), self.passphrase)
        if refused is not None:
            return refused
        if self.passphrase.text() != self.again.text():
            return Refusal(text("first.not_alike"), self.again)
        return None

    def forget(self) -> None:
        """Take what was typed off the page."""
        self.passphrase.clear()
        self.again.clear()


class CodeQuestion(Question):
    """The recovery code, whose last group is typed back from the paper."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, text("first.code"))
        self._whole = ""
        self._words(text("first.code_why"), role="")
        self.code = QLabel()
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        font.setPointSizeF(theme.font().pointSizeF() * 1.6)
        font.setBold(True)
        self.code.setFont(font)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setMinimumHeight(theme.pixels(96))
        self._put(self.code)
        self.printing = Step(text("first.print"))
        self._column.addWidget(self.printing, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addSpacing(theme.pixels(16))
        self.typed = QLineEdit()
        self._field(text("first.code_type"), self.typed)
        self._column.addStretch(1)

    @property
    def whole(self) -> str:
        """The code as it is typed later."""
        return self._whole

    def show_code(self, code: str) -> None:
        """Show a code on two lines."""
        self._whole = code
        groups = code.split("-")
        half = (len(groups) + 1) // 2
        lines = (" - ".join(some) for some in (groups[:half], groups[half:]))
        self.code.setText(" -\n".join(lines))

    def refusal(self) -> Refusal | None:
        last = self._whole.rpartition("-")[2].casefold()
        if self.typed.text().replace("-", "").replace(" ", "").casefold() != last:
            return Refusal(text("first.code_wrong"), self.typed)
        return None
