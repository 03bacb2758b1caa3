"""What a bundle would bring, row by row, told while its import is still to be decided.

The import has been run and not committed: what stands on the writing connection is what would be,
what another connection reads is what is. Between the two lies the preview, field by field. Level A
stays masked; nothing is decided or written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.history.door import State
from app.history.entities import ENTITIES
from app.i18n import in_sentence, text
from app.models.queries import brought as brought_queries
from app.models.queries import history, register
from app.models.queries.brought import Brought
from app.models.queries.handovers import RETURNED
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.arrival_names import ArrivalNames
from app.services.handles import name_unseen
from app.services.masking import MASKED, Shown, Sight, closed
from app.services.names_behind import names_behind, with_names
from app.services.reasons import behind, why
from app.services.rights import Right
from app.services.village_places import unit_names
from app.services.wording import entity_in_words, values_in_words
from app.services.workplace import Workplace

#: Records that are told one by one, and operations of each kind that are looked at for them: what
#: comes and looks as before is left out.
MOST_ROWS = 500
_MOST_LOOKED_AT = 4 * MOST_ROWS
#: Fields of a record that are told before and after.
_MOST_FIELDS = 12
#: What the program keeps for itself, and what is told by other rows.
_NOT_TOLD = frozenset(("template", "owner_unit", "household", "record", "line_no", "inherited"))


class Arrival(Enum):
    """What would become of a record, in the order in which it is told."""

    REFUSED = "refused"
    WAITING = "waiting"
    CONFLICT = "conflict"
    RETURNED = "returned"
    CHANGED = "changed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, as the form shows it: its label, what stands here, what would stand."""

    label: str
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """One record. `who` and `village`, by what it is called, and `village_id` are empty without
    the right to read. `why` is told of what would wait or be refused, of a review its verdict and
    reason.
    """

    arrival: Arrival
    entity: str
    id: str
    who: str
    what: str
    village: str
    changes: tuple[FieldChange, ...] = ()
    why: str = ""
    village_id: str = ""


