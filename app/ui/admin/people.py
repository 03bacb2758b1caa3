"""Who works on this PC: the list, adding somebody, another role, taking somebody away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import text
from app.services.accounts import Accounts, AccountView
from app.services.people_here import PeopleHere
from app.services.rights import RIGHTS_OF, Role
from app.services.sign_in import check_passphrase, sign_in_name
from app.services.table_export import Holds
from app.ui.admin.section import Section
from app.ui.notify import Choice, Notifier, Question
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_COLUMNS = ("name", "full_name", "title", "role")


def role_words(account: AccountView) -> str:
    """The role whose rights an account has."""
    for role in Role:
        if RIGHTS_OF[role] == account.rights:
            return text(f"account.role.{role.value}")
    return text("account.role.other")


class PeopleSection(Section):
    """The accounts of this PC."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        accounts: Accounts,
        people: PeopleHere,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("administration.people"), parent)
        self._accounts, self._people, self._notifier = accounts, people, notifier
        px = theme.pixels
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setAccessibleName(text("administration.people"))
        offer(self.table, "people", Holds.INTERNAL)
        self.table.setHorizontalHeaderLabels(
            [text(f"administration.people.{one}") for one in _COLUMNS]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(px(32))
        self.table.setMinimumHeight(px(136))
        self.table.setMaximumHeight(px(200))
        header = self.table.horizontalHeader()
        # Who it is and in which role is never cut; the title of office gives way, and has a tip.
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_COLUMNS.index("title"), QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.column.addWidget(self.table)
        self.role = self._roles(text("administration.people.role_of_chosen"))
        self.change = self.step(text("administration.people.change"), self._change)
        self.remove = self.step(text("administration.people.remove"), self._remove, "danger")
        self.row(self.role, self.change, self.remove)
        self.part(text("administration.people.add"))
        self.name = self.field(text("first.user"))
        self.full_name = self.field(text("first.full_name"))
        self.office = self.field(text("first.title"))
        self.new_role = self._roles(text("administration.people.role"))
        self.labelled(text("administration.people.role"), self.new_role)
        # In sight: it is told to somebody else, who changes it at once.
        self.passphrase = self.field(text("administration.people.passphrase"))
        self.add = self.step(text("administration.people.add"), self._add, "primary")
        self.row(self.add)
        self.close_column()
        self.first = self.table

    def _roles(self, label: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(label)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(self.theme.pixels(400))
        return box

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read who is here, and the roles that may be given."""
        accounts, people = self._accounts, self._people
        self.read(lambda: (accounts.list(), people.roles()), self._show)

    def _show(self, found: tuple[Sequence[AccountView], Sequence[Role]]) -> None:
        before = self.chosen
        rows = [one for one in found[0] if one.active]
        self.table.setRowCount(len(rows))
        for place, one in enumerate(rows):
            for column, words in enumerate((one.name, one.full_name, one.title, role_words(one))):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.table.setItem(place, column, item)
            if one.name == before or not place:
                self.table.selectRow(place)
        for box in (self.role, self.new_role):
            chosen = box.currentData()
            box.clear()
            for role in found[1]:
                box.addItem(text(f"account.role.{role.value}"), role)
            box.setCurrentIndex(max(0, box.findData(chosen)))
        self._chosen()

    @property
    def chosen(self) -> str:
        """The sign-in name of the line."""
        item = self.table.item(self.table.currentRow(), 0)
        return "" if item is None else item.text()

    def _chosen(self) -> None:
        item = self.table.item(self.table.currentRow(), len(_COLUMNS) - 1)
        if item is not None:
            place = self.role.findText(item.text(), Qt.MatchFlag.MatchExactly)
            self.role.setCurrentIndex(max(0, place))

    # --- doing ------------------------------------------------------------------------------

    def _add(self) -> None:
        people, role = self._people, self.new_role.currentData()
        asked = (self.name.text(), self.full_name.text(), self.office.text())
        passphrase = self.passphrase.text()
        if self.refuse_by(sign_in_name, self.name):
            return
        if self.refuse_by(partial(check_passphrase, name=asked[0]), self.passphrase):
            return

        def done(_none: None) -> None:
            for field in (self.name, self.full_name, self.office, self.passphrase):
                field.clear()
            self.say(text("administration.people.added", name=asked[0].strip()), "done")
            self.load()

        self.act(lambda: people.add(*asked, role, passphrase), done)

    def _change(self) -> None:
        people, name, role = self._people, self.chosen, self.role.currentData()

        def done(_none: None) -> None:
            words = text(f"account.role.{role.value}")
            self.say(text("administration.people.changed", name=name, role=words), "done")
            self.load()

        self.act(lambda: people.change_role(name, role), done)

    def _remove(self) -> None:
        people, name = self._people, self.chosen
        question = Question(
            text("administration.people.remove_question", name=name),
            text("administration.people.remove_details"),
            (
                Choice("remove", text("administration.people.remove"), destroys=True),
                Choice("keep", text("administration.people.keep")),
            ),
        )
        if self._notifier.ask(question) != "remove":
            return

        def done(_none: None) -> None:
            self.say(text("administration.people.removed", name=name), "done")
            self.load()

        self.act(lambda: people.remove(name), done)
