"""A decree on a few communes of 2025: an edition that holds those alone, known to one workplace."""

from __future__ import annotations

import copy
from datetime import date

from app.forms.units import Edition, Share, Succession, Tier, Unit
from app.services.workplace import Workplace

#: Two communes that became one in 2026, one beside them, and the province of them all.
ONE, OTHER, BESIDE, TOP = "21136@2025", "21157@2025", "21211@2025", "51@2025"
NEW, NEW_NAME = "29999@2026a", "Ba Mới"
#: Into which `BESIDE` may be split.
PARTS = ("29997@2026a", "29998@2026a")


def know_merger(
    workplace: Workplace, code: str = "29999", name: str = NEW_NAME, since: str = "2026-01-01"
) -> str:
    """`ONE` and `OTHER` become one commune on a day. Returns the new unit."""
    return _know(workplace, {code: name}, [(ONE, Share.WHOLE), (OTHER, Share.WHOLE)], since)[0]


def know_split(workplace: Workplace) -> None:
    """`BESIDE` is divided between `PARTS`."""
    _know(workplace, {"29997": "Ba Trên", "29998": "Ba Dưới"}, [(BESIDE, Share.PART)], "2026-01-01")


def _know(
    workplace: Workplace, made: dict[str, str], moves: list[tuple[str, Share]], since: str
) -> list[str]:
    units = [
        Unit(f"{code}@2026a", code, "2026a", name, "commune", Tier.COMMUNE, TOP)
        for code, name in made.items()
    ]
    successions = [Succession(old, one.ref, share) for old, share in moves for one in units]
    edition = Edition("2026a", date.fromisoformat(since), None, (Tier.COMMUNE,))
    known = copy.copy(workplace.catalogue)
    known.units = known.units.with_changes(units, successions, [edition])
    workplace.catalogue = known
    return [one.ref for one in units]
