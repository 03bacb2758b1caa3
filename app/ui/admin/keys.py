"""The keys of a unit that certifies others: copies of their files, a new root of the province."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from app.i18n import number, text
from app.plain_files import is_folder
from app.services.authority import RootView, Status
from app.services.key_files import KeyFiles
from app.services.key_sheets import KeptRoot, kept_root, kept_root_sheet
from app.services.services import Services
from app.ui.admin.day_asked import DayAsked
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.admin.sticks_here import offer_folder
from app.ui.notify import Choice, Notifier, Question
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class KeysSection(Section):
    """What a key holder does once a year: copies, and the root."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("unit_keys.title"), parent)
        self._services, self._notifier = services, notifier
        self.part(text("unit_keys.files"))
        self.words(text("unit_keys.files_why"))
        self.to = self._folder_field("handovers.folder")
        offer_folder(self, self.to, self._to_copying)
        self.copy = self.step(text("unit_keys.copy"), self._copy)
        self.row(self.copy)
        self.words(text("unit_keys.take_why"))
        self.source = self._folder_field("unit_keys.from")
        self.secret = self.field(text("administration.issuing.secret"), secret=True)
        self.take = self.step(text("unit_keys.take"), self._take)
        self.row(self.take)
        workplace = services.workplace
        self.make: Step | None = None
        if workplace.tree.units.parent(workplace.unit) is None:
            self._build_root()
        self.close_column()
        self.first = self.to

    def _folder_field(self, label_id: str) -> QLineEdit:
        choose = Step(text("handovers.choose"))
        field = self.field(text(label_id), beside=choose)
        choose.clicked.connect(partial(self._choose_folder, field))
        return field

    def _build_root(self) -> None:
        self.part(text("unit_keys.root"))
        self.words(text("unit_keys.root_why"))
        self.roots = self.words("", "")
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_root)
        self.root_file = self.field(text("unit_keys.root_file"), beside=choose)
        self.root_secret = self.field(text("administration.issuing.secret"), secret=True)
        self.today = DayAsked(self)
        self.make = self.step(text("unit_keys.root_make"), self._make, "danger")
        self.printing = Step(text("unit_keys.root_print"))
        self.printing.clicked.connect(self._print)
        self.row(self.make, self.printing)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read which roots are trusted here."""
        if self.make is not None:
            self.read(self._services.authority.status, self._show)

    def _show(self, found: Status) -> None:
        lines = [_root_line(one) for one in reversed(found.roots)]
        self.say_in(self.roots, "\n".join(lines))
        self.printing.setEnabled(bool(found.roots))
        if self.make is not None:
            self.make.setEnabled(bool(found.roots))

    # --- the files --------------------------------------------------------------------------

    def _to_copying(self) -> None:
        self.copy.setFocus()

    def _choose_folder(self, field: QLineEdit) -> None:
        title = text("handovers.choose_folder")
        found = QFileDialog.getExistingDirectory(self, title, field.text())
        if found:
            field.setText(found)

    def _folder(self, field: QLineEdit) -> Path | None:
        """The folder in a field; None where there is none, which is said."""
        folder = Path(field.text().strip())
        if field.text().strip() and is_folder(folder):
            return folder
        self.refuse("unit_keys.no_folder", field)
        return None

    def _copy(self) -> None:
        desk, to = self._services.key_files, self._folder(self.to)
        if to is None:
            return

        def done(made: KeyFiles) -> None:
            count = number(len(made.names))
            self.say(text("unit_keys.copied", count=count, folder=str(made.folder)), "done")

        self.act(lambda: desk.copy(to), done)

    def _take(self) -> None:
        desk, source, secret = self._services.key_files, self._folder(self.source), self.secret
        if source is None:
            return
        if not secret.text():
            self.refuse("stations.no_secret", secret)
            return

        def done(made: KeyFiles) -> None:
            secret.clear()
            self.say(text("unit_keys.taken", count=number(len(made.names))), "done")
            self.load()

        self.act(partial(desk.take_back, source, secret.text()), done)

    # --- the root ---------------------------------------------------------------------------

    def _choose_root(self) -> None:
        title = text("unit_keys.root_file")
        found, _kind = QFileDialog.getOpenFileName(self, title, self.root_file.text(), "*.age")
        if found:
            self.root_file.setText(found)

    def _make(self) -> None:
        secret, typed = self.root_secret.text(), self.root_file.text().strip()
        if not secret:
            self.refuse("stations.no_secret", self.root_secret)
            return
        if self.today.refused():
            return
        question = Question(
            text("unit_keys.root_question"),
            text("unit_keys.root_details"),
            (
                Choice("make", text("unit_keys.root_make"), destroys=True),
                Choice("keep", text("stations.keep")),
            ),
        )
        if self._notifier.ask(question) != "make":
            return
        rotation, file = self._services.root_rotation, Path(typed) if typed else None
        self.act(
            partial(rotation.rotate, secret, file, self.today.day),
            lambda _made: self._made(),
            refused=self.today.ask,
        )

    def _made(self) -> None:
        self.root_secret.clear()
        self.root_file.clear()
        self.say(text("unit_keys.root_made"), "done")
        self.load()
        # The words just said take room from the part: its button is led to afterwards.
        QTimer.singleShot(0, self, lambda: self.lead_to(self.printing))

    def _print(self) -> None:
        self.read(partial(kept_root, self._services.authority), self._print_root)

    def _print_root(self, root: KeptRoot) -> None:
        print_or_say(self, kept_root_sheet(root, whose(self._services)))


def _root_line(one: RootView) -> str:
    return text(
        "unit_keys.root_line",
        fingerprint=one.fingerprint,
        until=f"{one.valid_until.astimezone():%d/%m/%Y}",
        state=text("unit_keys.root_present" if one.newest else "unit_keys.root_older"),
    )
