"""age v1 files: written for X25519 recipients or a passphrase, read as a stream.

Source: C2SP age.md. Exchanges files with the `age` command, so what this program sealed can be
opened without it. Every failure is one of five named kinds (`age_header.AgeError`). Refuses to
release a byte that was not authenticated.
"""

from __future__ import annotations

import hmac
import io
import os
from collections.abc import Sequence
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.crypto.age_header import (
    AgeError,
    ArmorFailure,
    Header,
    HeaderFailure,
    HeaderSource,
    HmacFailure,
    NoMatch,
    PayloadFailure,
    Source,
    Stanza,
    encode_authenticated,
    encode_base64,
    parse_header,
)
from app.crypto.age_payload import ChunkOpener, ChunkSealer, Sink
from app.crypto.age_stanzas import (
    FILE_KEY_BYTES,
    WORK_FACTOR,
    Identity,
    Passphrase,
    Recipient,
    X25519Identity,
    X25519Recipient,
    check_stanzas_agree,
)

__all__ = [
    "WORK_FACTOR",
    "AgeError",
    "AgeReader",
    "AgeWriter",
    "ArmorFailure",
    "HeaderFailure",
    "HmacFailure",
    "NoMatch",
    "Passphrase",
    "PayloadFailure",
    "X25519Identity",
    "X25519Recipient",
    "decrypt",
    "encrypt",
    "read_header",
]

_NONCE_BYTES = 16


class AgeWriter:
    """Writes an age file to `sink`. Until `close` the file is cut and no reader accepts it.

    `close` does not close the sink. Raises ValueError when there is no recipient, or a passphrase
    beside others.
    """

    def __init__(self, sink: Sink | BinaryIO, recipients: Sequence[Recipient]) -> None:
        if not recipients:
            raise ValueError("a file without recipients could never be opened")
        file_key = os.urandom(FILE_KEY_BYTES)
        stanzas = [recipient.wrap(file_key) for recipient in recipients]
        if len(stanzas) > 1 and any(stanza.type == "scrypt" for stanza in stanzas):
            raise ValueError("a passphrase must be the only recipient")
        authenticated = encode_authenticated(stanzas)
        mac = _header_mac(file_key, authenticated)
        nonce = os.urandom(_NONCE_BYTES)
        sink.write(authenticated + b" " + encode_base64(mac).encode("ascii") + b"\n" + nonce)
        self._sealer = ChunkSealer(_payload_key(file_key, nonce), sink)
        self._closed = False

    def write(self, data: bytes | bytearray | memoryview) -> int:
        if self._closed:
            raise ValueError("the age file is closed")
        return self._sealer.write(data)

    def close(self) -> None:
        """Write the last chunk. A second call does nothing."""
        if not self._closed:
            self._closed = True
            self._sealer.close()


class AgeReader:
    """Reads an age file from `source` as one of `identities`.

    The header is checked at once: HeaderFailure, NoMatch, HmacFailure; `read` raises
    PayloadFailure.
    """

    def __init__(self, source: Source, identities: Sequence[Identity]) -> None:
        rest = HeaderSource(source)
        header = parse_header(rest)
        check_stanzas_agree(header.stanzas)
        file_key = _unwrap(header, identities)
        if not hmac.compare_digest(_header_mac(file_key, header.authenticated), header.mac):
            raise HmacFailure("mac")
        nonce = rest.read(_NONCE_BYTES)
        if len(nonce) != _NONCE_BYTES:
            raise HeaderFailure("nonce")
        self._opener = ChunkOpener(_payload_key(file_key, nonce), rest)

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, perhaps fewer; everything for a negative size; b"" at the end."""
        if size >= 0:
            return self._opener.read(size)
        pieces: list[bytes] = []
        while piece := self._opener.read(1 << 20):
            pieces.append(piece)
        return b"".join(pieces)


def read_header(source: Source) -> tuple[Stanza, ...]:
    """The stanzas of a file, without any key. Raises HeaderFailure."""
    stanzas = parse_header(HeaderSource(source)).stanzas
    check_stanzas_agree(stanzas)
    return stanzas


def encrypt(data: bytes, recipients: Sequence[Recipient]) -> bytes:
    """A whole small file at once."""
    sink = io.BytesIO()
    writer = AgeWriter(sink, recipients)
    writer.write(data)
    writer.close()
    return sink.getvalue()


def decrypt(data: bytes, identities: Sequence[Identity]) -> bytes:
    """A whole small file at once. Raises AgeError."""
    return AgeReader(io.BytesIO(data), identities).read()


def _unwrap(header: Header, identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        file_key = identity.unwrap(header.stanzas)
        if file_key is not None:
            return file_key
    raise NoMatch("no-identity-matches")


def _header_mac(file_key: bytes, authenticated: bytes) -> bytes:
    key = HKDF(hashes.SHA256(), 32, b"", b"header").derive(file_key)
    return hmac.digest(key, authenticated, "sha256")


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, nonce, b"payload").derive(file_key)
