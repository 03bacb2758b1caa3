"""Sticks that are full, locked, gone, or that lie: no file under its name, and nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from app.services import handover_sending
from app.services.handover_sending import Sending
from app.services.workplace import Cancelled
from app.sync import files
from app.sync.container import read_container
from app.sync.manifest import not_delivered_in
from tests.e2e.command_line import Prompt
from tests.e2e.sentences import said_plainly
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, Ground, children_of
from tests.faults.killing import copy_of
from tests.faults.small_disk import small_disk

#: What may be more after a bundle that did not reach the stick: its number.
#: With the first one it is noted, too, which units are in the receiver's scope from the beginning.
NUMBERED = {"bundle_out", "scope_out"}


class PowerCut(BaseException):
    """The power fails."""


def _power_cut(*_: object) -> None:
    raise PowerCut


class Giver:
    """A commune with a stick that gives trouble."""

    def __init__(self, ground: Ground, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self._ground, self._folder = ground, folder
        self.home = copy_of(ground.home(COMMUNE), folder / "giver")
        self.prompt = Prompt(self.home, monkeypatch)
        self.key = grounds.key_of(self.home)
        self.before = grounds.dump(self.home, self.key)
        self.stick = folder / "usb"
        self.stick.mkdir()

    def fails(self, stick: Path | None = None, *, numbered: bool = False) -> str:
        """The command fails with a sentence and leaves no bundle; the message id. `numbered`: it
        began to write, so a number is gone; else nothing of the store differs.
        """
        stick = stick or self.stick
        answer = self.prompt("handover", "send", "--to", DISTRICT, "--out", stick)
        name = said_plainly(answer)
        assert (
            stick.name in answer.document["message"]
            or COMMUNE.replace("@", "-") in answer.document["message"]
        )
        grounds.examine(self.home, self.key)
        found = grounds.dump(self.home, self.key)
        changed = {table for table in found if found[table] != self.before[table]}
        assert changed == (NUMBERED if numbered else set())
        if stick.exists():
            assert not list(stick.rglob("*.tebundle"))
            assert not list(stick.rglob("*.part"))
        assert self.prompt.must("handover", "unfinished") == []
        return name

    def heals(self, numbered: int = 0) -> None:
        """The next bundle, on a good stick, brings everything, under the next number; where numbers
        are gone nobody misses them.
        """
        good = self._folder / "good"
        good.mkdir()
        sent = self.prompt.must("handover", "send", "--to", DISTRICT, "--out", good)
        receiver = Prompt(
            copy_of(self._ground.home(DISTRICT), self._folder / "receiver"), self._patch
        )
        assert sent["seq"] == numbered + 1
        receiver.must("handover", "receive", sent["file"], codes=(0, 4))
        assert children_of(receiver, self._folder) == children_of(self.prompt, self._folder)
        units = receiver("handover", "deliveries").document["units"]
        assert [one["missing"] for one in units if one["unit"] == COMMUNE] == [[]]


@pytest.fixture
def giver(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Giver]:
    with monkeypatch.context() as patch:
        yield Giver(ground, tmp_path, patch)


def test_a_full_stick_is_said_and_the_next_one_brings_everything(
    giver: Giver, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "small", 1) as disk:
        for leave in (0, 4096, 16_384):
            disk.fill(leave)
            assert giver.fails(disk.folder) == "files.stick_full"
    giver.heals()


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (errno.ENOSPC, "files.disk_full"),
        (errno.EROFS, "files.read_only"),
        (errno.EIO, "files.unreadable"),
    ],
    ids=["full", "locked", "broken"],
)
def test_a_stick_that_fails_half_way_is_said(
    giver: Giver, monkeypatch: pytest.MonkeyPatch, said: int, named: str
) -> None:
    real = files._private

    class Failing(Lying):
        def flush(self) -> None:
            self._file.write(self._held[: len(self._held) // 2])
            self._file.flush()
            raise OSError(said, os.strerror(said))

    def private(path: Path) -> BinaryIO | Lying:
        return Failing(real(path), bytes) if giver.stick in path.parents else real(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "_private", private)
        assert giver.fails(numbered=True) == named
    giver.heals(1)


def test_a_stick_locked_against_writing_is_said(giver: Giver, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 1) as disk, disk.read_only():
        assert giver.fails(disk.folder) == "files.read_only"
    giver.heals()


def test_a_stick_that_is_not_there_is_not_made_on_the_internal_disk(giver: Giver) -> None:
    giver.stick.rmdir()
    assert giver.fails() == "files.no_folder"
    assert not giver.stick.exists()
    giver.heals()


def test_a_stick_with_a_file_where_the_folder_should_be_hands_nothing_over(giver: Giver) -> None:
    (giver.stick / "TEBUNDLE").write_text("x", encoding="ascii")
    assert giver.fails() in ("files.gone", "files.unreadable")
    assert giver.prompt.must("handover", "list") == []
    giver.heals()


def test_a_sending_cut_off_after_the_stick_is_finished_by_the_file_or_dropped(
    giver: Giver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("handover", "send", "--to", DISTRICT, "--out")

    def cut_off() -> str:
        with monkeypatch.context() as patch:
            patch.setattr(Sending, "_note_what_arrived", _power_cut)
            with pytest.raises(PowerCut):
                giver.prompt(*words, giver.stick)
        assert giver.prompt.must("handover", "list") == []
        found = giver.prompt.must("handover", "unfinished")
        return str(found[-1]["id"])

    one = cut_off()
    empty = tmp_path / "empty"
    empty.mkdir()
    assert said_plainly(giver.prompt("handover", "finish", one, "--out", empty)) == (
        "handover.not_on_stick"
    )
    giver.prompt.must("handover", "drop", one)
    assert said_plainly(giver.prompt("handover", "drop", one)) == "handover.not_unfinished"
    two = cut_off()
    (file,) = (path for path in (giver.stick / "TEBUNDLE").iterdir() if "000002" in path.name)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert giver.prompt("handover", "finish", two, "--out", giver.stick).code == 1
    file.write_bytes(whole)
    # Whoever looks for the file on the stick names the folder in which it lies.
    giver.prompt.must("handover", "finish", two, "--out", giver.stick / "TEBUNDLE")
    assert giver.prompt.must("handover", "unfinished") == []
    (noted,) = giver.prompt.must("handover", "list")
    assert (noted["id"], noted["seq"], noted["file"]) == (two, 2, file.name)
    giver.prompt.must("handover", "record", two, "--out", tmp_path / "record.pdf")
    again = giver.prompt.must(*words, giver.stick / "TEBUNDLE")
    assert Path(again["file"]).parent == file.parent


@pytest.mark.parametrize("moment", ["read back", "renamed"])
def test_a_stick_pulled_out_on_the_way_is_said(
    giver: Giver, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Once the file had its name it may lie there whole: a person, or the receiver, has to say."""
    real = files.read_back
    times = iter(("read back", "renamed"))

    def pulled(path: Path, *more: Any) -> None:
        if giver.stick in path.parents and next(times) == moment:
            shutil.rmtree(giver.stick)
        real(path, *more)

    with monkeypatch.context() as patch:
        patch.setattr(files, "read_back", pulled)
        if moment == "read back":
            assert giver.fails(numbered=True) == "files.gone"
        else:
            answer = giver.prompt("handover", "send", "--to", DISTRICT, "--out", giver.stick)
            assert said_plainly(answer) == "handover.may_be_sent"
            (one,) = giver.prompt.must("handover", "unfinished")
            giver.prompt.must("handover", "drop", one["id"])
    giver.heals(1)


