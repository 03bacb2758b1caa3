"""What every test starts from."""

from __future__ import annotations

import pytest

from app import i18n
from tests import counts
from tests.missing import pytest_sessionfinish
from tests.passphrase_cost import make_cheap

__all__ = ["pytest_sessionfinish"]


def pytest_configure(config: pytest.Config) -> None:
    """Passphrases cost next to nothing, before the first module makes a home; counts are told."""
    patch = pytest.MonkeyPatch()
    make_cheap(patch)
    config.add_cleanup(patch.undo)
    config.pluginmanager.register(counts)


@pytest.fixture(autouse=True)
def _language_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that runs a command with `--lang en` leaves nothing behind: the process-wide
    language is put back, so no other test depends on the order."""
    monkeypatch.setattr(i18n, "_current", "vi")
