"""Two records that may be one child: how sure, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Evidence(NamedTuple):
    """One thing that was compared: what, and for how many bits it speaks (against, below 0)."""

    what: str
    bits: float


class Level(IntEnum):
    """How sure a pair is, the surest first. The value is nothing; `FROM` says from how many bits
    on, over even odds, a pair is of a level.
    """

    CERTAIN = 0
    HIGH = 1
    MEDIUM = 2
    LOW = 3


#: Two bits over even odds are 4 to 1. What is weighed apart is not quite apart, so a register of a
#: province was looked at (`sotreem bench duplicates`): of the pairs above it 1 in 90 was wrong.
FROM: Mapping[Level, float] = {Level.HIGH: 2.0, Level.MEDIUM: -1.0, Level.LOW: -5.0}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the lesser id first; `score` in bits over even odds; what was compared."""

    first: str
    second: str
    score: float
    level: Level
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs, the surest first; of how many records; how many pairs were compared. By kind of
    key, how many keys were left out because too many records share them, and the records behind;
    `alone`: how many records were for that reason compared with nobody.
    """

    pairs: tuple[Pair, ...]
    records: int
    compared: int
    left_out: Mapping[str, tuple[int, int]]
    alone: int = 0
