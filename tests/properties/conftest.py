"""A fleet for the tests of one folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.properties.fleet import Fleet


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    made = Fleet()
    yield made
    made.close()
