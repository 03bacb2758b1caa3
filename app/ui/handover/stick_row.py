"""The sticks that are in this PC, each a step that takes it; the only one is filled in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.i18n import number, text
from app.services.sticks import Stick
from app.ui.step import Step
from app.ui.theme import Theme

#: Sticks that have a step of their own; of more the dialog tells.
MOST = 3
_GIGABYTE, _MEGABYTE = 1_000_000_000, 1_000_000


class StickRow(QWidget):
    """The row. `chosen` gives the folder of a stick."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget, *, to_write: bool) -> None:
        super().__init__(parent)
        self._to_write = to_write
        self.shown: tuple[Stick, ...] = ()
        self.none = QLabel(text("sticks.none"), self)
        self.none.setProperty("role", "muted")
        self.steps = [Step(parent=self) for _ in range(MOST)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.pixels(8))
        row.addWidget(self.none)
        for at, one in enumerate(self.steps):
            one.setProperty("role", "link")
            one.clicked.connect(lambda _=False, place=at: self._take(place))
            one.hide()
            row.addWidget(one)
        row.addStretch(1)

    @property
    def only(self) -> str:
        """The folder of the one stick that will do; "" where there is none, or a choice."""
        fit = [one for one in self.shown if not (self._to_write and one.read_only)]
        return str(fit[0].folder) if len(fit) == 1 else ""

    def show_sticks(self, found: Sequence[Stick]) -> None:
        """Show what is there now."""
        self.shown = tuple(found)
        self.none.setVisible(not found)
        for at, step in enumerate(self.steps):
            step.setVisible(at < len(found))
            if at < len(found):
                step.setText(stick_words(found[at]))
                step.setToolTip(str(found[at].folder))
                step.setEnabled(not (self._to_write and found[at].read_only))

    def _take(self, place: int) -> None:
        self.chosen.emit(str(self.shown[place].folder))


def stick_words(one: Stick) -> str:
    """A stick as people tell it: its name and what is free on it."""
    name = one.name or str(one.folder)
    if one.read_only:
        return text("sticks.read_only", name=name)
    if one.free >= _GIGABYTE:
        return text("sticks.free_gb", name=name, count=number(one.free // _GIGABYTE))
    return text("sticks.free_mb", name=name, count=number(one.free // _MEGABYTE))
