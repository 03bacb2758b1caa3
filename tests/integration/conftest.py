"""Installations for the tests of one folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.workplace import Workplace
from tests.integration.registers import Made
from tests.workplaces import COMMUNE, make_workplace


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """Makes installations, each of a unit, and closes them after the test."""
    open_ones: list[Workplace] = []

    def make(unit: str = COMMUNE) -> Workplace:
        open_ones.append(make_workplace(tmp_path / f"pc{len(open_ones)}", unit))
        return open_ones[-1]

    yield make
    for one in open_ones:
        one.store.close()
