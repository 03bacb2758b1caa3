"""What the police wrote beside a row, as a note on the child: it travels with the record, and
whoever visits the household reads it there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from app.models.police_lists import StoredList
from app.services.police.answered_row import AnsweredRow
from app.text.fold import fold

#: Bytes of a remark that are kept; a note has room for it and for what stands before it.
MOST_BYTES = 1500
#: What people write into a column that asks for an x.
_MARKS = frozenset(("x", "v", "1", "co", "dung", "true", "khong co", "khong cu tru", "+"))


def is_mark(text: str) -> bool:
    """Whether a cell marks its row."""
    return fold(text) in _MARKS


def note_words(of: StoredList, row: AnsweredRow, texts: Mapping[str, str]) -> str:
    """The words of the note of a row of a list; "" for none. They name the list by its code: other
    PCs number theirs likewise, and a register that was restored gives a number again.
    """
    said = []
    if row.not_here:
        said.append(texts["note.not_here"].format(number=of.number, code=of.code))
    if row.remark:
        told = texts["note.remark"]
        said.append(told.format(number=of.number, code=of.code, remark=row.remark))
    return " ".join(said)


def note_key(code: str, words: str) -> str:
    """What the id of the note is derived from: the same answer read again is the same note."""
    return f"police/{code}/{hashlib.sha256(words.encode()).hexdigest()[:16]}"
