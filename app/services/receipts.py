"""Receipts: what each tier says it got of a handover, travelling down with the record itself.

A receipt is a statement about records and never about transport; acknowledgements are that
(4-sync.md). Each tier writes its own half of the handover (`received_<tier>_*`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime

from app.history.door import Direction
from app.history.operation import Value
from app.models import bundles, lines, log
from app.models.bundles import IncomingBundle
from app.models.queries import counting, receiving, register
from app.models.queries.covering import covered, standing_by
from app.models.queries.handovers import receipted_line, unanswered
from app.models.queries.register import RecordView
from app.models.queries.rounds import open_round, round_of
from app.models.work import Change, UnitOfWork
from app.services.handover_people import Signer, Signers
from app.services.handover_scope import count, total, units_of
from app.services.handover_stated import differs, with_stated
from app.services.handover_values import (
    COUNTED,
    TIERS,
    counting_day,
    counts_said,
    is_counted,
    is_stated,
    is_with_later,
    set_aside_by,
    text_of,
)
from app.services.workplace import Workplace
from app.sync.apply import Outcome
from app.sync.bundle_reader import VerifiedBundle
from app.sync.manifest import Manifest, parse_manifest
from app.sync.stated import read_kept


def write(
    workplace: Workplace,
    work: UnitOfWork,
    handover: str,
    bundle: VerifiedBundle,
    units: Sequence[str],
    outcome: Outcome,
    signers: Signers,
) -> None:
    """This tier's receipt for a bundle just taken in, whose sender is certified for `units`.

    The sender's own half comes with its next bundle; both meet in one record, whose id both derive
    from the bundle. Until then the receipt says which bundle it is about: receiver, line and number
    as the sender signed them, so that whoever the receipt travels to can name it. What another PC
    of this unit said of this bundle is not said again: a receipt is one statement.
    Where what it holds came before, with a bundle that lies taken back, that is said at once.
    A stick that came late is receipted by what is here, which is later work as well: `_own`; but
    where all of that lies taken back nothing was counted with it.
    """
    manifest, bundle_id = bundle.manifest, bundle.bundle_id
    day = counting_day(manifest.created)
    found = register.record(work.connection, "handover", handover)
    said = {} if found is None else found.values
    receipted = said.get(f"received_{workplace.tier.value}_manifest") == bundle_id
    stated, _ = with_stated(said, bundle.stated())
    values = _half(workplace, work, units, day, stated, outcome.refused, outcome.waiting)
    # Of a bundle that states nothing these numbers are all that the record has to go by.
    later = is_stated(stated) and _is_overtaken(work, manifest, by_itself=is_stated(said))
    values = _own(workplace, values, stated, later=later) | _people(workplace, signers)
    values[f"received_{workplace.tier.value}_manifest"] = bundle_id
    values[receipted_line(workplace.tier.value)] = manifest.sender.replica
    values |= {"sent_to": str(manifest.receiving_unit), "sent_seq": manifest.seq}
    if found is None:
        work.record(
            Change("handover", {"owner_unit": manifest.sender.unit, **values}, key=bundle_id)
        )
    elif not receipted and not _left_out(work, found.id):
        work.record(Change("handover", values, id=handover, base=found.heads, loaded=found.values))
    if handover in _aside(work, workplace.tier.value):
        work.settle()
        _say_set_aside(work, workplace.tier.value, [handover], aside=True)


def _is_overtaken(work: UnitOfWork, manifest: Manifest, *, by_itself: bool) -> bool:
    """Whether what came later of the line of a bundle is in the register. `by_itself`: the giver's
    half of the handover is here, which comes with later work: with what lies taken back as well.
    """
    replica = manifest.sender.replica
    came = lines.numbers_of(work.connection, [replica]).get(replica, [])
    later = {seq for seq in came if seq > manifest.seq}
    aside = {one.seq for one in bundles.taken_back(work.connection) if one.replica == replica}
    return bool(later - aside) or (by_itself and not later)


def counted_here(workplace: Workplace, work: UnitOfWork, handover: str) -> counting.Counts | None:
    """What this tier's receipt of a handover says that it counted, None without one, or where
    it says no numbers because what came later was counted too.
    """
    found = register.record(work.connection, "handover", handover)
    tier = workplace.tier.value
    if found is None or not is_counted(found.values, tier):
        return None
    return counts_said(found.values, f"received_{tier}_")


def is_said_with_later(workplace: Workplace, work: UnitOfWork, handover: str) -> bool:
    """Whether this tier's receipt says no numbers because what came later was counted too."""
    found = register.record(work.connection, "handover", handover)
    return found is not None and is_with_later(found.values, workplace.tier.value)


