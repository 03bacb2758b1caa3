"""The annexes of the handover record: books by village, children by group of circumstances.

Refuses to print the sensitive groups and counts that could point at a child (see `disclosure`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.reports import official_style as style
from app.reports.disclosure import PrintableCount, printable_groups, printable_total
from app.reports.document import Align, Block, Table, TableColumn
from app.reports.handover_facts import HandoverFacts, VillageLine
from app.reports.official_parts import annex_head, line
from app.reports.official_writing import grouped_number, written_date

_WITHHELD = "*"


def annexes_of(facts: HandoverFacts, texts: Mapping[str, str]) -> list[tuple[Block, ...]]:
    """The blocks of each annex; no annex for what the facts do not give.

    Raises ValueError when the villages hold more than the record says.
    """
    issuer = facts.issuing_party
    reference = texts["annex.reference"].format(
        symbol=issuer.symbol, date=written_date(facts.dated, texts), issuer=issuer.name
    )
    annexes: list[tuple[Block, ...]] = []
    if facts.villages:
        annexes.append(_village_annex(facts, texts, reference))
    if facts.groups:
        annexes.append(_group_annex(facts, texts, reference))
    return annexes


def _village_lines(facts: HandoverFacts) -> Sequence[VillageLine]:
    """The villages, and one line more for what stands under no village."""
    lines = facts.villages
    books = (facts.books or 0) - sum(entry.books or 0 for entry in lines)
    households = facts.households - sum(entry.households for entry in lines)
    children = facts.children - sum(entry.children for entry in lines)
    counts = (books, households, children)
    if min(counts) < 0:
        raise ValueError("the villages of a record hold more than the record itself")
    rest = VillageLine("", None if facts.books is None else books, households, children)
    return (*lines, rest) if any(counts) else lines


def _books(number: int | None, texts: Mapping[str, str]) -> str:
    return texts["books.blank"] if number is None else grouped_number(number)


def _village_annex(
    facts: HandoverFacts, texts: Mapping[str, str], reference: str
) -> tuple[Block, ...]:
    lines = [
        entry if entry.name else replace(entry, name=texts["row.no_village"])
        for entry in _village_lines(facts)
    ]
    rows = tuple(
        (
            str(order),
            entry.name,
            _books(entry.books, texts),
            grouped_number(entry.households),
            grouped_number(entry.children),
            "",
        )
        for order, entry in enumerate(lines, start=1)
    )
    total = (
        "",
        texts["row.total"],
        _books(facts.books, texts),
        grouped_number(facts.households),
        grouped_number(facts.children),
        "",
    )
    columns = (
        TableColumn(texts["column.order"], 0.08, Align.CENTER),
        TableColumn(texts["column.village"], 0.36),
        TableColumn(texts["column.books"], 0.13, Align.RIGHT),
        TableColumn(texts["column.households"], 0.13, Align.RIGHT),
        TableColumn(texts["column.children"], 0.14, Align.RIGHT),
        TableColumn(texts["column.note"], 0.16),
    )
    return (
        *annex_head(texts["annex.villages.number"], texts["annex.villages.title"], reference),
        Table(columns, rows, style.TABLE_HEAD, style.TABLE_CELL, total),
    )


def _group_annex(
    facts: HandoverFacts, texts: Mapping[str, str], reference: str
) -> tuple[Block, ...]:
    allowed = printable_groups(facts.groups, whole_province=facts.whole_province)
    rows: list[tuple[str, ...]] = []
    headings: set[int] = set()
    withheld = False
    kinds = (
        ("C", facts.special_children),
        ("R", facts.at_risk_children),
        ("K", facts.other_children),
    )
    for kind, distinct in kinds:
        groups = [group for group in allowed if group.code.startswith(kind)]
        if not groups:
            continue
        whole = printable_total(distinct, groups, whole_province=facts.whole_province)
        headings.add(len(rows))
        rows.append((kind, texts[f"kind.{kind}"], _shown(whole)))
        rows += [(group.code, group.name, _shown(group.children)) for group in groups]
        withheld = withheld or whole is None or _any_withheld(groups)
    columns = (
        TableColumn(texts["column.code"], 0.12, Align.CENTER),
        TableColumn(texts["column.group"], 0.72),
        TableColumn(texts["column.children"], 0.16, Align.RIGHT),
    )
    notes = ["note.groups", "note.sensitive", *(["note.withheld"] if withheld else [])]
    return (
        *annex_head(texts["annex.groups.number"], texts["annex.groups.title"], reference),
        Table(
            columns,
            tuple(rows),
            style.TABLE_HEAD,
            style.TABLE_CELL,
            bold_rows=frozenset(headings),
        ),
        *(line(texts[key], style.NOTE) for key in notes),
    )


def _shown(count: int | None) -> str:
    return _WITHHELD if count is None else grouped_number(count)


def _any_withheld(groups: Sequence[PrintableCount]) -> bool:
    return any(group.children is None for group in groups)
