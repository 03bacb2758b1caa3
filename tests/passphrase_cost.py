"""What a passphrase costs in the tests: next to nothing, except where the cost is what is tested.

The program makes each guess cost a quarter of a second (key slots) or a whole one (files of an
authority). The suite opens thousands of both, and what it asks about them is which secret opens
what. The cost stands in the file, so a cheap file opens everywhere; the program has no switch for
it: its constants are replaced here, in this process. What `python -m app` writes costs the full.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.crypto import age_stanzas, keyslots

#: As the program is shipped, read before anything is replaced.
SHIPPED_COST, SHIPPED_FACTOR = keyslots.COST, age_stanzas.WORK_FACTOR
#: The least that a file may say.
_CHEAP_COST, _CHEAP_FACTOR = (8, 1, 1), 1


def make_cheap(patch: pytest.MonkeyPatch) -> None:
    """From now on, what this process writes costs as little as can be."""
    patch.setattr(keyslots, "COST", _CHEAP_COST)
    patch.setattr(age_stanzas, "WORK_FACTOR", _CHEAP_FACTOR)


@contextmanager
def as_shipped() -> Iterator[None]:
    """Inside, what is written costs what it costs an office."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyslots, "COST", SHIPPED_COST)
        patch.setattr(age_stanzas, "WORK_FACTOR", SHIPPED_FACTOR)
        yield
