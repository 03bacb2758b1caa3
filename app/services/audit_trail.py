"""Reading the audit trail of this PC, and proving that nobody thinned it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.models import audit
from app.models.audit import AuditEvent
from app.models.queries import register
from app.models.store import Reading
from app.services.handles import name_unseen
from app.services.rights import Right
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`broken_at` is the number of the first event that does not fit, None when all of it holds.

    `head` is the newest chain value in hexadecimal: written down, it proves later that nothing
    before it was changed.
    """

    events: int
    broken_at: int | None
    head: str


@dataclass(frozen=True, slots=True)
class AuditList:
    """The numbers of what was asked for, newest first; everybody who stands in the whole trail and
    every kind of event in it, by code: what a list can be narrowed to.
    """

    numbers: Sequence[int]
    accounts: tuple[str, ...]
    kinds: tuple[str, ...]


class AuditTrail:
    """Use cases on the audit trail."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def recent(self, limit: int = 50) -> Sequence[AuditEvent]:
        """The newest events, newest first; a circumstance by its handle, also in old rows."""
        self._workplace.require(Right.AUDIT)
        with self._workplace.store.read() as reading:
            return [self._shown(reading, one) for one in audit.recent(reading, limit)]

    def find(self, account: str = "", kind: str = "") -> AuditList:
        """All events, or those of one account or of one kind; their rows come by `rows`.

        Raises KnownError `rights.denied`.
        """
        self._workplace.require(Right.AUDIT)
        with self._workplace.store.read() as reading:
            return AuditList(
                audit.numbers(reading, account, kind),
                tuple(audit.accounts(reading)),
                tuple(audit.kinds(reading)),
            )

    def rows(self, numbers: Sequence[int]) -> Sequence[AuditEvent]:
        """The events of these numbers, newest first, as `recent` shows them.

        Raises KnownError `rights.denied`.
        """
        self._workplace.require(Right.AUDIT)
        with self._workplace.store.read() as reading:
            return [self._shown(reading, one) for one in audit.rows(reading, numbers)]

    def _shown(self, reading: Reading, event: AuditEvent) -> AuditEvent:
        record, said = event.details.get("record"), event.details.get("entity")
        if not isinstance(record, str) or self._workplace.handles.id_of(record) is not None:
            return event
        entity = register.entity_of(reading, record) if said is None else str(said)
        name = name_unseen(self._workplace.handles, entity, record)
        return replace(event, details={**event.details, "record": name})

    def verify(self) -> ChainReport:
        """Walk the whole chain."""
        with self._workplace.store.read() as reading:
            return ChainReport(
                audit.count(reading), audit.first_break(reading), audit.head(reading).hex()
            )
