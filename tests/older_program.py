"""Bundles as a program sealed them that did not yet state its counts inside the bundle."""

from __future__ import annotations

import pytest


def seal_without_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing is stated in what is sealed."""
    monkeypatch.setattr("app.sync.bundle_writer.seal_stated", lambda *_: None)
