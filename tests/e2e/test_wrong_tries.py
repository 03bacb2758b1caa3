"""A damaged counter of wrong tries locks nobody out."""

from __future__ import annotations

import pytest

from tests.e2e.command_line import COMMUNE, Homes


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe3", b"9" * 5000, b"\xc2\xb2", b"", b"\x00\x00"],
    ids=["noise", "endless", "superscript", "empty", "zeros"],
)
def test_a_damaged_counter_of_wrong_tries_locks_nobody_out(
    enrolled_pair: Homes, content: bytes
) -> None:
    below = enrolled_pair.at(COMMUNE)
    (below.home / "wrong-tries").write_bytes(content)
    assert below("user", "list").code == 0
