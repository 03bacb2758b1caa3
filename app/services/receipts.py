"""Receipts: what each tier says it got of a handover, travelling down with the record itself.

A receipt is a statement about records and never about transport; acknowledgements are that
(4-sync.md). Each tier writes its own half of the handover (`received_<tier>_*`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from app.history.door import Direction
from app.history.operation import Value
from app.models import bundles, log
from app.models.queries import counting, receiving, register
from app.models.queries.handovers import unanswered
from app.models.queries.rounds import open_round, round_of
from app.models.work import Change, UnitOfWork
from app.services.handover_people import Signer, Signers
from app.services.handover_scope import count, total, units_of
from app.services.handover_values import counting_day, is_stated, number_of, text_of
from app.services.workplace import Workplace
from app.sync.apply import Outcome
from app.sync.bundle_reader import VerifiedBundle
from app.sync.manifest import parse_manifest


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
    from the bundle. Until then the receipt says which bundle it is about: receiver and number as
    the sender signed them, so that whoever the receipt travels to can name it. What
    another PC of this unit said of this bundle is not said again: a receipt is one statement.
    """
    manifest, bundle_id = bundle.manifest, bundle.bundle_id
    day = counting_day(manifest.created)
    found = register.record(work.connection, "handover", handover)
    said = {} if found is None else found.values
    values = _half(workplace, work, units, day, said, outcome.refused, outcome.waiting)
    values |= _people(workplace, signers)
    values[f"received_{workplace.tier.value}_manifest"] = bundle_id
    values |= {"sent_to": str(manifest.receiving_unit), "sent_seq": manifest.seq}
    if found is None:
        work.record(
            Change("handover", {"owner_unit": manifest.sender.unit, **values}, key=bundle_id)
        )
    elif said.get(f"received_{workplace.tier.value}_manifest") == bundle_id:
        return
    elif not _left_out(work, found.id):
        work.record(Change("handover", values, id=handover, base=found.heads, loaded=found.values))


def write_for_relayed(
    workplace: Workplace, work: UnitOfWork, position: int, bundle: VerifiedBundle
) -> None:
    """Receipts for the handovers of units further down that arrived with this bundle.

    So a commune sees that its work has reached the province, though it handed over to the district.
    One that was handed over to this very unit gets its receipt with its own file and not before:
    the record of it comes by other ways, also when the file was lost or never was.
    """
    tier, relay = workplace.tier.value, bundle.manifest.sender.unit
    relayed = counting_day(bundle.manifest.created)
    for found in unanswered(work.connection, tier, position):
        owner = str(found.values.get("owner_unit", ""))
        theirs = owner != relay and workplace.tree.covers([relay], owner)
        theirs = theirs and found.values.get("sent_to") != workplace.unit
        if theirs and not _left_out(work, found.id):
            units = units_of(workplace, work.connection, found.id, found.values)
            reached = [one for one in units if workplace.tree.covers([relay], one)]
            day = counting_day(text_of(found.values, "sent_on")) or relayed
            values = _half(workplace, work, reached, day, found.values, 0, 0)
            values |= _people(workplace, Signers())
            values[f"received_{tier}_manifest"] = found.values.get("_key")
            work.record(
                Change("handover", values, id=found.id, base=found.heads, loaded=found.values)
            )


def write_for_freed(workplace: Workplace, work: UnitOfWork) -> None:
    """Receipts said anew where what had waited of their bundle has since been let in.

    Sticks come in odd order, after a restore most of all: what was counted while the first one was
    not here is no number to stand for good. Once the handover was accepted or returned it is.
    """
    tier = workplace.tier.value
    waited = [
        one
        for one in bundles.incoming(work.connection)
        if one.direction == Direction.BELOW.value and one.intake.waiting and one.undone is None
    ]
    waiting = receiving.still_waiting(work.connection, [one.number for one in waited])
    for one in waited:
        found = register.record(work.connection, "handover", one.handover)
        said = {} if found is None else found.values
        settled = bool(said.get(f"verdict_{tier}"))
        if (
            found is None
            or settled
            or one.number in waiting
            or not said.get(f"received_{tier}_waiting")
            or _left_out(work, found.id)
        ):
            continue
        units = units_of(workplace, work.connection, found.id, said)
        manifest = parse_manifest(bundles.manifest_of(work.connection, found.id), "")
        refused = number_of(said, f"received_{tier}_refused")
        values = _half(workplace, work, units, counting_day(manifest.created), said, refused, 0)
        work.record(Change("handover", values, id=found.id, base=found.heads, loaded=said))


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

    The round is the one the giver stated, and as long as it has not (`said`) the newest that is
    open; which one that was is part of the receipt, for the giver may have named another.
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
