"""A client whose owner changed the program: enrolled, with its real keys, and not honest.

It puts whatever operation it likes into its own log as if it had been saved, and sends its next
bundle with the ordinary command. Everything about the bundle is well-formed and rightly signed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.crypto.signatures import SigningKey
from app.history.operation import Operation, ReferenceSignature, Value, make_operation
from app.models import log
from app.models import trust as store_trust
from app.models.log import Entry
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Store, open_store
from app.models.trust import TrustKind
from app.services import trust
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE


@contextmanager
def opened(home: Path) -> Iterator[Store]:
    """The store of a home, whatever its program says about it."""
    settings = Settings(home)
    key = unlock(settings, PASSPHRASE).dek
    store = open_store(settings.store_path, key, before_migration=lambda: None)
    try:
        yield store
    finally:
        store.close()


def record_at(home: Path, entity: str, ent_id: str) -> RecordView:
    """A record as a home holds it, its heads with it: a colleague has told them."""
    with opened(home) as store, store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    return found


class ModifiedClient:
    """The home of somebody who wants more than is theirs."""

    def __init__(self, home: Path, unit: str) -> None:
        self.home, self.unit = home, unit
        with opened(home) as store:
            self.replica = store.replica

    def forge(
        self,
        entity: str,
        ent_id: str,
        body: Mapping[str, Value],
        *,
        parents: tuple[bytes, ...] = (),
        unit: str = "",
        by: str = "",
        replica: str = "",
    ) -> Operation:
        """An operation as this PC could make it, or as it likes to make it."""
        return make_operation(
            ent_type=entity,
            ent_id=ent_id,
            parents=parents,
            body=dict(body),
            salt=secrets.token_bytes(16),
            unit=unit or self.unit,
            by=by or self.unit,
            replica=replica or self.replica,
            author="Kẻ Mạo Danh",
            wall=1_790_000_000,
        )

    def signed(self, operation: Operation) -> Operation:
        """The operation with this PC's own signature where the province's should be."""
        with opened(self.home) as store, store.read() as reading:
            key = store_trust.content(reading, TrustKind.KEY, trust.SIGNING_KEY)
            own = store_trust.content(reading, TrustKind.OWN, trust.OWN_CERTIFICATE)
        assert key is not None
        assert own is not None
        from hashlib import sha256

        from msgspec import structs

        made = SigningKey.from_bytes(key).sign(operation.op_id).hex()
        return structs.replace(
            operation, signature=ReferenceSignature(sha256(own).hexdigest(), made)
        )

    def slip_in(self, *operations: Operation, root: str = "") -> None:
        """Write operations into the log as if they had been saved here."""
        with opened(self.home) as store, store.write("Kẻ Mạo Danh") as work:
            entries = [Entry(one, root or one.ent_id) for one in operations]
            log.append(work.connection, entries)
            work.commit()

    def call_itself(self, replica: str) -> str:
        """Take another replica's id; returns the one it had."""
        with opened(self.home) as store, store.write("Kẻ Mạo Danh") as work:
            before = store.replica
            store.put_settings(work, {"replica": replica})
            work.commit()
        return before
