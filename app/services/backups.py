"""Verified copies of the store, made by hand or once a day. Restoring one is another use case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import KnownError
from app.models import backup
from app.models.log import last_position
from app.plain_files import is_file
from app.services.rights import Right
from app.services.workplace import Workplace

#: How old the newest copy may get, in hours.
DAILY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class BackupView:
    """A backup: its file and size in bytes."""

    file: Path
    bytes: int


class Backups:
    """Use cases on backups. Every copy is encrypted under the data key of this installation."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def create(self) -> BackupView:
        """Make and verify a backup now. Raises KnownError `backup.failed`, `backup.damaged`."""
        self._workplace.require(Right.ADMIN)
        made = backup.make(self._workplace.settings, self._workplace.dek)
        self._workplace.audit("backup", file=made.name, bytes=made.stat().st_size)
        return BackupView(made, made.stat().st_size)

    def daily(self) -> bool:
        """Make and verify the backup of the day, unasked; whether one was due.

        None is while nothing was ever saved here: it would stand for the day that is typed
        afterwards. Nor is one made of a store that is only read. Raises KnownError as `create`.
        """
        store = self._workplace.store
        with store.read() as reading:
            empty = last_position(reading) == 0
        if empty or store.refusal is not None:
            return False
        settings, dek = self._workplace.settings, self._workplace.dek
        return backup.if_older_than(settings, dek, DAILY_HOURS) is not None

    def verify(self, file: Path | None) -> BackupView:
        """Check a backup, the newest one when none is named.

        Raises KnownError `backup.none`, `backup.no_file`, `backup.damaged`, `backup.other_key`.
        """
        chosen = self._newest() if file is None else file
        if not is_file(chosen):
            raise KnownError("backup.no_file", "backup.no_file_hint", file=chosen.name)
        try:
            backup.verify(chosen, self._workplace.dek)
        except KnownError as error:
            if error.message_id != "store.wrong_key":
                raise
            raise KnownError(
                "backup.other_key", "backup.other_key_hint", file=chosen.name
            ) from error
        return BackupView(chosen, chosen.stat().st_size)

    def all(self) -> list[BackupView]:
        """Every backup of this installation, the newest first."""
        found = backup.copies(self._workplace.settings)
        return [BackupView(path, path.stat().st_size) for path in found]

    def newest(self) -> datetime | None:
        """When the newest backup was made, None before the first."""
        return backup.newest(self._workplace.settings)

    def _newest(self) -> Path:
        found = self.all()
        if not found:
            raise KnownError("backup.none", "backup.none_hint")
        return found[0].file