@dataclass(frozen=True, slots=True)
class VillageCount:
    """Households and children of a village that the bundle holds something of; "" for none.
    `place` is the village with its unit where the bundle holds something of several.
    """

    village: str
    households: int
    children: int
    unit: str = ""
    place: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The rows, what needs a person first; `more`: there are others that are not told here. No
    villages without the right to read.
    """

    rows: tuple[ArrivalRow, ...]
    villages: tuple[VillageCount, ...]
    more: bool = False


def arrivals_of(workplace: Workplace, new: Reading, old: Reading, bundle: int) -> Arrivals:
    """The preview of bundle number `bundle`: `new` sees it taken in, `old` does not.

    Told as well: what was here before and counts otherwise because of it.
    """
    turned = brought_queries.turned(new, old, bundle, _MOST_LOOKED_AT)
    found = [one for one, _, _ in turned]
    found += brought_queries.looked_at(new, bundle, _MOST_LOOKED_AT)
    records: dict[tuple[str, str], list[Brought]] = {}
    for one in found:
        records.setdefault((one.entity, one.id), []).append(one)
    said = {one.operation: (by, reason) for one, by, reason in turned}
    villages = brought_queries.by_village(new, bundle)
    names = ArrivalNames(new, found, unit_names(workplace, {one.unit for one in villages}))
    teller = _Teller(workplace, new, old, names, said)
    order = list(records.items())
    rows: list[ArrivalRow] = []
    for start in range(0, len(order), MOST_ROWS):
        rows += teller.rows(order[start : start + MOST_ROWS])
        if len(rows) >= MOST_ROWS:
            break
    kept = sorted(rows[:MOST_ROWS], key=lambda one: _ORDER[one.arrival])
    # A village of one child names whom it is about.
    counts = [
        VillageCount(
            one.name,
            one.households,
            one.children,
            one.unit,
            names.place(one.name, one.unit),
            one.id,
        )
        for one in villages
        if teller.may_read
    ]
    more = len(rows) > MOST_ROWS or len(found) >= _MOST_LOOKED_AT
    return Arrivals(tuple(kept), tuple(counts), more=more)


_ORDER = {one: place for place, one in enumerate(Arrival)}
_STATES = {State.REFUSED.value: 0, State.WAITING.value: 1, State.ACCEPTED.value: 2}


class _Teller:
    """Puts records into rows, many at a time."""

    def __init__(
        self,
        workplace: Workplace,
        new: Reading,
        old: Reading,
        names: ArrivalNames,
        refused: Mapping[bytes, tuple[str, str]],
    ) -> None:
        self._workplace, self._new, self._old = workplace, new, old
        self._names, self._refused = names, refused
        self._aside = history.lying_aside(new)
        self._sight: Sight = closed(workplace)
        self.may_read = Right.READ in workplace.account.rights

    def rows(self, part: Sequence[tuple[tuple[str, str], Sequence[Brought]]]) -> list[ArrivalRow]:
        after, before = self._views(self._new, part), self._views(self._old, part)
        found = []
        for key, held in part:
            row = self._row(key, held, before.get(key), after.get(key))
            if row is not None:
                found.append(row)
        return found

    @staticmethod
    def _views(
        reading: Reading, part: Sequence[tuple[tuple[str, str], Sequence[Brought]]]
    ) -> dict[tuple[str, str], RecordView]:
        by_type: dict[str, list[str]] = {}
        for (entity, ent_id), _ in part:
            by_type.setdefault(entity, []).append(ent_id)
        return {
            (entity, ent_id): view
            for entity, ids in by_type.items()
            if entity in ENTITIES
            for ent_id, view in register.records(reading, entity, ids).items()
        }

    def _row(
        self,
        key: tuple[str, str],
        held: Sequence[Brought],
        before: RecordView | None,
        after: RecordView | None,
    ) -> ArrivalRow | None:
        entity, ent_id = key
        stopped = [one for one in held if one.state != State.ACCEPTED.value]
        changes = tuple(self._changes(entity, before, after))
        if stopped:
            worst = min(stopped, key=lambda one: _STATES[one.state])
            arrival = Arrival(worst.state)
            told = why(
                behind(worst.reason, aside=ent_id in self._aside), *self._refused_by(worst), entity
            )
        elif after is None or (before is not None and not changes and not after.conflicts):
            return None
        elif after.conflicts and (before is None or after.conflicts > before.conflicts):
            arrival, told = Arrival.CONFLICT, ""
        else:
            arrival, told = (Arrival.NEW if before is None else Arrival.CHANGED), ""
        if entity == "review" and after is not None and not stopped:
            told = self._verdict(after)
            if arrival is Arrival.NEW and after.values.get("result") == RETURNED:
                arrival = Arrival.RETURNED
        sides = [one.values for one in (after, before) if one is not None]
        village_id, village = self._names.village(held[0]) if self.may_read else ("", "")
        return ArrivalRow(
            arrival,
            entity,
            name_unseen(self._workplace.handles, entity, ent_id),
            self._names.who(held[0], sides) if self.may_read else "",
            entity_in_words(entity),
            village,
            changes if arrival is not Arrival.NEW else (),
            told,
            village_id,
        )

    def _refused_by(self, one: Brought) -> tuple[str, str]:
        """The unit above that refuses it, by name, and that one's reason."""
        by, reason = self._refused.get(one.operation, ("", ""))
        unit = self._workplace.tree.units.get(by) if by else None
        return by if unit is None else in_sentence(unit.full_name()), reason

    def _verdict(self, review: RecordView) -> str:
        """What a review came to, and why."""
        values = self._sight.values("review", review.values)
        worded = values_in_words(
            self._workplace.catalogue,
            "review",
            {name: values.get(name) for name in ("result", "reason")},
            review.values.get("template"),
        )
        told = {one.name: one.value for one in worded if isinstance(one.value, str)}
        if values.get("reason") is MASKED:
            told["reason"] = text("masking.mask")
        if not self.may_read:
            told.pop("reason", None)  # people are named in reasons
        return ": ".join(filter(None, (told.get("result"), told.get("reason"))))

    def _changes(
        self, entity: str, before: RecordView | None, after: RecordView | None
    ) -> Iterator[FieldChange]:
        if before is None or after is None or not self.may_read:
            return
        versions = [before.values, after.values]
        old = self._sight.values(entity, before.values, versions)
        new = self._sight.values(entity, after.values, versions)
        names = [
            name
            for name in {**old, **new}
            if name not in _NOT_TOLD
            and not name.startswith("_")
            and (old.get(name) != new.get(name) or self._hides(name, before, after, new))
        ]
        catalogue, stamp = self._workplace.catalogue, after.values.get("template")
        sides = [{name: side.get(name) for name in names} for side in (old, new)]
        named = names_behind(self._workplace, self._new, sides)
        was, becomes = (
            {
                one.name: one
                for one in with_names(values_in_words(catalogue, entity, side, stamp), named)
            }
            for side in sides
        )
        for name in list(becomes)[:_MOST_FIELDS]:
            yield FieldChange(becomes[name].label or name, was[name].value, becomes[name].value)

    @staticmethod
    def _hides(name: str, before: RecordView, after: RecordView, new: Mapping[str, Shown]) -> bool:
        """Whether a masked value changes: that it does is told, what it is is not."""
        return new.get(name) is MASKED and before.values.get(name) != after.values.get(name)
