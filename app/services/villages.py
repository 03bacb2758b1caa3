"""The villages of a commune: the local list that books and households refer to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from app.errors import KnownError
from app.history.operation import Value
from app.i18n import language
from app.ids import derived_id
from app.models.queries import counting, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services.rights import Right, allows
from app.services.workplace import Workplace
from app.text.fold import fold
from app.text.normalize import clean
from app.text.spelling import may_be_one, spelling

#: More than any village's book holds.
MOST_EXPECTED = 99_999


@dataclass(frozen=True, slots=True)
class VillageView:
    """A village with what lies in it, and how much its paper book holds where somebody said so.
    `id` is empty for households without a village, and for the `departed`: children who left the
    commune and are counted there still.
    """

    id: str
    name: str
    kind: str
    households: int
    children: int
    expected_households: int | None = None
    expected_children: int | None = None
    departed: bool = False


class Villages:
    """Use cases on villages."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def kinds(self) -> list[tuple[str, str]]:
        """(code, label) of the kinds a village may be of."""
        kinds = self._workplace.catalogue.code_list("village_kinds")
        return [(one.code, one.label(language())) for one in kinds]

    def list(self, unit: str) -> list[VillageView]:
        """The villages of a commune in its own order. Raises KnownError `villages.not_commune`."""
        self._commune(unit)
        with self._workplace.store.read() as reading:
            held = {one.id: one.values for one in register.villages(reading, unit)}
            basis = counting.basis_of(reading, self._workplace.today())
            left = counting.moved_away_by_unit(reading, [unit], basis).get(unit, 0)
            found = [
                VillageView(
                    ent_id,
                    name,
                    str(held.get(ent_id, {}).get("kind") or ""),
                    households,
                    children,
                    *_expected(held.get(ent_id, {})),
                )
                for ent_id, name, households, children in counting.counts_by_village(
                    reading, unit, basis
                )
            ]
        return [*found, VillageView("", "", "", 0, left, departed=True)] if left else found

    def former(self, unit: str) -> Sequence[str]:
        """The communes that went into this one: what stood in their villages stands there until it
        is written to one of this commune's own.
        """
        self._commune(unit)
        return [one for one in self._workplace.tree.below(unit) if one != unit]

    def name(self, village: str) -> str:
        """What a village is called; empty for none."""
        with self._workplace.store.read() as reading:
            found = register.record(reading, "village", village)
        return "" if found is None else _name(found)

    def add(self, unit: str, name: str, kind: str = "") -> str:
        """Add a village and return its id; the name of one that exists gives that one's id.

        Two PCs that add the same name meet in one record. One that was retired comes back. The name
        that another village bore before it was renamed makes a village of its own.

        Raises KnownError `villages.not_commune`, `villages.no_name`, `villages.unknown_kind`,
        `villages.several` for a name without marks that several may bear, `rights.denied`.
        """
        if not allows(self._workplace.account.rights, Right.ADMIN):
            self._workplace.require(Right.ENTER)
        self._commune(unit)
        written, code = _written(name), self._kind(kind)
        with self._workplace.write() as work:
            same = _called(work.connection, unit, written)
            if len(same) > 1:
                raise KnownError("villages.several", "villages.several_hint", name=written)
            if same:
                return same[0].id
            done = work.record(_addition(work.connection, unit, written, code))
            work.commit()
        return done.id

    def rename(self, unit: str, village: str, name: str, kind: str | None = None) -> str:
        """Give a village (its id or its name) another name, and another kind unless that is None.

        Its households follow: they hold its id. Returns the id. Raises KnownError
        `villages.unknown`, `villages.taken`, and what `add` raises but for the rights.
        """
        self._workplace.require(Right.ADMIN)
        self._commune(unit)
        written = _written(name)
        values: dict[str, Value] = {"name": written}
        if kind is not None:
            values["kind"] = self._kind(kind)
        with self._workplace.write() as work:
            found = _one(work.connection, unit, village)
            bearing = (
                one for one in register.villages(work.connection, unit) if one.id != found.id
            )
            if any(may_be_one(_name(one), written) for one in bearing):
                raise KnownError("villages.taken", "villages.taken_hint", name=written)
            work.record(_edit(found, values))
            work.commit()
        return found.id

    def expect(self, unit: str, village: str, households: int | None, children: int | None) -> str:
        """Say how many households and children the paper book of a village (its id or its name)
        holds, None for nobody knows: progress is told against it. Returns the id.

        Raises KnownError `villages.expected`, `villages.unknown`, `villages.not_commune`.
        """
        self._workplace.require(Right.ADMIN)
        self._commune(unit)
        for said in (households, children):
            if said is not None and not 0 <= said <= MOST_EXPECTED:
                raise KnownError("villages.expected", "villages.expected_hint", most=MOST_EXPECTED)
        with self._workplace.write() as work:
            found = _one(work.connection, unit, village)
            values = {"expected_households": households, "expected_children": children}
            work.record(_edit(found, values))
            work.commit()
        return found.id

    def order(self, unit: str, villages: Sequence[str]) -> None:
        """Put villages (ids or names) first, in this order; the others follow as they stand.

        Raises KnownError `villages.unknown`, `villages.not_commune`.
        """
        self._workplace.require(Right.ADMIN)
        self._commune(unit)
        with self._workplace.write() as work:
            first = [_one(work.connection, unit, one) for one in villages]
            named = {one.id: one for one in first}
            rest = (one for one in register.villages(work.connection, unit) if one.id not in named)
            work.record_many(
                _edit(one, {"list_order": place})
                for place, one in enumerate((*named.values(), *rest), start=1)
            )
            work.commit()

    def retire(self, unit: str, village: str) -> str:
        """Take a village (its id or its name) that holds no household off the list; returns its id.

        Its name brings it back (`add`). A household that another PC put there meanwhile keeps its
        place, in a village without a name. Raises KnownError `villages.unknown`,
        `villages.not_empty`, `villages.not_commune`.
        """
        self._workplace.require(Right.ADMIN)
        self._commune(unit)
        with self._workplace.write() as work:
            found = _one(work.connection, unit, village)
            held = register.households_in(work.connection, found.id)
            if held:
                raise KnownError(
                    "villages.not_empty", "villages.not_empty_hint", name=_name(found), count=held
                )
            work.record(_edit(found, {"entered_in_error": True}))
            work.commit()
        return found.id

    def _kind(self, kind: str) -> str | None:
        """The code of a kind that somebody wrote. Raises KnownError `villages.unknown_kind`."""
        found = self._workplace.catalogue.code_list("village_kinds").find(kind) if kind else None
        if kind and found is None:
            raise KnownError("villages.unknown_kind", "villages.unknown_kind_hint", kind=kind)
        return None if found is None else found.code

    def _commune(self, unit: str) -> None:
        self._workplace.scope_units(unit)
        if not self._workplace.tree.units.holds_records(unit):
            raise KnownError("villages.not_commune", "villages.not_commune_hint", unit=unit)


