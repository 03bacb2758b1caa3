"""A watchdog beside the window: every stretch of its thread between two turns of the loop.

The loop is turned by hand, one piece after the other, so that no stretch is missed. A stretch is
measured by the clock and in processor time of the window's own thread: on a machine that others use
too the clock alone says how busy they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

#: Seconds a frame lasts at sixty a second.
FRAME = 1 / 60


@dataclass(slots=True)
class Watchdog:
    """What the window's thread did without coming back to the loop, in seconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    worst: tuple[float, str] = (0.0, "")

    def during(self, act: Callable[[], object], what: str) -> None:
        """Watch one piece of work that the test gives to the window: a key, for instance."""
        wall, cpu = time.perf_counter(), time.thread_time()
        act()
        spent = time.thread_time() - cpu
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(spent)
        if spent > self.worst[0]:
            self.worst = (spent, what)

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

    def part_over(self, seconds: float) -> float:
        """The share of the watched time that passed in stretches longer than this."""
        whole = sum(self.cpu)
        return sum(one for one in self.cpu if one > seconds) / whole if whole else 0.0

    def say(self) -> str:
        """The longest stretches, for whoever reads why a test failed."""
        cpu, wall = sorted(self.cpu), sorted(self.wall)
        at = max(0, int(len(cpu) * 0.99) - 1)
        return (
            f"{len(cpu)} stretches; of the processor: 99 % within {cpu[at] * 1e3:.1f} ms,"
            f" longest {cpu[-1] * 1e3:.1f} ms ({self.worst[1]});"
            f" by the clock: 99 % within {wall[at] * 1e3:.1f} ms, longest {wall[-1] * 1e3:.1f} ms"
        )
