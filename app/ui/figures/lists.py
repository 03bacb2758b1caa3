"""The list of a large register: its first rows, what they cost in memory, and search as one types.

Of the list, measured is what somebody waits for: from the asking until its first rows are painted.
Of search, what stands against a SELECT: from the words as far as they are typed to the rows of the
first page. Told beside it is what somebody sees: from the key to the painted rows, without the rest
that the page waits for further keys.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PySide6.QtCore import Qt

from app.models.yardstick import ids_in_order, indexed_select
from app.services.lists import ListFilter
from app.services.services import Services
from app.ui.figures.desk import MeasuredDesk, Painted
from app.ui.figures.memory import resident_bytes
from app.ui.figures.typing import high
from app.ui.paged_rows import PAGE
from app.ui.shell import Shell

#: What people look for: a name as it is called, a family, a whole name, with a letter in between.
SEARCHED = ("lan", "nguyen thi", "pham van nam", "hoang")
LISTINGS = 7


@dataclass(frozen=True, slots=True)
class SearchTimes:
    """Seconds of every search as far as it was typed, of every key until its rows were painted (by
    the clock, and of the processor for the window's thread), and of every SELECT of 64 rows by an
    index.
    """

    searches: Sequence[float]
    painted: Sequence[float]
    painted_cpu: Sequence[float]
    selects: Sequence[float]
    rest: float

    @property
    def ratio(self) -> float:
        """The 95th percentile ÷ the median SELECT."""
        return high(self.searches, 95) / median(self.selects)


@dataclass(frozen=True, slots=True)
class ListTimes:
    """Seconds to the first rows and of the yardstick; bytes that the list added."""

    first_rows: Sequence[float]
    all_ids: Sequence[float]
    added_bytes: int

    @property
    def ratio(self) -> float:
        """The median of the list ÷ that of the SELECT of all ids in order."""
        return median(self.first_rows) / median(self.all_ids)


def measure_list(
    desk: MeasuredDesk, shell: Shell, services: Services, listings: int = LISTINGS
) -> ListTimes:
    """Show the whole register again and again."""
    store = services.workplace.store
    shell.navigation.go_to("register")
    shell.register.rows.set_keys([])
    gc.collect()
    before = resident_bytes()
    times, selects = [], []
    for place in range(listings):
        times.append(_listed(desk, shell))
        if not place:
            added = resident_bytes() - before
        desk.settle()
        selects.append(ids_in_order(store)[0].wall)
    return ListTimes(times, selects, max(0, added))


def _listed(desk: MeasuredDesk, shell: Shell) -> float:
    """Seconds from the asking for the list to its painted rows."""
    rows = shell.register.rows
    before = rows.generation
    painted = Painted(shell.register.table.viewport())
    started = time.perf_counter()
    shell.register.load()
    _painted_rows(desk, shell, before, painted)
    took = time.perf_counter() - started
    painted.leave()
    return took


def _painted_rows(desk: MeasuredDesk, shell: Shell, before: int, painted: Painted) -> None:
    """Turn the loop until the rows of another list than that of `before` are on the screen."""
    rows = shell.register.rows
    while rows.generation == before or (rows.rowCount() and rows.row(0) is None):
        desk.turn()
    painted.count = 0
    while rows.rowCount() and not painted.count:
        shell.register.table.viewport().update()
        desk.turn()


def measure_search(
    desk: MeasuredDesk, shell: Shell, services: Services, searched: Sequence[str] = SEARCHED
) -> SearchTimes:
    """Type what people look for, letter by letter, and wait for the first page each time."""
    shell.go_to_search()
    desk.settle()
    painted_after: list[float] = []
    painted_cpu: list[float] = []
    rest = shell.register._timer.interval() / 1000
    for words in searched:
        shell.search.clear()
        shell.register.search("")
        desk.settle()
        for letter in words:
            painted = Painted(shell.register.table.viewport())
            before = shell.register.rows.generation
            started, worked = time.perf_counter(), time.thread_time()
            desk.key(Qt.Key(ord(letter.upper())))
            _painted_rows(desk, shell, before, painted)
            painted_after.append(time.perf_counter() - started - rest)
            painted_cpu.append(time.thread_time() - worked)
            painted.leave()
            desk.settle()
    selects = [indexed_select(services.workplace.store, place / 40) for place in range(40)]
    searches = [
        _searched(services, words[:length])
        for words in searched
        for length in range(1, len(words) + 1)
    ]
    return SearchTimes(searches, painted_after, painted_cpu, selects, rest)


def _searched(services: Services, words: str) -> float:
    started = time.perf_counter()
    found = services.lists.find(ListFilter(words=words))
    services.lists.rows(found[:PAGE])
    return time.perf_counter() - started
