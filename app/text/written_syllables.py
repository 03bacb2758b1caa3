"""Whether a word with its marks can be a syllable of written Vietnamese.

Stricter than `syllables`, which knows no marks: the rime bears its shapes (`uô`, never `uo` before
a consonant), there is at most one tone, and a syllable that is stopped by c, ch, p or t has sắc or
nặng. That is what tells a text from one read in the wrong code.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _words(text: str) -> list[str]:
    return text.split()


_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_OF_STOPPED = frozenset("\u0301\u0323")
_STOPS = ("c", "ch", "p", "t")
_INITIALS = _words("ngh ng nh ch gh gi kh ph qu th tr b c d đ g h k l m n p r s t v x")
_INITIAL = re.compile("|".join(_INITIALS))
_RIMES = frozenset(
    _words("""
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êng êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi
    om on ong oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh uêt uêu ui um un ung uôc uôi uôm uôn uông uôt uơ up ut
    uy uya uych uyn uynh uyp uyt uyu uyên uyêt
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu
    """)
)


_SHAPED = frozenset("ăâêôơư")
_VOWELS = _SHAPED | frozenset("aeiouy")
#: `nghiêng` with its marks on their own. Longer words are not remembered either.
_LONGEST = 10
#: Open rimes of two plain vowels whose tone is written on either (`hòa`, `hoà`).
_EITHER = frozenset({"oa", "oe", "uy"})


def is_written_syllable(word: str, *, strict: bool = False) -> bool:
    """Whether a word, in small letters, capitals or begun with one, can be read as a syllable.

    `strict`: the tone stands where it is written, not on a neighbouring vowel.
    """
    return len(word) <= _LONGEST and _is_syllable(word, strict=strict)


@lru_cache(maxsize=1 << 15)
def _is_syllable(word: str, *, strict: bool) -> bool:
    if not (word.islower() or word.isupper() or (word[:1].isupper() and word[1:].islower())):
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [one for one in parts if one in _TONES]
    bare = unicodedata.normalize("NFC", "".join(one for one in parts if one not in _TONES))
    if len(tones) > 1 or (bare.endswith(_STOPS) and not _OF_STOPPED.issuperset(tones)):
        return False
    rime = _rime_of(bare)
    if rime is None or not tones:
        return rime is not None
    before = unicodedata.normalize("NFC", parts[: parts.index(tones[0])])
    place = len(before) - 1 - (len(bare) - len(rime))
    return place in _places(rime) if strict else before[-1:] in _VOWELS


def _rime_of(bare: str) -> str | None:
    """What follows the initial consonant of a syllable without tone; None if it is no syllable."""
    if bare in _RIMES:
        return bare
    initial = _INITIAL.match(bare)
    if initial is None:
        return None
    rest = bare[initial.end() :]
    if rest in _RIMES:
        return rest
    # `gi` may be the whole of it (`gì`), and `gi` and `qu` lend their vowel to the rime.
    lent = initial[0][-1] + rest
    return lent if initial[0] in ("gi", "qu") and lent in _RIMES else None


def _places(rime: str) -> tuple[int, ...]:
    """On which letters of a rime its tone may be written."""
    shaped = [at for at, one in enumerate(rime) if one in _SHAPED]
    if shaped:
        return (shaped[-1],)
    vowels = [at for at, one in enumerate(rime) if one in _VOWELS]
    if len(vowels) == 1:
        return (vowels[0],)
    if rime in _EITHER:
        return (0, 1)
    if vowels[-1] < len(rime) - 1:  # a consonant closes it
        return (vowels[-1],)
    return (vowels[len(vowels) // 2 if len(vowels) > 2 else 0],)
