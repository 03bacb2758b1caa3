"""What a sign-in name and a passphrase must be: one rule for the first run, the administration, the
recovery page, and the command line.
"""

from __future__ import annotations

import unicodedata

from app.errors import KnownError
from app.text.normalize import clean

#: Characters of a passphrase, at least.
MIN_PASSPHRASE = 8
#: Characters of a sign-in name, at most: it is typed at every unlocking.
MAX_NAME = 40
_BETWEEN = ".-_"


def one_spelling(passphrase: str) -> str:
    """A passphrase in the composed form (Unicode NFC): keyboards write «ế» as one or three signs.

    Whatever turns a passphrase into a key takes this form, or another keyboard would be locked out.
    """
    return unicodedata.normalize("NFC", passphrase)


def check_passphrase(passphrase: str) -> None:
    """Raise KnownError `install.short_passphrase` for one that is too easy to guess.

    Of spaces only the single ones between words count: eight of them are no secret.
    """
    if len(" ".join(one_spelling(passphrase).split())) < MIN_PASSPHRASE:
        raise KnownError(
            "install.short_passphrase", "install.short_passphrase_hint", least=MIN_PASSPHRASE
        )


def sign_in_name(typed: str) -> str:
    """The name that an account gets: letters, digits, full stops and dashes, in one piece.

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
