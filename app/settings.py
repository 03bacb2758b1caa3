"""Where things are on this PC: the home of an installation and the program's own resources."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run of the program needs to know before anything is opened.

    `home` is the folder of one installation; several can live side by side.
    `language` is `vi` or `en`.
    """

    home: Path
    language: str = "vi"

    @property
    def store_path(self) -> Path:
        return self.home / "store.db"

    @property
    def drafts_path(self) -> Path:
        return self.home / "drafts.db"

    @property
    def keyslots_path(self) -> Path:
        return self.home / "keyslots.json"

    @property
    def backups_path(self) -> Path:
        return self.home / "backups"

    @property
    def lock_path(self) -> Path:
        return self.home / "in-use.lock"

    @property
    def incoming_path(self) -> Path:
        return self.home / "incoming"

    @property
    def evidence_path(self) -> Path:
        return self.home / "evidence"

    @property
    def restored_path(self) -> Path:
        """A restored store on its way: once it has this name, it takes the store's place."""
        return self.home / "restored.db"

    @property
    def installed(self) -> bool:
        """Whether something is installed in this home."""
        return self.keyslots_path.exists() or self.restored_path.exists()

    @property
    def seen_path(self) -> Path:
        """How far the store was when it was last used here."""
        return self.home / "seen.json"

    @property
    def checkup_path(self) -> Path:
        """When the store was last looked over, and whether it was found damaged."""
        return self.home / "checkup.json"

    @property
    def log_path(self) -> Path:
        return self.home / "sotreem.log"


def default_home() -> Path:
    """The home used when none is named: `SOTREEM_HOME`, else the user's data folder."""
    named = os.environ.get("SOTREEM_HOME")
    return Path(named) if named else Path(platformdirs.user_data_dir("SoTreEm", False))


def resources_dir() -> Path:
    """The folder `resources/`: beside the package in a checkout, inside the bundle when frozen."""
    frozen = getattr(sys, "_MEIPASS", None)
    base = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return base / "resources"
