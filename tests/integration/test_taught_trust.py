"""What a received bundle teaches about trust, and what no bundle can teach.

Bundles put together by hand, with the keys of an invented province, received by real stores.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select

from app.crypto.authority import Authority, create_root, cross_certify
from app.crypto.certificate import Certificate, Purpose
from app.crypto.certificate_file import encode_certificates, parse_certificates
from app.crypto.chain import verify_chain
from app.crypto.revocation import RevocationList, issue_crl, newest
from app.history.door import Reason
from app.history.operation import Operation, ReferenceSignature, make_operation
from app.models import trust as store_trust
from app.models.audit import recent
from app.models.lines import SignedManifest
from app.models.schema import op
from app.models.trust import TrustKind
from app.services import revocations, trust
from app.services.checks import CheckSummary
from app.services.exchange import Received
from app.services.handover_sending import Sending
from app.sync.apply import Renewal
from app.sync.container import read_container
from app.sync.manifest import parse_manifest, written_time
from app.sync.payload import fork_line
from tests.forged_bundles import Forger
from tests.insiders.changes import F, P
from tests.insiders.desk import Desk
from tests.invented_province import COMMUNE, NOW, PROVINCE, Station, enrol

BOTH = frozenset({Purpose.BUNDLE, Purpose.REFERENCE})
AUTHORITY = P.district_authority
#: A second PC of the commune, and a second one of the province that may sign reference data.
COLLEAGUE, SIGNER = enrol(AUTHORITY, COMMUNE), enrol(P.root, PROVINCE, purposes=BOTH)

Make = Callable[[Station], Desk]


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Make]:
    """Makes the desk of a station."""
    made: list[Desk] = []

    def make(station: Station) -> Desk:
        made.append(Desk(tmp_path / station.id, station))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def revoking(authority: Authority, number: int, *stations: Station) -> RevocationList:
    revoked = {one.certificate.serial: NOW for one in stations}
    return issue_crl(authority.certificate, authority.key, number, revoked, NOW)


def told(
    folder: Path,
    giver: Station,
    receiver: Station,
    *,
    others: Sequence[Certificate] = (),
    lists: Sequence[RevocationList] = (P.root_crl, P.district_crl),
    operations: Sequence[Operation] = (),
    claims: dict[str, Any] | None = None,
    said: Sequence[bytes] = (),
) -> Path:
    """An honest bundle from one station to another that brings these certificates and lists."""
    giver = replace(giver, replica=str(uuid.uuid4()))  # a line of its own: each is the newest
    certs = encode_certificates([giver.certificate, *P.authorities(giver), *others], list(lists))
    changed = {"crls": {one.issuer: one.number for one in lists}, **(claims or {})}

    def with_said(lines: list[bytes]) -> list[bytes]:
        both = [lines[0], *said, *lines[1:-1]]
        return [*both, b'{"t":"end","audit":null,"lines":%d}' % (len(both) + 1)]

    return Forger(P, giver, receiver).forge(
        folder,
        operations=list(operations),
        certs=certs,
        manifest=lambda manifest: manifest.update(changed),
        lines=with_said,
    )


def taken_in(desk: Desk, file: Path) -> Received:
    result = desk.receive(file)
    assert result.received is not None, result
    return result.received


# --- a fork line


@pytest.mark.parametrize(
    ("signer", "believed"),
    [(P.commune, False), (COLLEAGUE, False), (P.province, False), (P.district, True)],
    ids=["the sender", "another PC below", "a PC above", "this PC itself"],
)
def test_only_a_manifest_signed_by_this_very_pc_makes_it_take_a_new_id(
    desk_of: Make, tmp_path: Path, signer: Station, believed: bool
) -> None:
    """The line is well-formed and names the reader's replica; who signed it is what counts."""
    desk = desk_of(P.district)
    before = desk.workplace.store.replica
    proof = _second_history(tmp_path, before, signer)
    assert parse_manifest(proof.manifest, "").sender.replica == before
    got = taken_in(desk, told(tmp_path, P.commune, P.district, said=[fork_line(proof)]))
    assert got.renewed is (Renewal.FORK if believed else None)
    assert (desk.workplace.store.replica != before) is believed


def _second_history(folder: Path, replica: str, signer: Station) -> SignedManifest:
    """A manifest under a replica id that its PC never sealed."""
    with F.forge(folder).open("rb") as file:
        claims = json.loads(read_container(file, "").manifest)
    claims["sender"]["replica"] = replica
    manifest = json.dumps(claims, separators=(",", ":"), sort_keys=True).encode()
    return SignedManifest(manifest, signer.key.sign(manifest))


