"""The header of an age v1 file: a refusal machine for its text, and the kinds of failure of age.

Source: C2SP age.md, version v1. One spelling only: canonical unpadded base64, 64-column body lines,
no empty argument. It knows nothing of keys; MAC and stanzas are checked by their own modules.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from app.errors import KnownError

VERSION_LINE = b"age-encryption.org/v1\n"
MAX_HEADER_BYTES = 1 << 20
MAX_STANZAS = 32
_COLUMNS = 64
_MAC_LINE_START = b"---"


class AgeError(KnownError):
    """An age file that cannot be opened. `detail` is a fixed technical word, never content."""

    kind: ClassVar[str] = "header"

    def __init__(self, detail: str) -> None:
        super().__init__(f"crypto.age_{self.kind}", f"crypto.age_{self.kind}_hint", detail=detail)
        self.detail = detail


class HeaderFailure(AgeError):
    """The header is not spelled as age v1 wants it, or is beyond our limits."""

    kind = "header"


class HmacFailure(AgeError):
    """The header was altered after it was written."""

    kind = "hmac"


class NoMatch(AgeError):
    """None of the identities opens this file: another recipient, or a wrong passphrase."""

    kind = "no_match"


class PayloadFailure(AgeError):
    """The payload was altered or cut; what was released before is authentic."""

    kind = "payload"


class ArmorFailure(AgeError):
    """The text form around the file is damaged."""

    kind = "armor"


class Source(Protocol):
    """What is read from: a file, a BytesIO, an ArmorReader."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient's wrapped file key: type first among `arguments`, and a body."""

    arguments: tuple[str, ...]
    body: bytes

    @property
    def type(self) -> str:
        return self.arguments[0]


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header. `authenticated` are the bytes the MAC covers, `mac` its 32 bytes."""

    stanzas: tuple[Stanza, ...]
    authenticated: bytes
    mac: bytes


def encode_authenticated(stanzas: Sequence[Stanza]) -> bytes:
    """Header text from the version line to the `---` that the MAC covers."""
    lines = [VERSION_LINE]
    for stanza in stanzas:
        lines.append(b"-> " + " ".join(stanza.arguments).encode("ascii") + b"\n")
        text = base64.b64encode(stanza.body).rstrip(b"=")
        # The last body line is shorter than 64 columns, so a full one is followed by an empty one.
        lines += [
            text[start : start + _COLUMNS] + b"\n" for start in range(0, len(text) + 1, _COLUMNS)
        ]
    lines.append(_MAC_LINE_START)
    return b"".join(lines)


def encode_base64(data: bytes) -> str:
    """Unpadded base64, as in arguments and MAC."""
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64(text: bytes | str) -> bytes:
    """Unpadded canonical base64. Raises HeaderFailure for any second spelling."""
    raw = text.encode("ascii") if isinstance(text, str) else text
    try:
        data = base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise HeaderFailure("base64") from None
    if base64.b64encode(data).rstrip(b"=") != raw:
        raise HeaderFailure("base64-not-canonical")
    return data


class HeaderSource:
    """Reads lines of a header from `source`, then hands on the rest byte for byte."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held = bytearray()
        self._taken = 0

    def line(self) -> bytes:
        """One line with its line feed. Raises HeaderFailure at end of file or beyond 1 MiB."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if self._taken + searched > MAX_HEADER_BYTES:
                raise HeaderFailure("header-too-long")
            more = self._source.read(4096)
            if not more:
                raise HeaderFailure("header-cut")
            self._held += more
        line = bytes(self._held[: end + 1])
        del self._held[: end + 1]
        self._taken += len(line)
        if self._taken > MAX_HEADER_BYTES:
            raise HeaderFailure("header-too-long")
        return line

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; fewer only at the end of the file."""
        while len(self._held) < size:
            more = self._source.read(size - len(self._held))
            if not more:
                break
            if not self._held and len(more) == size:
                return more
            self._held += more
        data = bytes(self._held[:size])
        del self._held[:size]
        return data


def parse_header(source: HeaderSource) -> Header:
    """Read a header and leave `source` at the first payload byte. Raises HeaderFailure."""
    if source.line() != VERSION_LINE:
        raise HeaderFailure("version")
    text = [VERSION_LINE]
    stanzas: list[Stanza] = []
    while True:
        line = source.line()
        if line.startswith(_MAC_LINE_START):
            break
        if len(stanzas) == MAX_STANZAS:
            raise HeaderFailure("too-many-stanzas")
        text.append(line)
        stanzas.append(Stanza(_arguments(line), _body(source, text)))
    if not stanzas:
        raise HeaderFailure("no-stanza")
    if not line.startswith(b"--- "):
        raise HeaderFailure("mac-line")
    mac = decode_base64(line[4:-1])
    if len(mac) != 32:
        raise HeaderFailure("mac-length")
    text.append(_MAC_LINE_START)
    return Header(tuple(stanzas), b"".join(text), mac)


def _arguments(line: bytes) -> tuple[str, ...]:
    if not line.startswith(b"-> "):
        raise HeaderFailure("stanza-line")
    arguments = line[3:-1].split(b" ")
    if not all(argument and all(33 <= byte <= 126 for byte in argument) for argument in arguments):
        raise HeaderFailure("stanza-argument")
    return tuple(argument.decode("ascii") for argument in arguments)


def _body(source: HeaderSource, text: list[bytes]) -> bytes:
    body = bytearray()
    while True:
        line = source.line()
        text.append(line)
        if len(line) - 1 > _COLUMNS:
            raise HeaderFailure("body-line-too-long")
        body += decode_base64(line[:-1])
        if len(line) - 1 < _COLUMNS:
            return bytes(body)
