"""The register of handovers: who handed over what, receipts, verdicts, facts of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app import __version__
from app.errors import KnownError
from app.forms.code_lists import CodeList
from app.forms.units import Tier
from app.history.entities import ENTITIES, Family
from app.history.operation import Value
from app.models import bundles
from app.models.queries import counting, register
from app.models.queries import handovers as handover_queries
from app.models.queries.register import RecordView
from app.models.queries.rounds import RoundView, rounds
from app.models.queries.scope import within
from app.models.store import Reading
from app.models.work import Change, UnitOfWork
from app.reports.disclosure import SENSITIVE_GROUPS, GroupCount
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.handover_facts import (
    FileCheck,
    HandedFile,
    HandoverFacts,
    Person,
    VillageLine,
)
from app.reports.handover_record import handover_record
from app.services.parties import party_of, unit_in_sentence
from app.services.rights import Right
from app.services.workplace import Workplace

ACCEPTED, RETURNED = "accepted", "returned"
_TIERS = ("commune", "district", "province")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one tier said it got."""

    tier: str
    on: str
    by: str
    households: int
    children: int
    incomplete: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one tier decided: `accepted` or `returned`."""

    tier: str
    verdict: str
    on: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One handover as the register shows it."""

    id: str
    giver: str
    to: str
    seq: int
    sent_on: str
    sent_by: str
    households: int
    children: int
    incomplete: int
    file: str
    bundle_id: str
    received_here: str
    receipts: tuple[Receipt, ...]
    verdicts: tuple[Verdict, ...]


