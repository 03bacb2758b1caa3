"""The PCs with a certificate: who they are, until when, when last heard of; revoking one that was
lost, and waiting no more for one that is broken for good.

Which PC it is stands on its own sheet and on its own page: the first eight signs of its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QWidget

from app.crypto.revocation import RevocationList
from app.i18n import in_sentence, number, text
from app.services.authority import RevocationReason
from app.services.key_sheets import RevokedPc, revoked_sheet
from app.services.services import Services
from app.services.stations import StationState, StationView
from app.services.table_export import Holds
from app.text.fold import fold
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Choice, Notifier, Question
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_NAMES = ("unit", "station", "until", "heard", "state")
UNIT, STATION, UNTIL, HEARD, STATE = range(5)
_WIDTHS = {STATION: 104, STATE: 184, UNTIL: 112, HEARD: 128}
_LEAST_UNIT = 160
_COLOURS = {
    StationState.ENDING: "warning",
    StationState.ENDED: "warning",
    StationState.OUT: "muted",
    StationState.REVOKED: "muted",
}
_SIGNS = {
    StationState.IN_USE: "\N{CHECK MARK}",
    StationState.ENDING: "\N{BLACK UP-POINTING TRIANGLE}",
    StationState.ENDED: "\N{BLACK UP-POINTING TRIANGLE}",
    StationState.OUT: "\N{WHITE CIRCLE}",
    StationState.REVOKED: "\N{MULTIPLICATION X}",
}


class _Line:
    """A PC and the name of its unit."""

    def __init__(self, view: StationView, unit: str) -> None:
        self.view, self.unit = view, unit
        self.folded = fold(f"{unit} {view.unit} {view.short}")


class StationRows(LineRows[_Line]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, [f"stations.column.{one}" for one in _NAMES])

    def words(self, row: _Line, column: int) -> str:
        view = row.view
        if column == UNIT:
            return row.unit
        if column == STATION:
            return view.short
        if column == UNTIL:
            return f"{view.until:%d/%m/%Y}"
        if column == HEARD:
            return "" if view.last_heard is None else f"{view.last_heard:%d/%m/%Y}"
        key = "own" if view.own else view.state.value
        return f"{_SIGNS[view.state]} {text(f'stations.state.{key}')}"

    def colour(self, row: _Line, column: int) -> QColor | None:
        if column == STATE and row.view.state in _COLOURS:
            return self._theme.colour(_COLOURS[row.view.state])
        return None


class StationsSection(Section):
    """The list, and what may be done about the PC under the keyboard."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("stations.title"), parent)
        self._services, self._notifier = services, notifier
        self._lines: Sequence[_Line] = ()
        self._sheet: RevokedPc | None = None
        self.words(text("stations.why"))
        workplace = services.workplace
        revokes = bool(workplace.tree.units.children(workplace.unit))
        if revokes:
            self._build_lacking()
        self.search = self.field(text("stations.find"))
        self.search.textChanged.connect(lambda _typed: self._list())
        self.rows = StationRows(theme)
        self.table = LineTable(
            self.rows, text("stations.title"), theme, _WIDTHS, UNIT, _LEAST_UNIT, self
        )
        offer(self.table, "stations", Holds.INTERNAL)
        self.table.setMinimumHeight(theme.pixels(176))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.column.addWidget(self.table, 1)
        self.about = self.words("", "")
        self.out = self.step(text("stations.out"), self._take_out)
        self.row(self.out)
        self.revoke: Step | None = None
        if revokes:
            self._build_revoking()
        self.close_column(room=False)
        self.first = self.table

    def _build_lacking(self) -> None:
        """Above the PCs: whoever comes from the worklist sees it at once."""
        with self.together() as self.lacking:
            self.part(text("stations.lists"))
            self.lacks = self.words("")
            secret = text("administration.issuing.secret")
            self.lists_secret = self.field(secret, secret=True)
            self.complete = self.step(text("stations.lists"), self._complete)
            self.row(self.complete)
        self.lacking.hide()

    def _build_revoking(self) -> None:
        self.part(text("stations.revoke"))
        self.words(text("stations.revoke_why"))
        self.reason = QComboBox()
        self.reason.setAccessibleName(text("stations.reason"))
        self.reason.setMaximumWidth(self.theme.pixels(400))
        for one in RevocationReason:
            self.reason.addItem(text(f"stations.reason.{one.value}"), one)
        self.labelled(text("stations.reason"), self.reason)
        self.secret = self.field(text("administration.issuing.secret"), secret=True)
        self.revoke = self.step(text("stations.revoke"), self._revoke, "danger")
        self.printing = Step(text("stations.print"))
        self.printing.clicked.connect(self._print)
        self.printing.hide()
        self.row(self.revoke, self.printing)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read which PCs are known."""
        name = self._services.entry.unit_name
        stations = self._services.stations
        self.read(lambda: [_Line(one, name(one.unit)) for one in stations.list()], self._show)
        if self.revoke is not None:
            self.read(self._services.authority.unlisted, self._show_lacking)

    def _show_lacking(self, count: int) -> None:
        self.say_in(self.lacks, text("stations.lists_why", count=number(count)))
        self.lacking.setVisible(count > 0)

    def _show(self, found: Sequence[_Line]) -> None:
        self._lines = found
        self._list()

    def _list(self) -> None:
        wanted, before = fold(self.search.text()).split(), self.chosen
        shown = [one for one in self._lines if all(word in one.folded for word in wanted)]
        self.rows.show_lines(shown)
        key = None if before is None else (before.view.unit, before.view.station)
        places = [
            place for place, one in enumerate(shown) if (one.view.unit, one.view.station) == key
        ]
        if shown:
            self.table.selectRow(places[0] if places else 0)
        self._follow()

    @property
    def chosen(self) -> _Line | None:
        """The PC of the line."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        """Say what the list has no room for, and offer what may be done with this PC."""
        line = self.chosen
        said = [] if line is None else self._about(line)
        self.say_in(self.about, " ".join(said))
        # Two lines at least, so that nothing below moves from one PC to the next.
        least = 2 * self.about.fontMetrics().lineSpacing()
        self.about.setFixedHeight(max(least, self.about.maximumHeight()))
        view = None if line is None else line.view
        waited = view is not None and view.state not in (StationState.OUT, StationState.REVOKED)
        self.out.setEnabled(waited and view is not None and not view.own)
        if self.revoke is not None:
            self.revoke.setEnabled(
                view is not None
                and view.issued_here
                and not view.own
                and view.state is not StationState.REVOKED
            )

    @staticmethod
    def _about(line: _Line) -> list[str]:
        view = line.view
        until = f"{view.until:%d/%m/%Y}"
        said = [
            text("stations.about", station=view.short, unit=line.unit, ref=view.unit, until=until)
        ]
        if view.own:
            said.append(text("stations.own"))
        elif not view.issued_here:
            said.append(text("stations.not_ours"))
        if view.lowest:
            said.append(text("stations.lowest"))
        return said

    # --- doing ------------------------------------------------------------------------------

    def _asks(self, line: _Line, what: str, *, destroys: bool) -> bool:
        """Whether a person means it."""
        question = Question(
            text(
                f"stations.{what}_question",
                station=line.view.short,
                unit=in_sentence(line.unit),
            ),
            text(f"stations.{what}_details"),
            (
                Choice(what, text(f"stations.{what}"), destroys=destroys),
                Choice("keep", text("stations.keep")),
            ),
        )
        return self._notifier.ask(question) == what

    def _take_out(self) -> None:
        line = self.chosen
        if line is None or not self._asks(line, "out", destroys=False):
            return
        peers = self._services.handovers.peers

        def done(_unit: str) -> None:
            unit = in_sentence(line.unit)
            self.say(text("stations.taken_out", station=line.view.short, unit=unit), "done")
            self.load()

        self.act(lambda: peers.take_out(line.view.station), done)

    def _revoke(self) -> None:
        line, secret = self.chosen, self.secret.text()
        if line is None:
            return
        if not secret:
            self.refuse("stations.no_secret", self.secret)
            return
        if not self._asks(line, "revoke", destroys=True):
            return
        reason: RevocationReason = self.reason.currentData()
        desk = self._services.authority
        self.act(
            lambda: desk.revoke(line.view.station, secret, reason),
            partial(self._revoked, line, reason),
        )

    def _complete(self) -> None:
        """Make the list anew that lacks what an earlier one revoked."""
        secret = self.lists_secret.text()
        if not secret:
            self.refuse("stations.no_secret", self.lists_secret)
            return
        desk = self._services.authority

        def done(_made: Sequence[RevocationList]) -> None:
            self.lists_secret.clear()
            self.say(text("stations.lists_done"), "done")
            self.load()

        self.act(lambda: desk.complete_lists(secret), done)

    def _revoked(self, line: _Line, reason: RevocationReason, made: RevocationList) -> None:
        self.secret.clear()
        words = text(f"stations.reason.{reason.value}")
        self._sheet = RevokedPc(line.unit, line.view.short, words, made.number, line.view.issues)
        self.printing.show()
        unit = in_sentence(line.unit)
        self.say(text("stations.revoked", station=line.view.short, unit=unit), "done")
        # The words just said take room from the part: its button is led to afterwards.
        QTimer.singleShot(0, self, lambda: self.lead_to(self.printing))
        self.load()

    def _print(self) -> None:
        if self._sheet is not None:
            print_or_say(self, revoked_sheet(self._sheet, whose(self._services)))
