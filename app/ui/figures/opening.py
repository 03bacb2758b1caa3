"""How long a household takes to stand on the screen, against bare fields that are filled.

Opened are the household with five children of whom everything is known and another one in turn, as
somebody goes from page to page: read beside the window, judged, shown, with the keyboard in its
field and all of it painted. The yardstick is a bare window with as many `QLineEdit`s as the page
fills, of which as many are shown, each with a label, as the page has fields in sight: other texts
are set in all of them, and it is painted. Both have the same size and style sheet.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from app.ui.figures.desk import MeasuredDesk, Painted
from app.ui.household.field_edit import FieldEdit
from app.ui.shell import Shell

ROUNDS = 15
_ACROSS = 8


@dataclass(frozen=True, slots=True)
class OpenTimes:
    """Seconds of every opening and of every filling of as many bare fields."""

    page: Sequence[float]
    bare: Sequence[float]
    fields: int
    in_sight: int

    @property
    def ratio(self) -> float:
        """The median of the page ÷ that of the bare fields."""
        return median(self.page) / median(self.bare)


def measure_opening(
    desk: MeasuredDesk, shell: Shell, household: str, other: str, rounds: int = ROUNDS
) -> OpenTimes:
    """Open `household` from the page of `other`, again and again."""
    pages: list[float] = []
    _open(desk, shell, household)
    desk.settle()
    edits = shell.household.findChildren(FieldEdit)
    in_sight = sum(1 for one in edits if one.isVisibleTo(shell.household))
    for _ in range(rounds):
        _open(desk, shell, other)
        desk.settle()
        pages.append(_open(desk, shell, household))
        desk.settle()
    window = _Bare(len(edits), in_sight)
    window.resize(shell.window().size())
    window.show()
    desk.until(window.isActiveWindow)
    bares = [_filled(desk, window, place) for place in range(rounds * 2)]
    window.close()
    return OpenTimes(pages, bares, len(edits), in_sight)


def _open(desk: MeasuredDesk, shell: Shell, household: str) -> float:
    """Seconds from the asking to the painted page."""
    stands: list[bool] = []
    page = shell.household
    connection = page.opened.connect(lambda: stands.append(True))
    painted = Painted(page.child_form)
    started = time.perf_counter()
    shell.open_household(household)
    while not stands:
        desk.turn()
    painted.count = 0
    # What is not painted yet is, in one go, by the turn of the loop that follows.
    while not painted.count:
        page.child_form.update()
        desk.turn()
    took = time.perf_counter() - started
    page.opened.disconnect(connection)
    painted.leave()
    return took


class _Bare(QWidget):
    """Labels and fields in a grid, and nothing else."""

    def __init__(self, count: int, shown: int) -> None:
        super().__init__()
        grid = QGridLayout(self)
        self.fields: list[QLineEdit] = []
        for place in range(count):
            row, column = divmod(place, _ACROSS)
            field = QLineEdit(self)
            self.fields.append(field)
            if place >= shown:
                field.hide()
                continue
            grid.addWidget(QLabel(f"{place + 1}"), row * 2, column)
            grid.addWidget(field, row * 2 + 1, column)


def _filled(desk: MeasuredDesk, window: _Bare, number: int) -> float:
    desk.wait_for(time.perf_counter() + 0.05)
    painted = Painted(window)
    started = time.perf_counter()
    for place, field in enumerate(window.fields):
        field.setText(f"Dinh Thi {number} {place}")
    while not painted.count:
        desk.turn()
    took = time.perf_counter() - started
    painted.leave()
    return took
