"""The payload of an age file: STREAM, chunks of 64 KiB under ChaCha20-Poly1305.

Memory is one chunk whatever the size. A reader releases a chunk only after its tag was checked; it
refuses an end that is not marked as the end, so a cut file never passes for a whole one.
"""

from __future__ import annotations

from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from app.crypto.age_header import PayloadFailure, Source

CHUNK = 64 * 1024
_TAG = 16
# A sealed chunk may hold no more than this many chunks: the counter has 11 bytes, we stop earlier.
_MAX_CHUNKS = 1 << 40


class Sink(Protocol):
    """What is written to."""

    def write(self, data: bytes, /) -> int | None: ...


class ChunkSealer:
    """Encrypts what is written, chunk by chunk. `close` writes the final chunk."""

    def __init__(self, key: bytes, sink: Sink | BinaryIO) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._sink = sink
        self._held = bytearray()
        self._counter = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._held += data
        # A full chunk stays until more comes: the last chunk carries a flag and is never empty.
        if len(self._held) > CHUNK:
            end = (len(self._held) - 1) // CHUNK * CHUNK
            view = memoryview(self._held)
            for start in range(0, end, CHUNK):
                self._seal(view[start : start + CHUNK], final=False)
            view.release()
            del self._held[:end]
        return len(data)

    def close(self) -> None:
        self._seal(memoryview(self._held), final=True)

    def _seal(self, chunk: memoryview, *, final: bool) -> None:
        nonce = _nonce(self._counter, final=final)
        self._counter += 1
        self._sink.write(self._cipher.encrypt(nonce, chunk, None))


class ChunkOpener:
    """Decrypts chunk by chunk. `read` raises PayloadFailure at the first altered or cut chunk."""

    def __init__(self, key: bytes, source: Source) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._source = source
        self._chunk = b""
        self._place = 0
        self._counter = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Up to `size` authentic bytes, perhaps fewer; b"" only at the end of the file."""
        if self._place == len(self._chunk):
            if self._ended:
                self._check_end()
                return b""
            self._chunk = self._next()
            self._place = 0
        if self._place == 0 and size >= len(self._chunk):
            self._place = len(self._chunk)
            return self._chunk
        piece = self._chunk[self._place : self._place + size]
        self._place += len(piece)
        return piece

    def _next(self) -> bytes:
        sealed = self._source.read(CHUNK + _TAG)
        if len(sealed) < _TAG:
            raise PayloadFailure("cut")
        if self._counter >= _MAX_CHUNKS:
            raise PayloadFailure("too-long")
        if len(sealed) == CHUNK + _TAG:
            # Only the tag tells whether a full chunk is the last one.
            chunk = self._open(sealed, final=False)
            if chunk is not None:
                return chunk
        chunk = self._open(sealed, final=True)
        if chunk is None:
            raise PayloadFailure("tag")
        if not chunk and self._counter > 1:
            raise PayloadFailure("empty-last-chunk")
        self._ended = True
        return chunk

    def _open(self, sealed: bytes, *, final: bool) -> bytes | None:
        try:
            chunk = self._cipher.decrypt(_nonce(self._counter, final=final), sealed, None)
        except InvalidTag:
            return None
        self._counter += 1
        return chunk

    def _check_end(self) -> None:
        if self._source.read(1):
            raise PayloadFailure("data-after-end")


def _nonce(counter: int, *, final: bool) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if final else b"\x00")
