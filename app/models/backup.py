"""Backups: a verified copy of the store beside its key slots.

`VACUUM INTO` a `.part`, reopened with the key, checked, and only then renamed; seven daily and four
weekly copies are kept, and apart from these two of what restores replaced. A backup is encrypted
under the same data key, and the key slots travel with it, or it could not be opened on another PC.
A copy is dated by this PC's clock, which may be wrong: one from a day that has not come counts as
older than all others, and never as the backup of today.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from app.crypto.keyslots import sync_folder, write_file
from app.errors import KnownError
from app.models import soundness
from app.models.connection import connect, world_failure
from app.settings import Settings

DAILY, WEEKLY = 7, 4
#: How many copies of what restores replaced are kept; none of them stands for a day or a week.
REPLACED = 2
#: The end of the name of what a restore replaced.
BEFORE_RESTORE = "-before-restore"
#: Its moment, and which one of that very second it is.
_NAME = re.compile(r"store-(\d{8}-\d{6})(?:-(\d{1,3}))?(?:-[a-z-]+)?\.db")


def make(settings: Settings, dek: bytes, label: str = "", spare: Path | None = None) -> Path:
    """Write and verify one backup; returns its path. `spare` is not thinned out this time.

    Raises KnownError `backup.failed` (disk full, damaged copy) and leaves no half copy behind.
    """
    settings.backups_path.mkdir(mode=0o700, exist_ok=True)
    final = free_name(settings.backups_path, label)
    part = final.with_suffix(".part")
    try:
        copy_whole(settings.store_path, part, dek)
        verify(part, dek)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        # They come to the disk before the copy has its name: without them it opens nowhere else.
        write_file(final.with_suffix(".keyslots.json"), settings.keyslots_path.read_bytes())
        part.replace(final)
        sync_folder(settings.backups_path)
    except KnownError as error:
        part.unlink(missing_ok=True)
        if error.message_id == "store.disk_full":
            raise KnownError("backup.failed", "backup.failed_hint") from error
        raise
    except Exception as error:
        part.unlink(missing_ok=True)
        raise KnownError("backup.failed", "backup.failed_hint") from error
    _thin_out(settings.backups_path, spare)
    return final


def free_name(folder: Path, label: str = "", *, kind: str = "store") -> Path:
    """Names tell the second: another copy of the same one does not take the place of the first."""
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    names = (f"{kind}-{stamp}{'' if n == 1 else f'-{n}'}{label}.db" for n in range(1, 1000))
    return next(path for name in names if not (path := folder / name).exists())


def copy_whole(store: Path, to: Path, dek: bytes) -> None:
    """Copy a store as it stands at this moment, while others may go on writing.

    Raises KnownError `store.damaged`, `store.unreadable`, `store.disk_full`.
    """
    to.unlink(missing_ok=True)
    # An empty file is what VACUUM INTO accepts besides none; made here, nobody else may read it.
    to.touch(mode=0o600)
    engine = connect(store, dek)
    try:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(to),))
        except dbapi2.Error as error:
            known = world_failure(error, store)
            if known is None:
                raise
            raise known from error
        finally:
            raw.close()
    finally:
        engine.dispose()


def verify(path: Path, dek: bytes) -> None:
    """Raise KnownError `backup.damaged` unless the copy is a whole store that could be used.

    Raises KnownError `store.wrong_key` for what does not open under this key.
    """
    beside = [Path(str(path) + suffix) for suffix in ("-wal", "-shm")]
    ours = [one for one in beside if not one.exists()]
    try:
        sound = _is_sound(path, dek)
    except KnownError as error:
        if error.message_id != "store.damaged":
            raise
        sound = False
    finally:
        for one in ours:
            one.unlink(missing_ok=True)
    if not sound:
        raise KnownError("backup.damaged", "backup.damaged_hint", file=path.name)


def _is_sound(path: Path, dek: bytes) -> bool:
    engine = connect(path, dek)
    try:
        with engine.connect() as connection:
            # The pages first: what stands on them is asked only where they can be read.
            return (
                not soundness.cipher_errors(connection)
                and soundness.is_store(connection)
                and not soundness.quick_errors(connection)
            )
    finally:
        engine.dispose()


def newest(settings: Settings) -> datetime | None:
    """When the newest backup was made, None before the first.

    What a restore replaced is none of the store that stands now.
    """
    found = _dated(settings.backups_path)
    return next((made for made, path in found if not _is_replaced(path)), None)


def copies(settings: Settings) -> list[Path]:
    """Every backup of this installation, the newest first."""
    return [path for _made, path in _dated(settings.backups_path)]


def dated(settings: Settings) -> list[tuple[datetime, Path]]:
    """(when, file) of every backup, the newest first."""
    return _dated(settings.backups_path)


def newest_sound(settings: Settings, dek: bytes) -> Path | None:
    """The newest backup that checks out: what a damaged store is to be replaced with."""
    for path in copies(settings):
        if _is_replaced(path):
            continue  # it was kept because something was wrong with it
        try:
            verify(path, dek)
        except KnownError:
            continue  # an older one may do
        return path
    return None


def before_migration(settings: Settings, dek: bytes) -> None:
    """The backup that every migration begins with."""
    make(settings, dek, "-before-update")


def if_older_than(settings: Settings, dek: bytes, hours: float) -> Path | None:
    """Make a backup when the newest is older than that; what an import begins with."""
    last = newest(settings)
    now = datetime.now(tz=UTC)
    if last is not None and 0 <= (now - last).total_seconds() < hours * 3600:
        return None
    return make(settings, dek)


def _dated(folder: Path) -> list[tuple[datetime, Path]]:
    """(when, file) of every backup, the newest first; behind them those of days to come.

    What bears another name was put there by a person and is none of ours; a file without a byte is
    a backup of nothing.
    """
    found: list[tuple[datetime, int, Path]] = []
    for path in folder.glob("store-*.db"):
        named = _NAME.fullmatch(path.name)
        if named is None or not path.stat().st_size:
            continue
        try:
            made = datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue  # digits, but no date
        found.append((made, int(named[2] or 1), path))
    now = datetime.now(tz=UTC)
    found.sort(key=lambda one: (one[0] <= now, *one), reverse=True)
    return [(made, path) for made, _number, path in found]


def _is_replaced(path: Path) -> bool:
    """Whether a restore put it aside."""
    return path.stem.endswith(BEFORE_RESTORE)


def _thin_out(folder: Path, spare: Path | None = None) -> None:
    """Keep the newest copy of each of the last 7 days and of each of the last 4 weeks.

    What restores replaced is thinned apart: it is no backup of the day, and pushes none out.
    """
    every = _dated(folder)
    spared = None if spare is None else spare.resolve()
    found = [one for one in every if not _is_replaced(one[1])]
    keep: set[Path] = {path for _made, path in found[:2]}
    keep |= set([path for _made, path in every if _is_replaced(path)][:REPLACED])
    days: dict[date, Path] = {}
    weeks: dict[tuple[int, int], Path] = {}
    for made, path in found:
        days.setdefault(made.date(), path)
        weeks.setdefault(made.date().isocalendar()[:2], path)
    keep |= set(list(days.values())[:DAILY]) | set(list(weeks.values())[:WEEKLY])
    for _made, path in every:
        if path not in keep and path.resolve() != spared:
            path.unlink()
            path.with_suffix(".keyslots.json").unlink(missing_ok=True)
