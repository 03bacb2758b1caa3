"""A name of words that were seen before is judged as if none had been seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.forms.field_types import text_types
from app.forms.field_types.text_types import NameType
from tests.long_runs import slice_or_all

WORDS = st.sampled_from(
    ["Nguyễn", "Thị", "Ðặng", "Đặng", "A.", "K'Brơi", "Y-Moan", "-", "", "Lan2", "\u0301n", "é",
     "e\u0301", "a\u200bb", "½", "Wolfgang", "x" * 61]
)  # fmt: skip
NAMES = st.lists(WORDS, max_size=10).map(" ".join) | st.text(max_size=8)


@pytest.fixture(autouse=True)
def no_words() -> Iterator[None]:
    text_types._known_words.clear()
    yield
    text_types._known_words.clear()


def _said(name: str) -> tuple[str, object] | None:
    problem = NameType().judge(name)
    return None if problem is None else (problem.message_id, problem.proposal)


@settings(max_examples=slice_or_all(100, 300), deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8))
def test_a_name_is_judged_alike_whatever_was_seen_before(names: list[str]) -> None:
    fresh = []
    for name in names:
        text_types._known_words.clear()
        fresh.append(_said(name))
    text_types._known_words.clear()
    assert [_said(name) for name in names] == fresh
    assert [_said(name) for name in names] == fresh


def test_words_are_remembered_and_their_memory_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_types, "_KNOWN_WORDS", 3)
    for name in ("Nguyễn Thị Lan", "Trần Văn Minh", "Lê Hoa"):
        assert _said(name) is None
        assert 0 < len(text_types._known_words) <= 5
