"""What the giver states inside the bundle: sealed, opened, and how much room it may take."""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.crypto.age import X25519Identity, X25519Recipient, decrypt
from app.sync.manifest import MAX_MANIFEST_BYTES, MAX_RECIPIENTS, parse_manifest
from app.sync.stated import (
    MAX_TEXT,
    StatedCounts,
    StatedPerson,
    StatedPlace,
    StatedUnit,
    kept,
    open_stated,
    read_kept,
    seal_stated,
    sealed_in,
    without_places,
)
from tests.forged_bundles import honest_statement
from tests.insiders.changes import UUID, F, ack, escrow, put

READER = X25519Identity.generate()
PAYLOAD = "cd" * 32


def commune(villages: int) -> StatedCounts:
    """Everybody of a large commune, by village."""
    places = tuple(
        StatedPlace(str(uuid.UUID(int=number)), 40, 1_000, 2_000) for number in range(villages)
    )
    unit = StatedUnit(
        unit="21211@2025",
        books=40 * villages,
        households=1_000 * villages,
        children=2_000 * villages + 17,
        girls=900 * villages,
        incomplete=12_345,
        moved_away=17,
        places=places,
    )
    return StatedCounts(
        round=UUID,
        units=(unit,),
        errors=1_234,
        warnings=5_678,
        left_out=9,
        of_age=10,
        giver=StatedPerson("Nguyễn Thị Hoàng Anh", "Công chức văn hóa - xã hội"),
        receiver=StatedPerson("Trần Văn Mẫu", "Phó trưởng phòng"),
    )


def opened(text: str, recipients: int = 1) -> StatedCounts | None:
    manifest = json.dumps({"x_stated": text}).encode()
    sealed = sealed_in(manifest, recipients, "a.tebundle")
    assert sealed is not None
    return open_stated(sealed, READER, PAYLOAD, "a.tebundle")


def recipients(count: int) -> list[X25519Recipient]:
    return [READER.recipient, *(X25519Identity.generate().recipient for _ in range(count - 1))]


def test_what_is_sealed_is_what_is_opened_and_kept() -> None:
    sealed = seal_stated(commune(3), PAYLOAD, [READER.recipient], MAX_TEXT)
    assert sealed is not None
    text, said = sealed
    assert said == commune(3)
    assert opened(text) == said
    assert read_kept(kept(said)) == said


def test_nothing_of_it_can_be_read_in_the_manifest() -> None:
    sealed = seal_stated(commune(3), PAYLOAD, [READER.recipient], MAX_TEXT)
    assert sealed is not None
    age = base64.b64decode(sealed[0])
    for said in (b"12345", b"households", "Mẫu".encode()):
        assert said not in age
        assert said in decrypt(age, [READER])


def test_a_commune_of_a_hundred_and_thirty_villages_fits_beside_every_recipient() -> None:
    sealed = seal_stated(commune(130), PAYLOAD, recipients(MAX_RECIPIENTS), MAX_TEXT)
    assert sealed is not None
    text, said = sealed
    assert len(said.units[0].places) == 130
    assert opened(text, MAX_RECIPIENTS) == said


def test_what_has_no_room_goes_without_the_lines_of_the_annex_or_not_at_all() -> None:
    whole = seal_stated(commune(20), PAYLOAD, [READER.recipient], MAX_TEXT)
    assert whole is not None
    small = seal_stated(without_places(commune(20)), PAYLOAD, [READER.recipient], MAX_TEXT)
    assert small is not None
    room = len(small[0])
    assert room < len(whole[0])
    for given, said in ((len(whole[0]), commune(20)), (room, without_places(commune(20)))):
        found = seal_stated(commune(20), PAYLOAD, [READER.recipient], given)
        assert found is not None
        assert found[1] == said
    assert seal_stated(commune(20), PAYLOAD, [READER.recipient], room - 1) is None


def test_what_no_reader_would_take_is_never_sealed() -> None:
    """A wrong sum of villages loses the villages; no handover is kept back by it."""
    unit = commune(2).units[0]
    places = (*unit.places, StatedPlace(UUID, None, 1, 0))
    odd = StatedCounts(
        round=None,
        units=(_with(unit, places=places),),
        errors=0,
        warnings=0,
        left_out=0,
        of_age=0,
    )
    sealed = seal_stated(odd, PAYLOAD, [READER.recipient], MAX_TEXT)
    assert sealed is not None
    assert sealed[1] == without_places(odd)
    worse = _with(odd, errors=-1)
    assert seal_stated(worse, PAYLOAD, [READER.recipient], MAX_TEXT) is None


def _with(one: Any, **changes: Any) -> Any:
    return type(one)(**{**{name: getattr(one, name) for name in one.__struct_fields__}, **changes})


def test_the_fullest_manifest_has_room_for_it(tmp_path: Path) -> None:
    """32 recipients and 128 cursors beside the largest statement stay within 64 KiB."""

    def full(claims: dict[str, Any]) -> None:
        claims["recipients"] += [
            escrow(str(uuid.UUID(int=at)), X25519Identity.generate().recipient.text)
            for at in range(1, MAX_RECIPIENTS)
        ]
        claims["acks"] = [ack(replica=str(uuid.UUID(int=at)), seq=1 << 50) for at in range(128)]
        claims["x_not_delivered"] = [1_000_000 + at for at in range(256)]
        claims["x_stated"] = "A" * MAX_TEXT
        size = len(json.dumps(claims, separators=(",", ":")).encode())
        assert size < MAX_MANIFEST_BYTES, size
        parse_manifest(json.dumps(claims).encode(), "")

    F.forge(tmp_path, manifest=full)


@pytest.mark.parametrize(
    "change",
    [put("x_later", value=[1, {"a": None}]), put("v", value=2), put("v", value=1 << 50)],
    ids=["a later key", "a later version", "a far later one"],
)
def test_what_a_newer_program_states_keeps_no_bundle_out(tmp_path: Path, change: Any) -> None:
    with F.open(F.forge(tmp_path, stated=change)) as bundle:
        found = bundle.stated()
    said = honest_statement()
    change(said)
    assert (found is None) == (said["v"] > 1)


def test_a_bundle_without_it_is_a_bundle(tmp_path: Path) -> None:
    file = F.forge(tmp_path, manifest=lambda claims: claims.pop("x_stated"))
    assert len(F.read(file)) == 3
    with F.open(file) as bundle:
        assert bundle.stated() is None
    with F.open(F.forge(tmp_path)) as bundle:
        found = bundle.stated()
        assert found is not None
        assert (found.units[0].children, found.giver.name) == (3, "Lê Na")
