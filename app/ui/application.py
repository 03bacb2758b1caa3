"""The window's entry: `run(settings, open_services)`.

The first page is on the screen and takes keys before the database, the services and the forms are
imported; they are imported beside it while the person types. What opens an installation is handed
in, so this package knows no composition root.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QSize, QTimer
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QWidget

from app.errors import AppError, BugError
from app.i18n import error_text, language, set_language, text
from app.settings import Settings, resources_dir
from app.ui.bug_notice import BugNotice
from app.ui.collecting import collect_here
from app.ui.doorbell import Doorbell, ring
from app.ui.preferences import Preferences, read_preferences, write_preferences
from app.ui.qt_words import QtWords
from app.ui.theme import Theme, apply_theme
from app.ui.unlock_page import UnlockPage

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.installation import Unlocked
    from app.services.services import Services
    from app.ui.first_run.desk import FirstStart
    from app.ui.first_run.page import FirstRun
    from app.ui.recovery_page import RecoveryPage
    from app.ui.reopening_page import ReopeningPage
    from app.ui.restore_page import RestorePage
    from app.ui.shell import Shell
    from app.ui.tasks import Lane, Tasks


#: The screen of most offices, in pixels; and what a title bar takes of it at the most.
_DRAWN_FOR = (1366, 768)
_TITLE_BAR = 40
#: Milliseconds between two looks whether what is to stop has stopped.
_STOPS = 50


class OpenServices(Protocol):
    """How an installation is opened: `app.bootstrap.open_services`."""

    def __call__(
        self, settings: Settings, unlock: Callable[[Settings], Unlocked], *, purpose: str
    ) -> Services: ...


def run(settings: Settings, open_services: OpenServices) -> int:
    """Show the window until the person closes it; returns the exit code."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    bugs = BugNotice(settings.home)
    with bugs.hooked():
        try:
            if ring(settings.home):
                return 0  # the window that is open already came to the front
            window = prepare_window(application, settings, open_services, bugs)
        except Exception as error:  # noqa: BLE001 - without a window it is told in one of its own
            return _not_shown(bugs.in_words(error))
        # Held until the loop ends: Qt keeps the window it shows, but none of its Python side, and
        # a window without that dies at the first signal that reaches it.
        code = application.exec()
        del window
    return code


def _not_shown(error: AppError) -> int:
    """Say why there is no window; the exit code, as of a command."""
    from PySide6.QtWidgets import QMessageBox

    QMessageBox.critical(None, text("window.name"), error_text(error))
    return 3 if isinstance(error, BugError) else 1


def prepare_window(
    application: QApplication,
    settings: Settings,
    open_services: OpenServices | None,
    bugs: BugNotice | None = None,
) -> MainWindow:
    """Dress the application and show the window on its first page; the caller holds the window."""
    chosen = read_preferences(settings)
    set_language(chosen.language)
    words = QtWords(application)
    application.installTranslator(words)
    application.setApplicationDisplayName(text("window.name"))
    theme = Theme(chosen.scale)
    apply_theme(application, theme)
    window = MainWindow(settings, open_services, theme, bugs)
    window.start()
    if window.fits(window.screen().availableGeometry().size()):
        window.show()
    else:
        # Beside a title bar and a task bar it has no room on an office screen.
        window.showMaximized()
    return window


class _Opened:
    """An open installation together with the key of its drafts."""

    def __init__(self, services: Services, unlocked: Unlocked) -> None:
        self.services = services
        self.unlocked = unlocked


