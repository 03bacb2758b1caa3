"""Looking units up in the tree of an open installation."""

from __future__ import annotations

from app.forms.units import Tier, UnitTree
from app.services.unit_views import FoundUnit, UnitView, find_units, units_below, view_of
from app.services.workplace import Workplace


class UnitLookup:
    """Use cases on the tree of units."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    @property
    def _tree(self) -> UnitTree:
        return self._workplace.tree.units

    def below(
        self, unit: str | None, tier: Tier | None = None, *, deep: bool = False
    ) -> list[UnitView]:
        """The units under `unit` (this installation's own when None), itself first.

        `deep` goes all the way down. Raises KnownError `units.unknown`.
        """
        return units_below(
            self._tree, self._workplace.unit_named(unit or self._workplace.unit), tier, deep=deep
        )

    def view(self, unit: str) -> UnitView:
        """One unit of the tree. Raises KnownError `units.unknown`."""
        return view_of(self._tree, self._tree.unit(unit))

    def find(
        self, name: str, edition: str | None = None, tier: Tier | None = None
    ) -> list[FoundUnit]:
        """The units a text may mean. Raises KnownError `units.none_found`."""
        return find_units(self._tree, name, edition, tier)
