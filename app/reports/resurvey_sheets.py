"""The two sheets of a re-survey: the list an enumerator visits with, and what came of it.

No official documents: they have no letterhead and no number, and go with the handover record. Heads
of households are named, children never, and of what differed only the names of fields; no field of
level A is among these (`resources/templates/resurveyed.json`), and no note that somebody typed.
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
from app.reports.official_parts import line, signature_column, signatures, title

#: How high a row is that somebody writes in by hand, in points: 12 mm.
_WRITTEN_IN = 34.0
_CELL = TextStyle(size=11)
_MOST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A household of the sample; `finding` and what differs are "" and empty before its visit."""

    village: str
    number: str
    head: str
    children: int
    finding: str = ""
    differs: tuple[str, ...] = ()
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class ResurveyFacts:
    """What the sheets say. `drawn` and `of` leave the `erased` households out. `results` are all
    findings in words, in their order, each with its count; `fields` the fields that
    differ, each with its households. `percent`, and between which two whole numbers it lies for
    all, are "" while nobody was visited; `exact` where everybody was.
    """

    giver: str
    seq: int
    village: str
    name: str
    seed: str
    drawn: int
    of: int
    erased: int
    on: date | None
    dated: date
    lines: tuple[SheetLine, ...]
    results: tuple[tuple[str, int], ...]
    typed: int
    wrong: int
    missing: int
    percent: str
    low: str
    high: str
    exact: bool
    fields: tuple[tuple[str, int], ...]


def survey_list(facts: ResurveyFacts, texts: Mapping[str, str]) -> Document:
    """The list to visit with; `texts` are those of `resurvey`."""
    results = "; ".join(
        texts["key.result"].format(number=at, words=words)
        for at, (words, _count) in enumerate(facts.results, start=1)
    )
    columns = (
        TableColumn(texts["column.order"], 0.06, Align.CENTER),
        TableColumn(texts["column.village"], 0.17),
        TableColumn(texts["column.number"], 0.08, Align.CENTER),
        TableColumn(texts["column.head"], 0.21),
        TableColumn(texts["column.children"], 0.07, Align.CENTER),
        TableColumn(texts["column.result"], 0.11),
        TableColumn(texts["column.remark"], 0.17),
        TableColumn(texts["column.signature"], 0.13),
    )
    rows = tuple(
        (str(order), one.village, one.number, one.head, str(one.children), "", "", "")
        for order, one in enumerate(facts.lines, start=1)
    )
    total = texts["total"].format(count=len(rows))
    blocks: list[Block] = [
        *_head(facts, texts, "list"),
        line(texts["key"].format(results=results), _CELL),
        line(texts["again"], _CELL),
        Space(8),
        Table(
            columns,
            rows,
            style.TABLE_HEAD,
            _CELL,
            ("", total, "", "", str(sum(one.children for one in facts.lines)), "", "", ""),
            least=_WRITTEN_IN,
        ),
        _signers(texts, "surveyor", "commune"),
    ]
    return Document(texts["list.file_title"], style.A4_PORTRAIT, (Section(tuple(blocks)),))


def survey_result(facts: ResurveyFacts, texts: Mapping[str, str]) -> Document:
    """What came of it; `texts` are those of `resurvey`."""
    blocks: list[Block] = [*_head(facts, texts, "result")]
    blocks.append(line(texts["typed"].format(typed=facts.typed, drawn=facts.drawn), style.BODY))
    if not facts.typed:
        blocks.append(line(texts["none"], style.BODY))
    else:
        blocks += [
            line(texts["line"].format(words=words, count=count), style.BODY)
            for words, count in facts.results
            if count
        ]
        if facts.missing:
            blocks.append(line(texts["missing"].format(count=facts.missing), style.BODY))
        rate = texts["rate"].format(wrong=facts.wrong, typed=facts.typed, percent=facts.percent)
        blocks.append(line(rate, style.ITEM))
        key = "exact" if facts.exact else "meaning"
        meaning = texts[key].format(of=facts.of, low=facts.low, high=facts.high)
        blocks.append(line(meaning, style.BODY))
        blocks += _fields(facts, texts)
        blocks += _differing(facts, texts)
    blocks.append(line(texts["dated"].format(day=_day(facts.dated)), style.BODY))
    blocks.append(_signers(texts, "surveyor", "above"))
    return Document(texts["result.file_title"], style.A4_PORTRAIT, (Section(tuple(blocks)),))


def _head(facts: ResurveyFacts, texts: Mapping[str, str], sheet: str) -> list[Block]:
    where = texts["village"].format(village=facts.village) if facts.village else texts["whole"]
    drawn = texts["drawn"].format(
        name=facts.name,
        seed=facts.seed,
        drawn=facts.drawn,
        of=facts.of,
        day="…" if facts.on is None else _day(facts.on),
    )
    erased: list[Block] = []
    if facts.erased:
        said = texts["erased"].format(count=facts.erased)
        erased.append(line(said, style.ANNEX_REFERENCE))
    return [
        *title(texts[f"{sheet}.kind"], (texts[f"{sheet}.subject"],)),
        line(texts["of"].format(giver=facts.giver, seq=facts.seq or "…"), style.ANNEX_REFERENCE),
        line(where, style.ANNEX_REFERENCE),
        line(drawn, style.ANNEX_REFERENCE),
        *erased,
        Space(8),
    ]


def _fields(facts: ResurveyFacts, texts: Mapping[str, str]) -> list[Block]:
    if not facts.fields:
        return []
    columns = (
        TableColumn(texts["column.order"], 0.1, Align.CENTER),
        TableColumn(texts["column.field"], 0.7),
        TableColumn(texts["column.homes"], 0.2, Align.CENTER),
    )
    rows = tuple(
        (str(order), words, str(count))
        for order, (words, count) in enumerate(facts.fields[:_MOST_FIELDS], start=1)
    )
    head = line(texts["fields"], style.ITEM, keep_with_next=True)
    return [head, Table(columns, rows, style.TABLE_HEAD, _CELL, before=4)]


def _differing(facts: ResurveyFacts, texts: Mapping[str, str]) -> list[Block]:
    wrong = [one for one in facts.lines if one.finding and not one.agrees]
    if not wrong:
        return []
    columns = (
        TableColumn(texts["column.order"], 0.07, Align.CENTER),
        TableColumn(texts["column.village"], 0.2),
        TableColumn(texts["column.number"], 0.1, Align.CENTER),
        TableColumn(texts["column.head"], 0.23),
        TableColumn(texts["column.finding"], 0.4),
    )
    rows = tuple(
        (
            str(order),
            one.village,
            one.number,
            one.head,
            ": ".join(filter(None, (one.finding, "; ".join(one.differs)))),
        )
        for order, one in enumerate(wrong, start=1)
    )
    head = line(texts["differing"], style.ITEM, keep_with_next=True)
    return [head, Table(columns, rows, style.TABLE_HEAD, _CELL, before=4)]


def _signers(texts: Mapping[str, str], *who: str) -> Block:
    hint = texts["signer_hint"]
    return signatures(
        *(signature_column(1 / len(who), (texts[f"signer.{one}"],), hint, "") for one in who)
    )


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
