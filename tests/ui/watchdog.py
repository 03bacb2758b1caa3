"""A watchdog beside the window: every stretch of its thread between two turns of the loop.

The loop is turned by hand, one piece after the other, so that no stretch is missed. A stretch is
measured in processor time of the window's own thread, for the clock says how busy the machine is,
and told in bare pages: what building and painting a page of plain fields cost the same thread, just
just before and just after. A slow machine, or one that others use too, is slow at both.

A thread that sleeps, or waits for a lock or the disk, spends no processor time. So the usual
stretch, the median, is told by the clock as well, in what a bare page usually takes by the clock:
others who use the machine make both longer, and now and then one alone, which no median minds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QScrollArea, QWidget
from shiboken6 import delete

#: About as many as a child's form has. On a quiet PC of 2024 one bare page takes 10 ms.
_FIELDS = 60


def bare_page() -> tuple[float, float]:
    """Seconds of the processor, and by the clock, that a page of plain fields takes to be built and
    painted.
    """
    wall, begin = time.perf_counter(), time.thread_time()
    page, body = QScrollArea(), QWidget()
    rows = QFormLayout(body)
    for number in range(_FIELDS):
        rows.addRow(QLabel(str(number)), QLineEdit(str(number)))
    page.setWidget(body)
    page.resize(800, 600)
    page.ensurePolished()
    page.grab()
    spent, took = time.thread_time() - begin, time.perf_counter() - wall
    delete(page)
    return spent, took


@dataclass(slots=True)
class Watchdog:
    """What the window's thread did without coming back to the loop.

    `pace` is called now and then, at the end too: a stretch is told in what a bare page took before
    and after it.
    """

    #: Seconds by the clock; seconds of the processor, what was done, and the pace before it.
    wall: list[float] = field(default_factory=list)
    cpu: list[tuple[float, str, int]] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)
    #: What bare pages took by the clock.
    clock: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        bare_page()  # the first one loads fonts and styles
        self.pace()

    def pace(self) -> None:
        """Measure a bare page now: the quickest of three, for a hiccup is no pace."""
        pages = [bare_page() for _ in range(3)]
        self.paces.append(min(spent for spent, _ in pages))
        self.clock += (took for _, took in pages)

    def during(self, act: Callable[[], object], what: str) -> None:
        """Watch one piece of work that the test gives to the window: a key, for instance."""
        wall, cpu = time.perf_counter(), time.thread_time()
        act()
        self.cpu.append((time.thread_time() - cpu, what, len(self.paces) - 1))
        self.wall.append(time.perf_counter() - wall)

    def turn(self, seconds: float, what: str) -> None:
        """Turn the loop for a while, asleep when there is nothing to do."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.during(QCoreApplication.processEvents, what)
            time.sleep(0.001)

    def until(self, true: Callable[[], bool], what: str, limit: float = 120.0) -> None:
        """Turn the loop until something is so."""
        end = time.perf_counter() + limit
        while not true():
            assert time.perf_counter() < end, f"never came: {what}"
            self.turn(0.005, what)

    def stretches(self) -> list[tuple[float, str]]:
        """Every stretch in bare pages, and what was done in it."""
        around = [max(two) for two in pairwise((*self.paces, self.paces[-1]))]
        return [(spent / around[at], what) for spent, what, at in self.cpu]

    @property
    def worst(self) -> float:
        """The longest stretch, in bare pages."""
        return max(length for length, _ in self.stretches())

    def usual(self, what: str) -> float:
        """The median of a kind of stretch by the clock, in bare pages by the clock."""
        took = (
            wall for wall, (_, kind, _) in zip(self.wall, self.cpu, strict=True) if kind == what
        )
        return median(took) / median(self.clock)

    def part_over(self, pages: float) -> float:
        """The share of the work that was done in stretches longer than this."""
        lengths = [length for length, _ in self.stretches()]
        whole = sum(lengths)
        return sum(one for one in lengths if one > pages) / whole if whole else 0.0

    def say(self) -> str:
        """The longest stretches, for whoever reads why a test failed."""
        stretches, wall = sorted(self.stretches()), sorted(self.wall)
        length, what = stretches[-1]
        spent, _, _ = max(self.cpu)
        usual, _ = stretches[max(0, int(len(stretches) * 0.99) - 1)]
        return (
            f"{len(stretches)} stretches; 99 % within {usual:.2f} bare pages, longest"
            f" {length:.1f} ({what}); longest {spent * 1e3:.1f} ms of the processor,"
            f" {wall[-1] * 1e3:.1f} ms by the clock"
        )
