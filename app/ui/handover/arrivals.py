"""What a previewed bundle would bring, row by row: what needs a person first, then field by field.

Nothing is decided here; «take in» stands where the file was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.arrivals import Arrival, ArrivalRow, Arrivals, FieldChange
from app.services.masking import MASKED, Shown
from app.services.table_export import Holds
from app.ui.conflicts.sides import MASK
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.facts import Fact, Facts
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Notifier
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

ARRIVAL, WHO, KIND, VILLAGE, WHAT = range(5)
_HEADINGS = tuple(f"arrivals.{one}" for one in ("arrival", "who", "kind", "village", "what"))
#: Where room is short the kind goes first, then the village: the lines below have them.
_WIDTHS = {ARRIVAL: 128, WHO: 176, VILLAGE: 160, KIND: 112}
_LEAST_WHAT = 260
_COLOURS = {
    Arrival.REFUSED: "error",
    Arrival.WAITING: "warning",
    Arrival.CONFLICT: "warning",
    Arrival.RETURNED: "warning",
    Arrival.NEW: "done",
}
_SIGNS = {
    Arrival.REFUSED: "\N{MULTIPLICATION X}",
    Arrival.WAITING: "\N{WHITE CIRCLE}",
    Arrival.CONFLICT: "\N{BLACK UP-POINTING TRIANGLE}",
    Arrival.RETURNED: "\N{LEFTWARDS ARROW WITH HOOK}",
    Arrival.CHANGED: "\N{BLACK CIRCLE}",
    Arrival.NEW: "+",
}
#: Villages whose counts are told above the list.
_MOST_VILLAGES = 12


def change_words(one: FieldChange) -> str:
    """A field, what stands here, and what would stand."""
    return text(
        "arrivals.change", label=one.label, before=_said(one.before), after=_said(one.after)
    )


def _said(value: Shown) -> str:
    if value is MASKED:
        return MASK
    if value is None or value == "" or value == []:
        return text("conflicts.empty")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


class ArrivalRows(LineRows[ArrivalRow]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: ArrivalRow, column: int) -> str:
        if column == ARRIVAL:
            return f"{_SIGNS[row.arrival]} {text(f'arrivals.{row.arrival.value}')}"
        if column == WHO:
            return row.who
        if column == KIND:
            return row.what
        if column == VILLAGE:
            return row.village
        return row.why or " · ".join(map(change_words, row.changes))

    def colour(self, row: ArrivalRow, column: int) -> QColor | None:
        if column == ARRIVAL and row.arrival in _COLOURS:
            return self._theme.colour(_COLOURS[row.arrival])
        return None


class ArrivalsCard(QFrame):
    """The card. `left` comes when the person wants back."""

    left = Signal()

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        del tasks, desk, notifier, unit_name  # it shows what was read already
        px = theme.pixels
        title = QLabel(text("arrivals.title"), self)
        title.setProperty("role", "title")
        #: Who sent it, and its counts.
        self.facts = Facts(theme, self)
        self.villages = QLabel(self)
        self.villages.setProperty("role", "muted")
        self.villages.setWordWrap(True)
        self.villages.setTextFormat(Qt.TextFormat.PlainText)
        self.rows = ArrivalRows(theme)
        self.table = LineTable(
            self.rows, text("arrivals.title"), theme, _WIDTHS, WHAT, _LEAST_WHAT, self
        )
        offer(self.table, "arrivals", Holds.PERSONS)
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.close_card = Step(f"{text('arrivals.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        deeds = QHBoxLayout()
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(title)
        column.addWidget(self.facts)
        column.addWidget(self.villages)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        column.addLayout(deeds)

    def show_arrivals(self, found: Arrivals, facts: Sequence[Fact]) -> None:
        """Show a preview: what was counted, then its records."""
        self.facts.show_facts(facts)
        said = [
            text(
                "arrivals.in_village",
                village=one.place,
                households=number(one.households),
                children=number(one.children),
            )
            for one in found.villages[:_MOST_VILLAGES]
        ]
        if len(found.villages) > _MOST_VILLAGES:
            said.append("\N{HORIZONTAL ELLIPSIS}")
        if found.more:
            said.append(text("arrivals.more", count=number(len(found.rows))))
        self.villages.setText(" · ".join(said))
        self.villages.setVisible(bool(said))
        self.rows.show_lines(found.rows)
        if found.rows:
            self.table.setCurrentIndex(self.rows.index(0, WHAT))
        self._follow()

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self) -> None:
        row = self.rows.line(self.table.currentIndex().row())
        if row is None:
            self.whole.setText(text("arrivals.none"))
            return
        lines = [row.why, *map(change_words, row.changes)]
        head = " · ".join(filter(None, (row.who, row.what, row.village)))
        self.whole.setText("\n".join((head, *filter(None, lines))))
