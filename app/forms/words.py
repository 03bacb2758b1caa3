"""Words that rules look for: placeholder names, and words that do not belong into a free note.

The words themselves are data in `resources/templates/words.json`, compared without marks and case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.settings import resources_dir
from app.text.fold import fold


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    path = resources_dir() / "templates" / "words.json"
    content: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    return content


@cache
def placeholder_names() -> Mapping[str, str]:
    """Lower-case placeholder → `name_status` (PLACEHOLDER_TRAI, PLACEHOLDER_GAI, UNKNOWN).

    Each stands with its marks and without any; with other marks it is another word, perhaps a name.
    """
    return MappingProxyType(
        {
            spelling: status
            for status, words in _words()["placeholder_names"].items()
            for word in words
            for spelling in (word.lower(), fold(word))
        }
    )


@cache
def private_words() -> tuple[str, ...]:
    """Folded words of health and abuse that a free note must not hold, each with blanks around."""
    return tuple(
        f" {fold(word)} " for words in _words()["private_words"].values() for word in words
    )


def holds_private_words(text: str) -> bool:
    """Whether one of the private words stands in a text, whatever its marks and case."""
    words = "".join(char if char.isalnum() else " " for char in fold(text))
    padded = f" {' '.join(words.split())} "
    return any(word in padded for word in private_words())
