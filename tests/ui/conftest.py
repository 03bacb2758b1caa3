"""Window and printing tests run without a screen unless one is asked for by the environment."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.missing import need_programs

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says of every window that it has no window manager."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture(autouse=True, scope="module")
def _cycles_are_freed_as_elsewhere() -> Iterator[None]:
    """A window frees cycles itself for as long as there is one; other tests have no such thread."""
    yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """A display of 1366×768 with a window manager; its number is found by the server itself."""
    need_programs("Xvfb", "openbox")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
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
    yield environment
    for process in (manager, server):
        process.terminate()
        process.wait()
