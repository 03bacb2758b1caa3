"""A person's name in the usual case: every word begins with a capital.

Books and lists are often written in capitals throughout. This only proposes: a name is stored as it
was written, because nobody but its bearer knows how it is spelt (domain.md 9 item 4).
"""

from __future__ import annotations

import re

_LETTERS = re.compile(r"[^\W\d_]+")


def usual_case(name: str) -> str | None:
    """The name in the usual case where all its letters are capitals, or none is; None where the
    case was chosen letter by letter, and for a single letter.
    """
    letters = "".join(_LETTERS.findall(name))
    if len(letters) < 2 or not (letters.isupper() or letters.islower()):
        return None
    return _LETTERS.sub(lambda word: word[0].capitalize(), name)
