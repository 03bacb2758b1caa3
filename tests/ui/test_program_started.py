"""The program as a clerk starts it: a process of its own, a real screen, real keys, nothing held.

Every other test of the window holds it, its desk or its pages; here nobody does but the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.models.drafts import DraftStore
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.terminal import Terminal
from tests.missing import need_programs

ROOT = Path(__file__).resolve().parents[2]
#: Letters that are on every keyboard: xdotool changes the layout for others while it types.
PASSPHRASE = "mot cau de nho"
_LIMIT = 60.0


class Started:
    """A running program and the keyboard in front of it."""

    def __init__(self, home: Path, screen: dict[str, str], errors: Path) -> None:
        self.settings = Settings(home)
        self._screen = {k: v for k, v in screen.items() if not k.startswith("SOTREEM")}
        self._errors = errors
        with errors.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "--home", str(home)],
                cwd=ROOT,
                env={**self._screen, "PYTHONWARNINGS": "error", "PYTHONFAULTHANDLER": "1"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        self.window = self._found()
        self._xdotool("windowactivate", "--sync", self.window)
        self.settle()

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self._screen, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def _found(self) -> str:
        with suppress(subprocess.CalledProcessError):
            seen: list[str] = []
            self.until(lambda: bool(seen) or seen.extend(self._visible()) or bool(seen))
            return seen[-1]
        raise AssertionError(self.said())

    def _visible(self) -> list[str]:
        words = ("search", "--onlyvisible", "--pid", str(self.process.pid))
        done = subprocess.run(
            ["xdotool", *words], env=self._screen, capture_output=True, text=True, check=False
        )
        return done.stdout.split()

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that the program brings about; it has to live as long."""
        end = time.monotonic() + _LIMIT
        while not true():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)

    def said(self) -> str:
        """What it wrote where nobody looks; empty when all is well."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def text(self, words: str) -> None:
        self._xdotool("type", "--delay", "15", words)

    def keys(self, *names: str) -> None:
        """Press keys, and wait for what they bring about."""
        self._xdotool("key", "--delay", "60", *names)
        if self.process.poll() is None:
            self.settle()

    def geometry(self) -> dict[str, int]:
        """Where the window is on the screen, its title bar not counted."""
        lines = self._xdotool("getwindowgeometry", "--shell", self.window).splitlines()
        return {name: int(value) for name, _, value in (line.partition("=") for line in lines)}

    def unlock(self) -> None:
        """Type the passphrase; come back when the register is open."""
        before = self._opened()
        self.text(PASSPHRASE)
        self._xdotool("key", "Return")
        self.until(lambda: self._opened() > before)
        self.settle()

    def settle(self) -> None:
        """Wait until the program does nothing: what it was asked for is on the screen."""
        spent = [-1]

        def quiet() -> bool:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").split()
            spent.append(int(fields[13]) + int(fields[14]))
            time.sleep(0.12)
            return len(set(spent[-3:])) == 1

        self.until(quiet)

    def _opened(self) -> int:
        path = self.settings.log_path
        return path.read_text(encoding="utf-8").count("store.opened") if path.exists() else 0

    def end(self) -> int:
        """Close the window as the cross in its corner does; the exit code."""
        self._xdotool("key", "alt+F4")
        return self.process.wait(timeout=_LIMIT)


@pytest.fixture
def start(tmp_path: Path, screen: dict[str, str]) -> Iterator[Callable[[Path], Started]]:
    need_programs("xdotool")
    running: list[Started] = []

    def begin(home: Path) -> Started:
        running.append(Started(home, screen, tmp_path / f"errors{len(running)}"))
        return running[-1]

    yield begin
    for one in running:
        one.process.kill()
        one.process.wait()


def _drafts(settings: Settings) -> str:
    """What lies in the drafts."""
    if not settings.drafts_path.exists():
        return ""
    store = DraftStore.opened(settings.drafts_path, unlock(settings, PASSPHRASE).dek)
    try:
        return " ".join(one.content for one in store.all())
    finally:
        store.close()


def test_it_is_unlocked_typed_into_closed_and_goes_on_where_it_was(
    tmp_path: Path, start: Callable[[Path], Started]
) -> None:
    terminal = Terminal(tmp_path / "home", PASSPHRASE)
    terminal.prepare()
    first = start(terminal.home)
    first.unlock()
    first.keys("ctrl+n")
    first.text("12")
    first.keys("Tab")
    first.until(lambda: "12" in _drafts(first.settings))
    assert first.end() == 0, first.said()
    assert first.said() == ""

    again = start(terminal.home)
    again.unlock()
    again.text("Le")
    again.keys("Tab")
    again.until(lambda: "Le" in _drafts(again.settings))
    assert "12" in _drafts(again.settings)
    assert again.end() == 0, again.said()
    assert again.said() == ""


def test_its_window_has_room_on_the_screen_of_an_office(
    tmp_path: Path, start: Callable[[Path], Started]
) -> None:
    """1366×768 with a title bar: the status bar at its foot is there to be read."""
    terminal = Terminal(tmp_path / "home", PASSPHRASE)
    terminal.prepare()
    where = start(terminal.home).geometry()
    assert (where["WIDTH"], where["HEIGHT"] > 700) == (1366, True), where
    # The frame counts from the top of the screen; xdotool adds the title bar to Y once more.
    assert where["HEIGHT"] + where["Y"] / 2 <= 768, where


def test_a_new_pc_is_set_up_unlocked_and_closed(tmp_path: Path) -> None:
    home = tmp_path / "new"
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.clerk_alone", str(home)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "opened\n"), done.stderr
    assert Settings(home).installed
