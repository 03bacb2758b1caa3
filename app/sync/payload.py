"""The payload: JSON lines, compressed with zstd, encrypted with age, as streams in both directions.

Lines: the header line, `fork`, `left` and `refused` lines, operation lines, the end line;
FORMAT.md, "Payload". An operation line is opaque here. The reader never holds more than one block;
it trusts no number of the file beyond lowering a limit, and never asks the decompressor for more
than it can take.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import zstandard

from app.crypto.age import (
    AgeError,
    AgeReader,
    AgeWriter,
    NoMatch,
    X25519Identity,
    X25519Recipient,
)
from app.crypto.age_header import Source
from app.errors import KnownError
from app.models.lines import SignedManifest
from app.sync.delivery import Refused
from app.sync.manifest import (
    MAX_LINES,
    MAX_PAYLOAD_BYTES,
    MAX_PLAIN_BYTES,
    Manifest,
    PayloadClaim,
    header_line,
)
from app.sync.refusal import BundleRefused, Refusal
from app.sync.zstd_frame import MAX_WINDOW, BadFrame, FrameWatch

MAX_LINE_BYTES = 1 << 20
#: Not less than a writer says (`sending.MOST_REFUSED`, `lines.MOST_FORKS`, `replica.MOST_LEFT`).
MAX_REFUSED_LINES = 100_000
MAX_FORK_LINES, MAX_LEFT_LINES = 64, 64
#: Level 3 is the knee: level 9 saves a tenth and takes four times as long.
LEVEL = 3
_BLOCK = 1 << 18
_JOIN_BYTES = 1 << 18
_CONTROL = b'{"t":"'
_REFUSED_START = b'{"t":"refused",'
_REFUSED = re.compile(
    rb'\{"t":"refused",'
    rb'"id":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",'
    rb'"op":"([0-9a-f]{64})","reason":"([a-z][a-z0-9-]{0,63})"\}'
)
_FORK_START, _LEFT_START = b'{"t":"fork",', b'{"t":"left",'
_FORK = re.compile(
    rb'\{"t":"fork","manifest":"([A-Za-z0-9+/]{2,87384}={0,2})","signature":"([A-Za-z0-9+/]{2,344}={0,2})"\}'
)
_LEFT = re.compile(
    rb'\{"t":"left","replica":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"\}'
)
_END_START = b'{"t":"end",'
_END = re.compile(rb'\{"t":"end","audit":(?:null|"([0-9a-f]{64})"),"lines":([1-9][0-9]{0,7})\}')


class TooLarge(KnownError):
    """More than one bundle may hold; nothing was written. The sender must send in parts."""

    def __init__(self, limit: str) -> None:
        super().__init__("bundle.too_large", "bundle.too_large_hint", limit=limit)
        self.limit = limit


class HashingSink:
    """Passes bytes on to a file, counting and hashing them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self.size += len(data)
        if self.size > MAX_PAYLOAD_BYTES:
            raise TooLarge("payload")
        self._digest.update(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class PayloadWriter:
    """Writes lines to `file`: compress, then encrypt, then hash. Until `finish` it is cut."""

    def __init__(self, file: BinaryIO, recipients: Iterable[X25519Recipient]) -> None:
        self._sink = HashingSink(file)
        self._age = AgeWriter(self._sink, list(recipients))
        # One thread beside this one: compressing goes on while the next lines are read.
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, write_checksum=1, write_content_size=0, threads=1
        )
        compressor = zstandard.ZstdCompressor(compression_params=parameters)
        self._zstd = compressor.stream_writer(
            cast(BinaryIO, self._age), write_size=_BLOCK, closefd=False
        )
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._plain_bytes = 0
        self._lines = 0

    def write_line(self, line: bytes) -> None:
        """One line without its line feed. Raises TooLarge."""
        if len(line) > MAX_LINE_BYTES:
            raise TooLarge("line")
        if self._lines >= MAX_LINES:
            raise TooLarge("lines")
        self._lines += 1
        self._held.append(line)
        self._held_bytes += len(line) + 1
        if self._held_bytes >= _JOIN_BYTES:
            self._flush()

    def write_end(self, audit: str | None) -> None:
        """The end line; `audit` is the head of the sender's audit chain (SHA-256, hex) or None."""
        written = "null" if audit is None else f'"{audit}"'
        line = f'{{"t":"end","audit":{written},"lines":{self._lines + 1}}}'
        if not _END.fullmatch(line.encode("ascii")):
            raise ValueError("the head of the audit chain is no SHA-256")
        self.write_line(line.encode("ascii"))

    def finish(self) -> PayloadClaim:
        """Close the stream (not the file) and say what was written."""
        self._flush()
        self._zstd.flush(zstandard.FLUSH_FRAME)
        self._age.close()
        return PayloadClaim(
            bytes=self._sink.size,
            sha256=self._sink.sha256,
            comp="zstd",
            plain_bytes=self._plain_bytes,
            lines=self._lines,
        )

    def _flush(self) -> None:
        self._held.append(b"")
        block = b"\n".join(self._held)
        self._held.clear()
        self._held_bytes = 0
        self._plain_bytes += len(block)
        if self._plain_bytes > MAX_PLAIN_BYTES:
            raise TooLarge("plain")
        self._zstd.write(block)


