"""A register of invented children, drawn from a seed, household by household.

`generate` streams: the memory it needs does not grow with the number of children (but for one
counter per year and sex of personal ids). Nobody in it exists. It writes nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.forms.code_lists import load_code_list
from app.forms.issues import Value
from app.forms.units import UnitTree, load_units
from app.services.invented.children import Birth, ChildMaker
from app.services.invented.circumstances import CircumstanceMaker, InventedCircumstance
from app.services.invented.draws import Calendar, Dice, Numbers
from app.services.invented.errors import ErrorPlanter
from app.services.invented.families import Family, FamilyMaker
from app.services.invented.names import communities, table, twin_names, words
from app.services.invented.places import Place, Village, place_of, village_names

_SIZES = table([("1", 45), ("2", 40), ("3", 12), ("4", 3)])
_RESIDENCE = table([("1", 958), ("2", 36), ("3", 6)])
_TWINS = 0.022  # of households with two children or more
_CHILDREN_PER_VILLAGE = 160
_LONGEST_VISITS = 30  # days before the reference date on which households were visited
_BOY, _GIRL = "1", "2"


@dataclass(frozen=True, slots=True)
class InventedChild:
    """A child: `values` are fields of the child record in stored form; absent means not there.

    `error` names the mistake that was planted, if one was (app.services.invented.errors).
    """

    key: str
    values: dict[str, Value]
    circumstances: tuple[InventedCircumstance, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class InventedHousehold:
    """A household of `commune` (CODE@EDITION) with its children in line order.

    `values` are fields of the household record in stored form; `village` there is the village's
    name. Ids, owner unit, template and links between records are left to the caller.
    """

    key: str
    commune: str
    district: str
    village: str
    values: dict[str, Value]
    children: tuple[InventedChild, ...]


def generate(
    seed: int,
    children: int,
    communes: Sequence[str],
    reference_date: date,
    tree: UnitTree | None = None,
) -> Iterator[InventedHousehold]:
    """Exactly `children` children under 16 on `reference_date`, in the given communes in order.

    The same arguments give the same register on every machine. Communes get shares of unequal
    size. Raises ValueError for no commune, a negative number or a unit that has units below it, and
    KnownError for a unit that is not in the tree.
    """
    if not communes or children < 0:
        raise ValueError("at least one commune and a number of children from 0 on are needed")
    maker = _RegisterMaker(seed, reference_date, tree or load_units())
    for ref in communes:
        place_of(maker.tree, ref)  # refuse a wrong unit now rather than after half the register
    return maker.households(children, communes)


class _RegisterMaker:
    def __init__(self, seed: int, reference_date: date, tree: UnitTree) -> None:
        self.tree = tree
        self._dice = Dice(seed)
        self._numbers = Numbers(self._dice)
        self._calendar = Calendar(reference_date)
        self._families = FamilyMaker(self._dice, self._numbers, self._calendar)
        self._children = ChildMaker(self._dice, self._numbers, self._calendar)
        self._circumstances = CircumstanceMaker(self._dice, self._calendar)
        self._errors = ErrorPlanter(self._dice)
        standards = load_code_list("poverty_standards").valid_on(reference_date)
        self._poverty_standard = standards[0].code if standards else None

    def households(self, children: int, communes: Sequence[str]) -> Iterator[InventedHousehold]:
        shares = [0.5 + self._dice.random() for _ in communes]
        total, passed, done = sum(shares), 0.0, 0
        for ref, share in zip(communes, shares, strict=True):
            passed += share
            end = round(children * passed / total)
            yield from self._commune(place_of(self.tree, ref), end - done)
            done = end

    def _commune(self, place: Place, children: int) -> Iterator[InventedHousehold]:
        count = min(max(children // _CHILDREN_PER_VILLAGE, 3), 14)
        villages = [self._village(name) for name in village_names(place, count)]
        done, before, number = 0, -1, 0
        while done < children:
            index = done * count // children
            number = 1 if index != before else number + 1
            before = index
            size = min(int(self._dice.pick(_SIZES)), children - done)
            yield self._household(place, villages[index], index, number, size)
            done += size

    def _village(self, name: str) -> Village:
        kinh = communities()["kinh"]
        family = self._dice.pick(kinh.family)
        enumerator = kinh.adult(self._dice.stream, family, woman=True)
        return Village(name, enumerator, self._numbers.phone())

    def _household(
        self, place: Place, village: Village, book: int, number: int, size: int
    ) -> InventedHousehold:
        dice, calendar = self._dice, self._calendar
        births = self._births(size)
        family = self._families.draw(place, calendar.years[births[0].day])
        poverty = self._poverty(family)
        visited = calendar.last - dice.below(_LONGEST_VISITS)
        survey = max(visited, births[-1].day)
        self._name_children(family, births)
        children = tuple(self._child(place, family, poverty, birth, survey) for birth in births)
        values = self._household_values(place, village, family, poverty)
        values["household_no"] = str(number)
        values["book_number"] = str(book + 1)
        values["survey_date"] = calendar.text[survey]
        return InventedHousehold(
            dice.key(), place.unit, place.district, village.name, values, children
        )

    def _child(
        self, place: Place, family: Family, poverty: str, birth: Birth, survey: int
    ) -> InventedChild:
        values = self._children.draw(place, family, poverty, birth, survey)
        found = self._circumstances.complete(values, family, poverty, birth.day, survey)
        error = self._errors.plant(values)
        return InventedChild(self._dice.key(), values, found, error)

    def _births(self, size: int) -> list[Birth]:
        """Birth days in order, at least ten months apart, or the same for twins."""
        dice, last = self._dice, self._calendar.last
        twins_at = dice.below(size - 1) if size > 1 and dice.random() < _TWINS else None
        gaps = [
            0 if index == twins_at else 300 + int(1500 * dice.random() * dice.random() + 200)
            for index in range(size - 1)
        ]
        span = sum(gaps)
        if span > last:
            gaps = [gap * last // span for gap in gaps]
            span = sum(gaps)
        day = dice.below(last - span + 1)
        # Elder siblings of 16 or more are not in the register but count in the order of birth.
        elder = 0
        if day < 2200 and dice.random() < 0.3:
            elder = 1 + dice.below(2)
        births = []
        for index in range(size):
            sex = _BOY if dice.random() < 0.525 else _GIRL
            twin = twins_at is not None and twins_at in (index, index - 1)
            births.append(Birth(day, sex, "", index + 1, elder + index + 1, twin))
            day += gaps[index] if index < size - 1 else 0
        return births

    def _poverty(self, family: Family) -> str:
        chance = self._dice.random() * 100
        people = family.community
        if chance < people.poor:
            return "1"
        if chance < people.poor + people.near_poor:
            return "2"
        return "3" if chance < people.poor + people.near_poor + 3 else "0"

    def _name_children(self, family: Family, births: list[Birth]) -> None:
        taken: set[str] = set()
        for index, birth in enumerate(births):
            if birth.name:
                continue
            if birth.twin and index + 1 < len(births) and births[index + 1].twin:
                self._name_twins(family, birth, births[index + 1])
                taken.update((birth.name, births[index + 1].name))
                continue
            birth.name = self._name(family, birth.sex)
            while birth.name in taken:
                birth.name = self._name(family, birth.sex)
            taken.add(birth.name)

    def _name(self, family: Family, sex: str) -> str:
        people, dice = family.community, self._dice
        role = "girl" if sex == _GIRL else "boy"
        middle = dice.pick(people.middles[role])
        given = dice.pick(people.givens[role])
        return people.write(
            family.name, self._long(family, middle, role), given, woman=role == "girl"
        )

    def _long(self, family: Family, middle: str, role: str) -> str:
        """One name in eleven has a further word; often it is the mother's family name."""
        chance = self._dice.random()
        if not middle or chance > 0.09:
            return middle
        own = chance < 0.04 and family.mothers_name
        first = family.mothers_name if own else self._dice.pick(words(f"second_{role}"))
        return middle if first in (middle, family.name) else f"{first} {middle}"

    def _name_twins(self, family: Family, one: Birth, other: Birth) -> None:
        """Names that differ in one syllable, as parents like them."""
        dice, people = self._dice, family.community
        if one.sex != other.sex:
            kind = "mixed"
            first, second = (one, other) if one.sex == _BOY else (other, one)
        else:
            kind = "boy" if one.sex == _BOY else "girl"
            first, second = one, other
        pairs = twin_names()[kind]
        pair = pairs[dice.below(len(pairs))]
        role = "girl" if kind == "girl" else "boy"
        middle = dice.pick(people.middles[role]) if kind != "mixed" else ""
        middle = middle or dice.pick(communities()["kinh"].middles["boy"])
        for birth, given in ((first, pair[0]), (second, pair[1])):
            birth.name = people.write(family.name, middle, given, woman=birth.sex == _GIRL)

    def _household_values(
        self, place: Place, village: Village, family: Family, poverty: str
    ) -> dict[str, Value]:
        dice, head = self._dice, family.head
        random = dice.random
        values: dict[str, Value] = {
            "village": village.name,
            "head_name": head.name,
            "head_sex": _GIRL if head.woman else _BOY,
            "head_birth_year": head.born,
            "head_ethnicity": head.ethnicity,
            "residence_status": dice.pick(_RESIDENCE),
            "poverty_status": poverty,
            "enumerator_name": village.enumerator,
            "enumerator_phone": village.enumerator_phone,
        }
        if head.personal_id is not None:
            values["head_personal_id"] = head.personal_id
        if random() < 0.7:
            number = 1 + dice.below(280 if place.urban else 9)
            values["address_detail"] = dice.pick(place.address).format(number=number)
        if random() < 0.78:
            values["phone"] = self._numbers.phone()
        year = self._calendar.reference.year
        if self._poverty_standard is not None:
            values["poverty_standard"] = self._poverty_standard
            values["poverty_year"] = year
        if poverty in ("1", "2") and random() < 0.85:
            values["poverty_certificate_no"] = f"{1 + dice.below(400):03d}/{year}"
        if family.flags:
            values["family_problem_flags"] = sorted(family.flags)
        if random() < 0.012:
            values["note"] = dice.pick(words("note"))
        return values
