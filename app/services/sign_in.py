"""What a sign-in name and a passphrase must be: one rule for the first run, the administration, the
recovery page, and the command line.
"""

from __future__ import annotations

import unicodedata

from app.errors import KnownError
from app.text.fold import fold
from app.text.normalize import clean

#: Characters of a passphrase, at least.
MIN_PASSPHRASE = 8
#: Characters of a sign-in name, at most: it is typed at every unlocking.
MAX_NAME = 40
_BETWEEN = ".-_"
#: What fingers or the alphabet put beside each other, without marks; each counts backwards, too.
_RUNS = (
    "0123456789",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdeghiklmnopqrstuvxy",  # the Vietnamese alphabet without its marks
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "!@#$%^&*()",
)
_BOTH_WAYS = tuple(run for one in _RUNS for run in (one, one[::-1]))
#: Characters from which on a piece of such a row, or a letter repeated, tells nobody anything new;
#: and up to which a piece that is repeated does not.
_STRETCH, _REPEATED = 3, 4
#: What is tried first; figures and signs around it change nothing.
_FIRST_TRIED = frozenset(
    ("matkhau", "password", "passwd", "sotreem", "treem", "admin", "administrator", "quantri")
)


def one_spelling(passphrase: str) -> str:
    """A passphrase in the composed form (Unicode NFC): keyboards write «ế» as one or three signs.

    Whatever turns a passphrase into a key takes this form, or another keyboard would be locked out.
    """
    return unicodedata.normalize("NFC", passphrase)


def check_passphrase(passphrase: str, name: str = "") -> None:
    """Refuse a passphrase that is too easy to guess; `name` is the sign-in name it belongs to.

    Of spaces only the single ones between words count: eight of them are no secret. Raises
    KnownError `install.short_passphrase`; `install.name_as_passphrase` for the name with nothing
    but figures and signs around it; `install.easy_passphrase` for letters repeated, rows of the
    keyboard or of the alphabet, counting, and the words that are tried first.
    """
    if len(" ".join(one_spelling(passphrase).split())) < MIN_PASSPHRASE:
        raise KnownError(
            "install.short_passphrase", "install.short_passphrase_hint", least=MIN_PASSPHRASE
        )
    typed = "".join(fold(passphrase).split())
    bare = "".join(filter(str.isalnum, typed))
    own = "".join(filter(str.isalnum, fold(name)))
    if own and own in bare and not _letters(bare.replace(own, "")):
        raise KnownError("install.name_as_passphrase", "install.short_passphrase_hint")
    if _repeats(typed) or any(map(_is_stretches, (typed, bare))) or _letters(bare) in _FIRST_TRIED:
        raise KnownError("install.easy_passphrase", "install.short_passphrase_hint")


def _letters(bare: str) -> str:
    return "".join(filter(str.isalpha, bare))


def _repeats(typed: str) -> bool:
    """Whether it is one short piece, again and again."""
    long = len(typed)
    return any(typed == (typed[:size] * long)[:long] for size in range(1, _REPEATED + 1))


def _is_stretches(typed: str) -> bool:
    """Whether it falls into pieces of rows and letters repeated, and nothing else."""
    ends = {0}  # how far it can be told so
    for end in range(_STRETCH, len(typed) + 1):
        starts = ends.intersection(range(end - _STRETCH + 1))
        if any(_is_stretch(typed[start:end]) for start in starts):
            ends.add(end)
    return typed != "" and len(typed) in ends


def _is_stretch(piece: str) -> bool:
    return len(set(piece)) == 1 or any(piece in run for run in _BOTH_WAYS)


def sign_in_name(typed: str) -> str:
    """The name that an account gets: letters with or without marks, digits, full stops, dashes and
    underscores, in one piece.

    Raises KnownError `account.no_name`, `account.name`.
    """
    name = clean(typed)
    if not name:
        raise KnownError("account.no_name", "account.no_name_hint")
    if len(name) > MAX_NAME or not all(map(may_stand_in_name, name)):
        raise KnownError("account.name", "account.name_hint", most=MAX_NAME)
    return name


def may_stand_in_name(sign: str) -> bool:
    """Whether a sign-in name may hold this character."""
    return sign.isalnum() or sign in _BETWEEN


def same_person(one: str, other: str) -> bool:
    """Whether two sign-in names are told apart by capital letters at most: by ear they are one."""
    return one.casefold() == other.casefold()
