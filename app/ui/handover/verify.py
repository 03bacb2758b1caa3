"""Thẩm định: one handover looked through by village, by rule and record by record, and decided.

Records are marked with the space bar, singly or all that are shown, and sent back for one reason;
the rest is accepted in the same act, or later. Nothing is decided in the lists themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import in_sentence, number, text
from app.services.handover_register import HandoverView, SendBack
from app.services.handover_values import ACCEPTED, RETURNED
from app.services.issue_book import FoundIssues, IssueFilter, IssueRow
from app.services.table_export import Holds
from app.services.verification import Verification, Verified
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.register import day_of, verdict_words
from app.ui.handover.resurvey import ResurveyView
from app.ui.handover.verify_frame import (
    BACK,
    RECORDS,
    RESURVEY,
    RULES,
    VIEWS,
    VILLAGES,
    VerifyFrame,
)
from app.ui.handover.verify_rows import FIELD, PLACE, BackRows, RuleRows, VillageRows
from app.ui.issues import rows as issues
from app.ui.long_work import LongWork
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: How wide what tells lines apart may become, in pixels at 96 dpi.
_MOST_PLACE, _MOST_FIELD = 264, 320
#: What is asked a reason for.
_SEND_BACK, _ACCEPT_REST, _RETURN_ALL = "send_back", "accept_rest", "return_all"


class VerifyCard(VerifyFrame):
    """The card. `left` comes when the person wants back, `decided` when something was decided."""

    left = Signal()
    decided = Signal()
    #: The household, record, part and field to go to.
    place_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        #: Record → the field to look at, of what is to be sent back.
        self.marked: dict[str, str] = {}
        work = LongWork(tasks, notifier, theme, "verification")
        view = partial(ResurveyView, tasks, desk, notifier, theme, unit_name)
        super().__init__(work, theme, unit_name, desk.field_labels(), self.marked, view, parent)
        self._tasks, self._notifier = tasks, notifier
        self._desk: Verification = desk.verification
        self._unit_name = unit_name
        self._view: HandoverView | None = None
        self._found: Verified | None = None
        self._wanted = IssueFilter()
        self._came_from = VILLAGES
        self._for = ""
        self._busy = False
        self._ask("")
        self._connect()

    def _connect(self) -> None:
        self.views.currentRowChanged.connect(self._view_chosen)
        self.views.itemActivated.connect(lambda _item: self._into_list())
        self.records.page_wanted.connect(self._fetch)
        offer(self.tables[RECORDS], "verify_records", Holds.PERSONS, fetch=self._desk.book.rows)
        self.records.dataChanged.connect(lambda *_: self._follow())
        for table in self.tables:
            table.installEventFilter(self)
            table.doubleClicked.connect(self.open_current)
            table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.only_changed.clicked.connect(self._narrow_to_changed)
        self.resurvey.sent_back.connect(self.decided)
        self.resurvey.sent_back.connect(self.look)
        self.work.ended.connect(self._ended)
        self.reason.returnPressed.connect(self.give_reason)
        self.give.clicked.connect(self.give_reason)
        self.not_now.clicked.connect(self.escape)
        self.send_back.clicked.connect(partial(self._ask, _SEND_BACK))
        self.accept.clicked.connect(self.accept_rest)
        self.return_all.clicked.connect(partial(self._ask, _RETURN_ALL))
        self.close_card.clicked.connect(self.left)

    # --- showing ----------------------------------------------------------------------------

    def open(self, view: HandoverView) -> None:
        """Look a handover through from the beginning."""
        self._view, self._found = view, None
        self._forget_marks()
        self._wanted = IssueFilter()
        self._fill_views()
        self.only_changed.setChecked(False)
        self.views.setCurrentRow(VILLAGES)
        self.title.setText(
            text(
                "verification.title",
                seq=view.seq or text("handovers.line_unknown"),
                giver=in_sentence(self._unit_name(view.giver)),
            )
        )
        self.said.clear()
        self.later.hide()
        self.look()

    def look(self) -> None:
        """Check its records, and show what it comes to."""
        if self._view is None or self.work.running:
            return
        only = self.only_changed.isChecked()
        look = partial(self._desk.look, self._view.id, only_changed=only)
        self.work.run(text("verification.checking"), look, self._show)
        self._set_deeds()

    def _narrow_to_changed(self) -> None:
        if self.work.running or self._busy or self._for:
            self.only_changed.setChecked(not self.only_changed.isChecked())  # not now
        else:
            self.look()

    def begin(self) -> None:
        """Put the keyboard into the list that is shown, or where the work can be stopped."""
        if self.work.running:
            self.work.focus_stop()
        else:
            self._into_list()

    def escape(self) -> bool:
        """Escape: give up a question, then the choice of records; False when there is neither."""
        if self.views.currentRow() == RESURVEY and self.resurvey.escape():
            return True
        if self._for:
            self._ask("")
            self._into_list()
            return True
        if self.views.currentRow() == RECORDS and self._wanted != IssueFilter():
            self._wanted = IssueFilter()
            self._show_records()
            self.views.setCurrentRow(self._came_from)
            self._into_list()
            return True
        return False

    def _ended(self) -> None:
        self._set_deeds()
        if self._found is None and not self.work.running:
            self.left.emit()  # it was stopped, or could not be looked through
        elif self.work.held:
            self._into_list()

    def _show(self, found: Verified) -> None:
        self._found = found
        units = {one.unit for one in found.villages}
        named = {one: self._unit_name(one) for one in units} if len(units) > 1 else {}
        for told_apart in (self.villages, self.records, self.back, self.resurvey.rows):
            told_apart.tell_apart(named)
        self.said.setText(
            text(
                "verification.said",
                households=number(found.households),
                children=number(found.children),
                unfinished=number(found.unfinished),
                errors=number(found.errors),
                warnings=number(found.warnings),
                changed=number(found.changed),
            )
        )
        # The numbers of records stay those of the whole.
        lines = [text("verification.changed_alone")] if found.only_changed else []
        if found.since:
            lines.append(text("verification.since", day=day_of(found.since)))
        if found.later:
            lines.append(text("verification.later", count=number(found.later)))
        lines += [
            f"{text(f'handovers.one.verdict.{one.tier}')}: {verdict_words(one)}"
            for one in found.view.verdicts
        ]
        self.later.setText(" · ".join(lines))
        self.later.setVisible(bool(lines))
        for rows, shown in (
            (self.villages, found.villages),
            (self.rules, found.rules),
            (self.back, found.returned),
        ):
            self._keep_line(rows, shown)
        self._fit_columns(found)
        self._fill_views()
        self._show_records()
        self.resurvey.open(found.view.id, found.villages)

    def _fit_columns(self, found: Verified) -> None:
        """What tells the lines apart is read whole, where there is room."""
        places = [self.records.place_words(one.name, one.unit) for one in found.villages]
        self.tables[RECORDS].fit(issues.VILLAGE, places, _MOST_PLACE)
        self.tables[RULES].fit(
            FIELD, [self.label(o.form, o.field) for o in found.rules], _MOST_FIELD
        )
        back = [self.back.words(one, PLACE) for one in found.returned]
        self.tables[BACK].fit(PLACE, back, _MOST_PLACE)

    def _keep_line(self, rows: VillageRows | RuleRows | BackRows, shown: Sequence[object]) -> None:
        table = next(one for one in self.tables if one.model() is rows)
        place = max(0, table.currentIndex().row())
        rows.show_lines(shown)  # type: ignore[arg-type]
        if shown:
            table.setCurrentIndex(rows.index(min(place, len(shown) - 1), 0))

    def _fill_views(self) -> None:
        found = self._found
        counts = {
            VILLAGES: None if found is None else len(found.villages),
            RULES: None if found is None else len(found.rules),
            RECORDS: None if found is None else found.errors + found.warnings,
            BACK: None if found is None else len(found.returned),
            RESURVEY: None,
        }
        for view, name in enumerate(VIEWS):
            words, count = text(f"verification.view.{name}"), counts[view]
            said = words if count is None else f"{words} ({number(count)})"
            if view < self.views.count():
                self.views.item(view).setText(said)
            else:
                self.views.addItem(said)

    def _view_chosen(self, view: int) -> None:
        if view >= 0:
            self.stack.show_place(view)
            self._say_filter()
            self._follow()

    def _into_list(self) -> None:
        view = self.stack.place
        if view == RESURVEY:
            self.resurvey.begin()
        else:
            self.tables[view].setFocus(Qt.FocusReason.OtherFocusReason)

    # --- records ----------------------------------------------------------------------------

    def _show_records(self) -> None:
        wanted = self._wanted
        self._tasks.run(
            partial(self._desk.book.find, wanted),
            partial(self._records_found, wanted),
            self._failed,
            owner=self,
        )

    def _records_found(self, wanted: IssueFilter, found: FoundIssues) -> None:
        if wanted != self._wanted:
            return  # others were asked for meanwhile
        self.records.set_keys(found)
        if len(found):
            self.tables[RECORDS].setCurrentIndex(self.records.index(0, issues.SENTENCE))
        self._say_filter()
        self._follow()

    def _fetch(self, page: int) -> None:
        read = partial(self._desk.book.rows, self.records.keys_of(page))
        show = partial(self.records.take_page, self.records.generation, page)
        self._tasks.run(read, show, self._failed, owner=self)

    def narrow(self, wanted: IssueFilter) -> None:
        """Show the records of a village or of a rule; Escape leads back."""
        self._came_from = self.views.currentRow()
        self._wanted = wanted
        self.views.setCurrentRow(RECORDS)
        self._show_records()
        self._into_list()

    def _say_filter(self) -> None:
        view = self.views.currentRow()
        if view != RECORDS:
            self.filter.say(text(f"verification.hint.{VIEWS[max(0, view)]}"))
            return
        narrowed = []
        if self._wanted.village:
            named = {one.id: one.name for one in self.villages.lines}
            narrowed.append(named.get(self._wanted.village, ""))
        if self._wanted.rule:
            narrowed.append(self.label(self._wanted.form, self._wanted.field))
        words = text("verification.hint.records", count=number(self.records.rowCount()))
        self.filter.say(" · ".join(filter(None, (*narrowed, words))))

    def mark_current(self) -> None:
        """Space: the record under the keyboard is to be sent back, or is not."""
        row = self._issue()
        if row is None or not row.record or self._busy:
            return
        if row.record in self.marked:
            del self.marked[row.record]
        else:
            self.marked[row.record] = row.field
        self._marks_changed()
        at = self.tables[RECORDS].currentIndex().row()
        if at + 1 < self.records.rowCount():
            self.tables[RECORDS].setCurrentIndex(self.records.index(at + 1, issues.SENTENCE))

    def mark_all(self) -> None:
        """Ctrl+A: all that are shown are to be sent back; where they all were, none is."""

        def mark(found: dict[str, str]) -> None:
            if found.keys() <= self.marked.keys():
                for one in found:
                    del self.marked[one]
            else:
                self.marked.update({**found, **self.marked})
            self._marks_changed()

        self._tasks.run(
            partial(self._desk.book.records, self._wanted), mark, self._failed, owner=self
        )

    def _forget_marks(self) -> None:
        self.marked.clear()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.records.marks_changed()
        if self._for not in ("", _RETURN_ALL):
            if self.marked:
                self._name_reason()
            else:
                self._ask("")  # there is nothing left to give a reason for
        self._set_deeds()

    def _issue(self) -> IssueRow | None:
        at = self.tables[RECORDS].currentIndex().row()
        return self.records.row(at) if 0 <= at < self.records.rowCount() else None

    def _follow(self) -> None:
        """What the line under the keyboard says, in full."""
        view = self.views.currentRow()
        self.whole.setVisible(view != RESURVEY)
        if view == RESURVEY:
            return
        at = self.tables[max(0, view)].currentIndex().row()
        words = ""
        if view == RULES and (rule := self.rules.line(at)) is not None:
            label = self.label(rule.form, rule.field)
            words = f"{label}: {rule.sentence}" if rule.field else rule.sentence
        elif view == RECORDS:
            words = self.records.whole(at)
        elif view == BACK and (back := self.back.line(at)) is not None:
            label = self.label("child" if back.child else "household", back.field)
            said = (self.back.state_words(back), back.name, label, back.reason)
            words = " · ".join(filter(None, said))
        self.whole.setText(words)

    # --- deeds ------------------------------------------------------------------------------

    def open_current(self) -> None:
        """Enter: the records of the line, or the page of the record."""
        view = self.views.currentRow()
        at = self.tables[view].currentIndex().row()
        if view == VILLAGES:
            village = self.villages.line(at)
            if village is not None and village.id:
                self.narrow(IssueFilter(village=village.id))
        elif view == RULES:
            rule = self.rules.line(at)
            if rule is not None:
                self.narrow(IssueFilter(rule.severity.value, rule.rule, rule.field, form=rule.form))
        elif view == RECORDS:
            row = self._issue()
            if row is not None and row.record:
                self.place_wanted.emit(row.place)
        else:
            back = self.back.line(at)
            if back is not None and back.household:
                record = back.child or back.household
                place = {"household": back.household, "record": record, "field": back.field}
                self.place_wanted.emit(place)

    def accept_rest(self) -> None:
        """Accept it: as a whole, or, once a reason is given, all but the marked records."""
        if self.marked:
            self._ask(_ACCEPT_REST)
        else:
            self._settle((), ACCEPTED, "", "accepted_now")

    def give_reason(self) -> None:
        """Do what the reason was asked for."""
        reason = self.reason.text().strip()
        if not reason:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            self._notifier.say(
                Notice(Kind.WARNING, text("handovers.one.no_reason"), topic="verification")
            )
            return
        if self._for == _RETURN_ALL:
            self._settle((), RETURNED, reason, "returned_now")
            return
        back = [SendBack(one, reason, field) for one, field in self.marked.items()]
        verdict = ACCEPTED if self._for == _ACCEPT_REST else ""
        self._settle(back, verdict, "", "rest_accepted_now" if verdict else "sent_back_now")

    def _ask(self, what: str) -> None:
        self._for = what
        for one in (self.reason, self.give, self.not_now):
            one.setVisible(bool(what))
        if what:
            self.reason.clear()
            self._name_reason()
            self.give.setText(text(f"verification.give.{what}"))
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._set_deeds()

    def _name_reason(self) -> None:
        """Say what the reason is for, and for how many records."""
        key = "verification.reason_all" if self._for == _RETURN_ALL else "verification.reason"
        named = text(key, count=number(len(self.marked)))
        self.reason.setAccessibleName(named)
        self.reason.setPlaceholderText(named)

    def _settle(self, back: Sequence[SendBack], verdict: str, reason: str, key: str) -> None:
        if self._view is None or self._busy:
            return
        self._busy = True
        self._set_deeds()

        def ended(view: HandoverView) -> None:
            self._busy = False
            words = text(f"verification.{key}", count=number(len(back)))
            self._notifier.say(Notice(Kind.DONE, words, topic="verification"))
            if self._view is not None and self._view.id == view.id:
                self._view = view
                self._forget_marks()
                self._ask("")
                if self.isVisible():
                    self._into_list()
                self.look()
            else:
                self._set_deeds()  # another one was opened meanwhile
            self.decided.emit()

        def failed(error: AppError) -> None:
            self._busy = False
            self._set_deeds()
            self._failed(error)

        deed = partial(self._desk.settle, self._view.id, back, verdict, reason)
        self._tasks.run(deed, ended, failed, lane=Lane.WRITE, owner=self)

    def _set_deeds(self) -> None:
        free = not (self._busy or self._for or self.work.running) and self._found is not None
        count = len(self.marked)
        self.send_back.setText(text("verification.send_back", count=number(count)))
        key = "verification.accept_rest" if count else "verification.accept"
        self.accept.setText(text(key))
        self.send_back.setEnabled(free and bool(count))
        self.accept.setEnabled(free)
        self.return_all.setEnabled(free)
        self.give.setEnabled(not self._busy)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter opens, the space bar marks, Ctrl+A marks all, F5 looks again."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            among_records = watched is self.tables[RECORDS]
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            deed: Callable[[], None] | None = None
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                deed = self.open_current
            elif event.key() == Qt.Key.Key_F5:
                deed = self.look
            elif among_records and event.key() == Qt.Key.Key_Space:
                deed = self.mark_current
            elif among_records and control and event.key() == Qt.Key.Key_A:
                deed = self.mark_all
            if deed is not None:
                deed()
                return True
        return super().eventFilter(watched, event)
