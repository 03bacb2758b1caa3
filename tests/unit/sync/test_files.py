"""The protocol of a file on a stick, step by step, and what a failing step leaves: nothing.

Written, on the disk, read back, opened as a stranger would, renamed, the
rename on the disk, read once more. Each step is worth nothing in another place.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from app.errors import KnownError
from app.sync import files

CONTENT = os.urandom(3000)
NAME = "a.tebundle"
#: Windows has no handle on a folder to flush.
FOLDER = [] if os.name == "nt" else ["fsync folder"]


class Watched:
    """Notes what is done to the stick, in order, and can fail at one of the steps."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.source = folder / "inside"
        self.source.write_bytes(CONTENT)
        self.stick = folder / "stick"
        self.steps: list[str] = []
        self._patch = monkeypatch
        self.fail_at = ""
        #: Nothing works from the failing step on.
        self.pulled_out = False
        self._opened: dict[int, Path] = {}
        self._open, self._fsync, self._replace = os.open, os.fsync, os.replace
        self._private, self._read_back = files._private, files.read_back
        monkeypatch.setattr(os, "open", self.open)
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)
        monkeypatch.setattr(files, "_private", self.private)
        monkeypatch.setattr(files, "read_back", self.read_back)

    def step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.fail_at:
            self.fail_at = ""
            if self.pulled_out:
                self._patch.setattr(Path, "unlink", self._gone)
            raise OSError(5, os.strerror(5))

    def _gone(self, *_: object, **__: object) -> None:
        raise OSError(5, os.strerror(5))

    def private(self, path: Path) -> BinaryIO:
        self.step(f"begin {self._called(path)}")
        return self._private(path)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        handle = self._open(path, flags, mode)
        self._opened[handle] = Path(path)
        return handle

    def fsync(self, handle: int) -> None:
        path = self._opened[handle]
        # What is still in the process's own buffer is not brought to the disk by this.
        whole = path.stat().st_size == len(CONTENT) if path.is_file() else True
        self.step(f"fsync {self._called(path)}" + ("" if whole else " too early"))
        self._fsync(handle)

    def replace(self, old: Path, new: Path) -> None:
        self.step(f"rename {self._called(old)} {self._called(new)}")
        self._replace(old, new)

    def read_back(self, path: Path, *more: Any) -> None:
        self.step(f"read {self._called(path)}")
        with pytest.MonkeyPatch.context() as patch:  # its own fsync is no step of the protocol
            patch.setattr(os, "fsync", self._fsync)
            patch.setattr(os, "open", self._open)
            self._read_back(path, *more)

    def verify(self, path: Path) -> None:
        assert path.read_bytes() == CONTENT
        self.step(f"verify {self._called(path)}")

    def _called(self, path: Path) -> str:
        return "folder" if Path(path) == self.stick else Path(path).name

    def copy_out(self, verify: Callable[[Path], None] | None = None, **named: bool) -> Path:
        return files.copy_out(
            self.source, self.stick, NAME, lambda *_: None, verify or self.verify, **named
        )


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(tmp_path, monkeypatch)


RENAME = "rename a.part a.tebundle"
PROTOCOL = [
    "begin a.part",
    "fsync a.part",
    "read a.part",
    "verify a.part",
    RENAME,
    *FOLDER,
    "read a.tebundle",
]


def test_a_file_goes_to_a_stick_by_these_steps_in_this_order(watched: Watched) -> None:
    final = watched.copy_out()
    assert watched.steps == PROTOCOL
    assert final.read_bytes() == CONTENT
    assert list(watched.stick.iterdir()) == [final]


@pytest.mark.parametrize("step", PROTOCOL)
def test_a_step_that_fails_leaves_no_file(watched: Watched, step: str) -> None:
    watched.fail_at = step
    with pytest.raises(KnownError) as caught:
        watched.copy_out()
    assert caught.value.message_id == "files.unreadable"
    done = PROTOCOL[: PROTOCOL.index(step) + 1]
    # Once it had its name, that it has gone is brought to the disk as well.
    assert watched.steps == done + (FOLDER if RENAME in done else [])
    assert list(watched.stick.iterdir()) == []


