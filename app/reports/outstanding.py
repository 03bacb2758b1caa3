"""The list of units that have not handed over, for a wall or a telephone call.

No official document: it has no letterhead and no number. It names units and no person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

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
    """A unit: its `stage` is none or returned, `last` the day of its newest handover.

    `late_days` since the last day, 0 for a unit that is not late; `kept` bundles of its revoked PCs
    lie here; `other_round` names one that it handed over for; `newer`: it was formed after the last
    day; `merged`: how many of the units it was made of handed over, of how many.
    """

    name: str
    stage: str
    last: date | None
    late_days: int = 0
    has_pc: bool = True
    kept: int = 0
    other_round: str = ""
    newer: bool = False
    merged: tuple[int, int] = (0, 0)


class LateUnit(NamedTuple):
    """A unit that handed over some days after the last one."""

    name: str
    days: int


@dataclass(frozen=True, slots=True)
class OutstandingFacts:
    """What the list says. `whole` is how many units hand over to `unit`; `outside` those that
    handed over for no round, `late` those that did after the last day.
    """

    unit: str
    round: str
    due: date | None
    dated: date
    whole: int
    units: tuple[OutstandingUnit, ...]
    outside: tuple[str, ...] = ()
    late: tuple[LateUnit, ...] = ()


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
    if facts.outside:
        said = texts["outside"].format(units=", ".join(facts.outside))
        blocks.append(line(said, style.BODY))
    if facts.late:
        named = [texts["came_late"].format(unit=one.name, days=one.days) for one in facts.late]
        blocks.append(line(texts["late_units"].format(units=", ".join(named)), style.BODY))
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
        TableColumn(texts["column.unit"], 0.3),
        TableColumn(texts["column.stage"], 0.14),
        TableColumn(texts["column.last"], 0.16, Align.CENTER),
        TableColumn(texts["column.note"], 0.32),
    )
    rows = tuple(
        (
            str(order),
            one.name,
            texts[f"stage.{one.stage}"],
            texts["last.none"] if one.last is None else _day(one.last),
            _note(one, texts),
        )
        for order, one in enumerate(facts.units, start=1)
    )
    total = texts["total"].format(count=len(rows), whole=facts.whole)
    return Table(columns, rows, style.TABLE_HEAD, style.TABLE_CELL, ("", total, "", "", ""))


def _note(one: OutstandingUnit, texts: Mapping[str, str]) -> str:
    """What whoever calls the unit should know."""
    said = []
    if one.late_days:
        said.append(texts["late"].format(days=one.late_days))
    if one.other_round:
        said.append(texts["other_round"].format(round=one.other_round))
    if not one.has_pc:
        said.append(texts["no_pc"])
    if one.kept:
        said.append(texts["kept"].format(count=one.kept))
    if one.newer:
        said.append(texts["newer"])
    if 0 < one.merged[0] < one.merged[1]:
        said.append(texts["merged"].format(delivered=one.merged[0], whole=one.merged[1]))
    return "; ".join(said)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
