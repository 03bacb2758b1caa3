"""What nobody caught: the window goes on, says it once and has a report without anybody's data."""

from __future__ import annotations

import errno
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.i18n import LANGUAGES, catalogue, language, set_language
from app.settings import Settings
from app.ui.application import run
from app.ui.bug_notice import BugNotice
from app.ui.notify import Kind
from app.ui.tasks import Lane
from app.ui.theme import Theme, apply_theme
from tests.ui.looks import cut_words, nameless, poor_contrast, unseen_keyboard
from tests.ui.window_desk import CTRL, Desk, Key, prepared_home

NAME = "Đinh Thị Rê 051316123456"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=LANGUAGES)
def each_language(request: pytest.FixtureRequest) -> Iterator[str]:
    before = language()
    set_language(request.param)
    yield request.param
    set_language(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    return prepared_home(tmp_path)


@pytest.fixture
def desk(qtbot: QtBot, home: Settings) -> Iterator[Desk]:
    """Hooked as the program is when it runs; a bug reaches no hook of the tests meanwhile."""
    made = Desk(qtbot, home).unlock()
    with made.window.bugs.hooked():
        yield made
    made.close()


def fail() -> None:
    raise RuntimeError(NAME)


def in_a_slot(desk: Desk) -> None:
    """As where a shortcut or a timer calls something that fails."""
    QTimer.singleShot(0, desk.window, fail)
    turn()


def turn() -> None:
    for _ in range(3):
        QCoreApplication.processEvents()


def reports(desk: Desk) -> list[Path]:
    return sorted(desk.settings.home.glob("report-*.txt"))


def bugs_told(desk: Desk) -> list[str]:
    return [one.text for one in desk.shell.notices.notices if one.topic == "bug"]


def nobodys(content: str, desk: Desk) -> None:
    """There is neither the message nor anything of the person in it."""
    for private in (*NAME.split(), "Nguyễn", str(desk.settings.home), str(Path.home())):
        assert private not in content


def test_a_slot_that_fails_is_told_in_words_with_a_report_and_the_window_goes_on(
    desk: Desk, each_language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    in_a_slot(desk)
    (report,) = reports(desk)
    (said,) = bugs_told(desk)
    assert said.startswith(catalogue(each_language)["errors.bug"])
    assert str(report) not in said, "the button knows where it is"
    assert "F11" in said
    for word in ("RuntimeError", "Traceback", *NAME.split()):
        assert word not in said
    content = report.read_text(encoding="utf-8")
    assert "command: window" in content
    assert "builtins.RuntimeError" in content
    nobodys(content, desk)
    assert desk.shell.notices.notices[0].kind is Kind.ERROR
    assert QApplication.activeModalWidget() is None
    log = desk.settings.log_path.read_text(encoding="utf-8")
    assert log.count("bug.met kind=RuntimeError at=") == 1
    nobodys(log, desk)
    assert NAME not in "".join(capfd.readouterr())
    desk.go_to("issues")
    desk.settle()
    assert desk.shell.pages.shown == "issues"


def test_what_an_event_handler_raises_is_told_too(desk: Desk) -> None:
    class Watching(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.User:
                fail()
            return False

    watching = Watching()
    desk.page.installEventFilter(watching)
    QCoreApplication.postEvent(desk.page, QEvent(QEvent.Type.User))
    turn()
    desk.page.removeEventFilter(watching)
    assert len(bugs_told(desk)) == 1
    (report,) = reports(desk)
    nobodys(report.read_text(encoding="utf-8"), desk)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_page_that_fails_whenever_it_is_painted_is_told_once_until_it_is_dismissed(
    desk: Desk,
) -> None:
    class Broken(QWidget):
        painted = 0

        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
            self.painted += 1
            fail()

    clock = Clock()
    desk.window.bugs._clock = clock
    counts: list[int] = []
    broken = Broken(desk.window)
    broken.resize(40, 40)
    broken.show()
    turn()
    desk.shell.notices.count_changed.connect(counts.append)
    for _ in range(20):
        broken.update()
        turn()
    assert broken.painted >= 20
    assert len(reports(desk)) == len(bugs_told(desk)) == 1
    assert counts == [], "the message stays as it is"
    # What is painted anew because the message goes brings it back for nobody.
    desk.press(Key.Key_Escape)
    broken.update()
    turn()
    assert bugs_told(desk) == []
    clock.now += 60
    broken.update()
    turn()
    assert len(bugs_told(desk)) == 1
    assert len(reports(desk)) == 1
    broken.hide()


def test_what_work_beside_the_window_raises_is_told_with_its_report(
    desk: Desk, each_language: str
) -> None:
    for _ in range(2):
        desk.window.tasks.run(fail, lambda _none: None, desk.shell._say_error)
        desk.settle()
    (said,) = bugs_told(desk)
    (report,) = reports(desk)
    assert said.startswith(catalogue(each_language)["errors.bug"])
    assert str(report) not in said, "the button knows where it is"
    assert "F11" in said
    nobodys(said, desk)
    nobodys(report.read_text(encoding="utf-8"), desk)


def test_a_bug_is_reported_though_the_page_that_asked_is_gone(desk: Desk) -> None:
    owner = QObject()
    desk.window.tasks.run(fail, lambda _none: None, desk.shell._say_error, owner=owner)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    desk.settle()
    assert len(reports(desk)) == 1
    assert bugs_told(desk) == []


def test_a_full_disk_in_a_slot_is_told_as_the_full_disk_without_a_report(desk: Desk) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "so.pdf")

    QTimer.singleShot(0, desk.window, full)
    turn()
    (notice,) = desk.shell.notices.notices
    assert notice.topic == "errors.disk_full"
    assert "so.pdf" in notice.text
    assert notice.action is None
    assert reports(desk) == []


def test_a_thread_of_ours_that_fails_is_told_on_the_windows_thread(desk: Desk) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    turn()
    assert len(bugs_told(desk)) == len(reports(desk)) == 1


def test_what_fails_while_it_is_thrown_away_is_reported_and_not_told(desk: Desk) -> None:
    class Failing:
        def __del__(self) -> None:
            fail()

    Failing()
    gc.collect()
    turn()
    (report,) = reports(desk)
    nobodys(report.read_text(encoding="utf-8"), desk)
    assert bugs_told(desk) == []


def test_before_the_register_is_open_the_first_page_says_it_and_works_on(
    qtbot: QtBot, home: Settings
) -> None:
    desk = Desk(qtbot, home)
    page = desk.window.unlock_page
    assert page is not None
    with desk.window.bugs.hooked():
        page.set_busy(True)
        in_a_slot(desk)
    (report,) = reports(desk)
    assert str(report) in page.message.text()
    nobodys(page.message.text().replace(str(report), ""), desk)
    assert page.button.isEnabled()
    desk.unlock()
    desk.close()


def test_a_copy_of_the_report_is_saved_by_keyboard(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "gửi.txt"
    wanted = iter(["", str(copy), str(tmp_path / "none" / "x.txt")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (next(wanted), ""))
    desk.press(Key.Key_F12)
    assert "F11" in desk.shell.keys.shown
    desk.press(Key.Key_F12)
    in_a_slot(desk)
    desk.press(Key.Key_F11)
    assert len(desk.shell.notices.notices) == 1, "nothing was chosen"
    desk.press(Key.Key_F11)
    (report,) = reports(desk)
    assert copy.read_bytes() == report.read_bytes()
    assert "gửi.txt" in desk.shell.notices.notices[0].text
    desk.press(Key.Key_F11)
    assert desk.shell.notices.notices[0].topic == "errors.no_file"


def test_after_a_bug_what_was_typed_is_in_the_drafts_of_the_next_start(
    qtbot: QtBot, home: Settings
) -> None:
    desk = Desk(qtbot, home).unlock()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    desk.text("12")
    with desk.window.bugs.hooked():
        in_a_slot(desk)
        desk.press(Key.Key_Tab, text="\t")
        desk.close()
    again = Desk(qtbot, home).unlock(stay=True)
    again.settle()
    assert again.shell.pages.currentWidget() is again.page
    assert again.page.keeper.page is not None
    assert again.page.keeper.page.household.values["household_no"] == "12"
    again.close()


def test_a_write_that_fails_leaves_the_lane_free(desk: Desk) -> None:
    done: list[int] = []
    desk.window.tasks.run(fail, lambda _none: None, desk.shell._say_error, lane=Lane.WRITE)
    desk.window.tasks.run(lambda: 1, done.append, desk.shell._say_error, lane=Lane.WRITE)
    desk.settle()
    assert done == [1]


def test_the_hooks_are_put_back_and_leave_an_interruption_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: seen.append(error))
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    stopped = KeyboardInterrupt()
    with BugNotice(tmp_path).hooked():
        sys.excepthook(KeyboardInterrupt, stopped, None)
    assert seen == [stopped]
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert list(tmp_path.iterdir()) == []


def test_a_window_that_cannot_be_made_is_told_with_a_report(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "critical", lambda _parent, _title, words: said.append(words))
    monkeypatch.setattr("app.ui.application.ring", lambda _home: fail())
    assert run(Settings(tmp_path), lambda *_given, **_more: None) == 3  # type: ignore[arg-type]
    (report,) = tmp_path.glob("report-*.txt")
    assert str(report) in said[0]
    assert "Rê" not in said[0] + report.read_text(encoding="utf-8")


_STARTED = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import __main__ as program

def window():
    return next(one for one in QApplication.topLevelWidgets() if hasattr(one, "unlock_page"))

def fail():
    raise RuntimeError("Đinh Thị Rê 051316123456")

def told():
    words = window().unlock_page.message.text()
    if "report-" in words:
        print(words)
        window().close()

application = QApplication([])
QTimer.singleShot(0, fail)
QTimer.singleShot(60_000, lambda: os._exit(9))
looking = QTimer(interval=30)
looking.timeout.connect(told)
looking.start()
sys.argv = ["sotreem", "--home", sys.argv[1]]
sys.exit(program.main())
"""


def test_the_program_that_is_started_tells_bugs_without_a_traceback(home: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STARTED, str(home.home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
    )
    (report,) = home.home.glob("report-*.txt")
    assert done.returncode == 0, done.stderr
    assert str(report) in done.stdout
    assert "Traceback" not in done.stderr
    assert "Rê" not in done.stdout + done.stderr + report.read_text(encoding="utf-8")


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_message_fits_with_large_letters(
    qtbot: QtBot, home: Settings, scale: float, each_language: str, qapp: QApplication
) -> None:
    try:
        desk = Desk(qtbot, home, scale).unlock()
        with desk.window.bugs.hooked():
            in_a_slot(desk)
        turn()
        for measure in (cut_words, nameless, poor_contrast, unseen_keyboard):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        apply_theme(qapp, Theme())
