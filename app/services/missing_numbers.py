"""The numbers of bundles that have not come, as people ask for them again."""

from __future__ import annotations

from app.i18n import number, text
from app.models.lines import Numbers


def gap_words(key: str, missing: Numbers, **more: str) -> str:
    """The sentence `key` of a gap, or where numbers are known to be missing `key` + `_numbers`."""
    if not missing:
        return text(key, **more)
    first, last = number(missing.first), number(missing.last)
    said = first if first == last else text("bundle.numbers", first=first, last=last)
    return text(f"{key}_numbers", numbers=said, **more)
