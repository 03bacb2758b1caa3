"""A screen with a window manager, for tests and figures that need a real window.

    python -m tests.real_screen COMMAND …

runs a command there (`make bench-window`) and ends with its exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

#: What has to be installed.
PROGRAMS = ("Xvfb", "openbox")
#: The screen of the old PC that the program is made for.
_SIZE = "1366x768x24"


@contextmanager
def real_screen() -> Iterator[dict[str, str]]:
    """An environment with a display of 1366×768 and a window manager on it, for as long as it is
    held; the number of the display is found by the server itself. Needs `PROGRAMS`.
    """
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    manager = subprocess.Popen(
        ["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield environment
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def main(command: Sequence[str]) -> int:
    """Run a command there; its exit code."""
    with real_screen() as environment:
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
