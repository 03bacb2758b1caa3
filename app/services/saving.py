"""The one way a person's save becomes operations: from the window, a command, or a decision.

What is saved together is one transaction, one operation per changed record. An error never stops a
save; it only writes off the declaration *complete*, judged here by everything that is saved
together. What others declared and this save makes unsound is judged at the commit
(`app.services.declarations`): no operation is written on their records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from msgspec import structs

from app.forms.catalogue import stamp_for
from app.forms.context import Context
from app.forms.derived import filled_in
from app.forms.issues import Value
from app.forms.schema import Template
from app.forms.status_events import FOLLOWED, STATUS_EVENT, lost_its_event
from app.forms.validator import validate
from app.history.entities import ENTITIES, Family
from app.ids import derived_id, new_id
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.undecided import open_groups
from app.models.work import Change, UnitOfWork
from app.services.handles import name_of
from app.services.rights import Right
from app.services.surroundings import (
    PART_OF_CONTEXT,
    Frame,
    child_context,
    count_errors,
    frame_of,
    holders_of_number,
    household_context,
    of_one_register,
    other_holders,
    reference_day,
    unit_answering,
)
from app.services.taking_on import taken_on
from app.services.unseen import Completed, completed
from app.services.workplace import Workplace

_FORMS = ("household", "child")


@dataclass(frozen=True, slots=True)
class RecordSave:
    """One record to save: a household or child with the sub-records that go with it, or another.
    The fields `anew` of a household or child are written also where they hold that value already.
    """

    change: Change
    parts: tuple[Change, ...] = ()
    anew: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Saved:
    """What a saved record is now: the form's new base, and the values that were written.

    `id` is what it is called outside (`app.services.handles`), `op_id` the operation, None when
    nothing differed. `errors` is how many of them wrote off the declaration that the record is
    complete. `elsewhere` is the unit that a written record belongs to, where this PC may not write
    it: it is saved, but it will stop at the door above.
    """

    id: str
    base: tuple[bytes, ...]
    values: Mapping[str, Value]
    op_id: bytes | None
    errors: int = 0
    elsewhere: str = ""

    @property
    def written(self) -> bool:
        """Whether there was something to write."""
        return self.op_id is not None


def save(workplace: Workplace, saves: Sequence[RecordSave], act: str | None = None) -> list[Saved]:
    """Save records in one transaction; one result for each record and each part, in the order
    given (a record, then its parts). Raises KnownError `rights.denied`.
    """
    workplace.require(Right.ENTER)
    with workplace.write() as work:
        done = save_in(workplace, work, saves, act)
        work.commit()
    return done


def save_in(
    workplace: Workplace, work: UnitOfWork, saves: Sequence[RecordSave], act: str | None = None
) -> list[Saved]:
    """`save` in the caller's transaction, who asked for the right and commits."""
    together = _Together(workplace, work, act)
    meant = (_meant(workplace, one) for one in saves)
    named = [replace(one, change=_named(one.change)) for one in meant]
    together.households = {
        one.change.id or _id_of(one.change): _merged(together.completed(one.change).change)
        for one in named
        if one.change.entity == "household"
    }
    return [done for one in named for done in together.save(one)]


