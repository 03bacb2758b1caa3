"""What the first run asks of the services: units found, the installation made, its code printed,
its certificate asked for. The services are imported beside the first page, never before it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.errors import AppError, KnownError
from app.i18n import error_text, language, set_language, text
from app.services.sign_in import MAX_NAME, may_stand_in_name
from app.settings import Settings
from app.text.fold import fold
from app.ui.first_run.asked import Asked, FoundUnit
from app.ui.first_run.page import FirstRun
from app.ui.preferences import Preferences, read_preferences, write_preferences
from app.ui.qt_words import QtWords
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.installation import Installed
    from app.services.services import Services
    from app.ui.tasks import Tasks


class FirstStart(QObject):
    """Sets a new PC up. `page_made` gives a page to be shown; `installed` passphrase and user, to
    open the register with; `work_wanted` comes when nothing is left to be asked.
    """

    page_made = Signal(object)
    installed = Signal(str, str)
    work_wanted = Signal()
    leave_wanted = Signal()
    size_wanted = Signal(float)
    trial_wanted = Signal()
    #: This PC takes the place of another one, whose backup is there.
    restore_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        theme: Theme,
        tasks: Callable[[], Tasks],
        import_the_rest: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._settings, self._theme = settings, theme
        self._tasks, self._import_the_rest = tasks, import_the_rest
        self._asked: Asked | None = None
        self._unit: FoundUnit | None = None
        self._ended = False
        self.page = self._make_page()

    def begin(self) -> None:
        """Show the first question."""
        self.page.painted.connect(lambda: QTimer.singleShot(0, self, self._load_units))
        self.page_made.emit(self.page)

    def end(self) -> None:
        """The window closes, or shows something else: nothing more is begun."""
        self._ended = True
        self.deleteLater()

    def _make_page(self) -> FirstRun:
        page = FirstRun(self._theme, _user_name)
        page.find_wanted.connect(self._find_units)
        # Not inside the click: the page that was clicked on is replaced by one in the language.
        page.language_wanted.connect(
            lambda chosen: QTimer.singleShot(0, self, lambda: self._speak(chosen))
        )
        page.size_wanted.connect(
            lambda scale: QTimer.singleShot(0, self, lambda: self.size_wanted.emit(scale))
        )
        page.asked.connect(self._install)
        page.print_code.connect(self._print_code)
        page.finished.connect(self._code_put_away)
        page.work_wanted.connect(self.work_wanted)
        page.leave_wanted.connect(self.leave_wanted)
        page.trial.clicked.connect(self.trial_wanted)
        page.restoring.clicked.connect(self.restore_wanted)
        return page

    # --- language and size ------------------------------------------------------------------

    def _speak(self, chosen: str) -> None:
        """Ask the first question in another language; nothing is installed yet that could keep it.

        Everything that was typed stays; the unit is looked for once more, for units are named in
        the language.
        """
        if chosen == language():
            return
        set_language(chosen)
        application = QApplication.instance()
        if application is not None:
            for words in application.findChildren(QtWords):
                words.follow()
        self._ask_anew()
        self.page.language[chosen].setFocus()

    def dress(self, theme: Theme) -> None:
        """Ask the first question in another size of letters."""
        self._theme = theme
        self._ask_anew()
        self.page.letters.setFocus()

    def _ask_anew(self) -> None:
        former, self.page = self.page, self._make_page()
        self.page.take_over(former)
        self.page_made.emit(self.page)

    def _keep_look(self) -> None:
        """Keep what was chosen here for the next start, now that there is a home."""
        chosen = Preferences(language(), self._theme.scale)
        if chosen == read_preferences(self._settings):
            return
        try:
            write_preferences(self._settings, chosen)
        except OSError:
            self.page.say(text("window.not_kept", folder=str(self._settings.home)), "warning")

    # --- units ------------------------------------------------------------------------------

    def _load_units(self) -> None:
        if self._ended:
            return
        settings, import_the_rest = self._settings, self._import_the_rest

        def load() -> None:
            from app.services.home import refuse_store_without_keys
            from app.ui.unit_finding import find_units

            refuse_store_without_keys(settings)
            find_units("xa")
            import_the_rest()

        self._tasks().run(load, lambda _none: None, self._cannot_begin, owner=self.page)

    def _cannot_begin(self, error: AppError) -> None:
        """Said before a question is answered, not after four."""
        self.page.close_with(error_text(error))

    def _find_units(self, typed: str) -> None:
        def find() -> list[FoundUnit]:
            from app.ui.unit_finding import find_units

            return find_units(typed)

        def show(found: list[FoundUnit]) -> None:
            self.page.show_units(typed, found)

        self._tasks().run(find, show, self.refuse, owner=self.page)

    # --- installing -------------------------------------------------------------------------

    def _install(self, asked: Asked) -> None:
        from app.ui.tasks import Lane

        settings = self._settings
        self._unit = self.page.unit.chosen

        def op() -> Installed:
            from app.services import installation

            return installation.install(
                settings,
                unit=asked.unit,
                user=asked.user,
                full_name=asked.full_name,
                title=asked.title,
                passphrase=asked.passphrase,
                asks_for_code=True,
            )

        def done(installed: Installed) -> None:
            self._asked = Asked(
                asked.unit, installed.user, asked.full_name, asked.title, asked.passphrase
            )
            self.page.show_code(installed.recovery_code)
            self._keep_look()

        self._tasks().run(op, done, self.refuse, lane=Lane.WRITE, owner=self.page)

    def refuse(self, error: AppError) -> None:
        """Say on the page what could not be done."""
        self.page.refuse(error_text(error))

    def _print_code(self, code: str) -> None:
        from app.services.key_sheets import Whose, recovery_sheet
        from app.ui.code_sheets import print_sheet

        asked, unit = self._asked, self._unit
        if asked is None or unit is None:
            return
        today = datetime.now().astimezone().date()
        whose = Whose(unit.name, asked.full_name, today, asked.unit)
        try:
            print_sheet(self.page, recovery_sheet(code, whose))
        except KnownError as error:
            self.page.say(error_text(error), "error")

    def _code_put_away(self) -> None:
        if self._asked is not None:
            self.page.set_busy(True)
            self.page.say(text("unlock.opening"))
            self.installed.emit(self._asked.passphrase, self._asked.user)

    # --- the certificate --------------------------------------------------------------------

    def offer_request(self, services: Services) -> None:
        """The register is open: ask for its certificate, or go to work at once where nobody is
        above who could give one.
        """
        from app.ui.admin.asking import AskingSection

        self._asked = None
        if services.workplace.tree.units.parent(services.workplace.unit) is None:
            self.work_wanted.emit()
            return
        asking = AskingSection(
            self._tasks(), self._theme, services, text("first.certificate"), bare=True
        )
        asking.build_asking(text("first.certificate_why"))
        asking.close_column()
        asking.requested.connect(self.page.request_written)
        self.page.show_request(asking)
        asking.folder.setFocus()


def _user_name(full_name: str) -> str:
    """The given name without marks: what people call each other by."""
    given = (fold(full_name).split() or [""])[-1]
    return "".join(filter(may_stand_in_name, given))[:MAX_NAME]
