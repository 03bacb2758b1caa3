"""A child as two records of it are compared: folded once, compared often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from app.matching.given import sound
from app.matching.person import Person
from app.text.fold import fold
from app.text.normalize import clean
from app.text.typed_keys import spelled

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ′`´‛＇ʹʽ"), "'")
#: `H. Minh Ngọc`: a family name cut short.
_INITIAL = re.compile(r"\s*\w\.")
_WORDS = re.compile(r"[\s.,()\[\]/]+")


#: Words before a name that say how one calls somebody: «chị Tuấn» may be Tuấn's wife.
_CALLED = frozenset(
    ("chi", "anh", "ba", "ong", "co", "chu", "bac", "vo", "chong", "me", "cha", "bo")
)


#: The words before a given name that say whether a man or a woman bears it.
_BEFORE_GIVEN = frozenset(("y", "h"))


class Name(NamedTuple):
    """A name word by word, in small letters: the given name, those between, the family name. The
    last two are folded. `called`: somebody is named as one calls him, by a name that may be
    the husband's.
    """

    given: str
    middle: tuple[str, ...]
    family: str
    called: bool = False

    @property
    def folded(self) -> str:
        """All of it, without marks."""
        return " ".join((self.family, *self.middle, fold(self.given)))


NOBODY = Name("", (), "")


# Brothers and sisters have the same parents, and a household has one head.
@lru_cache(maxsize=1 << 14)
def name_of(text: str, surname: str = "") -> Name:
    """A name taken apart; `surname` as in `Person`."""
    split = _WORDS.split(clean(text).translate(_APOSTROPHES))
    # A mark that stands alone is no word.
    words = [word for one in split if fold(word := spelled(one))]
    if not words:
        return Name("", (), fold(surname)) if surname else NOBODY
    if surname:
        return Name(words[0], tuple(map(fold, words[1:])), fold(surname))
    if len(words) == 1:
        return Name(words[0], (), "")
    if words[0] in _BEFORE_GIVEN and _INITIAL.match(text) is None:
        # Ê Đê, Mnông, Gia Rai: `Y Bhlôk Niê`, `H'Hen Niê`; the clan stands last.
        return Name(words[1], (), fold(words[2]) if len(words) > 2 else "")
    if words[0].startswith("h'") and len(words[0]) > 2:
        return Name(words[0], (), fold(words[-1]))
    if len(words) == 2 and fold(words[0]) in _CALLED:
        return Name(words[1], (), "", called=True)
    return Name(words[-1], tuple(map(fold, words[1:-1])), fold(words[0]))


class Birth(NamedTuple):
    """A date of birth, 0 for what is not known."""

    year: int
    month: int
    day: int


UNBORN = Birth(0, 0, 0)
_DATE = re.compile(r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2}))?)?")


def birth_of(text: str) -> Birth:
    """`2019`, `2019-05`, `2019-05-01` or `20190501`; UNBORN for anything else."""
    found = _DATE.fullmatch(text)
    return UNBORN if found is None else Birth(*(int(one or 0) for one in found.groups()))


class Prepared(NamedTuple):
    """A person made ready to be compared."""

    id: str
    name: Name
    full: str
    heard: str
    birth: Birth
    sex: str
    personal_id: str
    mother: Name
    mother_full: str
    mother_year: int
    father: Name
    father_full: str
    father_year: int
    head: str
    phone: str
    household: str
    village: str
    unit: str
    address: str
    #: The names stand in two columns, and are of any language.
    foreign: bool
    #: Nothing in it has a mark: whoever wrote it wrote none.
    bare: bool


def prepared(people: Iterable[Person], is_placeholder: Callable[[str], bool]) -> Iterable[Prepared]:
    """Each of them made ready. What stands for a missing name says nothing (domain.md 9 item 6)."""
    for one in people:
        own = "" if is_placeholder(one.name) else one.name
        name = name_of(own, one.surname)
        mother, father = name_of(one.mother), name_of(one.father)
        yield Prepared(
            one.id,
            name,
            name.folded,
            sound(name.given),
            birth_of(one.birth_date),
            one.sex,
            _digits(one.personal_id),
            mother,
            mother.folded.strip(),
            _year(one.mother_year),
            father,
            father.folded.strip(),
            _year(one.father_year),
            name_of(one.head).folded.strip(),
            _digits(one.phone)[-9:],
            one.household,
            fold(one.village),
            one.unit,
            fold(one.address),
            bool(one.surname),
            all(text.isascii() for text in (one.name, one.mother, one.father)),
        )


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _year(text: str) -> int:
    return int(text[:4]) if text[:4].isdigit() else 0
