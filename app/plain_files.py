"""Opening what a person named as a file, when it may be anything.

A stick can hold a link to a device that never ends or a pipe that nobody writes to. Both are
refused before the first read; waiting for them or copying them would stop the PC.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


class NotPlainFile(OSError):
    """A device, a pipe, a socket or a folder where a file was expected."""


class FileTooLarge(OSError):
    """A file beyond what its kind can have; read no further."""


def is_folder(path: Path) -> bool:
    """Whether what somebody typed is a folder that is there and may be looked at.

    `Path.is_dir` raises for what is too long to be a name, and where looking is not allowed.
    """
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether what somebody typed is a plain file that is there and may be looked at."""
    try:
        return path.is_file()
    except OSError:
        return False


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file for reading, without ever waiting. Raises OSError, NotPlainFile."""
    # Without O_NONBLOCK opening a pipe waits for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except ValueError as error:  # a sign that no file's name can have
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path.name) from error
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