def write_for_relayed(
    workplace: Workplace, work: UnitOfWork, position: int, bundle: VerifiedBundle
) -> None:
    """Receipts for the handovers of units further down that arrived with this bundle.

    So a commune sees that its work has reached the province, though it handed over to the district.
    One that was handed over to this very unit gets its receipt with its own file and not before:
    the record of it comes by other ways, also when the file was lost or never was. But where that
    file came and lies taken back the receipt says so: after a restore the record may come alone.
    """
    tier, relay = workplace.tier.value, bundle.manifest.sender.unit
    relayed = counting_day(bundle.manifest.created)
    taken_back = {one.handover for one in bundles.taken_back(work.connection)}
    for found in unanswered(work.connection, tier, position):
        owner = str(found.values.get("owner_unit", ""))
        theirs = owner != relay and workplace.tree.covers([relay], owner)
        theirs = theirs and found.values.get("sent_to") != workplace.unit
        # What the unit between took out of its register did not come up with its bundle.
        theirs = theirs and not set_aside_by(found.values, TIERS[: TIERS.index(tier)])
        # What was taken out of this one got its receipt in a store that this one replaced.
        aside = found.id in taken_back
        if (theirs or aside) and not _left_out(work, found.id):
            units = units_of(workplace, work.connection, found.id, found.values)
            reached = [one for one in units if aside or workplace.tree.covers([relay], one)]
            day = counting_day(text_of(found.values, "sent_on")) or relayed
            values = _half(workplace, work, reached, day, found.values, 0, 0)
            later = is_stated(found.values) or _counted_otherwise_below(workplace, found, values)
            values = _own(workplace, values, found.values, later=later)
            values |= _people(workplace, Signers())
            values[f"received_{tier}_manifest"] = found.values.get("_key")
            if aside:
                values[f"received_{tier}_set_aside"] = True
            work.record(
                Change("handover", values, id=found.id, base=found.heads, loaded=found.values)
            )


def write_set_aside(
    workplace: Workplace, work: UnitOfWork, bundle: IncomingBundle, *, aside: bool
) -> None:
    """Say with this tier's receipts of what stood by a bundle from below that it was taken out of
    the register here, or that it counts again: not where another one that holds it lies taken back.

    It stands alone beside the receipt, so that a program that does not know it merges it alike.
    """
    if bundle.direction != Direction.BELOW.value:
        return
    tier = workplace.tier.value
    ids = standing_by(work.connection, bundle.number, tier)
    if not aside:
        ids -= _aside(work, tier)
    _say_set_aside(work, tier, ids, aside=aside)


def _aside(work: UnitOfWork, tier: str) -> set[str]:
    """The handovers of which something lies in a bundle from below that was taken back here."""
    found: set[str] = set()
    for one in bundles.taken_back(work.connection):
        found |= standing_by(work.connection, one.number, tier)
    return found


def _say_set_aside(work: UnitOfWork, tier: str, ids: Collection[str], *, aside: bool) -> None:
    name = f"received_{tier}_set_aside"
    for found in register.records(work.connection, "handover", ids).values():
        receipted = bool(found.values.get(f"received_{tier}_on"))
        stands = bool(found.values.get(name))
        if receipted and stands != aside and not _left_out(work, found.id):
            values: dict[str, Value] = {name: aside or None}
            work.record(
                Change("handover", values, id=found.id, base=found.heads, loaded=found.values)
            )


def write_for_freed(
    workplace: Workplace, work: UnitOfWork, released: IncomingBundle | None = None
) -> None:
    """Receipts said anew where what had waited of their bundle has since been let in or refused;
    and where a bundle that is used again (`released`) lay aside while a later one of its unit was
    counted.

    Sticks come in odd order, after a restore most of all: what was counted while the first one was
    not here is no number to stand for good. Once the handover was accepted or returned it is. A
    bundle may hold once more what came with an earlier one of its unit and waits still: until that
    is settled the receipt stays as it was.
    """
    tier = workplace.tier.value
    waits = receiving.first_waiting(work.connection)
    without = () if released is None else _counted_without(work, released)
    for one in {it.number: it for it in (*bundles.waited_in(work.connection), *without)}.values():
        found = register.record(work.connection, "handover", one.handover)
        said = {} if found is None else found.values
        settled = bool(said.get(f"verdict_{tier}"))
        kept = None if one.stated is None else read_kept(one.stated)
        stated, _ = with_stated(said, kept)
        waited = bool(said.get(f"received_{tier}_waiting"))
        if (
            found is None
            or settled
            or waits.get(one.unit, one.number + 1) <= one.number
            or not (waited or (one in without and _is_otherwise(stated, said, tier)))
            or _left_out(work, found.id)
        ):
            continue
        units = units_of(workplace, work.connection, found.id, said)
        manifest = parse_manifest(bundles.manifest_of(work.connection, found.id), "")
        refused = _refused_by_now(work, one, tier)
        values = _half(workplace, work, units, counting_day(manifest.created), stated, refused, 0)
        values = _own(workplace, values, stated, later=is_stated(said))
        work.record(Change("handover", values, id=found.id, base=found.heads, loaded=said))


