"""The compact memory of an import agrees with a dictionary."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.file_memory import FileMemory, RowNumbers


@given(st.lists(st.text(max_size=3), max_size=200))
def test_it_remembers_the_first_row_of_every_text(texts: list[str]) -> None:
    numbers, plain = RowNumbers(), dict[str, int]()
    for row, text in enumerate(texts, start=1):
        assert numbers.get(text) == plain.get(text)
        assert numbers.first(text, row) == plain.setdefault(text, row)
    assert len(numbers) == len(plain)


def test_it_grows_and_loses_nothing() -> None:
    numbers = RowNumbers()
    for row in range(1, 5001):
        numbers.first(f"id-{row}", row)
    assert all(numbers.get(f"id-{row}") == row for row in range(1, 5001))
    assert numbers.get("id-0") is None


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_identical_rows_are_numbered_from_zero(contents: list[str]) -> None:
    memory = FileMemory()
    seen: list[str] = []
    for content in contents:
        assert memory.ordinal(content) == seen.count(content)
        seen.append(content)