class HandoverRegister:
    """Use cases on handovers that took place."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[HandoverView]:
        """Every handover this PC knows of, the newest first."""
        with self._workplace.store.read() as reading:
            found = handover_queries.handovers(reading)
            came = {one.handover: one for one in bundles.incoming(reading)}
        views = [self._view(one, came) for one in found]
        return sorted(
            views, key=lambda one: (one.sent_on or one.received_here, one.seq), reverse=True
        )

    def _view(self, found: RecordView, came: Mapping[str, bundles.IncomingBundle]) -> HandoverView:
        values = found.values
        incoming = came.get(found.id)
        return HandoverView(
            found.id,
            _text(values, "owner_unit"),
            _text(values, "sent_to") or (self._workplace.unit if incoming else ""),
            _number(values, "sent_seq") or (incoming.seq if incoming else 0),
            _text(values, "sent_on"),
            _text(values, "sent_by"),
            _number(values, "sent_households"),
            _number(values, "sent_children"),
            _number(values, "sent_incomplete"),
            _text(values, "sent_file"),
            _text(values, "_key"),
            _written(incoming.received) if incoming else "",
            tuple(_receipt(values, t) for t in _TIERS if values.get(f"received_{t}_on")),
            tuple(_verdict(values, t) for t in _TIERS if values.get(f"verdict_{t}")),
        )

    def accept(self, handover: str) -> HandoverView:
        """This tier accepts the handover as a whole. Raises KnownError `handover.…`."""
        return self._decide(handover, ACCEPTED, "", ())

    def return_(self, handover: str, reason: str, records: Sequence[str] = ()) -> HandoverView:
        """Send the handover, or single records of it, back with a reason.

        The records keep what they are; a review on each tells the writer what to look at and
        carries the reason. With records named nothing is decided about the handover as a whole.
        Raises KnownError `handover.no_reason`, `handover.foreign_record`, `records.unknown`.
        """
        if not reason.strip():
            raise KnownError("handover.no_reason", "handover.no_reason_hint")
        return self._decide(handover, RETURNED, reason.strip(), records)

    def _decide(
        self, handover: str, verdict: str, reason: str, records: Sequence[str]
    ) -> HandoverView:
        workplace = self._workplace
        workplace.require(Right.HANDOVER)
        tier = workplace.tier.value
        with workplace.write() as work:
            found = self._found(work.connection, handover)
            if _text(found.values, "owner_unit") == workplace.unit:
                raise KnownError("handover.own", "handover.own_hint")
            if not records:
                now = datetime.fromtimestamp(workplace.clock(), tz=UTC)
                values: dict[str, Value] = {
                    f"verdict_{tier}": verdict,
                    f"verdict_{tier}_on": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    f"verdict_{tier}_by": workplace.account.full_name,
                    f"verdict_{tier}_reason": reason or None,
                }
                work.record(
                    Change("handover", values, id=handover, base=found.heads, loaded=found.values)
                )
            giver = _text(found.values, "owner_unit")
            for one in records:
                self._review(work, one, handover, giver, reason)
            work.audit(f"handover.{verdict}", handover=handover, records=len(records))
            work.commit()
        return next(one for one in self.list() if one.id == handover)

    def _review(
        self, work: UnitOfWork, record: str, handover: str, giver: str, reason: str
    ) -> None:
        entity = register.entity_of(work.connection, record)
        found = None if entity is None else register.record(work.connection, entity, record)
        if found is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=record)
        part = ENTITIES[found.entity].family is Family.SUB
        root = _text(found.values, "record") if part else record
        if not within(work.connection, self._workplace.tree.below(giver), [root]):
            raise KnownError(
                "handover.foreign_record", "handover.foreign_record_hint", id=record, unit=giver
            )
        today = self._workplace.today().isoformat()
        work.record(
            Change(
                "review",
                {
                    "record": record,
                    "result": RETURNED,
                    "reason": reason,
                    "reviewer": self._workplace.account.full_name,
                    "reviewed_on": today,
                    "handover": handover,
                    "reviewed_heads": sorted(head.hex() for head in found.heads),
                },
            )
        )

    def _found(self, reading: Reading, handover: str) -> RecordView:
        found = register.record(reading, "handover", handover)
        if found is None:
            raise KnownError("handover.unknown", "handover.unknown_hint", id=handover)
        return found

    # --- the record -------------------------------------------------------------------------

    def document(self, handover: str, *, blank_people: bool = False) -> Document:
        """The handover record as a document for printing. Raises KnownError `handover.…`."""
        self._workplace.require(Right.PRINT)
        facts = self.facts(handover, blank_people=blank_people)
        self._workplace.audit("handover.printed", handover=handover)
        return handover_record(facts, document_texts("handover_record"))

    def facts(self, handover: str, *, blank_people: bool = False) -> HandoverFacts:
        """Everything the record says.

        The counts are those the giver stated; before the giver's half has come (it travels with
        the next bundle) those of this PC's own receipt. Villages and groups are given only while
        the register still shows these counts: a record never mixes two days, and says so. The round
        is the one the giver stated and no other.
        """
        workplace = self._workplace
        with workplace.store.read() as reading:
            found = self._found(reading, handover)
            values = found.values
            giver = _text(values, "owner_unit")
            to = _text(values, "sent_to") or workplace.unit
            held = _file_of(reading, found)
            if held is None:
                raise KnownError("handover.file_unknown", "handover.file_unknown_hint")
            units = workplace.tree.below(giver)
            dated = _local_day(_text(values, "sent_on")) or workplace.today()
            current = _round_of(reading, _text(values, "sent_round"))
            basis = self._counted_on(reading, values, current)
            groups = _groups(
                reading,
                units,
                current,
                basis,
                workplace.catalogue.code_list("circumstances"),
            )
            books = counting.books_by_place(reading, units)
            lines = _lines(workplace, reading, giver, books, basis)
            now = counting.counts(reading, units, basis)
            check = self._check_of(reading, found, to)
        stated = _stated(values, workplace.tier.value)
        same = _shown(now) == _shown(stated)
        until = _iso_day(current.reference_date) if current else None
        people = (Person(), Person()) if blank_people else self._people(values, to)
        return HandoverFacts(
            giver=party_of(workplace, giver, people[0]),
            receiver=party_of(workplace, to, people[1]),
            unit=unit_in_sentence(workplace, giver),
            round_title=current.name if current else "",
            file=held,
            books=sum(sum(one.values()) for one in books.values()) or None,
            households=stated.households,
            children=stated.children,
            girls=stated.girls,
            incomplete=stated.incomplete,
            errors=_known(values, "sent_errors"),
            warnings=_known(values, "sent_warnings"),
            changed_since=not same,
            left_out=now.left_out if same else 0,
            born_from=_iso_day(basis.born_from),
            incomplete_received=self._incomplete_received(values, to, stated),
            villages=lines if same else (),
            groups=groups.counts if same else (),
            special_children=groups.special if same else 0,
            at_risk_children=groups.at_risk if same else 0,
            other_children=groups.other if same else 0,
            whole_province=workplace.tree.units.tier(giver) is Tier.PROVINCE,
            dated=dated,
            # Nobody can hand over numbers of a day that has not come.
            reference_date=until if until is not None and until <= dated else None,
            period_start=_iso_day(current.opens_on) if current else None,
            period_end=_iso_day(current.closes_on) if current else None,
            check=check,
        )

    def _incomplete_received(
        self, values: Mapping[str, Value], to: str, stated: counting.Counts
    ) -> int | None:
        """What the receiver counts as unfinished, where that is another number than is stated."""
        found = _known(values, f"received_{self._workplace.tree.tier(to)}_incomplete")
        return None if found == stated.incomplete else found

    def _counted_on(
        self, reading: Reading, values: Mapping[str, Value], current: RoundView | None
    ) -> counting.Basis:
        """The day and cut-off that the stated counts were made for, as whoever counted had them."""
        if "sent_households" not in values:
            counted = _local_day(_text(values, f"received_{self._workplace.tier.value}_on"))
            return counting.basis_of(reading, counted or self._workplace.today())
        known = _iso_day(current.reference_date) if current else None
        day = known or _local_day(_text(values, "sent_on")) or self._workplace.today()
        return counting.Basis(day, current.born_from if current else "")

    def _people(self, values: Mapping[str, Value], to: str) -> tuple[Person, Person]:
        """(who gave, who received), as far as this PC knows them.

        Of the receiver a receipt says the name only; the title is known of who is signed in.
        """
        giver = Person(_text(values, "sent_by"), _text(values, "sent_by_title"))
        by = _text(values, f"received_{self._workplace.tree.tier(to)}_by")
        account = self._workplace.account
        mine = by and to == self._workplace.unit and by == account.full_name
        return giver, Person(by, account.title if mine else "")

    def _check_of(self, reading: Reading, found: RecordView, to: str) -> FileCheck:
        """Whether the file that came is the file that was handed over.

        Where it came: its hash against the one the giver states, which travels with the next
        bundle. Elsewhere: the manifest that the receiver names against that of the handover.
        """
        came = bundles.incoming(reading, [found.id])
        if came:
            said, got = _text(found.values, "sent_sha256"), came[0].file.sha256
        else:
            tier = self._workplace.tree.tier(to)
            said = _text(found.values, f"received_{tier}_manifest")
            got = _text(found.values, "_key")
        if not said:
            return FileCheck.NOT_YET
        return FileCheck.MATCHES if said == got else FileCheck.DIFFERS


def _file_of(reading: Reading, found: RecordView) -> HandedFile | None:
    """The bundle file of a handover, from whichever side of it this PC was on."""
    values = found.values
    sent = [one for one in bundles.outgoing(reading) if one.handover == found.id]
    came = bundles.incoming(reading, [found.id])
    if sent:
        file, seq = sent[0].file, sent[0].seq
    elif came:
        file, seq = came[0].file, came[0].seq
    else:
        return None
    app = (_text(values, "sent_app") or f"sotreem {__version__}").removeprefix("sotreem ")
    return HandedFile(file.name, file.size, file.sha256, seq, file.certificate, app)


@dataclass(frozen=True, slots=True)
class _Groups:
    counts: tuple[GroupCount, ...]
    special: int
    at_risk: int
    other: int


def _groups(
    reading: Reading,
    units: Sequence[str],
    current: RoundView | None,
    basis: counting.Basis,
    named: CodeList,
) -> _Groups:
    """Counts by group, and distinct children by kind of group over the printable groups.

    K02 is no state: it is counted from the events of the round's period (domain.md 2.3), and left
    out where no round says a period.
    """
    children = counting.children_by_group(reading, units, basis)
    children.pop("K02", None)
    if current is not None:
        children["K02"] = counting.children_injured(
            reading, units, current.opens_on, current.closes_on
        )
    numbers = {group: len(ids) for group, ids in children.items()}
    found = tuple(
        GroupCount(item.code, item.label_vi, numbers.get(item.code, 0))
        for item in named.items
        if "." not in item.code
        and item.code not in SENSITIVE_GROUPS
        and (item.code != "K02" or current is not None)
    )

    def distinct(kind: str) -> int:
        held: set[str] = set()
        for code, ids in children.items():
            if code.startswith(kind) and code not in SENSITIVE_GROUPS:
                held |= ids
        return len(held)

    return _Groups(found, distinct("C"), distinct("R"), distinct("K"))


def _stated(values: Mapping[str, Value], tier: str) -> counting.Counts:
    """The giver's own counts, else this tier's receipt."""
    prefix = "sent_" if "sent_households" in values else f"received_{tier}_"
    return counting.Counts(
        _number(values, prefix + "households"),
        _number(values, prefix + "children"),
        _number(values, prefix + "girls"),
        _number(values, prefix + "incomplete"),
    )


def _shown(counts: counting.Counts) -> tuple[int, int, int]:
    """What of the counts the annexes break down."""
    return counts.households, counts.children, counts.girls


def _lines(
    workplace: Workplace,
    reading: Reading,
    unit: str,
    books: Mapping[str, Mapping[str, int]],
    basis: counting.Basis,
) -> tuple[VillageLine, ...]:
    """The annex: villages of a commune, or communes of a larger unit."""
    if workplace.tree.units.tier(unit) is Tier.COMMUNE:
        here = books.get(unit, {})
        found = counting.counts_by_village(reading, unit, basis)
        return tuple(
            # A village whose record has not come yet has no name here; no village at all has a
            # line of its own in the annex.
            VillageLine(name or ("…" if one else ""), here.get(one), households, children)
            for one, name, households, children in found
            if households or children or one in here
        )
    below = workplace.tree.below(unit)
    return tuple(
        VillageLine(
            workplace.tree.units.unit(one).full_name(),
            sum(books.get(one, {}).values()) or None,
            households,
            children,
        )
        for one, households, children in counting.counts_by_unit(reading, below, basis)
    )


def _round_of(reading: Reading, wanted: str) -> RoundView | None:
    return next((one for one in rounds(reading) if one.id == wanted), None)


def _receipt(values: Mapping[str, Value], tier: str) -> Receipt:
    prefix = f"received_{tier}_"
    return Receipt(
        tier,
        _text(values, prefix + "on"),
        _text(values, prefix + "by"),
        *(
            _number(values, prefix + name)
            for name in ("households", "children", "incomplete", "refused", "waiting")
        ),
    )


def _verdict(values: Mapping[str, Value], tier: str) -> Verdict:
    prefix = f"verdict_{tier}"
    return Verdict(
        tier,
        *(_text(values, prefix + rest) for rest in ("", "_on", "_by", "_reason")),
    )


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _number(values: Mapping[str, Value], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def _known(values: Mapping[str, Value], name: str) -> int | None:
    """A number that somebody counted; None where nobody said one."""
    value = values.get(name)
    return value if isinstance(value, int) else None


def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _local_day(moment: str) -> date | None:
    if not moment:
        return None
    return datetime.fromisoformat(moment).astimezone().date()


def _iso_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
