"""No mutation of a bundle is accepted, wherever it strikes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.sync.refusal import BundleRefused, Refusal
from tests.counts import tell
from tests.forged_bundles import Forger
from tests.long_runs import slice_or_all

COUNT = slice_or_all(1_000, 4_000)
F = Forger()


def mutate(data: bytes, rnd: random.Random) -> bytes:
    """One of the accidents that happen to files on sticks, or a small forgery."""
    kind = rnd.randrange(8)
    place = rnd.randrange(len(data))
    length = rnd.choice([1, 1, 2, 16, 512, 4096])
    if kind == 0:  # one bit
        return data[:place] + bytes([data[place] ^ 1 << rnd.randrange(8)]) + data[place + 1 :]
    if kind == 1:  # some bytes
        return data[:place] + rnd.randbytes(length) + data[place + length :]
    if kind == 2:  # cut
        return data[:place]
    if kind == 3:  # a piece missing
        return data[:place] + data[place + length :]
    if kind == 4:  # a piece doubled
        return data[:place] + data[place : place + length] + data[place:]
    if kind == 5:  # zeros, as a failing stick gives them
        return data[:place] + bytes(len(data[place : place + length])) + data[place + length :]
    if kind == 6:  # two blocks exchanged
        blocks = [data[start : start + 512] for start in range(0, len(data), 512)]
        one, two = rnd.randrange(len(blocks)), rnd.randrange(len(blocks))
        blocks[one], blocks[two] = blocks[two], blocks[one]
        return b"".join(blocks)
    return data + rnd.randbytes(length)


def test_no_random_mutation_is_accepted(tmp_path: Path) -> None:
    honest = F.forge(tmp_path, operations=F.operations(60))
    data = honest.read_bytes()
    rnd = random.Random(20_260_302)
    accepted: list[int] = []
    outcomes: dict[Refusal, int] = {}
    tried = 0
    while tried < COUNT:
        changed = mutate(data, rnd)
        if changed == data:
            continue
        tried += 1
        honest.write_bytes(changed)
        try:
            F.read(honest)
        except BundleRefused as error:
            outcomes[error.refusal] = outcomes.get(error.refusal, 0) + 1
        else:
            accepted.append(tried)
    assert accepted == []
    assert sum(outcomes.values()) == COUNT
    # The mutations reach every layer, not only the outermost check.
    assert {Refusal.CUT, Refusal.MEMBER_HEADER, Refusal.BAD_SIGNATURE} <= outcomes.keys()
    assert {Refusal.PAYLOAD_HASH, Refusal.TRAILING_DATA, Refusal.CERTIFICATES} <= outcomes.keys()
    tell(f"bundles mutated and read: {COUNT}, 0 accepted: " + ", ".join(sorted(outcomes)))


def test_every_cut_is_refused(tmp_path: Path) -> None:
    honest = F.forge(tmp_path)
    data = honest.read_bytes()
    step = slice_or_all(37, 1)
    for length in range(0, len(data), step):
        honest.write_bytes(data[:length])
        with pytest.raises(BundleRefused) as caught:
            F.open(honest)
        assert caught.value.refusal in {Refusal.CUT, Refusal.NOT_A_BUNDLE}


def test_every_flipped_byte_of_the_clear_part_is_refused(tmp_path: Path) -> None:
    honest = F.forge(tmp_path)
    data = honest.read_bytes()
    step = slice_or_all(11, 1)
    for place in range(0, len(data), step):
        honest.write_bytes(data[:place] + bytes([data[place] ^ 0x20]) + data[place + 1 :])
        with pytest.raises(BundleRefused):
            F.open(honest)
