"""The outside of a bundle: four plain members of a `ustar` archive, every byte fixed.

No archive library, no paths, no links, nothing is extracted: the reader rebuilds each 512-byte
header from the size it states and compares it whole. `tar`, `openssl`, `age` and `zstd` open the
file without this program. Layout: FORMAT.md, "Container".
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import BinaryIO

from app.crypto.signatures import MAX_SIGNATURE_BYTES
from app.sync.manifest import MAX_MANIFEST_BYTES, MAX_PAYLOAD_BYTES, claims_of
from app.sync.refusal import BundleRefused, ExactSize, Refusal, Size

BLOCK = 512
END = bytes(2 * BLOCK)
MAX_CERTS_BYTES = 262_144
#: Name and greatest size of each member, in their order. A signature field may have 256 bytes; a
#: longer one than DER of P-256 is refused with the signature.
MEMBERS = (
    ("manifest.json", MAX_MANIFEST_BYTES),
    ("manifest.sig", 256),
    ("certs.pem", MAX_CERTS_BYTES),
    ("payload.age", MAX_PAYLOAD_BYTES),
)
_SIZE_FIELD = slice(124, 136)
_CHECKSUM_FIELD = slice(148, 156)
_SIZE = re.compile(rb"[0-7]{11}\0")
_COPY_BLOCK = 1 << 20

assert MAX_SIGNATURE_BYTES <= 256


@dataclass(frozen=True, slots=True)
class Container:
    """The small members whole, and where the payload lies. Sizes and offsets in bytes."""

    manifest: bytes
    signature: bytes
    certs: bytes
    payload_offset: int
    payload_size: int


def member_header(name: str, size: int) -> bytes:
    """The 512-byte ustar header of a member (POSIX.1-1988 interchange format)."""
    header = bytearray(BLOCK)
    header[0 : len(name)] = name.encode("ascii")
    header[100:108] = b"0000644\0"
    header[108:116] = header[116:124] = b"0000000\0"
    header[_SIZE_FIELD] = b"%011o\0" % size
    header[136:148] = b"00000000000\0"
    header[_CHECKSUM_FIELD] = b" " * 8  # counted as blanks in their own sum
    header[156:157] = b"0"
    header[257:265] = b"ustar\00000"
    header[_CHECKSUM_FIELD] = b"%06o\0 " % sum(header)
    return bytes(header)


def write_container(
    sink: BinaryIO, manifest: bytes, signature: bytes, certs: bytes, payload: BinaryIO, size: int
) -> None:
    """Write the whole file to `sink`; `payload` is read from its place, `size` bytes."""
    for (name, limit), content in zip(MEMBERS[:3], (manifest, signature, certs), strict=True):
        if not 1 <= len(content) <= limit:
            raise ValueError(f"{name} has a size that no reader accepts")
        sink.write(member_header(name, len(content)) + content + _padding(len(content)))
    if not 1 <= size <= MAX_PAYLOAD_BYTES:
        raise ValueError("the payload has a size that no reader accepts")
    sink.write(member_header("payload.age", size))
    left = size
    while left:
        block = payload.read(min(left, _COPY_BLOCK))
        if not block:
            raise ValueError("the payload is shorter than its size")
        sink.write(block)
        left -= len(block)
    sink.write(_padding(size) + END)


def read_container(file: BinaryIO, name: str) -> Container:
    """Read the small members of an open file and check every byte around the payload.

    Raises BundleRefused: NOT_A_BUNDLE, CUT, MEMBER_HEADER, MEMBER_SIZE, MEMBER_PADDING, END_BLOCKS,
    TRAILING_DATA. `name` is the name of the file for the sentence.
    """
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    contents: list[bytes] = []
    for member, limit in MEMBERS[:3]:
        size = _read_header(file, member, limit, length, name, contents)
        content = file.read(size)
        padding = file.read(-size % BLOCK)
        if len(content) < size or len(padding) < -size % BLOCK:
            raise _cut(length, contents or [content], name)
        if any(padding):
            raise BundleRefused(Refusal.MEMBER_PADDING, name, member)
        contents.append(content)
    size = _read_header(file, "payload.age", MAX_PAYLOAD_BYTES, length, name, contents)
    offset = file.tell()
    whole = offset + size + (-size % BLOCK) + len(END)
    if length < whole:
        raise _cut(length, contents, name, whole)
    file.seek(offset + size)
    if any(file.read(-size % BLOCK)):
        raise BundleRefused(Refusal.MEMBER_PADDING, name, "payload.age")
    if file.read(len(END)) != END:
        raise BundleRefused(Refusal.END_BLOCKS, name)
    if length > whole:
        raise BundleRefused(Refusal.TRAILING_DATA, name)
    return Container(contents[0], contents[1], contents[2], offset, size)


def manifest_in(file: BinaryIO) -> bytes | None:
    """The manifest of an open file, as it stands there and whatever follows; None without one."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    member, limit = MEMBERS[0]
    try:
        return file.read(_read_header(file, member, limit, length, "", []))
    except BundleRefused:
        return None


def _read_header(
    file: BinaryIO, member: str, limit: int, length: int, name: str, before: list[bytes]
) -> int:
    header = file.read(BLOCK)
    first = member == MEMBERS[0][0]
    if first and not (header and member.encode().startswith(header[: len(member)])):
        raise BundleRefused(Refusal.NOT_A_BUNDLE, name)
    if len(header) < BLOCK:
        raise _cut(length, before, name)
    if not _SIZE.fullmatch(header[_SIZE_FIELD]):
        raise BundleRefused(Refusal.MEMBER_HEADER, name, member)
    size = int(header[_SIZE_FIELD][:11], 8)
    if header != member_header(member, size):
        raise BundleRefused(Refusal.MEMBER_HEADER, name, member)
    if not 1 <= size <= limit:
        raise BundleRefused(Refusal.MEMBER_SIZE, name, member)
    return size


def _cut(length: int, contents: list[bytes], name: str, whole: int | None = None) -> BundleRefused:
    """As much as the clerk can be told: the manifest comes first for this reason."""
    claims = claims_of(contents[0]) if contents else None
    if claims is None:
        refused = BundleRefused(Refusal.CUT, name, have=Size(length))
        refused.message_id = "bundle.cut_early"
        return refused
    unit, seq, payload = claims
    # Cut before the payload, the manifest alone tells its size; more than what is there it must be.
    least = length + min(max(payload, 0), MAX_PAYLOAD_BYTES) + len(END)
    total = least if whole is None else whole
    have, of = Size(length), Size(total)
    if str(have) == str(of):
        have, of = ExactSize(length), ExactSize(total)
    refused = BundleRefused(Refusal.CUT, name, seq=seq, unit=unit, have=have, of=of)
    if whole is None:
        refused.message_id = "bundle.cut_before_payload"
    return refused


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)
