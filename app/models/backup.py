"""Backups: a verified copy of the store beside its key slots.

`VACUUM INTO` a `.part`, reopened with the key, checked, and only then renamed; seven daily and four
weekly copies are kept. A backup is encrypted under the same data key, and the key slots travel
with it, or it could not be opened on another PC.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from app.errors import KnownError
from app.models.connection import connect
from app.settings import Settings

DAILY, WEEKLY = 7, 4


def make(settings: Settings, dek: bytes, label: str = "") -> Path:
    """Write and verify one backup; returns its path.

    Raises KnownError `backup.failed` (disk full, damaged copy) and leaves no half copy behind.
    """
    settings.backups_path.mkdir(mode=0o700, exist_ok=True)
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    final = settings.backups_path / f"store-{stamp}{label}.db"
    part = final.with_suffix(".part")
    part.unlink(missing_ok=True)
    # An empty file is what VACUUM INTO accepts besides none; made here, nobody else may read it.
    part.touch(mode=0o600)
    engine = connect(settings.store_path, dek)
    try:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(part),))
        finally:
            raw.close()
        verify(part, dek)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        shutil.copy(settings.keyslots_path, final.with_suffix(".keyslots.json"))
        part.replace(final)
    except KnownError:
        part.unlink(missing_ok=True)
        raise
    except Exception as error:
        part.unlink(missing_ok=True)
        raise KnownError("backup.failed", "backup.failed_hint") from error
    finally:
        engine.dispose()
    _thin_out(settings.backups_path)
    return final


def verify(path: Path, dek: bytes) -> None:
    """Raise KnownError `backup.damaged` unless the copy opens and checks out."""
    engine = connect(path, dek)
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check").scalar()
        if said != "ok":
            raise KnownError("backup.damaged", "backup.damaged_hint", file=path.name)
    finally:
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(str(path) + suffix).unlink(missing_ok=True)


def newest(settings: Settings) -> datetime | None:
    """When the newest backup was made, None before the first."""
    made = [_made(path) for path in settings.backups_path.glob("store-*.db")]
    return max(made, default=None)


def before_migration(settings: Settings, dek: bytes) -> None:
    """The backup that every migration begins with."""
    make(settings, dek, "-before-update")


def if_older_than(settings: Settings, dek: bytes, hours: float) -> Path | None:
    """Make a backup when the newest is older than that; what an import begins with."""
    last = newest(settings)
    now = datetime.now(tz=UTC)
    if last is not None and (now - last).total_seconds() < hours * 3600:
        return None
    return make(settings, dek)


def _made(path: Path) -> datetime:
    return datetime.strptime(path.stem[6:21], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


def _thin_out(folder: Path) -> None:
    """Keep the newest copy of each of the last 7 days and of each of the last 4 weeks."""
    copies = sorted(folder.glob("store-*.db"), reverse=True)
    keep: set[Path] = set(copies[:2])
    days: dict[date, Path] = {}
    weeks: dict[tuple[int, int], Path] = {}
    for path in copies:
        made = _made(path).date()
        days.setdefault(made, path)
        weeks.setdefault(made.isocalendar()[:2], path)
    keep |= {days[day] for day in sorted(days, reverse=True)[:DAILY]}
    keep |= {weeks[week] for week in sorted(weeks, reverse=True)[:WEEKLY]}
    for path in copies:
        if path not in keep:
            path.unlink()
            path.with_suffix(".keyslots.json").unlink(missing_ok=True)
