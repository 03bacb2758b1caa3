"""A delivery: what one bundle carries from a replica to a unit, before it is sealed.

`collect` puts it together from the log; `app.sync.apply` takes one in. Between the two lies the
file, which knows nothing of records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.history.door import Direction
from app.history.operation import Operation
from app.models import bundles, lines, replica, scope_out
from app.models.lines import Header, SignedManifest
from app.models.queries import sending
from app.models.queries.sending import Acknowledgement, Span
from app.models.store import Store


class Tree(Protocol):
    """What sync needs to know of the tree of units."""

    def covers(self, scope: Sequence[str], unit: str) -> bool:
        """Whether a scope reaches a unit."""

    def below(self, unit: str) -> Sequence[str]:
        """The unit itself and every unit its scope reaches."""

    def tier(self, unit: str) -> str:
        """`commune`, `district` or `province`."""

    def tiers_above(self, unit: str) -> Collection[str]:
        """The tiers of all units whose scope reaches this one, itself left out."""

    def exists(self, unit: str) -> bool:
        """Whether the unit is known here."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation of the receiver's that stopped at the sender's door, with the reason's name."""

    ent_id: str
    op_id: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One bundle's content. `operations()` may be read once more for each call.

    `seq` and `prev` number the line; `span` is the piece of the sender's log it covers. `forks` are
    bundles of the receiving unit that show two histories under one replica id, `left` the ids that
    the sender's PC gave up.
    """

    replica: str
    station: str
    unit: str
    to: str
    seq: int
    prev: bytes | None
    span: Span
    acknowledgements: Sequence[Acknowledgement]
    refused: Sequence[Refused]
    operations: Callable[[], Iterator[Operation]]
    forks: Sequence[SignedManifest] = ()
    left: Sequence[str] = ()
    #: Numbers of the line under which nothing was handed over.
    not_delivered: Sequence[int] = ()
    #: The units whose records it is about, None for all there are.
    about: Sequence[str] | None = None

    def header(self, bundle_id: bytes) -> Header:
        """The delivery's place in its line, once its bundle has an id."""
        return Header(
            bundle_id,
            self.replica,
            self.station,
            self.unit,
            self.seq,
            self.prev,
            self.span.start,
            self.span.end,
        )


def direction_of(tree: Tree, sender: str, here: str) -> Direction | None:
    """Where `sender` stands seen from `here`; None when it is not in line with it."""
    if sender == here:
        return Direction.BESIDE
    if tree.covers([sender], here):
        return Direction.ABOVE
    if tree.covers([here], sender):
        return Direction.BELOW
    return None


def collect(
    store: Store,
    tree: Tree,
    to: str,
    station: str,
    *,
    read_body: bool = True,
    within: Sequence[str] | None = None,
) -> Delivery:
    """What the next bundle from this replica to the unit `to` has to carry.

    Upward and to a neighbour PC goes every accepted operation after the cursor, also what came
    from above: a unit above whose PC was restored gets its own word back. Downward goes what
    concerns the unit's records, and reference data. `within` names the units whose records may go,
    whatever the direction: every PC of the receiving unit is certified for them. Without
    `read_body` the operations come without their `body`: for a file `body_json` is enough.
    """
    here, mine = store.unit, store.replica
    down = to != here and tree.covers([here], to)
    units = tuple(tree.below(to)) if within is None and down else within
    _note_scope(store, to, units, station)
    with store.read() as connection:
        span = sending.span_for(connection, to, units, station)
        seq, prev = sending.line_state(connection, mine, to)
        acknowledgements = sending.acknowledgements_for(
            connection, unit=to, here=here, replica=mine
        )
        refused = sending.refused_from(connection, units) if down and units else []
        forks, left = lines.fork_proofs(connection, to), replica.left(connection)
        not_delivered = bundles.not_delivered(connection, mine, to)

    def operations() -> Iterator[Operation]:
        with store.read() as reading:
            if units is None:
                yield from sending.all_operations(reading, span, read_body=read_body)
            else:
                yield from sending.scoped_operations(reading, span, units, read_body=read_body)

    return Delivery(
        mine,
        station,
        here,
        to,
        seq + 1,
        prev,
        span,
        acknowledgements,
        [Refused(ent_id, op_id, reason) for ent_id, op_id, reason in refused],
        operations,
        forks,
        left,
        not_delivered,
        units,
    )


def _note_scope(store: Store, to: str, units: Collection[str] | None, station: str) -> None:
    """What is new in the scope is noted in a transaction of its own, before the end of the span is
    read. If nothing is sealed after all, that costs bytes, never data: what is noted is sent whole
    until it is acknowledged.
    """
    with store.read() as reading:
        if not scope_out.has_changed(reading, store.replica, to, units):
            return
    with store.write(station) as work:
        scope_out.note(work.connection, work.identity.replica, to, units)
        work.commit()
