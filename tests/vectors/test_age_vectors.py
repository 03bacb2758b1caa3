"""Every age vector fails or succeeds exactly as its header says."""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.crypto.age import (
    AgeError,
    AgeReader,
    ArmorFailure,
    HeaderFailure,
    HmacFailure,
    NoMatch,
    Passphrase,
    PayloadFailure,
    X25519Identity,
)
from app.crypto.age_armor import ArmorReader

FOLDER = Path(__file__).parent / "age"
#: The post-quantum recipient mlkem768x25519 is neither written nor read by this program.
HYBRID = {
    "armor_hybrid",
    "hybrid",
    "hybrid_and_x25519",
    "hybrid_extra_argument",
    "hybrid_long_file_key",
    "hybrid_long_share",
    "hybrid_low_order",
    "hybrid_not_canonical_body",
    "hybrid_short_share",
    "hybrid_x25519_arg",
}
VECTORS = sorted(path.name for path in FOLDER.iterdir() if path.name != "README.md")
FAILURES: dict[str, type[AgeError]] = {
    "no match": NoMatch,
    "HMAC failure": HmacFailure,
    "header failure": HeaderFailure,
    "payload failure": PayloadFailure,
    "armor failure": ArmorFailure,
}


@dataclass(frozen=True, slots=True)
class Vector:
    fields: dict[str, str]
    identities: list[X25519Identity | Passphrase]
    content: bytes


def load(name: str) -> Vector:
    head, _, content = (FOLDER / name).read_bytes().partition(b"\n\n")
    fields: dict[str, str] = {}
    identities: list[X25519Identity | Passphrase] = []
    hybrid = False
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        if key == "identity" and value.startswith("AGE-SECRET-KEY-PQ-"):
            hybrid = True  # a key that this program has no name for
        elif key == "identity":
            identities.append(X25519Identity.from_text(value))
        elif key == "passphrase":
            identities.append(Passphrase(value))
        else:
            fields[key] = value
    if fields.get("compressed") == "zlib":
        content = zlib.decompress(content)
    assert hybrid is (name in HYBRID)
    return Vector(fields, identities, content)


def run(vector: Vector) -> tuple[type[AgeError] | None, bytes]:
    released = bytearray()
    raw = io.BytesIO(vector.content)
    try:
        source = ArmorReader(raw) if vector.fields.get("armored") == "yes" else raw
        reader = AgeReader(source, vector.identities)
        while piece := reader.read(1000):
            released += piece
    except AgeError as error:
        return type(error), bytes(released)
    return None, bytes(released)


def test_the_set_is_complete() -> None:
    assert len(VECTORS) == 84
    assert set(VECTORS) >= HYBRID


@pytest.mark.parametrize("name", [name for name in VECTORS if name not in HYBRID])
def test_vector_has_exactly_its_outcome(name: str) -> None:
    vector = load(name)
    failure, released = run(vector)
    expected = vector.fields["expect"]
    assert failure is (None if expected == "success" else FAILURES[expected])
    if "payload" in vector.fields:
        assert hashlib.sha256(released).hexdigest() == vector.fields["payload"]
    else:
        assert released == b""


@pytest.mark.parametrize("name", sorted(HYBRID))
def test_hybrid_vector_is_not_for_this_program(name: str) -> None:
    """Its stanzas are passed over as any unknown ones are: no key of ours matches, nothing comes
    out. Where the vector spoils a stanza by the rules of X25519 or of the header, that is said.
    """
    vector = load(name)
    failure, released = run(Vector(vector.fields, [X25519Identity.generate()], vector.content))
    spoilt = name in ("hybrid_not_canonical_body", "hybrid_x25519_arg")
    assert failure is (HeaderFailure if spoilt else NoMatch)
    assert released == b""


def test_a_costly_passphrase_is_refused_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    scrypt = hashlib.scrypt

    def counted(*arguments: Any, **named: Any) -> bytes:
        asked.append(named["n"])
        return scrypt(*arguments, **named)

    monkeypatch.setattr("app.crypto.age_stanzas.hashlib.scrypt", counted)
    failure, _ = run(load("scrypt_work_factor_23"))
    assert failure is HeaderFailure
    assert asked == []
    run(load("scrypt_no_match"))
    assert asked, "the control: this is what takes long"