class Lying:
    """A file that says it has written what it has not."""

    def __init__(self, file: BinaryIO, keep: Callable[[bytes], bytes]) -> None:
        self._file, self._keep, self._held = file, keep, b""

    def write(self, block: bytes) -> int:
        self._held += block
        return len(block)

    def flush(self) -> None:
        self._file.write(self._keep(self._held))
        self._held = b""
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()

    def __enter__(self) -> Lying:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


LIES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "drops everything": (lambda _: b"", "files.read_back"),
    "drops a block in the middle": (lambda data: data[:4096] + data[8192:], "files.read_back"),
    "cuts the end off": (lambda data: data[:-700], "files.read_back"),
    "takes blocks in another order": (
        lambda data: data[4096:8192] + data[:4096] + data[8192:],
        "files.read_back",
    ),
    "turns one bit": (
        lambda data: data[:9000] + bytes([data[9000] ^ 1]) + data[9001:],
        "files.read_back",
    ),
    "writes a block twice": (lambda data: data[:4096] + data, "files.read_back"),
    "begins anew where it is full": (
        lambda data: data[:8192] + data[: len(data) - 8192],
        "files.read_back",
    ),
    "keeps nothing": (lambda data: bytes(len(data)), "files.fake_capacity"),
    "keeps the first blocks": (
        lambda data: data[:8192] + b"\xff" * (len(data) - 8192),
        "files.fake_capacity",
    ),
}


