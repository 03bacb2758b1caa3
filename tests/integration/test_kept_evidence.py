"""What receiving keeps: a copy of the store as it was before, and proof of who brought what."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.crypto.revocation import issue_crl
from app.models import backup, bundles
from app.models.bundles import Evidence
from app.services import handover_receiving, revocations
from app.services.exchange import Received
from app.services.handover_receiving import BACKUP_HOURS, Receiving
from app.services.workplace import Progress
from app.sync.container import read_container
from app.sync.manifest import parse_manifest
from app.sync.refusal import Refusal
from tests.dumps import dump_store
from tests.insiders.changes import F, P, put
from tests.insiders.desk import Desk
from tests.invented_province import NOW
from tests.workplaces import KEY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path / "desk")
    yield found
    found.close()


def _taken_in(desk: Desk, file: Path) -> Received:
    result = desk.receive(file)
    assert result.received is not None, result
    return result.received


def _dated(copy: Path, made: datetime) -> None:
    """Give a backup the name it would have, had it been made then."""
    slots = copy.with_suffix(".keyslots.json")
    for file, end in ((copy, ".db"), (slots, ".keyslots.json")):
        file.rename(copy.parent / f"store-{made:%Y%m%d-%H%M%S}{end}")


def test_receiving_begins_with_a_backup_of_the_store_as_it_was(desk: Desk, tmp_path: Path) -> None:
    settings, before = desk.workplace.settings, desk.dump()
    assert backup.copies(settings) == []
    _taken_in(desk, F.forge(tmp_path))
    (copy,) = backup.copies(settings)
    backup.verify(copy, KEY)
    assert copy.with_suffix(".keyslots.json").read_bytes() == settings.keyslots_path.read_bytes()
    assert dump_store(copy, KEY) == before != desk.dump()


def test_a_backup_younger_than_a_day_is_enough_and_an_older_one_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    settings, file = desk.workplace.settings, F.forge(tmp_path)
    made = backup.make(settings, KEY)
    day, now = timedelta(hours=BACKUP_HOURS), datetime.now(tz=UTC)
    _dated(made, now - day + timedelta(minutes=10))
    _taken_in(desk, file)
    (young,) = backup.copies(settings)
    before = desk.dump()
    _dated(young, now - day - timedelta(minutes=10))
    assert desk.receive(file).status == "already"
    newest, _old = backup.copies(settings)
    assert dump_store(newest, KEY) == before


def test_a_bundle_is_read_in_only_where_three_times_its_size_and_the_store_s_is_free(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log, the rows and the write-ahead log grow."""
    file, before = F.forge(tmp_path), desk.dump()
    with file.open("rb") as source:
        manifest = parse_manifest(read_container(source, "").manifest, "")
    free = 0

    def usage(_path: object) -> SimpleNamespace:
        return SimpleNamespace(free=free)

    backup.make(desk.workplace.settings, KEY)
    monkeypatch.setattr(handover_receiving, "shutil", SimpleNamespace(disk_usage=usage))
    store = desk.workplace.settings.store_path.stat().st_size
    free = 3 * (manifest.payload.plain_bytes + store) - 1
    assert desk.receive(file).reason == "handover.no_room"
    assert desk.dump() == before
    free += 1 + 3 * (1 << 20)  # the refusal has left its row in the audit trail
    _taken_in(desk, file)


def test_admitting_a_kept_bundle_begins_with_a_backup_as_well(desk: Desk, tmp_path: Path) -> None:
    settings = desk.workplace.settings
    revoked = {P.commune.certificate.serial: NOW}
    issuer = P.district_authority
    crl = issue_crl(issuer.certificate, issuer.key, 2, revoked, NOW)
    with desk.workplace.write() as work:
        revocations.keep_list(work, crl)
        work.commit()
    assert desk.receive(F.forge(tmp_path)).reason == Refusal.SENDER_REVOKED.value
    for copy in backup.copies(settings):
        copy.unlink()
    before = desk.dump()
    (kept,) = settings.evidence_path.iterdir()
    got = Receiving(desk.workplace).read_kept(kept, Progress(), commit=True)
    assert got.status == "imported"
    (copy,) = backup.copies(settings)
    assert dump_store(copy, KEY) == before != desk.dump()


def test_what_the_store_keeps_of_a_bundle_proves_to_openssl_who_brought_it(
    desk: Desk, tmp_path: Path
) -> None:
    """Without the file: manifest, signature and certificates come out of the store alone."""
    operations = F.operations(5)
    file = F.forge(tmp_path, operations=operations)
    got = _taken_in(desk, file)
    file.unlink()
    kept = _evidence(desk, got.handover)
    assert hashlib.sha256(kept.manifest).hexdigest() == got.bundle_id
    ids = b"".join(operation.op_id for operation in operations)
    claims = json.loads(kept.manifest)
    assert claims["ops_sha256"] == hashlib.sha256(ids).hexdigest()
    assert claims["sender"]["cert_sha256"] == P.commune.certificate.sha256

    assert _signature_holds(kept, tmp_path / "whole")
    assert _chain_holds(kept, tmp_path / "whole")
    # The tools do judge: neither another manifest nor another province passes.
    other = Evidence(kept.manifest + b" ", kept.signature, kept.certificates)
    assert not _signature_holds(other, tmp_path / "other")
    stranger = P.district_authority.certificate.pem
    assert not _chain_holds(kept, tmp_path / "stranger", root=stranger)


def test_a_refused_bundle_leaves_no_evidence_that_it_was_received(
    desk: Desk, tmp_path: Path
) -> None:
    desk.receive(F.forge(tmp_path, manifest=put("ops_sha256", value="ab" * 32)))
    assert desk.dump()["bundle_in"] == []


def _evidence(desk: Desk, handover: str) -> Evidence:
    with desk.workplace.store.read() as reading:
        found = bundles.evidence_of(reading, handover)
    assert found is not None
    return found


def _signature_holds(kept: Evidence, folder: Path) -> bool:
    folder.mkdir(exist_ok=True)
    (folder / "manifest").write_bytes(kept.manifest)
    (folder / "signature").write_bytes(kept.signature)
    (folder / "certs").write_bytes(kept.certificates)
    key = _run(folder, "openssl", "x509", "-in", "certs", "-pubkey", "-noout")
    (folder / "public").write_bytes(key.stdout)
    words = ("-sha256", "-verify", "public", "-signature", "signature", "manifest")
    done = _run(folder, "openssl", "dgst", *words)
    return done.returncode == 0 and done.stdout.strip() == b"Verified OK"


def _chain_holds(kept: Evidence, folder: Path, root: bytes = P.root.certificate.pem) -> bool:
    folder.mkdir(exist_ok=True)
    (folder / "certs").write_bytes(kept.certificates)
    (folder / "root").write_bytes(root)
    moment = str(int(NOW.timestamp()) + 60)
    words = ("-x509_strict", "-crl_check_all", "-attime", moment, "-CAfile", "root")
    files = ("-untrusted", "certs", "-CRLfile", "certs", "certs")
    done = _run(folder, "openssl", "verify", *words, *files)
    return done.returncode == 0 and done.stdout.strip() == b"certs: OK"


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False, cwd=folder)
