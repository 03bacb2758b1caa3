"""How long until the first page stands: the program and an empty window, started in turn.

Each measure starts processes of its own, so that nothing is warm that would not be warm for a
person. Both are done when they are painted and have the keyboard: a window manager gives it a
moment later. Times are of little use by themselves; the ratio is the figure (6-quality.md).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 7
_EMPTY = """
import sys, time
start = time.perf_counter()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        ready()
def ready():
    if not window.isActiveWindow():
        QTimer.singleShot(1, ready)
        return
    print(time.perf_counter() - start, application.platformName(), flush=True)
    application.quit()
application = QApplication([])
window = Window()
window.resize(1366, 768)
window.show()
application.exec()
"""

_UNLOCK = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.settings import Settings
from app.ui.application import prepare_window
application = QApplication([])
window = prepare_window(application, Settings(Path(sys.argv[1])), None)
page = window.unlock_page
def ready():
    if not window.isActiveWindow():
        QTimer.singleShot(1, ready)
        return
    seconds = time.perf_counter() - start if page.field.hasFocus() else -1
    print(seconds, application.platformName(), flush=True)
    application.quit()
page.painted.disconnect()
page.painted.connect(ready)
application.exec()
"""


@dataclass(frozen=True, slots=True)
class FirstPaint:
    """Median seconds from the start of Python code to the first paint, and their ratio; Qt's name
    for the screen they were painted on.
    """

    empty_window: float
    unlock_page: float
    platform: str

    @property
    def ratio(self) -> float:
        """First painted unlock page that accepts a key ÷ an empty PySide6 window."""
        return self.unlock_page / self.empty_window


def measure_first_paint(rounds: int = ROUNDS) -> FirstPaint:
    """Start both programs in turn `rounds` times, on the screen of the environment."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # The page shows before anything in the home is read: that something is there is enough.
        (home / "keyslots.json").write_text("{}", encoding="utf-8")
        # An installed program has its byte code; the first start of each only makes it.
        empty, unlock = [], []
        for program in (_EMPTY, _UNLOCK):
            _timed(program, home)
        for _ in range(rounds):
            empty.append(_timed(_EMPTY, home)[0])
            seconds, platform = _timed(_UNLOCK, home)
            unlock.append(seconds)
    return FirstPaint(statistics.median(empty), statistics.median(unlock), platform)


def _timed(program: str, home: Path) -> tuple[float, str]:
    environment = {**os.environ}
    environment["PYTHONPYCACHEPREFIX"] = str(home / "bytecode")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(  # noqa: S603 -- our own interpreter with our own text
        [sys.executable, "-c", program, str(home)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    seconds, platform = done.stdout.split()
    if float(seconds) < 0:
        raise RuntimeError("the unlock page stands, and a key would not reach its field")
    return float(seconds), platform