@pytest.mark.parametrize(("lie", "named"), LIES.values(), ids=LIES.keys())
def test_a_stick_that_lies_is_found_out_before_the_file_has_its_name(
    giver: Giver, monkeypatch: pytest.MonkeyPatch, lie: Callable[[bytes], bytes], named: str
) -> None:
    real = files._private
    renamed: list[str] = []
    rename = os.replace

    def private(path: Path) -> BinaryIO | Lying:
        return Lying(real(path), lie) if giver.stick in path.parents else real(path)

    def replace(source: Path, target: Path) -> None:
        renamed.append(str(target))
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(files, "_private", private)
        patch.setattr(os, "replace", replace)
        assert giver.fails(numbered=True) == named
    assert not [target for target in renamed if str(giver.stick) in target]


def test_a_stick_that_loses_the_file_while_it_is_renamed_is_found_out(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.replace

    def replace(source: Path, target: Path) -> None:
        rename(source, target)
        if giver.stick in Path(target).parents:
            with Path(target).open("rb+") as file:
                file.truncate(2000)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        assert giver.fails(numbered=True) == "files.read_back"
    giver.heals(1)


def test_a_stick_that_gets_full_while_the_bundle_is_sealed_costs_no_number(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked before the register is counted, and for the very size before the number is noted."""
    asked: list[int] = []
    room = shutil.disk_usage

    def usage(place: str | Path) -> Any:
        found = room(place)
        if giver.stick not in (Path(place), Path(place).parent):
            return found
        asked.append(1)
        return found if len(asked) < 3 else found._replace(free=4096)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", usage)
        assert giver.fails() == "files.stick_full"
    assert len(asked) == 3
    giver.heals()


def test_who_stops_the_copying_is_missed_by_nobody(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice in a row: all the numbers that went nowhere are named, until one arrives after all."""
    words = ("handover", "send", "--to", DISTRICT, "--out", giver.stick)

    def stopped(*_: object, **__: object) -> Path:
        raise Cancelled

    with monkeypatch.context() as patch:
        patch.setattr(handover_sending, "copy_out", stopped)
        for _ in range(2):
            assert giver.prompt(*words).document["error"] == "work.cancelled_late"
    giver.heals(2)


def test_a_number_whose_file_may_lie_somewhere_is_not_called_undelivered(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("handover", "send", "--to", DISTRICT, "--out", giver.stick)
    with monkeypatch.context() as patch:
        patch.setattr(Sending, "_note_what_arrived", _power_cut)
        with pytest.raises(PowerCut):
            giver.prompt(*words)
    (lost,) = giver.stick.rglob("*.tebundle")
    lost.unlink()
    sent = giver.prompt.must(*words)
    assert not_delivered_in(manifest_of(Path(sent["file"]))) == frozenset()
    (one,) = giver.prompt.must("handover", "unfinished")
    giver.prompt.must("handover", "drop", one["id"])
    sent = giver.prompt.must(*words)
    assert not_delivered_in(manifest_of(Path(sent["file"]))) == {1}


def manifest_of(file: Path) -> bytes:
    """The stored manifest of a bundle."""
    with file.open("rb") as source:
        return read_container(source, file.name).manifest
