"""The shipped tree of units with those that came later, held to the checks of loading.

Nobody can say who wrote what came, so what does not fit is named and left out: a unit comes in when
all it names is there, so a ring of parents never does; a successor is of a later edition than the
unit it follows, so a ring of those never does either. Of a unit whose name alone does not fit, only
the name is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from app.forms.references import Fault, SuccessorRow, UnitRow, Unusable, fault
from app.forms.tables import is_day
from app.forms.unit_checks import move_faults, parent_faults, unit_faults
from app.forms.units import (
    TIER_OF_LENGTH,
    Edition,
    Share,
    Succession,
    Tier,
    Unit,
    UnitTree,
)
from app.text.normalize import clean

#: What is wrong with what a unit is called, and not with where it stands.
_OF_LABELS = frozenset(("unit_name", "control", "too_long", "unit_kind"))
_TIERS = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)


def tree_with(
    base: UnitTree,
    rows: Sequence[UnitRow],
    successors: Sequence[SuccessorRow],
    unusable: list[Unusable],
) -> UnitTree:
    """`base` with what came later; the very same one when nothing did. What does not fit is added
    to `unusable`.
    """
    if not rows and not successors:
        return base
    came = _Came(base, rows, unusable)
    moves = tuple(came.moves(successors))
    editions = [one for one in came.editions.values() if one not in base.editions]
    return base.with_changes(came.units.values(), moves, editions)


class _Came:
    """What came, as far as it is usable: `units` by `CODE@EDITION`, `editions` by code."""

    def __init__(self, base: UnitTree, rows: Sequence[UnitRow], unusable: list[Unusable]) -> None:
        self._base = base
        self._unusable = unusable
        self.editions = {one.code: one for one in base.editions}
        sound = [kept for row in rows if (kept := self._sound(row)) is not None]
        self.editions.update(_new_editions(sound, self.editions))
        self.units: dict[str, Unit] = {}
        self._place(sound)

    def _sound(self, row: UnitRow) -> UnitRow | None:
        """The unit as far as it can be used: under its code when only its name or kind is wrong.

        Those are labels. Leaving the unit out for them would take the records of all that lies in
        it from everybody, and its PC could not even receive the corrected one.
        """
        faults = [*unit_faults(row._asdict())]
        if faults:
            self._unusable.append(Unusable("org_unit", _ref(row), faults[0]))
        rules = {one.rule for one in faults}
        if not rules <= _OF_LABELS:
            return None
        kind = "" if "unit_kind" in rules else row.kind
        return row._replace(name=row.code if rules - {"unit_kind"} else row.name, kind=kind)

    def _is(self, what: str, faults: Iterator[Fault], entity: str = "org_unit") -> bool:
        """Whether there is no fault; the first one is told."""
        found = next(faults, None)
        if found is not None:
            self._unusable.append(Unusable(entity, what, found))
        return found is None

    def _place(self, rows: Iterable[UnitRow]) -> None:
        """Put units under those above them, in as many passes as the tree is deep."""
        waiting = [row for row in rows if self._is(_ref(row), self._misplaced(row))]
        while waiting:
            left: list[UnitRow] = []
            for row in waiting:
                if row.parent not in self._base and row.parent not in self.units:
                    left.append(row)
                elif self._is(_ref(row), self._unfit(row)):
                    unit = _unit(row)
                    self.units[unit.ref] = unit
            if len(left) == len(waiting):
                for row in left:
                    found = fault("unit_parent", parent=row.parent)
                    self._unusable.append(Unusable("org_unit", _ref(row), found))
                return
            waiting = left

    def _misplaced(self, row: UnitRow) -> Iterator[Fault]:
        yield from parent_faults(row._asdict())
        begins = self.editions[row.edition].valid_from
        if begins is None or row.valid_from != begins.isoformat():
            day = "" if begins is None else begins.isoformat()
            yield fault("edition_day", edition=row.edition, day=day)

    def _unfit(self, row: UnitRow) -> Iterator[Fault]:
        ref, above, day = _ref(row), row.parent, date.fromisoformat(row.valid_from)
        if ref in self._base or ref in self.units:
            yield fault("unit_taken", unit=ref)
        stands = (
            self._base.stands_on(above, day)
            if above in self._base
            else self.editions[self.units[above].edition].is_valid_on(day)
        )
        if not stands:
            yield fault("unit_parent_gone", parent=above, day=row.valid_from)

    def moves(self, rows: Sequence[SuccessorRow]) -> Iterator[Succession]:
        """The usable successions, each once."""
        for one in dict.fromkeys(rows):
            what = f"{one.old_unit} → {one.new_unit}" if one.new_unit else one.old_unit
            faults = chain(self._unknown(one), self._unfit_move(one))
            if self._is(what, faults, "org_unit_successor"):
                share = Share.PART if one.split else Share.WHOLE
                if not one.new_unit:
                    share = Share.ABOLISHED
                yield Succession(one.old_unit, one.new_unit, share)

    def _unknown(self, move: SuccessorRow) -> Iterator[Fault]:
        old, new = move.old_unit, move.new_unit
        if old not in self._base and old not in self.units:
            yield fault("old_unknown", unit=old)
        if new and new not in self._base and new not in self.units:
            yield fault("new_unknown", unit=new)

    def _unfit_move(self, move: SuccessorRow) -> Iterator[Fault]:
        old, new = move.old_unit, move.new_unit
        yield from move_faults(old, new)
        if new and self._begins(old) >= self._begins(new):
            yield fault("new_not_later", old=old, new=new)
        if old in self._base and self._base.successors(old):
            yield fault("old_succeeded", unit=old)

    def _begins(self, ref: str) -> date:
        return self.editions[ref.partition("@")[2]].valid_from or date.min


def _ref(row: UnitRow) -> str:
    return f"{row.code}@{row.edition}"


def _unit(row: UnitRow) -> Unit:
    tier = TIER_OF_LENGTH[len(row.code)]
    return Unit(_ref(row), row.code, row.edition, clean(row.name), row.kind, tier, row.parent)


def _new_editions(
    rows: Iterable[UnitRow], known: Mapping[str, Edition]
) -> Iterator[tuple[str, Edition]]:
    """The editions that the rows speak of and the program does not know, dated by their units: by
    the day that most of them name, so that one mistake does not move all the others.
    """
    by_code: dict[str, list[UnitRow]] = {}
    for row in rows:
        if row.edition not in known:
            by_code.setdefault(row.edition, []).append(row)
    for code, members in by_code.items():
        days = Counter(row.valid_from for row in members)
        begins = min(days, key=lambda day: (-days[day], day))
        ends = [row.valid_to for row in members if row.valid_from == begins]
        last = date.fromisoformat(max(ends)) if all(map(is_day, ends)) else None
        tiers = {TIER_OF_LENGTH[len(row.code)] for row in members}
        held = tuple(one for one in _TIERS if one in tiers)
        yield code, Edition(code, date.fromisoformat(begins), last, held)
