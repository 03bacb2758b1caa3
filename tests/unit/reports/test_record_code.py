"""What binds the paper to the file can be read back and says nothing else."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.record_code import (
    RecordCode,
    grouped_digest,
    read_payload,
    record_payload,
    short_code,
)

DIGEST = hashlib.sha256(b"a bundle").hexdigest()
COUNTS = st.integers(0, 999_999_999)


def test_digest_in_groups_of_four_joins_to_the_digest() -> None:
    rows = grouped_digest(DIGEST)
    assert [len(row) for row in rows] == [8, 8]
    assert {len(group) for row in rows for group in row} == {4}
    assert "".join(group for row in rows for group in row) == DIGEST


def test_short_code_is_the_first_ten_letters_of_base32_in_two_groups() -> None:
    letters = base64.b32encode(bytes.fromhex(DIGEST)).decode()
    assert short_code(DIGEST) == f"{letters[:5]}-{letters[5:10]}"
    assert short_code(DIGEST.upper()) == short_code(DIGEST)
    assert len(short_code(DIGEST, 25).split("-")) == 5


@given(st.binary(min_size=32, max_size=32), COUNTS, COUNTS, COUNTS)
def test_payload_reads_back_as_written(
    digest: bytes, number: int, households: int, children: int
) -> None:
    code = RecordCode(digest.hex(), number, households, children)
    assert read_payload(record_payload(code)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"TEVN2:{DIGEST.upper()}:1:2:3",
        f"TEVN1:{DIGEST}:1:2:3",
        f"TEVN1:{DIGEST.upper()}:01:2:3",
        f"TEVN1:{DIGEST.upper()}:1:2",
        f"TEVN1:{DIGEST.upper()}:1:2:3 ",
        f"TEVN1:{DIGEST.upper()[:-1]}:1:2:3",
    ],
)
def test_any_other_spelling_of_a_payload_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the text"):
        read_payload(text)


def test_malformed_digest_or_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="64 hex"):
        grouped_digest("12")
    with pytest.raises(ValueError, match="whole numbers"):
        record_payload(RecordCode(DIGEST, 1, -1, 2))
