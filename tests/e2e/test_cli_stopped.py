"""Ctrl+C once something was saved: it is told what was done, and nothing is claimed undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.models.work import UnitOfWork
from app.services import handover_receiving
from tests.dumps import dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.terminal import ROOT
from tests.e2e.test_odd_handovers import held, sent
from tests.long_runs import slice_or_all

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def province(enrolled_pair: Homes) -> Homes:
    return enrolled_pair


def _press(times: int = 1) -> None:
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def _in_the_second_file(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], *, after_commit: bool = False
) -> None:
    """Do something while the second file is read in, or right after its transaction."""
    read, commit = handover_receiving.read_in, UnitOfWork.commit
    seen: list[str] = []

    def reading(*words: Any) -> object:
        seen.append("")
        if len(seen) == 2 and not after_commit:
            act()
        return read(*words)

    def committing(work: UnitOfWork) -> None:
        commit(work)
        if len(seen) == 2 and after_commit:
            act()

    monkeypatch.setattr(handover_receiving, "read_in", reading)
    monkeypatch.setattr(UnitOfWork, "commit", committing)


def _statuses(document: Any) -> list[tuple[str, str]]:
    return [(one["status"], one["reason"]) for one in document]


def test_files_that_were_taken_in_before_ctrl_c_are_told(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, bundles = province.at(PROVINCE), [sent(province, number) for number in range(3)]
    with monkeypatch.context() as patch:
        _in_the_second_file(patch, _press)
        answer = receiver("handover", "receive", *bundles)
    assert answer.code == 1
    assert _statuses(answer.document) == [
        ("imported", ""),
        ("rejected", "work.cancelled"),
        ("rejected", "work.cancelled"),
    ]
    assert answer.document[0]["new"] > 0
    for bundle, one in zip(bundles[1:], answer.document[1:], strict=True):
        assert bundle.name in one["message"]
        assert "chưa làm thay đổi gì" in one["message"]
    assert "Chưa có gì thay đổi" not in answer.notes
    assert held(receiver) == [True, False, False]
    again = receiver.must("handover", "receive", *bundles)
    assert [one["status"] for one in again] == ["already", "imported", "imported"]


def test_ctrl_c_right_after_a_file_counts_stops_before_the_next(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, bundles = province.at(PROVINCE), [sent(province, number) for number in range(3)]
    with monkeypatch.context() as patch:
        _in_the_second_file(patch, _press, after_commit=True)
        answer = receiver("handover", "receive", *bundles)
    assert answer.code == 1
    assert _statuses(answer.document) == [
        ("imported", ""),
        ("imported", ""),
        ("rejected", "work.cancelled"),
    ]
    assert held(receiver) == [True, True, False]


def test_a_second_ctrl_c_loses_no_result_and_claims_nothing_of_the_file_at_hand(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, bundles = province.at(PROVINCE), [sent(province, number) for number in range(2)]
    with monkeypatch.context() as patch:
        _in_the_second_file(patch, lambda: _press(2), after_commit=True)
        answer = receiver("handover", "receive", *bundles)
    assert answer.code == 1
    assert _statuses(answer.document) == [("imported", ""), ("rejected", "work.cancelled")]
    assert held(receiver)[:2] == [True, True]
    assert "thay đổi gì." not in answer.document[1]["message"].partition("\n")[0]
    assert "Hãy nhận lại" in answer.document[1]["message"]


def test_ctrl_c_in_the_first_file_changes_nothing_and_says_so(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, bundle = province.at(PROVINCE), sent(province, 0)
    before = dump_home(receiver.home, PASSPHRASE)
    read = handover_receiving.read_in

    def reading(*words: Any) -> object:
        _press()
        return read(*words)

    with monkeypatch.context() as patch:
        patch.setattr(handover_receiving, "read_in", reading)
        answer = receiver("handover", "receive", bundle)
    assert (answer.code, answer.document["error"]) == (1, "work.cancelled")
    assert dump_home(receiver.home, PASSPHRASE) == before


def _village(prompt: Prompt) -> list[str]:
    return [one["name"] for one in prompt.must("village", "list")]


def test_ctrl_c_between_commit_and_answer_leaves_the_answer(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune, commit = province.at(COMMUNE), UnitOfWork.commit
    commits: list[str] = []

    def committing(work: UnitOfWork) -> None:
        commit(work)
        commits.append("")
        if len(commits) > 1:  # the first one is the row of audit about the signing in
            _press(2)

    with monkeypatch.context() as patch:
        patch.setattr(UnitOfWork, "commit", committing)
        answer = commune("village", "add", "Thôn Đông")
    assert (answer.code, answer.notes) == (0, "")
    assert answer.document["id"]
    assert "Thôn Đông" in _village(commune)


def test_work_broken_off_after_a_commit_is_not_called_undone(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = province.at(COMMUNE)
    sent(province, 0)

    def copying(*_words: object, **_named: object) -> Path:
        _press(2)
        raise AssertionError("Ctrl+C was not heard")

    with monkeypatch.context() as patch:
        # The number of the bundle is noted before its file goes to the stick.
        patch.setattr("app.services.handover_sending.copy_out", copying)
        answer = commune("handover", "send", "--to", PROVINCE, "--out", province.stick)
    assert (answer.code, answer.document["error"]) == (1, "work.cancelled_late")
    assert "Chưa có gì thay đổi" not in answer.notes


def test_a_restore_that_counts_goes_to_its_end_and_is_told(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = province.at(COMMUNE)
    copy = commune.must("backup", "create")["file"]
    sent(province, 0)
    with monkeypatch.context() as patch:
        patch.setattr("app.services.restoring.sync_folder", lambda _folder: _press(2))
        answer = commune("backup", "restore", copy)
    assert answer.code == 0
    assert answer.document["kept"]
    assert commune.must("handover", "list") == []


def test_ctrl_c_before_a_restore_counts_leaves_the_register_as_it_was(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = province.at(COMMUNE)
    copy = commune.must("backup", "create")["file"]
    sent(province, 0)
    before = dump_home(commune.home, PASSPHRASE)

    def putting_aside(*_words: object) -> Path:
        _press()
        raise AssertionError("Ctrl+C was not heard")

    with monkeypatch.context() as patch:
        patch.setattr("app.services.restoring._put_aside", putting_aside)
        answer = commune("backup", "restore", copy)
    assert (answer.code, answer.document["error"]) == (1, "work.cancelled")
    assert dump_home(commune.home, PASSPHRASE) == before


def test_a_restore_whose_folder_fails_once_it_counts_keeps_its_key_slots(
    province: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens the home next puts the store in its place, and the slots that open it."""
    commune, other = province.at(COMMUNE), province.init("21211@2024")
    copy = Path(other.must("backup", "create")["file"])

    def failing(_folder: Path) -> None:
        raise OSError(5, "device")

    with monkeypatch.context() as patch:
        patch.setattr("app.services.restoring.sync_folder", failing)
        fresh = Prompt(province.folder / "fresh", monkeypatch)
        assert fresh("backup", "restore", copy).code == 1
    assert fresh("user", "list").code == 0
    assert commune("user", "list").code == 0


