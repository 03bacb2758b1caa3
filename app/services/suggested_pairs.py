"""Pairs that may be one child, kept until somebody looks at them."""

from __future__ import annotations

import json
from collections.abc import Collection

from app.forms.field_types import name_status_of
from app.matching.pair import Pair
from app.models.queries import compared, suggested
from app.models.queries.suggested import Weighed
from app.models.store import Reading
from app.models.work import UnitOfWork


def weighed_pairs(reading: Reading, pairs: Collection[Pair]) -> list[Weighed]:
    """Pairs as they are kept: with what speaks for them, and how their records stand now;
    of what is not held there is nothing to keep.
    """
    heads = suggested.heads_of(
        reading, {ent_id for one in pairs for ent_id in (one.first, one.second)}
    )
    return [
        Weighed(
            one.first,
            one.second,
            one.level.value,
            round(100 * one.score),
            json.dumps({part.what: round(part.bits, 2) for part in one.evidence}),
            heads[one.first],
            heads[one.second],
        )
        for one in pairs
        if one.first in heads and one.second in heads
    ]


def keep_pairs(work: UnitOfWork, pairs: Collection[Pair]) -> None:
    """Let pairs wait for somebody to look at them, in the caller's transaction."""
    suggested.keep_more(work.connection, weighed_pairs(work.connection, pairs))


def keep_if_alike(work: UnitOfWork, one: str, other: str) -> None:
    """Let two children wait again, if anything speaks for their being one."""
    # What compares letters is loaded when somebody opens a decision, not with every command.
    from app.matching.alone import alike

    people = compared.people_among(work.connection, {one, other})
    if len(people) == 2:
        keep_pairs(work, alike(people[one], [people[other]], is_placeholder))


def is_placeholder(name: str) -> bool:
    """Whether it stands for a name that is not there."""
    return name_status_of(name) != "OFFICIAL"
