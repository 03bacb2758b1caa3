"""What was typed into short forms and not written yet: kept as drafts at every change.

Leaving a form with Escape, going elsewhere and a power cut lose nothing: it stands there again when
the same event of the same child is begun again. It is forgotten when the event is on the disk, or
when it is given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.forms.issues import Value
from app.services.life_events.begun import Place
from app.services.life_events.views import Draft
from app.ui.drafts import DraftDesk

#: Before the names of drafts of life events.
DRAFTS = "event/"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a short form: texts and the answers read from them, by field name."""

    texts: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Value] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    reason: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.texts or self.ticked or self.reason.strip())


class EventDrafts:
    """The kept short forms of this account."""

    def __init__(self, drafts: DraftDesk) -> None:
        self._drafts = drafts
        self._kept: dict[str, Typed] = {}

    def take(self, found: Mapping[str, Mapping[str, object]]) -> None:
        """What an earlier run left, among all drafts by name."""
        # What was typed in this run before the drafts had been read is newer.
        self._kept = {
            name: _typed(draft) for name, draft in found.items() if name.startswith(DRAFTS)
        } | self._kept

    def of(self, event: Draft) -> Typed | None:
        """What was typed about an event before, None for nothing."""
        return self._kept.get(_name(event))

    @property
    def places(self) -> frozenset[Place]:
        """Of what something waits."""
        return frozenset(Place(*name.removeprefix(DRAFTS).split("/")) for name in self._kept)

    def waiting(self, household: str) -> Iterator[tuple[str, str]]:
        """The events of a household that wait: code and child, "" for none or a new one."""
        for name in sorted(self._kept):
            of, code, child = name.removeprefix(DRAFTS).split("/")
            if of == household:
                yield code, child

    def words(self, place: Place) -> tuple[str, ...]:
        """What was typed about an event, as it was typed."""
        typed = self._kept.get(_name(_draft(place)), Typed())
        return tuple(filter(None, (*typed.texts.values(), typed.reason.strip())))

    def forget(self, place: Place) -> None:
        """What was typed about an event is given up."""
        self.drop(_draft(place))

    def keep(self, event: Draft, typed: Typed) -> None:
        """Keep what stands in a form now."""
        if typed.empty:
            self.drop(event)
            return
        self._kept[_name(event)] = typed
        self._drafts.put(
            _name(event),
            {
                "texts": dict(typed.texts),
                "answers": dict(typed.answers),
                "ticked": list(typed.ticked),
                "reason": typed.reason,
            },
        )

    def drop(self, event: Draft) -> None:
        """It was written, or given up."""
        if self._kept.pop(_name(event), None) is not None:
            self._drafts.drop(_name(event))


def _draft(place: Place) -> Draft:
    return Draft(place.code, place.household, place.child)


def _name(event: Draft) -> str:
    return f"{DRAFTS}{event.household}/{event.code}/{event.child}"


def _typed(draft: Mapping[str, object]) -> Typed:
    texts, answers, ticked = draft.get("texts"), draft.get("answers"), draft.get("ticked")
    return Typed(
        {str(name): str(words) for name, words in texts.items()} if isinstance(texts, dict) else {},
        dict(answers) if isinstance(answers, dict) else {},
        tuple(map(str, ticked)) if isinstance(ticked, list) else (),
        str(draft.get("reason") or ""),
    )
