"""One bundle, two receivers at the same moment: two processes on one home, two PCs of one unit."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.history.entities import ENTITIES
from tests.counts import tell
from tests.dumps import Dump
from tests.e2e.command_line import Homes, Prompt
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, Ground
from tests.faults.killing import Death, Victims, copy_of
from tests.faults.killing import victims as start_victims
from tests.long_runs import slice_or_all

TRIES = slice_or_all(1, 40)
#: What two PCs show of the same operations; ids of bundles and the place in the log are their own.
_SHOWN = (*ENTITIES, "conflict")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """A second process that runs commands."""
    with start_victims(tmp_path_factory.mktemp("others")) as found:
        yield found


@pytest.fixture(scope="module")
def bundle(ground: Ground, victims: Victims, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commune hands over to its district."""
    folder = tmp_path_factory.mktemp("bundle")
    home = copy_of(ground.home(COMMUNE), folder / "home")
    (folder / "usb").mkdir()
    sent = victims.run(home, "handover", "send", "--to", DISTRICT, "--out", folder / "usb")
    assert sent.code == 0, sent
    return next((folder / "usb" / "TEBUNDLE").iterdir())


@dataclass(frozen=True)
class Alone:
    """The district's home, and what it holds before and after one process received the bundle."""

    home: Path
    key: bytes
    before: Dump
    after: Dump


@pytest.fixture(scope="module")
def alone(
    ground: Ground, victims: Victims, bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Alone:
    home = ground.home(DISTRICT)
    key = grounds.key_of(home)
    work = copy_of(home, tmp_path_factory.mktemp("alone") / "home")
    got = victims.run(work, "handover", "receive", bundle)
    assert got.code in (0, 4), got
    return Alone(home, key, grounds.dump(home, key), grounds.dump(work, key))


def document(death: Death) -> Any:
    start = min(at for at in (death.output.find("["), death.output.find("{")) if at >= 0)
    return json.loads(death.output[start:])


def said(death: Death) -> str:
    """What a receiving came to: the status of its file, or why it did not begin."""
    found = document(death)
    return str(found["error"] if isinstance(found, dict) else found[0]["status"])


def check_one_imported(home: Path, alone: Alone, deaths: list[Death]) -> tuple[str, ...]:
    """The bundle was taken in once, and the home is what it would be with one process."""
    told = tuple(sorted(map(said, deaths)))
    assert told.count("imported") == 1, deaths
    assert set(told) <= {"imported", "already", "home.in_use"}, deaths
    for death in deaths:
        assert death.code in ((0, 4) if said(death) == "imported" else (1,)), death
    grounds.examine(home, alone.key)
    found = grounds.dump(home, alone.key)
    differing = [name for name in found if found[name] != alone.after[name]]
    assert differing == [], differing
    return told


def test_a_second_process_comes_while_the_first_one_is_in_its_transaction(
    alone: Alone, bundle: Path, victims: Victims, others: Victims, tmp_path: Path
) -> None:
    home = copy_of(alone.home, tmp_path / "home")
    first = victims.start(home, "handover", "receive", bundle, halt_at=("begun", 2))
    victims.await_halt(first)
    others.start(home, "handover", "receive", bundle)
    victims.go_on(first)
    deaths = [victims.end(), others.end()]
    assert said(deaths[0]) == "imported"
    check_one_imported(home, alone, deaths)


def test_two_processes_receive_one_bundle_into_one_home_at_once(
    alone: Alone, bundle: Path, victims: Victims, others: Victims, tmp_path: Path
) -> None:
    counts: Counter[tuple[str, ...]] = Counter()
    for _ in range(TRIES):
        home = copy_of(alone.home, tmp_path / "home")
        deaths = at_once((victims, others), (home, home), bundle)
        counts[check_one_imported(home, alone, deaths)] += 1
    tell(f"two processes on one home: {', '.join(f'{n} × {k}' for k, n in counts.items())}")


def at_once(
    runners: tuple[Victims, Victims], homes: tuple[Path, Path], bundle: Path
) -> list[Death]:
    """Receive a bundle in two processes that begin together."""
    together = threading.Barrier(2)
    found: dict[int, Death] = {}

    def run(place: int) -> None:
        together.wait()
        found[place] = runners[place].run(homes[place], "handover", "receive", bundle)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[0], found[1]]


@pytest.fixture(scope="module")
def two_pcs(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[tuple[Path, Path], Path, str]]:
    """The two PCs of a commune, each with an edit of its own, and the district's bundle for both;
    and the child that all three wrote into."""
    folder = tmp_path_factory.mktemp("two")
    patch = pytest.MonkeyPatch()
    homes = Homes(folder, patch)
    first = Prompt(copy_of(ground.home(COMMUNE), folder / "first"), patch)
    district = Prompt(copy_of(ground.home(DISTRICT), folder / "district"), patch)
    homes.carry(first, district, DISTRICT)
    second = Prompt(folder / "second", patch)
    second.must("init", "--unit", COMMUNE, "--user", "an", "--full-name", "Đinh Thị An")
    homes.enrol(district, second, ground.fingerprint)
    child = min(grounds.children_of(second, folder))
    district.must("register", "set", child, "full_name=Trần Thị Đậu")
    first.must("register", "set", child, "full_name=Trần Thị Đào")
    second.must("register", "set", child, "full_name=Trần Thị Đào")
    sent = district.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    yield (first.home, second.home), Path(sent["file"]), child
    patch.undo()


def test_two_pcs_of_a_unit_receive_one_bundle_at_once_and_show_the_same(
    two_pcs: tuple[tuple[Path, Path], Path, str],
    victims: Victims,
    others: Victims,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stick lies in one PC and is read by the other one over it, or copied: one file."""
    sources, bundle, child = two_pcs
    homes = (copy_of(sources[0], tmp_path / "first"), copy_of(sources[1], tmp_path / "second"))
    for death in at_once((victims, others), homes, bundle):
        assert (death.code, said(death)) == (4, "imported"), death
    keys = [grounds.key_of(home) for home in homes]
    for home, key in zip(homes, keys, strict=True):
        grounds.examine(home, key)
    one, other = (
        _shown(home, key, "child", "conflict") for home, key in zip(homes, keys, strict=True)
    )
    assert one == other
    first, second = (Prompt(home, monkeypatch) for home in homes)
    for prompt in (first, second):
        (found,) = prompt.must("conflict", "list", codes=(0, 4))
        assert found["id"] == child
    # What each of them wrote reaches the other one beside it: then nothing differs any more.
    stick = tmp_path / "usb"
    stick.mkdir()
    for giver, receiver in ((first, second), (second, first)):
        sent = giver.must("handover", "send", "--to", COMMUNE, "--out", stick)
        receiver.must("handover", "receive", sent["file"], codes=(0, 4))
    one, other = (_shown(home, key) for home, key in zip(homes, keys, strict=True))
    assert one == other


def _shown(home: Path, key: bytes, *but: str) -> dict[str, list[Any]]:
    """What two PCs show, but some tables: those of the child that they wrote into themselves, and
    handovers, which each of them notes after the bundle that it is about."""
    found = grounds.dump(home, key)
    return {name: found[name] for name in _SHOWN if name not in ("handover", *but)}
