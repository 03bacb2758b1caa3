"""A bundle longer than the reader takes in at once is one transaction all the same.

Each of these comes to its end after at least one full chunk of `apply.CHUNK` operations was taken
in: whatever ends it, every row of every table but the audit trail is as it was.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.errors import KnownError
from app.models.store import Store
from app.services import workplace
from app.services.workplace import Cancelled, Progress
from app.sync.apply import CHUNK
from app.sync.refusal import Refusal
from tests.faults.small_disk import small_disk
from tests.insiders.changes import HASH, F, put
from tests.insiders.desk import Desk, new_child

OPERATIONS = 2_500
assert OPERATIONS > 2 * CHUNK


CHILDREN = [new_child(number) for number in range(OPERATIONS)]


def long_bundle(folder: Path, **change: Any) -> Path:
    folder.mkdir(exist_ok=True)
    return F.forge(folder, operations=CHILDREN, **change)


def other_end(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], b'{"t":"end","audit":"ab","lines":%d}' % len(lines)]


@dataclass
class AfterAChunk:
    """Does something once at least one whole chunk was taken in; `reached` operations by then."""

    act: Callable[[], None]
    reached: int = 0

    def __call__(self, done: int, total: int) -> None:
        if total == OPERATIONS and done >= CHUNK and not self.reached:  # else bytes are copied
            self.reached = done
            self.act()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path / "desk")
    yield found
    found.close()


def test_a_long_bundle_is_taken_in_whole(desk: Desk, tmp_path: Path) -> None:
    """What ends the others below is what was done to them, not their length."""
    before = len(desk.dump()["child"])
    result = desk.receive(long_bundle(tmp_path))
    assert result.received is not None, result
    assert (result.received.new, result.received.refused) == (OPERATIONS, 0)
    assert len(desk.dump()["child"]) == before + OPERATIONS


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"lines": other_end}, Refusal.END_LINE),
        ({"manifest": put("ops_sha256", value=HASH)}, Refusal.OPS_HASH),
    ],
    ids=["end line", "ops_sha256"],
)
def test_a_long_bundle_that_turns_out_bad_at_its_end_changes_nothing(
    desk: Desk, tmp_path: Path, change: dict[str, Any], refusal: Refusal
) -> None:
    file, before = long_bundle(tmp_path, **change), desk.dump()
    taken_in = AfterAChunk(lambda: None)
    result = desk.receive(file, Progress(taken_in))
    assert (result.status, result.reason) == ("rejected", refusal.value)
    assert taken_in.reached == CHUNK
    assert desk.dump() == before


def test_a_receiving_that_is_stopped_after_a_chunk_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    file, before = long_bundle(tmp_path), desk.dump()
    taken_in = AfterAChunk(lambda: None)
    with pytest.raises(Cancelled):
        desk.receive(file, Progress(taken_in, cancelled=lambda: taken_in.reached > 0))
    assert taken_in.reached == CHUNK
    assert desk.dump() == before
    assert desk.receive(file).status == "imported"


def _receive_and_die(home: Path, file: Path) -> None:
    """In a process of its own: receive, and be killed after a chunk."""
    die = AfterAChunk(lambda: os.kill(os.getpid(), signal.SIGKILL))
    Desk.again(home).receive(file, Progress(die))


def test_a_receiving_that_is_killed_after_a_chunk_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    file, before = long_bundle(tmp_path), desk.dump()
    home = desk.workplace.settings.home
    desk.close()
    process = multiprocessing.get_context("spawn").Process(
        target=_receive_and_die, args=(home, file)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    again = Desk.again(home)
    assert again.dump() == before
    assert again.receive(file).status == "imported"
    again.close()


def test_a_disk_that_fills_up_after_a_chunk_changes_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 48) as disk:
        desk = Desk(disk.folder / "desk")
        file, before = long_bundle(tmp_path / "stick"), desk.dump()
        fill = AfterAChunk(lambda: disk.fill(0))
        result = desk.receive(file, Progress(fill))
        assert fill.reached == CHUNK
        disk.empty()
        assert (result.status, result.reason) == ("rejected", "store.disk_full")
        assert desk.dump() == before
        assert desk.receive(file).status == "imported"
        desk.close()


def test_the_write_ahead_log_of_a_large_import_is_folded_in_at_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a province is hundreds of megabytes, and the window stays open for the day."""
    log = Path(f"{desk.workplace.settings.store_path}-wal")
    assert desk.receive(F.forge(tmp_path, operations=[new_child(OPERATIONS)])).status == "imported"
    assert log.stat().st_size, "a small one is folded in by and by"
    monkeypatch.setattr(workplace, "LITTLE", CHUNK)
    assert desk.preview(long_bundle(tmp_path)).status == "imported"
    assert log.stat().st_size == 0, "it was written and rolled back"
    assert desk.receive(long_bundle(tmp_path)).status == "imported"
    assert log.stat().st_size == 0


def test_a_large_import_is_in_though_the_disk_refuses_to_fold_its_log_in(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(_store: Store) -> None:
        raise KnownError("store.disk_full", "store.disk_full_hint", file="store.db")

    monkeypatch.setattr(workplace, "LITTLE", CHUNK)
    monkeypatch.setattr(Store, "fold_in", refuses)
    monkeypatch.setattr(logging.getLogger("sotreem"), "propagate", True)
    with caplog.at_level(logging.INFO, "sotreem"):
        file = long_bundle(tmp_path)
        assert desk.receive(file).status == "imported"
    assert any("store.not_folded" in one for one in caplog.messages)
    assert desk.receive(file).status == "already"
