"""How much of a law is tried: a slice in every run, all of it in the long one.

`make test-long` tries all of it.
"""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

LONG = bool(os.environ.get("SOTREEM_LONG"))


def slice_or_all(slice_: T, all_: T) -> T:
    """What is tried in every run, or what is tried in the long one."""
    return all_ if LONG else slice_
