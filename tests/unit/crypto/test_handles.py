"""Handles: the same on one PC for ever, readable there alone, and never taken for an id."""

from __future__ import annotations

import uuid

import pytest

from app.crypto.handles import Handles
from app.ids import derived_id, new_id

HERE, ELSEWHERE = Handles(bytes(range(32))), Handles(bytes(32))
ID = "5b2b3e0e-2f2c-5c5e-9f0e-8f5d7b0d2a11"


def test_a_handle_never_changes() -> None:
    """Printed lists and audit rows hold it: another algorithm would make them unreadable."""
    assert HERE.handle_of(ID) == "h-mr34aqfub3cahos7fiiudn5fvq"


def test_a_handle_is_read_back_where_it_was_made() -> None:
    for ent_id in (ID, new_id(), derived_id(ID, "C05/1")):
        handle = HERE.handle_of(ent_id)
        assert HERE.id_of(handle) == ent_id
        assert HERE.id_of(f"  {handle.upper()}\n") == ent_id
        assert ELSEWHERE.handle_of(ent_id) != handle
        assert ELSEWHERE.id_of(handle) != ent_id


def test_a_handle_is_no_uuid_and_a_uuid_no_handle() -> None:
    handle = HERE.handle_of(ID)
    with pytest.raises(ValueError, match="badly formed"):
        uuid.UUID(handle)
    assert HERE.id_of(ID) is None


@pytest.mark.parametrize("typed", ["", "h-", "Lê Mai", "h-abc", "h-" + "1" * 26, "h-" + "é" * 26])
def test_what_is_no_handle_is_none(typed: str) -> None:
    assert HERE.id_of(typed) is None


def test_one_id_has_one_handle_only() -> None:
    """The last character has two bits to spare; they must be zero."""
    handle = HERE.handle_of(ID)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    read = [last for last in alphabet if HERE.id_of(handle[:-1] + last) is not None]
    assert read.count(handle[-1]) == 1
    assert all(alphabet.index(last) % 4 == 0 for last in read)


def test_text_that_is_no_id_is_refused() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        HERE.handle_of("C05/1")
