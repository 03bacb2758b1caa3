"""The technical log: what the program did, never about whom.

Only message ids, counts, durations and file sizes are written. A line is a fixed event name with
parameters of an allowed plain type; free text does not get through, so no name or id can slip in.
"""

from __future__ import annotations

import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

_EVENT = re.compile(r"[a-z][a-z0-9_.]{2,60}")
_TOKEN = re.compile(r"[A-Za-z0-9_.@:+-]{0,40}")
_logger = logging.getLogger("sotreem")
_logger.propagate = False
_logger.addHandler(logging.NullHandler())


class _OwnFile(RotatingFileHandler):
    """Makes its files readable by this user alone."""

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        return TextIOWrapper(os.fdopen(handle, "ab"), encoding=self.encoding)


def open_log(path: Path) -> None:
    """Send events to `path` (1 MiB, three old files kept). Called once by bootstrap."""
    close_log()
    handler = _OwnFile(path, maxBytes=1 << 20, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)


def close_log() -> None:
    """Close the file opened by `open_log`, if any."""
    for handler in list(_logger.handlers):
        if isinstance(handler, RotatingFileHandler):
            _logger.removeHandler(handler)
            handler.close()


def event(name: str, **parameters: int | float | str) -> None:
    """Write one event. A text parameter must be a short token (code, id of a bundle, rule name).

    Raises ValueError for anything that could be a person's name: spaces, letters with marks.
    """
    if not _EVENT.fullmatch(name):
        raise ValueError("event names are lower-case words joined by dots")
    for key, value in parameters.items():
        if isinstance(value, str) and not _TOKEN.fullmatch(value):
            raise ValueError(f"parameter {key} of {name} is not a short token")
    _logger.info(" ".join([name, *(f"{key}={value}" for key, value in parameters.items())]))
