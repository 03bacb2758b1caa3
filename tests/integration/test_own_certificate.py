"""What a PC may do by its certificate is read at every opening, and its private keys are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.crypto.age_stanzas import X25519Identity
from app.crypto.signatures import SigningKey
from app.models import trust as store_trust
from app.models.trust import TrustKind, TrustRow
from app.services import trust
from app.services.workplace import Workplace
from tests.invented_province import found_province
from tests.workplaces import make_workplace

P = found_province()
COMMUNE = str(P.commune.certificate.unit)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, COMMUNE)
    yield made
    made.store.close()


def _put(workplace: Workplace, *rows: tuple[TrustKind, str, bytes]) -> None:
    with workplace.write() as work:
        for kind, name, content in rows:
            store_trust.put(work.connection, TrustRow(kind, name, 0, content))
        work.commit()


def _enrol(workplace: Workplace) -> None:
    _put(
        workplace,
        (TrustKind.KEY, trust.SIGNING_KEY, P.commune.key.to_bytes()),
        (TrustKind.KEY, trust.AGE_KEY, P.commune.identity.text.encode()),
        (TrustKind.OWN, trust.OWN_CERTIFICATE, P.commune.certificate.der),
    )


def test_role_and_units_are_those_of_the_certificate(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workplace.store.read() as reading:
        assert trust.certificate_role(reading) is None
        assert trust.certified_scope(reading) == ()
        assert trust.station_keys(workplace, reading) is None
    _enrol(workplace)
    with workplace.store.read() as reading:
        keys = trust.station_keys(workplace, reading)
        assert keys is not None
        assert keys.certificate == P.commune.certificate
        assert keys.signing.to_bytes() == P.commune.key.to_bytes()
        assert keys.age.text == P.commune.identity.text

        def no_key(*_arguments: object) -> None:
            raise AssertionError("a private key was read")

        monkeypatch.setattr(SigningKey, "from_bytes", no_key)
        monkeypatch.setattr(X25519Identity, "from_text", no_key)
        assert trust.certificate_role(reading) == P.commune.certificate.role
        assert trust.certified_scope(reading) == (COMMUNE,)


@pytest.mark.parametrize("lost", [trust.SIGNING_KEY, trust.AGE_KEY])
def test_a_certificate_whose_key_is_not_there_allows_nothing(
    workplace: Workplace, lost: str
) -> None:
    _enrol(workplace)
    with workplace.write() as work:
        store_trust.drop(work.connection, TrustKind.KEY, lost)
        work.commit()
    with workplace.store.read() as reading:
        assert trust.certificate_role(reading) is None
        assert trust.certified_scope(reading) == ()
        assert trust.station_keys(workplace, reading) is None
