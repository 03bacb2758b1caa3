"""How long a key takes to be seen: on the full household page, and in a bare field.

The page is that of a household with five children of whom everything is known; keys come at
intervals of 30 to 130 ms, twice as fast as people type, and every third after 130 to 300 ms, so
that many of them meet the page while it judges, keeps a draft or lists suggestions. The yardstick
is a `QLineEdit` in a window of its own in the same application, dressed by the same style sheet,
that gets the same keys at the same intervals afterwards.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.models.yardstick import Lap
from app.ui.figures.desk import MeasuredDesk, Painted
from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.shell import Shell

#: Where keys are pressed: free text, a name, a number that is checked, a date, two coded fields.
_HEAD = ("head_name", "address_detail")
_CHILD = ("full_name", "birth_date", "personal_id", "father_name", "ethnicity", "school_name")
_LETTERS = "hrenguyenthilan"
_DIGITS = "051314004417"
_SPARSEST, _DENSEST = 0.13, 0.03
#: After so many keys somebody thinks for up to so long, and the page judges what there is.
_THOUGHTFUL, _LONGEST_THOUGHT = 3, 0.3
_SEED = 20_260_102
PRESSES = 600


@dataclass(frozen=True, slots=True)
class KeyTimes:
    """Every press, on the page and in the bare field."""

    page_laps: Sequence[Lap]
    bare_laps: Sequence[Lap]

    @property
    def page(self) -> list[float]:
        """Seconds by the clock on the page."""
        return [lap.wall for lap in self.page_laps]

    @property
    def bare(self) -> list[float]:
        """Seconds by the clock in the bare field."""
        return [lap.wall for lap in self.bare_laps]

    @property
    def page_cpu(self) -> list[float]:
        """Seconds of the window's thread on the page."""
        return [lap.cpu for lap in self.page_laps]

    @property
    def bare_cpu(self) -> list[float]:
        """Seconds of the window's thread in the bare field."""
        return [lap.cpu for lap in self.bare_laps]

    @property
    def ratio(self) -> float:
        """The 99th percentile ÷ that of the bare field."""
        return high(self.page, 99) / high(self.bare, 99)


def high(samples: Sequence[float], percent: int) -> float:
    """A percentile of some samples."""
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]


def measure_keys(
    desk: MeasuredDesk, shell: Shell, household: str, presses: int = PRESSES
) -> KeyTimes:
    """Open the household and type into it, then into a bare field."""
    shell.open_household(household)
    desk.until(lambda: shell.pages.currentWidget() is shell.household)
    desk.settle()
    page = shell.household
    if page.keeper.page is None or len(page.keeper.lines) < 2:
        raise RuntimeError("the household that was opened is not the one to be measured")
    fields = [
        *_found(page.household_form, _HEAD),
        *_found(page.child_form, _CHILD),
    ][:presses]
    each = max(1, presses // len(fields))
    times: list[Lap] = []
    for form, field in fields:
        form.focus(field.key)
        desk.settle()
        field.clear()
        times += _typed(desk, field, each)
        desk.settle()
    bare_window, bare = _bare_field(desk)
    bares: list[Lap] = []
    for _ in fields:
        bare.clear()
        bares += _typed(desk, bare, each)
    bare_window.close()
    return KeyTimes(times, bares)


def _found(form: FormBody, names: Sequence[str]) -> Iterator[tuple[FormBody, FieldEdit]]:
    for name in names:
        edit = form.edit(Key("", name))
        if edit is not None and not edit.isReadOnly():
            yield form, edit


def _bare_field(desk: MeasuredDesk) -> tuple[QWidget, QLineEdit]:
    window, field = QWidget(), QLineEdit()
    QVBoxLayout(window).addWidget(field)
    window.resize(640, 96)
    window.show()
    window.activateWindow()
    field.setFocus()
    desk.until(lambda: field.hasFocus() and window.isActiveWindow())
    return window, field


def _typed(desk: MeasuredDesk, field: QLineEdit, presses: int) -> list[Lap]:
    """A word letter by letter, taken back letter by letter, and again."""
    painted = Painted(field)
    pauses = random.Random(_SEED)
    digits = isinstance(field, FieldEdit) and field.codec.field.type in ("pid12", "partial_date")
    word = _DIGITS if digits else _LETTERS
    keys = [Qt.Key(ord(one.upper())) for one in word] + [Qt.Key.Key_Backspace] * len(word)
    times = []
    due = time.perf_counter() + _SPARSEST
    for place in range(presses):
        key = keys[place % len(keys)]
        times.append(desk.key_to_paint(key, due, field, painted))
        thinks = place % _THOUGHTFUL == _THOUGHTFUL - 1
        within = (_SPARSEST, _LONGEST_THOUGHT) if thinks else (_DENSEST, _SPARSEST)
        due = max(due, time.perf_counter()) + pauses.uniform(*within)
    painted.leave()
    return times
