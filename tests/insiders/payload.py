"""Variants of the lines under encryption, of the compression and of the encryption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import zstandard

from app.crypto.age_payload import CHUNK
from app.history.operation import encode_line
from app.sync.refusal import Refusal
from tests.forged_bundles import compress, invented_operation, seal_for
from tests.insiders.changes import FIELD, HASH, STRANGER, UUID, F, Variant, put
from tests.invented_province import SIBLING


def no_checksum() -> bytes:
    return zstandard.ZstdCompressor(write_checksum=False).compress(b"x")


def ending_with_a_chunk(frame: bytes) -> bytes:
    """The same content as a frame that fills whole chunks of age: its reader is handed nothing
    behind the frame unless it asks for more.
    """
    content = zstandard.ZstdDecompressor().decompress(frame, max_output_size=1 << 20)
    checksum = zstandard.ZstdCompressor(write_checksum=True).compress(content)[-4:]
    begun = b"\x28\xb5\x2f\xfd\x04\x50"  # magic number, checksum, a window of 1 MiB
    blocks = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
    taken = len(begun) + 3 * len(blocks) + len(content) + len(checksum)
    room = -taken % CHUNK
    while room % 3:  # an empty block takes three bytes
        room += CHUNK
    blocks += [b""] * (room // 3)
    raw = [(len(one) << 3 | (place == len(blocks))) for place, one in enumerate(blocks, start=1)]
    heads = [value.to_bytes(3, "little") for value in raw]
    body = b"".join(part for pair in zip(heads, blocks, strict=True) for part in pair)
    whole = begun + body + checksum
    if len(whole) % CHUNK:
        raise AssertionError("the frame does not end with a chunk")
    return whole


def head(**changes: object) -> dict[str, Any]:
    return {"header": lambda start: start.update(changes)}


def first(change: Callable[[bytes], bytes]) -> dict[str, Any]:
    return {"lines": lambda lines: [change(lines[0]), *lines[1:]]}


def after_header(*more: bytes) -> dict[str, Any]:
    return {"lines": lambda lines: [lines[0], *more, *lines[1:]]}


#: A proof of nothing: `{}` and an empty DER sequence.
FORK = b'{"t":"fork","manifest":"e30=","signature":"MAA="}'

PAYLOAD: dict[str, Variant] = {
    "header unit": (
        {"header": put("sender", "unit", value=str(SIBLING))},
        Refusal.HEADER_LINE,
        "",
    ),
    "header station": (
        {"header": put("sender", "station", value=UUID)},
        Refusal.HEADER_LINE,
        "",
    ),
    "header replica": (
        {"header": put("sender", "replica", value=UUID)},
        Refusal.HEADER_LINE,
        "",
    ),
    "header certificate": (
        {"header": put("sender", "cert_sha256", value=HASH)},
        Refusal.HEADER_LINE,
        "",
    ),
    "header recipient": (
        {"header": put("recipients", 0, "age", value=STRANGER.text)},
        Refusal.HEADER_LINE,
        "",
    ),
    "header recipient station": (
        {"header": put("recipients", 0, "station", value=UUID)},
        Refusal.HEADER_LINE,
        "",
    ),
    "header recipient unit": (
        {"header": put("recipients", 0, "unit", value=str(SIBLING))},
        Refusal.HEADER_LINE,
        "",
    ),
    "header recipient role": (
        {"header": put("recipients", 0, "role", value="escrow")},
        Refusal.HEADER_LINE,
        "",
    ),
    "header recipients none": (head(recipients=[]), Refusal.HEADER_LINE, ""),
    "header seq": (head(seq=2), Refusal.HEADER_LINE, ""),
    "header prev": (head(prev=HASH), Refusal.HEADER_LINE, ""),
    "header kind": (head(kind="enrol-reply"), Refusal.HEADER_LINE, ""),
    "header extra key": (head(x_a=1), Refusal.HEADER_LINE, ""),
    "header with a space": (
        first(lambda line: line.replace(b",", b", ", 1)),
        Refusal.HEADER_LINE,
        "",
    ),
    "header missing": ({"lines": lambda lines: [lines[1], *lines[1:]]}, Refusal.HEADER_LINE, ""),
    "header twice": (
        {"lines": lambda lines: [lines[0], lines[0], *lines[1:]]},
        Refusal.LINE_ORDER,
        "",
    ),
    "only a header": ({"lines": lambda lines: lines[:1]}, FIELD, "payload"),
    "end missing": (
        {
            "operations": F.operations(3),
            "lines": lambda lines: [*lines[:-1], encode_line(invented_operation(9, F.sender))],
        },
        Refusal.END_LINE,
        "missing",
    ),
    "end count lower": (
        {"lines": lambda lines: [*lines[:-1], b'{"t":"end","audit":null,"lines":4}']},
        Refusal.LINE_COUNT,
        "",
    ),
    "end with a space": (
        {"lines": lambda lines: [*lines[:-1], b'{"t":"end", "audit":null,"lines":5}']},
        Refusal.END_LINE,
        "",
    ),
    "end with a short audit head": (
        {"lines": lambda lines: [*lines[:-1], b'{"t":"end","audit":"ab","lines":5}']},
        Refusal.END_LINE,
        "",
    ),
    "end twice": (
        {"lines": lambda lines: [*lines[:-1], b'{"t":"end","audit":null,"lines":6}', lines[-1]]},
        Refusal.END_LINE,
        "data-after-end",
    ),
    "operation after the end": (
        {
            "lines": lambda lines: [
                *lines[:-2],
                b'{"t":"end","audit":null,"lines":5}',
                lines[-2],
            ]
        },
        Refusal.END_LINE,
        "data-after-end",
    ),
    "no last line feed": (
        {"plain": lambda text: text + b"x"},
        Refusal.END_LINE,
        "no-line-feed",
    ),
    "unknown control line": (
        {"lines": lambda lines: [lines[0], b'{"t":"delete-all"}', *lines[1:]]},
        Refusal.UNKNOWN_LINE,
        "",
    ),
    "refused line after operations": (
        {
            "lines": lambda lines: [
                *lines[:-1],
                b'{"t":"refused","id":"%s","op":"%s","reason":"not-owner"}'
                % (UUID.encode(), HASH.encode()),
                lines[-1],
            ]
        },
        Refusal.LINE_ORDER,
        "",
    ),
    "refused line before a fork line": (
        after_header(
            b'{"t":"refused","id":"%s","op":"%s","reason":"not-owner"}'
            % (UUID.encode(), HASH.encode()),
            FORK,
        ),
        Refusal.LINE_ORDER,
        "",
    ),
    "fork line after operations": (
        {"lines": lambda lines: [*lines[:-1], FORK, lines[-1]]},
        Refusal.LINE_ORDER,
        "",
    ),
    "fork line in a second spelling": (
        after_header(FORK.replace(b"e30=", b"e31=")),
        Refusal.FORK_LINE,
        "",
    ),
    "fork line without a signature": (
        after_header(b'{"t":"fork","manifest":"e30="}'),
        Refusal.FORK_LINE,
        "",
    ),
    "fork line with a manifest too large": (
        after_header(FORK.replace(b"e30=", b"A" * 87_388)),
        Refusal.FORK_LINE,
        "",
    ),
    "fork lines too many": (after_header(*[FORK] * 65), Refusal.FORK_LINE, "too-many"),
    "left line with a name": (
        after_header(b'{"t":"left","replica":"may cua An"}'),
        Refusal.LEFT_LINE,
        "",
    ),
    "left lines too many": (
        after_header(*[b'{"t":"left","replica":"%s"}' % UUID.encode()] * 65),
        Refusal.LEFT_LINE,
        "too-many",
    ),
    "refused line with free text": (
        {
            "lines": lambda lines: [
                lines[0],
                b'{"t":"refused","id":"%s","op":"%s","reason":"Con ong An"}'
                % (UUID.encode(), HASH.encode()),
                *lines[1:],
            ]
        },
        Refusal.REFUSED_LINE,
        "",
    ),
    "refused line without id": (
        {"lines": lambda lines: [lines[0], b'{"t":"refused","op":"ab"}', *lines[1:]]},
        Refusal.REFUSED_LINE,
        "",
    ),
    "empty line": (
        {"lines": lambda lines: [lines[0], b"", *lines[1:]]},
        Refusal.BAD_OPERATION,
        "line-json",
    ),
    "operation twice": (
        {"lines": lambda lines: [*lines[:2], *lines[1:-1], b'{"t":"end","audit":null,"lines":6}']},
        Refusal.OPS_COUNT,
        "",
    ),
    "operations in another order": (
        {"lines": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]]},
        Refusal.OPS_HASH,
        "",
    ),
    "operation with a changed value": (
        {"lines": lambda lines: [lines[0], lines[1].replace(b"2015", b"2016"), *lines[2:]]},
        Refusal.OPS_HASH,
        "",
    ),
    "operation with a space": (
        {"lines": lambda lines: [lines[0], lines[1].replace(b",", b", ", 1), *lines[2:]]},
        Refusal.BAD_OPERATION,
        "not-canonical",
    ),
    "operation exchanged": (
        {
            "lines": lambda lines: [
                lines[0],
                encode_line(invented_operation(99, F.sender)),
                *lines[2:],
            ]
        },
        Refusal.OPS_HASH,
        "",
    ),
    "line beyond 1 MiB": (
        {"lines": lambda lines: [lines[0], b"x" * (1 << 20) + b"y", *lines[1:]]},
        Refusal.LINE_TOO_LONG,
        "",
    ),
    "more lines than claimed": (
        {"manifest": lambda m: (m["payload"].update(lines=4), m.update(ops=2))},
        Refusal.LINE_COUNT,
        "",
    ),
    "bomb": (
        {
            "plain": lambda text: text + b" " * (50 << 20),
            "manifest": put("payload", "plain_bytes", value=4096),
        },
        Refusal.MORE_THAN_CLAIMED,
        "",
    ),
    "zstd without checksum": (
        {"compressed": lambda _: no_checksum()},
        Refusal.BAD_ZSTD,
        "checksum",
    ),
    "zstd window beyond 8 MiB": (
        {"compressed": lambda _: compress(b"x", window_log=24)},
        Refusal.ZSTD_WINDOW,
        "window",
    ),
    "zstd cut": ({"compressed": lambda frame: frame[:-5]}, Refusal.BAD_ZSTD, "cut"),
    "zstd cut in the checksum": (
        {"compressed": lambda frame: frame[:-1]},
        Refusal.BAD_ZSTD,
        "cut",
    ),
    "zstd wrong checksum": (
        {"compressed": lambda frame: frame[:-1] + bytes([frame[-1] ^ 1])},
        Refusal.BAD_ZSTD,
        "content",
    ),
    "zstd data after the frame": (
        {"compressed": lambda frame: frame + b"more"},
        Refusal.BAD_ZSTD,
        "data-after-end",
    ),
    "zstd data after a frame of whole chunks": (
        {"compressed": lambda frame: ending_with_a_chunk(frame) + b"more"},
        Refusal.BAD_ZSTD,
        "data-after-end",
    ),
    "zstd second frame": (
        {"compressed": lambda frame: frame + compress(b"{}")},
        Refusal.BAD_ZSTD,
        "data-after-end",
    ),
    "zstd skippable frame": (
        {"compressed": lambda frame: b"\x50\x2a\x4d\x18\x01\0\0\0x" + frame},
        Refusal.BAD_ZSTD,
        "magic",
    ),
    "no zstd": ({"compressed": lambda _: b"plain text"}, Refusal.BAD_ZSTD, "magic"),
    "nothing compressed": ({"compressed": lambda _: b""}, Refusal.BAD_ZSTD, "cut"),
    "no age": ({"sealed": lambda _: b"plain text"}, Refusal.BAD_AGE, "header-cut"),
    "age cut": ({"sealed": lambda data: data[:-20]}, Refusal.BAD_AGE, "tag"),
    "age with rest": ({"sealed": lambda data: data + b"x"}, Refusal.BAD_AGE, "tag"),
    "age of another payload": (
        {"sealed": lambda _: seal_for(b"", [STRANGER])},
        Refusal.CANNOT_DECRYPT,
        "",
    ),
    "age header altered": (
        {"sealed": lambda data: data.replace(b"-> X25519", b"-> X25518", 1)},
        Refusal.STANZAS,
        "",
    ),
}
