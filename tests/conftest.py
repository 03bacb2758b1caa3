"""What every test starts from."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import i18n
from tests import counts, long_stories
from tests.left_out import leave_out_the_suite
from tests.missing import need_programs, pytest_sessionfinish
from tests.passphrase_cost import make_cheap
from tests.places import put_files_in_memory
from tests.real_screen import PROGRAMS, real_screen
from tests.shared_statements import share_statements

__all__ = ["pytest_sessionfinish"]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """What a test has to pay for without asking about it is made cheap, before the first module
    makes a home: passphrases, compiled statements, the disk, collections. Counts are told."""
    patch = pytest.MonkeyPatch()
    make_cheap(patch)
    share_statements(patch)
    leave_out_the_suite(patch)
    config.add_cleanup(patch.undo)
    put_files_in_memory(config)
    config.pluginmanager.register(counts)
    if os.environ.get("SOTREEM_MEASURE"):
        config.pluginmanager.register(long_stories)


def pytest_collection_finish() -> None:
    """Five thousand collected tests stay to the end: nobody looks through them for garbage."""
    gc.collect()
    gc.freeze()


#: What takes long goes first: a worker that begins such a file last works alone. The fleet is one
#: test, and in the long run it takes longer than all others.
_FIRST = (
    "properties/test_fleet.py",
    *("e2e", "ui", "faults", "properties", "bench", "vectors", "integration"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """After the tests were shuffled, and all but a slice of the long stories left out: what takes
    long first, in its order; the rest as it came.

    The Makefile tells xdist to keep this order (`--no-loadscope-reorder`); its own puts files with
    few tests last, and those take longest.
    """
    tests = Path(__file__).parent
    long_stories.leave_out_long_stories(config, items)

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(tests)
        for name in (path.as_posix(), path.parts[0]):
            if name in _FIRST:
                return _FIRST.index(name)
        return len(_FIRST)

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _language_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that runs a command with `--lang en` leaves nothing behind: the process-wide
    language is put back, so no other test depends on the order."""
    monkeypatch.setattr(i18n, "_current", "vi")
    monkeypatch.setattr(i18n, "_unit_name", None)


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """The environment of a display with a window manager."""
    need_programs(*PROGRAMS)
    with real_screen() as environment:
        yield environment
