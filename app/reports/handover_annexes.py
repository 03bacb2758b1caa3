"""The annexes of the handover record: books by village, children by group of circumstances.

Refuses to print the sensitive groups and counts that could point at a child (see `disclosure`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.reports import official_style as style
from app.reports.disclosure import PrintableCount, printable_groups, printable_total
from app.reports.document import Align, Block, Table, TableColumn
from app.reports.handover_facts import HandoverFacts, UnitLine, VillageLine
from app.reports.official_parts import annex_head, line
from app.reports.official_writing import first_capital, grouped_number, written_date

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


def _village_lines(
    whole: HandoverFacts | UnitLine, lines: Sequence[VillageLine], texts: Mapping[str, str]
) -> list[VillageLine]:
    """The villages, and one line more for what stands under no village."""
    books = (whole.books or 0) - sum(entry.books or 0 for entry in lines)
    households = (whole.households or 0) - sum(entry.households for entry in lines)
    children = (whole.children or 0) - sum(entry.children for entry in lines)
    counts = (books, households, children)
    if min(counts) < 0:
        raise ValueError("the villages of a record hold more than the record itself")
    rest = VillageLine("", None if whole.books is None else books, households, children)
    found = [*lines, rest] if any(counts) else lines
    return [
        one
        if one.name
        else replace(one, name=texts["row.moved_away" if one.departed else "row.no_village"])
        for one in found
    ]


def _rows(facts: HandoverFacts, texts: Mapping[str, str]) -> list[VillageLine | UnitLine]:
    """What the annex lists: the villages, those of several units each under its own unit."""
    if not facts.units:
        return list(_village_lines(facts, facts.villages, texts))
    rows: list[VillageLine | UnitLine] = []
    for unit in facts.units:
        own = [entry for entry in facts.villages if entry.unit == unit.unit]
        rows += [unit, *_village_lines(unit, own, texts)]
    return rows


def _books(number: int | None, texts: Mapping[str, str]) -> str:
    return texts["books.blank"] if number is None else grouped_number(number)


def _cells(
    order: str, name: str, entry: HandoverFacts | VillageLine | UnitLine, texts: Mapping[str, str]
) -> tuple[str, ...]:
    return (
        order,
        name,
        _books(entry.books, texts),
        grouped_number(entry.households or 0),
        grouped_number(entry.children or 0),
        "",
    )


def _village_annex(
    facts: HandoverFacts, texts: Mapping[str, str], reference: str
) -> tuple[Block, ...]:
    rows: list[tuple[str, ...]] = []
    headings: set[int] = set()
    order = 0
    for entry in _rows(facts, texts):
        if isinstance(entry, UnitLine):
            headings.add(len(rows))
            rows.append(_cells("", first_capital(entry.name), entry, texts))
        elif entry.departed:
            rows.append(_cells("", entry.name, entry, texts))
        else:
            order += 1
            rows.append(_cells(str(order), entry.name, entry, texts))
    what = "communes" if facts.by_commune else "villages"
    columns = (
        TableColumn(texts["column.order"], 0.08, Align.CENTER),
        TableColumn(texts[f"column.{what}"], 0.36),
        TableColumn(texts["column.books"], 0.13, Align.RIGHT),
        TableColumn(texts["column.households"], 0.13, Align.RIGHT),
        TableColumn(texts["column.children"], 0.14, Align.RIGHT),
        TableColumn(texts["column.note"], 0.16),
    )
    return (
        *annex_head(texts["annex.villages.number"], texts[f"annex.{what}.title"], reference),
        Table(
            columns,
            tuple(rows),
            style.TABLE_HEAD,
            style.TABLE_CELL,
            _cells("", texts["row.total"], facts, texts),
            frozenset(headings),
        ),
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
    asked = "note.nobody_asked" if facts.nobody_asked else "note.unanswered"
    unanswered = texts[asked].format(
        children=grouped_number(facts.children), unanswered=grouped_number(facts.unanswered)
    )
    return (
        *annex_head(texts["annex.groups.number"], texts["annex.groups.title"], reference),
        Table(
            columns,
            tuple(rows),
            style.TABLE_HEAD,
            style.TABLE_CELL,
            bold_rows=frozenset(headings),
        ),
        *([line(unanswered, style.NOTE)] if facts.unanswered else []),
        *(line(texts[key], style.NOTE) for key in notes),
    )


def _shown(count: int | None) -> str:
    return _WITHHELD if count is None else grouped_number(count)


def _any_withheld(groups: Sequence[PrintableCount]) -> bool:
    return any(group.children is None for group in groups)
