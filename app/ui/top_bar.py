"""The head of the window: the search, whose register it is, the open round, the account's menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QWidget

from app.i18n import text
from app.services.round_words import round_called
from app.services.standing import Standing
from app.settings import Settings
from app.ui.labels import Elided
from app.ui.last_day import before_or_after
from app.ui.notify import Kind, Notice, Notifier
from app.ui.preferences import SCALES, Preferences, read_preferences, write_preferences
from app.ui.step import Step
from app.ui.theme import Theme

#: Letters of a search: more than anybody types for one child, less than holds up the window.
_LONGEST_SEARCH = 100


class TopBar(QFrame):
    """The head of the window."""

    keys_wanted = Signal()
    lock_wanted = Signal()
    export_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        trial: bool = False,
    ) -> None:
        """In a `trial` no look is kept: the next start begins with the real register."""
        super().__init__(parent)
        self._settings, self._trial = settings, trial
        self._looks: dict[object, QAction] = {}
        self._notifier = notifier
        px = theme.pixels
        self.setProperty("role", "topbar")
        self.search = QLineEdit()
        self.search.setMaxLength(_LONGEST_SEARCH)
        self.search.setPlaceholderText(text("window.search"))
        self.search.setAccessibleName(text("window.search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(px(160))
        self.search.setMaximumWidth(px(400))
        self.unit = Elided(natural=True)
        self.round = Elided(natural=True)
        self.round.setProperty("role", "chip")
        self.round.hide()
        self.account = Step()
        self.account.setProperty("role", "link")
        self.account.setMenu(self._menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(16))
        row.addWidget(self.search, 2)
        row.addStretch(1)
        row.addWidget(self.unit)
        row.addWidget(self.round)
        row.addWidget(self.account)

    def show_standing(self, standing: Standing) -> None:
        """Say whose register this is, who works here and which round is open."""
        self.unit.say(standing.unit_name)
        self.account.setText(standing.account_name)
        self.round.setVisible(bool(standing.round_name))
        left, called = standing.round_days_left, round_called(standing.round_name)
        if left is None:
            self.round.say(called)
        else:
            key = f"window.round_{before_or_after(left)}"
            self.round.say(text(key, name=called, days=abs(left)))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        languages = QActionGroup(menu)
        menu.addAction(_heading(text("window.language"), menu))
        for one in ("vi", "en"):
            action = QAction(text(f"window.language.{one}"), menu, checkable=True)
            self._looks[one] = action
            action.triggered.connect(partial(self._prefer, language=one))
            languages.addAction(action)
            menu.addAction(action)
        sizes = QActionGroup(menu)
        menu.addSeparator()
        menu.addAction(_heading(text("window.size"), menu))
        for scale in SCALES:
            action = QAction(f"{scale:.0%}", menu, checkable=True)
            self._looks[scale] = action
            action.triggered.connect(partial(self._prefer, scale=scale))
            sizes.addAction(action)
            menu.addAction(action)
        self._mark_look()
        menu.addSeparator()
        menu.addAction(text("export.menu") + "\tCtrl+E", self.export_wanted.emit)
        menu.addAction(text("window.shortcuts") + "\tF12", self.keys_wanted.emit)
        menu.addAction(text("window.lock") + "\tCtrl+L", self.lock_wanted.emit)
        return menu

    def _mark_look(self) -> None:
        """Mark what counts from the next start on."""
        now = read_preferences(self._settings)
        for one in (now.language, now.scale):
            self._looks[one].setChecked(True)

    def _prefer(
        self, _on: bool = True, *, language: str | None = None, scale: float | None = None
    ) -> None:
        if self._trial:
            self._mark_look()
            self._notifier.say(Notice(Kind.NOTE, text("demonstration.look"), topic="preferences"))
            return
        now = read_preferences(self._settings)
        chosen = Preferences(language or now.language, scale or now.scale)
        try:
            write_preferences(self._settings, chosen)
        except OSError:
            self._mark_look()
            words = text("window.not_kept", folder=str(self._settings.home))
            self._notifier.say(Notice(Kind.ERROR, words, topic="preferences"))
        else:
            self._notifier.say(Notice(Kind.NOTE, text("window.next_start"), topic="preferences"))


def _heading(words: str, menu: QMenu) -> QAction:
    """What the choices below it are about. Qt's own sections lose their words to a style sheet."""
    heading = QAction(words, menu)
    heading.setEnabled(False)
    return heading
