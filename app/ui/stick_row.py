"""The sticks that are in this PC, each a step that takes it; the only one is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
        #: Sticks that lost what was written to them, for as long as they are in.
        self._lost: set[tuple[str, str, int]] = set()
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
        self.more = QLabel(self)
        self.more.setProperty("role", "muted")
        row.addWidget(self.more)
        row.addStretch(1)

    @property
    def only(self) -> str:
        """The folder of the one stick that will do; "" where there is none, or a choice."""
        fit = [one for one in self.shown if self._fits(one)]
        return str(fit[0].folder) if len(fit) == 1 else ""

    def _fits(self, one: Stick) -> bool:
        return not self._to_write or (
            not one.read_only and not is_full(one) and _key(one) not in self._lost
        )

    def distrust(self, folder: str) -> bool:
        """A stick did not keep what was written to it: it is not proposed again. Whether the folder
        is one of a stick that is shown.
        """
        found = {_key(one) for one in self.shown if folder and _holds(one, folder)}
        self._lost |= found
        self.show_sticks(self.shown)
        return bool(found)

    def show_sticks(self, found: Sequence[Stick]) -> None:
        """Show what is there now, those first that will do."""
        self._lost &= {_key(one) for one in found}  # it was taken out: another may come
        self.shown = found = tuple(sorted(found, key=lambda one: not self._fits(one)))
        none_fits = bool(found) and not any(map(self._fits, found))
        self.none.setText(text("sticks.none_fits" if none_fits else "sticks.none"))
        self.none.setVisible(none_fits or not found)
        self.more.setText(text("sticks.more", count=number(len(found) - MOST)))
        self.more.setVisible(len(found) > MOST)
        for at, step in enumerate(self.steps):
            step.setVisible(at < len(found))
            if at < len(found):
                lost = _key(found[at]) in self._lost
                step.setText(stick_words(found[at], lost=lost))
                step.setToolTip(str(found[at].folder))
                step.setEnabled(self._fits(found[at]))

    def _take(self, place: int) -> None:
        self.chosen.emit(str(self.shown[place].folder))


def _key(one: Stick) -> tuple[str, str, int]:
    return str(one.folder), one.name, one.whole


def _holds(one: Stick, folder: str) -> bool:
    place = Path(folder)
    return one.folder == place or one.folder in place.parents


def is_full(one: Stick) -> bool:
    """Whether not even a small bundle goes onto it."""
    return one.free < _MEGABYTE


def stick_words(one: Stick, *, lost: bool = False) -> str:
    """A stick as people tell it: its name, and what is free on it or why it does not do."""
    name = one.name or str(one.folder)
    if lost:
        return text("sticks.lost", name=name)
    if one.read_only:
        return text("sticks.read_only", name=name)
    if is_full(one):
        return text("sticks.full", name=name)
    if one.free >= _GIGABYTE:
        return text("sticks.free_gb", name=name, count=number(one.free // _GIGABYTE))
    return text("sticks.free_mb", name=name, count=number(one.free // _MEGABYTE))
