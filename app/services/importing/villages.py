"""Villages named in a column: found among those of the commune, or created once."""

from __future__ import annotations

from collections.abc import Sequence

from app.ids import derived_id
from app.models.queries import register
from app.models.store import Reading
from app.models.work import Change
from app.services.villages import village_key
from app.text.fold import fold

AMBIGUOUS = ""


class VillageBook:
    """Village names of the units of a file → record ids. Grows with villages, not with rows."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._by_name: dict[str, dict[str, str]] = {}
        self._by_fold: dict[str, dict[str, set[str]]] = {}
        self._new: list[Change] = []

    def id_of(self, owner: str, unit: str, name: str) -> str:
        """The id of a village of `owner` (or of the former `unit`), made when there is none.

        `AMBIGUOUS` when several villages differ from the name in marks only.
        """
        if owner not in self._by_name:
            self._load(owner, {owner, unit})
        found = self._by_name[owner].get(name)
        if found is not None:
            return found
        folded = fold(name)
        candidates = self._by_fold[owner].get(folded, set())
        if len(candidates) > 1:
            return AMBIGUOUS
        found = next(iter(candidates)) if candidates else self._create(owner, name, folded)
        self._by_name[owner][name] = found
        return found

    def _load(self, owner: str, units: set[str]) -> None:
        names = self._by_name[owner] = {}
        folds = self._by_fold[owner] = {}
        for unit in sorted(units):
            for village in register.villages(self._reading, unit):
                name = str(village.values.get("name", ""))
                names.setdefault(name, village.id)
                folds.setdefault(fold(name), set()).add(village.id)

    def _create(self, owner: str, name: str, folded: str) -> str:
        key = village_key(name)
        village = derived_id(owner, key)
        self._by_fold[owner].setdefault(folded, set()).add(village)
        aside = register.record(self._reading, "village", village)
        if aside is None:
            self._new.append(Change("village", {"owner_unit": owner, "name": name}, key=key))
            return village
        # It was imported before and then put aside; a village merged into another leads there.
        return str(aside.values.get("merged_into") or village)

    def take_new(self) -> Sequence[Change]:
        """The villages to create, each handed out once."""
        new, self._new = self._new, []
        return new
