"""The facts of a handover record: what it says of counts, units, file, round, books and people.

The paper is signed, so it never mixes two days: what is stated was stated by the giver, in the
bundle itself or in the half that follows it; what only the register breaks down is left out once it
no longer shows what was stated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app import __version__
from app.errors import KnownError
from app.forms.code_lists import CodeList
from app.forms.units import Tier
from app.history.operation import Value
from app.models import bundles
from app.models.queries import counting, counting_groups
from app.models.queries.register import RecordView
from app.models.queries.rounds import RoundView, round_of
from app.models.store import Reading
from app.reports.disclosure import SENSITIVE_GROUPS, GroupCount
from app.reports.handover_facts import (
    Contents,
    CrossCheckLine,
    Decided,
    FileCheck,
    HandedFile,
    HandoverFacts,
    Person,
    Received,
    Side,
    UnitLine,
)
from app.services.crosscheck.desk import CrossCheck
from app.services.handover_accepted import as_held
from app.services.handover_people import both
from app.services.handover_places import by_place, lines_of
from app.services.handover_scope import UnitCounts, count, reach, total, units_of
from app.services.handover_scope import stated as stated_units
from app.services.handover_stated import stated_of, total_of
from app.services.handover_untold import known_handover
from app.services.handover_values import (
    ACCEPTED,
    RETURNED,
    counting_day,
    counts_said,
    is_counted,
    is_stated,
    is_with_later,
    iso_day,
    known_number,
    number_of,
    text_of,
)
from app.services.masking import reason_seen
from app.services.parties import party_of, unit_in_sentence
from app.services.workplace import Workplace
from app.sync.manifest import parse_manifest
from app.sync.stated import StatedUnit

_STOPPED = ("waiting", "refused")


def facts_of(workplace: Workplace, handover: str, *, blank_people: bool = False) -> HandoverFacts:
    """Everything the record says.

    The counts are those the giver stated, village by village; of a bundle that states none, before
    the giver's half has come (it travels with the next one), those of the receiver, named as the
    receiver's. Groups, and villages where none were stated, are given only while the register still
    shows these counts: a record never mixes two days, and says so. The round is the one the giver
    stated and no other.
    """
    with workplace.store.read() as reading:
        known = known_handover(reading, workplace.unit, handover)
        found, rewritten = as_held(reading, workplace.tree, workplace.unit, [known])[known.id]
        values = found.values
        giver = text_of(values, "owner_unit")
        to = text_of(values, "sent_to") or workplace.unit
        file = _file_of(reading, found)
        if file is None:
            raise KnownError("handover.file_unknown", "handover.file_unknown_hint")
        about = units_of(workplace, reading, handover, values)
        units = reach(workplace.tree, about)
        made = _made(reading, found)
        dated = counting_day(made) or workplace.today()
        current = round_of(reading, text_of(values, "sent_round"))
        theirs = round_of(reading, text_of(values, f"received_{workplace.tree.tier(to)}_round"))
        basis = _counted_on(reading, values, (current, theirs), dated)
        day_known = counting_day(made) is not None or current is not None
        groups = _groups(
            reading,
            units,
            current,
            basis,
            workplace.catalogue.code_list("circumstances"),
        )
        by_unit = count(workplace.tree, reading, about, basis)
        stated = _stated(values, workplace.tree.tier(to))
        same = _still_shows(stated, stated_units(values), by_unit)
        said = stated_of(reading, found.id)
        if said is None:
            now = total(by_unit) if same else counting.Counts(0, 0, 0, 0)
            places = by_place(workplace, reading, by_unit, basis) if same else ()
        else:
            now = total_of(said)
            # Of units that the giver has no say about nothing is broken down.
            places = said.units if {one.unit for one in said.units} == set(about) else ()
        lines = lines_of(workplace, reading, places)
        held = _contents(reading, found)
        check = _check_of(workplace, reading, found, to)
        # They are counted now: beside other counts of the register they would be of another day.
        lists = _crosschecks(workplace, reading, giver, units, current, dated) if same else ()
    people = (Person(), Person()) if blank_people else _people(workplace, values, to)
    return HandoverFacts(
        giver=party_of(workplace, giver, people[0]),
        receiver=party_of(workplace, to, people[1]),
        unit=unit_in_sentence(workplace, about[0]),
        round_title=current.name if current else "",
        file=file,
        contents=held,
        units=_unit_lines(workplace, about, values, places, by_unit if same else ()),
        books=sum(one.books or 0 for one in places) or None,
        households=stated.households,
        children=stated.children,
        girls=stated.girls,
        incomplete=stated.incomplete,
        errors=known_number(values, "sent_errors"),
        warnings=known_number(values, "sent_warnings"),
        counted_by=Side.GIVER if is_stated(values) else Side.RECEIVER,
        changed_since=not same,
        left_out=now.left_out,
        of_age=now.of_age,
        moved_away=now.moved_away,
        counted_on=basis.reference,
        days_apart=_days_apart(made, text_of(values, f"received_{workplace.tree.tier(to)}_on")),
        born_from=iso_day(basis.born_from),
        received=_received(workplace, values, to, stated),
        receiver_round=theirs.name if theirs is not None and theirs != current else "",
        villages=lines,
        groups=groups.counts if same else (),
        special_children=groups.special if same else 0,
        at_risk_children=groups.at_risk if same else 0,
        other_children=groups.other if same else 0,
        unanswered=groups.unanswered if same else 0,
        whole_province=any(workplace.tree.units.tier(one) is Tier.PROVINCE for one in about),
        by_commune=any(workplace.tree.units.tier(one) is not Tier.COMMUNE for one in about),
        dated=dated,
        # Nobody can hand over numbers of a day that has not come, only ages on it.
        reference_date=min(basis.reference, dated) if day_known else None,
        ages_on=basis.reference if basis.reference > dated else None,
        period_start=iso_day(current.opens_on) if current else None,
        period_end=iso_day(current.closes_on) if current else None,
        check=check,
        verdict=_verdict(workplace, values, to),
        rewritten=rewritten,
        crosschecks=lists,
    )


def _crosschecks(
    workplace: Workplace,
    reading: Reading,
    giver: str,
    units: Collection[str],
    current: RoundView | None,
    dated: date,
) -> tuple[CrossCheckLine, ...]:
    """What the lists came to that were held against the register in the time of the round. They
    never travel: only the giver's own paper says it.
    """
    opened = None if current is None else iso_day(current.opens_on)
    if giver != workplace.unit or opened is None:
        return ()
    return tuple(
        CrossCheckLine(
            one.kind.value,
            one.year,
            day,
            found.rows,
            found.both + found.unsaid,
            found.differs,
            found.review,
            found.only_list,
            found.settled,
            found.grown,
            found.only_book,
        )
        for one, day, found in CrossCheck(workplace).totals(reading, units, opened, dated)
    )


def _still_shows(
    stated: counting.Counts, said: Sequence[UnitCounts], now: Sequence[UnitCounts]
) -> bool:
    """Whether the register still shows what was stated, as a whole and unit by unit."""
    there = {one.unit: _shown(one.counts) for one in now}
    were = {one.unit: _shown(one.counts) for one in said}
    same_units = were.keys() == there.keys()
    return _shown(total(now)) == _shown(stated) and (were == there or not same_units)


def _received(
    workplace: Workplace, values: Mapping[str, Value], to: str, stated: counting.Counts
) -> Received | None:
    """What the receiver says it has, where that is not what is stated, to the last operation."""
    tier = workplace.tree.tier(to)
    with_later = is_with_later(values, tier)
    if not with_later and not is_counted(values, tier):
        return None
    counts = counts_said(values, f"received_{tier}_")
    waiting, refused = (number_of(values, f"received_{tier}_{one}") for one in _STOPPED)
    if not with_later and counts == stated and not waiting and not refused:
        return None
    return Received(
        counts.households,
        counts.children,
        counts.girls,
        counts.incomplete,
        waiting,
        refused,
        with_later=with_later,
    )


def _verdict(workplace: Workplace, values: Mapping[str, Value], to: str) -> Decided | None:
    prefix = f"verdict_{workplace.tree.tier(to)}"
    said = text_of(values, prefix)
    if said not in (ACCEPTED, RETURNED):
        return None  # none yet, or one that this program has no words for
    on = counting_day(text_of(values, f"{prefix}_on"))
    reason = reason_seen(workplace, text_of(values, f"{prefix}_reason"))
    return Decided(said == ACCEPTED, on, reason)


def _unit_lines(
    workplace: Workplace,
    about: Sequence[str],
    values: Mapping[str, Value],
    places: Sequence[StatedUnit],
    now: Sequence[UnitCounts],
) -> tuple[UnitLine, ...]:
    """One line for each of several units: as the giver stated it, else as it still is."""
    if len(about) < 2:
        return ()
    books = {one.unit: one.books for one in places}
    said = {one.unit: one.counts for one in stated_units(values) or now}
    if set(said) != set(about):
        said = {}
    return tuple(
        UnitLine(
            one,
            unit_in_sentence(workplace, one),
            books.get(one),
            *((said[one].households, said[one].children, said[one].girls) if said else ()),
        )
        for one in about
    )


def _made(reading: Reading, found: RecordView) -> str:
    """The moment of the handover: as the giver's half says it, else as its signed manifest does."""
    said = text_of(found.values, "sent_on")
    manifest = b"" if said else bundles.manifest_of(reading, found.id)
    return parse_manifest(manifest, "").created if manifest else said


