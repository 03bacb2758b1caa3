"""Opening what a person named as a file, when it may be anything.

A stick can hold a link to a device that never ends or a pipe that nobody writes to. Both are
refused before the first read; waiting for them or copying them would stop the PC.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path


class NotPlainFile(OSError):
    """A device, a pipe, a socket or a folder where a file was expected."""


class FileTooLarge(OSError):
    """A file beyond what its kind can have; read no further."""


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file for reading, without ever waiting. Raises OSError, NotPlainFile."""
    # Without O_NONBLOCK opening a pipe waits for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        plain = stat.S_ISREG(os.fstat(handle).st_mode)
    except OSError:
        os.close(handle)
        raise
    if not plain:
        os.close(handle)
        raise NotPlainFile(path.name)
    return os.fdopen(handle, "rb")


def read_small(path: Path, limit: int) -> bytes:
    """The bytes of a plain file of at most `limit` bytes. Raises OSError, FileTooLarge."""
    with open_plain(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise FileTooLarge(path.name)
    return content