class _Together:
    """What is saved in one transaction, and what it is judged by; read only when it is needed."""

    def __init__(self, workplace: Workplace, work: UnitOfWork, act: str | None) -> None:
        self._workplace, self._work, self._act = workplace, work, act
        #: The households among what is saved, as they will stand.
        self.households: Mapping[str, Mapping[str, Value]] = {}

    @cached_property
    def _frame(self) -> Frame:
        return frame_of(self._workplace, self._work.connection)

    def completed(self, change: Change) -> Completed:
        """The save with what its form did not show, or with what it is made on now."""
        reading = self._work.connection
        if change.id is not None and change.loaded is None:
            found = register.record(reading, change.entity, change.id)
            if found is not None:
                change = replace(change, base=found.heads, loaded=found.values)
        return completed(self._workplace, reading, change)

    def save(self, save: RecordSave) -> list[Saved]:
        """Record one save and its parts."""
        errors = 0
        own = self.completed(save.change)
        parts = [self.completed(part) for part in save.parts]
        if own.change.entity in _FORMS:
            change = self._with_status(own.change, [part.change for part in parts])
            change = self._computed(change)
            if _merged(change).get("complete"):
                errors = self._errors(change, [part.change for part in parts])
            if errors:
                change = replace(change, values={**change.values, "complete": False})
            own = replace(own, change=taken_on(self._work, _anew(change, save.anew), self._act))
        elsewhere = self._elsewhere(own.change)
        done = replace(self._record(own), errors=errors)
        return [
            replace(one, elsewhere=elsewhere) if one.written else one
            for one in (done, *(self._record(one) for one in parts))
        ]

    def _with_status(self, change: Change, parts: Sequence[Change]) -> Change:
        """The change of a child with its follow-up status, if the event that set it goes: it is
        followed again, by the unit of its household. A household that went with it comes back.
        """
        events = [part for part in parts if part.entity == "life_event"]
        status = _merged(change).get("life_status")
        if change.id is None or not events or status not in STATUS_EVENT:
            return change
        known = register.belonging_to(self._work.connection, [change.id]).get(change.id, [])
        before = {one.id: one.values for one in known if one.entity == "life_event"}
        after = {**before, **{str(part.id or part.key): _merged(part) for part in events}}
        if not lost_its_event(status, before.values(), after.values()):
            return change
        values: dict[str, Value] = {**change.values, "life_status": FOLLOWED}
        if status == "MOVED_OUT":
            values["owner_unit"] = self._back_in_household(change.id, _merged(change), events)
        return replace(change, values=values)

    def _back_in_household(
        self, child_id: str, child: Mapping[str, Value], events: Sequence[Change]
    ) -> str:
        """The unit that a child comes back to with its household, which comes back with it where
        it had left by the same act: the one that had it last, whoever types that it is back. Where
        two people say two places of the household it stays where it is, for one of them to decide.
        """
        workplace, reading = self._workplace, self._work.connection
        home = register.record(reading, "household", str(child.get("household")))
        if home is None or home.hidden:
            return unit_answering(workplace, reading, child_id, str(child.get("owner_unit") or ""))
        owner = str(home.values.get("owner_unit") or "")
        unit = unit_answering(workplace, reading, home.id, owner)
        if owner == unit:
            return owner
        if "place" in open_groups(reading, [home.id]).get(("household", home.id), ()):
            return unit
        back = Change(
            "household",
            {"owner_unit": unit},
            home.id,
            base=home.heads,
            loaded=home.values,
            by_rule=True,
        )
        self._work.record(back, act=self._act)
        acts = {_merged(one).get("act") for one in events} - {None}
        for one in register.belonging_to(self._work.connection, [home.id]).get(home.id, []):
            if one.entity == "life_event" and one.values.get("act") in acts:
                gone = Change(
                    one.entity, {"_deleted": True}, one.id, base=one.heads, loaded=one.values
                )
                self._work.record(gone, act=self._act)
        return unit

    def _elsewhere(self, change: Change) -> str:
        """The unit that an existing record belongs to, if that is none of this PC's.

        By the owner before the save: whoever moves a record away owns it still.
        """
        loaded, record = change.loaded or {}, change.id
        if ENTITIES[change.entity].family is Family.SUB:
            record = str(_merged(change).get("record", ""))
            loaded = register.holder_values(self._work.connection, record)
        owner = str(loaded.get("owner_unit") or "")
        # Most saves are of what is new or this unit's own: they ask nothing more.
        if record is None or not owner or owner == self._workplace.unit:
            return ""
        tree, mine = self._workplace.tree, (self._workplace.unit, *self._workplace.certified)
        if owner in mine or tree.covers(mine, owner):
            return ""
        # Where several claim it, the door lets each of them in; where no unit is named, the last.
        claims = sorted(register.claimed_by(self._work.connection, record))
        if any(tree.covers(mine, one) for one in claims):
            return ""
        return owner if "@" in owner else next(iter(claims), "")

    def _record(self, save: Completed) -> Saved:
        recorded = self._work.record(save.change, act=self._act)
        values = _merged(save.change)
        name = name_of(self._workplace.handles, save.change.entity, recorded.id, values)
        return Saved(name, recorded.base, save.shown(values), recorded.op_id)

    def _computed(self, change: Change) -> Change:
        """The change with the fields the program fills in, moved to the form for editing."""
        merged = _merged(change)
        stamp = merged.get("template")
        template = self._for_editing(change.entity, stamp)
        computed = filled_in(template, merged, self._workplace.today())
        values: dict[str, Value] = {**computed, **change.values}
        if change.id is None or values:
            values["template"] = stamp_for(template, stamp)
        return replace(change, values=values)

    def _for_editing(self, form: str, stamp: Value) -> Template:
        catalogue = self._workplace.catalogue
        only = catalogue.only(form)
        if only is not None:
            return only  # which round is open is asked of the store at no save that need not know
        day = reference_day(self._workplace, self._work.connection)
        return catalogue.for_editing(form, stamp, day)

    def _errors(self, change: Change, parts: Sequence[Change]) -> int:
        """How many errors stand in a record that declares itself complete."""
        reading, frame = self._work.connection, self._frame
        ent_id, merged = change.id or _id_of(change), _merged(change)
        owner = str(merged.get("owner_unit") or frame.unit)
        if change.entity == "household":
            lines = [one.values for one in register.children_of(reading, ent_id)]
            children = len(of_one_register(frame, owner, lines))
            numbers = holders_of_number(frame, reading, owner)
            context = household_context(frame, ent_id, owner, children, numbers)
            return count_errors(validate(frame.template_of("household", merged), merged, context))
        household_id = str(merged.get("household") or "")
        household = self.households.get(household_id)
        if household is None:
            found = register.record(reading, "household", household_id)
            household = found.values if found is not None else {}
        siblings = [
            one.values for one in register.children_of(reading, household_id) if one.id != ent_id
        ]
        known = register.belonging_to(reading, [ent_id]).get(ent_id, [])
        holders = other_holders(frame, reading, ent_id, owner)
        context = child_context(frame, ent_id, household, siblings, known, owner, holders)
        context = _with_parts(context, parts)
        return count_errors(validate(frame.template_of("child", merged), merged, context))


