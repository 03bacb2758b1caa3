"""A full disk during every command that writes: a sentence, exit 1, nothing lost, nothing half.

The free space is raised step by step until the command works, so that it fails at every place
where it can.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.counts import tell
from tests.dumps import Dump
from tests.e2e.command_line import Prompt
from tests.e2e.sentences import said_plainly
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, MAP, Ground, children_of
from tests.faults.killing import copy_of
from tests.faults.small_disk import SmallDisk, small_disk
from tests.long_runs import slice_or_all

KIB = 1024
_ALL = (0, 4, 12, 32, 64, 100, 160, 256, 400, 640, 1024, 2048, 4096, 8192)
STEPS = slice_or_all(_ALL[::2] + _ALL[-1:], _ALL)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("disk") / "mount", 24) as found:
        yield found


class Patient:
    """A home on the small disk that gets too little room."""

    def __init__(self, disk: SmallDisk, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.disk, self.source = disk, source
        self.home = disk.folder / "home"
        self.prompt = Prompt(self.home, monkeypatch)
        self.key = grounds.key_of(source)
        self.before = grounds.dump(source, self.key)

    def fresh(self) -> None:
        self.disk.empty()
        for old in self.disk.folder.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink()
        copy_of(self.source, self.home)

    def dump(self) -> Dump:
        return grounds.dump(self.home, self.key)

    def starve(
        self, *words: str | Path, may_differ: tuple[str, ...] = (), stick: Path | None = None
    ) -> dict[str, int]:
        """Give the command more and more room; message id → how often. It works in the end."""
        said: dict[str, int] = {}
        for leave in STEPS:
            self.fresh()
            if stick is not None:
                shutil.rmtree(stick, ignore_errors=True)
                stick.mkdir()
            self.disk.fill(leave * KIB)
            answer = self.prompt(*words)
            self.disk.empty()
            if answer.code in (0, 4):
                assert said, "there was always room enough: nothing was tested"
                command = " ".join(map(str, words[:2]))
                tell(f"full disk, {command}: works with {leave} KiB; before that {said}")
                return said
            name = said_plainly(answer)
            said[name] = said.get(name, 0) + 1
            grounds.examine(self.home, self.key)
            found = self.dump()
            differing = {table for table in found if found[table] != self.before[table]}
            assert differing <= set(may_differ), (leave, name)
            self.prompt.must(*words, codes=(0, 4))
            grounds.examine(self.home, self.key)
        raise AssertionError(f"never enough room: {said}")


Starving = Callable[[str], Patient]


@pytest.fixture
def starving(disk: SmallDisk, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Starving:
    return lambda unit: Patient(disk, ground.home(unit), monkeypatch)


def test_a_save_on_a_full_disk_changes_nothing(
    starving: Starving, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(ground.home(COMMUNE), tmp_path / "look")
    child = min(children_of(Prompt(home, monkeypatch), tmp_path))
    starving(COMMUNE).starve("register", "set", child, "full_name=Trần Thị Đậu")


def test_an_import_on_a_full_disk_changes_nothing(starving: Starving, tmp_path: Path) -> None:
    sheet = grounds.sheet_of(tmp_path / "more.csv", (COMMUNE,), 120, 11)
    starving(COMMUNE).starve("register", "import", sheet, "--columns", MAP)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_to_a_full_disk_leaves_no_file(
    starving: Starving, disk: SmallDisk, kind: str
) -> None:
    starving(COMMUNE).starve("register", "export", disk.folder / f"out.{kind}")
    assert not list(disk.folder.glob("*.part"))


def test_a_backup_on_a_full_disk_leaves_no_half_copy(starving: Starving) -> None:
    patient = starving(COMMUNE)
    patient.starve("backup", "create")
    copies = list((patient.home / "backups").iterdir())
    assert copies
    assert not [path for path in copies if path.suffix == ".part"]


def test_a_handover_from_a_full_disk_loses_nothing(starving: Starving, tmp_path: Path) -> None:
    starving(COMMUNE).starve(
        *("handover", "send", "--to", DISTRICT, "--out", tmp_path / "usb"),
        may_differ=("bundle_out", "counter", "handover", "op", "scope_out", "setting"),
        stick=tmp_path / "usb",
    )


def _bundle(ground: Ground, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (folder / "usb").mkdir()
    giver = Prompt(copy_of(ground.home(COMMUNE), folder / "giver"), monkeypatch)
    sent = giver.must("handover", "send", "--to", DISTRICT, "--out", folder / "usb")
    return Path(sent["file"])


def test_receiving_on_a_full_disk_changes_nothing(
    starving: Starving, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = _bundle(ground, tmp_path, monkeypatch)
    said = starving(DISTRICT).starve("handover", "receive", bundle)
    assert "handover.no_room" in said


def _plenty(_receiving: object, _bundle: object) -> None:
    """There was room enough a moment ago."""


def test_receiving_changes_nothing_when_the_room_vanishes_after_it_was_asked_for(
    starving: Starving, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = _bundle(ground, tmp_path, monkeypatch)
    monkeypatch.setattr("app.services.handover_receiving.Receiving._check_room", _plenty)
    said = starving(DISTRICT).starve("handover", "receive", bundle)
    assert "handover.no_room" not in said


def test_asking_for_a_certificate_on_a_full_disk_can_be_repeated(
    disk: SmallDisk, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Prompt(tmp_path / "new", monkeypatch)
    new.must("init", "--unit", DISTRICT, "--user", "an")
    patient = Patient(disk, new.home, monkeypatch)
    patient.starve(
        "enrol", "request", "--out", tmp_path / "request", may_differ=("trust", "setting")
    )


def test_setting_up_on_a_full_disk_can_be_repeated(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("init", "--unit", COMMUNE, "--user", "an")
    prompt = Prompt(disk.folder / "home", monkeypatch)
    failed = 0
    for leave in STEPS:
        disk.empty()
        shutil.rmtree(prompt.home, ignore_errors=True)
        disk.fill(leave * KIB)
        answer = prompt(*words)
        disk.empty()
        if answer.code == 0:
            break
        said_plainly(answer)
        failed += 1
        prompt.must(*words)
    assert failed
    prompt.must("selftest")