def test_ctrl_c_pressed_again_and_again_ends_with_code_1(province: Homes) -> None:
    commune = province.at(COMMUNE)
    for pause in slice_or_all((0.0, 0.02), (0.0, 0.01, 0.02, 0.03)):
        code = _pelted([sys.executable, "-m", "app", "--home", str(commune.home), "check"], pause)
        assert code == 1


def _pelted(line: list[str], pause: float) -> int:
    """Run a command and press Ctrl+C from its first progress to the end of its process."""
    master, slave = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, *line[3:]],
        cwd=ROOT,
        env={**os.environ, "SOTREEM_PASSPHRASE": PASSPHRASE},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=slave,
    )
    os.close(slave)
    assert b"kh" in os.read(master, 4096)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        process.send_signal(signal.SIGINT)
        time.sleep(pause)
    os.close(master)
    return process.wait(timeout=60)


#: The program, but with a check that never ends by itself and a slow end of the process, where
#: Ctrl+C used to find Python's own handler.
_SLOW = """
import atexit, sys, time
from app.services.checks import Checks
def run(self, sink, unit=None, progress=None):
    sys.stderr.write("kh\\\\n")
    sys.stderr.flush()
    while True:
        progress.step(0)
        time.sleep(0.01)
Checks.run = run
atexit.register(time.sleep, 0.3)
from app.__main__ import main
sys.exit(main())
"""
