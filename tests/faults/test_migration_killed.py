"""`kill -9` while a store of an older program is brought to the shape of this one.

Wherever it happens, the store is whole in the old shape or in the new one, the backup that is made
before is whole or not there, and the next start goes on as if nothing had been.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from pathlib import Path

import pytest
from alembic import command

from app.models import migrate
from app.models.connection import connect
from app.settings import Settings
from tests.counts import tell
from tests.dumps import Dump
from tests.e2e.command_line import Prompt
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, Ground
from tests.faults.killing import Victims, copy_of
from tests.long_runs import LONG

NUMBERS = random.Random(secrets.randbits(32))
OLDEST = "0001"
WORDS = ("register", "search", "Nguyễn")
KILLS = 120 if LONG else 6
#: What a killed start may leave: the old shape, the old shape with its backup, the new shape.
OLD, BACKED_UP, NEW = "old", "backed up", "new"


@pytest.fixture(scope="module")
def old_home(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a register, in the oldest shape there ever was."""
    home = copy_of(ground.home(COMMUNE), tmp_path_factory.mktemp("old") / "home")
    for backup in (home / "backups").iterdir():
        backup.unlink()
    engine = connect(Settings(home).store_path, grounds.key_of(home))
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), OLDEST)
    engine.dispose()
    return home


def _phase(home: Path, key: bytes) -> str:
    engine = connect(Settings(home).store_path, key)
    try:
        with engine.connect() as connection:
            revision = migrate.revision_of(connection)
    finally:
        engine.dispose()
    assert revision in (OLDEST, migrate.HEAD)
    if revision == migrate.HEAD:
        return NEW
    return BACKED_UP if list((home / "backups").glob("*.db")) else OLD


def _goes_on(
    victims: Victims, home: Path, key: bytes, whole: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    for copy in (home / "backups").glob("*.db"):
        assert copy.with_suffix(".keyslots.json").exists()
        Prompt(home, monkeypatch).must("backup", "verify", copy)
    assert victims.run(home, *WORDS).code == 0
    assert list((home / "backups").glob("*.db"))
    grounds.examine(home, key)
    assert grounds.dump(home, key) == whole


def test_a_migration_that_is_killed_leaves_the_old_shape_or_the_new_one(
    old_home: Path, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, key = tmp_path / "home", grounds.key_of(old_home)
    lasts = victims.between(copy_of(old_home, home), ("backed_up", "migrated", "opened"), *WORDS)
    whole = grounds.dump(home, key)
    assert _phase(home, key) == NEW
    counts: Counter[str] = Counter()
    stages = list(zip((None, "backed_up", "migrated"), lasts, strict=True))
    for at in range(KILLS * 5):
        if at >= KILLS and all(counts[one] for one in (OLD, BACKED_UP, NEW)):
            break
        copy_of(old_home, home)
        mark, last = stages[at % 3]
        # A machine that got quicker or slower since it was measured is met just behind the mark.
        longest = last if at < KILLS else last / 20
        death = victims.kill_from(home, mark, NUMBERS.uniform(0.0, longest), *WORDS)
        counts[_phase(home, key) if death.code == -9 else "too late"] += 1
        _goes_on(victims, home, key, whole, monkeypatch)
    tell(f"kills of a migration: {sum(counts.values())}; {dict(sorted(counts.items()))}")
    assert all(counts[one] for one in (OLD, BACKED_UP, NEW)), counts


def test_a_migration_that_is_killed_before_any_step_of_its_backup_goes_on(
    old_home: Path, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, key = tmp_path / "home", grounds.key_of(old_home)
    steps = victims.run(copy_of(old_home, home), *WORDS).marks["events"]
    whole = grounds.dump(home, key)
    chosen = range(1, steps + 1) if LONG else sorted(NUMBERS.sample(range(1, steps + 1), 3))
    for step in chosen:
        death = victims.run(copy_of(old_home, home), *WORDS, die_at=step)
        assert death.code == -9, death
        _goes_on(victims, home, key, whole, monkeypatch)
    tell(f"steps of a start that migrates: killed before {len(chosen)} of {steps}")
