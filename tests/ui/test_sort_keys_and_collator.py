"""The stored sort keys order as the collator of Qt does for Vietnamese."""

from __future__ import annotations

import random
import unicodedata

import pytest
from PySide6.QtCore import QCollator, QLocale

from app.text.sort_key import name_sort_key, natural_key
from app.text.written_syllables import _INITIALS, _RIMES, _places, is_written_syllable
from tests.integration.registers import sample_rows

TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]


@pytest.fixture(scope="module")
def collator() -> QCollator:
    made = QCollator(QLocale(QLocale.Language.Vietnamese, QLocale.Country.Vietnam))
    # Without its library of the world's orders Qt compares as the C locale does.
    assert made.compare("ă", "b") < 0 < made.compare("đ", "d"), "Qt was built without ICU"
    return made


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _order(one: str, other: str) -> int:
    return _sign((one.encode() > other.encode()) - (one.encode() < other.encode()))


def _syllable(numbers: random.Random) -> str:
    while True:
        initial = numbers.choice(["", *_INITIALS])
        rime, tone = numbers.choice(sorted(_RIMES)), numbers.choice(TONES)
        place = _places(rime)[0] + 1
        made = unicodedata.normalize("NFC", initial + rime[:place] + tone + rime[place:])
        if is_written_syllable(made):
            return made


def test_words_of_every_kind_follow_the_collator(collator: QCollator) -> None:
    numbers = random.Random(20_260_808)
    words = [_syllable(numbers) for _ in range(400)]
    # Words that differ in one sign only are where orders differ.
    words += [
        "ma",
        "mà",
        "mả",
        "mã",
        "má",
        "mạ",
        "măn",
        "mân",
        "man",
        "đa",
        "da",
        "e",
        "ê",
        "o",
        "ô",
    ]
    words += ["ơ", "u", "ư", "y", "i", "f", "j", "w", "z", "dz", "fa", "ja", "wa", "za", "9", "10"]
    for one in words:
        for other in numbers.sample(words, 60):
            if one.isdigit() and other.isdigit():
                continue  # numbers go by their size, Qt's go by their signs
            said = _sign(collator.compare(one, other))
            assert _order(name_sort_key(one), name_sort_key(other)) == said, (one, other)
            assert _order(natural_key(one), natural_key(other)) == said, (one, other)


def test_whole_names_follow_the_collator_part_by_part(collator: QCollator) -> None:
    """Given name first, then the middle names, then the family's."""
    numbers = random.Random(20_260_809)
    names = [unicodedata.normalize("NFC", row["name"]).lower() for row in sample_rows()]
    names = [name for name in names if name.replace(" ", "").isalpha() and name.strip() == name]
    names += [
        " ".join(_syllable(numbers) for _ in range(numbers.randint(1, 4))) for _ in range(2000)
    ]
    compared = 0
    for _ in range(20_000):
        one, other = numbers.sample(names, 2)
        parts = [_parts(name) for name in (one, other)]
        if any(_placed_otherwise(a, b) for a, b in zip(*parts, strict=True)):
            continue  # hòa and hoà are one word here, and two in Qt
        said = next((s for a, b in zip(*parts, strict=True) if (s := collator.compare(a, b))), 0)
        assert _order(name_sort_key(one), name_sort_key(other)) == _sign(said), (one, other)
        compared += 1
    assert compared > 19_000


def _parts(name: str) -> tuple[str, str, str]:
    words = name.split()
    return words[-1], " ".join(words[1:-1]), " ".join(words[:-1][:1])


def _placed_otherwise(one: str, other: str) -> bool:
    return one != other and natural_key(one) == natural_key(other)