def refused_line(refused: Refused) -> bytes:
    """The line for one operation of the receiver that stopped at the sender's door."""
    line = (
        f'{{"t":"refused","id":"{refused.ent_id}","op":"{refused.op_id.hex()}",'
        f'"reason":"{refused.reason}"}}'
    ).encode("ascii")
    if not _REFUSED.fullmatch(line):
        raise ValueError("a refused line holds a record, an operation and the name of a reason")
    return line


def fork_line(proof: SignedManifest) -> bytes:
    """The line for one bundle of the receiver's unit that shows a line with two histories."""
    manifest, signature = (
        base64.b64encode(part).decode("ascii") for part in (proof.manifest, proof.signature)
    )
    line = f'{{"t":"fork","manifest":"{manifest}","signature":"{signature}"}}'.encode("ascii")
    if not _FORK.fullmatch(line):
        raise ValueError("a fork line holds a manifest and its signature")
    return line


def left_line(replica: str) -> bytes:
    """The line for a replica id that the sender's PC gave up."""
    line = f'{{"t":"left","replica":"{replica}"}}'.encode("ascii")
    if not _LEFT.fullmatch(line):
        raise ValueError("a replica id is a UUID in small letters")
    return line


@dataclass(slots=True)
class Statements:
    """What the sender says besides operations: the lines between the first and the operations."""

    forks: list[SignedManifest] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


#: The kinds of such lines in their order: each may follow itself and what stands before it.
_ORDER: Sequence[bytes] = (_FORK_START, _LEFT_START, _REFUSED_START)


