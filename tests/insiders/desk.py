"""A real store that receives: a PC of the invented province, enrolled, with a register of its own.

What "changes no row" is measured on, wherever a bundle put together by hand is received.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from app.history.operation import Operation, make_operation
from app.ids import derived_id
from app.models import trust as store_trust
from app.models.trust import TrustKind, TrustRow
from app.services import trust
from app.services.handover_receiving import FileResult, Receiving
from app.services.workplace import Progress, Workplace
from tests.dumps import Dump, dump_store
from tests.insiders.changes import F
from tests.invented_province import COMMUNE, NOW, Station
from tests.workplaces import KEY, make_workplace, opened_workplace, settle


class Desk:
    """The district's PC, or another one of the province, with its keys and its store."""

    def __init__(self, folder: Path, station: Station = F.reader) -> None:
        unit = str(station.certificate.unit)
        self._sit_at(enrolled(make_workplace(folder, unit), station))
        self.workplace.settings.keyslots_path.write_text("{}", encoding="ascii")  # for the backup

    @classmethod
    def again(cls, folder: Path) -> Desk:
        """The desk that was made in `folder`, opened anew."""
        found = cls.__new__(cls)
        found._sit_at(opened_workplace(folder))
        return found

    def _sit_at(self, workplace: Workplace) -> None:
        workplace.clock = NOW.timestamp
        self.workplace = workplace
        self._receiving = Receiving(workplace)

    def receive(self, file: Path, progress: Progress | None = None) -> FileResult:
        (result,) = self._receiving.receive([file], progress)
        return result

    def preview(self, file: Path) -> FileResult:
        return self._receiving.preview(file)

    def dump(self) -> Dump:
        """Every row of every table but the audit trail."""
        return dump_store(self.workplace.settings.store_path, KEY)

    def close(self) -> None:
        self.workplace.store.close()


def new_child(number: int) -> Operation:
    """A new child of the commune, as the door lets it in."""
    key = f"child/{number}"
    return make_operation(
        ent_type="child",
        ent_id=derived_id(str(COMMUNE), key),
        parents=[],
        body={"_key": key, "owner_unit": str(COMMUNE), "full_name": f"Nguyễn Văn {number}"},
        salt=secrets.token_bytes(16),
        unit=str(COMMUNE),
        by=str(COMMUNE),
        replica=F.sender.replica,
        author="an",
        wall=1_700_000_000 + number,
    )


def enrolled(workplace: Workplace, station: Station) -> Workplace:
    """Put the station's keys and the province's root where an enrolment puts them."""
    workplace.clock = NOW.timestamp
    rows = (
        (TrustKind.ROOT, F.province.root.certificate.sha256, F.province.root.certificate.der),
        (TrustKind.OWN, trust.OWN_CERTIFICATE, station.certificate.der),
        (TrustKind.KEY, trust.SIGNING_KEY, station.key.to_bytes()),
        (TrustKind.KEY, trust.AGE_KEY, station.identity.text.encode()),
    )
    with workplace.write() as work:
        for kind, name, content in rows:
            store_trust.put(work.connection, TrustRow(kind, name, 0, content))
        trust.note_station(work, station.certificate)
        workplace.store.put_settings(work, {trust.STATION: station.id})
        settle(work, 5, (str(COMMUNE),))
        work.commit()
    return workplace
