"""A typical page of a book as a clerk types it: two children, both parents at home.

For figures and tests that count what a page costs to type. The texts are what goes into the fields,
by field name, in any order; a field that is not named is passed by with what stands in it. They are
data in `resources/invented/typed_page.json`, where years are written relative to the day. Nobody
here exists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.settings import resources_dir

#: The school year begins in September (app.forms.rules.education).
_SCHOOL_BEGINS = 9


@dataclass(frozen=True, slots=True)
class TypedPage:
    """What is typed: the cover of the book, the household's own fields, its children in order.

    The cover is typed with the first household of a book and carried over to every further one.
    """

    cover: Mapping[str, str]
    household: Mapping[str, str]
    children: tuple[Mapping[str, str], ...]


def typical_page(today: date) -> TypedPage:
    """The page as it would be typed on `today`: a pupil of the fifth grade and a child of four."""
    school_year = today.year if today.month >= _SCHOOL_BEGINS else today.year - 1
    pupil, little = school_year - 10, today.year - 4
    words = {
        "year": str(today.year),
        "day": f"{today:%d%m%y}",
        "pupil": f"{pupil % 100:02}",
        "little": f"{little % 100:02}",
        "father": str(pupil - 26),
        "mother": str(pupil - 23),
    }

    def typed(texts: Mapping[str, str]) -> dict[str, str]:
        return {name: one.format_map(words) for name, one in texts.items()}

    path = resources_dir() / "invented" / "typed_page.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    children = tuple(typed(one) for one in said["children"])
    return TypedPage(typed(said["cover"]), typed(said["household"]), children)