@pytest.mark.parametrize("step", PROTOCOL)
def test_a_stick_pulled_out_once_the_file_has_its_name_is_not_said_to_hold_nothing(
    watched: Watched, step: str
) -> None:
    watched.fail_at, watched.pulled_out = step, True
    with pytest.raises(KnownError) as caught:
        watched.copy_out()
    may_be_there = RENAME in PROTOCOL[: PROTOCOL.index(step) + 1]
    assert isinstance(caught.value, files.MayBeThere) is may_be_there
    assert caught.value.message_id == ("files.may_be_there" if may_be_there else "files.unreadable")
    assert caught.value.parameters == {"file": NAME}


class NotGood(Exception):
    """What a stranger says who cannot open the copy."""


def _refuse(_path: Path) -> None:
    raise NotGood


def test_a_copy_that_a_stranger_cannot_open_never_gets_its_name(watched: Watched) -> None:
    with pytest.raises(NotGood):
        watched.copy_out(_refuse)
    assert watched.steps == PROTOCOL[:3]
    assert list(watched.stick.iterdir()) == []


def test_a_copy_that_a_stranger_cannot_open_leaves_the_older_file_as_it_was(
    watched: Watched,
) -> None:
    watched.stick.mkdir()
    older = watched.stick / NAME
    older.write_bytes(b"older")
    with pytest.raises(NotGood):
        watched.copy_out(_refuse, replacing=True)
    assert older.read_bytes() == b"older"
    assert list(watched.stick.iterdir()) == [older]


def test_a_name_that_is_taken_is_said_before_anything_is_written(watched: Watched) -> None:
    watched.stick.mkdir()
    (watched.stick / NAME).write_bytes(b"theirs")
    with pytest.raises(KnownError) as caught:
        watched.copy_out()
    assert caught.value.message_id == "files.name_taken"
    assert watched.steps == []
    assert (watched.stick / NAME).read_bytes() == b"theirs"


def test_a_small_file_is_on_the_disk_before_it_has_its_name(watched: Watched) -> None:
    watched.stick.mkdir()
    files.write_new_file(watched.stick / NAME, CONTENT)
    assert watched.steps == [
        "begin a.tebundle.part",
        "fsync a.tebundle.part",
        "rename a.tebundle.part a.tebundle",
        *FOLDER,
    ]


@pytest.mark.parametrize("step", ["begin", "fsync", "rename"])
def test_a_small_file_that_fails_leaves_nothing(watched: Watched, step: str) -> None:
    watched.stick.mkdir()
    (watched.stick / NAME).write_bytes(b"older")
    target = f"{NAME}.part" + (f" {NAME}" if step == "rename" else "")
    watched.fail_at = f"{step} {target}"
    with pytest.raises(KnownError):
        files.write_new_file(watched.stick / NAME, CONTENT)
    assert (watched.stick / NAME).read_bytes() == b"older"
    assert [path.name for path in watched.stick.iterdir()] == [NAME]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux shows such a folder")
def test_a_folder_that_the_system_only_shows_is_told_from_a_stick_that_was_taken_out(
    tmp_path: Path,
) -> None:
    shown, gone = Path("/proc"), tmp_path / "pulled out"
    for act in (
        lambda folder: files.must_take(folder / "SoTreEm", NAME, 1),
        lambda folder: files.write_new_file(folder / NAME, CONTENT),
    ):
        with pytest.raises(KnownError) as refused:
            act(shown)
        assert refused.value.message_id == "files.no_drive"
        assert refused.value.parameters == {"folder": "/proc"}
        with pytest.raises(KnownError) as refused:
            act(gone)
        assert refused.value.message_id == "files.gone"
