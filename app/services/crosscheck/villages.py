"""Village names as two hands write them: `Thôn 2`, `thôn Hai`, `T.2`, `Thôn II`, `thôn2`."""

from __future__ import annotations

import re
from functools import lru_cache

from app.forms.code_lists import lookup_key

#: What a village is called besides its name, as `lookup_key` writes it, the longest first.
_KINDS = (
    "to dan pho so",
    "to dan pho",
    "khu dan cu",
    "khu pho",
    "thon so",
    "to so",
    "thon",
    "khom",
    "buon",
    "lang",
    "phum",
    "plei",
    "tdp",
    "xom",
    "ban",
    "soc",
    "khu",
    "doi",
    "kdc",
    "ap",
    "kp",
    "to",
    "t",
)
_NUMBERS = {
    word: str(number)
    for words in (
        ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"),
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
    )
    for number, word in enumerate(words, 1)
} | {"tu": "4"}
_JOINED = re.compile(r"([a-z]+)([0-9]+)")


@lru_cache(maxsize=1 << 12)
def village_key(text: str) -> str:
    """What two spellings of one village have in common; "" for none. Another name, or another
    number, is another village.
    """
    written = lookup_key(_JOINED.sub(r"\1 \2", lookup_key(text.split(",")[0])))
    for kind in _KINDS:
        rest = written.removeprefix(f"{kind} ")
        if rest != written:
            written = rest
            break
    words = written.split(" ")
    return " ".join(
        word.lstrip("0")
        if word.isdigit()
        else _NUMBERS.get(word, word)
        if len(words) == 1
        else word
        for word in words
    )
