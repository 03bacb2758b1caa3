"""The name of a file that a person typed into a dialog, with the ending of its kind."""

from __future__ import annotations

from pathlib import Path


def with_ending(typed: str, ending: str) -> Path:
    """The path as typed where it has the ending; else with that behind it, under a name that no
    file has: the dialog asked about the name as typed, not about this one.
    """
    path = Path(typed)
    if path.suffix.lower() == ending:
        return path
    # What stands behind a point is no ending here: «Biên bản 01.12» is a name.
    path = path.with_name(f"{path.name}{ending}")
    found, turn = path, 1
    while found.exists():
        turn += 1
        found = path.with_stem(f"{path.stem} ({turn})")
    return found
