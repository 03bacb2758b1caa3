"""All keys of the window in one place: what they are bound to, and the page that F12 shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import text
from app.ui.labels import SetWords
from app.ui.theme import Theme

#: Key → sentence id, as F12 lists them: entry first, then the window.
KEYS: tuple[tuple[str, str], ...] = (
    ("Enter", "keys.enter"),
    ("Shift+Enter", "keys.back"),
    ("Ctrl+Enter", "keys.save"),
    ("F2", "keys.next_household"),
    ("F5", "keys.confirm"),
    ("F6", "keys.section"),
    ("F4", "keys.more"),
    ("F7", "keys.repeat"),
    ("F8", "keys.issue"),
    ("Shift+F8", "keys.issue_back"),
    ("Space", "keys.space"),
    ("F3", "keys.reveal"),
    ("PgDown", "keys.next_child"),
    ("PgUp", "keys.previous_child"),
    ("Ctrl+Del", "keys.remove_line"),
    ("F1", "keys.help"),
    ("F12", "keys.list"),
    ("Ctrl+F", "keys.search"),
    ("Ctrl+N", "keys.new_household"),
    ("Ctrl+1 … 9", "keys.pages"),
    ("F10", "keys.menu"),
    ("Ctrl+L", "keys.lock"),
    ("Esc", "keys.escape"),
)


class ShortcutList(QFrame):
    """The list, over the page. Escape or F12 closes it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.setProperty("role", "overlay")
        self._theme = theme
        self._words: list[SetWords] = []
        self._caps: list[QLabel] = []
        title = QLabel(text("keys.title"))
        title.setProperty("role", "heading")
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        # Large letters on a small screen: the list is as high as the window.
        grid.setVerticalSpacing(px(8) if theme.scale <= 1.25 else px(4))
        half = (len(KEYS) + 1) // 2
        for place, (key, sentence) in enumerate(KEYS):
            row, column = place % half, place // half * 2
            cap = QLabel(text("keys.space_bar") if key == "Space" else key)
            cap.setProperty("role", "key")
            words = SetWords()
            words.setText(text(sentence))
            self._words.append(words)
            self._caps.append(cap)
            grid.addWidget(cap, row, column, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, row, column + 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(32), px(24), px(32), px(24))
        whole.setSpacing(px(16))
        foot = QLabel(text("keys.close"))
        foot.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(foot)
        whole.addLayout(head)
        whole.addLayout(grid)
        self.hide()

    def toggle(self) -> None:
        """Show it in the middle of its window, or take it away."""
        if self.isVisible():
            self.hide()
            return
        around = self.parentWidget()
        if around is not None:
            self._fit(around.width())
        # A layout that was reckoned while hidden is not asked again when words change their width.
        self._grid.invalidate()
        self.adjustSize()
        if around is not None:
            corner = around.rect().center() - self.rect().center()
            self.move(max(0, corner.x()), max(0, corner.y()))
        self.show()
        self.raise_()

    def _fit(self, width: int) -> None:
        """Large letters on a small screen: the sentences wrap rather than leave the window."""
        px = self._theme.pixels
        for one in (*self._caps, *self._words):
            one.ensurePolished()  # unseen, it would be measured without what the sheet puts around
        caps = max(one.sizeHint().width() for one in self._caps)
        room = (width - px(2 * 32 + 3 * 16 + 2 * 8)) // 2 - caps
        widest = max(one.fontMetrics().horizontalAdvance(one.text()) for one in self._words)
        for one in self._words:
            one.setFixedWidth(min(room, widest + px(4)))
            one.fit(one.width())
