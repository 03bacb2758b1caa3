"""Whether a word is a syllable of written Vietnamese, and how far two given names may differ.

Every Vietnamese syllable is an initial consonant and a rime from closed lists, so a slip of the
finger usually makes a word that is none. Two words that both are syllables are two names: `Hân` and
`Vân` are twins, `Trcú` is a slip of `Trúc`.
"""

from __future__ import annotations

from functools import lru_cache


def _words(text: str) -> list[str]:
    return text.split()


_INITIALS = sorted(
    _words("b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"),
    key=len,
    reverse=True,
)
#: The rimes of the language without their marks, as `fold` leaves them.
_RIMES = frozenset(
    _words("""
    a ac ach ai am an ang anh ao ap at au ay
    e ec ech em en eng enh eo ep et eu
    i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo oet oi om on ong ooc oong
    op ot
    u ua uan uang uat uay uc ue uech uen uenh ui uit um un ung uo uoc uoi uom uon uong uop uot uou
    up ut uu uy uya uych uyen uyet uyn uynh uyt uyu
    y yem yen yet yeu
    """)
)


@lru_cache(maxsize=1 << 16)
def is_syllable(folded: str) -> bool:
    """Whether a folded word can be read as one Vietnamese syllable."""
    if folded in _RIMES:
        return True
    for initial in _INITIALS:
        if folded.startswith(initial):
            rest = folded[len(initial) :]
            # `gi` may be the whole of it (`gì`), and `qu` takes the u of its rime.
            if rest in _RIMES or (initial == "gi" and (not rest or "i" + rest in _RIMES)):
                return True
    return False
