"""Villages named in a column: found among those of the commune, or created once.

A village belongs to one commune of one edition. Two communes that went into one may both have had
a village of one name: what one of them called so is never taken for the other's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from app.matching.village_names import Sure, VillageNames
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services.importing.units_of_rows import Space, UnitOfRow
from app.services.village_names import village_words
from app.services.villages import village_key, village_keys
from app.text.fold import fold
from app.text.spelling import may_be_one, spelling

AMBIGUOUS = ""


@dataclass(slots=True)
class _Names:
    """The villages of a unit as rows of one unit may call them."""

    exact: dict[str, set[str]] = field(default_factory=dict)
    folded: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    written: VillageNames = field(default_factory=lambda: VillageNames(village_words()))
    #: Village of the register, not of this file → what it is called.
    held: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, village: str) -> None:
        self.written.add(village, name)
        self.exact.setdefault(spelling(name), set()).add(village)
        self.folded.setdefault(fold(name), set()).add((name, village))

    def alike(self, name: str) -> set[str]:
        """The villages of the name; where none is, those that are but for marks left out; else
        those whose kind or number is written in another way ("Thôn Một", "T.1").
        """
        same = self.exact.get(spelling(name))
        near = self.folded.get(fold(name), ())
        found = same or {village for called, village in near if may_be_one(called, name)}
        if found:
            return found
        read = self.written.recognise(name)
        return set(read.found) if read.outcome is Sure.RECOGNISED else set()

    def slipped(self, name: str) -> str:
        """What the one village of the register is called from which a name differs by one slip; ""
        where it is none, or several. Of another kind it is another village.
        """
        words = village_words()
        read = VillageNames(words, self.held.items()).recognise(name)
        if read.outcome is not Sure.PROPOSED:
            return ""
        called = self.held[read.village]
        kinds = {words.parted(name).kind, words.parted(called).kind} - {""}
        return called if len(kinds) < 2 else ""


class VillageBook:
    """Village names of the units of a file → record ids. Grows with villages, not with rows."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._names: dict[tuple[str, str], _Names] = {}
        self._views: dict[str, RecordView | None] = {}
        self._unmade: dict[str, Change] = {}
        self._made: set[str] = set()
        self._slips: dict[tuple[str, str, str], str] = {}

    def id_of(self, unit: UnitOfRow, name: str) -> str:
        """The id of the village of the unit's owner that its rows call `name`; that of one to be
        created when there is none.

        `AMBIGUOUS` when several villages bear the name, or differ from it in marks only.
        """
        names = self._names_of(unit.owner, unit.unit, unit.fellows)
        found = _find(names, name, unit.spaces[0])
        if found is None:
            found = self._to_create(unit.spaces[0], name)
            names.add(name, found)
        return found

    def slip(self, unit: UnitOfRow, name: str) -> str:
        """What a village of the register is called that rows of the unit probably mean by `name`,
        for no village is called so and that one is but for one slip; "" where there is none.

        A village that was retired or merged under this very name was meant as it is written. Two
        that this file names may both be right, so villages of the file are not compared.
        """
        known = (unit.owner, unit.unit, name)
        if known not in self._slips:
            self._slips[known] = self._slip(unit, name)
        return self._slips[known]

    def _slip(self, unit: UnitOfRow, name: str) -> str:
        names, space = self._names_of(unit.owner, unit.unit, unit.fellows), unit.spaces[0]
        if _alike(names, name, space) or self.namesakes(unit, name):
            return ""
        if any(self._view(space.id_of(key)) for key in village_keys(name)):
            return ""
        return names.slipped(name)

    def namesakes(self, unit: UnitOfRow, name: str) -> list[str]:
        """The villages of that name under the units before and after the row's unit; and those of
        its own owner where they are several.
        """
        found = set(
            _alike(self._names_of(unit.owner, unit.unit, unit.fellows), name, unit.spaces[0])
        )
        if len(found) == 1:
            found.clear()
        for owner in {space.owner for space in (*unit.spaces, *unit.kin)} - {unit.owner}:
            alike = _alike(self._names_of(owner, owner, ()), name, Space(owner))
            if len(alike) == 1:
                found |= alike
        return sorted(found)

    def meant(self, unit: UnitOfRow, name: str, owner: str, village: str) -> str:
        """The village that a row calls `name` for a household of `owner` that lies in `village`
        (empty: in none). It stays where it is unless more than the edition of the village differs.
        """
        held = self._view(village)
        called = "" if held is None or held.hidden else str(held.values.get("name", ""))
        if called == name:
            return village
        if owner != unit.owner:
            unit = UnitOfRow(unit.verdict, owner, owner, (Space(owner),))
        found = self.id_of(unit, name)
        if held is None or not may_be_one(called, name):
            return found
        return found if self._owner_of(found) == held.values.get("owner_unit") else village

    def take_new(self, used: Collection[object]) -> Sequence[Change]:
        """Those of the villages to create that are `used`, each handed out once."""
        taken = [one for one in self._unmade if one in used]
        self._made.update(taken)
        return [self._unmade.pop(one) for one in taken]

    def _names_of(self, owner: str, unit: str, fellows: Sequence[Space]) -> _Names:
        names = self._names.get((owner, unit))
        if names is None:
            names = self._names[owner, unit] = _Names()
            for village in register.villages(self._reading, owner):
                self._views[village.id] = village
                name = str(village.values.get("name", ""))
                keys = village_keys(name)
                if all(fellow.id_of(key) != village.id for fellow in fellows for key in keys):
                    names.add(name, village.id)
                    if village.id not in self._made:
                        names.held[village.id] = name
        return names

    def _to_create(self, space: Space, name: str) -> str:
        plain, marked = village_keys(name)
        taken = self._called(space.id_of(plain))
        chosen = plain if not taken or may_be_one(taken, name) else marked
        key, village = space.key(chosen), space.id_of(chosen)
        if village in self._unmade:
            return village
        aside = self._view(village)
        if aside is None:
            values = {"owner_unit": space.owner, "name": name}
            self._unmade[village] = Change("village", values, key=key)
            return village
        if aside.hidden and aside.values.get("entered_in_error"):
            # It was retired when it was empty; now somebody lives there.
            self._unmade[village] = Change("village", {"entered_in_error": False}, id=village)
            return village
        # It was imported before and then put aside; a village merged into another leads there.
        return str(aside.values.get("merged_into") or village)

    def _called(self, village: str) -> str:
        """The name of a village that is there or to be made; empty for none."""
        unmade, view = self._unmade.get(village), self._view(village)
        held = view.values if view is not None else {} if unmade is None else unmade.values
        return str(held.get("name") or "")

    def _view(self, village: str) -> RecordView | None:
        if village and village not in self._views:
            self._views[village] = register.record(self._reading, "village", village)
        return self._views.get(village)

    def _owner_of(self, village: str) -> object:
        unmade, view = self._unmade.get(village), self._view(village)
        held = view.values if view is not None else {} if unmade is None else unmade.values
        return held.get("owner_unit")


def _find(names: _Names, name: str, space: Space) -> str | None:
    alike = _alike(names, name, space)
    return AMBIGUOUS if len(alike) > 1 else next(iter(alike), None)


def _alike(names: _Names, name: str, space: Space) -> set[str]:
    """The villages that a name may mean."""
    alike = names.alike(name)
    if len(alike) < 2:
        return alike
    # Two communes that became one both had it: the one that rows of this very unit have made.
    made = space.id_of(village_key(name))
    return {made} if made in names.exact.get(spelling(name), ()) else alike
