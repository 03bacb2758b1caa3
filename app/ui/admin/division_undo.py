"""Lấy lại việc chia: what a division moved goes back under the old unit, after a preview that says
in numbers what goes and which villages stay, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.i18n import number, text
from app.services.division_undo import DividedUnit, TakenBack
from app.services.services import Services
from app.ui.admin.section import Section
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: Villages that stay and are named; of more their number is told.
_MOST_NAMED = 6


class DivisionUndoSection(Section):
    """The part of the dividing card. `taken_back` comes with what is to be said of the act."""

    taken_back = Signal(str)

    def __init__(self, tasks: Tasks, theme: Theme, services: Services, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("dividing.undo"), parent, bare=True)
        self._undo = services.division_undo
        self._standing: Sequence[DividedUnit] = ()
        self.part(text("dividing.undo"))
        self.words(text("dividing.undo.why"))
        self.unit = QComboBox(self)
        self.unit.setAccessibleName(text("dividing.undo.unit"))
        self.unit.setMaximumWidth(theme.pixels(560))
        self.unit.currentIndexChanged.connect(lambda _row: self._forget_preview())
        self.labelled(text("dividing.undo.unit"), self.unit)
        self.told = self.words("", role="")
        self.preview = self.step(text("dividing.undo.preview"), self._preview)
        self.deed = self.step("", self._take_back, "danger")
        self.row(self.preview, self.deed)
        self.close_column(room=False)
        self.hide()

    def load(self) -> None:
        """Read which units were divided; where none was, the part is not there."""
        self.read(self._undo.standing, self._show)

    def _show(self, found: Sequence[DividedUnit]) -> None:
        before = self.unit.currentData()
        self._standing = found
        self.unit.blockSignals(True)
        self.unit.clear()
        for one in found:
            counted = {"households": number(one.households), "children": number(one.children)}
            self.unit.addItem(text("dividing.unit_line", name=one.name, **counted), one.unit)
        self.unit.setCurrentIndex(max(0, self.unit.findData(before)))
        self.unit.blockSignals(False)
        self.setVisible(bool(found))
        self._forget_preview()

    def _forget_preview(self) -> None:
        """Another unit, another preview: nothing is done that was not seen."""
        self.deed.hide()
        self.say_in(self.told, "")
        self.say("")

    def _preview(self) -> None:
        if (unit := self.unit.currentData()) is not None:
            self.act(partial(self._undo.preview, unit), self._seen, lane=Lane.READ)

    def _seen(self, found: TakenBack) -> None:
        if found.unit != self.unit.currentData():
            return  # another one was chosen meanwhile
        self.say_in(self.told, "\n".join(_in_words(found)))
        counted = {"households": number(found.households), "children": number(found.children)}
        self.deed.setText(text("dividing.undo.deed", unit=found.name, **counted))
        self.deed.setVisible(bool(found.records))
        self.lead_to(self.deed if found.records else self.preview)
        if not found.records:
            self.say(text("dividing.undo.nothing"))

    def _take_back(self) -> None:
        if (unit := self.unit.currentData()) is not None:
            self.act(partial(self._undo.take_back, unit), self._done)

    def _done(self, done: TakenBack) -> None:
        counted = {"households": number(done.households), "children": number(done.children)}
        self.taken_back.emit(text("dividing.undo.done", unit=done.name, **counted) + ".")


def _in_words(found: TakenBack) -> list[str]:
    """What goes back, and each village that stays with the reason."""
    lines = [
        text(
            "dividing.undo.goes",
            unit=found.name,
            villages=number(len(found.villages) - len(found.staying)),
            households=number(found.households),
            children=number(found.children),
        )
    ]
    lines += [
        text(
            "dividing.undo.stays",
            village=one.name or text("dividing.unnamed"),
            worked_on=number(one.worked_on),
            begun=number(one.begun),
        )
        for one in found.staying[:_MOST_NAMED]
    ]
    if (more := len(found.staying) - _MOST_NAMED) > 0:
        lines.append(text("dividing.undo.more", count=number(more)))
    return lines
