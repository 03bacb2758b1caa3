"""The handover record: the minutes two units sign when books and a data file change hands.

Model: Decree 30/2020/ND-CP annex V (handing over of records and documents) in the form of its
annex I; the giver stands first and signs on the left. The number of the record is left to be
written by the office that issues it (art. 15), and whatever is not known yet becomes a blank.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.reports import official_style as style
from app.reports.disclosure import printable, printable_parts
from app.reports.document import (
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
    TextStyle,
)
from app.reports.handover_annexes import annexes_of
from app.reports.handover_facts import Contents, FileCheck, HandoverFacts, Party, Person, Side
from app.reports.official_parts import (
    Letterhead,
    agency_name,
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
    first_capital,
    grouped_number,
    written_date,
    written_hour,
)
from app.reports.record_code import RecordCode, grouped_digest, record_payload, short_code

_CODE_SIZE_MM = 33.0


def handover_record(facts: HandoverFacts, texts: Mapping[str, str]) -> Document:
    """The record, one section for the minutes and one for each annex, once for every copy.

    `texts` are the sentences of `resources/documents/handover_record.vi.json`. Raises ValueError
    when the villages hold more books, households or children than the record says, or when a
    digest or a count is malformed.
    """
    minutes = _minutes(facts, texts)
    annexes = annexes_of(facts, texts)
    code = texts["footer.code"].format(code=short_code(facts.file.sha256))
    sections = [
        Section(blocks, (texts[f"copy.{side.value}"], code))
        for side in facts.copies
        for blocks in (minutes, *annexes)
    ]
    return Document(texts["file_title"], style.A4_PORTRAIT, tuple(sections))


def _minutes(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    issuer = facts.issuing_party
    place = issuer.place or texts["place.blank"]
    return (
        *letterhead(
            Letterhead(
                governing_body=agency_name(issuer.governing_body, texts["unit_words"]),
                issuing_body=agency_name(issuer.body, texts["unit_words"]),
                state=texts["state"],
                motto=texts["motto"],
                number=texts["number"].format(symbol=issuer.symbol),
                place_and_date=texts["place_and_date"].format(
                    place=place, date=written_date(facts.dated, texts)
                ),
                mark=texts["restricted"] if facts.restricted else None,
            )
        ),
        *title(texts["kind"], _summary(facts, texts)),
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


def _summary(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[str, ...]:
    # The rule is as long as a share of the last line: without a round that is the subject.
    subject = texts["subject.beside" if facts.beside else "subject"]
    return (subject, *((facts.round_title,) if facts.round_title else ()))


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
    for side, party in (("giver", facts.giver), ("receiver", facts.receiver)):
        name = texts[f"{side}.beside"].format(unit=party.name) if facts.beside else party.name
        blocks.append(
            Paragraph((Run(texts[side], bold=True), Run(name)), style.BODY, keep_with_next=True)
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
            texts["item.1.value"].format(
                unit=_units_in_words(facts, texts),
                round=facts.round_title or texts["item.1.round_blank"],
            ),
        ),
        _lead(
            texts["item.2"],
            texts["item.2.value" if facts.ages_on is None else "item.2.value_ages"].format(
                start=written_date(facts.period_start, texts),
                end=written_date(facts.period_end, texts),
                reference=written_date(facts.reference_date, texts),
                ages=written_date(facts.ages_on, texts),
            ),
        ),
    )


def _units_in_words(facts: HandoverFacts, texts: Mapping[str, str]) -> str:
    if not facts.units:
        return facts.unit
    *names, last = [one.name for one in facts.units]
    return texts["list.last"].format(names=texts["list.between"].join(names), last=last)


def _by(key: str, facts: HandoverFacts) -> str:
    """The sentence for numbers of the giver, or the one that says they are the receiver's own."""
    return key if facts.counted_by is Side.GIVER else f"{key}.receivers"


def _books(facts: HandoverFacts, texts: Mapping[str, str]) -> str:
    # What is counted by hand is nobody's register.
    if facts.books is None:
        return texts["item.3.books"].format(books=texts["books.blank"])
    return texts[_by("item.3.books", facts)].format(books=counted(facts.books))


