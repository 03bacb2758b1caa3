"""What is said of an event as such: each sentence by its own weight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.i18n import text
from app.services.life_events.views import Remark, Weight
from app.ui.theme import set_state

SIGNS = {
    Weight.MISSING: "\N{MULTIPLICATION X}",
    Weight.ERROR: "\N{MULTIPLICATION X}",
    Weight.DOUBT: "\N{BLACK UP-POINTING TRIANGLE}",
    Weight.NOTE: "\N{INFORMATION SOURCE}",
}
STATES = {
    Weight.MISSING: "error",
    Weight.ERROR: "error",
    Weight.DOUBT: "warning",
    Weight.NOTE: "",
}
HEAVIEST = (Weight.ERROR, Weight.MISSING, Weight.DOUBT, Weight.NOTE)


class Remarks(QWidget):
    """The sentences, the heaviest first; a note does not take the colour of an error beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: dict[Weight, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for weight in HEAVIEST:
            label = QLabel()
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            if weight is Weight.NOTE:
                label.setProperty("role", "muted")
            set_state(label, STATES[weight])
            self.labels[weight] = label
            column.addWidget(label)

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Show them; where there are none, take no room."""
        for weight, label in self.labels.items():
            lines = [f"{SIGNS[weight]} {words_of(one)}" for one in remarks if one.weight is weight]
            label.setText("\n".join(lines))
            label.setVisible(bool(lines))
        self.setVisible(bool(remarks))


def words_of(one: Remark) -> str:
    """A remark in words."""
    return text(one.message_id, **one.parameters)
