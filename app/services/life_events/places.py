"""Where a child moved to, as people write it: a commune of the province, elsewhere, or unknown.

Only a commune that is named without doubt becomes the owner of the records; everything else leaves
them with the last unit (4-sync.md, "Owner changes"). Nothing is guessed: neither between two
communes of one name nor between a commune and a province.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.forms.units import Tier, Unit, UnitTree
from app.history.entities import OUTSIDE, UNKNOWN
from app.matching.unit_reading import Context, Outcome
from app.matching.unit_words import words_of
from app.services.unit_names import unit_names
from app.services.workplace import Workplace
from app.text.fold import fold
from app.text.normalize import clean

#: What people write who do not know, marks and case aside (template: help of `event_place`).
_NOT_KNOWN = frozenset(("khong ro", "khong biet", "chua ro", "unknown", "not known"))


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune one may have moved to. `name` tells it from its namesakes, `full_name` is kind and
    name alone; `called` are the ways to write it and `above` those of the units it lies in, folded.
    `formerly` are the ways to write those it was made of, whole or in part.
    """

    unit: str
    name: str
    full_name: str
    called: frozenset[str]
    above: frozenset[str]
    formerly: frozenset[str] = frozenset()


def communes(workplace: Workplace) -> tuple[Commune, ...]:
    """The communes of the province as they stand today, by name: nobody moves to one that was
    merged or split any more.
    """
    units = workplace.tree.units
    here = units.unit(workplace.unit)
    province = next(
        (one for one in (here, *units.ancestors(workplace.unit)) if one.tier is Tier.PROVINCE), None
    )
    if province is None:
        return ()
    below = [one for one in workplace.tree.below(province.ref) if units.tier(one) is Tier.COMMUNE]
    return _read(units, tuple(below), tuple(workplace.standing(below)))


@lru_cache(maxsize=2)  # asked for at every key in a form
def _read(
    units: UnitTree, below: tuple[str, ...], standing: tuple[str, ...]
) -> tuple[Commune, ...]:
    formerly: dict[str, list[Unit]] = {}
    for former in set(below).difference(standing):
        for one in units.after(former):
            formerly.setdefault(one, []).append(units.unit(former))
    found = (
        _commune(units.unit(one), units.ancestors(one), formerly.get(one, ())) for one in standing
    )
    return tuple(sorted(found, key=lambda one: fold(one.name)))


def _commune(unit: Unit, above: Iterable[Unit], formerly: Iterable[Unit]) -> Commune:
    chain = list(above)
    districts = [one.full_name() for one in chain if one.tier is not Tier.PROVINCE]
    return Commune(
        unit.ref,
        ", ".join((unit.full_name(), *districts)),
        unit.full_name(),
        _ways(unit),
        frozenset().union(*map(_ways, chain)),
        frozenset().union(*map(_ways, formerly)),
    )


def _ways(unit: Unit) -> frozenset[str]:
    return frozenset({fold(unit.name), fold(unit.full_name())})


def moved_to(workplace: Workplace, typed: str) -> str:
    """`destination` as this installation knows it, however the commune is written ("X.Ba Vinh (H.Ba
    Tơ)"). Elsewhere is only what is called like nothing in the province: a name with one slip, of a
    former district, or of a commune that was split, is not clear.
    """
    known = communes(workplace)
    found = destination(known, typed)
    if found != OUTSIDE or not known:
        return found
    province = workplace.tree.units.ancestors(known[0].unit)[-1].ref
    names = unit_names(workplace.tree.units, workplace.today())
    written = names.recognise(typed, Context(day=workplace.today()))
    read = names.recognise(typed, Context((province,), day=workplace.today(), communes=True))
    away = read.outcome in (Outcome.UNKNOWN, Outcome.ELSEWHERE)
    ours = set() if away else {one.unit for one in read.found}
    if written.found and written.outcome is not Outcome.PROPOSED:
        if ours.isdisjoint(one.unit for one in written.found):
            return OUTSIDE  # "tỉnh Bình Dương" is not a commune of that name
    elif away:
        return OUTSIDE
    if read.outcome is Outcome.RECOGNISED:
        if read.unit not in {one.unit for one in known}:
            return OUTSIDE  # the province itself
        bare = words_of(typed) == words_of(workplace.tree.units.unit(read.unit).name)
        return "" if bare else read.unit
    return ""


def destination(known: Sequence[Commune], typed: str) -> str:
    """The owner after a move to a place as typed, "xã Ba Vinh, huyện Ba Tơ": a unit of `known`, one
    of the words for none, or "" where it is not clear: several communes are called so, or only a
    name is given that a commune bears («Bình Dương» may as well be the province), or one that no
    commune bears any more.
    """
    wanted = fold(clean(typed))
    if not wanted or wanted in _NOT_KNOWN:
        return UNKNOWN
    first, *others = (part.strip() for part in wanted.split(","))
    others = [part for part in others if part]
    # The name as it was picked from the list is the whole of it, commas and all.
    exact = [one.unit for one in known if fold(one.name) == wanted]
    inside = [one for one in known if all(part in one.above for part in others)]
    fits = (
        exact
        or [one.unit for one in inside if first in one.called]
        or [one.unit for one in inside if first in one.formerly]
    )
    bare = not others and all(first != fold(one.full_name) for one in known)
    if len(fits) > 1 or (fits and not exact and bare):
        return ""
    return fits[0] if fits else OUTSIDE
