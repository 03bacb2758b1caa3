"""What cannot have happened, and what is unlikely enough to want a reason (pure).

Only what no validator could see in the records afterwards: that the event cannot have happened to
this child, on that day, or once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app.forms.facts import known_bounds
from app.forms.field_types import name_status_of
from app.forms.issues import Finding, Value, Values
from app.services.life_events.consequences import OFFICIAL, Scene, is_followed
from app.text.fold import fold


@dataclass(frozen=True, slots=True)
class Window:
    """The days an event of this round may lie on: not after `today`, hardly before `since`, the
    day on which the household was last asked (ISO, empty for never), nor after `closes_on`.

    Who was asked in this round already has no such day any more: what lies before `long_ago` was
    missed by the round before, too. `event` is the word for what the child's newest event was, on
    `event_day`: events are told as they happen.
    """

    today: date
    since: str = ""
    closes_on: str = ""
    long_ago: str = ""
    event: str = ""
    event_day: str = ""


def refusals(code: str, answers: Values, scene: Scene, today: date) -> list[Finding]:
    """Why the event cannot be written as answered; each at its field, "" for none of them."""
    found: list[Finding] = []
    day = answers.get("event_date")
    if isinstance(day, str) and day > today.isoformat():
        found.append(_at("event_date", "quarter.refused.future"))
    found += _impossible_subject(code, scene)
    born = known_bounds(answers.get("birth_date") or scene.about.get("birth_date"))
    if isinstance(day, str) and born is not None and day < born[0]:
        found.append(_at("event_date", "quarter.refused.before_birth"))
    special = _SPECIAL.get(code)
    if special is not None:
        found += special(answers, scene)
    return found


def _at(name: str, message_id: str) -> Finding:
    return Finding(message_id, {}, name)


def _impossible_subject(code: str, scene: Scene) -> list[Finding]:
    """Whoever is dead or gone has no further events here, but for coming back."""
    if not scene.child or is_followed(scene.about):
        return []
    if code == "moved_in" and scene.about.get("life_status") == "MOVED_OUT":
        return []
    return [_at("", "quarter.refused.not_followed")]


def _refused_arrival(answers: Values, scene: Scene) -> list[Finding]:
    del answers
    if scene.origin == scene.unit:
        return [_at("event_place", "quarter.refused.same_commune")]
    own = scene.about.get("household") == scene.household
    if scene.child and own and is_followed(scene.about):
        return [_at("", "quarter.refused.is_here")]
    return []


def _refused_departure(answers: Values, scene: Scene) -> list[Finding]:
    del answers
    found: list[Finding] = []
    if not scene.destination:
        found.append(_at("event_place", "quarter.refused.place_unclear"))
    if scene.destination == scene.unit:
        found.append(_at("event_place", "quarter.refused.same_commune"))
    if not scene.child and not scene.followed:
        found.append(_at("", "quarter.refused.nobody_left"))
    if not scene.child and scene.undecided:
        # The move writes unit, village and number as one: it would decide between the two.
        found.append(_at("", "quarter.refused.undecided"))
    return found


def _refused_split(answers: Values, scene: Scene) -> list[Finding]:
    del answers
    return [] if scene.ticked else [_at("", "quarter.refused.nobody_ticked")]


def _refused_merger(answers: Values, scene: Scene) -> list[Finding]:
    if answers.get("household") is not None and not scene.target:
        return [_at("household", "quarter.refused.no_such_household")]
    if scene.target == scene.household:
        return [_at("household", "quarter.refused.same_household")]
    return []


def _refused_return(answers: Values, scene: Scene) -> list[Finding]:
    del answers
    if scene.about.get("schooling_status") in ("1", "5"):
        return [_at("", "quarter.refused.at_school")]
    return []


def _refused_dropout(answers: Values, scene: Scene) -> list[Finding]:
    del answers
    if scene.about.get("schooling_status") == "2":
        return [_at("", "quarter.refused.dropped_out")]
    return []


def _on_this_day(code: str, answers: Values, scene: Scene) -> bool:
    """Whether the child has this event on this day already."""
    day = answers.get("event_date")
    return day is not None and any(
        one.get("event") == code and one.get("event_date") == day for one in scene.held
    )


def _refused_adoption(answers: Values, scene: Scene) -> list[Finding]:
    adopter = answers.get("caregiver_name")
    if (
        isinstance(adopter, str)
        and scene.about.get("care_arrangement") == "ADOPTED"
        and same_name(adopter, scene.about.get("caregiver_name"))
    ):
        return [_at("caregiver_name", "quarter.refused.adopted")]
    return []


def _refused_injury(answers: Values, scene: Scene) -> list[Finding]:
    same = answers.get("injury_type") == scene.about.get("injury_type")
    if same and _on_this_day("injured", answers, scene):
        return [_at("event_date", "quarter.refused.injured")]
    return []


def _refused_head(answers: Values, scene: Scene) -> list[Finding]:
    if same_name(answers.get("head_name"), scene.home.get("head_name")):
        return [_at("head_name", "quarter.refused.same_head")]
    return []


def same_name(one: Value, other: Value) -> bool:
    """Whether two names are one, marks and case aside."""
    return isinstance(one, str) and isinstance(other, str) and fold(one) == fold(other)


def _refused_name(answers: Values, scene: Scene) -> list[Finding]:
    name = answers.get("full_name")
    if not isinstance(name, str):
        return []
    if name_status_of(name) != OFFICIAL:
        return [_at("full_name", "quarter.refused.placeholder")]
    if name == scene.about.get("full_name"):
        return [_at("full_name", "quarter.refused.same_name")]
    return []


_SPECIAL: Mapping[str, Callable[[Values, Scene], list[Finding]]] = MappingProxyType(
    {
        "moved_in": _refused_arrival,
        "moved_out": _refused_departure,
        "split_household": _refused_split,
        "merged_household": _refused_merger,
        "back_to_school": _refused_return,
        "dropped_out": _refused_dropout,
        "name_corrected": _refused_name,
        "adopted": _refused_adoption,
        "injured": _refused_injury,
        "head_changed": _refused_head,
    }
)


def doubts(code: str, answers: Values, scene: Scene, window: Window) -> list[Finding]:
    """What is possible and unlikely enough to want a reason: the day lies outside the round, the
    child has this event on this day already, or a child of no name yet was born here that day.
    """
    found = _days(answers, window)
    if code in ("adopted", "injured") and _on_this_day(code, answers, scene):
        found.append(Finding("quarter.doubt.again", {}, "event_date"))
    if code == "born" and _may_be_typed_twice(answers, scene):
        found.append(Finding("quarter.doubt.twins", {}, "full_name"))
    return found


def _may_be_typed_twice(answers: Values, scene: Scene) -> bool:
    """Whether the household has a child of this day, and one of the two has no name of its own:
    twins, or one child typed twice. Two official names are compared by the page's own rule.
    """
    day, name = answers.get("event_date"), answers.get("full_name")
    names = [
        one.get("full_name") for one in scene.children.values() if one.get("birth_date") == day
    ]
    return (
        day is not None
        and isinstance(name, str)
        and any({name_status_of(name), _status(other)} != {OFFICIAL} for other in names)
    )


def _status(name: Value) -> str:
    return name_status_of(name) if isinstance(name, str) else ""


def _days(answers: Values, window: Window) -> list[Finding]:
    day = answers.get("event_date")
    if not isinstance(day, str) or day > window.today.isoformat():
        return []
    if window.since and day <= window.since:
        return [_doubt("before_last_time", day=_shown(window.since))]
    if window.closes_on and day > window.closes_on:
        return [_doubt("after_the_round", day=_shown(window.closes_on))]
    if window.event_day and day < window.event_day:
        return [_doubt("before_other", event=window.event, day=_shown(window.event_day))]
    if not window.since and window.long_ago and day < window.long_ago:
        return [_doubt("long_ago")]
    return []


def _doubt(name: str, **said: str) -> Finding:
    return Finding(f"quarter.doubt.{name}", said, "event_date")


def _shown(day: str) -> str:
    return "/".join(reversed(day.split("-")))
