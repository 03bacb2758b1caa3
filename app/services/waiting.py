"""What is kept but not applied, and the person who decides about it.

An operation waits for something that has not come, was refused at the door, or was set aside with
the bundle it came in (that one is used again as a whole, `import_undo`). Nothing of it is lost;
opening the door by name, dropping what waits, or leaving it at the refusal of a unit above, is a
decision of somebody with the right to receive, and stands in the audit trail. Of which bundle
nothing waits any more its receipt is said anew at once, as after a bundle that brought the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.crypto.handles import Handles
from app.errors import KnownError
from app.history.door import Reason, State
from app.models.materialising import Touched
from app.models.queries import history as history_queries
from app.models.queries import refusals
from app.models.queries.handovers import Return as Return
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services import receipts
from app.services.handles import name_unseen
from app.services.held_back import must_be_let_in_by_key_holder
from app.services.reasons import behind, set_aside, why
from app.services.reference_signing import ReferenceCheck
from app.services.returns_above import returns_from_above
from app.services.revocations import revoked
from app.services.rights import Right, allows
from app.services.workplace import Workplace
from app.sync.apply import release, take_back

#: What a person may open the door for.
_STOPPED = (State.WAITING, State.REFUSED, State.SET_ASIDE)
#: At least this many hexadecimal digits name an operation.
MIN_PREFIX = 8


@dataclass(frozen=True, slots=True)
class StoppedOperation:
    """One operation that is kept unapplied. `brought_by` is empty for one written here.

    `refused_by` is the unit above that refuses it, if one does, and `refused_for` the name of the
    reason which that one gave; `unanswered` says that nobody here has done anything about it yet.
    `lies_in` is the handover whose bundle was taken back and with which it lies set aside, if so:
    it comes in with that whole bundle alone.

    `id` is what its record is called here; what it is about may never have come, so a circumstance
    is called by its handle always.
    """

    entity: str
    id: str
    operation: bytes
    state: State
    reason: str
    brought_by: str
    refused_by: str
    refused_for: str
    lies_in: str
    unanswered: bool
    #: Whether something of its record lies set aside.
    aside: bool = False

    @property
    def why(self) -> str:
        """The reason in words."""
        return why(
            behind(self.reason, aside=self.aside) or set_aside(self.brought_by),
            self.refused_by,
            self.refused_for,
            self.entity,
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening the door came to, in operations."""

    asked: int
    accepted: int
    still_waiting: int


