"""`kill -9` at random moments of what `test_kills.py` leaves out: writing to the stick after the
bundle was sealed, taking an import back, using it again, restoring a backup.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from app.history.entities import ENTITIES
from app.settings import Settings
from tests.dumps import Dump
from tests.e2e.command_line import Prompt
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, Ground, children_of
from tests.faults.killing import AFTER, BEFORE, INSIDE, Victims, Waits, aims, copy_of
from tests.faults.test_kills import KILLS, NUMBERS, Giver, killed_at_random, report
from tests.long_runs import LONG, slice_or_all

LEAST = slice_or_all(3, KILLS)
#: The third commit of a sending notes the handover; the second one has noted its number.
_NUMBERED, _NOTED = 2, 3


def test_writing_to_the_stick_that_is_killed_is_healed_by_the_next(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the moment the number is noted: copying, reading back, renaming, noting the handover."""
    giver = Giver(ground, victims, tmp_path)
    giver.fresh()
    expected = children_of(Prompt(giver.home, monkeypatch), tmp_path)
    giver.fresh()
    sealed = victims.measure(giver.home, _NUMBERED, *giver.words)
    giver.fresh()
    noted = victims.measure(giver.home, _NOTED, *giver.words)
    within = Waits(
        {
            BEFORE: max(noted.before - sealed.before - sealed.inside, 0.01),
            INSIDE: noted.inside,
            AFTER: noted.after * 0.5,
        }
    )
    marks = {
        BEFORE: ("committed", _NUMBERED),
        INSIDE: ("begun", _NOTED),
        AFTER: ("committed", _NOTED),
    }
    counts: Counter[str] = Counter()
    for aim in aims(counts, LEAST):
        giver.fresh()
        wait = within.draw(aim, NUMBERS)
        death = victims.kill_past(giver.home, marks[aim], wait, *giver.words)
        within.note(aim, struck=death.code == -9 and death.phase(_NOTED) == aim)
        counts[death.phase(_NOTED) if death.code == -9 else "too late"] += 1
        giver.check(expected, monkeypatch)
    report("write to the stick", counts)


@pytest.fixture(scope="module")
def received(
    ground: Ground, victims: Victims, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The district's home after it received a commune's bundle, and the handover's id."""
    folder = tmp_path_factory.mktemp("received")
    giver, home = copy_of(ground.home(COMMUNE), folder / "giver"), folder / "home"
    (folder / "usb").mkdir()
    sent = victims.run(giver, "handover", "send", "--to", DISTRICT, "--out", folder / "usb")
    assert sent.code == 0, sent
    file = next((folder / "usb" / "TEBUNDLE").iterdir())
    got = victims.run(copy_of(ground.home(DISTRICT), home), "handover", "receive", file)
    assert got.code in (0, 4), got
    (one,) = json.loads(got.output[got.output.index("[") :])
    return home, one["handover"]


def test_an_undo_that_is_killed_is_there_or_not(
    received: tuple[Path, str], victims: Victims, tmp_path: Path
) -> None:
    home, handover = received
    words: list[str | Path] = ["handover", "undo", handover, "--reason", "sai sổ"]
    report("set aside", killed_at_random(victims, home, tmp_path / "home", words, LEAST))


def test_a_release_that_is_killed_is_there_or_not(
    received: tuple[Path, str], victims: Victims, tmp_path: Path
) -> None:
    home, handover = copy_of(received[0], tmp_path / "aside"), received[1]
    undone = victims.run(home, "handover", "undo", handover, "--reason", "sai sổ")
    assert undone.code == 0, undone
    words: list[str | Path] = ["handover", "release", handover]
    report("release", killed_at_random(victims, home, tmp_path / "home", words, LEAST))


def test_a_restore_killed_at_random_leaves_the_old_store_or_the_restored_one(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its one commit is that of the copy, which counts once it has its name: inside is between."""
    source, home = copy_of(ground.home(COMMUNE), tmp_path / "source"), tmp_path / "home"
    key = grounds.key_of(source)
    prompt = Prompt(source, monkeypatch)
    backup = Path(prompt.must("backup", "create")["file"])
    copied = grounds.dump(source, key)
    child = min(children_of(prompt, tmp_path))
    prompt.must("register", "set", child, "full_name=Trần Thị Đậu")
    before = grounds.dump(source, key)
    words: list[str | Path] = ["backup", "restore", backup]
    timing = victims.between(copy_of(source, home), ("begun", "committed", "ended"), *words)
    within = Waits(dict(zip((BEFORE, INSIDE, AFTER), timing, strict=True)))
    counts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for aim in aims(counts, LEAST):
        copy_of(source, home)
        mark = {BEFORE: None, INSIDE: "begun", AFTER: "committed"}[aim]
        # The copy gets its name in the last part of what follows its commit.
        death = victims.kill_from(home, mark, within.draw(aim, NUMBERS), *words)
        within.note(aim, struck=death.code == -9 and death.phase(1) == aim)
        counts[death.phase(1) if death.code == -9 else "too late"] += 1
        under_way = Settings(home).restored_path.exists()
        grounds.examine(home, key)
        outcomes[_outcome(grounds.dump(home, key), before, copied, under_way=under_way)] += 1
    tell_outcomes = ", ".join(f"{outcomes[name]} {name}" for name in sorted(outcomes))
    report(f"restore ({tell_outcomes})", counts)
    if LONG:  # three kills need not come to both
        assert outcomes["the old store"]
        assert outcomes["the restored store"] + outcomes["the restored store, put in place later"]


def _outcome(left: Dump, before: Dump, copied: Dump, *, under_way: bool) -> str:
    """What a home is after a restore that was killed: one of the two stores, whole."""
    if _replica(left) == _replica(before):
        assert left == before
        assert not under_way
        return "the old store"
    assert left["op"] == copied["op"] != before["op"]
    assert {name: left[name] for name in ENTITIES} == {name: copied[name] for name in ENTITIES}
    return "the restored store" + (", put in place later" if under_way else "")


def _replica(dump: Dump) -> str:
    return str(dict(dump["setting"])["replica"])