# --- revocation lists


def test_a_pc_below_that_a_bundle_revokes_is_no_recipient_of_the_next_one(
    desk_of: Make, tmp_path: Path
) -> None:
    """The province hears from the district that a PC of a commune was revoked."""
    province = desk_of(P.province)
    others = [AUTHORITY.certificate, P.commune.certificate, COLLEAGUE.certificate]
    taken_in(province, told(tmp_path, P.district, P.province, others=others))
    assert _recipients(province, tmp_path / "before") == {P.commune.id, COLLEAGUE.id}

    lists = [P.root_crl, revoking(AUTHORITY, 2, COLLEAGUE)]
    taken_in(province, told(tmp_path, P.district, P.province, others=others, lists=lists))
    assert _recipients(province, tmp_path / "after") == {P.commune.id}


def test_a_list_revokes_nobody_whom_another_authority_certified(
    desk_of: Make, tmp_path: Path
) -> None:
    """An authority could put a number into its list that another one gave out."""
    province = desk_of(P.province)
    others = [AUTHORITY.certificate, P.commune.certificate, COLLEAGUE.certificate]
    lists = [revoking(P.root, 2, COLLEAGUE), P.district_crl]
    taken_in(province, told(tmp_path, P.district, P.province, others=others, lists=lists))
    assert _recipients(province, tmp_path / "after") == {P.commune.id, COLLEAGUE.id}


def _recipients(desk: Desk, stick: Path) -> set[str]:
    """The PCs that the next `handover send` to the commune is for; a stanza each."""
    stick.mkdir()
    sent = Sending(desk.workplace, lambda _progress, _units: CheckSummary()).send(
        str(COMMUNE), stick
    )
    with sent.file.open("rb") as file:
        container = read_container(file, "")
        file.seek(container.payload_offset)
        header = file.read(container.payload_size).partition(b"\n---")[0]
    manifest = parse_manifest(container.manifest, "")
    assert header.count(b"-> X25519 ") == len(manifest.recipients)
    return {one.station for one in manifest.recipients}


def test_an_older_list_from_a_bundle_never_replaces_the_newer_one_in_the_store(
    desk_of: Make, tmp_path: Path
) -> None:
    desk = desk_of(P.district)
    newer = revoking(AUTHORITY, 3, COLLEAGUE)
    taken_in(desk, told(tmp_path, P.commune, P.district, lists=[P.root_crl, newer]))
    for older in (P.district_crl, revoking(AUTHORITY, 2)):
        taken_in(desk, told(tmp_path, P.commune, P.district, lists=[P.root_crl, older]))
        assert _list_of(desk, newer.issuer) == newer
    newest = revoking(AUTHORITY, 4)
    taken_in(desk, told(tmp_path, P.commune, P.district, lists=[P.root_crl, newest]))
    assert _list_of(desk, newer.issuer) == newest


@pytest.mark.parametrize("order", [(2, 3), (3, 2)], ids=["in turn", "the older one last"])
def test_what_a_newer_list_lacks_stays_revoked_until_a_list_holds_it_again(
    desk_of: Make, tmp_path: Path, order: tuple[int, int]
) -> None:
    province = desk_of(P.province)
    lists = {2: revoking(AUTHORITY, 2, COLLEAGUE), 3: revoking(AUTHORITY, 3)}

    def hears(crl: RevocationList) -> None:
        others = [AUTHORITY.certificate, P.commune.certificate, COLLEAGUE.certificate]
        carried = [P.root_crl, crl]
        taken_in(province, told(tmp_path, P.district, P.province, others=others, lists=carried))

    for number in order:
        hears(lists[number])
    assert _list_of(province, lists[3].issuer) == lists[3], "the higher number is handed on"
    assert _lacking(province) == {(lists[3].issuer, COLLEAGUE.certificate.serial): NOW}
    assert _recipients(province, tmp_path / "after") == {P.commune.id}
    result = province.receive(told(tmp_path, COLLEAGUE, P.province))
    assert result.reason == "sender-revoked"
    hears(revoking(AUTHORITY, 4, COLLEAGUE))
    assert _lacking(province) == {}


