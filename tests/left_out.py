"""What a window's collection costs in the tests: it goes through windows, not through the suite.

While a register is shown the program leaves out of its collections whatever was there before; when
it is locked everything is gone through once. In an office that is the program, a tenth of a second.
In a run of the suite it is thousands of collected tests as well, half a second at the end of every
window. They were left out when they had been collected (`tests/conftest.py`) and stay so: the
window's collector can neither add to what is left out nor take back from it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.ui import collecting


class _Collection:
    """`gc`, for the window's collector: all of it but what decides what is left out."""

    def __getattr__(self, name: str) -> object:
        return getattr(gc, name)

    def freeze(self) -> None:
        """Leave out no more than the tests did."""

    def unfreeze(self) -> None:
        """Go through nothing that the tests left out."""


def leave_out_the_suite(patch: pytest.MonkeyPatch) -> None:
    """From now on, windows collect what was made since the tests were collected."""
    patch.setattr(collecting, "gc", _Collection())


@contextmanager
def as_shipped() -> Iterator[None]:
    """Inside, a window leaves out and takes back what it does in an office."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "gc", gc)
        yield
