"""Variants refused by what the receiving PC has heard before, for a bundle honest in all else.

Who sends is a PC with a certificate of its own, or one whose certificate bears the station id of
the victim, a PC of another unit. `claims`: whose replica id the bundle goes out under, None for the
sender's own. The rows of FORMAT.md; `tests/e2e/test_stolen_station.py` runs every one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.sync.refusal import Refusal


class Pc(Enum):
    """The PCs of the story: one district and three communes below it."""

    READER = "the PC that reads"
    VICTIM = "another unit's PC"
    NEIGHBOUR = "a PC under a station id of its own"
    THIEF = "a PC under the station id of the victim"


@dataclass(frozen=True)
class Heard:
    """One variant and its named outcome."""

    sender: Pc
    claims: Pc | None
    refusal: Refusal
    detail: str


DIFFERS = Refusal.SENDER_DIFFERS
HEARD: dict[str, Heard] = {
    "the replica id of another PC": Heard(Pc.NEIGHBOUR, Pc.VICTIM, DIFFERS, "replica"),
    "the replica id of another unit's PC, under that PC's station id": Heard(
        Pc.THIEF, Pc.VICTIM, DIFFERS, "replica"
    ),
    "the station id of another unit's PC": Heard(Pc.THIEF, None, DIFFERS, "station"),
    "the replica id of the PC that reads": Heard(Pc.NEIGHBOUR, Pc.READER, DIFFERS, "replica"),
}
