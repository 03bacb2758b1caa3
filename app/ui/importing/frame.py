"""The frame of the page of imports: the steps on top, the one that is worked on, and the way on."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.i18n import number, text
from app.ui.importing.columns_step import ColumnsStep
from app.ui.importing.file_step import FileStep
from app.ui.importing.preview_step import PreviewStep
from app.ui.importing.result_step import ResultStep
from app.ui.labels import Elided
from app.ui.long_work import LongWork
from app.ui.notify import Notifier
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme

TOPIC = "importing"
FILE, COLUMNS, PREVIEW, RESULT = range(4)
_STEPS = ("file", "columns", "preview", "result")
_DONE, _NOW, _LATER = "\N{CHECK MARK}", "\N{BLACK CIRCLE}", "\N{WHITE CIRCLE}"


class ImportFrame(QWidget):
    """What stands where; what happens there is in `page`."""

    def __init__(
        self, tasks: Tasks, notifier: Notifier, theme: Theme, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self._marks = [QLabel(card) for _ in _STEPS]
        self.leave = Step(f"{text('import_page.leave')}   Esc", card)
        self.leave.setProperty("role", "link")
        head = QHBoxLayout()
        head.setSpacing(px(16))
        title = QLabel(text("import_page.title"), card)
        title.setProperty("role", "crumb")
        head.addWidget(title)
        for one in self._marks:
            head.addWidget(one)
        head.addStretch(1)
        head.addWidget(self.leave)
        self.stack = QStackedWidget(card)
        self.file = FileStep(theme, self.stack)
        self.columns = ColumnsStep(theme, self.stack)
        self.preview = PreviewStep(theme, self.stack)
        self.result = ResultStep(theme, self.stack)
        for step in (self.file, self.columns, self.preview, self.result):
            self.stack.addWidget(step)
        self.work = LongWork(tasks, notifier, theme, TOPIC)
        self.back = Step(text("import_page.back"), card)
        self.told = Elided()
        self.told.setProperty("state", "warning")
        self.on = Step(parent=card)
        self.on.setProperty("role", "primary")
        self._foot = QWidget(card)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(px(8))
        foot.addWidget(self.back)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.on)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        column.addWidget(self.work)
        column.addWidget(self._foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.addWidget(card)
        self.turn_to(FILE)

    @property
    def step(self) -> int:
        """The step that is worked on."""
        return self.stack.currentIndex()

    def turn_to(self, step: int) -> None:
        """Show a step."""
        self.stack.setCurrentIndex(step)
        for at, mark in enumerate(self._marks):
            sign = _NOW if at == step else _DONE if at < step else _LATER
            words = text(f"import_page.step.{_STEPS[at]}")
            mark.setText(f"{sign} {number(at + 1)}. {words}")
            mark.setProperty("role", "title" if at == step else "muted")
            mark.style().unpolish(mark)  # of another role the sheet says nothing by itself
            mark.style().polish(mark)
        self._foot.setVisible(step != RESULT)
        self.say_way()

    def say_way(self) -> None:
        """Say where the way on leads, and what keeps somebody from it."""
        step, obstacle = self.step, ""
        if step == FILE:
            read = self.file.sheets.isVisibleTo(self.file)
            words = text("import_page.on.sheets" if read else "import_page.on.file")
        elif step == COLUMNS:
            obstacle = self.columns.obstacle
            guessed = self.columns.guessed
            key = "import_page.on.columns_guessed" if guessed else "import_page.on.columns"
            words = text(key, count=number(guessed))
        else:
            obstacle = self.preview.obstacle
            again = self.preview.is_stale
            words = text("import_page.on.preview_again" if again else "import_page.on.preview")
        self.told.say(obstacle)
        self.on.setText(f"{words}   Ctrl+Enter")
        self.on.setEnabled(not obstacle and not self.work.running)
        self.back.setVisible(step in (COLUMNS, PREVIEW))
        self.back.setEnabled(not self.work.running)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self.file.fit(self.width() - self._theme.pixels(64))
