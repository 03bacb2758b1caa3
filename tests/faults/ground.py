"""Enrolled homes with invented families, and what must hold of a home whatever happened to it."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app import logs
from app.models import audit, integrity, soundness
from app.services.home import HomeLock, finish_restore
from app.services.installation import Unlocked, open_workplace, unlock
from app.services.invented import generate
from app.services.invented.sheet import write_csv
from app.services.workplace import Workplace
from app.settings import Settings
from tests.dumps import Dump, dump_store
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt

PROVINCE, DISTRICT, COMMUNE, SIBLING = "51@2024", "522@2024", "21208@2024", "21256@2024"
MAP = Path(__file__).resolve().parents[2] / "resources" / "import_maps" / "register-sample.json"
#: All that may lie in a home at rest; drafts appear when somebody types.
_AT_REST = frozenset(
    (
        "store.db",
        "keyslots.json",
        "in-use.lock",
        "sotreem.log",
        "drafts.db",
        "wrong-tries",
        "seen.json",
        "checkup.json",
        "reopening.json",
        "reopening.request",
    )
)
_AUTHORITY = frozenset(("root.age", "authority.age", "escrow.age", "authority-key.age"))


@dataclass(frozen=True)
class Ground:
    """A province, its district and communes, enrolled; the communes hold a register."""

    folder: Path
    fingerprint: str
    sheet: Path

    def home(self, unit: str) -> Path:
        return self.folder / unit.replace("@", "-")


def sheet_of(path: Path, communes: tuple[str, ...], children: int, seed: int) -> Path:
    """An invented register as the communes keep it in Excel."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(generate(seed, children, communes, date(2025, 6, 1)), file)
    return path


def prepare(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    communes: tuple[str, ...] = (COMMUNE,),
    children: int = 60,
) -> Ground:
    """Set the homes up through the command line, as the offices would."""
    homes = Homes(folder, monkeypatch)
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    district = homes.init(DISTRICT)
    homes.enrol(province, district, root)
    sheet = sheet_of(folder / "sheet.csv", communes, children, 3)
    for unit in communes:
        prompt = homes.init(unit)
        homes.enrol(district, prompt, root)
        prompt.must("register", "import", sheet, "--columns", MAP, codes=(0, 4))
    for leftover in folder.glob("*/enrol.*"):
        leftover.unlink()
    return Ground(folder, root, sheet)


def key_of(home: Path) -> bytes:
    """The data key of a home (a copy of a home has the same)."""
    return unlock(Settings(home), PASSPHRASE).dek


def dump(home: Path, key: bytes) -> Dump:
    return dump_store(Settings(home).store_path, key)


def strangers(home: Path) -> list[str]:
    """Files in a home that have no business there once nothing runs."""
    found = []
    for path in sorted(home.rglob("*")):
        if path.is_dir():
            continue
        inside = path.relative_to(home)
        folder = inside.parent.as_posix()
        name = inside.name.removesuffix("-wal").removesuffix("-shm")
        known = {
            ".": name in _AT_REST,
            "authority": inside.name in _AUTHORITY,
            "backups": inside.name.endswith((".db", ".keyslots.json"))
            and (path.parent / f"{inside.name.split('.')[0]}.db").exists(),
        }
        if not known.get(folder, False):
            found.append(str(inside))
    return found + [str(p.relative_to(home)) for p in home.glob("*-*/")]


def examine(home: Path, key: bytes) -> None:
    """Open a home as the program does and let it prove itself; nothing may lie about after."""
    settings = Settings(home)
    with ExitStack() as stack:
        stack.enter_context(HomeLock(settings.lock_path, "test"))
        stack.callback(logs.close_log)
        logs.open_log(settings.log_path)
        finish_restore(settings)
        workplace = open_workplace(settings, Unlocked(key, "an"))
        stack.callback(workplace.store.close)
        _prove(workplace)
    assert strangers(home) == []


def _prove(workplace: Workplace) -> None:
    with workplace.store.read() as reading:
        assert soundness.page_errors(reading) == []
        assert soundness.cipher_errors(reading) == []
        assert integrity.wrong_operations(reading) == 0
        assert audit.first_break(reading) is None
    with workplace.write() as work:
        assert integrity.differing_tables(work) == []


def children_of(prompt: Prompt, folder: Path) -> dict[str, dict[str, str]]:
    """Every child a home exports, by id."""
    out = folder / "all-children.csv"
    prompt.must("register", "export", out, "--headers", "names")
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = {row["child_uid"]: row for row in csv.DictReader(file)}
    out.unlink()
    return found
