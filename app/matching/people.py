"""A child as two records of it are compared: folded once, compared often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from sys import intern
from typing import NamedTuple, TypeVar

from app.matching.given import sound
from app.matching.person import Person
from app.text.fold import fold
from app.text.normalize import clean
from app.text.spelling import TILDE, marks_of
from app.text.syllables import is_syllable
from app.text.typed_keys import spelled

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ′`´‛＇ʹʽ"), "'")
#: `H. Minh Ngọc`: a family name cut short.
_INITIAL = re.compile(r"\s*\w\.")
_WORDS = re.compile(r"[\s.,()\[\]/]+")

_Written = TypeVar("_Written")
_Read = TypeVar("_Read")

#: Words before a name that say how one calls somebody: «chị Tuấn» may be Tuấn's wife. Written with
#: its marks none of them bears a tilde, as the family name does that folds to one of them.
_CALLED = frozenset(
    ("chi", "anh", "ba", "ong", "co", "chu", "bac", "vo", "chong", "me", "cha", "bo")
)


#: The words before a given name that say whether a man or a woman bears it.
_BEFORE_GIVEN = frozenset(("y", "h"))


class Name(NamedTuple):
    """A name word by word, in small letters: the given name, those between, the family name. The
    last two are folded. `called`: somebody is named as one calls him, by a name that may be
    the husband's. The rest follows from these (`named`).
    """

    given: str
    middle: tuple[str, ...]
    family: str
    called: bool
    #: All of it, without marks.
    folded: str
    #: The given name as `sound` leaves it.
    heard: str
    #: The given name is no syllable of the language: a slip, or a word of another one.
    odd: bool


class _Word(NamedTuple):
    """A word as `spelled` gives it, and what is asked of it."""

    written: str
    folded: str
    heard: str
    odd: bool


@lru_cache(maxsize=1 << 15)
def _word(written: str) -> _Word:
    folded = intern(fold(written))
    return _Word(intern(written), folded, intern(sound(written)), not is_syllable(folded))


@lru_cache(maxsize=1 << 15)
def _plain(piece: str) -> _Word | None:
    """What stands between two blanks; None where it is not a word of letters alone and so has to
    be looked at together with what stands around it.
    """
    cleaned = clean(piece)
    word = _word(spelled(cleaned))
    return word if cleaned.isalpha() and word.folded else None


def named(given: str, middle: tuple[str, ...], family: str, *, called: bool = False) -> Name:
    """A name of these words."""
    word = _word(given)
    parts = (family, *middle, word.folded) if family or middle else (word.folded,)
    folded = " ".join(parts) if word.folded else " ".join((family, *middle)).strip()
    return Name(word.written, middle, family, called, folded, word.heard, word.odd)


NOBODY = named("", (), "")


def name_of(text: str, surname: str = "") -> Name:
    """A name taken apart; `surname` as in `Person`."""
    words = [_plain(piece) for piece in text.split(" ")]
    known = [word for word in words if word is not None]
    if len(known) < len(words):
        split = _WORDS.split(clean(text).translate(_APOSTROPHES))
        # A mark that stands alone is no word.
        known = [word for one in split if (word := _word(spelled(one))).folded]
    return _taken_apart(text, known, surname)


def _taken_apart(text: str, words: list[_Word], surname: str) -> Name:
    """The name of these words; `text` as it was written."""
    if not words:
        return named("", (), fold(surname)) if surname else NOBODY
    first, last = words[0], words[-1]
    if surname:
        return named(first.written, tuple([one.folded for one in words[1:]]), fold(surname))
    if len(words) == 1:
        return named(first.written, (), "")
    if first.written in _BEFORE_GIVEN and _INITIAL.match(text) is None:
        # Ê Đê, Mnông, Gia Rai: `Y Bhlôk Niê`, `H'Hen Niê`; the clan stands last.
        return named(words[1].written, (), words[2].folded if len(words) > 2 else "")
    if first.written.startswith("h'") and len(first.written) > 2:
        return named(first.written[2:], (), last.folded)
    if len(words) == 2 and first.folded in _CALLED and not marks_of(first.written)[TILDE]:
        return named(last.written, (), "", called=True)
    return named(last.written, tuple([one.folded for one in words[1:-1]]), first.folded)


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
    birth: Birth
    sex: str
    personal_id: str
    mother: Name
    mother_year: int
    father: Name
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
    #: The whole name as it was written; "" where it says nothing.
    written: str

    @property
    def full(self) -> str:
        """The name, folded."""
        return self.name.folded

    @property
    def mother_full(self) -> str:
        """The mother's name, folded."""
        return self.mother.folded

    @property
    def father_full(self) -> str:
        """The father's name, folded."""
        return self.father.folded


class _Seen(dict[_Written, _Read]):
    """What was written → what it is read as, once for all who write the same: a province has two
    hundred thousand children, and their mothers far fewer names.
    """

    def __init__(self, read: Callable[[_Written], _Read]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, written: _Written) -> _Read:
        self[written] = read = self._read(written)
        return read


def prepared(people: Iterable[Person], is_placeholder: Callable[[str], bool]) -> Iterator[Prepared]:
    """Each of them made ready. What stands for a missing name says nothing (domain.md 9 item 6),
    and who is written under the mother's name has none yet (3.3), unless an id was given to it.
    """
    own = _Seen[tuple[str, str], Name](
        lambda name: name_of("" if is_placeholder(name[0]) else name[0], name[1])
    )
    names = _Seen[str, Name](name_of)
    births, years, folded = _Seen(birth_of), _Seen(_year), _Seen(fold)
    numbers = _Seen[str, str](lambda text: _digits(text)[-9:])
    texts = _Seen[str, str](lambda text: text)
    for one in people:
        name, mother = own[one.name, one.surname], names[one.mother]
        if name.family and name == mother and not one.personal_id:
            name = NOBODY
        yield Prepared(
            one.id,
            name,
            births[one.birth_date],
            texts[one.sex],
            _id(one.personal_id),
            mother,
            years[one.mother_year],
            names[one.father],
            years[one.father_year],
            names[one.head].folded,
            numbers[one.phone],
            texts[one.household],
            folded[one.village],
            texts[one.unit],
            folded[one.address],
            bool(one.surname),
            one.name.isascii() and one.mother.isascii() and one.father.isascii(),
            "" if not name.given else f"{one.surname} {one.name}" if one.surname else one.name,
        )


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else "".join(filter(str.isdigit, text))


def _id(text: str) -> str:
    """The digits of a personal id; one digit over and over stands for an id that nobody has."""
    digits = _digits(text)
    return digits if len(set(digits)) > 1 else ""


def _year(text: str) -> int:
    return int(text[:4]) if text[:4].isdecimal() else 0
