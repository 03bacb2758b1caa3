"""How much each agreement and each difference speaks for one child, in bits.

After Fellegi and Sunter: what agrees by chance in one pair of 2^n speaks with n bits. What is said
of two records does not depend on which is named first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from rapidfuzz import fuzz
from rapidfuzz.distance import Hamming

from app.matching.given import Spelling, compared, written_alike
from app.matching.pair import Evidence
from app.matching.people import Birth, Name, Prepared
from app.matching.rarity import Rarity, Words


def weigh(one: Prepared, other: Prepared, rarity: Rarity) -> list[Evidence] | None:
    """What speaks for and against a pair; None where the given names are two names, or where a name
    is missing and nothing else names the child.
    """
    same_id = bool(one.personal_id) and one.personal_id == other.personal_id
    given = given_spelling(one, other)
    by_mother = given is Spelling.OTHER and named_after_mother(one, other) is not None
    if not (same_id or by_mother) and (given is Spelling.OTHER or _are_two(one, other)):
        return None
    found = []
    if by_mother:
        found += _mothers_name(one, other, rarity)
    else:
        if given is not None:
            found.append(Evidence("given", given_bits(given, one, other, rarity)))
        found += _names(one.name, other.name, rarity)
    if one.birth.year and other.birth.year:
        found.append(Evidence("birth", birth_bits(one.birth, other.birth, rarity.days)))
    if one.sex and other.sex:
        found.append(Evidence("sex", sex_bits(one.sex, other.sex)))
    if one.personal_id and other.personal_id:
        found.append(Evidence("personal_id", id_bits(one.personal_id, other.personal_id)))
    return [*found, *_parents(one, other, rarity), *_places(one, other, rarity)]


def _parents(one: Prepared, other: Prepared, rarity: Rarity) -> list[Evidence]:
    if one.mother.called or other.mother.called:
        found = _by_husband(one, other)
    else:
        years = one.mother_year, other.mother_year
        rare = _rare(rarity.of_mother, one, other)
        found = _parent("mother", one.mother, other.mother, rare, rarity.middle, *years)
    years = one.father_year, other.father_year
    rare = _rare(rarity.of_father, one, other)
    return found + _parent("father", one.father, other.father, rare, rarity.middle, *years)


def _places(one: Prepared, other: Prepared, rarity: Rarity) -> list[Evidence]:
    """Where and with whom the two live."""
    found = []
    if one.phone and one.phone == other.phone:
        found.append(Evidence("phone", 7))
    if one.head and one.head == other.head:
        # The head is a parent as a rule, whose name has spoken.
        parents = (one.mother_full, one.father_full, other.mother_full, other.father_full)
        found.append(Evidence("head", 0.5 if one.head in parents else 5))
    if one.unit and one.unit == other.unit:
        found.append(Evidence("unit", unit_bits(one.unit, rarity)))
        if one.village and one.village == other.village:
            found.append(Evidence("village", 1.5))
    if one.address and other.address:
        found.append(Evidence("address", _address_bits(one.address, other.address)))
    return found


def _are_two(one: Prepared, other: Prepared) -> bool:
    """Whether they are two children, whatever their names say."""
    if one.household and one.household == other.household:
        return not _may_be_twice(one, other)
    if one.foreign or other.foreign or (one.name.given and other.name.given):
        return False
    # Who has no name yet is known by the mother and the day alone.
    return not (one.birth.year and other.birth.year and _may_be_one_day(one.birth, other.birth))


def named_after_mother(one: Prepared, other: Prepared) -> Prepared | None:
    """Which of the two may be a newborn that was written under the name of the other's mother, as
    hospitals do (domain.md 3.3): born on the same day, and neither a mother nor an id stands
    beside it.
    """
    if one.birth.day and one.birth == other.birth:
        for bearer, child in ((one, other), (other, one)):
            alone = not (bearer.mother.given or bearer.personal_id)
            if alone and bearer.name.family and bearer.name == child.mother:
                return bearer
    return None


def _mothers_name(one: Prepared, other: Prepared, rarity: Rarity) -> list[Evidence]:
    child = other if named_after_mother(one, other) is one else one
    bits = rarity.of_mother(child) + middle_bits(
        child.mother.middle, child.mother.middle, rarity.middle
    )
    return [Evidence("mothers_name", min(MOST_OF_PARENT, bits))]


def given_spelling(one: Prepared, other: Prepared) -> Spelling | None:
    """How the given names go together; None where one is missing."""
    mine, theirs = one.name, other.name
    if not mine.given or not theirs.given:
        return None
    if not (one.foreign or other.foreign):
        return compared(mine.given, theirs.given)
    straight = written_alike(mine.given, theirs.given)
    if straight is Spelling.OTHER and mine.family and theirs.family:
        # Written in the other's column.
        crossed = (
            written_alike(mine.given, theirs.family),
            written_alike(mine.family, theirs.given),
        )
        return Spelling.SLIP if Spelling.OTHER not in crossed else straight
    return straight


def _may_be_twice(one: Prepared, other: Prepared) -> bool:
    """Whether two lines of one household may be one child. Each line of a page is a child: those of
    one day with other names are twins, and who writes marks leaves none out of one of the two;
    those of two days are brothers and sisters. Who had no name yet may stand there a second time
    by its name.
    """
    mine, theirs = one.name, other.name
    if not (mine.given and theirs.given):
        same_day = one.birth.day > 0 and one.birth == other.birth
        return same_day and bool(mine.given or theirs.given)
    if mine.given != theirs.given and not (one.bare or other.bare):
        return False
    between, others = Counter(mine.middle), Counter(theirs.middle)
    return (between <= others or others <= between) and _may_be_one_day(one.birth, other.birth)


def _may_be_one_day(one: Birth, other: Birth) -> bool:
    if not (one.day and other.day):
        return not (one.year and other.year) or one.year == other.year
    if one.year == other.year and (_heaped(one) or _heaped(other)):
        return True
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return same > 1 or (one.month, one.day) == (other.day, other.month)


def _by_husband(one: Prepared, other: Prepared) -> list[Evidence]:
    """A mother who is called by her husband's name says what the father's name says already."""
    fits = [
        compared(called.mother.given, husband.father.given) is not Spelling.OTHER
        for called, husband in ((one, other), (other, one))
        if called.mother.called and husband.father.given
    ]
    return [Evidence("mother", 1 if any(fits) else -1)] if fits else []


#: Words of a name go together more often than chance says.
_DEPENDENT = 0.7
#: What it takes off that a name is written otherwise.
_COSTS = {
    Spelling.SAME: 0,
    Spelling.MARKS: 1,
    Spelling.SOUND: 3,
    Spelling.SLIP: 4,
    Spelling.OTHER: 0,
}


def _rare(of: Callable[[Prepared], float], one: Prepared, other: Prepared) -> float:
    """What a name says that was counted among those of one family name: the less where there are
    two, unless one of them is the other cut short, among whom nobody was counted.
    """
    mine, theirs = one.name.family, other.name.family
    if mine and theirs and mine != theirs and _cut_short(mine, theirs):
        return of(max(one, other, key=lambda it: len(it.name.family)))
    return min(of(one), of(other))


#: Another given name, where the personal id is one.
_OTHER_GIVEN = -6.0


def given_bits(spelling: Spelling, one: Prepared, other: Prepared, rarity: Rarity) -> float:
    """What two given names say that go together so."""
    if spelling is Spelling.OTHER:
        return _OTHER_GIVEN
    return _rare(rarity.of_given, one, other) - _COSTS[spelling]


def _names(one: Name, other: Name, rarity: Rarity) -> list[Evidence]:
    found = []
    if one.family and other.family:
        found.append(Evidence("family", family_bits(one.family, other.family, rarity.family)))
    found.append(Evidence("middle", middle_bits(one.middle, other.middle, rarity.middle)))
    return found


def family_bits(one: str, other: str, rare: Words) -> float:
    """What two family names say."""
    alike = written_alike(one, other)
    if alike is not Spelling.OTHER:
        return min(rare[one], rare[other]) - _COSTS[alike]
    return 0.0 if _cut_short(one, other) else -4.0


def _cut_short(one: str, other: str) -> bool:
    return one[0] == other[0] and 1 in (len(one), len(other))


def middle_bits(one: tuple[str, ...], other: tuple[str, ...], rare: Words) -> float:
    """What the words between say: those that both have, those that one lacks, those that differ."""
    if one == other:
        return sum([rare[word] for word in one]) * _DEPENDENT
    if other < one:
        one, other = other, one
    bits, left, over = 0.0, [], list(other)
    for word in one:
        if word in over:
            over.remove(word)
            bits += rare[word] * _DEPENDENT
        else:
            left.append(word)
    for word in list(left):
        like = next((it for it in over if _may_be_short(word, it)), None)
        if like is not None:
            left.remove(word)
            over.remove(like)
    return bits - 3 * min(len(left), len(over)) - abs(len(left) - len(over))


def _may_be_short(one: str, other: str) -> bool:
    """Whether one is the other cut short, or written with a slip."""
    if one[0] != other[0]:
        return False
    return _cut_short(one, other) or compared(one, other) is not Spelling.OTHER


def birth_bits(one: Birth, other: Birth, rare: Words) -> float:
    """What two dates of birth say of which the years are known."""
    years = abs(one.year - other.year)
    if one == other:
        if one.day:
            return rare[one]
        return 7 if one.month else 3.5
    if not one.month or not other.month:
        return 3 if not years else -3 if years == 1 else -7
    if not one.day or not other.day:
        return 6 if not years and one.month == other.month else -2 if not years else -7
    if not years and (one.month, one.day) == (other.day, other.month):
        return 8
    same = (not years) + (one.month == other.month) + (one.day == other.day)
    if same == 2:
        # One part was misread; a year beside the right one likelier than another.
        return 5 if years < 2 else 1
    if _heaped(one) or _heaped(other):
        return 2 if not years else -3
    apart = abs(
        (one.year - other.year) * 372 + (one.month - other.month) * 31 + one.day - other.day
    )
    if 17 <= apart <= 56:
        return 3  # the lunar calendar runs about so many days behind
    return -3 if not years else -5 if years == 1 else -9


def _heaped(birth: Birth) -> bool:
    """The first of January stands for a day that nobody knew."""
    return birth.month == 1 and birth.day == 1


def sex_bits(one: str, other: str) -> float:
    """What it says to be a boy or a girl."""
    return 1 if one == other else -5


def id_bits(one: str, other: str) -> float:
    """What two personal ids say; one or two digits may be mistyped."""
    if one == other:
        return 25
    if len(one) == len(other) and Hamming.distance(one, other, score_cutoff=2) <= 2:
        return 3
    return -8


def unit_bits(unit: str, rarity: Rarity) -> float:
    """What it says that two live in one unit."""
    return min(4.0, rarity.units[unit] / 2)


def _address_bits(one: str, other: str) -> float:
    if one == other:
        return 9
    return 6 if fuzz.ratio(one, other, score_cutoff=80) else -1


#: What a parent's name says at most.
MOST_OF_PARENT = 14.0


def _parent(
    what: str, one: Name, other: Name, rare: float, words: Words, year: int, other_year: int
) -> list[Evidence]:
    """What a parent's name says, for `rare` bits where given and family name agree, and the year
    of birth beside it.
    """
    if not one.given or not other.given:
        return []
    spelling = compared(one.given, other.given)
    if spelling is Spelling.OTHER:
        return [Evidence(what, OTHER_PARENT)]
    bits = rare - _COSTS[spelling]
    if one.family and other.family and written_alike(one.family, other.family) is Spelling.OTHER:
        bits -= 2 if _cut_short(one.family, other.family) else 6
    bits += middle_bits(one.middle, other.middle, words) * _DEPENDENT
    found = [Evidence(what, max(-3.0, min(MOST_OF_PARENT, bits)))]
    if year and other_year:
        found.append(Evidence(f"{what}_year", year_bits(year, other_year)))
    return found


#: A parent of another name.
OTHER_PARENT = -5.0


def same_parent_bits(rare: float, between: float) -> float:
    """What the very same name of a parent says, of which the words between say so much by
    `middle_bits`; any other writing of it says less.
    """
    return max(-3.0, min(MOST_OF_PARENT, rare + between * _DEPENDENT))


def year_bits(one: int, other: int) -> float:
    """What the years say in which a parent was born."""
    apart = abs(one - other)
    return 3 if not apart else 0 if apart < 4 else -2
