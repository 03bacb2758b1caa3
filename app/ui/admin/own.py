"""The own passphrase, and the recovery code of this PC for who keeps its keys."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from app.i18n import text
from app.services.accounts import Accounts
from app.services.people_here import PeopleHere
from app.ui.admin.section import Section
from app.ui.recovery_sheet import print_recovery_code
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_LEAST = 8


class OwnSection(Section):
    """What everybody may do about the own way in."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        accounts: Accounts,
        people: PeopleHere,
        *,
        keeps_keys: bool,
    ) -> None:
        super().__init__(tasks, theme, text("administration.own"))
        self._accounts, self._people = accounts, people
        self._code = ""
        self.part(text("administration.own.passphrase"))
        self.new = self.field(text("forgotten.new"), secret=True)
        self.again = self.field(text("first.again"), secret=True)
        self.change = self.step(text("administration.own.change"), self._change, "primary")
        self.row(self.change)
        self.first = self.new
        self.renew: Step | None = None
        self.code_label: QLabel | None = None
        if keeps_keys:
            self.part(text("administration.own.code"))
            self.words(text("administration.own.code_why"))
            self.code_label = self.code()
            self.renew = self.step(text("administration.own.renew"), self._renew)
            self.printing = Step(text("first.print"))
            self.printing.clicked.connect(lambda: print_recovery_code(self, self._code))
            self.printing.hide()
            self.row(self.renew, self.printing)
        self.close_column()

    def load(self) -> None:
        """Come to the page anew: no code and no passphrase of an earlier visit is left on it."""
        self.new.clear()
        self.again.clear()
        self.say("")
        self._code = ""
        if self.code_label is not None:
            self.code_label.clear()
            self.code_label.hide()
            self.printing.hide()

    def _change(self) -> None:
        new = self.new.text()
        if len(new) < _LEAST:
            self.refuse("first.too_short", self.new, least=_LEAST)
        elif self.again.text() != new:
            self.refuse("first.not_alike", self.again)
        else:
            accounts = self._accounts
            self.act(lambda: accounts.set_passphrase(new), self._changed)

    def _changed(self, authority_keeps_its_own: bool) -> None:
        self.new.clear()
        self.again.clear()
        words = text("administration.own.changed")
        if authority_keeps_its_own:
            words += " " + text("administration.own.authority_keeps")
        self.say(words, "done")

    def _renew(self) -> None:
        self.act(self._people.new_recovery_code, self._show_code)

    def _show_code(self, code: str) -> None:
        self._code = code
        if self.code_label is not None:
            self.code_label.setText(code.replace("-", " - "))
            self.code_label.show()
        self.printing.show()
        self.say(text("administration.own.renewed"), "done")
