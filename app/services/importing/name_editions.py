"""Of which time the commune names of a file are: before a decree, or since.

A commune of today often keeps the name of one that was divided, so that the same name meant another
place before. Whoever has the file says it once; it is kept with the unit column of its layout.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from app.errors import KnownError
from app.forms.units import UnitTree
from app.i18n import text
from app.services.importing.targets import Role, Target
from app.text.moments import day_words


@dataclass(frozen=True, slots=True)
class NameEdition:
    """An edition of the units and, in words, until or since when they were called so."""

    code: str
    words: str


def name_editions(tree: UnitTree, today: date) -> tuple[NameEdition, ...]:
    """Those whose names a file may hold, newest first."""
    begun = [one for one in tree.editions if (one.valid_from or date.min) <= today]
    found = [
        NameEdition(
            older.code,
            text("import.names_until", day=day_words(_before(newer.valid_from))),
        )
        for older, newer in pairwise(begun)
    ]
    if begun:
        newest = begun[-1]
        since = day_words(newest.valid_from)
        found.append(NameEdition(newest.code, text("import.names_since", day=since)))
    return tuple(reversed(found))


def must_be_edition(tree: UnitTree, code: str) -> str:
    """An edition as it was named. Raises KnownError `import.no_edition`."""
    codes = [one.code for one in tree.editions]
    if code and code not in codes:
        raise KnownError(
            "import.no_edition", "import.no_edition_hint", edition=code, editions=", ".join(codes)
        )
    return code


def of_edition(
    targets: Iterable[tuple[str, Target | None]], edition: str
) -> list[tuple[str, Target | None]]:
    """The same columns (title, target), the unit column with the edition of its names, if any was
    chosen.
    """
    return [
        (title, replace(one, edition=edition))
        if edition and one is not None and one.role is Role.UNIT
        else (title, one)
        for title, one in targets
    ]


def _before(day: date | None) -> date | None:
    return None if day is None else day - timedelta(days=1)