def _counted_on(
    reading: Reading,
    values: Mapping[str, Value],
    rounds: tuple[RoundView | None, RoundView | None],
    made: date,
) -> counting.Basis:
    """The day and cut-off that the counts were made for, as whoever counted had them: `rounds` are
    that of the giver and that of the receiver.

    Both units count for the day of the handover where no round names one (`receipts.write`).
    """
    current, theirs = rounds
    if is_stated(values):
        return counting.basis_for(current, made)
    return counting.basis_of(reading, made) if theirs is None else counting.basis_for(theirs, made)


def _days_apart(made: str, received: str) -> tuple[date, date] | None:
    """The days of handing over and receiving, each by its own clock, when over a day apart."""
    first, last = counting_day(made), counting_day(received)
    if first is None or last is None or abs(last - first) <= timedelta(days=1):
        return None
    return first, last


def _people(workplace: Workplace, values: Mapping[str, Value], to: str) -> tuple[Person, Person]:
    """(who gave, who received), each as its own side names them, else as the other does.

    A receipt of an older program says no title; it is known of who is signed in.
    """
    signed = both(values, workplace.tree.tier(to))
    got, account = signed.receiver, workplace.account
    mine = got.name and to == workplace.unit and got.name == account.full_name
    title = got.title or (account.title if mine else "")
    return Person(signed.giver.name, signed.giver.title), Person(got.name, title)


