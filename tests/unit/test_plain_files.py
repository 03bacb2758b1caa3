"""What somebody typed as a path: whatever it is, looking at it ends in an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import KnownError
from app.plain_files import is_file, is_folder, open_plain
from app.sync.files import world_failed

TYPED = {
    "too long": "n" * 400,
    "too long below a folder": "n/" * 3000,
    "a sign no name has": "a\0b",
    "half a sign": "a\ud800b",
    "nothing there": "gone",
    "below a file": "file/below",
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_what_cannot_be_a_path_is_neither_folder_nor_file_and_opens_as_a_failure_of_the_world(
    tmp_path: Path, typed: str
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / typed
    assert not is_folder(path)
    assert not is_file(path)
    with pytest.raises(OSError) as failed:  # noqa: PT011 - any of its kinds has a sentence
        open_plain(path)
    assert isinstance(world_failed(failed.value, path), KnownError)


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert (is_folder(tmp_path), is_file(tmp_path)) == (True, False)
    assert (is_folder(file), is_file(file)) == (False, True)
