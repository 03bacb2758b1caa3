"""How far a command is, in a file that outlives whoever is killed."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

#: What the marks mean, in order. A store that is migrated on the way is `backed_up` and `migrated`.
NAMES = ("opened", "begun", "committed", "events", "ended", "backed_up", "migrated")
MARKS = struct.Struct(f"<{len(NAMES)}I")


class Marks:
    """How far a child is; numbers in a shared file."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), MARKS.size)

    def read(self) -> dict[str, int]:
        return dict(zip(NAMES, MARKS.unpack(self._shared[: MARKS.size]), strict=True))

    def add(self, name: str) -> int:
        at = NAMES.index(name) * 4
        (value,) = struct.unpack_from("<I", self._shared, at)
        struct.pack_into("<I", self._shared, at, value + 1)
        return int(value) + 1

    def get(self, name: str) -> int:
        return int(struct.unpack_from("<I", self._shared, NAMES.index(name) * 4)[0])

    def clear(self) -> None:
        self._shared[: MARKS.size] = bytes(MARKS.size)
