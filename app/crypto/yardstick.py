"""Raw ChaCha20-Poly1305 over a file in pieces: what age is measured against, for the bench only.

It seals nothing that anybody keeps: the key is forgotten at once.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from app.crypto.age_payload import CHUNK

_TAG = 16


def seal_raw(source: BinaryIO, sink: BinaryIO) -> bytes:
    """Encrypt `source` in pieces of 64 KiB, each under a counter; returns the key."""
    key = os.urandom(32)
    cipher = ChaCha20Poly1305(key)
    counter = 0
    while piece := source.read(CHUNK):
        sink.write(cipher.encrypt(counter.to_bytes(12, "big"), piece, None))
        counter += 1
    return key


def open_raw(source: BinaryIO, sink: BinaryIO, key: bytes) -> None:
    """Decrypt what `seal_raw` wrote."""
    cipher = ChaCha20Poly1305(key)
    counter = 0
    while piece := source.read(CHUNK + _TAG):
        sink.write(cipher.decrypt(counter.to_bytes(12, "big"), piece, None))
        counter += 1
