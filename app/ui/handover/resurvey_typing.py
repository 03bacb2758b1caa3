"""What was found at one household of a re-survey, typed from the sheet: the fields that differ, the
children that the book lacks, what was seen.

Enter goes from the list to the numbers, to the words, and saves there.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.services.resurveys import field_names
from app.services.surveys import Finding, Found, SurveyLine
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme

_NAME = int(Qt.ItemDataRole.UserRole)
#: More than live in any household.
_MOST_MISSING = 40


class ResurveyTyping(QFrame):
    """The form. `saved` gives what was found, and whether the household is to go back."""

    saved = Signal(object, bool)
    given_up = Signal()

    def __init__(self, theme: Theme, labels: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._finding = Finding.DIFFERS
        px = theme.pixels
        self.who = Elided()
        self.who.setProperty("role", "crumb")
        self.hint = Elided()  # words that wrap would claim the list's whole height for the page
        self.hint.say(text("resurvey.fields_hint"))
        self.hint.setProperty("role", "muted")
        self.fields = QListWidget(self)
        self.fields.setAccessibleName(text("resurvey.fields"))
        self.fields.setMinimumHeight(px(48))
        for name in field_names():
            item = QListWidgetItem(labels.get(name, name), self.fields)
            item.setData(_NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.missing = QLineEdit(self)
        self.missing.setValidator(QIntValidator(0, _MOST_MISSING, self))
        self.missing.setFixedWidth(px(72))
        self.missing_label = QLabel(text("resurvey.missing"), self)
        self.missing_label.setBuddy(self.missing)
        self.missing.setAccessibleName(text("resurvey.missing"))
        self.note = QLineEdit(self)
        self.note.setMaxLength(500)
        for said in (self.note.setPlaceholderText, self.note.setAccessibleName):
            said(text("resurvey.note"))
        self.send_back = QCheckBox(text("resurvey.send_back"), self)
        self.save = Step(text("resurvey.save"), self)
        self.save.setProperty("role", "primary")
        self.not_now = Step(f"{text('handovers.one.not_now')}   Esc", self)
        below = QHBoxLayout()
        below.setSpacing(px(8))
        below.addWidget(self.missing_label)
        below.addWidget(self.missing)
        below.addWidget(self.note, 1)
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(self.send_back, 1)
        deeds.addWidget(self.save)
        deeds.addWidget(self.not_now)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.who)
        column.addWidget(self.hint)
        column.addWidget(self.fields, 1)
        column.addLayout(below)
        column.addLayout(deeds)
        self.fields.installEventFilter(self)
        self.missing.returnPressed.connect(self.note.setFocus)
        self.note.returnPressed.connect(self.give)
        self.save.clicked.connect(self.give)
        self.not_now.clicked.connect(self.given_up)

    def open(self, line: SurveyLine, finding: Finding, who: str) -> None:
        """Ask what was found at a household; what was typed of it before stands there."""
        self._finding = finding
        before = line.found
        self.who.say(f"{who}: {text(f'resurvey.finding.{finding.value}')}")
        chosen = set() if before is None else set(before.fields)
        for at in range(self.fields.count()):
            item = self.fields.item(at)
            on = item.data(_NAME) in chosen
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.fields.setCurrentRow(0)
        self.missing.setText(str(before.missing) if before and before.missing else "")
        for one in (self.missing, self.missing_label):
            one.setVisible(finding is Finding.CHILDREN_MISSING)
        masked = before is not None and before.masked
        # What is masked is no text to save again: left empty, it stays as it is.
        self.note.setText("" if before is None or masked else before.note)
        said = text("resurvey.note_masked" if masked else "resurvey.note")
        for put in (self.note.setPlaceholderText, self.note.setAccessibleName):
            put(said)
        self.send_back.setChecked(False)
        first = self.missing if finding is Finding.CHILDREN_MISSING else self.fields
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def give(self) -> None:
        """Give what was typed."""
        items = [self.fields.item(at) for at in range(self.fields.count())]
        fields = tuple(
            str(one.data(_NAME)) for one in items if one.checkState() is Qt.CheckState.Checked
        )
        missing = int(self.missing.text() or 0)
        if self._finding is not Finding.CHILDREN_MISSING:
            missing = 0
        found = Found(self._finding, fields, missing, self.note.text().strip())
        self.saved.emit(found, self.send_back.isChecked())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter in the list goes on."""
        if (
            watched is self.fields
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            after = self.missing if self.missing.isVisible() else self.note
            after.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().eventFilter(watched, event)
