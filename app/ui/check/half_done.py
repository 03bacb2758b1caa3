"""What the second person had begun and not done when the page or the window was left: reasons half
typed, and the household one stood at. Drafts of whoever typed, like everything that is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.ui.check.kept import DRAFTS
from app.ui.drafts import DraftDesk

_PLACE = f"{DRAFTS}place"
_REASONS = f"{DRAFTS}reasons/"
_BETWEEN = "/"


@dataclass(frozen=True, slots=True)
class CheckPlace:
    """A household of a village, or of a sample that was drawn with `seed` and `count`. `returning`
    says that a reason was being typed there, about the child, the field and what they are called.
    """

    household: str
    unit: str = ""
    village: str = ""
    seed: str = ""
    count: str = ""
    returning: bool = False
    child: str = ""
    field: str = ""
    what: str = ""


def place_in(found: Mapping[str, Mapping[str, object]]) -> CheckPlace | None:
    """Where an earlier run was left, among all drafts by name; None where nothing was begun."""
    draft = found.get(_PLACE, {})
    if not draft.get("household"):
        return None
    said = {name: str(draft.get(name) or "") for name in asdict(CheckPlace(""))}
    said.pop("returning")
    return CheckPlace(**said, returning=bool(draft.get("returning")))


class HalfDone:
    """The kept reasons and the kept place of this account."""

    def __init__(self, drafts: DraftDesk) -> None:
        self._drafts = drafts
        self._reasons: dict[str, dict[str, str]] = {}
        self._place: CheckPlace | None = None

    def take(self, found: Mapping[str, Mapping[str, object]]) -> None:
        """What stands in the drafts, all of them by name."""
        self._place = place_in(found)
        self._reasons = {
            name.removeprefix(_REASONS): {where: str(said) for where, said in draft.items()}
            for name, draft in found.items()
            if name.startswith(_REASONS)
        }

    def reason(self, household: str, child: str, field: str) -> str:
        """What was typed of why this goes back, "" for nothing."""
        return self._reasons.get(household, {}).get(f"{child}{_BETWEEN}{field}", "")

    def keep_reason(self, place: CheckPlace, reason: str) -> None:
        """Keep a reason as it stands now, and that one is at it."""
        held = self._reasons.setdefault(place.household, {})
        held[f"{place.child}{_BETWEEN}{place.field}"] = reason
        self._drafts.put(f"{_REASONS}{place.household}", held)
        self.keep_place(place)

    def drop_reasons(self, household: str) -> None:
        """The household was sent back or passed: nothing is half typed of it any more."""
        if self._reasons.pop(household, None) is not None:
            self._drafts.drop(f"{_REASONS}{household}", quietly=True)
        self.leave(household)

    def keep_place(self, place: CheckPlace) -> None:
        """One is at something that is not done."""
        if place != self._place:
            self._place = place
            self._drafts.put(_PLACE, asdict(place), quietly=True)

    def leave(self, household: str) -> None:
        """One is at it no more."""
        if self._place is not None and self._place.household == household:
            self._place = None
            self._drafts.drop(_PLACE, quietly=True)
