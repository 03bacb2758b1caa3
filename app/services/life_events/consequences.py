"""What follows from a life event: which records change, and how (pure).

Told as writes on records, made from the event, the answers and what stands on the page. Nothing is
judged here: what cannot have happened is told by `refusals`, and what the change comes to is judged
by the one validator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.forms.issues import Value, Values
from app.history.entities import OUTSIDE, UNKNOWN

_NO_VALUES: Values = MappingProxyType({})
_FOLLOWED = "ACTIVE"
_LEARNS_OTHERWISE = frozenset(("continuing", "vocational"))
#: The status of a name that is no placeholder.
OFFICIAL = "OFFICIAL"
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
    where several are called so; `origin` the same of where somebody came from. `held` are the
    events of the child that stand already. `undecided` says that people wrote two units, villages
    or numbers of the household and nobody has decided.
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
    origin: str = ""
    held: tuple[Values, ...] = ()
    undecided: bool = False

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
    values: dict[str, Value] = {"full_name": answers.get("full_name"), "name_status": OFFICIAL}
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
