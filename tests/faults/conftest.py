"""Homes and victims for the tests of faults: made once a file, copied for every try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import ground as ground_of
from tests.faults.ground import Ground
from tests.faults.killing import Victims
from tests.faults.killing import victims as start_victims


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Enrolled homes of a province, a district and a commune with a register."""
    patch = pytest.MonkeyPatch()
    yield ground_of.prepare(tmp_path_factory.mktemp("ground"), patch)
    patch.undo()


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """The process whose children are killed; prints at the end when death came."""
    with start_victims(tmp_path_factory.mktemp("victims")) as found:
        yield found
