"""Where invented households live: villages, schools, hospitals and peoples of a commune.

Everything follows from the unit tree and `resources/invented/`; nothing claims to be the real
villages or schools of a commune.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from app.forms.units import Unit, UnitTree
from app.services.invented.names import (
    BITS,
    Community,
    Table,
    communities,
    read_table_file,
    table,
    word_list,
    words,
)

_SCHOOLS = (
    "nursery",
    "kindergarten",
    "primary",
    "lower_secondary",
    "upper_secondary",
    "continuing",
)
#: Two-digit province codes of the south, where villages are called otherwise.
_SOUTH_FROM = "70"
_URBAN = frozenset(("ward", "township"))


@dataclass(frozen=True, slots=True)
class Village:
    """One village: its name and who visits its households."""

    name: str
    enumerator: str
    enumerator_phone: str


@dataclass(frozen=True, slots=True)
class Place:
    """What a commune lends to the records of its children.

    `id_province` is the three-digit province of birth registration in personal ids, which did not
    change in 2025; `card_province` the two digits on health cards. `peoples` is a drawing table of
    communities.
    """

    unit: str
    district: str
    urban: bool
    id_province: str
    card_province: str
    origin: str
    born: Table
    schools: dict[str, Table]
    address: Table
    peoples: Table

    def community(self, random: Random) -> Community:
        """The community of a household."""
        return communities()[self.peoples[random.getrandbits(BITS)]]


@cache
def _settlement() -> dict[str, list[tuple[str, int]]]:
    shares: dict[str, list[tuple[str, int]]] = {}
    for row in read_table_file("settlement.csv"):
        shares.setdefault(row["unit"], []).append((row["community"], int(row["percent"])))
    return shares


def _oldest(tree: UnitTree, unit: Unit) -> Unit:
    """A unit of the earliest edition that the commune goes back to, or the commune itself."""
    before = tree.predecessors(unit.ref)
    while before:
        unit = tree.unit(before[0].old)
        before = tree.predecessors(unit.ref)
    return unit


def _peoples(tree: UnitTree, unit: Unit) -> Table:
    """The communities of the nearest unit for which shares are known; the rest is Kinh."""
    former = _oldest(tree, unit)
    for place in (former, *tree.ancestors(former.ref)):
        shares = _settlement().get(place.ref)
        if shares:
            rest = 100 - sum(percent for _, percent in shares)
            return table([*shares, ("kinh", rest)])
    return table([("kinh", 1)])


def place_of(tree: UnitTree, ref: str) -> Place:
    """The place of a commune (or of an island district without communes).

    Raises KnownError for a unit that is not in the tree and ValueError for one with units below:
    nobody lives in it directly.
    """
    unit = tree.unit(ref)
    above = tree.ancestors(ref)
    if tree.children(ref):
        raise ValueError(f"{ref} has units below it")
    former = _oldest(tree, unit)
    old_province = (tree.ancestors(former.ref) or (former,))[-1].code
    district = above[0] if len(above) > 1 else None
    filled = {
        "commune": _inside(unit),
        "name": unit.name,
        "province": above[-1].name,
        "district": _inside(district) if district else "",
    }
    born = "born_district" if district else "born_plain"
    return Place(
        unit=ref,
        district=district.code if district else "",
        urban=unit.kind in _URBAN,
        id_province="0" + old_province,
        card_province=old_province,
        origin=", ".join(each.full_name() for each in (unit, *above)),
        born=_filled(born, filled),
        schools={level: _filled(f"school_{level}", filled) for level in _SCHOOLS},
        address=words("address_ward" if unit.kind in _URBAN else "address_rural"),
        peoples=_peoples(tree, unit),
    )


def _inside(unit: Unit) -> str:
    """The full name within a sentence: the word for the kind in small letters."""
    name = unit.full_name()
    return name[0].lower() + name[1:]


def _filled(kind: str, values: dict[str, str]) -> Table:
    drawn = words(kind)
    texts = {text: text.format(**values) for text in set(drawn)}
    return tuple([texts[text] for text in drawn])


def village_names(place: Place, count: int) -> list[str]:
    """`count` villages of a commune: named ones first where its people name them, then numbered."""
    main = communities()[max(sorted(set(place.peoples)), key=place.peoples.count)]
    south = place.card_province >= _SOUTH_FROM
    if place.urban:
        style = "southern_ward" if south else "ward"
    else:
        style = "southern" if south else "lowland"
    named: list[str] = []
    if main.villages != "lowland" and not place.urban:
        named = list(word_list(f"village_{main.villages}"))[:count]
    (pattern,) = word_list(f"village_{style}")
    return named + [pattern.format(n=number) for number in range(1, count - len(named) + 1)]
