"""Nhập từ Excel: a list of children becomes part of the register, step by step: the file, what its
columns hold, what would happen, what happened.

Everything is read and written beside the window's thread. Nothing is imported before the last step;
that is one act, which can be stopped while it runs and taken back afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import AppError, KnownError
from app.i18n import number, text
from app.services.entry import Entry, UnitLine
from app.services.import_issues import ImportIssues
from app.services.import_look import FieldChoice, FileView, ImportLook
from app.services.register_import import ImportPreview, ImportResult, RegisterImport
from app.services.workplace import Progress
from app.ui.code_sheets import print_sheet
from app.ui.importing.frame import COLUMNS, FILE, PREVIEW, RESULT, TOPIC, ImportFrame
from app.ui.named_file import with_ending
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_SUFFIX = ".xlsx"


class ImportPage(ImportFrame):
    """The page. `left` leads back to the list; `changed` says that the register did."""

    left = Signal()
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        look: ImportLook,
        importer: RegisterImport,
        issues: ImportIssues,
        entry: Entry,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tasks, notifier, theme, parent)
        self._tasks = tasks
        self._look, self._importer, self._issues = look, importer, issues
        self._entry = entry
        self._notifier = notifier
        self._view: FileView | None = None
        self._done: ImportResult | None = None
        self._sheets: tuple[str, ...] = ()
        self._connect()

    def _connect(self) -> None:
        self.file.look_wanted.connect(self.look_now)
        self.file.file_changed.connect(self._file_changed)
        self.file.sheets_changed.connect(self.preview.forget)
        self.columns.changed.connect(self.preview.forget)
        self.columns.changed.connect(self.say_way)
        self.columns.forget_wanted.connect(self._forget_layout)
        self.preview.changed.connect(self.say_way)
        self.back.clicked.connect(self.go_back)
        self.on.clicked.connect(self.go_on)
        self.leave.clicked.connect(self.give_up)
        self.result.to_list.clicked.connect(self.left)
        self.result.another.clicked.connect(self.start_over)
        self.result.save_issues.clicked.connect(self._save_issues)
        self.result.print_issues.clicked.connect(self._print_issues)
        self.result.take_back.clicked.connect(self._ask_back)
        self.work.ended.connect(self._ended)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._press_on)

    def load(self) -> None:
        """Read what can be chosen."""
        look, entry = self._look, self._entry

        def offered() -> tuple[Sequence[UnitLine], Sequence[FieldChoice]]:
            return entry.owners_of_new(), look.fields()

        self._tasks.run(offered, self._offer, self._failed, owner=self)

    def _offer(self, found: tuple[Sequence[UnitLine], Sequence[FieldChoice]]) -> None:
        units, fields = found
        self.file.offer_units(units)
        self.columns.offer_fields(fields)

    def begin(self) -> None:
        """Put the keyboard where work goes on."""
        step = self.step
        if self.work.running:
            self.work.focus_stop()
        elif step == FILE:
            self.file.begin()
        elif step == COLUMNS:
            self.columns.begin()
        elif step == RESULT:
            self.result.begin()
        elif not self.preview.begin():
            self.on.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- going on and back --------------------------------------------------------------------

    def _press_on(self) -> None:
        if self.on.isVisibleTo(self) and self.on.isEnabled():
            self.go_on()

    def go_on(self) -> None:
        """The next step."""
        if self.work.running:
            return
        if self.step == FILE:
            if self._view is None:
                self.look_now()
            else:
                self._to_columns()
        elif self.step == COLUMNS or (self.step == PREVIEW and self.preview.is_stale):
            self.preview_now()
        elif self.step == PREVIEW:
            self.import_now()

    def go_back(self) -> None:
        """The step before; what was chosen stays chosen."""
        if self.work.running or self.step not in (COLUMNS, PREVIEW):
            return
        self._turn(self.step - 1)

    def escape(self) -> None:
        """Stop what runs, else a step back, else back to the list."""
        if self.work.running:
            self.work.cancel()
        elif self.step in (COLUMNS, PREVIEW):
            self.go_back()
        else:
            self.give_up()

    def give_up(self) -> None:
        """Back to the list. What was typed here stays until another file is chosen."""
        if self.work.running:
            self.work.cancel()
            return
        if self.step == RESULT:
            self.start_over()
        self.left.emit()

    def start_over(self) -> None:
        """Another file."""
        self._view, self._done, self._sheets = None, None, ()
        self.file.file.clear()
        self.preview.forget()
        self._turn(FILE)

    def _turn(self, step: int) -> None:
        self.turn_to(step)
        self.begin()

    # --- the file -----------------------------------------------------------------------------

    def _file_changed(self) -> None:
        self._view = None
        self.preview.forget()
        self.say_way()

    def look_now(self) -> None:
        """Open the file and show its sheets, and its columns where there is but one."""
        path = self.file.path
        if path is None:
            self._notifier.say(Notice(Kind.WARNING, text("import_page.no_file"), topic=TOPIC))
            self.file.file.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._view = None
        self._look_at(path, None, self._show_file)

    def _look_at(self, path: Path, sheet: str | None, on_done: Callable[[FileView], None]) -> None:
        look = self._look

        def read(_progress: Progress) -> FileView:
            return look.look(path, sheet=sheet)

        self._run(text("import_page.looking"), read, on_done, Lane.READ)

    def _show_file(self, view: FileView) -> None:
        self._notifier.dismiss_topic(TOPIC)
        self._view = view
        self.file.show_sheets(view)
        self.columns.show_file(view)
        self.preview.forget()
        if len(view.sheets) == 1:
            self.turn_to(COLUMNS)

    def _to_columns(self) -> None:
        """With the columns of the first sheet that is ticked."""
        path, view = self.file.path, self._view
        chosen = self.file.chosen_sheets
        if path is None or view is None:
            return
        if len(view.sheets) > 1 and not chosen:
            self._notifier.say(Notice(Kind.WARNING, text("import_page.no_sheet"), topic=TOPIC))
            return
        if not chosen or chosen[0] == view.sheet:
            self._turn(COLUMNS)
            return
        self._look_at(path, chosen[0], self._show_sheet)

    def _show_sheet(self, view: FileView) -> None:
        self._view = view
        self.columns.show_file(view)
        self.preview.forget()
        self.turn_to(COLUMNS)

    def _forget_layout(self) -> None:
        path, view = self.file.path, self._view
        if path is None or view is None:
            return
        look, sheet = self._look, view.sheet or None

        def forget(_progress: Progress) -> FileView:
            look.forget_layout(path, sheet)
            return look.look(path, sheet=sheet)

        self._run(text("import_page.looking"), forget, self._show_sheet, Lane.WRITE)

    # --- the import ---------------------------------------------------------------------------

    def preview_now(self) -> None:
        """Import and take everything back, and show what it came to."""
        path = self.file.path
        if path is None or self.columns.obstacle:
            return
        importer, unit = self._importer, self.file.chosen_unit
        columns, sheets = self.columns.column_map, self._chosen_sheets()
        names_of = self.preview.names_of

        def preview(progress: Progress) -> ImportPreview:
            return importer.preview(path, unit, columns, progress, sheets=sheets, names_of=names_of)

        self._run(text("import_page.previewing"), preview, self._show_preview, Lane.WRITE)

    def _chosen_sheets(self) -> tuple[str, ...]:
        view = self._view
        chosen = self.file.chosen_sheets
        if view is None or len(view.sheets) == 1:
            return () if view is None or not view.sheet else (view.sheet,)
        return chosen

    def _show_preview(self, preview: ImportPreview) -> None:
        self._notifier.dismiss_topic(TOPIC)
        self._sheets = preview.sheets
        self.preview.show_result(preview.result, preview.sheets)
        self.turn_to(PREVIEW)

    def import_now(self) -> None:
        """Import, as one act."""
        path = self.file.path
        if path is None or self.preview.obstacle:
            return
        importer, unit = self._importer, self.file.chosen_unit
        columns, sheets = self.columns.column_map, self._chosen_sheets()
        accepted, hidden = self.preview.accepted, self.preview.hidden
        names_of = self.preview.names_of
        remember = self.columns.remember.isChecked()

        def run(progress: Progress) -> ImportResult:
            return importer.run(
                path,
                unit,
                columns,
                progress,
                accepted,
                sheets,
                hidden=hidden,
                names_of=names_of,
                remember=remember,
            )

        self._run(text("import_page.importing"), run, self._show_result, Lane.WRITE)

    def _show_result(self, result: ImportResult) -> None:
        self._done = result
        self.result.show_result(result, self._sheets)
        words = text(
            "import_page.done",
            created=number(result.created),
            changed=number(result.changed),
            unchanged=number(result.unchanged),
        )
        self._notifier.say(Notice(Kind.DONE, words, topic=TOPIC))
        self.turn_to(RESULT)
        self.changed.emit()

    # --- afterwards ---------------------------------------------------------------------------

    def _ask_back(self) -> None:
        done = self._done
        if done is None:
            return
        question = Question(
            text("import_page.take_back_sure"),
            text("import_page.take_back_what", count=number(done.operations)),
            (
                Choice("back", text("import_page.take_back"), destroys=True),
                Choice("keep", text("import_page.keep")),
            ),
        )
        if self._notifier.ask(question) == "back":
            back = partial(self._importer.set_aside, done.act)
            self._tasks.run(back, self._taken_back, self._failed, lane=Lane.WRITE, owner=self)

    def _taken_back(self, operations: int) -> None:
        self._done = None
        self.result.show_taken_back(operations)
        self.result.another.setFocus(Qt.FocusReason.OtherFocusReason)
        self._notifier.dismiss_topic(TOPIC)
        self.changed.emit()

    def _save_issues(self) -> None:
        done, path = self._done, self.file.path
        if done is None or path is None:
            return
        found, _kind = QFileDialog.getSaveFileName(
            self, text("import_page.save_issues"), text("import_page.issues_name"), "Excel (*.xlsx)"
        )
        if not found:
            return
        out = with_ending(found, _SUFFIX)
        write = partial(self._issues.write, out, path.name, done)

        def written(count: int) -> None:
            words = text("import_page.issues_saved", count=number(count), file=out.name)
            self._notifier.say(Notice(Kind.DONE, words, topic=TOPIC))

        self._tasks.run(write, written, self._failed, owner=self)

    def _print_issues(self) -> None:
        done, path = self._done, self.file.path
        if done is None or path is None:
            return
        try:
            print_sheet(self, self._issues.paper(path.name, done))
        except KnownError as error:
            self._failed(error)

    # --- work ---------------------------------------------------------------------------------

    def _run(
        self, words: str, op: Callable[[Progress], T], on_done: Callable[[T], None], lane: Lane
    ) -> None:
        self.work.run(words, op, on_done, lane)
        self.say_way()
        self.stack.setEnabled(False)
        self.work.focus_stop()

    def _ended(self) -> None:
        self.stack.setEnabled(True)
        self.say_way()
        if self.work.held:
            self.begin()

    def _failed(self, error: AppError) -> None:
        self._notifier.say(replace(error_notice(error), topic=TOPIC))
