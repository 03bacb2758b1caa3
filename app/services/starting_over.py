"""A PC that is to be certified anew from nothing: the root of its province was lost, or the
authority that certified it was revoked.

The register stays as it is. Forgotten are the certificate, the keys of this PC, and whom it
believed; what it asks for afterwards is what a new PC asks for, and the new root is typed off paper
again. It writes on under a new replica id, so whoever enrols it is offered everything once more. An
authority of this unit is put aside with its files, never deleted: a province then makes its root
anew, and signs the reference data that it holds once more. Elsewhere those that came signed under
the old root stay, and are no proof to a PC that never knew that root until that signature comes.
"""

from __future__ import annotations

from datetime import UTC, datetime

from app.crypto.keyslots import sync_folder
from app.errors import KnownError
from app.models import trust as store_trust
from app.models.trust import TrustKind
from app.services import trust
from app.services.authority import (
    AUTHORITY_FILE,
    AUTHORITY_SETTING,
    ROOT_FILE,
    ROOT_SETTING,
    AuthorityDesk,
)
from app.services.workplace import Workplace


class StartingOver:
    """The one use case."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def start_over(self, unit: str) -> None:
        """Forget certificate, keys and roots. `unit` is this PC's own, said by who means it.

        Raises KnownError `starting_over.nothing`, `starting_over.other_unit`, `files.…`.
        """
        workplace = self._workplace
        workplace.require_own_certificate()
        workplace.must_be_real()
        if unit != workplace.unit:
            raise KnownError(
                "starting_over.other_unit", "starting_over.other_unit_hint", unit=workplace.unit
            )
        with workplace.write() as work:
            connection = work.connection
            if not any(store_trust.rows(connection, kind) for kind in TrustKind):
                raise KnownError("starting_over.nothing", "starting_over.nothing_hint")
            for kind in TrustKind:
                for row in store_trust.rows(connection, kind):
                    store_trust.drop(connection, kind, row.name)
            for one in store_trust.stations(connection, active_only=False):
                store_trust.take_out_station(connection, one.station, one.unit)
            given_up = work.take_new_replica()
            workplace.store.put_settings(
                work,
                {trust.STATION: "", ROOT_SETTING: ROOT_FILE, AUTHORITY_SETTING: AUTHORITY_FILE},
            )
            work.audit("enrol.started_over", given_up=given_up)
            # Before the commit: keys that are still believed and lie aside can be brought back,
            # keys that nobody believes any more must not be taken for the new ones.
            self._put_keys_aside()
            work.commit()
        workplace.certified = ()

    def _put_keys_aside(self) -> None:
        folder = AuthorityDesk(self._workplace).folder
        if not folder.exists():
            return
        stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
        folder.rename(folder.with_name(f"{folder.name}-{stamp}"))
        sync_folder(folder.parent)
