"""How long a household takes to stand on the screen, against bare fields that are filled.

Opened are the household with five children of whom everything is known and another one in turn, as
somebody goes from page to page: read beside the window, judged, shown, with the keyboard in its
field and all of it painted. The yardstick is a bare page with as many `QLineEdit`s as the household
and its five children have fields, each with a label, in a part that scrolls: other texts are set in
all of them, and what is in sight is painted. Both have the same size and style sheet. Told beside
it is a harder one: only as many fields are shown as the page has in sight, the others are hidden.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QScrollArea, QWidget

from app.models.yardstick import Lap
from app.ui.figures.desk import MeasuredDesk, Painted
from app.ui.household.field_edit import FieldEdit
from app.ui.shell import Shell

ROUNDS = 15
#: Openings before bare pages are filled: how fast a machine is changes while it is measured.
_AT_A_TIME = 3
_ACROSS = 8


@dataclass(frozen=True, slots=True)
class OpenTimes:
    """Every opening, every filling of as many bare fields, and of as many of which no more is shown
    than on the page: by the clock, and of the processor for the window and what it reads with.
    """

    page: Sequence[Lap]
    bare: Sequence[Lap]
    hidden: Sequence[Lap]
    fields: int
    in_sight: int

    @property
    def ratio(self) -> float:
        """The median of the page ÷ that of the bare fields."""
        return wall(self.page) / wall(self.bare)


def wall(laps: Sequence[Lap]) -> float:
    """The median by the clock, seconds."""
    return median(one.wall for one in laps)


def cpu(laps: Sequence[Lap]) -> float:
    """The median of the processor, seconds."""
    return median(one.cpu for one in laps)


def measure_opening(
    desk: MeasuredDesk, shell: Shell, household: str, other: str, rounds: int = ROUNDS
) -> OpenTimes:
    """Open `household` from the page of `other`, again and again."""
    pages: list[Lap] = []
    _open(desk, shell, household)
    desk.settle()
    page = shell.household
    edits = page.findChildren(FieldEdit)
    in_sight = sum(1 for one in edits if one.isVisibleTo(page))
    children = len(page.keeper.lines)
    fields = len(page.household_form.edits) + children * len(page.child_form.edits)
    bares: list[Lap] = []
    hidden: list[Lap] = []
    while len(pages) < rounds:
        for _ in range(min(_AT_A_TIME, rounds - len(pages))):
            _open(desk, shell, other)
            desk.settle()
            pages.append(_open(desk, shell, household))
            desk.settle()
        bares += _all_filled(desk, shell, fields, fields)
        hidden += _all_filled(desk, shell, fields, in_sight)
    return OpenTimes(pages, bares, hidden, fields, in_sight)


def _all_filled(desk: MeasuredDesk, shell: Shell, count: int, shown: int) -> list[Lap]:
    window = _Bare(count, shown)
    window.resize(shell.window().size())
    window.show()
    desk.until(window.isActiveWindow)
    found = [_filled(desk, window, place) for place in range(2 * _AT_A_TIME)]
    window.close()
    desk.settle()
    return found


def _open(desk: MeasuredDesk, shell: Shell, household: str) -> Lap:
    """From the asking to the painted page."""
    stands: list[bool] = []
    page = shell.household
    connection = page.opened.connect(lambda: stands.append(True))
    painted = Painted(page.child_form)
    started = _now()
    shell.open_household(household)
    while not stands:
        desk.turn()
    painted.count = 0
    # What is not painted yet is, in one go, by the turn of the loop that follows.
    while not painted.count:
        page.child_form.update()
        desk.turn()
    took = _since(started)
    page.opened.disconnect(connection)
    painted.leave()
    return took


def _now() -> Lap:
    return Lap(time.perf_counter(), time.process_time())


def _since(started: Lap) -> Lap:
    now = _now()
    return Lap(now.wall - started.wall, now.cpu - started.cpu)


class _Bare(QScrollArea):
    """Labels and fields in a grid, and nothing else."""

    def __init__(self, count: int, shown: int) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        inside = QWidget()
        grid = QGridLayout(inside)
        self.fields: list[QLineEdit] = []
        for place in range(count):
            row, column = divmod(place, _ACROSS)
            field = QLineEdit(inside)
            self.fields.append(field)
            if place >= shown:
                field.hide()
                continue
            grid.addWidget(QLabel(f"{place + 1}"), row * 2, column)
            grid.addWidget(field, row * 2 + 1, column)
        self.setWidget(inside)


def _filled(desk: MeasuredDesk, window: _Bare, number: int) -> Lap:
    desk.wait_for(time.perf_counter() + 0.05)
    painted = Painted(window)
    started = _now()
    for place, field in enumerate(window.fields):
        field.setText(f"Dinh Thi {number} {place}")
    while not painted.count:
        desk.turn()
    took = _since(started)
    painted.leave()
    return took
