"""Every codec gives back what it was given, however it is cut into pieces."""

from __future__ import annotations

import io
import random

import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import bech32
from app.crypto.age import AgeReader, AgeWriter, PayloadFailure, X25519Identity, decrypt, encrypt
from app.crypto.age_payload import CHUNK
from app.crypto.certificate import decode_scope, encode_scope
from app.crypto.check_code import check_code, same_code
from app.crypto.recovery_code import MistypedCode, read_recovery_code, write_recovery_code
from app.ids import UnitRef
from app.sync.zstd_frame import BadFrame, FrameWatch

ME = X25519Identity.generate()
sizes = st.integers(0, 3 * CHUNK) | st.sampled_from([CHUNK, 2 * CHUNK, CHUNK + 1])

seeds = st.integers(0, 2**32)


@settings(deadline=None, max_examples=60)
@given(sizes, seeds)
def test_age_gives_back_what_was_written_in_any_pieces(size: int, seed: int) -> None:
    rnd = random.Random(seed)
    data = rnd.randbytes(size)
    sink = io.BytesIO()
    writer = AgeWriter(sink, [X25519Identity.generate().recipient, ME.recipient])
    place = 0
    while place < size:
        step = rnd.choice([1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
        writer.write(data[place : place + step])
        place += step
    writer.close()
    sink.seek(0)
    reader = AgeReader(sink, [ME])
    pieces = []
    while piece := reader.read(rnd.choice([1 + rnd.randrange(CHUNK), 1 << 20])):
        pieces.append(piece)
    assert b"".join(pieces) == data


@settings(deadline=None, max_examples=60)
@given(sizes, seeds)
def test_an_altered_age_payload_never_passes(size: int, seed: int) -> None:
    rnd = random.Random(seed)
    sealed = bytearray(encrypt(rnd.randbytes(size), [ME.recipient]))
    start = sealed.index(b"\n--- ") + 49 + 16  # MAC line and nonce
    sealed[rnd.randrange(start, len(sealed))] ^= 1 << rnd.randrange(8)
    try:
        decrypt(bytes(sealed), [ME])
    except PayloadFailure:
        return
    raise AssertionError("accepted")


@given(st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20), st.binary(max_size=80))
def test_bech32_gives_back_prefix_and_bytes(prefix: str, data: bytes) -> None:
    text = bech32.encode(prefix, data)
    assert bech32.decode(text) == (prefix, data)
    assert bech32.decode(text.upper()) == (prefix, data)


@settings(derandomize=True)  # one slip in 2^17 passes both checks: not a coin to toss in a test
@given(st.binary(min_size=16, max_size=16), st.integers(0, 34), st.integers(1, 31))
def test_recovery_codes_survive_and_one_wrong_character_never_opens_another(
    secret: bytes, place: int, shift: int
) -> None:
    code = write_recovery_code(secret)
    assert read_recovery_code(code) == secret
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    plain = code.replace("-", "")
    wrong = alphabet[(alphabet.index(plain[place]) + shift) % 32]
    try:
        read_recovery_code(plain[:place] + wrong + plain[place + 1 :])
    except MistypedCode:
        return
    raise AssertionError("a mistyped code was read")


units = st.builds(
    UnitRef,
    st.from_regex(r"[0-9]{2}|[0-9]{3}|[0-9]{5}", fullmatch=True).filter(str.isascii),
    st.sampled_from(["2024", "2025", "2025a"]),
)


@given(st.lists(units, min_size=1, max_size=300, unique=True))
def test_scopes_survive_their_certificate(scope: list[UnitRef]) -> None:
    assert decode_scope(encode_scope(tuple(scope)).value) == tuple(scope)


@given(st.binary(max_size=200))
def test_a_check_code_can_be_typed_back(data: bytes) -> None:
    code = check_code(data)
    assert same_code(code.replace("-", "").lower(), code)


def watched(frame: bytes, step: int) -> bytes:
    watch = FrameWatch(io.BytesIO(frame))
    seen = []
    while piece := watch.read(step):
        seen.append(piece)
    return b"".join(seen)


@settings(deadline=None)
@given(
    st.integers(0, 400_000),
    st.integers(1, 70_000),
    st.sampled_from([-5, 1, 3, 9]),
    st.booleans(),
    seeds,
)
def test_the_watch_lets_every_honest_frame_through_and_no_cut_one(
    size: int, step: int, level: int, said: bool, seed: int
) -> None:
    rnd = random.Random(seed)
    data = rnd.randbytes(size // 2) + bytes(size - size // 2)
    frame = zstandard.ZstdCompressor(
        level=level, write_checksum=True, write_content_size=said
    ).compress(data)
    assert watched(frame, step) == frame
    for bad in (frame[: rnd.randrange(len(frame))], frame + b"\0"):
        try:
            watched(bad, step)
        except BadFrame:
            continue
        raise AssertionError("accepted")
