"""Units as people look for them: by name as typed, by what lies below what, by a bare code.

Works on any tree, that of an installation or the one that ships; it opens and imports no store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import KnownError
from app.forms.units import Tier, Unit, UnitTree, load_units, with_parents
from app.i18n import in_sentence, language


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as people tell it from others: `full_name` holds its parents too."""

    ref: str
    name: str
    full_name: str
    tier: str
    parent: str
    became: tuple[str, ...]


def units_below(
    tree: UnitTree, unit: str, tier: Tier | None = None, *, deep: bool = False
) -> list[UnitView]:
    """A unit and those under it, all the way down when `deep`."""
    own = tree.unit(unit)
    found = tree.descendants(own.ref) if deep else tree.children(own.ref)
    return [view_of(tree, one) for one in (own, *found) if tier is None or one.tier is tier]


def find_units(
    tree: UnitTree, name: str, edition: str | None = None, tier: Tier | None = None
) -> list[UnitView]:
    """The units a text may mean, the likeliest first. Raises KnownError `units.none_found`."""
    found = tree.find(name, edition=edition, tier=tier)
    if not found:
        raise KnownError("units.none_found", "units.none_found_hint", name=name)
    return [view_of(tree, one.unit) for one in found]


def called_unopened(unit: str) -> str:
    """A unit by name with its code beside it where no register is open that could name it: as the
    list calls it that ships; its code alone where a decree formed it since.
    """
    found = load_units().get(unit)
    return unit if found is None else f"{in_sentence(found.full_name(language()))} ({unit})"


def unit_in_force(tree: UnitTree, written: str) -> str:
    """`CODE@EDITION` as written; a bare code means the edition in force today.

    Raises KnownError `units.unknown`, `units.not_in_force`.
    """
    today = datetime.now(tz=UTC).astimezone().date()
    found = None if "@" in written else tree.unit_on(written, today)
    if found is None:
        refs = (f"{written}@{edition.code}" for edition in tree.editions)
        others = [ref for ref in refs if ref in tree]
        if others and "@" not in written:
            raise KnownError(
                "units.not_in_force",
                "units.not_in_force_hint",
                code=written,
                others=", ".join(others),
            )
        found = tree.unit(written if "@" in written else f"{written}@{tree.edition_on(today).code}")
    return found.ref


def view_of(tree: UnitTree, unit: Unit) -> UnitView:
    """How a unit is shown."""
    parents = tree.ancestors(unit.ref)
    return UnitView(
        unit.ref,
        unit.full_name(),
        with_parents(unit, parents),
        unit.tier.value,
        parents[0].ref if parents else "",
        tuple(move.new for move in tree.successors(unit.ref) if move.new),
    )
