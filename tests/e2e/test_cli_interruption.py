"""Ctrl+C, a home in use, a pipe whose reader left: calm ends, nothing half done."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.home import HomeLock
from app.services.installation import open_workplace, unlock
from app.settings import Settings
from tests.dumps import dump_home
from tests.e2e.terminal import PASSPHRASE, ROOT, Terminal
from tests.workplaces import settle

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo terminals")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A home with enough in it that a check takes a while."""
    terminal = Terminal(tmp_path_factory.mktemp("large") / "home")
    terminal.prepare()
    settings = Settings(terminal.home)
    workplace = open_workplace(settings, unlock(settings, PASSPHRASE))
    with workplace.write() as work:
        settle(work, 8000)
        work.commit()
    workplace.store.close()
    return terminal


def _read_until(descriptor: int, wanted: bytes, seconds: float) -> bytes:
    end, found = time.monotonic() + seconds, b""
    while wanted not in found and time.monotonic() < end:
        ready, _, _ = select.select([descriptor], [], [], 0.1)
        if ready:
            try:
                found += os.read(descriptor, 4096)
            except OSError:  # the other side of a pseudo terminal is closed
                break
    return found


def _table(folder: Path) -> Path:
    """A register of children that no home has yet."""
    path = folder / "so.csv"
    rows = [f"Đinh Thị Mai,{1 + at % 28:02d}/02/2020,hộ {at}" for at in range(20_000)]
    path.write_text("\n".join(["Họ tên,Ngày sinh,Số hộ", *rows, ""]), encoding="utf-8")
    return path


def test_ctrl_c_during_a_long_check_ends_it_with_a_sentence(
    large: Terminal, tmp_path: Path
) -> None:
    _interrupted(large, "Đang kiểm tra", "check", "--out", tmp_path / "issues.csv")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_during_a_long_import_leaves_the_register_as_it_was(
    large: Terminal, tmp_path: Path
) -> None:
    _interrupted(large, "Đang nhập", "register", "import", _table(tmp_path))


def _interrupted(large: Terminal, showing: str, *words: str | Path) -> None:
    """Run a command at a terminal and press Ctrl+C once it shows how far it is."""
    before = dump_home(large.home, PASSPHRASE)
    master, slave = os.openpty()
    process = subprocess.Popen(
        large.line(*words),
        cwd=ROOT,
        env=large.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=slave,
    )
    os.close(slave)
    seen = _read_until(master, showing.encode(), 60)
    assert showing.encode() in seen
    process.send_signal(signal.SIGINT)
    rest = _read_until(master, "Chưa có gì thay đổi".encode(), 60)
    printed, _ = process.communicate(timeout=60)
    os.close(master)
    assert process.returncode == 1, seen + rest
    assert "Đã dừng theo yêu cầu".encode() in rest
    assert b"Traceback" not in seen + rest
    assert printed == b""
    assert dump_home(large.home, PASSPHRASE) == before


def test_progress_is_silent_where_there_is_no_terminal(large: Terminal) -> None:
    done = large("--json", "check", "--out", large.home / "issues.csv")
    assert (done.code, done.notes) == (0, "")
    assert isinstance(done.document, list)
    assert done.document


#: The program with a clock that goes on while somebody sleeps and only then; says for how long.
_WAITING = """
import sys, time
slept = []
time.sleep = slept.append
time.monotonic = lambda: sum(slept)
from app.__main__ import main
code = main()
print(float(round(sum(slept))), file=sys.stderr)
sys.exit(code)
"""


def test_a_second_command_waits_and_then_says_who_holds_the_home(large: Terminal) -> None:
    line = [sys.executable, "-c", _WAITING, *large.line("--json", "user", "list")[3:]]
    with HomeLock(Settings(large.home).lock_path, "window"):
        done = subprocess.run(
            line, cwd=ROOT, env=large.environment(), capture_output=True, check=False
        )
    said = json.loads(done.stdout)
    assert (done.returncode, said["error"]) == (1, "home.in_use")
    assert str(os.getpid()) in said["message"]
    assert done.stderr.split()[-1] == b"5.0", "five seconds were waited before it was told"
    assert large("user", "list").code == 0


def test_a_reader_that_leaves_early_is_no_bug(large: Terminal) -> None:
    process = subprocess.Popen(
        large.line("--json", "check"),
        cwd=ROOT,
        env=large.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    notes = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 1
    assert notes == b""
    assert not list(large.home.glob("report-*"))
