"""Window and printing tests run without a screen unless one is asked for by the environment."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app import i18n
from app.ui.theme import Theme, apply_theme
from tests.long_runs import slice_or_all

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
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(params=slice_or_all(["en"], ["vi", "en"]))
def large_letters(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    """The scale of letters half as large again, to open a window with, in each language that is
    tried; afterwards language and letters are as they were.
    """
    before = i18n.language()
    i18n.set_language(request.param)
    yield 1.5
    i18n.set_language(before)
    apply_theme(qapp, Theme())
