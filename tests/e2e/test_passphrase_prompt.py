"""Somebody at a terminal who forgot the passphrase: the code is seen, the passphrase is not."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from app.services.installation import install, unlock
from app.settings import Settings
from tests.e2e.terminal import PASSPHRASE, ROOT, Terminal

NEW = "câu mới dễ nhớ"


def _talk(terminal: Terminal, words: list[str], answers: list[tuple[str, str]]) -> tuple[int, str]:
    """Run a command on a terminal of its own, answering each question as it comes."""
    ours, theirs = pty.openpty()
    environment = terminal.environment() | {"PYTHONIOENCODING": "utf-8"}
    running = subprocess.Popen(
        ["setsid", "--ctty", "--wait", *terminal.line(*words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env=environment,
    )
    os.close(theirs)
    seen, left, end = b"", list(answers), time.monotonic() + 60
    since = 0
    while time.monotonic() < end:
        ready, _, _ = select.select([ours], [], [], 0.1)
        if ready:
            try:
                seen += os.read(ours, 4096)
            except OSError:  # the other end is closed: Linux says so by EIO
                break
        said = seen[since:].decode("utf-8", errors="ignore")
        if left and left[0][0] in said:
            since = len(seen)
            os.write(ours, (left.pop(0)[1] + "\n").encode())
    os.close(ours)
    assert not left, seen.decode("utf-8", errors="replace")
    return running.wait(timeout=60), seen.decode("utf-8")


def test_the_code_and_the_new_passphrase_are_asked_for_in_turn(tmp_path: Path) -> None:
    terminal = replace(Terminal(tmp_path / "home"), passphrase=None)
    settings = Settings(terminal.home)
    made = install(
        settings, unit="21010@2024", user="an", full_name="", title="", passphrase=PASSPHRASE
    )
    command = ["user", "passwd", "--recovery"]
    code, said = _talk(
        terminal,
        command,
        [
            ("Mã khôi phục", made.recovery_code),
            ("Mật khẩu mới:", NEW),
            ("Gõ lại mật khẩu:", NEW + " khác"),
        ],
    )
    assert (code, "không giống nhau" in said) == (1, True)
    assert unlock(settings, PASSPHRASE).user == "an"
    code, said = _talk(
        terminal,
        command,
        [("Mã khôi phục", made.recovery_code), ("Mật khẩu mới:", NEW), ("Gõ lại mật khẩu:", NEW)],
    )
    assert code == 0, said
    assert made.recovery_code in said
    assert NEW not in said
    assert unlock(settings, NEW).user == "an"