class MainWindow(QMainWindow):
    """The frame: the first page, then the shell."""

    def __init__(
        self,
        settings: Settings,
        open_services: OpenServices | None,
        theme: Theme,
        bugs: BugNotice | None = None,
    ) -> None:
        """`bugs` gets what nobody catches; without it, what work beside the window raises."""
        super().__init__()
        self.bugs = bugs or BugNotice(settings.home)
        self.bugs.is_shown = self._shows
        self.bugs.wanted.connect(self._say_uncaught)
        self._collector = collect_here(QCoreApplication.instance() or self)
        self._settings = settings
        self._open_services = open_services
        self._theme = theme
        self._tasks: Tasks | None = None
        self._opened: _Opened | None = None
        self._closing = False
        self._ended = False
        #: The real home, while the trial beside it is open.
        self._real: Settings | None = None
        self.doorbell = Doorbell(settings.home, self)
        self.doorbell.rung.connect(self._come_to_front)
        self.unlock_page: UnlockPage | None = None
        self.recovery_page: RecoveryPage | None = None
        self.reopening_page: ReopeningPage | None = None
        self.restore_page: RestorePage | None = None
        self._users: tuple[str, ...] = ()
        self.first_start: FirstStart | None = None
        self.shell: Shell | None = None
        self.setWindowTitle(text("window.name"))
        self.resize(*_DRAWN_FOR)
        # Never more than the screen has: what lies below its edge is not there for anybody.
        room = self.screen().availableGeometry().size()
        least = QSize(theme.pixels(800), theme.pixels(480))
        self.setMinimumSize(least.boundedTo(QSize(room.width(), room.height() - _TITLE_BAR)))

    def fits(self, room: QSize) -> bool:
        """Whether the window with its title bar has room on a screen with so much space."""
        return room.width() >= self.width() and room.height() >= self.height() + _TITLE_BAR

    @property
    def tasks(self) -> Tasks:
        """The door to threads, made when the first page has been painted."""
        if self._tasks is None:
            from app.ui.tasks import Tasks

            self._tasks = Tasks(self, self.bugs.in_words)
        return self._tasks

    def start(self) -> None:
        """Show the first page: unlock, or the first run of a new PC."""
        if self._settings.keyslots_path.exists():
            self._show_unlock()
        else:
            self._show_first_run()

    def _come_to_front(self) -> None:
        """Somebody started the program a second time."""
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def _set_page(self, page: QWidget, *, invented: bool = False) -> None:
        """Show a page; everything of the trial is marked, and so is the title."""
        trial = self._real is not None
        name = text("window.name")
        if trial or invented:
            from app.ui.trial import Marked

            marked = Marked(page, self._theme, can_leave=trial)
            marked.leave_wanted.connect(self._leave_trial)
            self.setCentralWidget(marked)
            name = f"{text('demonstration.mark')} – {name}"
        else:
            self.setCentralWidget(page)
        self.setWindowTitle(name)
        page.setFocus()

    # --- unlocking --------------------------------------------------------------------------

    def _show_unlock(self) -> None:
        page = UnlockPage(self._theme)
        page.unlock.connect(self._unlock)
        page.code_wanted.connect(self._show_recovery)
        page.restore_wanted.connect(lambda: QTimer.singleShot(0, self, self._show_restore))
        page.trial.clicked.connect(self._make_trial)
        if self._real is not None:
            from app.services.demonstration import PASSPHRASE

            for one in (page.trial, page.forgotten, page.restoring):
                one.hide()
            page.say(text("demonstration.passphrase", passphrase=PASSPHRASE))
        page.painted.connect(lambda: QTimer.singleShot(0, self, self._preload))
        self.unlock_page, self.recovery_page, self.reopening_page = page, None, None
        self.restore_page = None
        self._set_page(page)

    def _preload(self) -> None:
        """Load everything else beside the page, and learn who works here."""
        if self._ended:
            return
        self._set_icon()
        self.doorbell.listen()
        settings = self._settings

        def load() -> tuple[str, ...]:
            from app.services import installation

            users = installation.users(settings)
            _import_the_rest()
            return users

        self.tasks.run(load, self._loaded, self._refused, owner=self)

    def _loaded(self, users: tuple[str, ...]) -> None:
        # The first time that Qt hands out a widget it made by itself, the binding loads the classes
        # of all widgets, 10 ms: better here than under a key on some page.
        QScrollArea().viewport()
        self._users = users
        page = self._asking
        if page is not None:
            page.set_users(users)

    @property
    def _asking(self) -> UnlockPage | RecoveryPage | ReopeningPage | RestorePage | None:
        """The page that asks for what opens the register."""
        return self.unlock_page or self.recovery_page or self.reopening_page or self.restore_page

    def _show_recovery(self) -> None:
        from app.ui.recovery_page import RecoveryPage

        page = RecoveryPage(self._theme)
        page.set_users(self._users)
        page.recover.connect(self._recover)
        # Not inside the key that asked for it: the page it was pressed on goes.
        page.back_wanted.connect(lambda: QTimer.singleShot(0, self, self._show_unlock))
        page.reopening_wanted.connect(lambda: QTimer.singleShot(0, self, self._show_reopening))
        self.unlock_page, self.recovery_page = None, page
        QTimer.singleShot(0, self, lambda: self._set_page(page))

    def _show_reopening(self) -> None:
        from app.ui.reopening_page import ReopeningPage

        page = ReopeningPage(self.tasks, self._theme, self._settings)
        page.set_users(self._users)
        page.open_wanted.connect(self._reopen)
        page.back_wanted.connect(lambda: QTimer.singleShot(0, self, self._show_unlock))
        self.recovery_page, self.reopening_page = None, page
        self._set_page(page)

    def _show_restore(self, chosen: Path | None = None) -> None:
        """A backup in the place of the register, which is closed."""
        from app.ui.restore_page import RestorePage

        page = RestorePage(self.tasks, self._theme, self._settings, chosen)
        page.set_users(self._users)
        page.restored.connect(self._unlock_restored)
        page.back_wanted.connect(lambda: QTimer.singleShot(0, self, self._leave_restore))
        self.unlock_page, self.restore_page = None, page
        self._set_page(page)

    def _leave_restore(self) -> None:
        self.restore_page = None
        self.start()

    def _restore_here(self) -> None:
        """On a PC that has no register: one whose PC is lost."""
        self._end_first_run()
        self._show_restore()

    def _restore_from(self, chosen: Path) -> None:
        """From the open register: it is saved and closed first."""

        def closed() -> None:
            self._close_opened()
            self._show_restore(chosen)

        if self.shell is not None:
            self.shell.close_down(closed)

    def _unlock_restored(self, passphrase: str, user: str) -> None:
        def how(settings: Settings) -> Unlocked:
            from app.services import installation

            return installation.unlock(settings, passphrase, user or None)

        self._open(how, told="restore.done")

    def _unlock(self, passphrase: str, user: str) -> None:
        def how(settings: Settings) -> Unlocked:
            from app.services import installation

            return installation.unlock(settings, passphrase, user or None)

        self._open(how)

    def _unlock_new(self, passphrase: str, user: str) -> None:
        """Open a register that was just set up: its recovery code was typed off the paper."""

        def how(settings: Settings) -> Unlocked:
            from app.services import installation

            return installation.unlock(settings, passphrase, user)

        self._open(how, lambda services: services.people_here.code_is_on_paper())

    def _recover(self, code: str, user: str, new: str) -> None:
        def how(settings: Settings) -> Unlocked:
            from app.services import installation

            return installation.unlock_with_recovery(settings, code, user)

        def then(services: Services) -> None:
            services.accounts.set_passphrase(new, by_code=True)

        self._open(how, then, "forgotten.done")

    def _reopen(self, reply: Path, passphrase: str) -> None:
        """Open it by the reply of a unit above, for the passphrase chosen with the request."""

        def how(settings: Settings) -> Unlocked:
            from app.services import reopening

            return reopening.unlock_with_reply(settings, reply, passphrase)

        def then(services: Services) -> None:
            services.reopening.finish(passphrase)

        self._open(how, then, "reopening.done")

    def _open(
        self,
        how: Callable[[Settings], Unlocked],
        then: Callable[[Services], None] | None = None,
        told: str = "",
    ) -> None:
        """Open the register; `then` is done with it before it is shown, and `told` afterwards."""
        page = self._asking
        if page is not None:
            page.set_busy(True)
        settings, open_services = self._settings, self._open_services
        if open_services is None:
            raise BugError("window.nothing_to_open")

        def op() -> _Opened:
            held: list[Unlocked] = []

            def unlock(of: Settings) -> Unlocked:
                held.append(how(of))
                return held[-1]

            services = open_services(settings, unlock, purpose="window")
            try:
                if then is not None:
                    then(services)
                _import_the_rest()
            except BaseException:
                services.close()
                raise
            return _Opened(services, held[-1])

        def show(opened: _Opened) -> None:
            self._opened = opened
            if self.first_start is not None:
                self.doorbell.listen()
                self.first_start.offer_request(opened.services)
            else:
                self._show_shell(opened, told)

        self.tasks.run(op, show, self._refused, lane=_write_lane(), owner=self)

    def _refused(self, error: AppError) -> None:
        page = self._asking or self.first_run
        if page is not None:
            page.refuse(error_text(error))

    # --- what nobody caught -----------------------------------------------------------------

    def _say_uncaught(self, error: AppError) -> None:
        """Say it where the window says what went wrong: it goes on."""
        if self.shell is None:
            self._refused(error)
        else:
            from app.ui.notify import error_notice

            self.shell.notices.say(error_notice(error))

    def _shows(self, error: AppError) -> bool:
        if self.shell is None:
            return False
        from app.ui.notify import topic_of

        return self.shell.notices.shows(topic_of(error))

    # --- first run --------------------------------------------------------------------------

    def _show_first_run(self) -> None:
        from app.ui.first_run.desk import FirstStart

        self._end_first_run()
        start = FirstStart(self._settings, self._theme, lambda: self.tasks, _import_the_rest, self)
        start.page_made.connect(self._set_page)
        start.installed.connect(self._unlock_new)
        start.work_wanted.connect(self._begin_work)
        start.leave_wanted.connect(self.close)
        start.trial_wanted.connect(self._make_trial)
        # Not inside the click: the page that was clicked on goes.
        start.restore_wanted.connect(lambda: QTimer.singleShot(0, self, self._restore_here))
        start.size_wanted.connect(self._dress)
        start.page.painted.connect(self._set_icon)
        self.first_start = start
        start.begin()

    @property
    def first_run(self) -> FirstRun | None:
        """The page of the first run, while it is shown."""
        return None if self.first_start is None else self.first_start.page

    def _dress(self, scale: float) -> None:
        """Another size of letters, before anything else is set up."""
        application = QApplication.instance()
        if self.first_start is not None and isinstance(application, QApplication):
            self._theme = Theme(scale)
            apply_theme(application, self._theme)
            self.first_start.dress(self._theme)

    def _end_first_run(self) -> None:
        if self.first_start is not None:
            self.first_start.end()
        self.first_start = None

    def _set_icon(self) -> None:
        self.setWindowIcon(QIcon(str(resources_dir() / "icons" / "sotreem.svg")))

    def _begin_work(self) -> None:
        if self._opened is not None:
            self._show_shell(self._opened)

    # --- the opened program -----------------------------------------------------------------

    def _show_shell(self, opened: _Opened, told: str = "") -> None:
        from app.models.drafts import DraftStore
        from app.ui.check.coming_back import lead_back
        from app.ui.notify import Kind, Notice
        from app.ui.shell import Shell

        settings = self._settings
        self.doorbell.listen()
        dek = opened.unlocked.dek
        shell = Shell(
            opened.services,
            lambda: DraftStore.opened(settings.drafts_path, dek),
            self.tasks,
            self._theme,
            self,
        )
        shell.locked.connect(self._lock)
        shell.home.demonstration_wanted.connect(self._to_trial)
        shell.restore_wanted.connect(self._restore_from)
        shell.notices.count_changed.connect(self.bugs.rest)
        self._end_first_run()
        self.unlock_page = self.recovery_page = self.reopening_page = self.restore_page = None
        self.shell = shell
        self._set_page(shell, invented=opened.services.workplace.demonstration)
        shell.begin()
        shell.drafts.read(partial(lead_back, shell))
        if told:
            shell.notices.say(Notice(Kind.DONE, text(told)))
        self._collector.freeze()

    def _lock(self) -> None:
        """Close the store and ask for the passphrase again."""
        if self._close_opened():
            self._show_unlock()

    def _close_opened(self) -> bool:
        """Close the open register; whether there was one."""
        shell, opened = self.shell, self._opened
        self.shell, self._opened = None, None
        if shell is None or opened is None:
            return False
        self._collector.thaw()
        # What comes next waits in the same lane until the store is closed.
        close_drafts, close_store = shell.drafts.closing(), opened.services.close

        def close() -> None:
            close_drafts()
            close_store()

        self.tasks.run(close, lambda _done: None, self._refused, lane=_write_lane(), owner=self)
        return True

    # --- the trial --------------------------------------------------------------------------

    def _to_trial(self) -> None:
        """From the open register: it is saved and closed first."""

        def closed() -> None:
            self._lock()
            self._make_trial()

        if self.shell is not None:
            self.shell.close_down(closed)

    def _make_trial(self) -> None:
        """Make the register of invented people, or find it, and open it."""
        page = self.first_run or self.unlock_page
        if page is not None:
            page.set_busy(True)
            page.say(text("demonstration.making"))
        settings = self._settings
        # The trial is a home of its own: it looks like the window that it is opened from.
        look = Preferences(language(), self._theme.scale)

        def make() -> Settings:
            from app.services import demonstration

            made = demonstration.make(settings)
            write_preferences(made, look)
            return made

        self.tasks.run(make, self._open_trial, self._no_trial, lane=_write_lane(), owner=self)

    def _no_trial(self, error: AppError) -> None:
        page = self.first_run or self.unlock_page
        if page is not None:
            page.refuse(error_text(error))

    def _open_trial(self, trial: Settings) -> None:
        from app.services.demonstration import PASSPHRASE

        self._real, self._settings = self._settings, trial
        self._end_first_run()
        self._show_unlock()
        self._unlock(PASSPHRASE, "")

    def _leave_trial(self) -> None:
        """One answer ends the trial and takes it away; the first page of the real home follows."""
        shell = self.shell
        if shell is None:
            self._drop_trial()
            return
        from app.services.demonstration import CHILDREN
        from app.ui.notify import Choice, Question

        question = Question(
            text("demonstration.leave_question"),
            text("demonstration.leave_details", children=CHILDREN),
            (
                Choice("leave", text("demonstration.leave"), destroys=True),
                Choice("stay", text("demonstration.stay")),
            ),
        )
        if shell.notices.ask(question) == "leave":
            shell.close_down(self._drop_trial)

    def _drop_trial(self) -> None:
        real = self._real
        if real is None:
            return
        self._close_opened()

        def remove() -> None:
            from app.services import demonstration

            demonstration.remove(real)

        # Whatever came of it, the real register is what comes next.
        self._real, self._settings = None, real
        self.tasks.run(remove, lambda _none: None, self._no_trial, lane=_write_lane(), owner=self)
        self.start()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 -- Qt's name
        """Save what was typed, then close; what can be gone on with stops. A second click does not
        wait.
        """
        if self.shell is not None and not self._closing:
            self._closing = True
            event.ignore()
            if self.tasks.give_way():
                self.shell.say_closing()
            self._close_down()
            return
        self._close_everything()
        super().closeEvent(event)

    def _close_down(self) -> None:
        """What stops says so in a window that is still painted, and its pages show what it did."""
        if self.tasks.giving_way:
            QTimer.singleShot(_STOPS, self, self._close_down)
        elif self.shell is not None:
            self.shell.close_down(self._finish)

    def _finish(self) -> None:
        # Not at once: Qt ignores a close inside the handling of the first.
        QTimer.singleShot(0, self, self.close)

    def _close_everything(self) -> None:
        shell, opened = self.shell, self._opened
        self.shell, self._opened = None, None
        self._ended = True
        self._end_first_run()
        self.doorbell.close()
        self.tasks.shutdown()
        try:
            if shell is not None:
                shell.drafts.close()
        finally:
            if opened is not None:
                opened.services.close()


def _write_lane() -> Lane:
    from app.ui.tasks import Lane

    return Lane.WRITE


def _import_the_rest() -> None:
    """Import what the opened program needs, on whatever thread asks."""
    for name in ("app.services.services", "app.ui.shell", "app.models.drafts"):
        importlib.import_module(name)
    from app.forms.template import builtin_templates
    from app.forms.units import load_units

    builtin_templates()
    load_units()
