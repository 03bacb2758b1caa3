"""Lỗi và cảnh báo: the whole store checked, rule by rule and record by record.

The check runs beside the window and can be stopped; what it found stays until the next one, and the
page says when something was written since. A small store is checked again by itself. Enter goes to
the very field, and leaving the household comes back to the line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QListWidgetItem, QWidget

from app.errors import AppError
from app.i18n import number, text
from app.services.entry import Entry
from app.services.issue_book import (
    FoundIssues,
    IssueBook,
    IssueFilter,
    IssueRow,
    IssueVillage,
    LastCheck,
    RuleCount,
)
from app.services.table_export import Holds
from app.ui.issues.frame import WORDS, IssuesFrame
from app.ui.issues.rows import SENTENCE, SIGNS, IssueRows, gist
from app.ui.long_work import LongWork
from app.ui.notify import Notifier, error_notice
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_RULE = int(Qt.ItemDataRole.UserRole)


class _Shown(NamedTuple):
    """What one look at the last check gives the page."""

    last: LastCheck | None
    rules: list[RuleCount]
    villages: list[IssueVillage]
    wanted: IssueFilter
    found: FoundIssues


class IssuesPage(IssuesFrame):
    """The page. `open_place` gives the household, record, part and field to go to."""

    open_place = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        book: IssueBook,
        entry: Entry,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        self._fields = {
            (form, one.name): one
            for form, template in entry.forms().items()
            for one in template.fields
        }
        rows = IssueRows(theme, self._label)
        super().__init__(rows, LongWork(tasks, notifier, theme, "check"), theme, parent)
        self._tasks = tasks
        self._book = book
        self._entry = entry
        self._notifier = notifier
        self._wanted = IssueFilter()
        self._villages: Sequence[IssueVillage] = ()
        self._asked = 0
        self._filling = False
        self._to_list = False
        self._connect()

    def _connect(self) -> None:
        self.rows.page_wanted.connect(self._fetch)
        offer(self.table, "issues", Holds.PERSONS, fetch=self._book.rows, listed=self._listed)
        self.work.ended.connect(self._ended)
        self.again.clicked.connect(self.check)
        self.rules.currentItemChanged.connect(self._rule_chosen)
        self.rules.itemActivated.connect(lambda _item: self.begin())
        for chooser in (self.severity, self.village):
            chooser.activated.connect(self._narrowed)
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(self.open_current)
        self.table.selectionModel().currentRowChanged.connect(self._say_whole)
        self.rows.dataChanged.connect(self._say_whole)
        shortcut = QShortcut(QKeySequence("F5"), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self.check)
        f1 = QShortcut(QKeySequence("F1"), self)
        f1.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        f1.activated.connect(self.toggle_help)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Show the last check; check again what is small and was written on since."""
        self._run(self._entry.communes, self._tell_apart)
        self._run(self._book.is_due, self._loaded)

    def _loaded(self, due: bool) -> None:
        if due:
            self.check()
        else:
            self._look()

    def begin(self) -> None:
        """Put the keyboard into the list, or on the check where there is none."""
        shown = self.stack.currentWidget() is self.table
        target: QWidget = self.table if shown else self.again
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_only(self, severity: str = "", rule: str = "") -> None:
        """Show the issues of one severity (`error`, `warning`, `note`) or of one rule."""
        self._wanted = IssueFilter(severity, rule)
        self._look()

    def check(self) -> None:
        """F5: check the whole store."""
        if self.work.running:
            return
        self.again.setEnabled(False)
        self.work.run(text("issues.checking"), self._book.check, lambda _last: None)
        if self.isVisible() and self.stack.currentWidget() is not self.table:
            self.work.focus_stop()

    def _ended(self) -> None:
        self.again.setEnabled(True)
        self._to_list = self.work.held
        self._look()

    def _say_whole(self) -> None:
        self.whole.setText(self.rows.whole(self.table.currentIndex().row()))
        self._follow_help()

    def _label(self, form: str, name: str) -> str:
        field = self._fields.get((form, name))
        return name if field is None else str(field.label)

    # --- explaining -------------------------------------------------------------------------

    def toggle_help(self) -> None:
        """F1: what the book means by the field that the line, or the rule, is about."""
        if not self.help.close_help():
            self._explain()

    def escape(self) -> None:
        """Escape: take the explanation away."""
        self.help.close_help()

    def _follow_help(self) -> None:
        if self.help.isVisible():
            self._explain()

    def _explain(self) -> None:
        QTimer.singleShot(0, self.table, lambda: self.table.scrollTo(self.table.currentIndex()))
        item = self.rules.currentItem()
        if self.rules.hasFocus() and item is not None:
            _, form, name = item.data(_RULE)
            field = self._fields.get((form, name))
            if field is not None:
                self.help.explain(field)
                return
        at = self.table.currentIndex().row()
        row = self.rows.row(at) if 0 <= at < self.rows.rowCount() else None
        if row is None:
            return  # it is on its way, and is told when it has come
        field = self._fields.get((row.form, row.field))
        if field is not None:
            self.help.explain(field)
        else:
            severity = row.severity.value
            self.help.say(text(f"check.severity.{severity}"), text(f"issues.meaning.{severity}"))

    def _run(self, op: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.run(op, on_done, self._failed, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def _tell_apart(self, found: Sequence[object]) -> None:
        units = {one.unit: one.name for one in found}  # type: ignore[attr-defined]
        self.rows.tell_apart(units if len(units) > 1 else {})
        self._fill_villages(self._villages)

    def _look(self, *, or_every_rule: bool = False) -> None:
        """Show what is wanted; `or_every_rule` where the chosen rule was broken nowhere in it."""
        self._asked += 1
        book, wanted = self._book, self._wanted

        def look() -> _Shown:
            rules = book.rules(wanted)
            broken = any(_is_chosen(one, wanted) for one in rules)
            every = or_every_rule and not broken
            shown = replace(wanted, rule="", field="", form="") if every else wanted
            return _Shown(book.last(), rules, book.villages(), shown, book.find(shown))

        self._run(look, partial(self._show, self._asked))

    def _show(self, asked: int, shown: _Shown) -> None:
        if asked != self._asked:
            return
        self._wanted = shown.wanted
        self._say(shown.last)
        self._filling = True
        self._fill_rules(shown.rules)
        self._fill_villages(shown.villages)
        self.severity.setCurrentIndex(max(0, self.severity.findData(self._wanted.severity)))
        self._filling = False
        place, scroll = self.table.currentIndex().row(), self.table.verticalScrollBar().value()
        held = self.table.hasFocus()
        self.rows.set_keys(shown.found)
        self.count.setText(text("issues.count", count=number(len(shown.found))))
        if shown.last is None:
            self.nothing.setText(text("issues.not_checked"))
        else:
            self.nothing.setText(text("issues.none"))
        self.stack.setCurrentWidget(self.table if len(shown.found) else self.nothing)
        if len(shown.found):
            at = min(max(place, 0), len(shown.found) - 1)
            self.table.setCurrentIndex(self.rows.index(at, SENTENCE))
            self.table.verticalScrollBar().setValue(scroll)
        self._say_whole()
        if self._to_list or (held and not len(shown.found)):
            self._to_list = False
            self.begin()

    def _say(self, last: LastCheck | None) -> None:
        self.stale.setVisible(last is not None and last.changed_since)
        if last is None:
            self.said.say(text("issues.no_check"))
            return
        self.stale.say(text("issues.stale"))
        self.said.say(
            text(
                "issues.last",
                at=f"{last.at.astimezone():%H:%M %d/%m/%Y}",
                households=number(last.households),
                children=number(last.children),
                errors=number(last.errors),
                warnings=number(last.warnings),
                notes=number(last.notes),
            )
        )

    def _fill_rules(self, rules: Sequence[RuleCount]) -> None:
        self.rules.clear()
        everything = QListWidgetItem(text("issues.every_rule"))
        everything.setData(_RULE, ("", "", ""))
        self.rules.addItem(everything)
        chosen = everything
        for one in rules:
            label = self.rows.label(one.form, one.field)
            words = f"{SIGNS[one.severity]} {number(one.count)}   {label}"
            item = QListWidgetItem(words)
            item.setData(WORDS, (words, gist(one.sentence)))
            item.setData(_RULE, (one.rule, one.form, one.field))
            item.setToolTip(f"{label}: {one.sentence}")
            self.rules.addItem(item)
            if _is_chosen(one, self._wanted):
                chosen = chosen if chosen is not everything else item
        self.break_rules()
        self.rules.setCurrentItem(chosen)

    def _fill_villages(self, villages: Sequence[IssueVillage]) -> None:
        self._villages = villages
        self.village.clear()
        self.village.addItem(text("issues.every_village"), "")
        for one in villages:
            if one.id:
                named = one.name or text("register.no_village")
                self.village.addItem(self.rows.place_words(named, one.unit), one.id)
        self.village.setCurrentIndex(max(0, self.village.findData(self._wanted.village)))
        self.fit_columns([self.rows.place_words(one.name, one.unit) for one in villages])

    def _listed(self) -> str:
        """Which issues the list shows, in words."""
        rule = self.rules.currentItem()
        chosen = (self.severity.currentText(), self.village.currentText())
        named = rule.text() if rule is not None and self._wanted.rule else ""
        return " · ".join(filter(None, (*chosen, named)))

    def _fetch(self, page: int) -> None:
        read = partial(self._book.rows, self.rows.keys_of(page))
        self._run(read, partial(self.rows.take_page, self.rows.generation, page))

    # --- choosing ---------------------------------------------------------------------------

    def _rule_chosen(self, item: QListWidgetItem | None) -> None:
        if self._filling or item is None:
            return
        rule, form, field = item.data(_RULE)
        self._follow_help()
        self._wanted = replace(self._wanted, rule=rule, field=field, form=form)
        self._look_at_list()

    def _narrowed(self) -> None:
        severity, village = self.severity.currentData(), self.village.currentData()
        self._wanted = replace(
            self._wanted, severity=str(severity or ""), village=str(village or "")
        )
        self._look(or_every_rule=True)

    def _look_at_list(self) -> None:
        """Another rule: the list alone changes, the keyboard stays among the rules."""
        self._asked += 1
        asked = self._asked

        def show(found: FoundIssues) -> None:
            if asked == self._asked:
                self.rows.set_keys(found)
                self.count.setText(text("issues.count", count=number(len(found))))
                self.table.setCurrentIndex(self.rows.index(0, SENTENCE))

        self._run(partial(self._book.find, self._wanted), show)

    def open_current(self) -> None:
        """Enter: the household's page, at the field."""
        index = self.table.currentIndex()
        if index.isValid():
            asked = self.rows.key_at(index.row())
            self._run(partial(self._book.rows, [asked]), self._open)

    def _open(self, found: Sequence[IssueRow]) -> None:
        for row in found:
            if row.record:
                self.open_place.emit(row.place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter in the list opens the field."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.open_current()
            return True
        return super().eventFilter(watched, event)


def _is_chosen(one: RuleCount, wanted: IssueFilter) -> bool:
    """Whether a filter names this rule; one of a rule alone names it in every field."""
    return (
        one.rule == wanted.rule
        and wanted.form in ("", one.form)
        and wanted.field in ("", one.field)
    )
