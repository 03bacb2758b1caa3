"""The result of a cross-check on paper: counts, then by name only whom somebody has work with.

Names, dates of birth, villages; no group and no illness of a child. Why a child is expected on a
list of allowances is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.reports import official_style as style
from app.reports.document import (
    Align,
    Block,
    Document,
    Section,
    Space,
    Table,
    TableColumn,
    TextStyle,
)
from app.reports.handover_facts import Party
from app.reports.official_parts import (
    Letterhead,
    agency_name,
    letterhead,
    line,
    signature_column,
    signatures,
    title,
)

_CELL = TextStyle(size=11)
_NUMBER, _WHO, _BORN, _ADULT, _PLACE, _WHAT = 0.08, 0.21, 0.15, 0.2, 0.14, 0.22


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A child: who, born when, whose, where, and what there is to do or to know."""

    name: str
    born: str
    adult: str
    place: str
    what: str


@dataclass(frozen=True, slots=True)
class PaperPart:
    """A part of the result with its heading."""

    heading: str
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class CrossCheckFacts:
    """What the paper says. `totals` are counts with their words; `dated` the day of printing, by
    whom in `printed_by`; `list_title` as the list calls itself ("" where it does not).
    """

    office: Party
    unit: str
    kind: str
    year: int
    list_title: str
    dated: date
    printed_by: str
    totals: tuple[tuple[str, int], ...]
    parts: tuple[PaperPart, ...]


def crosscheck_paper(facts: CrossCheckFacts, texts: Mapping[str, str]) -> Document:
    """The document; `texts` are those of `crosscheck`."""
    office = facts.office
    day = texts["date"].format(
        day=f"{facts.dated.day:02d}", month=f"{facts.dated.month:02d}", year=facts.dated.year
    )
    blocks: list[Block] = [
        *letterhead(
            Letterhead(
                governing_body=agency_name(office.governing_body, texts["unit_words"]),
                issuing_body=agency_name(office.body, texts["unit_words"]),
                state=texts["state"],
                motto=texts["motto"],
                number=texts["number"],
                place_and_date=texts["place_and_date"].format(place=office.place, date=day),
                mark=texts["restricted"],
            )
        ),
        *title(texts["kind"], (texts[f"subject.{facts.kind}"].format(year=facts.year),)),
        line(texts["of"].format(unit=facts.unit), style.ANNEX_REFERENCE),
    ]
    if facts.list_title:
        blocks.append(line(texts["list"].format(title=facts.list_title), style.ANNEX_REFERENCE))
    blocks += [Space(8), _totals(facts, texts)]
    for one in facts.parts:
        blocks += [Space(8), line(one.heading, style.SUBJECT, keep_with_next=True), Space(4)]
        blocks.append(_part(one, texts))
    maker = signature_column(0.5, (texts["maker"],), texts["signer_hint"], "")
    head = signature_column(0.5, (texts["head"],), texts["head_hint"], "")
    blocks.append(signatures(maker, head))
    footer = (texts["restricted"], texts["printed"].format(who=facts.printed_by, day=day))
    return Document(texts["file_title"], style.A4_PORTRAIT, (Section(tuple(blocks), footer),))


def _totals(facts: CrossCheckFacts, texts: Mapping[str, str]) -> Table:
    columns = (
        TableColumn(texts["column.order"], 0.08, Align.CENTER),
        TableColumn(texts["column.content"], 0.72),
        TableColumn(texts["column.count"], 0.2, Align.CENTER),
    )
    rows = tuple(
        (str(order), words, str(count))
        for order, (words, count) in enumerate(facts.totals, start=1)
    )
    return Table(columns, rows, style.TABLE_HEAD, _CELL)


def _part(part: PaperPart, texts: Mapping[str, str]) -> Table:
    columns = (
        TableColumn(texts["column.order"], _NUMBER, Align.CENTER),
        TableColumn(texts["column.name"], _WHO),
        TableColumn(texts["column.born"], _BORN, Align.CENTER),
        TableColumn(texts["column.adult"], _ADULT),
        TableColumn(texts["column.village"], _PLACE),
        TableColumn(texts["column.what"], _WHAT),
    )
    rows = tuple(
        (str(order), one.name, one.born, one.adult, one.place, one.what)
        for order, one in enumerate(part.rows, start=1)
    )
    total = texts["total"].format(count=len(rows))
    return Table(columns, rows, style.TABLE_HEAD, _CELL, ("", total, "", "", "", ""))
