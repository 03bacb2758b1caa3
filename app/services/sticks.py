"""The sticks that are in this PC now: where a bundle is written to, and where one comes from.

Found by asking the system which drives can be taken out; a drive that cannot be asked is none.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: FILE_READ_ONLY_VOLUME of GetVolumeInformationW.
_READ_ONLY_VOLUME = 0x00080000
_MOUNTS, _BLOCKS = Path("/proc/mounts"), Path("/sys/class/block")


@dataclass(frozen=True, slots=True)
class Stick:
    """A drive that can be taken out: its folder, its name ("" for none), free and whole bytes."""

    folder: Path
    name: str
    free: int
    whole: int
    read_only: bool


def sticks() -> list[Stick]:
    """The sticks in the order of their folders."""
    found = _of_windows() if sys.platform == "win32" else _of_linux(_MOUNTS, _BLOCKS)
    return sorted(found, key=lambda one: str(one.folder))


def _of_linux(mounts: Path, blocks: Path) -> Iterator[Stick]:
    """Mounted sticks and cards (proc(5), mounts; sysfs-block)."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        device, point, _kind, options, *_ = line.split(" ")
        if not lies_on_stick(device, blocks):
            continue
        folder = Path(unescaped(point))
        read_only = "ro" in options.split(",")
        yield from _stick(folder, folder.name, read_only=read_only)


def is_removable(device: str, blocks: Path = _BLOCKS) -> bool:
    """Whether a mounted device (`/dev/sdb1`) is a drive that can be taken out, or lies on one."""
    if not device.startswith("/dev/"):
        return False
    block = blocks / Path(device).name
    for place in (block / "removable", block.resolve().parent / "removable"):
        try:
            return place.read_text(encoding="ascii").strip() == "1"
        except OSError:
            continue
    return False


def lies_on_stick(device: str, blocks: Path = _BLOCKS) -> bool:
    """Whether a mounted device is a stick or a card. That it may be taken out is not enough: of
    built-in disks many controllers say so, because they could be changed while the PC runs.
    """
    if not is_removable(device, blocks):
        return False
    parts = (blocks / Path(device).name).resolve().parts
    return any(one.startswith(("usb", "mmc_host")) for one in parts)


def unescaped(point: str) -> str:
    """A mount point as the kernel writes it: space, tab, backslash and line feed in octal."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, letter)
    return point


def _stick(folder: Path, name: str, *, read_only: bool) -> Iterator[Stick]:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return  # taken out meanwhile
    yield Stick(folder, name, usage.free, usage.total, read_only)


def _of_windows() -> list[Stick]:
    """The drives that Windows calls removable (GetDriveTypeW), if there is a card in them."""
    found: list[Stick] = []
    if sys.platform == "win32":
        import ctypes

        removable, kernel = 2, ctypes.windll.kernel32
        for drive in _letters():
            if kernel.GetDriveTypeW(drive) != removable:
                continue
            label, flags = ctypes.create_unicode_buffer(261), ctypes.c_ulong()
            told = ctypes.byref(flags)
            if kernel.GetVolumeInformationW(drive, label, 261, None, None, told, None, 0):
                read_only = bool(flags.value & _READ_ONLY_VOLUME)
                found += _stick(Path(drive), label.value, read_only=read_only)
    return found


def _letters() -> Iterator[str]:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        yield f"{letter}:\\"
