"""A chain is accepted for exactly what it allows; each refusal has its name."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.crypto.age import NoMatch, X25519Identity
from app.crypto.authority import Authority, create_authority, create_root, cross_certify
from app.crypto.certificate import (
    OID_AGE,
    OID_ROLE,
    OID_SCOPE,
    OID_STATION,
    Certificate,
    ChainFailure,
    ChainReason,
    Purpose,
    encode_scope,
    encode_station,
    parse_certificate,
)
from app.crypto.certificate_file import CertificateFile, encode_certificates, parse_certificates
from app.crypto.chain import (
    Trust,
    VerifiedSender,
    signed_by,
    verify_chain,
    verify_reference,
    with_vouched_roots,
)
from app.crypto.enrolment import make_request, read_request
from app.crypto.revocation import RevocationList, issue_crl, newest, parse_crl
from app.crypto.signatures import SigningKey
from app.ids import UnitRef
from tests.invented_province import (
    COMMUNE,
    DISTRICT,
    ELSEWHERE,
    NOW,
    PROVINCE,
    SIBLING,
    Station,
    covers,
    enrol,
    found_province,
)

P = found_province()
BOTH = frozenset({Purpose.BUNDLE, Purpose.REFERENCE})


def check(pem: bytes, trust: Trust | None = None) -> VerifiedSender:
    return verify_chain(parse_certificates(pem), trust or P.trust())


def reason_of(pem: bytes, trust: Trust | None = None) -> ChainReason:
    with pytest.raises(ChainFailure) as caught:
        check(pem, trust)
    return caught.value.reason


def test_stations_of_all_tiers_are_verified() -> None:
    for station, unit, length in [
        (P.province, PROVINCE, 2),
        (P.district, DISTRICT, 2),
        (P.commune, COMMUNE, 3),
    ]:
        sender = check(P.pem(station))
        assert (sender.unit, len(sender.path)) == (unit, length)
        assert sender.certificate.age == station.identity.recipient
        assert sender.certificate.station == station.id
        assert sender.certificate.role == "station"
        assert sender.time_question is None
        assert not sender.revoked_but_accepted
    assert check(P.pem(P.province)).may_sign_reference
    assert not check(P.pem(P.commune)).may_sign_reference


def test_openssl_accepts_every_issued_chain(tmp_path: Path) -> None:
    for number, station in enumerate([P.province, P.district, P.commune]):
        files = {
            name: tmp_path / f"{number}-{name}" for name in ("root", "between", "lists", "own")
        }
        files["root"].write_bytes(P.root.certificate.pem)
        files["between"].write_bytes(P.district_authority.certificate.pem)
        files["lists"].write_bytes(P.root_crl.pem + P.district_crl.pem)
        files["own"].write_bytes(station.certificate.pem)
        command = ["openssl", "verify", "-x509_strict", "-crl_check_all"]
        command += ["-attime", str(int((NOW + timedelta(days=1)).timestamp()))]
        command += ["-CAfile", str(files["root"]), "-untrusted", str(files["between"])]
        command += ["-CRLfile", str(files["lists"]), str(files["own"])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().endswith(": OK")


def test_openssl_sees_the_revocation(tmp_path: Path) -> None:
    revoked = {P.commune.certificate.serial: NOW}
    crl = issue_crl(P.district_authority.certificate, P.district_authority.key, 2, revoked, NOW)
    (tmp_path / "root").write_bytes(P.root.certificate.pem)
    (tmp_path / "between").write_bytes(P.district_authority.certificate.pem)
    (tmp_path / "lists").write_bytes(P.root_crl.pem + crl.pem)
    (tmp_path / "own").write_bytes(P.commune.certificate.pem)
    moment = str(int((NOW + timedelta(days=1)).timestamp()))
    command = ["openssl", "verify", "-x509_strict", "-crl_check_all", "-attime", moment]
    command += ["-CAfile", "root", "-untrusted", "between", "-CRLfile", "lists", "own"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode != 0
    assert "certificate revoked" in done.stderr


def test_the_file_must_be_the_pem_we_would_write() -> None:
    pem = P.pem(P.commune)
    block = pem.index(b"-----END CERTIFICATE-----\n")
    der = base64.b64decode(b"".join(P.commune.certificate.pem.split(b"\n")[1:-2]))
    one_line = (
        b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(der) + b"\n-----END CERTIFICATE-----\n"
    )
    own_length = len(P.commune.certificate.pem)
    assert reason_of(b"") is ChainReason.NO_CERTIFICATE
    assert reason_of(b"no pem") is ChainReason.BAD_PEM
    assert reason_of(b"# note\n" + pem) is ChainReason.BAD_PEM
    assert reason_of(pem + b"\n") is ChainReason.BAD_PEM
    assert reason_of(pem[:-1]) is ChainReason.BAD_PEM
    assert reason_of(pem.replace(b"\n", b"\r\n")) is ChainReason.BAD_PEM
    assert reason_of(pem[: block - 3] + b"=" + pem[block - 3 :]) is ChainReason.BAD_PEM
    assert reason_of(one_line + pem[own_length:]) is ChainReason.NOT_CANONICAL_PEM
    assert reason_of(pem[:block] + b"\n" + pem[block:]) is ChainReason.NOT_CANONICAL_PEM
    crls_first = P.root_crl.pem + P.commune.certificate.pem
    assert reason_of(crls_first) is ChainReason.NOT_CANONICAL_PEM
    ordered = sorted([P.root_crl, P.district_crl], key=lambda crl: crl.issuer, reverse=True)
    swapped = P.commune.certificate.pem + b"".join(crl.pem for crl in ordered)
    assert reason_of(swapped) is ChainReason.NOT_CANONICAL_PEM


def test_every_flipped_byte_of_the_file_is_refused() -> None:
    pem = P.pem(P.commune)
    accepted = []
    for place in range(0, len(pem), 7):
        changed = pem[:place] + bytes([pem[place] ^ 1]) + pem[place + 1 :]
        try:
            check(changed)
        except ChainFailure:
            continue
        accepted.append(place)
    assert accepted == []


def test_every_flipped_byte_under_the_pem_is_refused() -> None:
    file = parse_certificates(P.pem(P.commune))
    accepted = []
    for number, item in enumerate([*file.certificates, *file.crls]):
        for place in range(len(item.der)):
            der = item.der[:place] + bytes([item.der[place] ^ 1]) + item.der[place + 1 :]
            try:
                if number < len(file.certificates):
                    changed = [*file.certificates]
                    changed[number] = parse_certificate(der)
                    verify_chain(CertificateFile(tuple(changed), file.crls), P.trust())
                else:
                    lists = [*file.crls]
                    lists[number - len(file.certificates)] = parse_crl(der)
                    verify_chain(CertificateFile(file.certificates, tuple(lists)), P.trust())
            except ChainFailure:
                continue
            accepted.append((number, place))
    assert accepted == []


def test_too_many_and_doubled_certificates_are_refused() -> None:
    many = encode_certificates(
        [enrol(P.district_authority, COMMUNE).certificate for _ in range(65)], []
    )
    assert reason_of(many) is ChainReason.TOO_MANY_CERTS
    own = P.commune.certificate
    assert reason_of(encode_certificates([own, own], [])) is ChainReason.DUPLICATE_CERTIFICATE
    doubled = encode_certificates([own], [P.root_crl, P.root_crl])
    assert reason_of(doubled) is ChainReason.DUPLICATE_CERTIFICATE


def test_order_is_the_sender_and_then_its_issuers() -> None:
    own, between = P.commune.certificate, P.district_authority.certificate
    other = enrol(P.district_authority, COMMUNE).certificate
    crls = [P.root_crl, P.district_crl]
    assert reason_of(encode_certificates([between, own], crls)) is ChainReason.NOT_A_STATION
    assert reason_of(encode_certificates([own, other, between], crls)) is ChainReason.WRONG_ORDER
    assert check(encode_certificates([own, between, other], crls)).others == (other,)


def test_a_pc_of_a_unit_that_was_not_heard_of_is_passed_over() -> None:
    """The decree that made its unit may lie in the very bundle that this file comes with."""
    new = UnitRef("29999", "2024b")

    def heard(scope: Sequence[UnitRef], unit: UnitRef) -> bool:
        return unit != new and covers(scope, unit)

    def known(scope: Sequence[UnitRef], unit: UnitRef) -> bool:
        return unit == new or covers(scope, unit)

    other = enrol(P.district_authority, new).certificate
    pem = P.pem(P.commune, other)
    assert check(pem, P.trust(covers=heard)).others == ()
    assert check(pem, P.trust(covers=known)).others == (other,)
    own = P.pem(enrol(P.district_authority, new))
    assert reason_of(own, P.trust(covers=heard)) is ChainReason.SCOPE_EXCEEDS_ISSUER


def test_strangers_are_refused() -> None:
    other = found_province()
    assert reason_of(other.pem(other.commune)) is ChainReason.UNKNOWN_ISSUER
    alone = encode_certificates([P.commune.certificate], [P.root_crl])
    assert reason_of(alone) is ChainReason.UNKNOWN_ISSUER
    with_stranger = P.pem(P.commune, other.province.certificate)
    assert reason_of(with_stranger) is ChainReason.UNKNOWN_ISSUER


def test_a_forged_issuer_of_the_same_name_is_refused() -> None:
    fake_key = SigningKey.generate()
    fake = Authority(P.district_authority.certificate, fake_key)
    forged = enrol(fake, COMMUNE).certificate
    assert reason_of(P.pem(Station(forged, fake_key, P.commune.identity))) is (
        ChainReason.BAD_SIGNATURE
    )


def test_at_most_two_authorities_stand_between_root_and_station() -> None:
    second = create_authority(P.district_authority, (COMMUNE,), NOW)
    deep = enrol(second, COMMUNE)
    crls = [
        P.root_crl,
        P.district_crl,
        issue_crl(second.certificate, second.key, 1, {}, NOW),
    ]
    between = [second.certificate, P.district_authority.certificate]
    assert check(encode_certificates([deep.certificate, *between], crls)).unit == COMMUNE
    with pytest.raises(ValueError, match="further authority"):
        create_authority(second, (COMMUNE,), NOW)
    third = reissue(second.certificate, P.district_authority.key, path_length=1)
    forced = create_authority(Authority(third, second.key), (COMMUNE,), NOW)
    deeper = enrol(forced, COMMUNE).certificate
    pem = encode_certificates(
        [deeper, forced.certificate, third, P.district_authority.certificate], [P.root_crl]
    )
    assert reason_of(pem) is ChainReason.PATH_TOO_LONG


def test_an_authority_may_not_stand_where_path_length_forbids_it() -> None:
    root = create_root((PROVINCE,), NOW)
    first = create_authority(root, (DISTRICT,), NOW)
    tight = reissue(first.certificate, root.key, path_length=0)
    second = create_authority(first, (COMMUNE,), NOW)
    station = enrol(second, COMMUNE).certificate
    pem = encode_certificates([station, second.certificate, tight], [])
    trust = P.trust(roots=(root.certificate,))
    assert reason_of(pem, trust) is ChainReason.PATH_TOO_LONG


def test_a_scope_beyond_the_issuers_is_refused() -> None:
    outside = enrol(P.district_authority, COMMUNE, ELSEWHERE)
    assert reason_of(P.pem(outside)) is ChainReason.SCOPE_EXCEEDS_ISSUER
    above = enrol(P.district_authority, PROVINCE)
    assert reason_of(P.pem(above)) is ChainReason.SCOPE_EXCEEDS_ISSUER
    other_edition = enrol(P.district_authority, UnitRef(COMMUNE.code, "2025"))
    assert reason_of(P.pem(other_edition)) is ChainReason.SCOPE_EXCEEDS_ISSUER
    several = enrol(P.district_authority, COMMUNE, SIBLING)
    assert check(P.pem(several)).certificate.scope == (COMMUNE, SIBLING)
    wide = create_authority(P.root, (ELSEWHERE,), NOW)
    crl = issue_crl(wide.certificate, wide.key, 1, {}, NOW)
    pem = encode_certificates(
        [enrol(wide, ELSEWHERE).certificate, wide.certificate], [P.root_crl, crl]
    )
    assert reason_of(pem) is ChainReason.SCOPE_EXCEEDS_ISSUER


def test_purposes_are_separate() -> None:
    only_reference = enrol(P.root, PROVINCE, purposes=frozenset({Purpose.REFERENCE}))
    assert reason_of(P.pem(only_reference)) is ChainReason.WRONG_EKU
    sender = verify_reference(
        only_reference.certificate, [], P.trust(crls={P.root_crl.issuer: P.root_crl})
    )
    signature = only_reference.key.sign(b"op id")
    assert signed_by(sender.certificate, signature, b"op id")
    assert not signed_by(sender.certificate, signature, b"other id")
    with pytest.raises(ChainFailure) as caught:
        verify_reference(P.district.certificate, [], P.trust())
    assert caught.value.reason is ChainReason.WRONG_EKU


def test_only_the_province_signs_reference_data() -> None:
    by_district = enrol(P.district_authority, COMMUNE, purposes=BOTH)
    assert reason_of(P.pem(by_district)) is ChainReason.REFERENCE_NOT_PROVINCE
    district_station = enrol(P.root, DISTRICT, purposes=BOTH)
    assert reason_of(P.pem(district_station)) is ChainReason.REFERENCE_NOT_PROVINCE


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (NOW - timedelta(days=1), ChainReason.NOT_YET_VALID),
        (NOW + timedelta(days=3 * 366 + 1), ChainReason.EXPIRED),
        (NOW + timedelta(days=21 * 366), ChainReason.EXPIRED),
    ],
)
def test_a_suspect_clock_turns_time_into_a_question(when: datetime, reason: ChainReason) -> None:
    assert reason_of(P.pem(P.commune), P.trust(when=when)) is reason
    sender = check(P.pem(P.commune), P.trust(when=when, clock_suspect=True))
    assert sender.time_question is reason


def test_a_suspect_clock_softens_nothing_else() -> None:
    other = found_province()
    soft = P.trust(clock_suspect=True)
    assert reason_of(other.pem(other.commune), soft) is ChainReason.UNKNOWN_ISSUER
    revoked = {P.commune.certificate.serial: NOW}
    crl = issue_crl(P.district_authority.certificate, P.district_authority.key, 2, revoked, NOW)
    soft = P.trust(clock_suspect=True, crls={crl.issuer: crl})
    assert reason_of(P.pem(P.commune), soft) is ChainReason.REVOKED


def test_what_any_list_revoked_stays_revoked_wherever_it_came_from() -> None:
    own = P.commune.certificate
    key = P.district_authority.key
    issuer = P.district_authority.certificate
    second = issue_crl(issuer, key, 2, {own.serial: NOW}, NOW)
    chain = [own, issuer]
    carried = encode_certificates(chain, [P.root_crl, second])
    assert reason_of(carried) is ChainReason.REVOKED
    # Known here, an older one in the file, and a newer one that lacks it, in either place.
    knows_second = P.trust(crls={second.issuer: second})
    assert reason_of(P.pem(P.commune), knows_second) is ChainReason.REVOKED
    third = issue_crl(issuer, key, 3, {}, NOW)
    newer = encode_certificates(chain, [P.root_crl, third])
    assert reason_of(newer, knows_second) is ChainReason.REVOKED
    knows_third = P.trust(crls={third.issuer: third})
    assert reason_of(carried, knows_third) is ChainReason.REVOKED
    # Known from a list that was kept no longer.
    lacking = {third.issuer: frozenset({own.serial})}
    knows_both = P.trust(crls=knows_third.crls, revoked=lacking)
    assert reason_of(newer, knows_both) is ChainReason.REVOKED
    assert set(check(newer).crls) == {P.root_crl, third}


def test_two_lists_of_one_number_are_judged_by_both() -> None:
    """Two key holders may revoke in one second; the file of neither is at fault."""
    own, issuer = P.commune.certificate, P.district_authority.certificate
    one, other = (
        issue_crl(issuer, P.district_authority.key, 2, {serial: NOW}, NOW)
        for serial in (own.serial, own.serial + 1)
    )
    for known, carried in ((one, other), (other, one)):
        pem = encode_certificates([own, issuer], [P.root_crl, carried])
        assert reason_of(pem, P.trust(crls={known.issuer: known})) is ChainReason.REVOKED
    assert newest(one, other) == newest(other, one)
    both = issue_crl(issuer, P.district_authority.key, 2, {own.serial: NOW, 1: NOW}, NOW)
    assert newest(both, one) == newest(one, both) == both


def test_a_revoked_authority_takes_its_stations_with_it() -> None:
    crl = issue_crl(
        P.root.certificate, P.root.key, 2, {P.district_authority.certificate.serial: NOW}, NOW
    )
    by_name = P.trust(
        crls={crl.issuer: crl}, accept_revoked=frozenset({P.commune.certificate.sha256})
    )
    assert reason_of(P.pem(P.commune), by_name) is ChainReason.REVOKED


def test_a_revoked_station_can_be_accepted_by_name() -> None:
    revoked = {P.commune.certificate.serial: NOW}
    crl = issue_crl(P.district_authority.certificate, P.district_authority.key, 2, revoked, NOW)
    named = frozenset({P.commune.certificate.sha256})
    sender = check(P.pem(P.commune), P.trust(crls={crl.issuer: crl}, accept_revoked=named))
    assert sender.revoked_but_accepted


def test_lists_are_verified() -> None:
    own, between = P.commune.certificate, P.district_authority.certificate
    stranger = found_province()
    wrong_key = issue_crl(between, SigningKey.generate(), 2, {}, NOW)
    assert reason_of(encode_certificates([own, between], [P.root_crl])) is ChainReason.CRL_MISSING
    assert reason_of(encode_certificates([own, between], [P.root_crl, wrong_key])) is (
        ChainReason.CRL_BAD_SIGNATURE
    )
    assert reason_of(encode_certificates([own, between], [P.root_crl, stranger.root_crl])) is (
        ChainReason.CRL_UNKNOWN_ISSUER
    )
    # A list of a self-made authority that rides in the file is nobody's word.
    rider = encode_certificates(
        [own, between, stranger.district_authority.certificate],
        [P.root_crl, P.district_crl, stranger.district_crl],
    )
    assert reason_of(rider) is ChainReason.CRL_UNKNOWN_ISSUER


def test_other_stations_that_are_revoked_or_out_of_date_are_left_out() -> None:
    fresh = enrol(P.district_authority, COMMUNE).certificate
    old = enrol(P.district_authority, COMMUNE, years=1).certificate
    gone = enrol(P.district_authority, COMMUNE).certificate
    crl = issue_crl(
        P.district_authority.certificate, P.district_authority.key, 2, {gone.serial: NOW}, NOW
    )
    pem = encode_certificates(
        [P.commune.certificate, P.district_authority.certificate, fresh, old, gone],
        [P.root_crl, crl],
    )
    later = P.trust(when=NOW + timedelta(days=500))
    assert check(pem, later).others == (fresh,)
    # Good but for its dates, and never one that is revoked.
    assert check(pem, later).out_of_date == ((old, ChainReason.EXPIRED),)
    early = P.trust(when=NOW - timedelta(days=1), clock_suspect=True)
    assert check(pem, early).out_of_date == tuple(
        (one, ChainReason.NOT_YET_VALID) for one in (fresh, old)
    )


def test_roots_that_certify_each_other_are_learned_both_ways_and_no_other() -> None:
    new = create_root((PROVINCE,), NOW)
    roots = [new.certificate, P.root.certificate]
    crosses = [
        cross_certify(P.root, new.certificate, NOW),
        cross_certify(new, P.root.certificate, NOW),
    ]
    new_crl = issue_crl(new.certificate, new.key, 1, {}, NOW)

    def learned(
        certificates: list[Certificate], crl: RevocationList, known: Certificate
    ) -> set[Certificate]:
        pem = encode_certificates([P.province.certificate, *certificates], [crl, new_crl])
        trust = P.trust(roots=(known,))
        return set(with_vouched_roots(parse_certificates(pem), trust).roots)

    for known in roots:
        assert learned([*roots, *crosses], P.root_crl, known) == set(roots)
        assert learned(roots, P.root_crl, known) == {known}, "a root alone is nobody's word"
    old = P.root.certificate
    taken_back = issue_crl(old, P.root.key, 2, {crosses[0].serial: NOW}, NOW)
    assert learned([*roots, *crosses], taken_back, old) == {old}
    stranger = create_root((PROVINCE,), NOW)
    by_stranger = cross_certify(stranger, new.certificate, NOW)
    assert learned([*roots, stranger.certificate, by_stranger], P.root_crl, old) == {old}
    # An authority is no root: what it certifies is vouched for by nobody.
    by_authority = cross_certify(P.district_authority, new.certificate, NOW)
    assert learned([*roots, by_authority], P.root_crl, old) == {old}


def test_a_root_vouches_in_time_and_for_the_units_that_the_other_has() -> None:
    new = create_root((PROVINCE,), NOW)
    crl = issue_crl(new.certificate, new.key, 1, {}, NOW)

    def learned(cross: Certificate, **trust: object) -> bool:
        certificates = [P.province.certificate, new.certificate, cross]
        file = parse_certificates(encode_certificates(certificates, [P.root_crl, crl]))
        known = P.trust(roots=(P.root.certificate,), **trust)
        return new.certificate in with_vouched_roots(file, known).roots

    cross = cross_certify(P.root, new.certificate, NOW)
    for when in (cross.not_before, cross.not_after):
        assert learned(cross, when=when)
    second = timedelta(seconds=1)
    for when in (cross.not_before - second, cross.not_after + second):
        assert not learned(cross, when=when)
        assert learned(cross, when=when, clock_suspect=True)
    less = encode_scope((DISTRICT,)).value
    assert not learned(reissue(cross, P.root.key, replaced={OID_SCOPE: less}))


def test_a_new_root_is_carried_by_the_old_one() -> None:
    new = create_root((PROVINCE,), NOW)
    cross = cross_certify(P.root, new.certificate, NOW)
    station = enrol(new, PROVINCE, purposes=BOTH).certificate
    new_crl = issue_crl(new.certificate, new.key, 1, {}, NOW)
    pem = encode_certificates([station, cross], [P.root_crl, new_crl])
    assert check(pem).path == (station, cross, P.root.certificate)
    by_new = P.trust(roots=(new.certificate, P.root.certificate))
    assert check(pem, by_new).path == (station, new.certificate)


def test_an_authority_is_kept_as_a_passphrase_file(tmp_path: Path) -> None:
    sealed = P.district_authority.seal("một câu dài", 8)
    again = Authority.unseal(sealed, "một câu dài")
    assert again.certificate == P.district_authority.certificate
    assert check(P.pem(enrol(again, SIBLING))).unit == SIBLING
    with pytest.raises(NoMatch):
        Authority.unseal(sealed, "câu khác")
    mixed = Authority(P.root.certificate, P.district_authority.key).seal("x", 8)
    with pytest.raises(ValueError, match="belong together"):
        Authority.unseal(mixed, "x")


def test_requests_prove_their_key_and_show_one_code() -> None:
    key, identity = SigningKey.generate(), X25519Identity.generate()
    station = P.commune.id
    pem = make_request(key, identity.recipient, station, COMMUNE)
    request = read_request(pem)
    assert (request.station, request.unit, request.age) == (station, COMMUNE, identity.recipient)
    assert request.check_code == read_request(pem).check_code
    other = read_request(make_request(key, identity.recipient, station, DISTRICT))
    assert request.check_code != other.check_code
    body = bytearray(pem)
    body[len(body) // 2] ^= 1
    for bad in (b"", b"x" * 20_000, bytes(body), pem + b"\n", P.commune.certificate.pem):
        with pytest.raises(ChainFailure):
            read_request(bad)


def test_a_request_for_a_key_of_low_order_is_refused_before_anything_is_issued() -> None:
    key = SigningKey.generate()
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    for value in (
        encode_scope((COMMUNE,)),
        x509.UnrecognizedExtension(OID_AGE, b"\x04\x20" + bytes(32)),
        encode_station(P.commune.id),
    ):
        builder = builder.add_extension(value, critical=False)
    signed = builder.sign(key.key, hashes.SHA256())
    with pytest.raises(ChainFailure) as caught:
        read_request(signed.public_bytes(serialization.Encoding.PEM))
    assert caught.value.reason is ChainReason.BAD_EXTENSION


# --- certificates that only a careless or malicious issuer would write -----------------------


def reissue(
    source: Certificate,
    issuer_key: SigningKey,
    *,
    path_length: int | None = None,
    without: x509.ObjectIdentifier | None = None,
    replaced: dict[x509.ObjectIdentifier, bytes] | None = None,
    critical: x509.ObjectIdentifier | None = None,
    added: x509.ExtensionType | None = None,
    public: ec.EllipticCurvePublicKey | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
) -> Certificate:
    """The same certificate, changed in one point and signed again by its real issuer."""
    read = source.x509
    builder = (
        x509.CertificateBuilder()
        .subject_name(read.subject)
        .issuer_name(read.issuer)
        .public_key(public or source.public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(read.not_valid_before_utc)
        .not_valid_after(read.not_valid_after_utc)
    )
    for extension in read.extensions:
        value, is_critical = extension.value, extension.critical
        if extension.oid == without:
            continue
        if replaced and extension.oid in replaced:
            value = x509.UnrecognizedExtension(extension.oid, replaced[extension.oid])
        if extension.oid == x509.BasicConstraints.oid and path_length is not None:
            value = x509.BasicConstraints(ca=True, path_length=path_length)
        if extension.oid == critical:
            is_critical = not is_critical
        builder = builder.add_extension(value, critical=is_critical)
    if added is not None:
        builder = builder.add_extension(added, critical=False)
    signed = builder.sign(issuer_key.key, algorithm or hashes.SHA256())
    return parse_certificate(signed.public_bytes(serialization.Encoding.DER))


KU, BC, EKU = x509.KeyUsage.oid, x509.BasicConstraints.oid, x509.ExtendedKeyUsage.oid
SKI, AKI = x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid
Bad = ChainReason.BAD_EXTENSION
Missing = ChainReason.MISSING_EXTENSION
WEB_CLIENT = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]).public_bytes()
VARIANTS: list[tuple[str, dict[str, object], ChainReason]] = [
    *[
        (f"without {name}", {"without": oid}, Missing)
        for name, oid in {
            "scope": OID_SCOPE,
            "age": OID_AGE,
            "role": OID_ROLE,
            "station": OID_STATION,
            "key usage": KU,
            "basic constraints": BC,
            "extended key usage": EKU,
            "subject key": SKI,
            "authority key": AKI,
        }.items()
    ],
    *[
        (f"critical {name}", {"critical": oid}, ChainReason.UNKNOWN_CRITICAL_EXTENSION)
        for name, oid in {"scope": OID_SCOPE, "age": OID_AGE, "eku": EKU}.items()
    ],
    ("key usage not critical", {"critical": KU}, Bad),
    ("basic constraints not critical", {"critical": BC}, Bad),
    ("scope empty", {"replaced": {OID_SCOPE: b"\x0c\x00"}}, Bad),
    ("scope no unit", {"replaced": {OID_SCOPE: b"\x0c\x05abcde"}}, Bad),
    ("scope doubled", {"replaced": {OID_SCOPE: b"\x0c\x1521010@2024;21010@2024"}}, Bad),
    ("scope as octets", {"replaced": {OID_SCOPE: b"\x04\x0a21010@2024"}}, Bad),
    ("scope long length", {"replaced": {OID_SCOPE: b"\x0c\x81\x0a21010@2024"}}, Bad),
    ("scope with rest", {"replaced": {OID_SCOPE: b"\x0c\x0a21010@2024\x00"}}, Bad),
    ("scope not ascii", {"replaced": {OID_SCOPE: b"\x0c\x02\xc4\x90"}}, Bad),
    ("scope no value", {"replaced": {OID_SCOPE: b""}}, Bad),
    ("age short", {"replaced": {OID_AGE: b"\x04\x1f" + bytes(31)}}, Bad),
    ("age long", {"replaced": {OID_AGE: b"\x04\x21" + bytes(33)}}, Bad),
    ("age as text", {"replaced": {OID_AGE: b"\x0c\x20" + b"a" * 32}}, Bad),
    ("station short", {"replaced": {OID_STATION: b"\x04\x0f" + bytes(15)}}, Bad),
    ("role upper case", {"replaced": {OID_ROLE: b"\x0c\x03ABC"}}, Bad),
    ("role of an authority", {"replaced": {OID_ROLE: b"\x0c\x09authority"}}, Bad),
    ("key usage of an authority", {"replaced": {KU: b"\x03\x02\x01\x06"}}, Bad),
    ("constraints of an authority", {"replaced": {BC: b"\x30\x06\x01\x01\xff\x02\x01\x00"}}, Bad),
    ("purpose of a web client", {"replaced": {EKU: WEB_CLIENT}}, ChainReason.WRONG_EKU),
    ("subject key of another", {"replaced": {SKI: b"\x04\x14" + bytes(20)}}, Bad),
    (
        "authority key of nobody",
        {"replaced": {AKI: b"\x30\x16\x80\x14" + bytes(20)}},
        ChainReason.UNKNOWN_ISSUER,
    ),
    ("sha-384", {"algorithm": hashes.SHA384()}, ChainReason.WRONG_SIGNATURE_ALGORITHM),
    (
        "other key than named",
        {"public": SigningKey.generate().key.public_key()},
        Bad,
    ),
    (
        "p-384",
        {"public": ec.generate_private_key(ec.SECP384R1()).public_key()},
        ChainReason.NOT_P256,
    ),
]


@pytest.mark.parametrize(
    ("change", "reason"), [v[1:] for v in VARIANTS], ids=[v[0] for v in VARIANTS]
)
def test_a_station_certificate_changed_in_one_point_is_refused(
    change: dict[str, object], reason: ChainReason
) -> None:
    def build() -> None:
        changed = reissue(P.commune.certificate, P.district_authority.key, **change)  # type: ignore[arg-type]
        check(P.pem(Station(changed, P.commune.key, P.commune.identity)))

    with pytest.raises(ChainFailure) as caught:
        build()
    assert caught.value.reason is reason


def test_every_extension_of_a_station_is_left_out_and_replaced_by_some_variant() -> None:
    held = {extension.oid for extension in P.commune.certificate.x509.extensions}
    changes = [change for _, change, _ in VARIANTS]
    assert {change["without"] for change in changes if "without" in change} == held
    replaced: set[object] = set()
    for change in changes:
        replaced.update(change.get("replaced", {}))  # type: ignore[call-overload]
    assert replaced == held


def test_an_unknown_extension_that_is_not_critical_does_no_harm() -> None:
    extra = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    changed = reissue(P.commune.certificate, P.district_authority.key, added=extra)
    assert check(P.pem(Station(changed, P.commune.key, P.commune.identity))).unit == COMMUNE


@pytest.mark.parametrize("usage", ["clientAuth", "none of ours"])
def test_foreign_purposes_are_refused(usage: str) -> None:
    oid = {"clientAuth": "1.3.6.1.5.5.7.3.2", "none of ours": "2.25.1.1.1"}[usage]
    value = x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid)])
    der = value.public_bytes()
    with pytest.raises(ChainFailure) as caught:
        reissue(P.commune.certificate, P.district_authority.key, replaced={EKU: der})
    assert caught.value.reason is ChainReason.WRONG_EKU


@pytest.mark.parametrize("missing", [P.root_crl, P.district_crl], ids=["root", "authority"])
def test_every_authority_of_the_path_needs_its_list(missing: RevocationList) -> None:
    lists = [one for one in (P.root_crl, P.district_crl) if one != missing]
    pem = encode_certificates([P.commune.certificate, P.district_authority.certificate], lists)
    assert reason_of(pem, P.trust(crls={})) is ChainReason.CRL_MISSING
