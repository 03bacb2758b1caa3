"""What people write on a command line, as it may be used: names of files and folders, and text."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

#: What the reader of paths says of one that names nothing.
NO_PATH = "no path"
#: What is said of text with a byte that belongs to no letter.
BROKEN = "broken letters"


def path(written: str) -> Path:
    """A file or folder that is named. It may be called by any bytes (PEP 383).

    Raises ArgumentTypeError for an empty name: it would be the folder somebody happens to stand
    in, and what is written there may be a key. A variable that is not set gives one.
    """
    if not written.strip():
        raise ArgumentTypeError(NO_PATH)
    return Path(written)


def whole(written: str) -> str:
    """Text that can be written as UTF-8: a terminal hands on any byte. Raises ArgumentTypeError."""
    try:
        written.encode()
    except UnicodeEncodeError as error:
        raise ArgumentTypeError(BROKEN) from error
    return written
