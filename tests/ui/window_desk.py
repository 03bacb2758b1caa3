"""A clerk at the window: opens it on a prepared home, presses keys, types text, looks.

Vietnamese text is sent as key events with text, as an input method delivers it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.services import installation
from app.services.workplace import Workplace
from app.settings import Settings
from app.ui.application import MainWindow
from app.ui.household.page import HouseholdPage
from app.ui.household.session import OpenRecord
from app.ui.shell import Shell
from app.ui.theme import Theme, apply_theme

UNIT = "21100@2025"
PASSPHRASE = "một câu dễ nhớ"
_NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key

#: So many pages have a digit of their own; the others take Shift besides.
_DIGITS = 9
#: Seconds after which a test that waits has failed; no machine is that slow.
_GIVEN_UP = 60

_prepared: Path | None = None


def prepared_home(folder: Path) -> Settings:
    """A freshly installed home in `folder`; the slow part is done once per run."""
    global _prepared
    home = folder / "home"
    if _prepared is None or not _prepared.exists():
        _prepared = folder / "prepared"
        installation.install(
            Settings(_prepared),
            unit=UNIT,
            user="an",
            full_name="Nguyễn Thị An",
            title="Công chức",
            passphrase=PASSPHRASE,
        )
    shutil.copytree(_prepared, home)
    return Settings(home)


class Desk:
    """The window with somebody in front of it."""

    def __init__(self, qtbot: QtBot, settings: Settings, scale: float = 1.0) -> None:
        self.qtbot = qtbot
        self.settings = settings
        theme = Theme(scale)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if application.styleSheet() != theme.style_sheet():  # as the window before left it
            apply_theme(application, theme)
        self.window = MainWindow(settings, open_services, theme)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.start()
        self.window.resize(1366, 768)
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.until(self._has_keyboard)

    def _has_keyboard(self) -> bool:
        widget = QApplication.focusWidget()
        return widget is not None and self.window.isAncestorOf(widget)

    @property
    def shell(self) -> Shell:
        assert self.window.shell is not None
        return self.window.shell

    @property
    def workplace(self) -> Workplace:
        assert self.window._opened is not None
        return self.window._opened.services.workplace

    @property
    def page(self) -> HouseholdPage:
        return self.shell.household

    @property
    def child(self) -> OpenRecord:
        assert self.page._current is not None
        return self.page._current

    def unlock(self, passphrase: str = PASSPHRASE, *, stay: bool = False) -> Desk:
        """Open the register and go to it, to the search box. `stay`: on the page that comes first.

        Whoever is led back to a household stays there.
        """
        self.text(passphrase)
        self.press(Key.Key_Return)
        self.until(lambda: self.window.shell is not None)
        self.settle()
        first = self.shell.pages.named.get("home")
        if first is not None and self.shell.pages.currentWidget() is first.widget and not stay:
            self.press(Key.Key_F, CTRL)
            self.settle()
        return self

    def close(self) -> None:
        self.window.close()
        self.until(lambda: self.window._opened is None)

    # --- keys -------------------------------------------------------------------------------

    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def go_to(self, page: str) -> None:
        """Press the shortcut of a page of the navigation."""
        place = self.shell.navigation.names.index(page) + 1
        modifiers = CTRL if place <= _DIGITS else CTRL | SHIFT
        digit = place if place <= _DIGITS else place - _DIGITS
        self.press(Qt.Key(int(Qt.Key.Key_0) + digit), modifiers)

    def press(self, key: Key | int, modifiers: Qt.KeyboardModifier = _NONE, text: str = "") -> None:
        target = self.focus()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(target, QKeyEvent(kind, int(key), modifiers, text))

    def text(self, words: str) -> None:
        for letter in words:
            self.press(0, text=letter)

    def enter(self) -> None:
        self.press(Key.Key_Return, text="\r")

    def tab_to(self, widget: QWidget) -> None:
        """Tab until the keyboard is there: whoever has no mouse must get there, too."""
        for _ in range(60):
            if self.focus() is widget:
                return
            self.press(Key.Key_Tab, text="\t")
        raise AssertionError(f"Tab never reaches {widget.accessibleName() or widget}")

    # --- waiting ----------------------------------------------------------------------------

    def until(self, condition: Callable[[], bool]) -> None:
        """As `waitUntil` of pytest-qt, which looks only every hundredth of a second and makes a
        loop and a timer for each look.
        """
        if condition():
            return
        loop, timer = QEventLoop(), QTimer()
        timer.timeout.connect(loop.quit)
        timer.start(1)
        end = time.monotonic() + _GIVEN_UP
        while not condition():
            assert time.monotonic() < end, "what was waited for never came"
            loop.exec()
        timer.stop()

    def settle(self) -> None:
        """Until nothing runs and nothing is about to; nobody types, so what rests a while after the
        last key has rested long enough.
        """

        def quiet() -> bool:
            if self.window.tasks.busy:
                return False
            shell = self.window.shell
            if shell is None:
                return True
            page = shell.household
            for timer in (shell._timer, shell.register._timer, page._timer):
                if timer.isActive():
                    timer.stop()
                    timer.timeout.emit()
                    return False
            under_way = page._turn.isActive() or page._others.isActive()
            return not under_way and not shell.drafts.waiting

        self.until(quiet)
        # What was answered last may have asked for more, on the next turn of the loop.
        QCoreApplication.processEvents()
        self.until(quiet)

    # --- looking ----------------------------------------------------------------------------

    def at(self) -> str:
        """The name of the field the keyboard is in, "" elsewhere."""
        key = getattr(self.focus(), "key", None)
        return key.name if key is not None else ""

    def fill(self, **wanted: str) -> None:
        """Walk on with Enter and type where a wanted field comes."""
        left = dict(wanted)
        for _ in range(150):
            name = self.at()
            if name in left:
                self.text(left.pop(name))
            if not left:
                break
            assert name, f"the walk ended before {sorted(left)}"
            self.enter()
        assert not left
        self.enter()

    def new_household(self, **more: str) -> None:
        """Ctrl+N and the head of a household, down to the first child."""
        self.press(Key.Key_N, CTRL)
        self.settle()
        self.fill(
            **{
                "household_no": "12",
                "head_name": "Phạm Văn Rơm",
                "poverty_status": "0",
                "village": "Thôn Phước Thọ",
                "enumerator_name": "Võ Thị Lành",
                "survey_round": "Quý IV/2026",
                "survey_date": f"{self.today():%d%m%y}",
                **more,
            }
        )
        self.settle()
        while self.page._form_with_focus() is self.page.household_form:
            self.enter()

    def today(self):  # type: ignore[no-untyped-def]
        return self.page.keeper.page.frame.today if self.page.keeper.page else None


#: A child without any special circumstance, field by field as the walk comes to them.
PLAIN_CHILD = {
    "full_name": "Phạm Thị Hân",
    "birth_date": "020314",
    "sex": "2",
    "ethnicity": "hre",
    "personal_id": "051314004417",
    "birth_registered": "1",
    "father_name": "Phạm Văn Lía",
    "father_birth_year": "1990",
    "father_ethnicity": "hre",
    "father_status": "ở nhà",
    "mother_name": "Đinh Thị Nga",
    "mother_birth_year": "1992",
    "mother_ethnicity": "hre",
    "mother_status": "ở nhà",
    "circumstance_answer": "không thuộc",
    "schooling_status": "1",
    "education_level": "thcs",
    "grade": "7",
    "has_bhyt": "1",
    "monthly_allowance": "2",
}
