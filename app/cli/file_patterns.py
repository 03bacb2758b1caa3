"""Patterns such as `*.tebundle`, which the command line of Windows hands on as they are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def expanded(files: Iterable[Path]) -> list[Path]:
    """The files that are meant, each once, those of a pattern by name.

    A file that is really called so is meant itself; a pattern that fits nothing stays as it is, so
    that whoever opens it says that there is no such file.
    """
    meant: dict[Path, None] = {}
    for file in files:
        pattern = any(sign in file.name for sign in "*?[") and not file.exists()
        found = sorted(file.parent.glob(file.name)) if pattern else []
        meant.update(dict.fromkeys(found or [file]))
    return list(meant)
