"""The line at the foot of the window: saved or not, handed over or not, backed up or not.

It tells the truth at all times: «Đã lưu» appears only after the disk has answered.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.i18n import number, text
from app.services.standing import Standing
from app.ui.labels import Elided
from app.ui.theme import Theme, set_state

#: The sentences about what is kept; the longest of them has room.
_SENTENCES = ("all_saved", "draft_saved", "not_saved", "saved", "saving", "waiting")


class _Place(QWidget):
    """Room for the longest thing that is said about what is kept, always the same."""

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self._label = label
        label.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        self._label.ensurePolished()
        metrics = self._label.fontMetrics()
        said = (text(f"status.{one}", time="00:00:00") for one in _SENTENCES)
        width = max(metrics.horizontalAdvance(one) for one in said)
        return QSize(width + metrics.averageCharWidth(), self._label.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._label.setGeometry(self.rect())


class StatusLine(QFrame):
    """What is kept where. Fed by the shell."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "statusline")
        px = theme.pixels
        # The bar paints its own ground, and what is kept has a place of its own: both change at
        # every key, and neither the bar nor what stands under it is laid out or painted for it.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._ground = theme.colour("surface")
        self.kept = QLabel()
        self._place = _Place(self.kept)
        self.pending = Elided(natural=True)
        self.backup = QLabel()
        self.keys = QLabel(text("status.keys_alone"))
        self.edition = QLabel()
        for label in (self.pending, self.backup, self.keys, self.edition):
            label.setProperty("role", "muted")
        self._gap = px(16)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(4), px(16), px(4))
        row.setSpacing(px(16))
        row.addWidget(self._place)
        row.addWidget(self.pending)
        row.addWidget(self.backup)
        row.addStretch(1)
        row.addWidget(self.keys)
        row.addWidget(self.edition)
        self.set_idle()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- Qt's name
        """The ground, which an opaque widget has to paint by itself, then the line above it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._ground)
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where room is short the hint about keys goes first: F12 shows it, too. Then the edition,
        which the forms name; what is saved, handed over and backed up stays.
        """
        told = (self._place, self.pending, self.backup)
        needed = sum(one.sizeHint().width() + 2 * self._gap for one in told)
        for giving_way in (self.edition, self.keys):
            needed += giving_way.sizeHint().width() + 2 * self._gap
            giving_way.setVisible(needed <= self.width())

    def show_keys(self, *, explains: bool) -> None:
        """Name F12, and F1 on a page where it explains a field."""
        self.keys.setText(text("status.keys" if explains else "status.keys_alone"))
        self._fit()

    def set_idle(self) -> None:
        """Nothing was typed yet in this run."""
        self.kept.setText(text("status.all_saved"))
        set_state(self.kept, "done")

    def set_saving(self) -> None:
        """Something waits for the disk."""
        self.kept.setText(text("status.saving"))
        set_state(self.kept, "")

    def set_waiting(self) -> None:
        """What is to be saved stands behind something long that writes."""
        self.kept.setText(text("status.waiting"))
        set_state(self.kept, "")

    def set_saved(self, at: datetime, *, draft: bool) -> None:
        """The disk has answered."""
        words = "status.draft_saved" if draft else "status.saved"
        self.kept.setText(text(words, time=f"{at:%H:%M:%S}"))
        set_state(self.kept, "done")

    def set_failed(self) -> None:
        """The disk did not take it; it is tried again."""
        self.kept.setText(text("status.not_saved"))
        set_state(self.kept, "error")

    def show_standing(self, standing: Standing, now: datetime) -> None:
        """What was not handed over, the last backup, the edition of the templates."""
        words = []
        if not standing.top:
            words.append(text("status.not_handed_over", count=number(standing.not_handed_over)))
        if standing.unconfirmed:
            words.append(text("status.unconfirmed", count=number(standing.unconfirmed)))
        self.pending.say(" · ".join(words))
        made = standing.last_backup
        if made is None:
            self.backup.setText(text("status.no_backup"))
            set_state(self.backup, "warning")
        else:
            local = made.astimezone()
            day = text("status.today") if local.date() == now.date() else f"{local:%d/%m/%Y}"
            self.backup.setText(text("status.backup", day=day, time=f"{local:%H:%M}"))
            set_state(self.backup, "")
        self.edition.setText(text("status.edition", edition=standing.edition))
        self._fit()
