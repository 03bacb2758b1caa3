"""The list of what was sent back, for the desk where the paper books lie: in the order of the
books, with room to tick what was mended.

No official document: it has no letterhead and no number. Of what is protected it says only that
there is something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.reports import official_style as style
from app.reports.document import (
    Align,
    Block,
    Column,
    Document,
    Section,
    Space,
    Table,
    TableColumn,
)
from app.reports.official_parts import line, signature_column, signatures, title


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One record, or with `seq` a whole handover. Days are ISO; `field` is "" for the whole record,
    and both it and `reason` where the line is `protected`. `place` is the village, with its unit
    where there are several.
    """

    place: str
    household_no: str
    head: str
    name: str
    birth: str
    field: str
    reason: str
    by: str
    on: str
    seq: int
    protected: bool


@dataclass(frozen=True, slots=True)
class ReturnedFacts:
    """What the list says."""

    unit: str
    dated: date
    rows: tuple[ReturnedRow, ...]


def returned_sheet(facts: ReturnedFacts, texts: Mapping[str, str]) -> Document:
    """The document; `texts` are those of `returned`."""
    blocks: list[Block] = [
        *title(texts["kind"], (texts["subject"],)),
        line(texts["of"].format(unit=facts.unit), style.ANNEX_REFERENCE),
        line(texts["dated"].format(day=f"{facts.dated:%d/%m/%Y}"), style.ANNEX_REFERENCE),
        Space(10),
        _table(facts, texts) if facts.rows else line(texts["none"], style.BODY),
    ]
    signer = signature_column(0.5, (texts["signer"],), texts["signer_hint"], "")
    blocks.append(signatures(Column(0.5, (Space(1),)), signer))
    return Document(texts["file_title"], style.A4_PORTRAIT, (Section(tuple(blocks)),))


def _table(facts: ReturnedFacts, texts: Mapping[str, str]) -> Table:
    columns = (
        TableColumn(texts["column.order"], 0.07, Align.CENTER),
        TableColumn(texts["column.place"], 0.2),
        TableColumn(texts["column.who"], 0.22),
        TableColumn(texts["column.what"], 0.23),
        TableColumn(texts["column.by"], 0.18),
        TableColumn(texts["column.done"], 0.1, Align.CENTER),
    )
    rows = tuple(
        (str(order), _where(one, texts), _who(one, texts), _what(one, texts), _by(one), "")
        for order, one in enumerate(facts.rows, start=1)
    )
    total = texts["total"].format(count=len(rows))
    return Table(columns, rows, style.TABLE_HEAD, style.TABLE_CELL, ("", total, "", "", "", ""))


def _where(one: ReturnedRow, texts: Mapping[str, str]) -> str:
    if one.seq:
        return texts["handover"].format(seq=one.seq)
    number = texts["household"].format(number=one.household_no) if one.household_no else ""
    return ", ".join(filter(None, (one.place, number)))


def _who(one: ReturnedRow, texts: Mapping[str, str]) -> str:
    if one.name:
        born = texts["born"].format(day=_day(one.birth)) if one.birth else ""
        return ", ".join(filter(None, (one.name, born)))
    return texts["head"].format(name=one.head) if one.head else ""


def _what(one: ReturnedRow, texts: Mapping[str, str]) -> str:
    if one.protected:
        return texts["protected"]
    return ": ".join(filter(None, (one.field, one.reason)))


def _by(one: ReturnedRow) -> str:
    return ", ".join(filter(None, (one.by, _day(one.on))))


def _day(iso: str) -> str:
    """A day as people here write it; of an imprecise one what is known."""
    return "/".join(reversed(iso.split("-")))
