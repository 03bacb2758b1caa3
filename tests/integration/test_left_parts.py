"""What a killed process left outside its home is found by its note, and nothing else is touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.errors import KnownError
from app.services.left_parts import LeftParts
from app.workbooks.writing import Column, whole_file, write_csv


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


class Killed(BaseException):
    """The process ends here: nothing of ours runs any more."""


def _die(*_args: object, **_named: object) -> None:
    raise Killed


def _write_and_die(file: Path, parts: LeftParts, patch: pytest.MonkeyPatch) -> None:
    with whole_file(file, parts.noted) as part:
        part.write_text("Đinh Thị Mai", encoding="utf-8")
        patch.setattr(os, "unlink", _die)
        raise Killed


def killed(home: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave a part and its note as a process does that dies while it writes."""
    with monkeypatch.context() as dead, pytest.raises(Killed):
        _write_and_die(out / "a.csv", LeftParts(home), dead)
    (left,) = out.iterdir()
    assert list(home.iterdir())
    return left


def test_the_note_is_on_the_disk_before_the_part_is_begun(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    touch, replace, fsync = Path.touch, os.replace, os.fsync

    def touched(path: Path, *args: int, **named: int) -> None:
        (note,) = home.iterdir()
        assert json.loads(note.read_text())["part"] == str(path)
        done.append("part")
        touch(path, *args, **named)

    def replaced(old: Path, new: Path) -> None:
        done.append("note" if Path(new).parent == home else "name")
        replace(old, new)

    def synced(handle: int) -> None:
        done.append("fsync")
        fsync(handle)

    monkeypatch.setattr(Path, "touch", touched)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "fsync", synced)
    write_csv(out / "a.csv", [Column("x")], [], LeftParts(home).noted)
    folder = [] if os.name == "nt" else ["fsync"]
    assert done == ["fsync", "note", *folder, "part", "fsync", "name", *folder]
    assert list(home.iterdir()) == []
    assert [path.name for path in out.iterdir()] == ["a.csv"]


def test_the_next_opening_removes_the_part_and_its_note(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(home, out, monkeypatch)
    LeftParts(home).sweep()
    assert list(out.iterdir()) == list(home.iterdir()) == []


def test_a_file_written_to_the_same_folder_sweeps_it_and_no_other(
    home: Path, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept = killed(home, other, monkeypatch)
    (note,) = home.iterdir()
    note.rename(home / "aside")
    killed(home, out, monkeypatch)
    (home / "aside").rename(note)
    write_csv(out / "b.csv", [Column("x")], [], LeftParts(home).noted)
    assert [path.name for path in out.iterdir()] == ["b.csv"]
    assert list(other.iterdir()) == [kept]
    assert list(home.iterdir()) == [note]


def test_what_is_being_written_is_not_swept(home: Path, out: Path) -> None:
    parts = LeftParts(home)
    with whole_file(out / "a.csv", parts.noted) as first:
        write_csv(out / "b.csv", [Column("x")], [], parts.noted)
        parts.sweep()
        first.write_text("whole", encoding="utf-8")
    assert (out / "a.csv").read_text(encoding="utf-8") == "whole"
    assert {path.name for path in out.iterdir()} == {"a.csv", "b.csv"}


def test_a_part_on_a_stick_that_is_gone_stays_noted_until_it_is_back(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(home, out, monkeypatch)
    away = out.rename(out.with_name("drawer"))
    LeftParts(home).sweep()
    assert len(list(home.iterdir())) == 1
    away.rename(out)
    LeftParts(home).sweep()
    assert list(out.iterdir()) == list(home.iterdir()) == []


def test_another_stick_in_its_place_is_not_taken_for_it(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = killed(home, out, monkeypatch)
    (note,) = home.iterdir()
    said = json.loads(note.read_text())
    note.write_text(json.dumps({**said, "device": said["device"] + 1}))
    away = part.rename(out.with_name(part.name))
    LeftParts(home).sweep()
    assert list(home.iterdir()) == [note]
    away.rename(part)
    LeftParts(home).sweep()
    assert list(out.iterdir()) == list(home.iterdir()) == []


@pytest.mark.parametrize("name", ["children.csv", ".children.csv.12.part", ".sotreem-1.part"])
def test_nothing_is_removed_that_is_not_called_as_our_parts_are(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    part = killed(home, out, monkeypatch)
    (note,) = home.iterdir()
    theirs = part.rename(out / name)
    note.write_text(json.dumps({"part": str(theirs), "device": out.stat().st_dev}))
    LeftParts(home).sweep()
    assert list(out.iterdir()) == [theirs]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_link_in_the_place_of_a_part_is_left_alone(
    home: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = killed(home, out, monkeypatch)
    theirs = part.rename(tmp_path / "theirs")
    part.symlink_to(theirs)
    LeftParts(home).sweep()
    assert part.is_symlink()
    assert theirs.exists()


@pytest.mark.parametrize("said", ["", "{", "[]", "{}", '{"part": 1, "device": 1}', '"é"'])
def test_a_damaged_note_keeps_nobody_from_opening(home: Path, said: str) -> None:
    (home / "writing-00.json").write_bytes(said.encode())
    LeftParts(home).sweep()
    assert list(home.iterdir()) == []


def test_a_home_that_takes_no_note_takes_no_list_either(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KnownError) as caught:
        write_csv(out / "a.csv", [Column("x")], [], LeftParts(home).noted)
    assert caught.value.message_id == "files.disk_full"
    assert list(out.iterdir()) == list(home.iterdir()) == []
