"""No variant an insider could sign again, and no mutation, changes a row of a store that receives.

The reader's outcomes are in `test_bundle_insiders.py`; here the files go through `receive` into a
district's store with a register of its own, and every table but the audit trail stays as it was.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import trust as store_trust
from app.models.trust import TrustKind, TrustRow
from app.services import trust
from app.services.handover_receiving import FileResult, Receiving
from app.services.workplace import Workplace
from tests.dumps import dump_store
from tests.insiders.changes import F
from tests.invented_province import COMMUNE, DISTRICT, NOW
from tests.properties.test_bundle_mutations import mutate
from tests.vectors.test_bundle_insiders import ALL
from tests.workplaces import KEY, make_workplace, settle

#: Another commune of the district: in line for a real store, unlike for the lone reader.
HONEST_HERE = {"sender: not in line"}
MUTATIONS = 2_000 if os.environ.get("SOTREEM_LONG") else 150


class Desk:
    """A district's PC with the keys of the invented province."""

    def __init__(self, folder: Path) -> None:
        self.workplace = enrolled(make_workplace(folder, str(DISTRICT)))
        self.workplace.settings.keyslots_path.write_text("{}", encoding="ascii")  # for the backup
        self._receiving = Receiving(self.workplace)
        self._store = self.workplace.settings.store_path

    def receive(self, file: Path) -> FileResult:
        (result,) = self._receiving.receive([file])
        return result

    def dump(self) -> str:
        """A hash over every row of every table but the audit trail."""
        return hashlib.sha256(
            repr(sorted(dump_store(self._store, KEY).items())).encode()
        ).hexdigest()


def enrolled(workplace: Workplace) -> Workplace:
    """Put the district station's keys and the province's root where an enrolment puts them."""
    reader = F.reader
    workplace.clock = NOW.timestamp
    rows = (
        (TrustKind.ROOT, F.province.root.certificate.sha256, F.province.root.certificate.der),
        (TrustKind.OWN, trust.OWN_CERTIFICATE, reader.certificate.der),
        (TrustKind.KEY, trust.SIGNING_KEY, reader.key.to_bytes()),
        (TrustKind.KEY, trust.AGE_KEY, reader.identity.text.encode()),
    )
    with workplace.write() as work:
        for kind, name, content in rows:
            store_trust.put(work.connection, TrustRow(kind, name, 0, content))
        trust.note_station(work, reader.certificate)
        workplace.store.put_settings(work, {trust.STATION: reader.id})
        settle(work, 5, (str(COMMUNE),))
        work.commit()
    return workplace


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    yield found
    found.workplace.store.close()


def _all_change_nothing(desk: Desk, files: Iterator[tuple[str, str, Path]]) -> int:
    """Receive each (name, reason expected or "", file); how many there were."""
    before, count = desk.dump(), 0
    for name, reason, file in files:
        result = desk.receive(file)
        assert result.status == "rejected", name
        assert reason in ("", result.reason), (name, result.reason)
        assert result.received is None
        assert desk.dump() == before, name
        count += 1
    assert list(desk.workplace.settings.incoming_path.iterdir()) == []
    return count


def test_no_variant_signed_again_changes_a_row(desk: Desk, tmp_path: Path) -> None:
    count = _all_change_nothing(
        desk,
        (
            (name, refusal.value, F.forge(tmp_path, **change))
            for name, (change, refusal, _) in ALL.items()
            if name not in HONEST_HERE
        ),
    )
    assert count >= 80
    print(f"\n{count} variants signed again, received: 0 rows changed")


def test_no_random_mutation_changes_a_row(desk: Desk, tmp_path: Path) -> None:
    honest = F.forge(tmp_path, operations=F.operations(20))
    data, numbers = honest.read_bytes(), random.Random(20_260_303)

    def mutated() -> Iterator[tuple[str, str, Path]]:
        for number in range(MUTATIONS):
            changed = mutate(data, numbers)
            while changed == data:
                changed = mutate(data, numbers)
            honest.write_bytes(changed)
            yield str(number), "", honest

    count = _all_change_nothing(desk, mutated())
    print(f"\n{count} mutated bundles, received: 0 rows changed")


def test_the_honest_bundle_is_taken_in_by_the_same_store(tmp_path: Path) -> None:
    """What refuses all of the above is what the files are, not how the store was put up."""
    desk = Desk(tmp_path / "desk")
    before = desk.dump()
    result = desk.receive(F.forge(tmp_path))
    assert result.status == "imported", result
    assert desk.dump() != before
    desk.workplace.store.close()
