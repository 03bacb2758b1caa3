"""Where the tests put their files: in memory, where there is room for them.

The program syncs whatever it writes, and a disk that others use takes many milliseconds each time.
A test that asks about a disk makes one of its own (`tests/faults/small_disk.py`).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made inside
#: Bytes free in memory above which it is used: a run of the whole suite leaves less than a quarter.
_ROOM = 4 * 1024**3


def fast_folder() -> Path:
    """A new folder, in memory where there is room for one; the caller takes it away."""
    return Path(tempfile.mkdtemp(prefix="sotreem-tests-", dir=_MEMORY if _has_room() else None))


def _has_room() -> bool:
    return _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM


def put_files_in_memory(config: pytest.Config) -> None:
    """Have `tmp_path` made there unless `--basetemp` says otherwise, and taken away at the end.

    The workers of xdist get theirs inside, told by the process that starts them.
    """
    if config.option.basetemp is None and _has_room():
        folder = fast_folder()
        config.option.basetemp = str(folder)
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
