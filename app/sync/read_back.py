"""Reading back what a stick was told to keep, as whoever receives the stick will find it.

What was just written is still in the PC's memory, and a plain reading comes from there: a stick of
fake capacity, which takes everything and keeps the first part, would pass. So the file is read past
the memory where the system allows it: on Linux with O_DIRECT, or after its pages were given up
(open(2), posix_fadvise(2)); on Windows with FILE_FLAG_NO_BUFFERING (CreateFileW). Elsewhere a new
opening has to do.

What this shows: the bytes of the file as the stick gives them back now. What it does not show: that
the stick's own table of files (FAT) was kept as well, which the system holds in memory until the
stick is taken out, nor that what the stick keeps in a buffer of its own outlives its being pulled.
The receiver's check of hash and signature finds either; sending is cumulative, so a bundle that was
lost so comes with the next.
"""

from __future__ import annotations

import errno
import mmap
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

BLOCK = 1 << 20
#: What a stick loses, it loses by blocks; a part of a block is given back by no drive.
_SECTOR = 4096
_DIRECT: int = getattr(os, "O_DIRECT", 0)
_BLANK = (b"\x00", b"\xff")


@dataclass(frozen=True, slots=True)
class Lost:
    """What came back otherwise. The first `good` of `total` bytes are as they were written.

    `blank`: behind them the stick gives back its length, and empty space: it took what it has no
    room for, which is how a stick of fake capacity behaves.
    """

    good: int
    total: int
    blank: bool


def compare(path: Path, source: Path, step: Callable[[int, int], None]) -> Lost | None:
    """Compare a file on a stick with the one it was copied from; None when it is the same.

    Raises OSError, and what `step` raises.
    """
    total, done = source.stat().st_size, 0
    good: int | None = None
    blank = path.stat().st_size == total
    with source.open("rb") as reading, past_the_memory(path) as next_block:
        while wanted := reading.read(BLOCK):
            found = next_block()
            if good is None and found != wanted:
                good = done + _same(wanted, found)
                blank = blank and _is_blank(found[good - done :])
            elif good is not None:
                blank = blank and _is_blank(found)
            done += len(wanted)
            step(min(done, total), total)
        if good is None and next_block():
            good, blank = total, False  # it became longer
    return None if good is None else Lost(good, total, blank)


def _same(wanted: bytes, found: bytes) -> int:
    """How many bytes are the same from the start, in whole sectors."""
    for at in range(0, len(wanted), _SECTOR):
        if wanted[at : at + _SECTOR] != found[at : at + _SECTOR]:
            return at
    return len(wanted)


def _is_blank(found: bytes) -> bool:
    return any(found == sign * len(found) for sign in _BLANK)


@contextmanager
def past_the_memory(path: Path) -> Iterator[Callable[[], bytes]]:
    """Blocks of a file as the drive gives them, b"" after the last. Raises OSError."""
    handle = _open(path)
    # A drive that is read past the memory wants room that lies on a page (open(2), NOTES).
    with FileIO(handle) as file, mmap.mmap(-1, BLOCK) as room, memoryview(room) as view:
        ended = False

        def next_block() -> bytes:
            nonlocal ended
            got = 0
            while not ended and got < BLOCK:
                read = file.readinto(view[got:]) or 0
                got += read
                # Behind an end that is no whole sector nothing can be read past the memory.
                ended = read == 0 or read % _SECTOR != 0
            return bytes(view[:got])

        yield next_block


def _open(path: Path) -> int:
    if sys.platform == "win32":
        return _open_on_windows(path)
    forget_cached(path)
    if _DIRECT:
        try:
            return os.open(path, os.O_RDONLY | _DIRECT)
        except OSError as error:
            # Not every file system can; its pages were given up above.
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
                raise
    return os.open(path, os.O_RDONLY)


def forget_cached(path: Path) -> None:
    """Let the system give up what it remembers of a file. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)  # what is not on the drive yet cannot be given up
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    except AttributeError:
        return  # macOS has no such call
    finally:
        os.close(handle)


def _open_on_windows(path: Path) -> int:
    """A handle that reads from the drive; a plain one where the drive refuses it."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        read, share, existing, unbuffered = 0x80000000, 0x7, 3, 0x20000000
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = ctypes.c_void_p
        handle = kernel.CreateFileW(str(path), read, share, None, existing, unbuffered, None)
        if handle not in (None, ctypes.c_void_p(-1).value):
            return msvcrt.open_osfhandle(handle, os.O_RDONLY)
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
