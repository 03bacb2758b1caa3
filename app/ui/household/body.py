"""The form of one record, made from a plan: all fields as widgets, all words painted.

Built once and filled again for every record. Labels, titles and messages are painted by the form
itself, so that a page of a hundred fields is a hundred widgets and no more. Three layers, each in a
file of its own: the fields, the ways through them, and here their places and the words.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent

from app.i18n import text
from app.ui.household.arranging import Page
from app.ui.household.form_walk import FormWalk
from app.ui.household.plan import table_fields

#: Rows of a compact form that are always in sight.
_COMPACT_ROWS = 2


class FormBody(FormWalk):
    """A form with everything in its place."""

    def sizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        return QSize(self._px(640), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.arrange()

    def arrange(self) -> None:
        """Put everything in its place for the present width."""
        if self._busy or self.width() <= 0:
            return
        self._busy = True
        try:
            page = Page(self, self._px, self._metrics)
            if self._compact:
                self._arrange_compact(page)
            else:
                self._arrange_full(page)
            page.finish()
            self._stale = False
        finally:
            self._busy = False
        self.resized.emit()

    def _arrange_full(self, page: Page) -> None:
        for plan in self.plan.opened:
            held = self.sections[plan.name]
            page.title(
                f"{plan.number} · {plan.section.label}",
                (*table_fields(plan), *plan.walk, *plan.rest),
            )
            if plan.table is not None:
                page.table(plan)
            walk = list(plan.walk)
            if plan.parts is not None and plan.parts.chooser is not None:
                page.proposals(self.proposals, self._proposal_lines)
                walk.append(plan.parts.chooser)
            page.flow(walk)
            page.parts(held)
            page.fold(held, plan.rest)
            if held.open:
                page.flow(plan.rest)
        if self.plan.asked:
            page.title(text("entry.asked_of_all"))
            page.flow(self.plan.asked)
        page.former(self._former)
        page.chips([self.sections[one.name] for one in self.plan.optional])
        for plan in self.plan.optional:
            held = self.sections[plan.name]
            if held.open:
                page.title(f"{plan.number} · {plan.section.label}")
                page.flow(plan.rest)
                page.parts(held)

    def _arrange_compact(self, page: Page) -> None:
        main, *others = self._compact_order()
        shown = page.some_rows(
            [*main.walk, *(one for one in main.rest if not one.auto)],
            _COMPACT_ROWS if self.in_use or self.more_open else self._resting_rows,
        )
        inside = set(shown)
        page.flow(shown)
        hidden = [one for one in (*main.walk, *main.rest) if one not in inside]
        further = [*hidden, *(f for o in others for f in (*o.walk, *o.rest))]
        page.more(self.more, further, in_short=not shown)
        if not self.more_open:
            return
        for plan in others:
            page.title(str(plan.section.label))
            page.flow((*plan.walk, *plan.rest))
        page.title(str(main.section.label))
        page.flow(hidden)
        page.former(self._former)

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- Qt's name
        painter = QPainter(self)
        plain = self.font()
        area = event.rect()
        painter.fillRect(area, self._ground)
        for words in self.words:
            if not words.rect.intersects(area):
                continue
            painter.setFont(self._bold if words.bold else plain)
            painter.setPen(self._theme.colour(words.colour))
            align = Qt.AlignmentFlag.AlignRight if words.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(words.rect, int(align | Qt.AlignmentFlag.AlignVCenter), words.text)
        painter.end()

    def clipped(self) -> list[str]:
        """Painted words that do not fit their place, for the test that measures."""
        bold = QFontMetrics(self._bold)
        return [
            one.text
            for one in self.words
            if (bold if one.bold else self._metrics).horizontalAdvance(one.text)
            > one.rect.width() + 1
            or one.rect.right() > self.width()
        ]
