"""What follows from a life event: which records change, and how (pure).

Told as writes on records, made from the event, the answers and what stands on the page. Nothing is
judged here but what no validator could see afterwards: that the event cannot have happened to this
child, or on that day. What the change comes to is judged by the one validator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from app.forms.facts import known_bounds
from app.forms.field_types import name_status_of
from app.forms.issues import Finding, Value, Values
from app.history.entities import OUTSIDE, UNKNOWN

_NO_VALUES: Values = MappingProxyType({})
_FOLLOWED = "ACTIVE"
_LEARNS_OTHERWISE = frozenset(("continuing", "vocational"))
_OFFICIAL = "OFFICIAL"
#: What a household that splits off takes over: the cover of the book and where people live. Its
#: poverty is found out anew: a list names households, not houses.
_TAKEN_ALONG = (
    "village",
    "book_number",
    "enumerator_name",
    "enumerator_phone",
    "survey_round",
    "survey_date",
    "residence_status",
    "address_detail",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands on the page when an event is written, all as stored.

    `child` is the one it is about ("" for none); of a new one `starting` are the values a new line
    begins with and `new_child` the id it will have. `ticked` are the children who leave in a split,
    `new_home` the id of the household they make. `target` is the household that this one is merged
    into ("" where no such one is here), `target_lines` the line numbers taken there. `destination`
    is the owner after a move: a unit, one of the words of `app.history.entities` for none, or ""
    where several are called so.
    """

    unit: str
    household: str
    home: Values
    children: Mapping[str, Values]
    child: str = ""
    starting: Values = field(default_factory=dict)
    new_child: str = ""
    ticked: tuple[str, ...] = ()
    new_home: str = ""
    target: str = ""
    target_lines: tuple[int, ...] = ()
    destination: str = ""

    @property
    def about(self) -> Values:
        """The child it is about, as it stands."""
        return self.children.get(self.child, _NO_VALUES)

    @property
    def followed(self) -> tuple[str, ...]:
        """The children of the household who are still followed."""
        return tuple(one for one, values in self.children.items() if is_followed(values))

    def next_line(self) -> int:
        """The first free line of the household."""
        return _after(
            values.get("line_no")
            for values in self.children.values()
            if values.get("household") == self.household
        )


