"""Đợt rà soát: which rounds there are, opening one, closing one.

Opening and closing take the province's signature: where this PC has none, the form stands locked
and says who can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.errors import KnownError
from app.i18n import error_text, number, text
from app.services.blocking_rules import BlockingRule, sentences_of
from app.services.round_words import round_in_sentence
from app.services.rounds import (
    KINDS,
    MOVED_OUT_QUARTERS,
    OPEN,
    QUARTERS,
    NewRound,
    RoundProgress,
    Rounds,
    RoundView,
)
from app.services.table_export import Holds
from app.ui.admin.day_edit import DayGrid
from app.ui.admin.rule_list import RuleList
from app.ui.admin.section import Section
from app.ui.notify import Choice, Notifier, Question
from app.ui.permission import lock
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme, set_state

NAME, KIND, REFERENCE, OPENS, CLOSES, STATE, LEFT = range(7)
_COLUMNS = ("name", "kind", "reference", "opens", "closes", "state", "left")
_HEADINGS = tuple(f"administration.rounds.{one}" for one in _COLUMNS)
#: What gives way first where there is no room; the line below the table has it.
_GIVE_WAY = (KIND, OPENS, REFERENCE)
_LEAST_NAME, _FRAME = 144, 20


class _Found(NamedTuple):
    """What one look gives the section."""

    rounds: Sequence[RoundView]
    rules: Sequence[BlockingRule]
    refusal: KnownError | None


class RoundsSection(Section):
    """The list and the form. `changed` says that what goes by the open round is no longer true."""

    changed = Signal()

    def __init__(
        self, tasks: Tasks, theme: Theme, rounds: Rounds, notifier: Notifier, parent: QWidget
    ) -> None:
        super().__init__(tasks, theme, text("administration.rounds"), parent)
        self._rounds, self._notifier = rounds, notifier
        self._shown: tuple[RoundView, ...] = ()
        self._why_not = ""
        self.words(text("administration.rounds.why"))
        self.locked = self.words("", role="")
        set_state(self.locked, "warning")
        self.locked.hide()
        self.table = self._table()
        self.column.addWidget(self.table)
        self.whole = self.words("", role="")
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.close_round = self.step(text("administration.rounds.close"), self._close, "danger")
        self.row(self.close_round)
        self.part(text("administration.rounds.new"))
        with self.together() as self.form:
            self._build_form()
        self.close_column()
        self.first = self.table

    def _table(self) -> QTableWidget:
        px = self.theme.pixels
        table = QTableWidget(0, len(_HEADINGS), self)
        table.setAccessibleName(text("administration.rounds"))
        offer(table, "rounds", Holds.FIGURES)
        table.setHorizontalHeaderLabels([text(one) for one in _HEADINGS])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(32))
        table.setMinimumHeight(px(136))
        table.setMaximumHeight(px(200))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._follow)
        return table

    def _build_form(self) -> None:
        self.name = self.field(text("administration.rounds.name"))
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(text("administration.rounds.kind"))
        self.kind.setMaximumWidth(self.theme.pixels(400))
        for one in KINDS:
            self.kind.addItem(_kind(one), one)
        self.labelled(text("administration.rounds.kind"), self.kind)
        days = DayGrid(self.theme, self)
        self.opens = days.add("administration.rounds.opens")
        self.closes = days.add("administration.rounds.closes")
        self.reference = days.add("administration.rounds.reference")
        self.born_from = days.add("administration.rounds.born_from", needed=False)
        self.column.addWidget(days)
        self.quarters = QComboBox(self)
        self.quarters.setAccessibleName(text("administration.rounds.moved_out"))
        self.quarters.setMaximumWidth(self.theme.pixels(400))
        for count in QUARTERS:
            self.quarters.addItem(_quarters(count), count)
        self.quarters.setCurrentIndex(self.quarters.findData(MOVED_OUT_QUARTERS))
        self.labelled(text("administration.rounds.moved_out"), self.quarters)
        self.rules = RuleList(self.theme, text("administration.rounds.rules"), self)
        self.column.addWidget(self.rules)
        self.open = self.step(text("administration.rounds.open"), self._open, "primary")
        self.row(self.open)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the rounds, the rules to choose from, and whether this PC may sign."""
        rounds = self._rounds

        def op() -> _Found:
            return _Found(rounds.list(), rounds.blocking_rules(), rounds.refusal())

        self.read(op, self._show)

    def _show(self, found: _Found) -> None:
        before = self.chosen
        self._shown = tuple(found.rounds)
        self.rules.offer(found.rules)
        self._why_not = "" if found.refusal is None else error_text(found.refusal)
        self.locked.setVisible(bool(self._why_not))
        self.say_in(self.locked, self._why_not)
        lock(self.form, self._why_not)
        self.table.setRowCount(len(self._shown))
        row = 0
        for place, one in enumerate(self._shown):
            for column, words in enumerate(self._cells(one)):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.table.setItem(place, column, item)
            if before is not None and one.id == before.id:
                row = place
        if self._shown:
            self.table.setCurrentCell(row, NAME)
        self._fit()
        self._follow()

    @property
    def chosen(self) -> RoundView | None:
        """The round of the line."""
        row = self.table.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _cells(self, one: RoundView) -> list[str]:
        days = map(_day, (one.reference_date, one.opens_on, one.closes_on))
        left = self._rounds.days_left(one) if one.state == OPEN else None
        return [one.name, _kind(one.kind), *days, _state(one), "" if left is None else _left(left)]

    def _follow(self) -> None:
        """Say the whole of the chosen round; only an open one can be closed."""
        one = self.chosen
        said = text("administration.rounds.none") if one is None else _whole(one)
        self.say_in(self.whole, said)
        is_open = one is not None and one.state == OPEN
        lock(self.close_round, self._why_not)
        self.close_round.setEnabled(is_open and not self._why_not and not self._working)

    def _lock(self, *, locked: bool) -> None:
        super()._lock(locked=locked)
        if not locked:
            self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        table, header = self.table, self.table.horizontalHeader()
        for column in _GIVE_WAY:  # a hidden heading has no width that it would like to have
            table.setColumnHidden(column, False)
        margins, px = self.column.contentsMargins(), self.theme.pixels
        room = self.width() - margins.left() - margins.right() - px(_FRAME + _LEAST_NAME)
        room -= sum(
            max(header.sectionSizeHint(at), table.sizeHintForColumn(at))
            for at in range(len(_COLUMNS))
            if at != NAME
        )
        for column in _GIVE_WAY:
            too_wide = room < 0
            if too_wide:
                room += max(header.sectionSizeHint(column), table.sizeHintForColumn(column))
            table.setColumnHidden(column, too_wide)

    # --- opening ----------------------------------------------------------------------------

    def _open(self) -> None:
        for edit in (self.opens, self.closes, self.reference, self.born_from):
            if self.refuse_by(edit.judge, edit):
                return
        opens, closes, reference = self.opens.day, self.closes.day, self.reference.day
        if opens is None or closes is None or reference is None:
            return  # judged above
        rounds, asked = (
            self._rounds,
            NewRound(
                self.name.text(),
                reference,
                opens,
                closes,
                str(self.kind.currentData()),
                self.born_from.day,
                self.rules.chosen,
                int(self.quarters.currentData()),
            ),
        )

        def done(_made: str) -> None:
            for field in (self.name, self.opens, self.closes, self.reference, self.born_from):
                field.clear()
            self.quarters.setCurrentIndex(self.quarters.findData(MOVED_OUT_QUARTERS))
            self.rules.clear()
            self.say(
                text("administration.rounds.opened", round=round_in_sentence(asked.name.strip())),
                "done",
            )
            self.load()
            self.changed.emit()

        self.act(lambda: rounds.new(asked), done)

    # --- closing ----------------------------------------------------------------------------

    def _close(self) -> None:
        one, rounds = self.chosen, self._rounds
        if one is None:
            return
        found_id = one.id
        self.act(lambda: rounds.progress(found_id), lambda far: self._ask(one, far), lane=Lane.READ)

    def _ask(self, one: RoundView, far: RoundProgress) -> None:
        question = Question(
            text("administration.rounds.close_question", round=round_in_sentence(one.name)),
            _what_closing_means(far),
            (
                Choice("close", text("administration.rounds.close_it"), destroys=True),
                Choice("keep", text("administration.rounds.keep")),
            ),
        )
        if self._notifier.ask(question) != "close":
            return
        rounds, found_id = self._rounds, one.id

        def done(_none: None) -> None:
            self.say(
                text("administration.rounds.closed", round=round_in_sentence(one.name)), "done"
            )
            self.load()
            self.changed.emit()

        self.act(lambda: rounds.close(found_id), done)


