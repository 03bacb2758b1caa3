"""What came of reference data and is not used here: kept, passed on, and told with what to do.

Either a newer program knows it («cần bản mới»), or it was issued wrongly and the province has to
load it anew. It stays in the log either way; the catalogue leaves it out whole.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.forms.references import Unusable
from app.i18n import text
from app.models.queries.references import newer_than_program
from app.models.queries.rounds import faulty_rounds
from app.models.store import Reading
from app.services.catalogues import read_catalogue
from app.services.reference_data.files import said_of


@dataclass(frozen=True, slots=True)
class Unused:
    """Something that came and is not used: its type, its name, and how much of it.

    `reason` names what it breaks, `message` says it with the next step. `needs_newer`: a newer
    program could use it.
    """

    entity: str
    what: str
    count: int
    needs_newer: bool
    reason: str
    message: str


def unusable(reading: Reading) -> list[Unusable]:
    """What of the reference data of a store cannot be used."""
    return [*read_catalogue(reading).unusable, *faulty_rounds(reading)]


def unused(reading: Reading, known: Collection[Unusable] = ()) -> list[Unused]:
    """The reference data that came and cannot be used, without those already `known`."""
    return [_unused(one) for one in unusable(reading) if one not in known]


def of_unknown_type(reading: Reading) -> list[Unused]:
    """What came of a type of record that this program does not know."""
    return [
        Unused(
            entity,
            entity,
            count,
            needs_newer=True,
            reason="newer_program",
            message=text("reference.needs_newer", what=entity, count=count),
        )
        for entity, count in sorted(newer_than_program(reading).items())
    ]


def _unused(one: Unusable) -> Unused:
    problem = said_of(one)
    message = (
        text("reference.needs_newer", what=one.what, count=1)
        if one.needs_newer
        else text("reference.faulty", problem=problem)
    )
    return Unused(one.entity, one.what, 1, one.needs_newer, one.reason, message)
