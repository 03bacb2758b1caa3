"""A bundle is sealed whole, opened only by whom it is for, and opens without this program."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.crypto.age import X25519Identity
from app.crypto.certificate_file import encode_certificates
from app.crypto.enrolment import make_request, read_request
from app.crypto.revocation import issue_crl
from app.crypto.signatures import SigningKey
from app.history.operation import Operation, encode_line
from app.i18n import error_text, number, set_language
from app.ids import UnitRef, new_id
from app.models.lines import SignedManifest
from app.sync.bundle_reader import OwnStation, examine_bundle, open_bundle
from app.sync.bundle_writer import Draft, SealedBundle, recipient_of, seal
from app.sync.delivery import Refused
from app.sync.manifest import (
    Acknowledgement,
    Kind,
    LogRange,
    Recipient,
    Role,
    Totals,
    not_delivered_in,
)
from app.sync.payload import Statements, TooLarge
from app.sync.refusal import BundleRefused, Refusal, Size
from tests.forged_bundles import PROVINCE_51, Forger, invented_operation
from tests.invented_province import (
    COMMUNE,
    DISTRICT,
    NOW,
    PROVINCE,
    SIBLING,
    Station,
    enrol,
    found_province,
)

P = PROVINCE_51
ESCROW = X25519Identity.generate()
OPERATIONS = [invented_operation(number, P.commune) for number in range(500)]
REFUSED = [Refused(new_id(), os.urandom(32), "not-owner") for _ in range(300)]
PROOFS = [SignedManifest(os.urandom(size), os.urandom(70)) for size in (1, 65_536)]
LEFT = [new_id() for _ in range(3)]
HEAD = hashlib.sha256(b"audit").hexdigest()


def draft(**changes: object) -> Draft:
    start: dict[str, object] = {
        "kind": Kind.DATA,
        "replica": P.commune.replica,
        "recipients": [
            recipient_of(P.district.certificate),
            Recipient(new_id(), str(PROVINCE), ESCROW.recipient.text, Role.ESCROW),
        ],
        "seq": 7,
        "prev": HEAD,
        "log": LogRange(10, 510),
        "acks": [Acknowledgement(str(COMMUNE), P.commune.replica, P.district.replica, 3, HEAD)],
        "created": NOW,
        "clock_suspect": False,
        "app": "So Tre Em 0.1.0",
        "audit": HEAD,
    }
    return Draft(**{**start, **changes})  # type: ignore[arg-type]


def sealed(
    path: Path, operations: list[Operation] | None = None, **changes: object
) -> SealedBundle:
    chosen = OPERATIONS if operations is None else operations
    return seal(
        path / "b.tebundle",
        draft(**changes),
        P.commune.key,
        P.pem(P.commune),
        ((operation.op_id, encode_line(operation)) for operation in chosen),
        lambda: Totals(100, 250),
        REFUSED,
        PROOFS,
        LEFT,
    )


def own(station: Station, unit: UnitRef | None = DISTRICT) -> OwnStation:
    return OwnStation(station.id, unit, station.identity)


def everybody(_unit: UnitRef) -> bool:
    return True


def test_what_was_sealed_is_read(tmp_path: Path) -> None:
    result = sealed(tmp_path)
    with open_bundle(result.path, own(P.district), P.trust(), everybody) as bundle:
        assert bundle.statements() == Statements(PROOFS, LEFT, REFUSED)
        assert list(bundle.operations()) == OPERATIONS
        assert list(bundle.operations()) == OPERATIONS  # a preview first, then the import
        assert bundle.audit == HEAD
        assert bundle.manifest == result.manifest
        assert bundle.bundle_id == result.bundle_id
        assert bundle.sender.unit == COMMUNE
        assert bundle.manifest.receiving_unit == DISTRICT
        assert hashlib.sha256(bundle.manifest_bytes).hexdigest() == bundle.bundle_id
    assert result.sha256 == hashlib.sha256(result.path.read_bytes()).hexdigest()
    assert result.size == result.path.stat().st_size
    assert result.manifest.ops == 500
    assert result.manifest.payload.lines == 500 + 300 + 2 + 3 + 2


def test_a_bundle_may_hold_nothing_but_its_place_in_the_line(tmp_path: Path) -> None:
    result = sealed(tmp_path, [])
    with open_bundle(result.path, own(P.district), P.trust(), everybody) as bundle:
        assert list(bundle.operations()) == []


def test_numbers_without_a_handover_are_named_and_change_nothing_else(tmp_path: Path) -> None:
    result = sealed(tmp_path, not_delivered=list(range(300, 1, -1)))
    with open_bundle(result.path, own(P.district), P.trust(), everybody) as bundle:
        assert bundle.manifest == result.manifest
        stored = bundle.manifest_bytes
    assert not_delivered_in(stored) == frozenset(range(45, 301)), (
        "the newest that there is room for"
    )
    assert list(json.loads(stored)) == sorted(json.loads(stored))
    (tmp_path / "b.tebundle").unlink()
    with open_bundle(sealed(tmp_path).path, own(P.district), P.trust(), everybody) as bundle:
        assert b"x_" not in bundle.manifest_bytes
        assert not_delivered_in(bundle.manifest_bytes) == frozenset()


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("[1,2]", {1, 2}),
        ('[0,-3,true,null,"4",[5],{"a":6},7]', {7}),
        ("3", set()),
        ("null", set()),
        ('{"1":2}', set()),
        ("[1.5]", set()),  # no floating numbers: nothing of such a manifest is read
    ],
)
def test_what_is_no_number_of_a_bundle_is_not_taken_for_one(
    said: str, understood: set[int]
) -> None:
    assert not_delivered_in(b'{"x_not_delivered":' + said.encode() + b"}") == understood
    assert not_delivered_in(said.encode()) == frozenset()


def test_the_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    result = sealed(tmp_path)
    assert stat.S_IMODE(result.path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["b.tebundle"]


def test_the_tools_of_every_linux_open_a_bundle(tmp_path: Path) -> None:
    result = sealed(tmp_path)

    def run(*command: str, given: bytes = b"") -> bytes:
        return subprocess.run(
            command, input=given, capture_output=True, check=True, cwd=tmp_path
        ).stdout

    listed = run("tar", "--numeric-owner", "-tvf", result.path.name).decode().split("\n")
    assert [line.split()[0] for line in listed if line] == ["-rw-r--r--"] * 4
    run("tar", "-xf", result.path.name)
    (tmp_path / "public.pem").write_bytes(run("openssl", "x509", "-in", "certs.pem", "-pubkey"))
    verified = run(
        "openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "manifest.sig",
        "manifest.json",
    )  # fmt: skip
    assert verified.strip() == b"Verified OK"
    (tmp_path / "root.pem").write_bytes(P.root.certificate.pem)
    moment = str(int(NOW.timestamp()) + 60)
    chain = run(
        "openssl", "verify", "-x509_strict", "-crl_check_all", "-attime", moment, "-CAfile",
        "root.pem", "-untrusted", "certs.pem", "-CRLfile", "certs.pem", "certs.pem",
    )  # fmt: skip
    assert chain.strip() == b"certs.pem: OK"
    for identity in (P.district.identity, ESCROW):
        (tmp_path / "key").write_text(identity.text + "\n")
        opened = run("age", "-d", "-i", "key", "payload.age")
        lines = run("zstd", "-dc", given=opened).split(b"\n")
        assert lines[306:-2] == [encode_line(operation) for operation in OPERATIONS]
        assert json.loads(lines[0])["seq"] == 7
        assert json.loads(lines[-2]) == {"t": "end", "audit": HEAD, "lines": 807}


def test_the_manifest_holds_no_word_of_a_person(tmp_path: Path) -> None:
    result = sealed(tmp_path)
    data = result.path.read_bytes()
    for secret in ("Nguyễn", "full_name", "2015-03-01", OPERATIONS[0].ent_id, REFUSED[0].ent_id):
        assert secret.encode() not in data


def refusal_of(path: Path, station: Station, unit: UnitRef, **trust: object) -> Refusal:
    with pytest.raises(BundleRefused) as caught:
        open_bundle(path, own(station, unit), P.trust(**trust), everybody).close()
    return caught.value.refusal


def test_only_the_stations_it_is_for_open_it(tmp_path: Path) -> None:
    path = sealed(tmp_path).path
    second = enrol(P.root, DISTRICT)
    moved = Station(P.district.certificate, P.district.key, X25519Identity.generate())
    assert refusal_of(path, P.province, PROVINCE) is Refusal.NOT_FOR_THIS_UNIT
    assert refusal_of(path, P.commune, COMMUNE) is Refusal.NOT_FOR_THIS_UNIT
    assert refusal_of(path, second, DISTRICT) is Refusal.NOT_FOR_THIS_STATION
    assert refusal_of(path, moved, DISTRICT) is Refusal.RECIPIENT_KEY


def test_whose_a_file_is_comes_before_who_sent_it(tmp_path: Path) -> None:
    # What a neighbour sends to its own receiver lies on many a shared stick; nobody telephones.
    path = sealed(tmp_path).path
    for station, unit, refusal in (
        (P.province, PROVINCE, Refusal.NOT_FOR_THIS_UNIT),
        (P.district, DISTRICT, Refusal.SENDER_NOT_IN_LINE),
    ):
        with pytest.raises(BundleRefused) as caught:
            open_bundle(path, own(station, unit), P.trust(), lambda _unit: False).close()
        assert caught.value.refusal is refusal


def test_the_sender_can_verify_what_it_cannot_read(tmp_path: Path) -> None:
    path = sealed(tmp_path).path
    with examine_bundle(path, P.trust()) as bundle:
        assert bundle.manifest.ops == 500
        with pytest.raises(ValueError, match="examined"):
            next(bundle.operations())


def test_a_revoked_sender_is_kept_out_until_the_key_holder_names_it(tmp_path: Path) -> None:
    path = sealed(tmp_path).path
    issuer = P.district_authority
    revoked = {P.commune.certificate.serial: NOW}
    known = issue_crl(issuer.certificate, issuer.key, 2, revoked, NOW)
    crls = {known.issuer: known}
    assert refusal_of(path, P.district, DISTRICT, crls=crls) is Refusal.SENDER_REVOKED
    named = P.trust(crls=crls, accept_revoked=frozenset({P.commune.certificate.sha256}))
    with open_bundle(path, own(P.district), named, everybody) as bundle:
        assert bundle.sender.revoked_but_accepted
        assert len(list(bundle.operations())) == 500


def test_a_missing_file_is_said_to_be_unreadable(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "gone.tebundle", P.district, DISTRICT) is Refusal.UNREADABLE
    assert refusal_of(tmp_path, P.district, DISTRICT) is Refusal.UNREADABLE


def cut_sentence(path: Path, left: int) -> str:
    data = path.read_bytes()
    path.write_bytes(data[:left])
    with pytest.raises(BundleRefused) as caught:
        open_bundle(path, own(P.district), P.trust(), everybody)
    path.write_bytes(data)
    assert caught.value.refusal is Refusal.CUT
    return error_text(caught.value).split("\n")[0]


def test_a_cut_file_says_whose_it_is_and_how_much_is_there(tmp_path: Path) -> None:
    set_language("vi")
    result = sealed(tmp_path)
    whole = round(result.size / 1000)
    start = "Gói số 7 của đơn vị 21010@2024 (tệp b.tebundle) bị thiếu: mới có"
    assert cut_sentence(result.path, 20_000) == f"{start} 20 KB trên {whole} KB."
    # Cut before the payload: what is missing is at least that.
    claimed = 4_000 + result.manifest.payload.bytes + 1024
    least = f"{start} 4 KB trên ít nhất {round(claimed / 1000)} KB."
    assert cut_sentence(result.path, 4_000) == least
    last = f"{start} {number(result.size - 1)} byte trên {number(result.size)} byte."
    assert cut_sentence(result.path, result.size - 1) == last
    assert cut_sentence(result.path, 600).startswith("Tệp b.tebundle bị thiếu: chỉ có 600 byte, ")


def test_sizes_are_written_as_people_write_them() -> None:
    try:
        set_language("vi")
        assert [str(Size(n)) for n in (1, 48_400, 3_140_000)] == ["1 byte", "48 KB", "3,1 MB"]
        set_language("en")
        assert f"{Size(3_140_000)}" == "3.1 MB"
    finally:
        set_language("vi")


def test_every_refusal_has_a_sentence_and_a_next_step_in_both_languages() -> None:
    try:
        for language in ("vi", "en"):
            set_language(language)
            for refusal in Refusal:
                error = BundleRefused(
                    refusal, "b.tebundle", "x", unit="21010@2024", seq=1, have=1, of=2
                )
                sentence, step = error_text(error).split("\n")
                assert "b.tebundle" in sentence
                assert step
    finally:
        set_language("vi")


def test_a_failed_sealing_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[tuple[bytes, bytes]]:
        yield OPERATIONS[0].op_id, encode_line(OPERATIONS[0])
        raise OSError(28, "no space left on device")

    def too_long() -> Iterator[tuple[bytes, bytes]]:
        yield bytes(32), b"x" * ((1 << 20) + 1)

    for operations, error in ((failing, OSError), (too_long, TooLarge)):
        with pytest.raises(error):
            seal(
                tmp_path / "b.tebundle",
                draft(),
                P.commune.key,
                P.pem(P.commune),
                operations(),
                lambda: Totals(0, 0),
            )
        assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_no_reader_would_accept_is_not_sealed(tmp_path: Path) -> None:
    for changes in (
        {"seq": 1},
        {"prev": None},
        {"recipients": []},
        {"recipients": [Recipient(new_id(), str(SIBLING), "age1x", Role.TO)]},
        {"app": "a\nb"},
        {"log": LogRange(3, 2)},
    ):
        with pytest.raises(ValueError, match=r".+"):
            sealed(tmp_path, **changes)
    with pytest.raises(ValueError, match="signing station"):
        seal(
            tmp_path / "b.tebundle",
            draft(),
            P.district.key,
            P.pem(P.commune),
            [],
            lambda: Totals(0, 0),
        )
    assert list(tmp_path.iterdir()) == []


def test_an_authority_receives_no_bundles() -> None:
    with pytest.raises(ValueError, match="authority"):
        recipient_of(P.root.certificate)


def test_an_enrol_reply_brings_the_root_that_its_fingerprint_names(tmp_path: Path) -> None:
    """A new PC trusts nobody: the 25 characters of the printed sheet are all it has."""
    key, identity, station = SigningKey.generate(), X25519Identity.generate(), new_id()
    request = read_request(make_request(key, identity.recipient, station, COMMUNE))
    issued = enrol(P.district_authority, COMMUNE).certificate
    certs = encode_certificates(
        [
            P.district.certificate,
            P.root.certificate,
            P.district_authority.certificate,
            issued,
        ],
        [P.root_crl, P.district_crl],
    )
    recipient = Recipient(station, str(COMMUNE), request.age.text, Role.TO)
    reply = seal(
        tmp_path / "reply.tebundle",
        draft(
            kind=Kind.ENROL_REPLY,
            replica=P.district.replica,
            recipients=[recipient],
            seq=1,
            prev=None,
        ),
        P.district.key,
        certs,
        [],
        lambda: Totals(0, 0),
    )
    nobody = P.trust(roots=())
    mine = OwnStation(station, None, identity)
    code = P.root.certificate.fingerprint
    with open_bundle(reply.path, mine, nobody, everybody, code.lower()) as bundle:
        assert bundle.sender.path[-1] == P.root.certificate
        assert bundle.sender.others == (issued,)
        assert list(bundle.operations()) == []
    other = found_province().root.certificate.fingerprint
    for typed, refusal in ((other, Refusal.ROOT_FINGERPRINT), (None, Refusal.SENDER_UNKNOWN)):
        with pytest.raises(BundleRefused) as caught:
            open_bundle(reply.path, mine, nobody, everybody, typed)
        assert caught.value.refusal is refusal


def test_forged_bundles_are_like_sealed_ones(tmp_path: Path) -> None:
    """The hand-made bundles of the insiders' table have the bytes that `seal` writes."""
    forger = Forger()
    operations = forger.operations()
    with forger.open(forger.forge(tmp_path, operations=operations)) as forged:
        claims, certs = forged.manifest, forged.certs
    result = seal(
        tmp_path / "b.tebundle",
        draft(
            recipients=claims.recipients, seq=1, prev=None, log=claims.log, acks=[], app=claims.app
        ),
        P.commune.key,
        certs,
        [(operation.op_id, encode_line(operation)) for operation in operations],
        lambda: claims.entities,
    )
    assert result.manifest.ops_sha256 == claims.ops_sha256
    assert result.manifest.sender == claims.sender
    assert result.manifest.crls == claims.crls
