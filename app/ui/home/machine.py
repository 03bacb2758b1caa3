"""The state of this PC: handed over or not, backed up or not, enrolled or not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from app.i18n import number, text
from app.services.enrolment_state import Standing
from app.services.worklist import Duty, WorkView
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme, set_state

_SIGN = {"done": "\N{CHECK MARK}", "warning": "\N{BLACK UP-POINTING TRIANGLE}", "": ""}


class MachineCard(QFrame):
    """Three lines, each with its name, its state by sign and words; a fourth while the recovery
    code is on no paper, from which `renew` leads to a new one.

    `enrol` leads to where the certificate is seen to. It is here as well as among what waits, for
    an empty register shows its first steps instead.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        px = theme.pixels
        grid = QGridLayout(self)
        grid.setContentsMargins(px(16), px(8), px(16), px(8))
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(4))
        title = QLabel(text("worklist.machine"))
        title.setProperty("role", "title")
        grid.addWidget(title, 0, 0)
        self.backup, self.handover, self.enrolment = Elided(), Elided(), Elided()
        for row, (name, value) in enumerate(
            (
                ("worklist.machine.backup", self.backup),
                ("worklist.machine.handover", self.handover),
                ("worklist.machine.enrolment", self.enrolment),
            ),
            start=1,
        ):
            label = QLabel(text(name))
            label.setProperty("role", "muted")
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
        self.code_name, self.code = QLabel(text("worklist.machine.code")), Elided()
        self.code_name.setProperty("role", "muted")
        self.renew = Step(text("worklist.machine.new_code"))
        self.renew.setProperty("role", "link")
        grid.addWidget(self.code_name, 4, 0)
        grid.addWidget(self.code, 4, 1)
        grid.addWidget(self.renew, 5, 1, Qt.AlignmentFlag.AlignLeft)
        for one in (self.code_name, self.code, self.renew):
            one.hide()
        grid.setColumnStretch(1, 1)
        self.enrol = Step(text("worklist.machine.open_enrolment"))
        self.enrol.setProperty("role", "link")
        self.enrol.hide()
        grid.addWidget(self.enrol, 0, 1, Qt.AlignmentFlag.AlignRight)

    def show_view(self, view: WorkView, *, may_enrol: bool) -> None:
        """Show how it stands; `may_enrol`: the account sees to certificates."""
        waits = view.empty and view.enrolment.standing is not Standing.ENROLLED
        self.enrol.setVisible(may_enrol and waits)
        on_no_paper = any(one.duty is Duty.CODE_ON_NO_PAPER for one in view.tasks)
        for one in (self.code_name, self.code):
            one.setVisible(on_no_paper)
        # Elsewhere the line among what waits leads there.
        self.renew.setVisible(on_no_paper and view.empty)
        if on_no_paper:
            _say(self.code, text("worklist.code_on_no_paper"), "warning")
        made = view.backup
        if made is None:
            _say(self.backup, text("worklist.no_backup"), "warning")
        else:
            when = f"{made.astimezone():%H:%M %d/%m/%Y}"
            _say(self.backup, text("worklist.backup_made", when=when), "done")
        if view.top:
            _say(self.handover, text("worklist.top_unit"), "")
        elif view.empty:
            _say(self.handover, text("worklist.nothing_to_hand_over"), "")
        elif view.not_handed_over:
            words = text("worklist.not_handed_over", count=number(view.not_handed_over))
            _say(self.handover, words, "")
        elif view.unconfirmed:
            words = text("status.unconfirmed", count=number(view.unconfirmed))
            _say(self.handover, words, "")
        else:
            _say(self.handover, text("worklist.all_handed_over"), "done")
        standing, until = view.enrolment.standing, view.enrolment.until
        day = "" if until is None else f"{until:%d/%m/%Y}"
        state = "done" if standing is Standing.ENROLLED else "warning"
        top = view.top and standing is Standing.NOT_ASKED
        _say(
            self.enrolment,
            text(
                "worklist.enrolment.top" if top else f"worklist.enrolment.{standing.value}", day=day
            ),
            state,
        )


def _say(label: Elided, words: str, state: str) -> None:
    label.say(f"{_SIGN[state]} {words}".strip())
    set_state(label, state)