def _quantities(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    return (
        line(texts["item.3"], style.ITEM, keep_with_next=True),
        line(texts["item.3.paper"], style.BODY, keep_with_next=True),
        line(_books(facts, texts), style.BODY),
        _field(texts["item.3.boxes"], "", style.FIELD),
        line(texts["item.3.electronic"], style.BODY, keep_with_next=True),
        line(
            texts[_by("item.3.records", facts)].format(
                records=counted(facts.households + facts.children),
                households=counted(facts.households),
                children=counted(facts.children),
                girls=counted(facts.girls),
            ),
            style.BODY,
        ),
        *_by_unit(facts, texts),
        *_moved_away(facts, texts),
        *_left_out(facts, texts),
        line(texts["item.3.files"], style.BODY, keep_with_next=True),
        _file_panel(facts, texts),
        _field(texts["file.device"], facts.device_label, style.FIELD),
    )


def _by_unit(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    """The numbers of each of several units; none of them where one is not known any more."""
    return tuple(
        line(
            texts["item.3.unit"].format(
                unit=first_capital(one.name),
                households=counted(one.households),
                children=counted(one.children),
                girls=counted(one.girls),
            ),
            style.BODY,
        )
        for one in facts.units
        if one.households is not None and one.children is not None and one.girls is not None
    )


def _held(facts: HandoverFacts, said: Contents, texts: Mapping[str, str]) -> str:
    """What the file holds; that it holds more than the total counts, only where it does."""
    words = texts["file.contents.value"].format(
        operations=counted(said.operations),
        households=counted(said.households),
        children=counted(said.children),
    )
    more = said.children > (facts.children or 0) or facts.of_age or facts.left_out
    return words + texts["file.contents.more"] if more else words


def _moved_away(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    """Who is counted and does not live there any more."""
    if not facts.moved_away:
        return ()
    words = texts["item.3.moved_away"].format(children=counted(facts.moved_away))
    return (line(words, style.BODY),)


def _left_out(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    """Who travels and is not counted: of age, or under 16 and before the round's cut-off."""
    told = (
        ("item.3.of_age", facts.of_age, facts.counted_on),
        ("item.3.left_out", facts.left_out, facts.born_from),
    )
    return tuple(
        line(texts[key].format(children=counted(children), day=f"{day:%d/%m/%Y}"), style.BODY)
        for key, children, day in told
        if children and day is not None
    )


def _file_panel(facts: HandoverFacts, texts: Mapping[str, str]) -> Columns:
    file = facts.file
    payload = record_payload(RecordCode(file.sha256, file.number, facts.households, facts.children))
    size = texts["file.size.value" if file.size < 1024 else "file.size.value_long"].format(
        bytes=grouped_number(file.size), size=file_size(file.size)
    )

    def entry(key: str, value: str) -> Paragraph:
        return Paragraph((Run(texts[key]), Run(value, bold=True)), style.PANEL)

    said = facts.contents
    held = () if said is None else (entry("file.contents", _held(facts, said, texts)),)
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
        *held,
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
        line(_open_work(facts, texts), style.BODY),
        *_crosschecks(facts, texts),
        *_receivers_count(facts, texts),
        *_days_apart(facts, texts),
        Paragraph(
            (Run(texts["item.4.check"] + check),),
            style.BODY,
            fill=facts.check is FileCheck.NOT_YET,
        ),
        *_verdict(facts, texts),
        *_rewritten(facts, texts),
        _condition(facts, texts),
    )


def _open_work(facts: HandoverFacts, texts: Mapping[str, str]) -> str:
    """What is left to do. Errors and warnings are the giver's; unknown ones get no number."""
    incomplete = counted(facts.incomplete)
    if facts.errors is None or facts.warnings is None:
        return texts[_by("item.4.open_unknown", facts)].format(incomplete=incomplete)
    return texts["item.4.open"].format(
        incomplete=incomplete, errors=counted(facts.errors), warnings=counted(facts.warnings)
    )


def _crosschecks(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    """The lists that the giver held against its register, a line each."""
    lines = []
    for one in facts.crosschecks:
        shown = printable_parts(
            {
                "differs": one.differs,
                "review": one.review,
                "only_list": one.only_list,
                "settled": one.settled,
                "grown": one.grown,
            },
            {"rows": one.rows, "matched": one.both + one.differs},
            whole_province=facts.whole_province,
        )
        alone = printable(one.only_book, whole_province=facts.whole_province)
        counts = {
            name: texts["withheld"] if count is None else counted(count)
            for name, count in (*shown.items(), ("only_book", alone))
        }
        said = texts[f"item.4.crosscheck.{one.kind}"].format(year=one.year)
        day = f"{one.on:%d/%m/%Y}"
        lines.append(
            line(texts["item.4.crosscheck"].format(list=said, day=day, **counts), style.BODY)
        )
    return tuple(lines)


def _receivers_count(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    """The two sides sign under both numbers where they differ, and under what was not applied."""
    got = facts.received
    if got is None:
        return ()
    said: list[str] = []
    if got.with_later:
        said.append(texts["item.4.received_with_later"])
    elif facts.counted_by is Side.GIVER:  # else they are the total already
        said.append(
            texts[
                "item.4.received_other_round" if facts.receiver_round else "item.4.received"
            ].format(
                round=facts.receiver_round,
                households=counted(got.households),
                children=counted(got.children),
                girls=counted(got.girls),
                incomplete=counted(got.incomplete),
            )
        )
    if got.waiting or got.refused:
        said.append(
            texts["item.4.stopped"].format(
                waiting=counted(got.waiting), refused=counted(got.refused)
            )
        )
    return tuple(line(words, style.BODY) for words in said)


def _days_apart(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    """A receipt before the handover proves a wrong clock; one long after it proves nothing."""
    if facts.days_apart is None:
        return ()
    sent, received = facts.days_apart
    key = "item.4.received_later" if sent < received else "item.4.received_before"
    # A round may name another day than either.
    alike = facts.counted_on == sent and not facts.receiver_round
    basis = texts["item.4.counted_that_day"] if alike else ""
    words = texts[key].format(sent=f"{sent:%d/%m/%Y}", received=f"{received:%d/%m/%Y}", basis=basis)
    return (line(words, style.BODY),)


def _verdict(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    said = facts.verdict
    if said is None:
        return ()
    words = texts["item.4.accepted" if said.accepted else "item.4.returned"]
    date = written_date(said.on, texts)
    return (line(words.format(date=date, reason=said.reason), style.BODY),)


def _rewritten(facts: HandoverFacts, texts: Mapping[str, str]) -> tuple[Block, ...]:
    if not facts.rewritten:
        return ()
    accepted = facts.verdict is not None and facts.verdict.accepted
    key = "item.4.rewritten" if accepted else "item.4.rewritten_before"
    return (line(texts[key], style.BODY),)


def _condition(facts: HandoverFacts, texts: Mapping[str, str]) -> Paragraph:
    return Paragraph(
        (Run(texts["item.4.condition"] + facts.condition),), style.BODY, fill=not facts.condition
    )


def _contents(facts: HandoverFacts, texts: Mapping[str, str]) -> Paragraph:
    parts = []
    if facts.villages:
        what = "communes" if facts.by_commune else "villages"
        places = sum(not one.departed for one in facts.villages)
        parts.append(texts[f"item.5.{what}"].format(count=counted(places)))
    if facts.groups:
        parts.append(texts["item.5.groups"])
    whose = ""
    if facts.counted_by is Side.RECEIVER:
        whose = texts["item.5.receivers_both" if len(parts) > 1 else "item.5.receivers"]
    said = ["; ".join(parts) + whose + "."] if parts else []
    if facts.changed_since and parts and not facts.groups:
        said.append(texts["item.5.groups_changed"])
    if facts.nobody_asked and not facts.groups:
        children = counted(facts.children)
        said.append(texts["item.5.nobody_asked"].format(children=children))
    absent = texts["item.5.changed" if facts.changed_since else "item.5.none"]
    return _lead(texts["item.5"], " ".join(said) or absent)


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