@dataclass(frozen=True, slots=True)
class Write:
    """What one record is given. `new` ones are created under the id that the scene foretold."""

    entity: str
    id: str
    values: Mapping[str, Value]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The records an event is written on, what it says beside its code, and what else changes."""

    events: tuple[str, ...]
    said: Mapping[str, Value] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()


def is_followed(values: Values) -> bool:
    """Whether a child is still followed here."""
    return values.get("life_status") in (None, _FOLLOWED)


def _after(numbers: Iterable[Value]) -> int:
    taken = [one for one in numbers if isinstance(one, int)]
    return max(taken, default=0) + 1


def _of_child(scene: Scene, values: Mapping[str, Value]) -> Outcome:
    return Outcome((scene.child,), {}, (Write("child", scene.child, values),))


def _born(answers: Values, scene: Scene) -> Outcome:
    own = {name: answers.get(name) for name in ("full_name", "sex", "birth_registered")}
    # A newborn is below school age by being born; everything else that is required is inherited
    # from a sibling and marked, or left open.
    return _new_line(scene, {**own, "birth_date": answers.get("event_date")}, "0")


def _moved_in(answers: Values, scene: Scene) -> Outcome:
    said = {"event_place": answers.get("event_place")}
    if scene.child:
        back: dict[str, Value] = {"life_status": _FOLLOWED}
        if scene.about.get("owner_unit") != scene.unit:
            back["owner_unit"] = scene.unit
        if scene.about.get("household") != scene.household:
            back |= {"household": scene.household, "line_no": scene.next_line()}
        return Outcome((scene.child,), said, (Write("child", scene.child, back),))
    own = {name: answers.get(name) for name in ("full_name", "birth_date", "sex")}
    made = _new_line(scene, own, None)
    return Outcome(made.events, said, made.writes)


def _new_line(scene: Scene, own: Mapping[str, Value], schooling: Value) -> Outcome:
    starting = dict(scene.starting)
    if schooling is not None:
        starting["schooling_status"] = schooling
    values: dict[str, Value] = {
        **starting,
        **own,
        "owner_unit": scene.unit,
        "household": scene.household,
        "line_no": scene.next_line(),
    }
    kept = {name: value for name, value in values.items() if value is not None}
    return Outcome((scene.new_child,), {}, (Write("child", scene.new_child, kept, new=True),))


def _moved_out(answers: Values, scene: Scene) -> Outcome:
    """Where the new commune is known it owns the records from this act on; outside the province,
    or where nobody knows, the last unit keeps its rights (4-sync.md, "Owner changes")."""
    gone: dict[str, Value] = {"life_status": "MOVED_OUT", "owner_unit": scene.destination}
    settled = scene.destination not in (OUTSIDE, UNKNOWN)
    said: dict[str, Value] = {
        "event_place": answers.get("event_place"),
        "event_unit": scene.destination if settled else None,
    }
    who = (scene.child,) if scene.child else scene.followed
    writes = [Write("child", one, gone) for one in who]
    events = who
    if not scene.child:
        events = (*who, scene.household)
        home: dict[str, Value] = {"owner_unit": scene.destination}
        if settled:
            # Village and number are of this commune's book; the other one gives its own.
            home |= {"village": None, "household_no": None}
        writes.append(Write("household", scene.household, home))
    return Outcome(events, said, tuple(writes))


def _died(answers: Values, scene: Scene) -> Outcome:
    values: dict[str, Value] = {"life_status": "DECEASED"}
    if answers.get("death_cause") == "injury":
        values["injury_type"] = answers.get("injury_type")
    made = _of_child(scene, values)
    return Outcome(made.events, {"death_cause": answers.get("death_cause")}, made.writes)


def _adopted(answers: Values, scene: Scene) -> Outcome:
    values: dict[str, Value] = {
        "care_arrangement": "ADOPTED",
        "caregiver_name": answers.get("caregiver_name"),
        "caregiver_relation": answers.get("caregiver_relation"),
        "facility_name": None,
    }
    if answers.get("relation_to_head") is not None:
        values["relation_to_head"] = answers["relation_to_head"]
    return _of_child(scene, values)


def _split(answers: Values, scene: Scene) -> Outcome:
    home = {name: scene.home.get(name) for name in _TAKEN_ALONG}
    home |= {
        "owner_unit": scene.unit,
        "household_no": answers.get("household_no"),
        "head_name": answers.get("head_name"),
    }
    if answers.get("address_detail") is not None:
        home["address_detail"] = answers["address_detail"]
    made = {name: value for name, value in home.items() if value is not None}
    writes = [Write("household", scene.new_home, made, new=True)]
    writes += [
        Write("child", one, {"household": scene.new_home, "line_no": line})
        for line, one in enumerate(scene.ticked, start=1)
    ]
    return Outcome((scene.household, scene.new_home, *scene.ticked), {}, tuple(writes))


def _merged(answers: Values, scene: Scene) -> Outcome:
    del answers
    line = _after(scene.target_lines)
    writes = [
        Write("child", one, {"household": scene.target, "line_no": line + place})
        for place, one in enumerate(scene.children)
    ]
    # Hidden, not lost: what belongs to it is found again under the one it went into.
    writes.append(Write("household", scene.household, {"merged_into": scene.target}))
    return Outcome((scene.household, scene.target, *scene.children), {}, tuple(writes))


def _head_changed(answers: Values, scene: Scene) -> Outcome:
    """What was written of the old head goes with him: a new name over an old number is worse than
    an empty field."""
    names = ("head_name", "head_sex", "head_birth_year", "head_personal_id", "head_ethnicity")
    values = {name: answers.get(name) for name in names}
    return Outcome((scene.household,), {}, (Write("household", scene.household, values),))


def _dropped_out(answers: Values, scene: Scene) -> Outcome:
    day = str(answers.get("event_date") or "")
    return _of_child(
        scene,
        {
            "schooling_status": "2",
            "education_level": None,
            "grade": None,
            "highest_grade_completed": answers.get("highest_grade_completed"),
            "dropout_date": day[:7] or None,
            "dropout_reason": answers.get("dropout_reason"),
        },
    )


def _back_to_school(answers: Values, scene: Scene) -> Outcome:
    level = answers.get("education_level")
    return _of_child(
        scene,
        {
            "schooling_status": "5" if level in _LEARNS_OTHERWISE else "1",
            "education_level": level,
            "grade": answers.get("grade"),
            "highest_grade_completed": None,
            "dropout_date": None,
            "dropout_reason": None,
        },
    )


def _name_corrected(answers: Values, scene: Scene) -> Outcome:
    values: dict[str, Value] = {"full_name": answers.get("full_name"), "name_status": _OFFICIAL}
    if answers.get("birth_cert_no") is not None:
        values |= {"birth_cert_no": answers["birth_cert_no"], "birth_registered": "1"}
    if answers.get("personal_id") is not None:
        values |= {"personal_id": answers["personal_id"], "birth_registered": "1"}
    return _of_child(scene, values)


def _injured(answers: Values, scene: Scene) -> Outcome:
    return _of_child(scene, {"injury_type": answers.get("injury_type")})


#: Code → what follows.
CONSEQUENCES: Mapping[str, Callable[[Values, Scene], Outcome]] = MappingProxyType(
    {
        "born": _born,
        "moved_in": _moved_in,
        "moved_out": _moved_out,
        "died": _died,
        "adopted": _adopted,
        "split_household": _split,
        "merged_household": _merged,
        "head_changed": _head_changed,
        "dropped_out": _dropped_out,
        "back_to_school": _back_to_school,
        "name_corrected": _name_corrected,
        "injured": _injured,
    }
)


# --- what cannot have happened -----------------------------------------------------------------


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


def _refused_name(answers: Values, scene: Scene) -> list[Finding]:
    name = answers.get("full_name")
    if not isinstance(name, str):
        return []
    if name_status_of(name) != _OFFICIAL:
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
    }
)


def doubts(answers: Values, window: Window) -> list[Finding]:
    """What is possible and unlikely enough to want a reason: the day lies outside the round."""
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
