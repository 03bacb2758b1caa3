"""What the program believes cells were meant to say: a tick for each kind, and beside it cells as
they stand in the file and as they would be written. Nothing is ticked until a person ticks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.i18n import number, text
from app.services.register_import import Correction, ImportIssue, ImportResult
from app.ui.handover.wizard import named
from app.ui.importing.issue_lines import place_words
from app.ui.line_table import LineRows, LineTable
from app.ui.theme import Theme

CELL, TITLE, IN_FILE, BECOMES = range(4)
_HEADINGS = (
    "import_page.column.cell",
    "import_page.column.title",
    "import_page.column.in_file",
    "import_page.column.becomes",
)
_DAYS = (Correction.DATES, Correction.SWAPPED, Correction.YEARS)
_KIND = int(Qt.ItemDataRole.UserRole)


class Sample(NamedTuple):
    """A cell, as it is and as it would be."""

    cell: str
    title: str
    in_file: str
    becomes: str


class SampleRows(LineRows[Sample]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: Sample, column: int) -> str:
        return row[column]

    def colour(self, row: Sample, column: int) -> QColor | None:
        del row
        return self._theme.colour("done") if column == BECOMES else None


class Proposals(QWidget):
    """The kinds at the left, cells of the one under the keyboard at the right."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self._issues: Sequence[ImportIssue] = ()
        self.kinds = QListWidget()
        self.kinds.setProperty("role", "plain")
        self.kinds.setAccessibleName(text("import_page.proposals"))
        self.kinds.setWordWrap(True)
        self.kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.kinds.setMinimumHeight(px(120))
        self.kinds.currentItemChanged.connect(self._show_samples)
        self.kinds.itemChanged.connect(lambda _item: self.changed.emit())
        self.samples = SampleRows(theme)
        self.table = LineTable(
            self.samples,
            text("import_page.samples"),
            theme,
            # Where room is short the title of the column goes: the cell tells it.
            {BECOMES: 168, CELL: 72, TITLE: 160},
            IN_FILE,
            136,
            self,
        )
        self.setMaximumHeight(px(200))
        row = QHBoxLayout()
        row.setSpacing(px(16))
        row.addWidget(self.kinds, 2)
        row.addWidget(self.table, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(named(text("import_page.proposals_hint"), self.kinds))
        column.addLayout(row)

    @property
    def accepted(self) -> frozenset[Correction]:
        """The kinds that are ticked."""
        items = [self.kinds.item(at) for at in range(self.kinds.count())]
        return frozenset(
            Correction(item.data(_KIND))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )

    def show_result(self, result: ImportResult) -> None:
        """Show the proposals of an import; what was ticked before stays ticked."""
        before = self.accepted
        self._issues = result.issues
        self.kinds.blockSignals(True)
        self.kinds.clear()
        for kind, count in result.proposals.items():
            item = QListWidgetItem(
                text(f"import_page.proposal.{kind.value}", count=number(count)), self.kinds
            )
            item.setData(_KIND, kind.value)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
            )
            checked = kind in before
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        self.kinds.blockSignals(False)
        self.kinds.setCurrentRow(0)
        self._show_samples()
        self.setVisible(bool(result.proposals))

    def forget(self) -> None:
        """Another file: nothing is ticked."""
        self.kinds.clear()

    def _show_samples(self, *_items: object) -> None:
        item = self.kinds.item(self.kinds.currentRow())
        if self.kinds.currentRow() < 0:
            self.samples.show_lines(())
            return
        kind = Correction(item.data(_KIND))
        self.samples.show_lines(
            [
                Sample(
                    place_words(one),
                    one.column,
                    one.proposal.text,
                    _becomes(kind, one.proposal.becomes),
                )
                for one in self._issues
                if one.proposal is not None and one.proposal.correction is kind
            ]
        )


def _becomes(kind: Correction, value: object) -> str:
    meant = str(value)
    return "/".join(reversed(meant.split("-"))) if kind in _DAYS else meant
