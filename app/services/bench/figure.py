"""What a figure is, what was measured, and whether that is good enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from app.models.yardstick import Lap
from app.services.bench.workshop import Workshop


class Unit(Enum):
    """What the number of a figure is."""

    RATIO = "ratio"
    MEGABYTES = "megabytes"
    KILOBYTES = "kilobytes"
    COUNT = "count"
    SECONDS = "seconds"


class Result(Enum):
    """How a figure stands to its limits."""

    AIM_MET = "aim_met"
    MUST_MET = "must_met"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: at most `must`, and `aim` is what we work towards."""

    name: str
    must: float
    aim: float
    unit: Unit = Unit.RATIO


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found for a row.

    `value` is in the unit of the row, by the clock. `by_processor` is the same ratio in processor
    time: on a machine that others use too it tells more. `parts` are the numbers it was made of
    (seconds, bytes, counts), for whoever wants to compute it again. `platform` is Qt's name for the
    screen the window stood on (`xcb`, `offscreen`), "" where no window was measured.
    """

    row: str
    value: float
    by_processor: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    platform: str = ""


class NotMeasured(Exception):
    """A figure that cannot be measured here; `reason` is a message id for the table."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement and the rows it fills. `measure` raises NotMeasured and what services raise."""

    name: str
    rows: Sequence[Row]
    measure: Callable[[Workshop], Sequence[Measured]]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table with what was found; `reason` (a message id) when nothing was."""

    row: Row
    measured: Measured | None
    reason: str = ""

    @property
    def result(self) -> Result:
        """How what was found stands to the limits."""
        if self.measured is None:
            return Result.NOT_MEASURED
        # A number that is none (0 ÷ 0) meets nothing.
        if self.measured.value <= self.row.aim:
            return Result.AIM_MET
        return Result.MUST_MET if self.measured.value <= self.row.must else Result.NOT_MET


def ratio(
    row: str,
    ours: Lap,
    yardstick: Lap,
    parts: Mapping[str, float] | None = None,
) -> Measured:
    """Ours ÷ the yardstick, by the clock and in processor time."""
    named = {"seconds": ours.wall, "yardstick_seconds": yardstick.wall, **(parts or {})}
    by_processor = ours.cpu / yardstick.cpu if yardstick.cpu else None
    return Measured(row, ours.wall / yardstick.wall, by_processor, named)
