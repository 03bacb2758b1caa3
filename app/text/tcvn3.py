"""TCVN3, the code of the ABC fonts (`.VnTime` and its kin): one sign of Latin-1 for one letter.

It is the part of TCVN 5712:1993 that the fonts draw: every small letter, and of the capitals only
those without a tone. A capital with a tone was written by its small code in a font of capitals.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Letters in the order of their codes; a blank is a code that no letter has.
_ROWS = (
    (0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
    (0xB5, "àảãáạ ằẳẵắ"),
    (0xC6, "ặầẩẫấậè ẻẽéẹềểễếệìỉ"),
    (0xDC, "ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"),
)

#: Sign of Latin-1 → letter. ư is the soft hyphen, which a cleaned text has lost: convert before.
LETTERS: Mapping[str, str] = {
    chr(first + at): letter
    for first, letters in _ROWS
    for at, letter in enumerate(letters)
    if letter != " "
}
_SIGNS = {letter: sign for sign, letter in LETTERS.items()}
_DECODE = str.maketrans(dict(LETTERS))
_ENCODE = str.maketrans(
    {letter.upper(): sign for letter, sign in _SIGNS.items() if letter.upper() not in _SIGNS}
    | _SIGNS
)


def decode(text: str) -> str:
    """The letters that an ABC font shows for a text; what it has no letter for stays."""
    return text.translate(_DECODE)


def encode(text: str) -> str:
    """An NFC text in signs of TCVN3; a capital with a tone becomes its small code."""
    return text.translate(_ENCODE)
