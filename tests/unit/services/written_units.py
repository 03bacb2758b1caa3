"""Official names of units as people write them, and with one slip, from seeds."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from app.forms.units import Unit, UnitTree

_SHORT = {
    "province": "T.",
    "municipality": "TP.",
    "rural_district": "H.",
    "urban_district": "Q.",
    "town": "TX.",
    "city": "TP.",
    "commune": "X.",
    "ward": "P.",
    "township": "TT.",
    "special_zone": "ĐK.",
}
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("aeiouyAEIOUY")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
_LETTERS = "abcdeghiklmnopqrstuvxyàáảãạăâđèéẻẽẹêìíĩịòóõọôơùúủũụưỳýỹ"


def bare(text: str) -> str:
    """Without marks, as a keyboard without a driver gives it."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in parts if unicodedata.category(one) != "Mn")


def short(unit: Unit) -> str:
    """With the abbreviation for its kind."""
    return f"{_SHORT[unit.kind]} {unit.name}"


def other_tone(text: str) -> str:
    """`hòa` for `hoà` and the other way, in every syllable that has both places."""
    pairs = {"oà": "òa", "oá": "óa", "oả": "ỏa", "oạ": "ọa", "uỳ": "ùy", "uý": "úy", "uỷ": "ủy"}
    for one, other in pairs.items():
        for there, here in ((one, other), (other, one)):
            words = [w[: -len(there)] + here if w.endswith(there) else w for w in text.split(" ")]
            changed = " ".join(words)
            if changed != text:
                return changed
    return text


def i_for_y(text: str) -> str:
    """`Mĩ` for `Mỹ`."""
    table = str.maketrans({"ỳ": "ì", "ý": "í", "ỷ": "ỉ", "ỹ": "ĩ", "ỵ": "ị", "y": "i"})
    words = []
    for word in text.split(" "):
        lone = len(word) > 1 and all(one not in "aeiouyơưâêô" for one in bare(word[:-1]).lower())
        words.append(word[:-1] + word[-1].translate(table) if lone else word)
    return " ".join(words)


def numbered(text: str) -> str:
    """`01` for `1`, and what has no number as it stands."""
    head, _, last = text.rpartition(" ")
    return f"{head} 0{last}".strip() if last.isdigit() and len(last) == 1 else text


def in_roman(text: str) -> str:
    """`III` for `3`."""
    head, _, last = text.rpartition(" ")
    fits = last.isdigit() and 0 < int(last) < len(_ROMAN)
    return f"{head} {_ROMAN[int(last)]}".strip() if fits else text


def ways(tree: UnitTree, unit: Unit) -> Mapping[str, str]:
    """A unit in twelve ways to write it, by what each does."""
    above = tree.ancestors(unit.ref)
    names = [unit, *above]
    full = [one.full_name() for one in names]
    return {
        "kind and name": full[0],
        "name alone": unit.name,
        "no marks": bare(full[0]).lower(),
        "capitals, decomposed": unicodedata.normalize("NFD", full[0].upper()),
        "abbreviated": short(unit).replace(" ", "", 1),
        "tone elsewhere": other_tone(full[0]),
        "i for y": i_for_y(full[0]),
        "commas": ", ".join(full),
        "hyphens, names alone": " - ".join(one.name for one in names),
        "largest first, no marks": bare(", ".join(reversed(full))),
        "nothing between": " ".join(full),
        "office, numbers, brackets": f"UBND {in_roman(numbered(short(unit)))}"
        + (f" ({'; '.join(short(one) for one in above)})" if above else ""),
    }


def _letter(rng: random.Random, name: str) -> str:
    """One letter left out, put in, taken for another, or two in the other order."""
    at = rng.choice([place for place, one in enumerate(name) if one.isalpha()])
    other = rng.choice(_LETTERS)
    slips = (
        name[:at] + name[at + 1 :],
        name[:at] + other + name[at:],
        name[:at] + other + name[at + 1 :],
        name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    )
    return rng.choice(slips)


def _mark(rng: random.Random, name: str) -> str:
    """The tone of one syllable another, one more, or left out."""
    words = name.split(" ")
    at = rng.choice([place for place, word in enumerate(words) if set(bare(word)) & _VOWELS])
    letters = list(unicodedata.normalize("NFC", words[at]))
    toned = [p for p, one in enumerate(letters) if set(unicodedata.normalize("NFD", one)) & _TONES]
    vowels = [p for p, one in enumerate(letters) if set(bare(one)) & _VOWELS]
    place = rng.choice(toned or vowels)
    parts = unicodedata.normalize("NFD", letters[place])
    plain = unicodedata.normalize("NFC", "".join(one for one in parts if one not in _TONES))
    held = next((one for one in parts if one in _TONES), "")
    letters[place] = unicodedata.normalize(
        "NFC", plain + rng.choice([one for one in ("", *sorted(_TONES)) if one != held])
    )
    words[at] = "".join(letters)
    return " ".join(words)


_SLIPS: Sequence[Callable[[random.Random, str], str]] = (_letter, _mark)


def misspelt(rng: random.Random, name: str) -> str:
    """A name with letters with one slip of a letter or a mark; another text always."""
    while True:
        written = rng.choice(_SLIPS)(rng, name).strip()
        if written.casefold() != name.casefold() and any(map(str.isalpha, written)):
            return written
