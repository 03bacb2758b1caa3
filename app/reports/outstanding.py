"""The list of units that have not handed over, for a wall or a telephone call.

No official document: it has no letterhead and no number. It names units and no person.
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
class OutstandingUnit:
    """A unit: its `stage` is none or returned, `last` the day of its newest handover."""

    name: str
    stage: str
    last: date | None


@dataclass(frozen=True, slots=True)
class OutstandingFacts:
    """What the list says. `whole` is how many units hand over to `unit`."""

    unit: str
    round: str
    due: date | None
    dated: date
    whole: int
    units: tuple[OutstandingUnit, ...]


def outstanding_list(facts: OutstandingFacts, texts: Mapping[str, str]) -> Document:
    """The document; `texts` are those of `outstanding`."""
    blocks: list[Block] = [
        *title(texts["kind"], (texts["subject"],)),
        line(texts["of"].format(unit=facts.unit), style.ANNEX_REFERENCE),
        line(_round(facts, texts), style.ANNEX_REFERENCE),
        line(texts["dated"].format(day=_day(facts.dated)), style.ANNEX_REFERENCE),
        Space(10),
    ]
    if facts.units:
        blocks.append(_table(facts, texts))
    else:
        blocks.append(line(texts["nobody"].format(whole=facts.whole), style.BODY))
    signer = signature_column(0.5, (texts["signer"],), texts["signer_hint"], "")
    blocks.append(signatures(Column(0.5, (Space(1),)), signer))
    return Document(texts["file_title"], style.A4_PORTRAIT, (Section(tuple(blocks)),))


def _round(facts: OutstandingFacts, texts: Mapping[str, str]) -> str:
    if not facts.round:
        return texts["no_round"]
    if facts.due is None:
        return texts["round_without_due"].format(round=facts.round)
    return texts["round"].format(round=facts.round, due=_day(facts.due))


def _table(facts: OutstandingFacts, texts: Mapping[str, str]) -> Table:
    columns = (
        TableColumn(texts["column.order"], 0.08, Align.CENTER),
        TableColumn(texts["column.unit"], 0.38),
        TableColumn(texts["column.stage"], 0.16),
        TableColumn(texts["column.last"], 0.18, Align.CENTER),
        TableColumn(texts["column.note"], 0.2),
    )
    over = 0 if facts.due is None else (facts.dated - facts.due).days
    late = texts["late"].format(days=over) if over > 0 else ""
    rows = tuple(
        (
            str(order),
            one.name,
            texts[f"stage.{one.stage}"],
            texts["last.none"] if one.last is None else _day(one.last),
            late,
        )
        for order, one in enumerate(facts.units, start=1)
    )
    total = texts["total"].format(count=len(rows), whole=facts.whole)
    return Table(columns, rows, style.TABLE_HEAD, style.TABLE_CELL, ("", total, "", "", ""))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
