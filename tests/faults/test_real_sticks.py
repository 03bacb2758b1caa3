"""Sticks that are real file systems: what memory hides is found, and FAT32 takes a handover."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import KnownError
from app.sync import files, read_back
from tests.e2e.command_line import Prompt
from tests.faults.ground import COMMUNE, DISTRICT, Ground, children_of
from tests.faults.killing import copy_of
from tests.faults.stick_image import StickImage, ext4_image, fat32_image

NAME = "a.tebundle"


def _copy(source: Path, stick: StickImage, loses: bytes) -> Path:
    """Copy to a stick that loses `loses` as soon as it was told to keep it."""
    phases: list[str] = []

    def phase(name: str) -> None:
        phases.append(name)
        if name == "reading" and loses:
            stick.blank(loses)

    def step(_done: int, _total: int) -> None:
        assert phases

    done = files.copy_out(
        source, stick.folder / "TEBUNDLE", NAME, step, lambda _path: None, phase=phase
    )
    assert phases == ["writing", "reading"]
    return done


@pytest.fixture
def source(tmp_path: Path) -> Path:
    made = tmp_path / "sealed"
    made.write_bytes(os.urandom(1_500_000))
    return made


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (slice(300 * 4096, None), "files.fake_capacity"),
        (slice(100 * 4096, 200 * 4096), "files.read_back"),
    ],
    ids=["the end", "the middle"],
)
def test_what_a_stick_did_not_keep_is_found_although_the_pc_remembers_it(
    tmp_path: Path, source: Path, part: slice, named: str
) -> None:
    with ext4_image(tmp_path / "stick", 16) as stick:
        with pytest.raises(KnownError) as caught:
            _copy(source, stick, source.read_bytes()[part])
        assert caught.value.message_id == named
        assert str(caught.value.parameters["good"]) in ("1.2 MB", "1,2 MB", "410 KB")
        assert not list((stick.folder / "TEBUNDLE").iterdir())


def _remembered(path: Path) -> int:
    """A descriptor whose reading is answered from memory."""
    return os.open(path, os.O_RDONLY)


def test_without_reading_past_the_memory_the_same_stick_would_pass(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_back, "_open", _remembered)
    with ext4_image(tmp_path / "stick", 16) as stick:
        final = _copy(source, stick, source.read_bytes()[: 100 * 4096])
        assert final.read_bytes() == source.read_bytes(), "as the PC remembers it"
        read_back.forget_cached(final)
        assert final.read_bytes() != source.read_bytes(), "as whoever gets the stick finds it"


@pytest.mark.parametrize("image", [ext4_image, fat32_image], ids=["ext4", "fat32"])
def test_a_good_stick_gives_back_what_was_written_of_every_length(
    tmp_path: Path, image: Callable[[Path, int], StickImage]
) -> None:
    with image(tmp_path / "stick", 64) as stick:  # type: ignore[attr-defined]
        for at, length in enumerate((1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, 5_000_000)):
            source = tmp_path / "sealed"
            source.write_bytes(os.urandom(length))
            final = files.copy_out(
                source, stick.folder / "T", f"{at}.tebundle", lambda *_: None, lambda _path: None
            )
            assert final.read_bytes() == source.read_bytes()


def test_a_handover_travels_on_a_real_fat32_stick(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver = Prompt(copy_of(ground.home(COMMUNE), tmp_path / "giver"), monkeypatch)
    receiver = Prompt(copy_of(ground.home(DISTRICT), tmp_path / "receiver"), monkeypatch)
    with fat32_image(tmp_path / "stick") as stick:
        sent = giver.must("handover", "send", "--to", DISTRICT, "--out", stick.folder)
        file = Path(str(sent["file"]))
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sent["sha256"]
        assert [one.name for one in file.parent.iterdir()] == [file.name]
        receiver.must("handover", "receive", file, codes=(0, 4))
    assert children_of(receiver, tmp_path) == children_of(giver, tmp_path)
