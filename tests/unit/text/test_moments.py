"""The second a writer's clock said, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.i18n import set_language
from app.text.moments import day_of, day_words, moment_of, moment_words


def test_a_second_is_the_moment_of_this_pcs_clock() -> None:
    when = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    wall = int(when.timestamp())
    assert moment_of(wall) == when
    assert day_of(wall) == when.astimezone().date()
    assert moment_words(wall) == when.astimezone().strftime("%d/%m/%Y %H:%M")
    assert day_words(day_of(wall)) == when.astimezone().strftime("%d/%m/%Y")


@pytest.mark.parametrize("wall", [2**53 - 1, -(2**53 - 1), 253_402_300_800, -62_135_596_801])
def test_what_no_calendar_has_is_not_known(wall: int) -> None:
    set_language("vi")
    assert moment_of(wall) is None
    assert day_of(wall) is None
    assert moment_words(wall) == day_words(day_of(wall)) == "không rõ"
