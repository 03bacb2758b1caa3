"""What is kept of typing a household again until it is settled: a draft of whoever types.

Who has seen what differs types no more: a text that was compared stands as it was, whatever is
changed on the page meanwhile and whichever of its children are asked for next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from app.services.retyping import Blank, Decision, Place

#: Before the names of drafts of what is typed again.
DRAFTS = "retype/"
_BETWEEN = "/"


@dataclass(slots=True)
class Kept:
    """What was typed again on a page, also of children that are not asked for now. `compared` are
    the fields that may not be typed any more, `differed` those of them that were seen to differ.
    """

    texts: dict[Place, str] = field(default_factory=dict)
    compared: set[Place] = field(default_factory=set)
    differed: set[Place] = field(default_factory=set)
    decided: dict[Place, Decision] = field(default_factory=dict)
    #: The sheet was in sight before something was typed.
    seen_first: bool = False
    #: The field that the keyboard was in.
    at: Place = ("", "")

    @classmethod
    def of(cls, draft: Mapping[str, object]) -> Kept:
        """What a draft holds."""
        known = {one.value: one for one in Decision}
        decided = _texts(draft.get("decided"))
        return cls(
            _texts(draft.get("texts")),
            _places(draft.get("compared")),
            _places(draft.get("differed")),
            {place: known[it] for place, it in decided.items() if it in known},
            bool(draft.get("seen_first")),
            _place(draft.get("at") or ""),
        )

    @property
    def draft(self) -> dict[str, object]:
        """As it is written."""
        return {
            "texts": {_BETWEEN.join(one): said for one, said in self.texts.items()},
            "compared": sorted(_BETWEEN.join(one) for one in self.compared),
            "differed": sorted(_BETWEEN.join(one) for one in self.differed),
            "decided": {_BETWEEN.join(one): it.value for one, it in self.decided.items()},
            "seen_first": self.seen_first,
            "at": _BETWEEN.join(self.at),
        }

    @property
    def is_blind(self) -> bool:
        """Whether something was typed or compared by somebody who had not seen the sheet."""
        return not self.seen_first and bool(self.texts or self.compared)

    def take(self, texts: Mapping[Place, str], blanks: Collection[Blank]) -> None:
        """These texts, and no others, stand in the fields that are asked for."""
        for one in blanks:
            self.texts.pop(one.place, None)
        self.texts.update(texts)

    def forget(self, places: Collection[Place]) -> bool:
        """The result of these fields is on the disk; whether anything else is left."""
        for one in places:
            self.texts.pop(one, None)
            self.decided.pop(one, None)
        self.compared.difference_update(places)
        self.differed.difference_update(places)
        return bool(self.texts or self.compared)


def _place(said: object) -> Place:
    record, _, name = str(said).partition(_BETWEEN)
    return record, name


def _texts(held: object) -> dict[Place, str]:
    return {_place(one): str(said) for one, said in held.items()} if isinstance(held, dict) else {}


def _places(held: object) -> set[Place]:
    return {_place(one) for one in held} if isinstance(held, list) else set()