@pytest.mark.parametrize("turned", [False, True])
def test_two_lists_of_one_number_are_no_fault_and_both_go(
    desk_of: Make, tmp_path: Path, turned: bool
) -> None:
    """Two key holders may revoke in one second; whoever hears of both goes by both."""
    province = desk_of(P.province)
    both = [revoking(AUTHORITY, 2, COLLEAGUE), revoking(AUTHORITY, 2, P.commune)]
    others = [AUTHORITY.certificate]
    for crl in 2 * (both[::-1] if turned else both):
        carried = [P.root_crl, crl]
        taken_in(province, told(tmp_path, P.district, P.province, others=others, lists=carried))
    kept = _list_of(province, both[0].issuer)
    assert kept == newest(*both), "everybody hands on the same one"
    assert len(_lacking(province)) == 1
    with province.workplace.store.read() as reading:
        named = {serial for _, serial in revocations.revoked(reading)}
        events = [one.event for one in recent(reading, 100)]
    assert named == {COLLEAGUE.certificate.serial, P.commune.certificate.serial}
    assert events.count("authority.lists_of_one_number") == 1


def _lacking(desk: Desk) -> dict[tuple[str, int], datetime]:
    with desk.workplace.store.read() as reading:
        found = revocations.unlisted(reading).items()
    return {(issuer, serial): since for issuer, some in found for serial, since in some.items()}


def test_a_list_that_grew_old_while_its_file_was_read_does_not_go_back_either(
    desk_of: Make, tmp_path: Path
) -> None:
    """A file is verified before its transaction begins: another one may have taught more since."""
    desk = desk_of(P.district)
    certs = P.pem(P.commune)
    sender = verify_chain(parse_certificates(certs), P.trust())
    newer = revoking(AUTHORITY, 3, COLLEAGUE)
    taken_in(desk, told(tmp_path, P.commune, P.district, lists=[P.root_crl, newer]))
    with desk.workplace.write() as work:
        trust.take_sender(work, sender, certs, datetime.now(tz=UTC))
        work.commit()
    assert _list_of(desk, newer.issuer) == newer


def _list_of(desk: Desk, issuer: str) -> RevocationList:
    with desk.workplace.store.read() as reading:
        (found,) = [one for one in revocations.revocation_lists(reading) if one.issuer == issuer]
        numbers = {row.name: row.number for row in store_trust.rows(reading, TrustKind.CRL)}
    assert numbers[issuer] == found.number
    return found


def test_reference_data_of_a_signer_whom_the_same_bundle_revokes_is_refused_by_name(
    desk_of: Make, tmp_path: Path
) -> None:
    desk = desk_of(P.district)
    first, second = _round(1), _round(2)
    others = [SIGNER.certificate]
    lists = [P.root_crl]
    file = told(tmp_path, P.province, P.district, others=others, lists=lists, operations=[first])
    assert taken_in(desk, file).refused == 0
    assert _state(desk, first) == ("accepted", None)

    lists = [revoking(P.root, 2, SIGNER)]
    file = told(tmp_path, P.province, P.district, others=others, lists=lists, operations=[second])
    assert taken_in(desk, file).refused == 1
    assert _state(desk, second) == ("refused", Reason.REFERENCE_UNSIGNED.value)
    assert _state(desk, first) == ("accepted", None), "what was accepted stays: it is their word"


def _round(number: int) -> Operation:
    made = make_operation(
        ent_type="round",
        ent_id=str(uuid.UUID(int=number, version=4)),
        parents=[],
        body={"name": f"Đợt {number}", "kind": "full", "reference_date": "2026-01-01"},
        salt=secrets.token_bytes(16),
        unit=str(PROVINCE),
        by=str(PROVINCE),
        replica=SIGNER.replica,
        author="an",
        wall=1_700_000_000,
    )
    signature = SIGNER.key.sign(made.op_id).hex()
    return structs.replace(made, signature=ReferenceSignature(SIGNER.certificate.sha256, signature))


def _state(desk: Desk, operation: Operation) -> tuple[str, str | None]:
    with desk.workplace.store.read() as reading:
        row = reading.execute(
            select(op.c.state, op.c.reason).where(op.c.op_id == operation.op_id)
        ).one()
    return row.state, row.reason


# --- roots


def test_a_root_that_only_a_units_own_authority_vouches_for_is_not_learned_from_above(
    desk_of: Make, tmp_path: Path
) -> None:
    desk = desk_of(P.commune)
    new = create_root((PROVINCE,), NOW)
    crosses = {
        "by the district": cross_certify(AUTHORITY, new.certificate, NOW),
        "by the old root": cross_certify(P.root, new.certificate, NOW),
    }
    known = {P.root.certificate.sha256}
    for by, learned in (
        ("by the district", known),
        ("by the old root", {*known, new.certificate.sha256}),
    ):
        others = [AUTHORITY.certificate, new.certificate, crosses[by]]
        taken_in(desk, told(tmp_path, P.district, P.commune, others=others, lists=[P.root_crl]))
        with desk.workplace.store.read() as reading:
            found = {row.name for row in store_trust.rows(reading, TrustKind.ROOT)}
        assert found == learned, by


