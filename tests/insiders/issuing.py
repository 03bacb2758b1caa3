"""Certificates and lists whose extensions are changed at will, signed again by whoever issued them.

Worked on as bytes, because the library writes nothing malformed and this project reads nothing
malformed into an object.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ObjectIdentifier

from app.crypto.signatures import SigningKey

SEQUENCE, OCTETS, TEXT, NUMBER, BITS, TRUTH, OID = 0x30, 0x04, 0x0C, 0x02, 0x03, 0x01, 0x06
#: The tags of the extensions at the end of a certificate and at the end of a list (RFC 5280).
IN_CERTIFICATE, IN_LIST = 0xA3, 0xA0


class Extension(NamedTuple):
    """One extension: its object identifier in dots, whether it is critical, its DER value."""

    oid: str
    critical: bool
    value: bytes


Change = Callable[[list[Extension]], list[Extension]]


def der(tag: int, *content: bytes) -> bytes:
    """One DER element."""
    whole = b"".join(content)
    size = len(whole)
    if size < 0x80:
        return bytes([tag, size]) + whole
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + whole


def elements(whole: bytes) -> list[bytes]:
    """The elements that stand one after another in `whole`, each with its tag and length."""
    found = []
    while whole:
        start, size = 2, whole[1]
        if size & 0x80:
            start = 2 + (size & 0x7F)
            size = int.from_bytes(whole[2:start], "big")
        found.append(whole[: start + size])
        whole = whole[start + size :]
    return found


def inside(element: bytes) -> bytes:
    """What is in one element."""
    return element[2 + (element[1] & 0x7F) :] if element[1] & 0x80 else element[2:]


def extensions_of(signed: bytes) -> list[Extension]:
    """The extensions of a certificate or list, in order."""
    last = elements(inside(elements(inside(signed))[0]))[-1]
    assert last[0] in (IN_CERTIFICATE, IN_LIST)
    found = []
    for one in elements(inside(inside(last))):
        oid, *critical, value = elements(inside(one))
        found.append(Extension(_dotted(inside(oid)), bool(critical), inside(value)))
    return found


def signed_again(signed: bytes, key: SigningKey, change: Change) -> bytes:
    """The certificate or list with its extensions changed, signed by `key`."""
    body, algorithm, _ = elements(inside(signed))
    *parts, last = elements(inside(body))
    after = b"".join(_written(one) for one in change(extensions_of(signed)))
    again = der(SEQUENCE, *parts, der(last[0], der(SEQUENCE, after)))
    signature = key.key.sign(again, ec.ECDSA(hashes.SHA256()))
    return der(SEQUENCE, again, algorithm, der(BITS, b"\0", signature))


def pem(kind: str, content: bytes) -> bytes:
    """A block as the program writes it."""
    text = base64.b64encode(content)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    start, end = f"-----BEGIN {kind}-----".encode(), f"-----END {kind}-----".encode()
    return b"\n".join([start, *lines, end, b""])


def _written(one: Extension) -> bytes:
    critical = der(TRUTH, b"\xff") if one.critical else b""
    return der(SEQUENCE, der(OID, _coded(one.oid)), critical, der(OCTETS, one.value))


def _coded(oid: str) -> bytes:
    first, second, *rest = (int(part) for part in oid.split("."))
    return b"".join(_base128(number) for number in (first * 40 + second, *rest))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.insert(0, number & 0x7F | 0x80)
    return bytes(digits)


def _dotted(coded: bytes) -> str:
    numbers, number = [], 0
    for byte in coded:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(one) for one in (first, numbers[0] - first * 40, *numbers[1:]))


# --- changes


def same(extensions: list[Extension]) -> list[Extension]:
    return extensions


def without(oid: ObjectIdentifier) -> Change:
    return lambda held: [one for one in held if one.oid != oid.dotted_string]


def value(oid: ObjectIdentifier, content: bytes) -> Change:
    """Another value for an extension that is there."""
    return _each(oid, lambda one: one._replace(value=content))


def flipped(oid: ObjectIdentifier) -> Change:
    """Critical where it was not, and the reverse."""
    return _each(oid, lambda one: one._replace(critical=not one.critical))


def twice(oid: ObjectIdentifier) -> Change:
    return lambda held: [*held, *(one for one in held if one.oid == oid.dotted_string)]


def more(oid: str, content: bytes, *, critical: bool = False) -> Change:
    """One extension besides."""
    return lambda held: [*held, Extension(oid, critical, content)]


def _each(oid: ObjectIdentifier, change: Callable[[Extension], Extension]) -> Change:
    return lambda held: [change(one) if one.oid == oid.dotted_string else one for one in held]
