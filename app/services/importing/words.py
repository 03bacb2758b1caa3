"""The words by which lists of communes name parts of a date, villages, totals and what stands at
their foot. Data in `resources/lists/import_words.json`; compared with their marks, because «Cộng»
is a total and «Công» a child, and without them only where a list has no marks at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache

from app.settings import resources_dir
from app.text.fold import fold
from app.text.normalize import clean

_NOT_WORD = re.compile(r"[^\w]+")


def plain(text: str) -> str:
    """Lower case, words alone, marks kept."""
    return _NOT_WORD.sub(" ", clean(text).lower()).strip(" ")


class Words:
    """Some phrases, longest first."""

    def __init__(self, phrases: Iterable[str]) -> None:
        marked = sorted({plain(one) for one in phrases}, key=len, reverse=True)
        self._marked = tuple(marked)
        self._exact = frozenset(marked)
        # «Cong» may be a name; «Tong cong» is none.
        self._bare = frozenset(fold(one) for one in marked if " " in one or one.isascii())
        self._begin = tuple(sorted(self._bare, key=len, reverse=True))

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases as `plain` has them, longest first."""
        return self._marked

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str):
            return False
        said = plain(text)
        return said in self._exact or (said.isascii() and said in self._bare)

    def after(self, text: str) -> str | None:
        """What follows the phrase that a text begins with; None where it begins with none."""
        said = plain(text)
        for one in (*self._marked, *(self._begin if said.isascii() else ())):
            if said == one or said.startswith(f"{one} "):
                return said[len(one) :].strip()
        return None


@cache
def words(name: str) -> Words:
    """The phrases of one kind."""
    return Words(_all()[name])


def begins_as_village(text: str) -> bool:
    """Whether a text begins as the name of a village does, and goes on."""
    if words("villages").after(text):
        return True
    # «Tổ 5», and no «Tổ chức».
    rest = words("numbered villages").after(text)
    return bool(rest) and any(map(str.isdigit, rest or ""))


@cache
def parts() -> dict[str, Words]:
    """Part of a date or a name, as maps call it → the titles that stand for it."""
    lead = "part."
    return {
        name.removeprefix(lead): Words(phrases)
        for name, phrases in _all().items()
        if name.startswith(lead)
    }


@cache
def _all() -> dict[str, list[str]]:
    read = json.loads((resources_dir() / "lists" / "import_words.json").read_text(encoding="utf-8"))
    return {str(name): [str(one) for one in phrases] for name, phrases in read.items()}
