"""The paper books of a round, unit by unit, and who carries them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, select, true

from app.models.schema import ENTITY_TABLES

_book = ENTITY_TABLES["book"]
_village = ENTITY_TABLES["village"]
_enumerator = ENTITY_TABLES["enumerator"]


class BookRow(NamedTuple):
    """A paper book; dates are ISO, "" where that step was not taken."""

    id: str
    unit: str
    round: str
    number: str
    village: str
    village_name: str
    supplied_on: str
    issued_on: str
    issued_to: str
    collected_on: str
    checked_on: str
    entered_on: str
    returned_on: str
    returned_to: str
    lost_on: str
    households: int | None
    children: int | None


class EnumeratorRow(NamedTuple):
    """Who carries books in a round, of which villages (ids). `ended`: no more (ISO day), "" while
    he does.
    """

    id: str
    unit: str
    full_name: str
    title: str
    phone: str
    villages: tuple[str, ...]
    ended: str = ""


def books(connection: Connection, units: Collection[str], round_id: str | None) -> list[BookRow]:
    """The visible books of these units in a round ("" for no round, None for all of them): by unit,
    by village in its order, by number.
    """
    of_round = true() if round_id is None else func.coalesce(_book.c.round, "") == round_id
    rows = connection.execute(
        select(
            _book.c.id,
            _book.c.owner_unit,
            _book.c.round,
            _book.c.book_number,
            _book.c.village,
            _village.c.name,
            _book.c.supplied_on,
            _book.c.issued_on,
            _book.c.issued_to,
            _book.c.collected_on,
            _book.c.checked_on,
            _book.c.entered_on,
            _book.c.returned_on,
            _book.c.returned_to,
            _book.c.lost_on,
            _book.c.households,
            _book.c.children,
        )
        .join(_village, _village.c.id == _book.c.village, isouter=True)
        .where(
            _book.c.owner_unit.in_(sorted(units)),
            of_round,
            ~_book.c["_hidden"],
        )
        .order_by(
            _book.c.owner_unit, _village.c.list_order, _village.c.name_sort, _book.c.book_number
        )
    )
    return [
        BookRow._make((*(value or "" for value in row[:15]), row.households, row.children))
        for row in rows
    ]


def enumerators(
    connection: Connection, units: Collection[str], round_id: str
) -> list[EnumeratorRow]:
    """Who carries or carried books for these units in a round, by name."""
    rows = connection.execute(
        select(
            _enumerator.c.id,
            _enumerator.c.owner_unit,
            _enumerator.c.full_name,
            _enumerator.c.title,
            _enumerator.c.phone,
            _enumerator.c.villages,
            _enumerator.c.ended_on,
        )
        .where(
            _enumerator.c.owner_unit.in_(sorted(units)),
            func.coalesce(_enumerator.c.round, "") == round_id,
            ~_enumerator.c["_hidden"],
        )
        .order_by(_enumerator.c.owner_unit, _enumerator.c.full_name, _enumerator.c.id)
    )
    return [
        EnumeratorRow(
            row.id,
            row.owner_unit or "",
            row.full_name or "",
            row.title or "",
            row.phone or "",
            tuple(json.loads(row.villages or "[]")),
            row.ended_on or "",
        )
        for row in rows
    ]
