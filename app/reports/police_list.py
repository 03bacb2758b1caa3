"""The list that the commune police verify and sign: a sheet of its own for each village.

In the form of Decree 30/2020/ND-CP, across the page for its table; number and date are left to be
written. It names children, so it bears the mark of restricted use and no group of circumstances.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from app.reports import official_style as style
from app.reports.document import (
    Align,
    Block,
    Column,
    Document,
    Section,
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

#: How high a row is that somebody writes in by hand, in points: 15 mm, two lines of a pen.
_WRITTEN_IN = 42.0
_HEAD = TextStyle(size=11, bold=True, align=Align.CENTER)
_CELL = TextStyle(size=11)
_KIND = TextStyle(size=12, bold=True, before=8)
_TOTAL = TextStyle(size=12, bold=True, before=6)
_LAW = TextStyle(size=11, italic=True, align=Align.JUSTIFY, before=4)
_BLANK = ("", "")


@dataclass(frozen=True, slots=True)
class PoliceRow:
    """A child: the list it stands on (`kind`), the code of its row, its name, what is known of it
    beside (birth date, sex, ethnicity), father, mother and caregiver by role, its household, the
    personal id of the book, and what is to be verified. `erased`: the law took it away since.
    """

    kind: str
    code: str
    name: str
    known: tuple[str, ...]
    family: Mapping[str, str]
    household_no: str
    head: str
    personal_id: str
    asked: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class PoliceVillage:
    """The rows of a village ("" for none), those of one list together."""

    name: str
    rows: tuple[PoliceRow, ...]


@dataclass(frozen=True, slots=True)
class PoliceFacts:
    """What the paper says. `party` issues it; `day` is that of the list, in words."""

    party: Party
    number: int
    code: str
    day: str
    villages: tuple[PoliceVillage, ...]


def police_paper(facts: PoliceFacts, texts: Mapping[str, str]) -> Document:
    """The document; `texts` are those of `police_list`."""
    sections = tuple(_section(facts, one, texts) for one in facts.villages)
    return Document(texts["file_title"], style.A4_LANDSCAPE, sections)


def _section(facts: PoliceFacts, village: PoliceVillage, texts: Mapping[str, str]) -> Section:
    party = facts.party
    name = village.name or texts["no_village"]
    told = {"number": facts.number, "code": facts.code, "village": name, "day": facts.day}
    words = texts["unit_words"]
    blocks: list[Block] = [
        *letterhead(
            Letterhead(
                governing_body=agency_name(party.governing_body, words),
                issuing_body=agency_name(party.body, words),
                state=texts["state"],
                motto=texts["motto"],
                number=texts["number"].format(symbol=party.symbol),
                place_and_date=texts["place_and_date"].format(place=party.place),
                mark=texts["restricted"],
            )
        ),
        *title(texts["kind"], (texts["subject"],)),
        line(texts["of"].format(**told), style.ANNEX_REFERENCE, keep_with_next=True),
        *_tables(village, texts),
        line(texts["law"], _LAW),
        line(texts["back"], style.BODY, keep_with_next=True),
        _signers(texts),
    ]
    return Section(tuple(blocks), footer=(texts["footer"].format(**told), texts["restricted"]))


def _tables(village: PoliceVillage, texts: Mapping[str, str]) -> Iterator[Block]:
    """A table for each of the three lists that has children; they are counted through."""
    columns = (
        TableColumn(texts["column.order"], 0.035, Align.CENTER),
        TableColumn(texts["column.code"], 0.09, Align.CENTER),
        TableColumn(texts["column.child"], 0.16),
        TableColumn(texts["column.family"], 0.15),
        TableColumn(texts["column.home"], 0.1),
        TableColumn(texts["column.personal_id"], 0.105, Align.CENTER),
        TableColumn(texts["column.asked"], 0.12),
        TableColumn(texts["column.answer"], 0.15),
        TableColumn(texts["column.remark"], 0.09),
    )
    order = 0
    for kind, held in groupby(village.rows, key=lambda one: one.kind):
        rows = []
        for one in held:
            order += 1
            rows.append((str(order), *_cells(one, texts)))
        heading = texts["kind.count"].format(kind=texts[f"kind.{kind}"], count=len(rows))
        yield line(heading, _KIND, keep_with_next=True)
        yield Table(columns, tuple(rows), _HEAD, _CELL, before=4, least=_WRITTEN_IN)
    yield line(texts["total"].format(count=order), _TOTAL)


def _cells(one: PoliceRow, texts: Mapping[str, str]) -> Iterator[str]:
    yield one.code.replace("-", "- ")  # the column is as wide as half of it
    if one.erased:
        yield from (texts["erased"], *[""] * 6)
        return
    yield ", ".join((one.name or texts["no_name"], *one.known))
    named = [texts[role].format(name=name) for role, name in _told_family(one.family)]
    yield "; ".join(named) or texts["nobody"]
    number = texts["household"].format(number=one.household_no) if one.household_no else ""
    yield ", ".join(filter(None, (number, one.head)))
    yield one.personal_id or texts["nobody"]
    yield one.asked
    yield from _BLANK


def _told_family(family: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each with a name, by role; a parent who cares for the child is named once."""
    told: set[str] = set()
    for role, name in family.items():
        if name and name not in told:
            told.add(name)
            yield role, name


def _signers(texts: Mapping[str, str]) -> Block:
    def column(share: float, who: str, hint: str) -> Column:
        return signature_column(share, (texts[f"signer.{who}"],), texts[hint], "")

    return signatures(
        column(1 / 3, "commune", "signer.hint"),
        column(1 / 3, "village", "signer.stamp"),
        column(1 / 3, "police", "signer.stamp"),
    )
