"""What is about to be written by a list, in numbers, and what the list does not say itself."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.forms.code_lists import load_code_list
from app.forms.field_types.base import FieldProblem
from app.forms.field_types.date_types import DateType
from app.i18n import language, number, text
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.supports import support_of_title
from app.services.crosscheck.taking import SupportGiven
from app.services.crosscheck.views import ListSummary, Proposal
from app.ui.step import Step
from app.ui.theme import Theme


class ApplyPanel(QFrame):
    """The panel. `wanted` gives a SupportGiven."""

    wanted = Signal(object)
    given_up = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._year = 0
        px = theme.pixels
        heading = QLabel(text("crosscheck.apply_title"), self)
        heading.setProperty("role", "crumb")
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.type = QComboBox(self)
        for one in load_code_list("support_types"):
            self.type.addItem(one.label(language()), one.code)
        self.day, self.provider = QLineEdit(self), QLineEdit(self)
        self.day.setPlaceholderText(text("crosscheck.day_hint"))
        self.provider.setMaxLength(120)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        grid.setColumnStretch(2, 1)
        self._fields: dict[str, tuple[QLabel, QWidget]] = {}
        named: tuple[tuple[str, QWidget], ...] = (
            ("type", self.type),
            ("day", self.day),
            ("provider", self.provider),
        )
        for row, (name, widget) in enumerate(named):
            label = QLabel(text(f"crosscheck.given.{name}"), self)
            label.setProperty("role", "label")
            label.setBuddy(widget)
            widget.setAccessibleName(text(f"crosscheck.given.{name}"))
            widget.setMinimumWidth(px(320))
            self._fields[name] = (label, widget)
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
        self.told = QLabel(self)
        self.told.setProperty("state", "warning")
        self.told.setWordWrap(True)
        self.go = Step(text("crosscheck.write"), self)
        self.go.setProperty("role", "primary")
        self.stop = Step(text("crosscheck.give_up"), self)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.go)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(16), px(16), px(16))
        column.setSpacing(px(8))
        for part in (heading, self.about):
            column.addWidget(part)
        column.addLayout(grid)
        column.addWidget(self.told)
        column.addLayout(buttons)
        column.addStretch(1)
        self.go.clicked.connect(self._go)
        self.stop.clicked.connect(self.given_up.emit)

    def begin(self, one: ListSummary, would: Proposal, today: date) -> None:
        """Tell what would be written, and ask for what the list does not say."""
        counts = (
            ("households", would.households),
            ("children", would.children),
            ("undecided", would.undecided),
        )
        lines = [
            text(f"crosscheck.apply.{name}", count=number(count)) for name, count in counts if count
        ]
        lines.append(text("crosscheck.apply_reversible"))
        self.about.setText("\n".join(lines))
        support = one.kind is ListKind.SUPPORT
        asked = {
            "type": support,
            "day": would.needs_day > 0,
            "provider": one.kind is not ListKind.POVERTY,
        }
        for name, (label, widget) in self._fields.items():
            label.setVisible(asked[name])
            widget.setVisible(asked[name])
        if support:
            codes = [self.type.itemData(at) for at in range(self.type.count())]
            self.type.setCurrentIndex(codes.index(support_of_title(one.title)))
        self._year = today.year
        self.day.clear()
        self.provider.clear()
        self.told.clear()
        first = next((self._fields[name][1] for name in asked if asked[name]), self.go)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        day = ""
        if not self.day.isHidden():
            try:
                day = str(DateType(self._year).parse(self.day.text()) or "")
            except FieldProblem:
                day = ""
            if not day:
                self.told.setText(text("crosscheck.no_day_hint.window"))
                self.day.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        kind = "" if self.type.isHidden() else str(self.type.currentData())
        self.wanted.emit(SupportGiven(kind, day, self.provider.text().strip()))