class Waiting:
    """Use cases on what waits, was refused or set aside."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self, states: Collection[State] = _STOPPED) -> list[StoppedOperation]:
        """Everything kept unapplied, in the order it came."""
        with self._workplace.store.read() as reading:
            found = _stopped(reading, states)
        return [_shown(self._workplace.handles, one) for one in found]

    def returned(self) -> tuple[Return, ...]:
        """What a unit above sent back with a reason and nobody here has answered yet; without the
        right to read not which record it is.
        """
        may_read = allows(self._workplace.account.rights, Right.READ)
        with self._workplace.store.read() as reading:
            found = returns_from_above(self._workplace, reading)
        return tuple(
            one if may_read or one.entity == "handover" else one._replace(id="") for one in found
        )

    def counts(self) -> dict[State, int]:
        """How many operations are kept unapplied, by state."""
        found = dict.fromkeys(_STOPPED, 0)
        for one in self.list():
            found[one.state] += 1
        return found

    def accept(self, name: str) -> Opened:
        """Let operations in by name: one by its id (or the beginning of it), or all of a record
        by what the list calls it.

        What they build on must be accepted, else they go on waiting. What a revoked PC brought
        needs the right to keys besides. What lies set aside with a bundle stays there: its giver is
        told of the bundle as a whole. Raises KnownError
        `waiting.unknown`, `waiting.reference` for reference data, which only the province's
        signature opens the door for, `waiting.refused_above` for what a unit above refused,
        `waiting.set_aside` where all of it lies set aside so.
        """
        self._workplace.require(Right.HANDOVER)
        with self._workplace.write() as work:
            named = _named(self._workplace.handles, work, name, _STOPPED)
            chosen = [one for one in named if not one.lies_in]
            if not chosen:
                lies_in = named[0].lies_in
                raise KnownError("waiting.set_aside", "waiting.set_aside_hint", handover=lies_in)
            if any(one.reason == Reason.REFERENCE_UNSIGNED.value for one in chosen):
                raise KnownError("waiting.reference", "waiting.reference_hint")
            if any(one.reason == Reason.REFUSED_ABOVE.value for one in chosen):
                raise KnownError("waiting.refused_above", "waiting.refused_above_hint")
            operations = [(one.id, one.operation) for one in chosen]
            gone = revoked(work.connection)
            if must_be_let_in_by_key_holder(work.connection, operations, gone):
                # As with a bundle of a revoked PC that is accepted by name.
                self._workplace.require(Right.KEYS)
            check = ReferenceCheck(self._workplace, work.connection)
            release(work, self._workplace.tree, operations, check)
            left = {one.operation for one in _stopped(work.connection, _STOPPED)}
            still = sum(one.operation in left for one in chosen)
            opened = Opened(len(chosen), len(chosen) - still, still)
            receipts.write_for_freed(self._workplace, work)
            work.audit(
                "waiting-accept",
                record=_shown(self._workplace.handles, chosen[0]).id,
                accepted=opened.accepted,
            )
            work.commit()
        return opened

    def drop(self, name: str) -> int:
        """Refuse waiting operations for good; returns how many. They are kept, never applied.

        What a revoked PC brought needs the right to keys besides. Raises KnownError
        `waiting.unknown`.
        """
        self._workplace.require(Right.HANDOVER)
        with self._workplace.write() as work:
            chosen = _named(self._workplace.handles, work, name, (State.WAITING,))
            if any(one.reason == Reason.BRINGER_REVOKED.value for one in chosen):
                self._workplace.require(Right.KEYS)
            touched = Touched()
            take_back(
                work,
                [(one.id, one.operation) for one in chosen],
                State.REFUSED,
                Reason.DROPPED_HERE,
                touched,
            )
            work.bring_up_to_date(touched)
            receipts.write_for_freed(self._workplace, work)
            work.audit(
                "waiting-drop",
                record=_shown(self._workplace.handles, chosen[0]).id,
                dropped=len(chosen),
            )
            work.commit()
        return len(chosen)

    def dismiss(self, name: str) -> int:
        """Leave it at what a unit above refused; returns how many operations. They are kept, are
        told no more as work to be done, and come in when that unit takes them after all.

        A record is answered by writing it anew; this is the answer where there is nothing to write,
        or no page here to write it on. Raises KnownError `waiting.unknown`,
        `waiting.not_unanswered` for what no unit above refuses or what was answered already.
        """
        self._workplace.require(Right.HANDOVER)
        with self._workplace.write() as work:
            chosen = _named(self._workplace.handles, work, name, (State.REFUSED,))
            owed = [one for one in chosen if one.unanswered]
            if not owed:
                raise KnownError("waiting.not_unanswered", "waiting.not_unanswered_hint", id=name)
            standing = refusals.unanswered(work.connection)
            refusals.dismiss(work.connection, [standing[one.operation] for one in owed])
            work.audit(
                "waiting-dismiss",
                record=_shown(self._workplace.handles, owed[0]).id,
                dismissed=len(owed),
            )
            work.commit()
        return len(owed)


def _stopped(reading: Reading, states: Collection[State]) -> list[StoppedOperation]:
    owed, aside = refusals.unanswered(reading), history_queries.lying_aside(reading)
    return [
        StoppedOperation(*row, unanswered=row[2] in owed, aside=row[1] in aside)
        for row in history_queries.stopped(reading, states)
    ]


def _named(
    handles: Handles, work: UnitOfWork, name: str, states: Collection[State]
) -> list[StoppedOperation]:
    """The stopped operations a person means, with the ids of their records.

    Raises KnownError `waiting.unknown`.
    """
    wanted = name.strip().lower()
    found = _stopped(work.connection, states)
    chosen = [one for one in found if _shown(handles, one).id == wanted]
    if not chosen and len(wanted) >= MIN_PREFIX:
        chosen = [one for one in found if one.operation.hex().startswith(wanted)]
    if not chosen:
        raise KnownError("waiting.unknown", "waiting.unknown_hint", id=name)
    return chosen


def _shown(handles: Handles, one: StoppedOperation) -> StoppedOperation:
    return replace(one, id=name_unseen(handles, one.entity, one.id))
