"""Phúc tra: households of a handover drawn by lot, the list to visit with, and the results typed.

In the list a figure says what was found, as on the printed sheet: 1 agrees and the next household
comes; 2 and 3 ask what differs, 4 and 5 are said and done. Typed again, a result is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import ceil, floor
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRegularExpression, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import in_sentence, number, text
from app.services.masking import Reveal
from app.services.resurvey_papers import tenths
from app.services.surveys import Finding, Found, Survey, SurveyLine
from app.services.verification import VillageLine
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.resurvey_typing import ResurveyTyping
from app.ui.handover.reveal_ask import RevealAsk
from app.ui.handover.wizard import named
from app.ui.labels import ElidedChoice
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.one_of import OneOf
from app.ui.pdf_file import name_pdf, write_pdf
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

VILLAGE, HOUSEHOLD, HEAD, CHILDREN, RESULT = range(5)
_HEADINGS = tuple(
    f"resurvey.column.{one}" for one in ("village", "number", "head", "children", "result")
)
_WIDTHS = {HEAD: 176, HOUSEHOLD: 72, VILLAGE: 144, CHILDREN: 72}
_LEAST_RESULT = 200
_FINDINGS = tuple(Finding)
_HOW_MANY = QRegularExpression("[1-9][0-9]{0,3} ?%?")
_ASKED = (Finding.DIFFERS, Finding.CHILDREN_MISSING)
_SIGNS = {
    Finding.AGREES: "\N{CHECK MARK}",
    Finding.DIFFERS: "\N{NOT EQUAL TO}",
    Finding.CHILDREN_MISSING: "+",
    Finding.MOVED: "\N{RIGHTWARDS ARROW}",
    Finding.NOT_FOUND: "\N{MULTIPLICATION X}",
}


class SurveyRows(LineRows[SurveyLine]):
    """The households of a sample."""

    def __init__(self, theme: Theme, labels: Mapping[str, str]) -> None:
        super().__init__(theme, _HEADINGS)
        self._labels = labels

    def words(self, row: SurveyLine, column: int) -> str:
        if column == VILLAGE:
            return self.place_words(row.village, row.unit)
        if column == HOUSEHOLD:
            return row.number
        if column == HEAD:
            return row.head or text("entry.no_name")
        return number(row.children) if column == CHILDREN else self.result_words(row)

    def result_words(self, row: SurveyLine) -> str:
        """What was found, or that nobody was there yet."""
        found = row.found
        if found is None:
            return f"\N{WHITE CIRCLE} {text('resurvey.not_visited')}"
        said = f"{_SIGNS[found.finding]} {text(f'resurvey.finding.{found.finding.value}')}"
        if found.missing:
            said += f" ({number(found.missing)})"
        fields = "; ".join(self._labels.get(one, one) for one in found.fields)
        return ": ".join(filter(None, (said, fields)))

    def colour(self, row: SurveyLine, column: int) -> QColor | None:
        if column != RESULT or row.found is None:
            return None
        return self._theme.colour("done" if row.found.finding is Finding.AGREES else "warning")


class ResurveyView(QWidget):
    """The view within a verification. `sent_back` comes when a household went back."""

    sent_back = Signal()

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._unit_name = unit_name
        self._tasks, self._desk, self._notifier = tasks, desk, notifier
        self._theme = theme
        self._handover = ""
        self._surveys: Sequence[Survey] = ()
        self._busy = False
        #: Figures that were typed while the one before was written: each for the next household.
        self._typed: list[Finding] = []
        labels = desk.resurveys.labels()
        self.rows = SurveyRows(theme, labels)
        self._build(labels)
        self.draw.clicked.connect(self.draw_now)
        for edit in (self.count, self.seed):
            edit.returnPressed.connect(self.draw_now)
        self.samples.activated.connect(lambda _at: self._choose())
        self.print_list.clicked.connect(partial(self._print, result=False))
        self.print_result.clicked.connect(partial(self._print, result=True))
        self.table.installEventFilter(self)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.masked.asked.connect(self._reveal_for)
        self.typing.saved.connect(self._give)
        self.typing.given_up.connect(self.escape)

    def _build(self, labels: Mapping[str, str]) -> None:
        px, theme = self._theme.pixels, self._theme
        self.count = QLineEdit(self)
        #: So many households, or so many of a hundred: `30`, `10%`.
        self.count.setValidator(QRegularExpressionValidator(_HOW_MANY, self))
        self.count.setFixedWidth(px(72))
        self.seed = QLineEdit(self)
        self.seed.setMaxLength(20)
        self.seed.setFixedWidth(px(104))
        for edit, name in ((self.count, "how_many"), (self.seed, "seed")):
            edit.setAccessibleName(text(f"resurvey.{name}_name"))
            edit.setToolTip(text(f"resurvey.{name}_name"))
        self.village = ElidedChoice()
        self.village.setAccessibleName(text("resurvey.column.village"))
        self.village.setMinimumContentsLength(10)
        self.draw = Step(text("resurvey.draw"), self)
        self.samples = ElidedChoice()
        self.samples.setAccessibleName(text("resurvey.samples"))
        # As long as what tells a sample of another unit: it comes when the list is filled.
        self.samples.setMinimumContentsLength(36)
        self.print_list = Step(text("resurvey.print_list"), self)
        self.print_result = Step(text("resurvey.print_result"), self)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        #: What was noted at the household under the keyboard.
        self.noted = QLabel(self)
        self.noted.setWordWrap(True)
        self.noted.setTextFormat(Qt.TextFormat.PlainText)
        self.table = LineTable(
            self.rows, text("resurvey.households"), theme, _WIDTHS, RESULT, _LEAST_RESULT, self
        )
        self.nothing = QLabel(text("resurvey.none"), self)
        self.nothing.setProperty("role", "crumb")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.typing = ResurveyTyping(theme, labels, self)
        #: The list with what stands above it, and in its place the form of one household.
        self.stack = OneOf(self)
        listing = QWidget(self.stack)
        self._listing = listing
        self.masked = RevealAsk("resurvey.reveal", listing)
        self._lists = OneOf(listing)
        for shown in (self.nothing, self.table):
            self._lists.add(shown)
        for part in (listing, self.typing):
            self.stack.add(part)
        drawing = QHBoxLayout()
        drawing.setSpacing(px(8))
        asked: tuple[tuple[str, QWidget], ...] = (
            ("resurvey.how_many", self.count),
            ("resurvey.column.village", self.village),
            ("resurvey.seed", self.seed),
        )
        for label, widget in asked:
            drawing.addWidget(named(text(label), widget))
            drawing.addWidget(widget)
        drawing.addWidget(self.draw)
        drawing.addStretch(1)
        drawn = QHBoxLayout()
        drawn.setSpacing(px(8))
        for widget in (self.samples, self.print_list, self.print_result, self.masked.step):
            drawn.addWidget(widget)
        drawn.addStretch(1)
        lines = QVBoxLayout(listing)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(px(8))
        lines.addLayout(drawing)
        lines.addLayout(drawn)
        lines.addWidget(self.said)
        lines.addWidget(self._lists, 1)
        lines.addWidget(self.noted)
        lines.addWidget(self.masked.why)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    # --- showing ----------------------------------------------------------------------------

    def open(self, handover: str, villages: Sequence[VillageLine]) -> None:
        """Show the samples of a handover; `villages` are those one may draw from."""
        self._typed.clear()
        if handover != self._handover:
            self._handover, self._surveys = handover, ()
            self._to_list(self.nothing)
        chosen = self.village.currentData()
        self.village.clear()
        self.village.addItem(text("resurvey.whole"), None)
        for one in villages:
            if one.id and one.children:
                self.village.addItem(self.rows.place_words(one.name, one.unit), one.id)
        self.village.setCurrentIndex(max(0, self.village.findData(chosen)))
        self.load()

    def load(self, key: str = "") -> None:
        """Read the samples; show one by its key, else the one shown before, else the newest."""
        wanted = key or (self.survey.key if self.survey else "")
        read = partial(self._desk.resurveys.of, self._handover)
        self._tasks.run(read, partial(self._show, wanted), self._failed, owner=self)

    def _show(self, wanted: str, found: list[Survey]) -> None:
        self._surveys = found
        self.samples.clear()
        for one in found:
            self.samples.addItem(self._sample_words(one), one.key)
        self.samples.setCurrentIndex(max(0, self.samples.findData(wanted)))
        self._show_survey()
        if self._typed and not self._busy:
            self.type_result(self._typed.pop(0))

    def _reveal_for(self, reason: str) -> None:
        """Read what was noted and is masked, of all samples that are shown."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        wanted = self.survey.key if self.survey else ""
        read = partial(self._desk.resurveys.of, self._handover, Reveal(reason))
        show = partial(self._show, wanted)
        self._tasks.run(read, show, self._failed, lane=Lane.WRITE, owner=self)

    def _sample_words(self, one: Survey) -> str:
        """A sample in the list of them, with whose it is if it is not one's own."""
        told = {"typed": number(len(one.results)), "drawn": number(one.drawn), "seed": one.seed}
        if one.own:
            return text("resurvey.sample", **told)
        unit = in_sentence(self._unit_name(one.unit))
        return text("resurvey.sample_of", unit=unit, **told)

    @property
    def survey(self) -> Survey | None:
        """The sample that is shown."""
        at = self.samples.currentIndex()
        return self._surveys[at] if 0 <= at < len(self._surveys) else None

    def begin(self) -> None:
        """Put the keyboard into the list, or where a sample is drawn."""
        none = self._lists.shown is self.nothing
        target = self.count if none else self.table
        if self.stack.shown is not self.typing:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Escape: give up what is being typed or asked; False when nothing is."""
        if self.stack.shown is not self.typing and not self.masked.give_up():
            return False
        self._to_list(self.table)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _to_list(self, shown: QWidget) -> None:
        """Show the list, or that there is none."""
        self._lists.show_one(shown)
        self.stack.show_one(self._listing)

    def _choose(self) -> None:
        """Another sample: a reason that is half typed was for what stood there before."""
        self.masked.give_up()
        self._show_survey()

    def _show_survey(self) -> None:
        survey = self.survey
        for one in (self.samples, self.print_list, self.print_result):
            one.setVisible(survey is not None)
        self.said.setVisible(survey is not None)
        results = () if survey is None else survey.results
        masked = any(one.masked for one in results)
        self.masked.offer(masked=masked and self._desk.resurveys.may_reveal)
        if survey is None:
            self._to_list(self.nothing)
            self._follow()
            return
        self.said.setText(summary_words(survey))
        place = max(0, self.table.currentIndex().row())
        self.rows.show_lines(survey.lines)
        if survey.lines:
            self.table.setCurrentIndex(self.rows.index(min(place, len(survey.lines) - 1), RESULT))
        self.print_result.setEnabled(bool(survey.results))
        self._lists.show_one(self.table)
        self._follow()

    def _follow(self) -> None:
        """Say what was noted at the household under the keyboard."""
        line = self.rows.line(self.table.currentIndex().row()) if self.survey else None
        note = "" if line is None or line.found is None else line.found.note
        self.noted.setText(text("resurvey.noted", note=note) if note else "")
        self.noted.setVisible(bool(note))

    # --- deeds ------------------------------------------------------------------------------

    def draw_now(self) -> None:
        """Draw, and show whom."""
        wanted = self.count.text().strip()
        share = wanted.endswith("%")
        many = int(wanted.rstrip("% ") or 0)
        village = self.village.currentData()
        draw = partial(
            self._desk.resurveys.draw,
            self._handover,
            0 if share else many,
            many if share else 0,
            village=None if village is None else str(village),
            seed=self.seed.text(),
        )

        def done(survey: Survey) -> None:
            self.seed.clear()
            self._to_list(self.table)
            if self.isVisible():
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            if survey.asked:
                told = text("resurvey.fewer", of=number(survey.drawn), asked=number(survey.asked))
                self._notifier.say(Notice(Kind.NOTE, told, topic="resurvey"))
            self.load(survey.key)

        self._write(draw, done)

    def type_result(self, finding: Finding) -> None:
        """A figure: what was found at the household under the keyboard."""
        line = self.rows.line(self.table.currentIndex().row())
        if line is None:
            return
        if self._busy:
            self._typed.append(finding)
            return
        if finding in _ASKED:
            self._typed.clear()  # what follows is for the questions
            home = text("verification.household", number=line.number)
            who = " · ".join(filter(None, (self.rows.words(line, VILLAGE), home, line.head)))
            self.stack.show_one(self.typing)
            self.typing.open(line, finding, who)
        else:
            self._give(Found(finding), False)

    def _give(self, found: Found, send_back: bool) -> None:
        survey, line = self.survey, self.rows.line(self.table.currentIndex().row())
        if survey is None or line is None:
            return
        reason = self._desk.resurveys.reason_of(found) if send_back else ""
        record = partial(
            self._desk.resurveys.record, survey, line.household, found, send_back=reason
        )

        place = self.table.currentIndex().row()

        def done(survey: Survey) -> None:
            if place + 1 >= self.rows.rowCount():
                self._typed.clear()
            elif self.table.currentIndex().row() == place:  # else somebody chose another one
                self.table.setCurrentIndex(self.rows.index(place + 1, RESULT))
            self._to_list(self.table)
            if self.isVisible():
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.load(survey.key)
            if send_back:
                self.sent_back.emit()

        self._write(record, done)

    def _print(self, *, result: bool) -> None:
        name = "result" if result else "list"
        path = name_pdf(self, text(f"resurvey.print_{name}"), text(f"resurvey.file_{name}"))
        if path is not None:
            self.write_pdf(path, result=result)

    def write_pdf(self, path: Path, *, result: bool) -> None:
        """Write the list to visit with, or the result."""
        survey = self.survey
        if survey is None:
            return
        write_pdf(
            self,
            self._tasks,
            self._notifier,
            partial(self._desk.resurvey_pdf, survey, result=result),
            path,
            written="resurvey.written",
            topic="resurvey",
        )

    def _write(self, deed: Callable[[], Survey], done: Callable[[Survey], None]) -> None:
        if self._busy:
            return
        self._busy = True

        def ended(survey: Survey) -> None:
            self._busy = False
            done(survey)

        def failed(error: AppError) -> None:
            self._busy = False
            self._typed.clear()
            self._failed(error)

        self._tasks.run(deed, ended, failed, lane=Lane.WRITE, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """In the list a figure is a result."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and not event.isAutoRepeat()  # a key that is held down is for one household
            and len(event.text()) == 1
            and event.text() in "12345"
        ):
            self.type_result(_FINDINGS[int(event.text()) - 1])
            return True
        return super().eventFilter(watched, event)


def summary_words(survey: Survey) -> str:
    """How many were drawn and visited, and what the share that differs says of all."""
    said = [
        text(
            "resurvey.drawn",
            seed=survey.seed,
            drawn=number(survey.drawn),
            of=number(survey.of),
            typed=number(len(survey.results)),
        )
    ]
    if survey.erased:
        said.append(text("resurvey.without_erased", count=number(len(survey.erased))))
    certain = survey.share
    if certain is not None:
        key = "resurvey.exactly" if certain.low == certain.high else "resurvey.rate"
        said.append(
            text(
                key,
                wrong=number(survey.wrong),
                typed=number(len(survey.results)),
                percent=tenths(certain.percent),
                low=floor(certain.low),
                high=ceil(certain.high),
                of=number(survey.of),
            )
        )
    return " ".join(said)
