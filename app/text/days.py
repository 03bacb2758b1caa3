"""Stored days as people write them."""

from __future__ import annotations


def day_in_words(stored: str) -> str:
    """A stored date, of which day or month may be unknown, as it is written in Viet Nam: `2019-05`
    is 05/2019. Other text, "" among it, stays as it is.
    """
    return "/".join(reversed(stored.split("-")))
