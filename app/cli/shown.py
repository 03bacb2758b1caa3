"""How values that may be masked stand in an answer of a command."""

from __future__ import annotations

from collections.abc import Mapping

from app.i18n import text
from app.services.masking import MASKED, Shown


def document_of(values: Mapping[str, Shown]) -> dict[str, object]:
    """Values for `--json`, by name. A masked one is `{"masked": true}`, which no value is."""
    return {
        name: {"masked": True} if values[name] is MASKED else values[name]
        for name in sorted(values)
    }


def words_of(value: Shown) -> str:
    """A value for people; a masked one says so in words."""
    if value is MASKED:
        return text("masking.mask")
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
