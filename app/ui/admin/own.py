"""The own passphrase, and the recovery code of this PC for who keeps its keys."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from app.i18n import text
from app.services.authority import Status
from app.services.key_sheets import recovery_sheet
from app.services.people_here import code_is_on_no_paper
from app.services.rights import Right
from app.services.services import Services
from app.services.sign_in import check_passphrase
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.notify import Choice, Notifier, Question
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme


class OwnSection(Section):
    """What everybody may do about the own way in."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("administration.own"), parent)
        self._services, self._notifier = services, notifier
        self._code = ""
        self.part(text("administration.own.passphrase"))
        self.old = self.field(text("administration.own.old"), secret=True)
        self.new = self.field(text("forgotten.new"), secret=True)
        self.again = self.field(text("first.again"), secret=True)
        self.change = self.step(text("administration.own.change"), self._change, "primary")
        self.row(self.change)
        self.first = self.old
        self.renew: Step | None = None
        self.code_label: QLabel | None = None
        if Right.KEYS in services.workplace.account.rights:
            self.part(text("administration.own.code"))
            self.words(text("administration.own.code_why"))
            self.escrow = self.words("")
            self.code_label = self.code()
            self.renew = self.step(text("administration.own.renew"), self._renew)
            self.printing = Step(text("first.print"))
            self.printing.clicked.connect(self._print)
            self.printing.hide()
            self.row(self.renew, self.printing)
        self.close_column()

    def load(self) -> None:
        """Come to the page anew: no code and no passphrase of an earlier visit is left on it."""
        self._forget()
        self.say("")
        self._code = ""
        waits = self.renew is not None and code_is_on_no_paper(self._services.workplace)
        self.first = self.renew if waits else self.old
        if self.code_label is not None:
            self.code_label.clear()
            self.code_label.hide()
            self.printing.hide()
            self.read(self._services.authority.status, self._say_who_else)

    def _say_who_else(self, found: Status) -> None:
        """Who can open the register again when code and passphrase are lost."""
        units = ", ".join(map(self._services.entry.unit_name, found.escrow))
        words = text("escrow.holders", units=units) if units else text("escrow.nobody")
        self.say_in(self.escrow, words)

    def _forget(self) -> None:
        for field in (self.old, self.new, self.again):
            field.clear()

    def _allowed(self, new: str) -> None:
        check_passphrase(new, self._services.workplace.account.name)

    def _change(self) -> None:
        old, new = self.old.text(), self.new.text()
        if not old:
            self.refuse("administration.own.old_needed", self.old)
        elif self.refuse_by(self._allowed, self.new):
            return
        elif self.again.text() != new:
            self.refuse("first.not_alike", self.again)
        else:
            accounts = self._services.accounts

            def proven(_none: None) -> None:
                self.act(lambda: accounts.set_passphrase(new), self._changed)

            # Not where saves wait for their turn: after wrong tries this takes its time.
            self.act(lambda: accounts.prove(old), proven, lane=Lane.READ)

    def _changed(self, authority_keeps_its_own: bool) -> None:
        self._forget()
        words = text("administration.own.changed")
        if authority_keeps_its_own:
            words += " " + text("administration.own.authority_keeps")
        self.say(words, "done")

    def _renew(self) -> None:
        question = Question(
            text("administration.own.renew_question"),
            text("administration.own.renew_details"),
            (
                Choice("renew", text("administration.own.renew"), destroys=True),
                Choice("keep", text("administration.own.keep_code")),
            ),
        )
        if self._notifier.ask(question) == "renew":
            self.act(self._services.people_here.new_recovery_code, self._show_code)

    def _show_code(self, code: str) -> None:
        self._code = code
        if self.code_label is not None:
            self.code_label.setText(code.replace("-", " - "))
            self.code_label.show()
        self.printing.show()
        self.say(text("administration.own.renewed"), "done")

    def _print(self) -> None:
        print_or_say(self, recovery_sheet(self._code, whose(self._services)))
