"""Village names as two hands write them: `Thôn 2`, `thôn Hai`, `T.2`, `Thôn II`, `thôn2`.

A list says little of what a village is called besides its name, so the kind does not count here.
"""

from __future__ import annotations

from functools import lru_cache

from app.matching.unit_words import key_of
from app.services.village_names import village_words


@lru_cache(maxsize=1 << 12)
def village_key(text: str) -> str:
    """What two spellings of one village have in common; "" for none. Another name, or another
    number, is another village.
    """
    return key_of(village_words().parted(text.split(",")[0]).words)
