"""Who hands over and who receives: a name and a title for each, proposed and typed over.

Both are printed on the record. What is left empty is a line to write on by hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from app.i18n import text
from app.services.handover_people import KnownSigners, Signer, Signers
from app.ui.theme import Theme

#: Longer names and titles no paper has room for.
_LONGEST = 120


class PersonEdit:
    """The two fields of one side. A name that was chosen brings its title along."""

    def __init__(self, side: str) -> None:
        label = text(f"handovers.signers.{side}")
        self.label = QLabel(label)
        self.label.setProperty("role", "label")
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.name.setMinimumContentsLength(12)
        self.name.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.name.setAccessibleName(label)
        line = self.name.lineEdit()
        assert line is not None
        line.setMaxLength(_LONGEST)
        line.setPlaceholderText(text("handovers.signers.name"))
        completer = self.name.completer()
        if completer is not None:
            # A name is completed whatever its letters' case; nothing is changed that was typed.
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.title = QLineEdit()
        self.title.setMaxLength(_LONGEST)
        self.title.setAccessibleName(text(f"handovers.signers.{side}_title"))
        self.title.setPlaceholderText(text("handovers.signers.title"))
        self.label.setBuddy(self.name)
        self._known: Sequence[Signer] = ()
        self._touched = False
        line.textEdited.connect(self._typed)
        self.name.activated.connect(self._chosen)
        self.title.textEdited.connect(self._typed)

    def propose(self, known: Sequence[Signer]) -> None:
        """Offer these; the likeliest stands there until somebody types or chooses."""
        if list(known) == list(self._known):
            return
        self._known = known
        kept = self.signer
        self.name.clear()
        for one in known:
            self.name.addItem(one.name)
        if self._touched:
            self.name.setEditText(kept.name)
            self.title.setText(kept.title)
        else:
            first = known[0] if known else Signer()
            self.name.setEditText(first.name)
            self.title.setText(first.title)

    @property
    def signer(self) -> Signer:
        """As it stands now."""
        return Signer(self.name.currentText().strip(), self.title.text().strip())

    def forget(self) -> None:
        """The next handover is proposed anew."""
        self._touched = False
        self._known = ()

    def _typed(self, _words: str) -> None:
        self._touched = True

    def _chosen(self, place: int) -> None:
        self._touched = True
        if 0 <= place < len(self._known):
            self.title.setText(self._known[place].title)


class SignersEdit(QWidget):
    """Both sides, one below the other."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.giver, self.receiver = PersonEdit("giver"), PersonEdit("receiver")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        for row, side in enumerate((self.giver, self.receiver)):
            for column, widget in enumerate((side.label, side.name, side.title)):
                grid.addWidget(widget, row, column)

    def propose(self, known: KnownSigners) -> None:
        """Offer who may be meant on either side."""
        self.giver.propose(known.givers)
        self.receiver.propose(known.receivers)

    @property
    def signers(self) -> Signers:
        """As they stand now."""
        return Signers(self.giver.signer, self.receiver.signer)

    def forget(self) -> None:
        """The handover took place."""
        self.giver.forget()
        self.receiver.forget()
