"""How the window looks on this PC: language and size of the text, for the next start.

They are read before anything is unlocked, so they stand in a plain file of the home and hold
nothing else. A missing or damaged file means the ordinary look.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.i18n import LANGUAGES
from app.settings import Settings

#: The sizes a person may choose from.
SCALES = (1.0, 1.15, 1.25, 1.5)
_FILE = "window.json"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`language` is `vi` or `en`, `scale` one of SCALES."""

    language: str = "vi"
    scale: float = 1.0


def read_preferences(settings: Settings) -> Preferences:
    """The preferences of a home; the run's own language when none were chosen."""
    ordinary = Preferences(settings.language, 1.0)
    try:
        said = json.loads((settings.home / _FILE).read_text(encoding="utf-8"))
        language, scale = str(said["language"]), float(said["scale"])
    except (OSError, ValueError, KeyError, TypeError):
        return ordinary
    if language not in LANGUAGES or scale not in SCALES:
        return ordinary
    return Preferences(language, scale)


def write_preferences(settings: Settings, chosen: Preferences) -> None:
    """Keep them for the next start. Raises OSError when the home cannot be written."""
    content = json.dumps({"language": chosen.language, "scale": chosen.scale})
    (settings.home / _FILE).write_text(content, encoding="utf-8")
