"""A stick of its own: a file system in an image file, mounted; what lies on it can be changed
behind the back of the system that has it mounted, as a lying stick does.
"""

from __future__ import annotations

import mmap
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.missing import machine_cannot, need_programs


@dataclass(frozen=True)
class StickImage:
    """The mounted folder and the image behind it."""

    folder: Path
    image: Path

    def blank(self, content: bytes) -> None:
        """What of `content` lies on the stick is gone: empty space from there on."""
        size, place = 4096, 0
        with self.image.open("r+b") as file, mmap.mmap(file.fileno(), 0) as held:
            for at in range(0, len(content), size):
                block = content[at : at + size]
                place = max(held.find(block, place), held.find(block, 0, place))
                assert place >= 0, "it never came to the stick"
                held[place : place + len(block)] = bytes(len(block))


@contextmanager
def ext4_image(folder: Path, megabytes: int) -> Iterator[StickImage]:
    """A stick that the kernel keeps in its memory like any other."""
    need_programs("mkfs.ext4", "mount", "umount")
    image = _image(folder, megabytes)
    _make("mkfs.ext4", "-q", "-O", "^has_journal", image)
    with _mounted(folder, image, [["mount", "-t", "ext4", "-o", "loop"]]) as mounted:
        yield mounted


@contextmanager
def fat32_image(folder: Path, megabytes: int = 64) -> Iterator[StickImage]:
    """A real FAT32 stick: by the kernel, or where it has none of it, by a program of its own."""
    need_programs("mkfs.vfat", "mount", "umount")
    image = _image(folder, megabytes)
    _make("mkfs.vfat", "-F", "32", image)
    ways = [["mount", "-t", "vfat", "-o", "loop"], ["fusefat", "-o", "rw+"]]
    with _mounted(folder, image, ways) as mounted:
        yield mounted


def _image(folder: Path, megabytes: int) -> Path:
    folder.mkdir()
    image = folder / "image"
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    return image


def _make(*words: str | Path) -> None:
    subprocess.run([str(one) for one in words], check=True, capture_output=True)


@contextmanager
def _mounted(folder: Path, image: Path, ways: list[list[str]]) -> Iterator[StickImage]:
    point = folder / "usb"
    point.mkdir()
    for way in ways:
        try:
            done = subprocess.run([*way, str(image), str(point)], check=False, capture_output=True)
        except FileNotFoundError:
            continue
        if done.returncode == 0:
            break
    else:
        machine_cannot(f"no image can be mounted here by {' or '.join(way[0] for way in ways)}")
    try:
        yield StickImage(point, image)
    finally:
        subprocess.run(["umount", "--lazy", str(point)], check=True)
