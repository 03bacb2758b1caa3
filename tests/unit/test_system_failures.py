"""What the system refuses is told in words, with the file where it was named."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from app.errors import BugError, KnownError
from app.i18n import LANGUAGES, error_text, set_language
from app.system_failures import known

NUMBERS = (
    errno.ENOSPC,
    errno.EIO,
    errno.ENODEV,
    errno.ENOENT,
    errno.EROFS,
    errno.ENAMETOOLONG,
    errno.EACCES,
    errno.EISDIR,
    errno.EMFILE,
)


@pytest.fixture(params=LANGUAGES, autouse=True)
def each_language(request: pytest.FixtureRequest) -> Iterator[None]:
    set_language(request.param)
    yield
    set_language("vi")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_refusal_is_told_with_its_file_and_a_next_step(number: int) -> None:
    named = known(OSError(number, "x", "so.csv"))
    assert named is not None
    said = error_text(named).split("\n")
    assert "so.csv" in said[0]
    assert len(said) == 2


@pytest.mark.parametrize("number", NUMBERS)
def test_a_refusal_without_a_name_is_told_without_one(number: int) -> None:
    unnamed = known(OSError(number, "x"))
    assert unnamed is not None
    said = error_text(unnamed)
    assert "?" not in said
    assert "None" not in said
    assert "\n" in said


def test_only_what_is_named_as_the_cause_counts() -> None:
    full = OSError(errno.ENOSPC, "x")
    caused, beside = BugError("errors.bug"), KeyError("x")
    caused.__cause__ = full
    beside.__context__ = full
    found = known(caused)
    assert found is not None
    assert found.message_id == "errors.disk_full_unnamed"
    assert known(beside) is None
    assert known(BugError("errors.bug")) is None
    mine = KnownError("rights.denied")
    mine.__cause__ = full
    assert known(mine) is mine