def _anew(change: Change, fields: frozenset[str]) -> Change:
    if not fields:
        return change
    loaded = {name: value for name, value in (change.loaded or {}).items() if name not in fields}
    return replace(change, loaded=loaded)


def _meant(workplace: Workplace, save: RecordSave) -> RecordSave:
    """The save with the records that its form knows by their handles. A form holds ids as well, of
    what was begun in it: nobody types those.
    """

    def meant(change: Change) -> Change:
        behind = None if change.id is None else workplace.handles.id_of(change.id)
        return change if behind is None else replace(change, id=behind)

    return replace(save, change=meant(save.change), parts=tuple(map(meant, save.parts)))


def _named(change: Change) -> Change:
    """A new household or child with the key its id comes from: it is judged under its own id."""
    if change.entity in _FORMS and change.id is None and change.key is None:
        return replace(change, key=new_id(), unheard=True)
    return change


def _rewritten(found: RecordView, values: Mapping[str, Value]) -> Change:
    return Change(found.entity, values, found.id, base=found.heads, loaded=found.values)


def _id_of(change: Change) -> str:
    """The id that a new household or child will have."""
    owner, key = change.values.get("owner_unit"), change.key
    return derived_id(owner, key) if isinstance(owner, str) and key else ""


def _merged(change: Change) -> dict[str, Value]:
    return {**(change.loaded or {}), **change.values}


def _with_parts(context: Context, parts: Sequence[Change]) -> Context:
    """The context with the sub-records of this save in place of what the store holds of them."""
    changed: dict[str, list[Mapping[str, Value]]] = {}
    for part in parts:
        name = PART_OF_CONTEXT[part.entity]
        part_id = part.id or derived_id(str(_merged(part).get("record")), part.key or "")
        held = changed.setdefault(name, list(getattr(context, name) or ()))
        held[:] = [one for one in held if one.get("id") != part_id]
        held.append({**_merged(part), "id": part_id})
    return structs.replace(context, **{name: tuple(held) for name, held in changed.items()})
