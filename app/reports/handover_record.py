"""The handover record: the minutes two units sign when books and a data file change hands.

Model: Decree 30/2020/ND-CP annex V (handing over of records and documents) in the form of its
annex I; the giver stands first and signs on the left. The number of the record is left to be
written by the office that issues it (art. 15), and whatever is not known yet becomes a blank.

Refuses to print names of children or households, the sensitive groups, and counts that could
point at a child (see `disclosure`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from app.reports import official_style as style
from app.reports.disclosure import (
    GroupCount,
    PrintableCount,
    printable_groups,
    printable_total,
)
from app.reports.document import (
    Align,
    Block,
    Column,
    ColumnBlock,
    Columns,
    Document,
    Grid,
    Paragraph,
    QrCode,
    Run,
    Section,
    Table,
    TableColumn,
    TextStyle,
)
from app.reports.official_parts import (
    Letterhead,
    annex_head,
    letterhead,
    line,
    recipients,
    signature_column,
    signatures,
    title,
)
from app.reports.official_writing import (
    counted,
    file_size,
    grouped_number,
    written_date,
    written_hour,
)
from app.reports.record_code import RecordCode, grouped_digest, record_payload, short_code

_WITHHELD = "*"
_CODE_SIZE_MM = 33.0


class Side(Enum):
    """The two parties of a handover."""

    GIVER = "giver"
    RECEIVER = "receiver"


class FileCheck(Enum):
    """What the receiver found when it checked the file."""

    NOT_YET = "not_yet"
    MATCHES = "matches"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Person:
    """Who was present, and as what; either may be empty, to be written by hand."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One side. `name` as in a sentence, with the units above it.

    `body` and `governing_body` make the letterhead (the latter may be empty); `symbol` is the
    abbreviation after `BB-`; `place` stands before the date; `authority` are the lines over the
    signature, such as the title of who signs.
    """

    name: str
    body: str
    symbol: str
    governing_body: str = ""
    place: str = ""
    people: tuple[Person, ...] = ()
    authority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedFile:
    """The bundle file. Digests are SHA-256 in hex, `size` in bytes, `number` that of its line."""

    name: str
    size: int
    sha256: str
    number: int
    signer_certificate_sha256: str
    app_version: str


@dataclass(frozen=True, slots=True)
class VillageLine:
    """The books of one village and what stands in them."""

    name: str
    books: int
    households: int
    children: int


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """Everything a record says. Times are local; None and "" become blanks to write on.

    `unit` is the unit whose data travel, as in a sentence. `groups` are counts by group, and
    `special_children`, `at_risk_children`, `other_children` the distinct children in at least one
    group of that kind, **counted over the groups that may be printed** (see `SENSITIVE_GROUPS`).
    `whole_province` says that the data are a whole province's, where small counts may stand.
    `plan` is the last ground, without full stop (for instance the plan of the round).
    """

    giver: Party
    receiver: Party
    unit: str
    round_title: str
    file: HandedFile
    books: int
    households: int
    children: int
    girls: int
    incomplete: int
    errors: int
    warnings: int
    villages: tuple[VillageLine, ...] = ()
    groups: tuple[GroupCount, ...] = ()
    special_children: int = 0
    at_risk_children: int = 0
    other_children: int = 0
    whole_province: bool = False
    issuer: Side = Side.GIVER
    plan: str = ""
    venue: str = ""
    dated: date | None = None
    started: datetime | None = None
    ended: datetime | None = None
    period_start: date | None = None
    period_end: date | None = None
    reference_date: date | None = None
    device_label: str = ""
    check: FileCheck = FileCheck.NOT_YET
    condition: str = ""
    restricted: bool = True
    copies: tuple[Side, ...] = (Side.GIVER, Side.RECEIVER)


def handover_record(facts: HandoverFacts, texts: Mapping[str, str]) -> Document:
    """The record, one section for the minutes and one for each annex, once for every copy.

    `texts` are the sentences of `resources/documents/handover_record.vi.json`. Raises ValueError
    when the villages hold more books, households or children than the record says, or when a
    digest or a count is malformed.
    """
    minutes = _minutes(facts, texts)
    annexes = _annexes(facts, texts)
    code = texts["footer.code"].format(code=short_code(facts.file.sha256))
    sections = [
        Section(blocks, (texts[f"copy.{side.value}"], code))
        for side in facts.copies
        for blocks in (minutes, *annexes)
    ]
    return Document(texts["file_title"], style.A4_PORTRAIT, tuple(sections))


def _issuer(facts: HandoverFacts) -> Party:
    return facts.giver if facts.issuer is Side.GIVER else facts.receiver


def _minutes(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    issuer = _issuer(facts)
    place = issuer.place or texts["place.blank"]
    return (
        *letterhead(
            Letterhead(
                governing_body=issuer.governing_body,
                issuing_body=issuer.body,
                state=texts["state"],
                motto=texts["motto"],
                number=texts["number"].format(symbol=issuer.symbol),
                place_and_date=texts["place_and_date"].format(
                    place=place, date=written_date(facts.dated, texts)
                ),
                mark=texts["restricted"] if facts.restricted else None,
            )
        ),
        *title(texts["kind"], (texts["subject"], facts.round_title)),
        *_grounds(facts, texts),
        *_parties(facts, texts),
        line(texts["agreed"], style.BODY),
        *_subject_matter(facts, texts),
        *_quantities(facts, texts),
        *_state_of_things(facts, texts),
        _contents(facts, texts),
        *_closing(facts, texts),
        signatures(
            _signature(0.5, facts.giver, texts["sign.giver"], texts),
            _signature(0.5, facts.receiver, texts["sign.receiver"], texts),
        ),
        recipients(
            texts["recipients"],
            (texts["recipients.giver"], texts["recipients.receiver"], texts["recipients.file"]),
        ),
    )


def _grounds(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    # Decree 30/2020 annex I part II.6: each ground ends with a semicolon, the last with a comma.
    plan = facts.plan or texts["ground.plan_blank"]
    return (
        line(texts["ground.children"] + ";", style.GROUND),
        line(texts["ground.records"] + ";", style.GROUND),
        line(plan + ",", style.GROUND),
    )


def _parties(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    blocks: list[Block] = [
        line(
            texts["opening"].format(
                hour=written_hour(facts.started, texts),
                date=written_date(facts.started.date() if facts.started else None, texts),
                venue=facts.venue or texts["venue.blank"],
            ),
            style.BODY,
        )
    ]
    for label, party in ((texts["giver"], facts.giver), (texts["receiver"], facts.receiver)):
        blocks.append(
            Paragraph((Run(label, bold=True), Run(party.name)), style.BODY, keep_with_next=True)
        )
        blocks += [_person(person, texts) for person in party.people or (Person(),)]
    return tuple(blocks)


def _person(person: Person, texts: Mapping[str, str]) -> Columns:
    return Columns(
        (
            Column(0.49, (_field(texts["person"], person.name, style.FIELD),)),
            Column(0.02, ()),
            Column(0.49, (_field(texts["position"], person.title, style.FIELD_RIGHT),)),
        )
    )


def _field(label: str, value: str, style_of_line: TextStyle) -> Paragraph:
    return Paragraph((Run(label + value),), style_of_line, fill=not value)


def _lead(label: str, value: str) -> Paragraph:
    return Paragraph((Run(label, bold=True), Run(value)), style.BODY)


def _subject_matter(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    return (
        _lead(
            texts["item.1"],
            texts["item.1.value"].format(unit=facts.unit, round=facts.round_title),
        ),
        _lead(
            texts["item.2"],
            texts["item.2.value"].format(
                start=written_date(facts.period_start, texts),
                end=written_date(facts.period_end, texts),
                reference=written_date(facts.reference_date, texts),
            ),
        ),
    )


def _quantities(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    return (
        line(texts["item.3"], style.ITEM, keep_with_next=True),
        line(texts["item.3.paper"], style.BODY, keep_with_next=True),
        line(texts["item.3.books"].format(books=counted(facts.books)), style.BODY),
        _field(texts["item.3.boxes"], "", style.FIELD),
        line(texts["item.3.electronic"], style.BODY, keep_with_next=True),
        line(
            texts["item.3.records"].format(
                records=counted(facts.households + facts.children),
                households=counted(facts.households),
                children=counted(facts.children),
                girls=counted(facts.girls),
            ),
            style.BODY,
        ),
        line(texts["item.3.files"], style.BODY, keep_with_next=True),
        _file_panel(facts, texts),
        _field(texts["file.device"], facts.device_label, style.FIELD),
    )


def _file_panel(facts: HandoverFacts, texts: Mapping[str, str]) -> Columns:
    file = facts.file
    payload = record_payload(RecordCode(file.sha256, file.number, facts.households, facts.children))
    size = texts["file.size.value" if file.size < 1024 else "file.size.value_long"].format(
        bytes=grouped_number(file.size), size=file_size(file.size)
    )

    def entry(key: str, value: str) -> Paragraph:
        return Paragraph((Run(texts[key]), Run(value, bold=True)), style.PANEL)

    lines: tuple[ColumnBlock, ...] = (
        entry("file.name", file.name),
        Paragraph(
            (
                Run(texts["file.size"]),
                Run(size, bold=True),
                Run("; " + texts["file.number"][:1].lower() + texts["file.number"][1:]),
                Run(counted(file.number), bold=True),
            ),
            style.PANEL,
        ),
        line(texts["file.digest"], style.PANEL),
        Grid(grouped_digest(file.sha256), 14.5, style.DIGEST),
        entry("file.code", short_code(file.sha256)),
        line(texts["file.signer"], style.PANEL),
        Paragraph((Run(short_code(file.signer_certificate_sha256, 25), bold=True),), style.PANEL),
        entry("file.program", texts["file.program.value"].format(version=file.app_version)),
        line(texts["file.qr"], style.PANEL_NOTE),
    )
    return Columns((Column(0.24, (QrCode(payload, _CODE_SIZE_MM),)), Column(0.76, lines)), before=6)


def _state_of_things(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    check = texts[f"item.4.check.{facts.check.value}"]
    return (
        line(texts["item.4"], style.ITEM, keep_with_next=True),
        line(
            texts["item.4.open"].format(
                incomplete=counted(facts.incomplete),
                errors=counted(facts.errors),
                warnings=counted(facts.warnings),
            ),
            style.BODY,
        ),
        Paragraph(
            (Run(texts["item.4.check"] + check),),
            style.BODY,
            fill=facts.check is FileCheck.NOT_YET,
        ),
        _condition(facts, texts),
    )


def _condition(facts: HandoverFacts, texts: Mapping[str, str]) -> Paragraph:
    return Paragraph(
        (Run(texts["item.4.condition"] + facts.condition),), style.BODY, fill=not facts.condition
    )


def _contents(facts: HandoverFacts, texts: Mapping[str, str]) -> Paragraph:
    parts = []
    if facts.villages:
        parts.append(texts["item.5.villages"].format(count=counted(len(facts.villages))))
    if facts.groups:
        parts.append(texts["item.5.groups"])
    return _lead(texts["item.5"], "; ".join(parts) + "." if parts else texts["item.5.none"])


def _closing(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    hour = written_hour(facts.ended, texts)
    if facts.started and facts.ended and facts.started.date() != facts.ended.date():
        ended = texts["closing.other_day"].format(
            hour=hour, date=written_date(facts.ended.date(), texts)
        )
    else:
        ended = texts["closing.same_day"].format(hour=hour)
    return (line(ended, style.BODY), line(texts["closing.copies"], style.BODY))


def _signature(share: float, party: Party, heading: str, texts: Mapping[str, str]) -> Column:
    name = party.people[0].name if party.people else ""
    return signature_column(share, (heading, *party.authority), texts["sign.hint"], name)


def _annexes(facts: HandoverFacts, texts: Mapping[str, str]) -> list[tuple[Block, ...]]:
    issuer = _issuer(facts)
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
    rest = VillageLine(
        "",
        facts.books - sum(entry.books for entry in lines),
        facts.households - sum(entry.households for entry in lines),
        facts.children - sum(entry.children for entry in lines),
    )
    counts = (rest.books, rest.households, rest.children)
    if min(counts) < 0:
        raise ValueError("the villages of a record hold more than the record itself")
    return (*lines, rest) if any(counts) else lines


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
            grouped_number(entry.books),
            grouped_number(entry.households),
            grouped_number(entry.children),
            "",
        )
        for order, entry in enumerate(lines, start=1)
    )
    total = (
        "",
        texts["row.total"],
        grouped_number(facts.books),
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
