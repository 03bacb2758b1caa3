"""`kill -9` while something is saved, imported, handed over, received: before or after, never half.

The long run (SOTREEM_LONG=1) makes at least 200 kills at random moments of every command and one
kill before every single step that reaches the disk.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.counts import tell
from tests.dumps import Dump
from tests.e2e.command_line import Prompt
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, MAP, Ground, children_of
from tests.faults.killing import AFTER, BEFORE, INSIDE, Death, Victims, aims, copy_of, waits
from tests.long_runs import LONG

KILLS = 64 if LONG else 4
#: Commands that say so when they find their work done.
_DONE_ONCE = (["handover", "receive"], ["handover", "undo"], ["handover", "release"])
NUMBERS = random.Random(secrets.randbits(32))


def killed_at_random(
    victims: Victims, home: Path, work: Path, words: list[str | Path], least: int = KILLS
) -> Counter[str]:
    """Kill a command of one transaction again and again; how many died in which phase.

    What it did is done once: given again after its death it comes to what one whole run comes to.
    """
    key = grounds.key_of(home)
    before = grounds.dump(home, key)
    within = waits(victims.measure(copy_of(home, work), 2, *words))
    after = grounds.dump(work, key)
    assert after != before
    rehearsed = victims.run(copy_of(home, work), *words)
    assert rehearsed.code in (0, 4), rehearsed
    assert grounds.dump(work, key) == after, "the command is not the same twice: no comparison"
    counts: Counter[str] = Counter()
    for number, aim in enumerate(aims(counts, least)):
        copy_of(home, work)
        death = victims.kill(work, 2, aim, within.draw(aim, NUMBERS), *words)
        phase = death.phase(2)
        counts[phase if death.code == -9 else "too late"] += 1
        within.note(aim, struck=death.code == -9 and phase == aim)
        _before_or_after(work, key, death, before, after)
        if number % 3:
            continue
        was_done = grounds.dump(work, key) == after
        again = victims.run(work, *words)
        # A file that was taken in whole before the death is known now: nothing is left to do (1).
        # So it is with what was taken back, or used again.
        known = was_done and words[:2] in _DONE_ONCE
        assert again.code in ((1,) if known else (0, 4)), again
        assert _without_twice(grounds.dump(work, key), after) == {}
    return counts


def _before_or_after(home: Path, key: bytes, death: Death, before: Dump, after: Dump) -> None:
    grounds.examine(home, key)
    found = grounds.dump(home, key)
    expected = {BEFORE: [before], INSIDE: [before, after], AFTER: [after]}[death.phase(2)]
    assert found in expected, f"{death.phase(2)}: {_differing(found, before)}"


def _differing(one: Dump, other: Dump) -> list[str]:
    return sorted(name for name in one if one[name] != other.get(name))


def _without_twice(found: Dump, after: Dump) -> dict[str, int]:
    """Tables in which a command given again after its death left more than one given once."""
    return {
        name: len(rows) - len(after[name])
        for name, rows in found.items()
        if len(rows) != len(after[name])
    }


def report(name: str, counts: Counter[str]) -> None:
    total = sum(counts[phase] for phase in (BEFORE, INSIDE, AFTER))
    tell(
        f"kills of {name}: {total}; before commit {counts[BEFORE]}, inside {counts[INSIDE]},"
        f" after {counts[AFTER]}, too late {counts['too late']}"
    )
    assert all(counts[phase] for phase in (BEFORE, INSIDE, AFTER)), counts
    # Of send, write, receive, undo and restore together at least 200 that struck.
    assert not LONG or total >= 40, counts


def test_a_save_that_is_killed_is_there_or_not(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ground.home(COMMUNE)
    child = min(children_of(Prompt(copy_of(home, tmp_path / "look"), monkeypatch), tmp_path))
    words: list[str | Path] = ["register", "set", child, "full_name=Trần Thị Đậu"]
    report("save", killed_at_random(victims, home, tmp_path / "home", words))


def test_an_import_that_is_killed_is_there_or_not(
    ground: Ground, victims: Victims, tmp_path: Path
) -> None:
    sheet = grounds.sheet_of(tmp_path / "more.csv", (COMMUNE,), 40, 11)
    words: list[str | Path] = ["register", "import", sheet, "--columns", MAP]
    counts = killed_at_random(victims, ground.home(COMMUNE), tmp_path / "home", words)
    report("import", counts)


@pytest.fixture(scope="module")
def bundle(ground: Ground, victims: Victims, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    home = copy_of(ground.home(COMMUNE), folder / "home")
    (folder / "usb").mkdir()
    sent = victims.run(home, "handover", "send", "--to", DISTRICT, "--out", folder / "usb")
    assert sent.code == 0, sent
    return next((folder / "usb" / "TEBUNDLE").iterdir())


def test_a_receipt_that_is_killed_is_there_or_not(
    ground: Ground, victims: Victims, bundle: Path, tmp_path: Path
) -> None:
    words: list[str | Path] = ["handover", "receive", bundle]
    counts = killed_at_random(victims, ground.home(DISTRICT), tmp_path / "home", words)
    report("receive", counts)


class Giver:
    """A commune that hands over to its district, dies on the way, and tries again."""

    def __init__(self, ground: Ground, victims: Victims, folder: Path) -> None:
        self.ground, self.victims, self.folder = ground, victims, folder
        self.home, self.stick = folder / "giver", folder / "usb"
        self.receiver = folder / "receiver"
        self.key = grounds.key_of(ground.home(COMMUNE))
        self.before = grounds.dump(ground.home(COMMUNE), self.key)
        self.words: list[str | Path] = [
            *("handover", "send", "--to", DISTRICT, "--out", self.stick)
        ]

    def fresh(self) -> None:
        shutil.rmtree(self.stick, ignore_errors=True)
        self.stick.mkdir()
        copy_of(self.ground.home(COMMUNE), self.home)

    def check(self, expected: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> str:
        """What holds after a death; then the next bundle heals everything. Which state it was."""
        grounds.examine(self.home, self.key)
        found = grounds.dump(self.home, self.key)
        state = self._state(found)
        again = self.victims.run(self.home, *self.words)
        assert again.code == 0, again
        files = sorted((self.stick / "TEBUNDLE").iterdir())
        assert all(file.suffix == ".tebundle" for file in files), files
        self._no_number_twice(files)
        self._every_file_is_a_handover(files)
        copy_of(self.ground.home(DISTRICT), self.receiver)
        got = self.victims.run(self.receiver, "handover", "receive", *files)
        assert got.code in (0, 4), got
        results = json.loads(got.output[got.output.index("[") :])
        assert {one["status"] for one in results} == {"imported"}
        assert children_of(Prompt(self.receiver, monkeypatch), self.folder) == expected
        return state

    def _state(self, found: Dump) -> str:
        changed = _differing(found, self.before)
        if not changed:
            return "nothing"
        assert len(found["bundle_out"]) == len(self.before["bundle_out"]) + 1
        if set(changed) == {"bundle_out", "scope_out", "setting"}:
            return "numbered"
        assert set(changed) == {"bundle_out", "counter", "handover", "op", "scope_out"}
        assert len(found["op"]) == len(self.before["op"]) + 1
        return "handed over"

    def _every_file_is_a_handover(self, files: list[Path]) -> None:
        """What lies whole on the stick is in the register, what does not is unfinished at most."""
        found = grounds.dump(self.home, self.key)
        noted = [str(row[6]) for row in found["bundle_out"] if row[11] is not None]
        assert sorted(noted) == sorted(file.name for file in files)

    def _no_number_twice(self, files: list[Path]) -> None:
        """A number that left this PC names one content for ever, and the store knows it."""
        key = grounds.key_of(self.home)
        noted = {bytes(row[0]): row[3] for row in grounds.dump(self.home, key)["bundle_out"]}
        assert len(set(noted.values())) == len(noted)
        for file in files:
            head = file.read_bytes()
            size = int(head[124:135], 8)
            manifest = head[512 : 512 + size]
            bundle_id = hashlib.sha256(manifest).digest()
            assert noted.get(bundle_id) == json.loads(manifest)["seq"], file.name


def test_a_handover_that_is_killed_is_healed_by_the_next(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver = Giver(ground, victims, tmp_path)
    giver.fresh()
    expected = children_of(Prompt(giver.home, monkeypatch), tmp_path)
    giver.fresh()
    steps = victims.run(giver.home, *giver.words).marks["events"]
    chosen = range(1, steps + 1) if LONG else _spread(steps, 5)
    states: Counter[str] = Counter()
    for step in chosen:
        giver.fresh()
        death = victims.run(giver.home, *giver.words, die_at=step)
        assert death.code == -9
        states[giver.check(expected, monkeypatch)] += 1
    tell(f"steps of send: killed before {len(chosen)} of {steps}: {dict(states)}")
    assert set(states) <= {"nothing", "numbered", "handed over"}
    assert {"nothing", "handed over"} <= set(states)
    giver.fresh()
    within = waits(victims.measure(giver.home, 2, *giver.words))
    counts: Counter[str] = Counter()
    for aim in aims(counts, KILLS):
        giver.fresh()
        death = victims.kill(giver.home, 2, aim, within.draw(aim, NUMBERS), *giver.words)
        counts[death.phase(2) if death.code == -9 else "too late"] += 1
        within.note(aim, struck=death.code == -9 and death.phase(2) == aim)
        giver.check(expected, monkeypatch)
    report("send", counts)


def _spread(steps: int, count: int) -> list[int]:
    """`count` of the steps 1 … `steps`, first and last among them, drawn anew each run."""
    middle = NUMBERS.sample(range(2, steps), min(count - 2, steps - 2))
    return sorted({1, steps, *middle})
