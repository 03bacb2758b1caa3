"""What every test starts from."""

from __future__ import annotations

import pytest

from app import i18n
from tests.missing import pytest_sessionfinish

__all__ = ["pytest_sessionfinish"]


@pytest.fixture(autouse=True)
def _language_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that runs a command with `--lang en` leaves nothing behind: the process-wide
    language is put back, so no other test depends on the order."""
    monkeypatch.setattr(i18n, "_current", "vi")
