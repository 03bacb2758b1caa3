"""Ctrl+C, or the system's wish that a process ends, at any point of a long command: one sentence,
an exit code of ours, nothing half done, and the command can be given again.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.terminal import ROOT
from tests.e2e.test_copies import type_child
from tests.long_runs import slice_or_all

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

_COMMANDS = ("receive", "send", "restore", "import", "backup", "grant")
_CASES = [(one, signal.SIGINT) for one in _COMMANDS]
_CASES += [(one, signal.SIGTERM) for one in slice_or_all(_COMMANDS[1:2], _COMMANDS)]
#: How often each is stopped, at points drawn from the time it takes. What is sent before the
#: interpreter stands ends it without a word: in the first part of that time it may, where another
#: program has the processor meanwhile.
_TIMES = slice_or_all(1, 8)
_FIRST, _STANDS = 0.2, 0.5
#: What a command leaves only while it runs.
_PARTS = ("*.part*", "outgoing-*", ".sotreem-*", "incoming-*")


def _line(name: str, homes: Homes) -> tuple[Prompt, list[str | Path]]:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    here = homes.folder
    given = {one.name: one.read_text() for one in here.glob("given-*")}
    lines: Mapping[str, tuple[Prompt, list[str | Path]]] = {
        "receive": (above, ["handover", "receive", here / "usb" / given["given-bundle"]]),
        "send": (below, ["handover", "send", "--to", PROVINCE, "--out", here / "usb2"]),
        "restore": (below, ["backup", "restore", below.home / "backups" / given["given-copy"]]),
        "import": (below, ["register", "import", here / "book.csv"]),
        "backup": (below, ["backup", "create"]),
        "grant": (
            above,
            [
                *("enrol", "grant", here / "new.request", "--out", here / "new.tebundle"),
                *("--check-code", given["given-code"]),
            ],
        ),
    }
    return lines[name]


@pytest.fixture
def homes(enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch) -> Homes:
    """A pair with a bundle, a copy, a book and a request that wait."""
    here, below = enrolled_pair.folder, enrolled_pair.at(COMMUNE)
    (here / "usb2").mkdir()
    type_child(below, "1", "Phạm Thị Hân")
    sent = below.must("handover", "send", "--to", PROVINCE, "--out", enrolled_pair.stick)
    (here / "given-bundle").write_text(str(Path(sent["file"]).relative_to(enrolled_pair.stick)))
    copy = Path(below.must("backup", "create")["file"])
    (here / "given-copy").write_text(copy.name)
    new = Prompt(here / "new", monkeypatch)
    new.must("init", "--unit", COMMUNE, "--user", "binh")
    asked = new.must("enrol", "request", "--out", here / "new.request")
    (here / "given-code").write_text(asked["check_code"])
    rows = [f"Đinh Thị Mây,{1 + at % 28:02d}/02/2020,nhà {at}" for at in range(300)]
    (here / "book.csv").write_text("\n".join(["Họ tên,Ngày sinh,Số hộ", *rows, ""]))
    return enrolled_pair


def _program(prompt: Prompt, words: list[str | Path]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "--home", str(prompt.home), *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "SOTREEM_PASSPHRASE": PASSPHRASE},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _left(folder: Path) -> list[str]:
    return [one.name for kind in _PARTS for one in folder.rglob(kind)]


@pytest.mark.parametrize(("name", "number"), _CASES)
def test_a_command_stopped_anywhere_ends_in_words_and_can_be_given_again(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: signal.Signals
) -> None:
    drawn = random.Random(f"{name}{number}")

    def copied(place: str) -> Homes:
        shutil.copytree(homes.folder, tmp_path / place)
        return Homes(tmp_path / place, monkeypatch)

    prompt, words = _line(name, copied("whole"))
    began = time.monotonic()
    whole = _program(prompt, words)
    _, notes = whole.communicate(timeout=60)
    assert whole.returncode in (0, 4), notes
    took = time.monotonic() - began
    for round_ in range(_TIMES):
        at, point = copied(str(round_)), drawn.uniform(_FIRST, 1)
        prompt, words = _line(name, at)
        stopped = _program(prompt, words)
        time.sleep(took * point)
        stopped.send_signal(number)
        out, notes = stopped.communicate(timeout=60)
        if point > _STANDS or stopped.returncode != -number:
            assert stopped.returncode in (0, 1, 4), (point, notes)
            assert "Traceback" not in notes
        if stopped.returncode == 1 and name != "receive":  # which tells it beside each file
            assert "Đã dừng theo yêu cầu" in notes
            assert out == ""
        again = prompt(*words)
        assert again.code in (0, 4) or again.document[0]["status"] == "already", (point, notes)
        assert _left(at.folder) == []
        shutil.rmtree(at.folder)  # it lies in memory: all of them together would fill it
