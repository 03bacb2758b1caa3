"""Units as people look for them: by name as typed, by what lies below what, by a bare code.

Works on any tree, that of an installation or the one that ships; it opens and imports no store.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from app.errors import KnownError
from app.forms.units import Tier, Unit, UnitTree, load_units, with_parents
from app.i18n import in_sentence, language, text
from app.matching.unit_reading import ANYWHERE, Context, Outcome, Reading
from app.services.unit_names import unit_names


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as people tell it from others: `full_name` holds its parents too."""

    ref: str
    name: str
    full_name: str
    tier: str
    parent: str
    became: tuple[str, ...]


#: How a unit was found that is there today where the named one was; and one whose name only begins
#: so, or has other marks.
BECAME, SIMILAR = "became", "similar"


@dataclass(frozen=True, slots=True)
class FoundUnit(UnitView):
    """A unit that a text may mean, and `how` it was recognised: `app.matching.unit_reading.How`, or
    `BECAME`, `SIMILAR`.
    """

    how: str


def how_text(how: str) -> str:
    """How a unit was recognised, in words."""
    return text(f"units.how.{how}")


def units_below(
    tree: UnitTree, unit: str, tier: Tier | None = None, *, deep: bool = False
) -> list[UnitView]:
    """A unit and those under it, all the way down when `deep`."""
    own = tree.unit(unit)
    found = tree.descendants(own.ref) if deep else tree.children(own.ref)
    return [view_of(tree, one) for one in (own, *found) if tier is None or one.tier is tier]


def find_units(
    tree: UnitTree, name: str, edition: str | None = None, tier: Tier | None = None
) -> list[FoundUnit]:
    """The units a text may mean: first those it names, then what became of them, then those called
    nearly so or whose names only begin like it. Raises KnownError `units.none_found`.
    """
    read = read_unit(tree, name, Context(edition=edition or ""))
    hows = {one.unit: one.how.value for one in read.found}
    for one in read.found:
        for later in (one.today, *one.parts):
            if later:
                hows.setdefault(later, BECAME)
    named = [tree.unit(ref) for ref in hows]
    others = (one.unit for one in tree.find(name, edition=edition, tier=tier))
    found = dict.fromkeys(one for one in (*named, *others) if tier in (None, one.tier))
    if not found:
        raise KnownError("units.none_found", "units.none_found_hint", name=name)
    return [
        FoundUnit(**asdict(view_of(tree, one)), how=hows.get(one.ref, SIMILAR)) for one in found
    ]


def read_unit(tree: UnitTree, name: str, context: Context = ANYWHERE) -> Reading:
    """What a written name of a unit means today."""
    return unit_names(tree, datetime.now(tz=UTC).astimezone().date()).recognise(name, context)


def units_called(tree: UnitTree, name: str, among: Collection[str]) -> tuple[str, ...]:
    """Those of some units (`CODE@EDITION`) that a written name may mean, today or formerly, with at
    most one slip: for a person to choose from, the surest first.
    """
    tops = {chain[-1].ref for one in among if (chain := tree.ancestors(one))}
    read = read_unit(tree, name, Context(within=tops, communes=True))
    meant = (ref for one in read.found for ref in (one.unit, one.today, *one.parts))
    return tuple(dict.fromkeys(ref for ref in meant if ref in among))


def outcome_text(tree: UnitTree, read: Reading) -> str:
    """What somebody who wrote a name has to know beside the units that were found: that there is
    more than one, that a slip was passed over, that the unit is no more; empty where nothing.
    """
    if read.outcome in (Outcome.RECOGNISED, Outcome.UNKNOWN, Outcome.ELSEWHERE):
        return ""
    units = [tree.unit(one.unit) for one in read.found]
    named = f"{in_sentence(units[0].full_name(language()))} ({units[0].ref})"
    parts = [tree.unit(one) for one in read.found[0].parts]
    today = ", ".join(f"{in_sentence(one.full_name(language()))} ({one.ref})" for one in parts)
    return text(f"units.outcome.{read.outcome}", unit=named, parts=today)


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