def _check_of(workplace: Workplace, reading: Reading, found: RecordView, to: str) -> FileCheck:
    """Whether the file that came is the file that was handed over.

    Where it came: its hash against the one the giver states, which travels with the next
    bundle; until then it is what the program verified before it took the file in. Elsewhere: the
    manifest that the receiver names against that of the handover.
    """
    came = bundles.incoming(reading, [found.id])
    if came:
        said, got = text_of(found.values, "sent_sha256"), came[0].file.sha256
    else:
        tier = workplace.tree.tier(to)
        said = text_of(found.values, f"received_{tier}_manifest")
        got = text_of(found.values, "_key")
    if not said:
        return FileCheck.VERIFIED if came else FileCheck.NOT_YET
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
    app = text_of(values, "sent_app") or _sealed_by(reading, found) or f"sotreem {__version__}"
    digest, signer = file.sha256, file.certificate
    return HandedFile(file.name, file.size, digest, seq, signer, app.removeprefix("sotreem "))


def _sealed_by(reading: Reading, found: RecordView) -> str:
    """The program that sealed a bundle which came here, as its manifest says."""
    manifest = bundles.manifest_of(reading, found.id)
    return parse_manifest(manifest, "").app if manifest else ""


@dataclass(frozen=True, slots=True)
class _Groups:
    counts: tuple[GroupCount, ...]
    special: int
    at_risk: int
    other: int
    unanswered: int


def _groups(
    reading: Reading,
    units: Sequence[str],
    current: RoundView | None,
    basis: counting.Basis,
    named: CodeList,
) -> _Groups:
    """Counts by group, and distinct children by kind of group over the printable groups.

    K02 is no state: it is counted from the events of the round's period (domain.md 2.3), and left
    out where no round says a period. Where nobody is known to have been asked, a 0 of any other
    group would be an answer that nobody gave.
    """
    children = counting_groups.children_by_group(reading, units, basis)
    unanswered = counting_groups.children_unanswered(reading, units, basis)
    nobody_asked = 0 < unanswered == counting.counts(reading, units, basis).children
    children.pop("K02", None)
    if current is not None:
        children["K02"] = counting_groups.children_injured(
            reading, units, current.opens_on, current.closes_on
        )
    numbers = {group: len(ids) for group, ids in children.items()}
    found = tuple(
        GroupCount(item.code, item.label_vi, numbers.get(item.code, 0))
        for item in named.items
        if "." not in item.code
        and item.code not in SENSITIVE_GROUPS
        and (current is not None if item.code == "K02" else not nobody_asked)
        and (numbers.get(item.code) or not nobody_asked)
    )

    def distinct(kind: str) -> int:
        held: set[str] = set()
        for code, ids in children.items():
            if code.startswith(kind) and code not in SENSITIVE_GROUPS:
                held |= ids
        return len(held)

    return _Groups(found, distinct("C"), distinct("R"), distinct("K"), unanswered)


def _contents(reading: Reading, found: RecordView) -> Contents | None:
    """What the file holds, as its manifest says."""
    values = found.values
    came = bundles.manifest_of(reading, found.id)
    if came:
        manifest = parse_manifest(came, "")
        return Contents(manifest.ops, manifest.entities.households, manifest.entities.children)
    if "sent_touched_households" not in values:
        return None
    return Contents(
        *(
            number_of(values, f"sent_{one}")
            for one in ("ops", "touched_households", "touched_children")
        )
    )


def _stated(values: Mapping[str, Value], tier: str) -> counting.Counts:
    """The giver's own counts, else those of the receiver, which is of `tier`."""
    return counts_said(values, "sent_" if is_stated(values) else f"received_{tier}_")


def _shown(counts: counting.Counts) -> tuple[int, int, int]:
    """What of the counts the annexes break down."""
    return counts.households, counts.children, counts.girls
