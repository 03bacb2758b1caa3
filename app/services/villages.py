"""The villages of a commune: the local list that books and households refer to."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import KnownError
from app.forms.units import Tier
from app.models.queries import counting, register
from app.models.work import Change
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.fold import fold
from app.text.normalize import clean


@dataclass(frozen=True, slots=True)
class VillageView:
    """A village with what lies in it. `id` is empty for households without a village."""

    id: str
    name: str
    kind: str
    households: int
    children: int


class Villages:
    """Use cases on villages."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self, unit: str) -> list[VillageView]:
        """The villages of a commune in its own order. Raises KnownError `villages.not_commune`."""
        self._commune(unit)
        with self._workplace.store.read() as reading:
            kinds = {
                one.id: str(one.values.get("kind", "")) for one in register.villages(reading, unit)
            }
            return [
                VillageView(ent_id, name, kinds.get(ent_id, ""), households, children)
                for ent_id, name, households, children in counting.counts_by_village(
                    reading, unit, counting.basis_of(reading, self._workplace.today())
                )
            ]

    def add(self, unit: str, name: str, kind: str = "") -> str:
        """Add a village and return its id; the name of one that exists gives that one's id.

        Two PCs that add the same name meet in one record. Raises KnownError `villages.not_commune`,
        `villages.no_name`, `villages.unknown_kind`.
        """
        self._workplace.require(Right.ENTER)
        self._commune(unit)
        written = clean(name)
        if not written:
            raise KnownError("villages.no_name", "villages.no_name_hint")
        kinds = self._workplace.catalogue.code_list("village_kinds")
        found = kinds.find(kind) if kind else None
        if kind and found is None:
            raise KnownError("villages.unknown_kind", "villages.unknown_kind_hint", kind=kind)
        with self._workplace.write() as work:
            same = [
                one.id
                for one in register.villages(work.connection, unit)
                if fold(str(one.values.get("name", ""))) == fold(written)
            ]
            if same:
                return same[0]
            values = {"owner_unit": unit, "name": written, "kind": found.code if found else None}
            done = work.record(Change("village", values, key=village_key(written)))
            work.commit()
        return done.id

    def _commune(self, unit: str) -> None:
        self._workplace.scope_units(unit)
        if self._workplace.tree.units.tier(unit) is not Tier.COMMUNE:
            raise KnownError("villages.not_commune", "villages.not_commune_hint", unit=unit)


def village_key(name: str) -> str:
    """What the id of a village is derived from beside its commune, on every PC alike."""
    return f"village/{fold(name)}"