def _counted_without(work: UnitOfWork, released: IncomingBundle) -> list[IncomingBundle]:
    """The bundles that count here and came from the unit of `released` after it."""
    return [
        one
        for one in bundles.incoming(work.connection)
        if one.unit == released.unit and one.number > released.number and one.undone is None
    ]


def _is_otherwise(stated: Mapping[str, Value], said: Mapping[str, Value], tier: str) -> bool:
    """Whether a tier's receipt does not say the numbers that the giver stated."""
    if not text_of(said, f"received_{tier}_on"):
        return False
    return differs(counts_said(stated, "sent_"), counts_said(said, f"received_{tier}_"))


def _refused_by_now(work: UnitOfWork, bundle: IncomingBundle, tier: str) -> int:
    """What was refused of a bundle at once, and what of it waited and was refused since: whatever
    waited then and was neither let in nor set aside.
    """
    intake, there = bundle.intake, covered(work.connection, bundle.handover, tier)
    at = 0 if there is None else there.position
    settled = receiving.settled_since(work.connection, bundle.unit, bundle.number, at)
    return intake.refused + max(0, intake.waiting - settled)


def _people(workplace: Workplace, signers: Signers) -> dict[str, Value]:
    """Who received, whoever is signed in where nobody is named; and from whom."""
    account, given = workplace.account, signers.cleaned()
    got = given.receiver
    if not got.name:
        got = Signer(account.name_on_paper, got.title or account.title)
    prefix = f"received_{workplace.tier.value}_"
    return {
        prefix + "by": got.name or None,
        prefix + "by_title": got.title or None,
        prefix + "from": given.giver.name or None,
        prefix + "from_title": given.giver.title or None,
    }


def _own(
    workplace: Workplace, values: dict[str, Value], said: Mapping[str, Value], *, later: bool
) -> dict[str, Value]:
    """A receipt (`values`) without numbers where what was counted is not the handover's own.

    The store is counted as it is. `later` says that what the giver wrote after it had sealed the
    bundle is here too: its half of the handover is written then and travels with the next one. What
    agrees all the same with what was stated (`said`) stays; of other numbers nobody can tell which
    of the bundles they come from, and two people sign under them.
    """
    prefix = f"received_{workplace.tier.value}_"
    if not later or not differs(counts_said(said, "sent_"), counts_said(values, prefix)):
        return values
    return {**values, **{prefix + one: None for one in COUNTED}}


def _counted_otherwise_below(
    workplace: Workplace, found: RecordView, values: Mapping[str, Value]
) -> bool:
    """Whether the last unit that a handover passed counted for the same round and otherwise than is
    counted here: in between it has written itself, or taken in what came later.
    """
    here = f"received_{workplace.tier.value}_"
    for tier in reversed(TIERS[: TIERS.index(workplace.tier.value)]):
        below = f"received_{tier}_"
        if text_of(found.values, below + "on"):
            same_round = found.values.get(below + "round") == values.get(here + "round")
            return same_round and differs(
                counts_said(found.values, below), counts_said(values, here)
            )
    return False


def _left_out(work: UnitOfWork, handover: str) -> bool:
    """Whether the handover takes no receipt: there is no room left in its history.

    Only a modified client fills one so; the bundle it came in is received all the same.
    """
    if not log.full_records(work.connection, [handover]):
        return False
    work.audit("receipt.left_out", handover=handover)
    return True


def _half(
    workplace: Workplace,
    work: UnitOfWork,
    units: Sequence[str],
    day: date | None,
    said: Mapping[str, Value],
    refused: int,
    waiting: int,
) -> dict[str, Value]:
    """Where no round names the day, both units count for that of the handover (`day`).

    The round is the one the giver stated (`said`, under what stands in the bundle), and as long as
    it has stated nothing the newest that is open; which one that was is part of the receipt, for
    the giver may have named another.
    """
    work.settle()
    if is_stated(said):
        current = round_of(work.connection, text_of(said, "sent_round"))
    else:
        current = open_round(work.connection)
    basis = counting.basis_for(current, day or workplace.today())
    counted = total(count(workplace.tree, work.connection, units, basis))
    prefix = f"received_{workplace.tier.value}_"
    now = datetime.fromtimestamp(workplace.clock(), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        prefix + "on": now,
        prefix + "round": None if current is None else current.id,
        prefix + "households": counted.households,
        prefix + "children": counted.children,
        prefix + "girls": counted.girls,
        prefix + "incomplete": counted.incomplete,
        prefix + "refused": refused,
        prefix + "waiting": waiting,
    }
