"""What a killed process left of a file outside the home: found again by a note, and removed.

A list of children is written beside its place before it takes its name; killed in between, the
part lies there in the clear, on a folder or stick that this program may never be asked about again.
So where it will lie is noted in the home first. Removes only what stands noted under a name of our
own; a part whose folder or stick is gone stays noted until it can be reached.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import logs
from app.services.home import write_secret
from app.workbooks.writing import is_part_name

_NOTES = "writing-*.json"


class LeftParts:
    """The notes of one home. The caller holds the home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._being_written: set[Path] = set()

    @contextmanager
    def noted(self, part: Path) -> Iterator[None]:
        """Keep `part` noted for the length of the block; it is gone, or still noted, after it.

        What an earlier process left in the same folder goes first. The note is on the disk before
        the block begins. Raises KnownError `files.…` when the home takes no note, OSError when the
        part's folder is not there.
        """
        place = part.absolute()
        said = {"part": str(place), "device": place.parent.stat().st_dev}
        self.sweep(place.parent)
        note = self._home / _NOTES.replace("*", os.urandom(6).hex())
        self._being_written.add(note)
        try:
            write_secret(note, json.dumps(said).encode("ascii"))
            yield
        finally:
            self._being_written.discard(note)
            _settle(note)

    def sweep(self, folder: Path | None = None) -> None:
        """Remove the parts that stand noted (in `folder`: there alone) and that nobody writes."""
        for note in sorted(self._home.glob(_NOTES)):
            if note not in self._being_written:
                _settle(note, folder)


def _settle(note: Path, folder: Path | None = None) -> None:
    """Remove a noted part, then its note. A part out of reach stays noted."""
    try:
        said = json.loads(note.read_text(encoding="ascii"))
        part, device = Path(said["part"]), int(said["device"])
    except FileNotFoundError:
        return  # the home took no note: no part was begun
    except (ValueError, KeyError, TypeError):
        logs.event("part.note_damaged")
        note.unlink(missing_ok=True)
        return
    if folder is not None and part.parent != folder:
        return
    try:
        if not _remove(part) and part.parent.stat().st_dev != device:
            return  # another stick is in this place now
    except OSError as error:
        logs.event("part.out_of_reach", errno=error.errno or 0)
        return
    note.unlink(missing_ok=True)


def _remove(part: Path) -> bool:
    """Whether a part of ours lay there; it no longer does. Raises OSError."""
    try:
        mode = part.lstat().st_mode
    except FileNotFoundError:
        return False
    if not (is_part_name(part.name) and stat.S_ISREG(mode)):
        return False
    part.unlink()
    return True
