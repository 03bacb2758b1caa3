"""The authorities of the units below: which there are, and revoking one that others may know."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QWidget

from app.crypto.revocation import RevocationList
from app.i18n import in_sentence, number, text
from app.services.authorities_below import AuthorityView
from app.services.authority import RevocationReason
from app.services.key_sheets import revoked_authority_sheet
from app.services.services import Services
from app.services.table_export import Holds
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Choice, Notifier, Question
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_NAMES = ("unit", "key", "since", "until", "stations", "state")
UNIT, KEY, SINCE, UNTIL, STATIONS, STATE = range(6)
_WIDTHS = {STATE: 136, STATIONS: 144, SINCE: 112, KEY: 104, UNTIL: 112}
_LEAST_UNIT = 184


class AuthorityRows(LineRows[AuthorityView]):
    """The model; `names` are the units by name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, [f"below.column.{one}" for one in _NAMES])
        self.names: dict[str, str] = {}

    def words(self, row: AuthorityView, column: int) -> str:
        if column == UNIT:
            return self.names.get(row.unit, row.unit)
        if column == KEY:
            return row.key_id[:8].upper()
        if column == STATIONS:
            return number(row.stations)
        if column == STATE:
            sign = "\N{MULTIPLICATION X}" if row.revoked else "\N{CHECK MARK}"
            return f"{sign} {text(f'stations.state.{_state(row)}')}"
        return f"{row.since if column == SINCE else row.until:%d/%m/%Y}"

    def colour(self, row: AuthorityView, column: int) -> QColor | None:
        return self._theme.colour("muted") if column == STATE and row.revoked else None


def _state(row: AuthorityView) -> str:
    return "revoked" if row.revoked else "in_use"


class AuthoritiesSection(Section):
    """The list, and revoking the one under the keyboard."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("below.title"), parent)
        self._services, self._notifier = services, notifier
        self._done: tuple[str, str, int, str] | None = None
        self.words(text("below.why"))
        self.rows = AuthorityRows(theme)
        self.table = LineTable(
            self.rows, text("below.title"), theme, _WIDTHS, UNIT, _LEAST_UNIT, self
        )
        offer(self.table, "authorities", Holds.INTERNAL)
        self.table.setMinimumHeight(theme.pixels(176))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.column.addWidget(self.table, 1)
        self.reason = QComboBox()
        self.reason.setAccessibleName(text("stations.reason"))
        self.reason.setMaximumWidth(theme.pixels(400))
        for one in RevocationReason:
            self.reason.addItem(text(f"stations.reason.{one.value}"), one)
        self.labelled(text("stations.reason"), self.reason)
        self.secret = self.field(text("administration.issuing.secret"), secret=True)
        self.revoke = self.step(text("below.revoke"), self._revoke, "danger")
        self.printing = Step(text("below.print"))
        self.printing.clicked.connect(self._print)
        self.printing.hide()
        self.row(self.revoke, self.printing)
        self.close_column(room=False)
        self.first = self.table

    def load(self) -> None:
        """Read which there are."""
        self.read(self._services.authorities_below.list, self._show)

    def _show(self, found: Sequence[AuthorityView]) -> None:
        before = self.chosen
        name = self._services.entry.unit_name
        self.rows.names = {one.unit: name(one.unit) for one in found}
        self.rows.show_lines(found)
        keys = [one.key_id for one in found]
        if found:
            known = before is not None and before.key_id in keys
            self.table.selectRow(keys.index(before.key_id) if known and before else 0)
        else:
            self.say(text("below.none"))
        self._follow()

    @property
    def chosen(self) -> AuthorityView | None:
        """The authority of the line."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        chosen = self.chosen
        self.revoke.setEnabled(chosen is not None and not chosen.revoked)

    def _revoke(self) -> None:
        chosen, secret = self.chosen, self.secret.text()
        if chosen is None:
            return
        if not secret:
            self.refuse("stations.no_secret", self.secret)
            return
        question = Question(
            text("below.question", unit=in_sentence(self.rows.names[chosen.unit])),
            text("below.details", count=number(chosen.stations)),
            (
                Choice("revoke", text("below.revoke"), destroys=True),
                Choice("keep", text("below.keep")),
            ),
        )
        if self._notifier.ask(question) != "revoke":
            return
        reason: RevocationReason = self.reason.currentData()
        desk = self._services.authorities_below
        self.act(partial(desk.revoke, chosen.key_id, secret, reason), partial(self._ended, reason))

    def _ended(self, reason: RevocationReason, made: tuple[AuthorityView, RevocationList]) -> None:
        view, issued = made
        self.secret.clear()
        unit, words = self.rows.names[view.unit], text(f"stations.reason.{reason.value}")
        self._done = unit, words, issued.number, number(view.stations)
        self.printing.show()
        self.say(text("below.revoked", unit=in_sentence(unit), count=number(view.stations)), "done")
        self.load()
        # The words just said take room from the part: its button is led to afterwards.
        QTimer.singleShot(0, self, lambda: self.lead_to(self.printing))

    def _print(self) -> None:
        if self._done is not None:
            print_or_say(self, revoked_authority_sheet(*self._done, whose(self._services)))
