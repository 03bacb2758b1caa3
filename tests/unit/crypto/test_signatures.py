"""A signature has one spelling, and openssl agrees that it is one."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from app.crypto.check_code import check_code, same_code
from app.crypto.signatures import ORDER, SigningKey, verify, verify_stream

KEY = SigningKey.generate()
PUBLIC = KEY.key.public_key()
DATA = b"manifest" * 1000


def test_a_signature_fits_only_its_data_and_key() -> None:
    signature = KEY.sign(DATA)
    assert verify(PUBLIC, signature, DATA)
    assert verify_stream(PUBLIC, signature, io.BytesIO(DATA))
    assert verify(PUBLIC, KEY.sign_stream(io.BytesIO(DATA)), DATA)
    assert not verify(PUBLIC, signature, DATA + b"x")
    assert not verify(SigningKey.generate().key.public_key(), signature, DATA)


def test_every_signature_has_the_lower_s_and_the_higher_one_is_refused() -> None:
    for _ in range(50):
        signature = KEY.sign(DATA)
        r, s = decode_dss_signature(signature)
        assert s <= ORDER // 2
        assert not verify(PUBLIC, encode_dss_signature(r, ORDER - s), DATA)


def test_other_spellings_of_a_signature_are_refused() -> None:
    signature = KEY.sign(DATA)
    r, s = decode_dss_signature(signature)
    body = signature[2:]
    spellings = {
        "trailing byte": signature + b"\0",
        "cut": signature[:-1],
        "empty": b"",
        "long length": b"\x30\x81" + bytes([len(body)]) + body,
        "indefinite length": b"\x30\x80" + body + b"\0\0",
        "r zero": encode_dss_signature(0, s),
        "s zero": encode_dss_signature(r, 0),
        "r beyond the order": encode_dss_signature(r + ORDER, s),
        "negative s": b"\x30\x06\x02\x01\x01\x02\x01\xff",
        "padded r": padded(signature),
    }
    accepted = [name for name, spelling in spellings.items() if verify(PUBLIC, spelling, DATA)]
    assert accepted == []


def padded(signature: bytes) -> bytes:
    length = signature[3]
    r = b"\0" + signature[4 : 4 + length]
    inner = b"\x02" + bytes([len(r)]) + r + signature[4 + length :]
    return b"\x30" + bytes([len(inner)]) + inner


def test_openssl_accepts_our_signature(tmp_path: Path) -> None:
    paths = {name: tmp_path / name for name in ("data", "signature", "public.pem")}
    paths["data"].write_bytes(DATA)
    paths["signature"].write_bytes(KEY.sign(DATA))
    paths["public.pem"].write_bytes(
        PUBLIC.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    command = ["openssl", "dgst", "-sha256", "-verify", str(paths["public.pem"]), "-signature"]
    done = subprocess.run(
        [*command, str(paths["signature"]), str(paths["data"])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "Verified OK"


def test_a_key_survives_storing() -> None:
    for stored in (KEY.to_bytes(), KEY.to_pem()):
        assert verify(PUBLIC, SigningKey.from_bytes(stored).sign(DATA), DATA)


def test_keys_of_other_kinds_are_refused() -> None:
    other = ed25519.Ed25519PrivateKey.generate()
    curve = ec.generate_private_key(ec.SECP384R1())
    stored = [
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        for key in (other, curve)
    ]
    for data in [*stored, b"", b"-----BEGIN PRIVATE KEY-----"]:
        with pytest.raises(ValueError, match=r".+"):
            SigningKey.from_bytes(data)


def test_a_check_code_has_five_groups_and_forgives_how_it_is_typed() -> None:
    code = check_code(b"request")
    assert [len(group) for group in code.split("-")] == [5] * 5
    assert same_code(code.lower().replace("-", " "), code)
    assert same_code(code.replace("O", "0").replace("I", "1").replace("B", "8"), code)
    assert not same_code(code[:-1] + ("A" if code[-1] != "A" else "B"), code)
    assert check_code(b"another") != code
