"""What a certificate says is read once and a signature reckoned once; a refusal comes each time."""

from __future__ import annotations

import pytest

from app.crypto.authority import Authority
from app.crypto.certificate import ChainFailure, ChainReason, parse_certificate
from app.crypto.certificate_file import parse_certificates
from app.crypto.chain import verify_chain
from app.crypto.revocation import parse_crl
from app.crypto.signatures import SigningKey
from tests.invented_province import COMMUNE, NOW, Station, enrol, found_province

P = found_province()


def test_the_same_bytes_are_read_once() -> None:
    der = P.commune.certificate.der
    assert parse_certificate(bytes(bytearray(der))) is parse_certificate(der)
    lists = P.root_crl.der
    assert parse_crl(bytes(bytearray(lists))) is parse_crl(lists)


def test_what_is_no_certificate_is_refused_as_often_as_it_comes() -> None:
    broken = P.commune.certificate.der[:-1]
    for _ in range(3):
        with pytest.raises(ChainFailure):
            parse_certificate(broken)
        with pytest.raises(ChainFailure):
            parse_crl(broken)


def test_a_forged_signature_is_refused_as_often_as_it_comes() -> None:
    fake = SigningKey.generate()
    forger = Authority(P.district_authority.certificate, fake)
    forged = P.pem(Station(enrol(forger, COMMUNE).certificate, fake, P.commune.identity))
    for _ in range(3):
        verify_chain(parse_certificates(P.pem(P.commune)), P.trust())
        with pytest.raises(ChainFailure) as caught:
            verify_chain(parse_certificates(forged), P.trust())
        assert caught.value.reason is ChainReason.BAD_SIGNATURE


def test_time_and_revocation_are_asked_anew_of_what_was_read_before() -> None:
    file = parse_certificates(P.pem(P.commune))
    verify_chain(file, P.trust())
    after = P.commune.certificate.not_after.replace(year=NOW.year + 60)
    with pytest.raises(ChainFailure) as caught:
        verify_chain(file, P.trust(when=after))
    assert caught.value.reason is ChainReason.EXPIRED