def test_a_root_that_comes_from_below_is_not_kept_though_a_trusted_one_vouches_for_it(
    desk_of: Make, tmp_path: Path
) -> None:
    desk, new = desk_of(P.district), create_root((PROVINCE,), NOW)
    vouched = [new.certificate, cross_certify(P.root, new.certificate, NOW)]
    for giver, learned in ((P.commune, False), (P.province, True)):
        lists = [P.root_crl, P.district_crl] if giver is P.commune else [P.root_crl]
        taken_in(desk, told(tmp_path, giver, P.district, others=vouched, lists=lists))
        with desk.workplace.store.read() as reading:
            known = {row.name for row in store_trust.rows(reading, TrustKind.ROOT)}
        assert (new.certificate.sha256 in known) is learned


# --- the clock


def test_a_date_ten_years_ahead_from_above_raises_the_clock_by_two_years_at_most(
    desk_of: Make, tmp_path: Path
) -> None:
    desk = desk_of(P.commune)
    two_years = timedelta(days=2 * 366)
    claims = {"created": written_time(NOW.replace(year=NOW.year + 10))}
    for times in (1, 2):
        got = taken_in(
            desk, told(tmp_path, P.district, P.commune, lists=[P.root_crl], claims=claims)
        )
        assert got.ahead == datetime.fromisoformat(claims["created"]).date()
        assert trust.effective_time(desk.workplace)[0] == NOW + times * two_years


def test_a_pc_above_takes_a_date_ahead_back_with_its_next_bundle_and_another_one_does_not(
    desk_of: Make, tmp_path: Path
) -> None:
    desk = desk_of(P.commune)
    ahead, beside = NOW + timedelta(days=900), NOW + timedelta(days=400)

    def says(giver: Station, when: datetime) -> None:
        claims = {"created": written_time(when)}
        others = [P.district.certificate] if giver is P.province else []
        file = told(tmp_path, giver, P.commune, others=others, lists=[P.root_crl], claims=claims)
        taken_in(desk, file)

    says(P.district, ahead)
    assert trust.effective_time(desk.workplace) == (NOW + timedelta(days=732), True)
    says(P.province, beside)
    assert trust.effective_time(desk.workplace) == (NOW + timedelta(days=732), True)
    says(P.district, NOW)  # by a mended clock
    assert trust.effective_time(desk.workplace) == (beside, True)
    says(P.province, NOW)
    assert trust.effective_time(desk.workplace) == (NOW, False)


def test_an_older_bundle_of_a_line_says_nothing_of_the_day(desk_of: Make, tmp_path: Path) -> None:
    desk = desk_of(P.commune)
    with desk.workplace.write() as work:
        for when, newest in ((NOW + timedelta(days=40), True), (NOW, False)):
            trust.hear_clock(desk.workplace, work, P.district.id, when, newest=newest)
        work.commit()
    assert trust.effective_time(desk.workplace) == (NOW + timedelta(days=40), True)


def test_a_date_from_below_or_of_the_past_does_not_move_the_clock(
    desk_of: Make, tmp_path: Path
) -> None:
    for reader, giver, year in ((P.district, P.commune, 2036), (P.commune, P.district, 2016)):
        desk = desk_of(reader)
        claims = {"created": written_time(NOW.replace(year=year))}
        lists = [P.root_crl, P.district_crl] if giver is P.commune else [P.root_crl]
        taken_in(desk, told(tmp_path, giver, reader, lists=lists, claims=claims))
        assert trust.effective_time(desk.workplace) == (NOW, False)


def test_a_clock_is_suspect_when_it_lags_more_than_thirty_days(
    desk_of: Make, tmp_path: Path
) -> None:
    desk = desk_of(P.commune)
    month = timedelta(days=30)
    for ahead, suspect in ((month, False), (month + timedelta(seconds=1), True)):
        claims = {"created": written_time(NOW + ahead)}
        taken_in(desk, told(tmp_path, P.district, P.commune, lists=[P.root_crl], claims=claims))
        assert trust.effective_time(desk.workplace) == (NOW + ahead, suspect)