def village_key(name: str) -> str:
    """What the id of a village is derived from beside its commune, on every PC alike."""
    return f"village/{fold(name)}"


def village_keys(name: str) -> tuple[str, str]:
    """The keys of a village, in order: the second for one whose name differs in marks alone from
    that of the village that has the first.
    """
    marked = unicodedata.normalize("NFC", spelling(name))
    return village_key(name), f"{village_key(name)}/{marked}"


def _written(name: str) -> str:
    written = clean(name)
    if not written:
        raise KnownError("villages.no_name", "villages.no_name_hint")
    return written


def _name(village: RecordView) -> str:
    return str(village.values.get("name") or "")


def _expected(values: Mapping[str, Value]) -> tuple[int | None, int | None]:
    households, children = values.get("expected_households"), values.get("expected_children")
    return (
        households if isinstance(households, int) else None,
        children if isinstance(children, int) else None,
    )


def _called(reading: Reading, unit: str, name: str) -> list[RecordView]:
    """The villages of a commune whose name is written so; where none is, those that are but for
    marks which one of the two leaves out.
    """
    known = register.villages(reading, unit)
    same = [one for one in known if spelling(_name(one)) == spelling(name)]
    return same or [one for one in known if may_be_one(_name(one), name)]


def _one(reading: Reading, unit: str, village: str) -> RecordView:
    """The village that an id or a name means. Raises KnownError `villages.unknown`."""
    known = register.villages(reading, unit)
    found = [one for one in known if one.id == village] or _called(reading, unit, village)
    if len(found) != 1:
        raise KnownError("villages.unknown", "villages.unknown_hint", name=village)
    return found[0]


def _edit(village: RecordView, values: Mapping[str, Value]) -> Change:
    return Change("village", values, id=village.id, base=village.heads, loaded=village.values)


def _addition(reading: Reading, unit: str, name: str, kind: str | None) -> Change:
    """A new record under the name, or the retired one brought back.

    The id that the name leads to may be that of a village that is called otherwise by now.
    """
    for key in _keys(name):
        held = register.record(reading, "village", derived_id(unit, key))
        if held is None:
            return Change("village", {"owner_unit": unit, "name": name, "kind": kind}, key=key)
        if held.hidden and may_be_one(_name(held), name):
            shown: dict[str, Value] = {"entered_in_error": False, "merged_into": None, "name": name}
            return _edit(held, shown | ({"kind": kind} if kind else {}))
    raise AssertionError("numbers end")


def _keys(name: str) -> Iterator[str]:
    yield from village_keys(name)
    yield from (f"{village_key(name)}/{place}" for place in count(2))
