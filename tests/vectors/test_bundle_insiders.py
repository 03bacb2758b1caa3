"""What an enrolled insider could change and sign again: each variant has its named outcome.

The insider holds the real keys of a commune's station. Every variant is honest in everything but
one point, and is refused for exactly that point. The table stands in FORMAT.md, too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.sync.refusal import BundleRefused, Refusal
from tests.insiders.certificates import CERTIFICATES
from tests.insiders.changes import F, P, put
from tests.insiders.container import CONTAINER
from tests.insiders.control import CONTROL
from tests.insiders.manifest import MANIFEST
from tests.insiders.operation import OPERATION
from tests.insiders.payload import PAYLOAD
from tests.insiders.sender import FRESH, SENDER
from tests.insiders.stated import INSIDE, OUTSIDE
from tests.invented_province import COMMUNE, NOW, Station, enrol

ALL = {
    **{f"manifest: {name}": variant for name, variant in MANIFEST.items()},
    **{f"stated: {name}": variant for name, variant in {**OUTSIDE, **INSIDE}.items()},
    **{f"payload: {name}": variant for name, variant in PAYLOAD.items()},
    **{f"line: {name}": variant for name, variant in CONTROL.items()},
    **{f"operation: {name}": variant for name, variant in OPERATION.items()},
    **{f"sender: {name}": variant for name, variant in SENDER.items()},
    **{f"certificate: {name}": variant for name, variant in CERTIFICATES.items()},
    **{f"container: {name}": variant for name, variant in CONTAINER.items()},
}


@pytest.mark.parametrize("name", ALL)
def test_a_variant_signed_again_by_an_insider_has_its_named_outcome(
    name: str, tmp_path: Path
) -> None:
    change, refusal, detail = ALL[name]
    path = F.forge(tmp_path, **change)
    with pytest.raises(BundleRefused) as caught:
        F.read(path)
    assert (caught.value.refusal, caught.value.detail) == (refusal, detail)


def test_the_honest_bundle_is_read(tmp_path: Path) -> None:
    assert len(F.read(F.forge(tmp_path))) == 3
    assert len(ALL) >= 80


def test_future_keys_are_let_through(tmp_path: Path) -> None:
    path = F.forge(tmp_path, manifest=put("x_later", value={"a": ["b", 1, None, True]}))
    assert len(F.read(path)) == 3


def test_every_refusal_of_a_file_is_shown_by_a_variant() -> None:
    shown = {refusal for _, refusal, _ in ALL.values()}
    elsewhere = {Refusal.UNREADABLE, Refusal.ROOT_FINGERPRINT}
    assert set(Refusal) - shown == elsewhere


def test_nothing_is_decrypted_before_the_payload_was_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = F.forge(tmp_path)
    data = bytearray(path.read_bytes())
    data[-1500] ^= 1
    path.write_bytes(bytes(data))

    def decrypting(*_: object) -> None:
        raise AssertionError("decrypted too early")

    monkeypatch.setattr("app.sync.payload.AgeReader", decrypting)
    with pytest.raises(BundleRefused) as caught:
        F.open(path)
    assert caught.value.refusal is Refusal.PAYLOAD_HASH


def test_a_peeled_payload_cannot_be_signed_as_ones_own(tmp_path: Path) -> None:
    """A station of the same unit takes the payload of another and signs a manifest around it."""
    honest = F.forge(tmp_path)
    with F.open(honest) as bundle:
        container = bundle._container
        data = honest.read_bytes()
        payload = data[container.payload_offset :][: container.payload_size]
        claims = json.loads(bundle.manifest_bytes)
    thief = Station(FRESH.certificate, FRESH.key, FRESH.identity)

    def same_claims(changed: dict[str, Any]) -> None:
        for name in ("payload", "ops", "ops_sha256", "entities", "log"):
            changed[name] = claims[name]

    stolen = F.forge(tmp_path, sender=thief, sealed=lambda _: payload, manifest=same_claims)
    with pytest.raises(BundleRefused) as caught:
        F.read(stolen)
    assert caught.value.refusal is Refusal.HEADER_LINE


def test_a_suspect_clock_lets_an_expired_sender_be_asked_about(tmp_path: Path) -> None:
    path = F.forge(
        tmp_path, sender=enrol(P.district_authority, COMMUNE, when=NOW.replace(year=2022))
    )
    with pytest.raises(BundleRefused):
        F.read(path)
    # The authority itself was made later than this station: no clock explains that.
    with pytest.raises(BundleRefused):
        F.read(path, clock_suspect=True)
    late = NOW.replace(year=2032)
    fine = F.forge(tmp_path)
    with F.open(fine, when=late, clock_suspect=True) as bundle:
        assert bundle.sender.time_question is not None