class PayloadReader:
    """One pass over a payload whose hash was verified. Each pass needs a reader of its own.

    `statements()` first, if wanted, then `operation_lines()` to its end: only then were the age
    tags, the counts and the end line verified. Raises BundleRefused.
    """

    def __init__(
        self, source: Source, identity: X25519Identity, manifest: Manifest, file: str
    ) -> None:
        self._manifest = manifest
        self._file = file
        self._batches = self._read_batches(source, identity)
        self._first: list[bytes] = []  # operation lines read together with the first lines
        self._statements: Statements | None = None
        self._lines = 0
        self._plain_bytes = 0
        self.audit: str | None = None

    def statements(self) -> Statements:
        """What the sender says besides operations: read from the start of the payload."""
        if self._statements is None:
            self._statements = self._read_start()
        return self._statements

    def operation_lines(self) -> Iterator[bytes]:
        """The operation lines in order, raw, without line feed."""
        self.statements()
        ended = False
        for batch in self._all_batches():
            for line in batch:
                if ended:
                    raise self._no(Refusal.END_LINE, "data-after-end")
                if line.startswith(_CONTROL):
                    self._end(line)
                    ended = True
                else:
                    yield line
        if not ended:
            raise self._no(Refusal.END_LINE, "missing")
        claim = self._manifest.payload
        if self._lines != claim.lines:
            raise self._no(Refusal.LINE_COUNT)
        if self._plain_bytes != claim.plain_bytes:
            raise self._no(Refusal.PLAIN_BYTES)

    def _all_batches(self) -> Iterator[list[bytes]]:
        yield self._first
        yield from self._batches

    def _read_start(self) -> Statements:
        said = Statements()
        expected: bytes | None = header_line(self._manifest)
        kind = 0
        for batch in self._batches:
            for place, line in enumerate(batch):
                if expected is not None:
                    if line != expected:
                        raise self._no(Refusal.HEADER_LINE)
                    expected = None
                    continue
                found = next((n for n, start in enumerate(_ORDER) if line.startswith(start)), None)
                if found is None:
                    self._first = batch[place:]
                    return said
                if found < kind:
                    raise self._no(Refusal.LINE_ORDER)
                kind = found
                self._take(said, kind, line)
        if expected is not None:
            raise self._no(Refusal.HEADER_LINE, "missing")
        return said

    def _take(self, said: Statements, kind: int, line: bytes) -> None:
        if _ORDER[kind] == _FORK_START:
            said.forks.append(self._parse_fork(line))
            self._at_most(said.forks, MAX_FORK_LINES, Refusal.FORK_LINE)
        elif _ORDER[kind] == _LEFT_START:
            match = _LEFT.fullmatch(line)
            if match is None:
                raise self._no(Refusal.LEFT_LINE)
            said.left.append(match[1].decode())
            self._at_most(said.left, MAX_LEFT_LINES, Refusal.LEFT_LINE)
        else:
            said.refused.append(self._parse_refused(line))
            self._at_most(said.refused, MAX_REFUSED_LINES, Refusal.REFUSED_LINE)

    def _at_most(self, found: Sequence[object], most: int, refusal: Refusal) -> None:
        if len(found) > most:
            raise self._no(refusal, "too-many")

    def _parse_fork(self, line: bytes) -> SignedManifest:
        match = _FORK.fullmatch(line)
        if match is None:
            raise self._no(Refusal.FORK_LINE)
        try:
            proof = SignedManifest(
                base64.b64decode(match[1], validate=True), base64.b64decode(match[2], validate=True)
            )
        except ValueError:
            raise self._no(Refusal.FORK_LINE) from None
        if fork_line(proof) != line:  # unused bits: a second spelling
            raise self._no(Refusal.FORK_LINE)
        return proof

    def _parse_refused(self, line: bytes) -> Refused:
        match = _REFUSED.fullmatch(line)
        if match is None:
            raise self._no(Refusal.REFUSED_LINE)
        return Refused(match[1].decode(), bytes.fromhex(match[2].decode()), match[3].decode())

    def _end(self, line: bytes) -> None:
        if line.startswith((*_ORDER, b'{"t":"h",')):
            raise self._no(Refusal.LINE_ORDER)
        if not line.startswith(_END_START):
            raise self._no(Refusal.UNKNOWN_LINE)
        match = _END.fullmatch(line)
        if match is None:
            raise self._no(Refusal.END_LINE)
        if int(match[2]) != self._manifest.payload.lines:
            raise self._no(Refusal.LINE_COUNT)
        self.audit = None if match[1] is None else match[1].decode()

    def _read_batches(self, source: Source, identity: X25519Identity) -> Iterator[list[bytes]]:
        claim = self._manifest.payload
        most_bytes = min(claim.plain_bytes, MAX_PLAIN_BYTES)
        most_lines = min(claim.lines, MAX_LINES)
        rest = b""
        for block in self._read_plain(source, identity):
            self._plain_bytes += len(block)
            if self._plain_bytes > most_bytes:
                raise self._no(Refusal.MORE_THAN_CLAIMED)
            lines = (rest + block if rest else block).split(b"\n")
            rest = lines.pop()
            self._lines += len(lines)
            if self._lines > most_lines:
                raise self._no(Refusal.LINE_COUNT)
            if len(rest) > MAX_LINE_BYTES or (lines and len(max(lines, key=len)) > MAX_LINE_BYTES):
                raise self._no(Refusal.LINE_TOO_LONG)
            yield lines
        if rest:
            raise self._no(Refusal.END_LINE, "no-line-feed")

    def _read_plain(self, source: Source, identity: X25519Identity) -> Iterator[bytes]:
        try:
            watch = FrameWatch(AgeReader(source, [identity]))
            decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
            # stream_reader, because decompressobj would let 64 KiB become 2 GiB in one call.
            reader = decompressor.stream_reader(cast(BinaryIO, watch), closefd=False)
            while block := reader.read(_BLOCK):
                yield block
            watch.read(1)  # the decompressor stops at its end; here the file must end, too
        except NoMatch as error:
            raise self._no(Refusal.CANNOT_DECRYPT) from error
        except AgeError as error:
            raise self._no(Refusal.BAD_AGE, error.detail) from error
        except BadFrame as error:
            refusal = Refusal.ZSTD_WINDOW if error.window else Refusal.BAD_ZSTD
            raise self._no(refusal, error.rule) from error
        except zstandard.ZstdError as error:
            raise self._no(Refusal.BAD_ZSTD, "content") from error

    def _no(self, refusal: Refusal, detail: str = "") -> BundleRefused:
        return BundleRefused(refusal, self._file, detail)
