"""Homes and victims for the tests of faults: made once, copied for every try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.command_line import PASSPHRASE
from tests.faults import ground as ground_of
from tests.faults.ground import Ground
from tests.faults.killing import Victims
from tests.faults.killing import victims as start_victims


@pytest.fixture(scope="session")
def _ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    with pytest.MonkeyPatch.context() as patch:
        return ground_of.prepare(tmp_path_factory.mktemp("ground"), patch)


@pytest.fixture(scope="module")
def ground(_ground: Ground) -> Iterator[Ground]:
    """Enrolled homes of a province, a district and a commune with a register. No test writes into
    them; the passphrase stands in the environment meanwhile.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOTREEM_PASSPHRASE", PASSPHRASE)
        yield _ground


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """The process whose children are killed; prints at the end when death came."""
    with start_victims(tmp_path_factory.mktemp("victims")) as found:
        yield found