def _what_closing_means(far: RoundProgress) -> str:
    said = [
        text(
            "administration.rounds.close_details",
            households=number(far.households),
            seen=number(far.seen),
            unseen=number(far.households - far.seen),
            done=number(far.done),
        )
    ]
    if far.days_left is not None:
        key = "days_left" if far.days_left >= 0 else "days_over"
        said.append(text(f"administration.work.{key}", days=number(abs(far.days_left))))
    said.append(text("administration.rounds.close_meaning"))
    return " ".join(said)


def _whole(one: RoundView) -> str:
    said = [
        text(
            "administration.rounds.line",
            name=one.name,
            kind=_kind(one.kind),
            opens=_day(one.opens_on),
            closes=_day(one.closes_on),
            reference=_day(one.reference_date),
        )
    ]
    if one.born_from:
        said.append(text("administration.rounds.line_born_from", day=_day(one.born_from)))
    quarters = MOVED_OUT_QUARTERS if one.moved_out_quarters is None else one.moved_out_quarters
    said.append(text("administration.rounds.line_moved_out", quarters=_quarters(quarters)))
    if one.blocking_rules:
        rules = " ".join(sentences_of(rule)[0] for rule in one.blocking_rules)
        said.append(text("administration.rounds.line_rules", rules=rules))
    return " ".join(said)


def _kind(kind: str) -> str:
    return text(f"rounds.kind.{kind}") if kind in KINDS else kind


def _quarters(count: int) -> str:
    key = "quarters" if count else "no_quarter"
    return text(f"administration.rounds.{key}", count=number(count))


def _state(one: RoundView) -> str:
    return text(f"rounds.state.{one.state}") if one.state in ("open", "closed") else one.state


def _left(days: int) -> str:
    key = "left_days" if days >= 0 else "over_days"
    return text(f"administration.rounds.{key}", days=number(abs(days)))


def _day(stored: str) -> str:
    return "/".join(reversed(stored.split("-")))
