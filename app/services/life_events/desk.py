"""Writing life events: the event and all that follows from it, in one transaction and one act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.errors import KnownError
from app.forms.derived import defaults, inherited
from app.forms.issues import Value
from app.forms.schema import Field, Label
from app.forms.validator import with_reason
from app.history.entities import OUTSIDE, UNKNOWN
from app.i18n import language
from app.ids import derived_id, new_id
from app.models.queries import quarter as quarter_queries
from app.models.queries import register
from app.models.queries.register import ChildRow, RecordView
from app.models.queries.rounds import RoundView, open_round
from app.models.store import Reading
from app.models.undecided import open_groups
from app.models.work import Change
from app.services import acts, saving
from app.services.acts import Obstacle
from app.services.entry import Choice
from app.services.life_events.begun import Begun, Place, begun
from app.services.life_events.consequences import CONSEQUENCES, Outcome, Scene, Write
from app.services.life_events.last_act import LastAct, last_act
from app.services.life_events.places import communes, moved_to
from app.services.life_events.refusals import Window
from app.services.life_events.short_forms import SHORT_FORMS, About, Asked, ShortForm
from app.services.life_events.views import (
    Answer,
    BoundForm,
    Draft,
    Verdict,
    Weight,
    Written,
)
from app.services.life_events.weighing import (
    EVENT,
    Doubted,
    Ground,
    Weighed,
    event_values,
    weighed,
)
from app.services.masking import closed
from app.services.quarter import ACT_PREFIX, require_round
from app.services.rights import Right
from app.services.saving import RecordSave, Saved
from app.services.surroundings import Frame, frame_of
from app.services.workplace import Workplace
from app.text.fold import fold
from app.text.normalize import clean

_SEPARATOR = " · "
_A_QUARTER = timedelta(days=92)
#: The household that another one is merged into: no form has such a field.
_TARGET = Field("household", "ref", Label("", ""), Label("", ""))


class LifeEvents:
    """Use cases of the short forms."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    # --- asking -----------------------------------------------------------------------------

    def form(self, code: str, household: str, child: str = "") -> BoundForm:
        """The short form of an event for a household, or for one child of it.

        A field that the forms in force have dropped is not asked. Raises KnownError
        `records.unknown`.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        form = SHORT_FORMS[code]
        with workplace.store.read() as reading:
            frame = frame_of(workplace, reading)
            home = _record(reading, "household", household)
            answers = []
            for asked in _asked_of(form, child):
                field = _field(frame, asked)
                if field is not None:
                    choices = self._choices(reading, home, asked)
                    own = _called(home) if asked.field == "household" else ""
                    answers.append(Answer(asked, field, choices, own))
        return BoundForm(code, form.about, tuple(answers), frame.today)

    def _choices(self, reading: Reading, home: RecordView, asked: Asked) -> tuple[Choice, ...]:
        unit = str(home.values.get("owner_unit") or "")
        if asked.field == "household":
            village = str(home.values.get("village") or "")
            found = quarter_queries.neighbours(reading, unit, village, home.id)
            labels = [
                _SEPARATOR.join(filter(None, (one.number, one.head, one.village))) for one in found
            ]
            return tuple(
                Choice(one.id, label, fold(label)) for one, label in zip(found, labels, strict=True)
            )
        if asked.field == "event_place":
            return tuple(Choice(one.name, one.name) for one in communes(self._workplace))
        return ()

    def arrivals(self, unit: str = "") -> list[ChildRow]:
        """The children of a commune who came here and stand in no household of it yet."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            ids = quarter_queries.arrivals(reading, unit or self._workplace.unit)
            return register.child_rows(reading, ids)

    def begun(self, places: Collection[Place]) -> list[Begun]:
        """Where events belong that were begun, in the order of the households' numbers."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return begun(reading, places, self._workplace.reach())

    def judge(self, draft: Draft) -> Verdict:
        """What is to be said of an event as it is typed; nothing is written.

        Raises KnownError `records.unknown`.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return Verdict(self._weigh(reading, draft, new_id())[2].remarks)

    # --- writing ----------------------------------------------------------------------------

    def write(self, draft: Draft) -> Written:
        """Write the event and what follows from it.

        Raises KnownError for what cannot have happened (`quarter.refused.…`, or the validator's own
        sentence), `quarter.reason_wanted`, `quarter.no_round`, `records.unknown`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        draft = replace(draft, reason=clean(draft.reason))
        act = f"{ACT_PREFIX}{new_id()}"
        with workplace.write() as work:
            require_round(work.connection)
            scene, outcome, said, home = self._weigh(work.connection, draft, act)
            _refuse(Verdict(said.remarks), draft)
            outcome = self._with_reasons(work.connection, outcome, said.doubted, draft.reason)
            saves = self._saves(work.connection, draft, scene, outcome, home, act)
            done = saving.save_in(workplace, work, saves, act)
            work.commit()
        return _written(act, draft, outcome, done)

    def last_act(self, household: str = "") -> LastAct | None:
        """What was done last in the review on a household, or here at all; see `last_act`."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return last_act(self._workplace, reading, household)

    def take_back(self, act: str) -> int:
        """Take an event back with all that followed from it; returns how many operations.

        Raises KnownError `quarter.act_unknown`, `quarter.act_sent` once a bundle may have carried
        it, `quarter.act_perhaps_sent` when the register was restored since,
        `quarter.act_built_on` when somebody has since worked on a record of it.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = acts.in_the_way(work.connection, act)
            if not act.startswith(ACT_PREFIX) or (found and found.what is Obstacle.UNKNOWN):
                raise KnownError("quarter.act_unknown", "quarter.act_unknown_hint")
            if found is not None and found.what is Obstacle.SENT:
                raise KnownError("quarter.act_sent", "quarter.act_sent_hint")
            if found is not None and found.what is Obstacle.PERHAPS_SENT:
                raise KnownError("quarter.act_perhaps_sent", "quarter.act_perhaps_sent_hint")
            if found is not None:
                raise KnownError("quarter.act_built_on", "quarter.act_built_on_hint")
            done = acts.put_aside(work, act)
            work.audit("event_set_aside", operations=done)
            work.commit()
        return done

    # --- the scene --------------------------------------------------------------------------

    def _weigh(
        self, reading: Reading, draft: Draft, act: str
    ) -> tuple[Scene, Outcome, Weighed, RecordView]:
        workplace = self._workplace
        frame = frame_of(workplace, reading)
        home = _record(reading, "household", draft.household)
        unit = str(home.values.get("owner_unit") or workplace.unit)
        # Whoever left for no unit that is named is still this one's to write about.
        children = [
            one
            for one in register.children_of(reading, home.id)
            if one.values.get("owner_unit") in (unit, OUTSIDE, UNKNOWN)
        ]
        if draft.child and all(one.id != draft.child for one in children):
            children.append(self._arrival(reading, draft, unit))
        asked = _asked_of(SHORT_FORMS[draft.code], draft.child)
        scene = self._scene(reading, frame, draft, home, children, act)
        held = quarter_queries.events_since(reading, [draft.child], "") if draft.child else []
        scene = replace(scene, held=tuple(one.values for one in held))
        outcome = CONSEQUENCES[draft.code](draft.answers, scene)
        window = _window(frame, home, open_round(reading))
        if held:
            said = held[0].values
            events = frame.catalogue.code_list("life_events")
            window = replace(
                window,
                event=events.label(str(said.get("event") or ""), language()),
                event_day=str(said.get("event_date") or ""),
            )
        ground = Ground(workplace, reading, frame, home, children)
        return scene, outcome, weighed(ground, draft, asked, scene, outcome, window), home

    def _arrival(self, reading: Reading, draft: Draft, unit: str) -> RecordView:
        """A child who is not of the household: only one who came here may be put into it."""
        if draft.code != "moved_in" or draft.child not in quarter_queries.arrivals(reading, unit):
            raise KnownError("records.unknown", "records.unknown_hint", id=draft.child)
        return _record(reading, "child", draft.child)

    def _scene(
        self,
        reading: Reading,
        frame: Frame,
        draft: Draft,
        home: RecordView,
        children: list[RecordView],
        act: str,
    ) -> Scene:
        unit = str(home.values.get("owner_unit") or self._workplace.unit)
        form = SHORT_FORMS[draft.code]
        scene = Scene(
            unit=unit,
            household=home.id,
            home=home.values,
            children={one.id: one.values for one in children},
            child=draft.child,
            new_child=derived_id(unit, _child_key(act)),
            new_home=derived_id(unit, _home_key(act)),
            # Of the ticked ones those who are still there, in the order of the book.
            ticked=tuple(one.id for one in children if one.id in draft.ticked),
        )
        if form.about is About.NEW_CHILD and not draft.child:
            scene = replace(scene, starting=self._starting(frame, children))
        if draft.code == "merged_household":
            target = _home_here(reading, str(draft.answers.get("household") or ""), unit)
            lines = [one.values.get("line_no") for one in register.children_of(reading, target)]
            taken = tuple(one for one in lines if isinstance(one, int))
            scene = replace(scene, target=target, target_lines=taken)
        if draft.code in ("moved_out", "moved_in"):
            typed = str(draft.answers.get("event_place") or "")
            place = moved_to(self._workplace, typed)
            if place in self._workplace.tree.units.whole_line(unit):
                place = unit  # a household of a commune that was merged into it lies there already
            if draft.code == "moved_out":
                groups = open_groups(reading, [home.id]).get(("household", home.id), set())
                scene = replace(scene, destination=place, undecided="place" in groups)
            else:
                scene = replace(scene, origin=place)
        return scene

    def _starting(self, frame: Frame, children: list[RecordView]) -> dict[str, Value]:
        """What a new line of the page starts with: defaults, and what siblings share, marked."""
        template = frame.template_for("child", {})
        sight = closed(self._workplace)
        shared = inherited(template, [sight.record(one).open_values for one in children])
        values: dict[str, Value] = {**defaults(template), **shared}
        if shared:
            values["inherited"] = sorted(shared)
        return values

    def _with_reasons(
        self, reading: Reading, outcome: Outcome, doubted: Sequence[Doubted], reason: str
    ) -> Outcome:
        """The outcome with the reason kept on each record for each warning it settles, as the
        household page keeps it.
        """
        writes = {one.id: one for one in outcome.writes}
        for one in doubted:
            write = writes[one.record]
            found = None if write.new else _record(reading, write.entity, write.id)
            stored = {} if found is None else found.values
            kept = with_reason({**stored, **write.values}, one.issue, reason)
            values = {**write.values, "warning_reasons": kept}
            writes[one.record] = replace(write, values=values)
        return replace(outcome, writes=tuple(writes.values()))

    # --- the saves --------------------------------------------------------------------------

    def _saves(
        self,
        reading: Reading,
        draft: Draft,
        scene: Scene,
        outcome: Outcome,
        home: RecordView,
        act: str,
    ) -> list[RecordSave]:
        """New records with their events, then the events of the others, then what changes: an
        event is written by whoever owns the record still, and a record is hidden last.
        """
        new = [one for one in outcome.writes if one.new]
        events = {
            record: Change(EVENT, event_values(draft, outcome, record, act), key=act)
            for record in outcome.events
        }
        keys = {scene.new_child: _child_key(act), scene.new_home: _home_key(act)}
        saves = [
            RecordSave(Change(one.entity, one.values, key=keys[one.id]), (events.pop(one.id),))
            for one in new
        ]
        saves += [RecordSave(change) for change in events.values()]
        written = {one.id: one for one in outcome.writes if not one.new}
        visited = self._visited(home, written.get(home.id))
        if visited is not None:
            written[home.id] = visited
        for one in written.values():
            found = home if one.id == home.id else _record(reading, one.entity, one.id)
            change = Change(one.entity, one.values, one.id, base=found.heads, loaded=found.values)
            saves.append(RecordSave(change))
        return saves

    def _visited(self, home: RecordView, write: Write | None) -> Write | None:
        """The household with the day of this visit, unless another commune or household takes it
        in: what happened after the last visit is judged by this one.
        """
        values = {} if write is None else dict(write.values)
        stays = values.get("owner_unit", OUTSIDE) in (OUTSIDE, UNKNOWN)
        if not stays or "merged_into" in values:
            return write
        return Write(
            "household", home.id, {**values, "survey_date": self._workplace.today().isoformat()}
        )


def _record(reading: Reading, entity: str, ent_id: str) -> RecordView:
    """A record that is not hidden. Raises KnownError `records.unknown`."""
    found = register.record(reading, entity, ent_id)
    if found is None or found.hidden:
        raise KnownError("records.unknown", "records.unknown_hint", id=ent_id)
    return found


def _called(home: RecordView) -> str:
    """Number and head of a household, as the choices have them."""
    names = (home.values.get("household_no"), home.values.get("head_name"))
    return _SEPARATOR.join(str(one) for one in names if one)


def _home_here(reading: Reading, household: str, unit: str) -> str:
    """A household that people of a unit can be written into, "" where it is none."""
    found = register.record(reading, "household", household)
    if found is None or found.hidden or found.values.get("owner_unit") != unit:
        return ""
    return found.id


def _asked_of(form: ShortForm, child: str) -> tuple[Asked, ...]:
    """Who is known already is not asked for again."""
    if form.about is About.NEW_CHILD and child:
        return tuple(one for one in form.asked if one.entity == EVENT)
    return form.asked


def _field(frame: Frame, asked: Asked) -> Field | None:
    template = frame.template_for("household" if asked.entity == "household" else "child", {})
    if asked.field == "household":
        return _TARGET
    return next((one for one in template.fields_of(asked.entity) if one.name == asked.field), None)


def _child_key(act: str) -> str:
    return f"child/{act}"


def _home_key(act: str) -> str:
    return f"household/{act}"


def _window(frame: Frame, home: RecordView, current: RoundView | None) -> Window:
    """The days this visit is about: since the last visit of an earlier round, up to the end."""
    if current is None:
        return Window(frame.today)
    asked = str(home.values.get("survey_date") or "")
    earlier = asked if len(asked) == len("2026-01-01") and asked < current.opens_on else ""
    long_ago = date.fromisoformat(current.opens_on) - _A_QUARTER if current.opens_on else None
    said = "" if long_ago is None else long_ago.isoformat()
    return Window(frame.today, earlier, current.closes_on, said)


def _refuse(verdict: Verdict, draft: Draft) -> None:
    for one in verdict.of(Weight.ERROR, Weight.MISSING):
        raise KnownError(one.message_id, "quarter.refused_hint", **one.parameters)
    if verdict.wants_reason and not draft.reason:
        raise KnownError("quarter.reason_wanted", "quarter.reason_wanted_hint")


def _written(act: str, draft: Draft, outcome: Outcome, done: list[Saved]) -> Written:
    made = {one.entity: one.id for one in outcome.writes if one.new}
    return Written(
        act,
        draft.code,
        made.get("child", ""),
        made.get("household", ""),
        sum(bool(one.errors) for one in done),
        next((one.elsewhere for one in done if one.elsewhere), ""),
    )
