"""All keys of the window in one place, and the list of them that F12 shows: first those of the
page one is on.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import text
from app.ui.labels import SetWords
from app.ui.quarter.event_list import EVENTS
from app.ui.theme import Theme

Keys = tuple[tuple[str, str], ...]
#: The most keys that stand in two columns.
_TWO_COLUMNS = 24

#: Key → sentence id: what works on every page.
WINDOW_KEYS: Keys = (
    ("Ctrl+F", "keys.search"),
    ("Ctrl+N", "keys.new_household"),
    ("Ctrl+1 … 9", "keys.pages"),
    ("Ctrl+E", "keys.export"),
    ("F10", "keys.menu"),
    ("Ctrl+L", "keys.lock"),
    ("F11", "keys.notice_button"),
    ("F12", "keys.list"),
    ("Esc", "keys.escape"),
)
#: The name of a page → what works there besides, in the order in which one needs it.
PAGE_KEYS: Mapping[str, Keys] = {
    "household": (
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
        ("F9", "keys.notes"),
        ("Ctrl+Del", "keys.remove_line"),
        ("F1", "keys.help"),
    ),
    "notes": (
        ("Ctrl+Enter", "keys.notes_save"),
        ("PgDown", "keys.notes_next"),
        ("PgUp", "keys.notes_previous"),
        ("Ctrl+Del", "keys.notes_remove"),
        ("F3", "keys.notes_reveal"),
        ("F9", "keys.notes_back"),
    ),
    "register": (
        ("Enter", "keys.open"),
        ("F4", "keys.filters"),
        ("Shift+F4", "keys.unfilter"),
        ("F9", "keys.sort"),
        ("Ctrl+I", "keys.import"),
    ),
    "importing": (
        ("Ctrl+Enter", "keys.import_on"),
        ("Enter", "keys.import_choose"),
        ("Del", "keys.import_ignore"),
        ("Space", "keys.import_tick"),
    ),
    "issues": (("F5", "keys.check"), ("Enter", "keys.to_field"), ("F1", "keys.help")),
    "moves": (
        ("1", "keys.same_child"),
        ("2", "keys.two_children"),
        ("0", "keys.opens_again"),
        ("Enter", "keys.old_book"),
        ("Shift+Enter", "keys.new_book"),
    ),
    "duplicates": (
        ("1", "keys.same_child"),
        ("2", "keys.two_children"),
        ("3", "keys.pair_later"),
        ("0", "keys.decision_back"),
        ("4", "keys.take_over"),
        ("Space", "keys.all_facts"),
        ("Enter", "keys.first_record"),
        ("Shift+Enter", "keys.second_record"),
        ("F5", "keys.search_pairs"),
    ),
    "police": (
        ("Space", "keys.police_village"),
        ("Ctrl+A", "keys.police_all"),
        ("Enter", "keys.police_read"),
        ("1", "keys.police_one"),
        ("2", "keys.police_two"),
        ("3", "keys.police_three"),
        ("0", "keys.police_leave"),
        ("Ctrl+Enter", "keys.police_write"),
    ),
    "crosscheck": (
        ("1", "keys.list_first"),
        ("2", "keys.list_second"),
        ("3", "keys.list_third"),
        ("0", "keys.list_again"),
        ("F9", "keys.list_apply"),
        ("Enter", "keys.open"),
    ),
    "conflicts": (
        ("1 … 9", "keys.takes_side"),
        ("Tab", "keys.all_sides"),
        ("Enter", "keys.other_value"),
        ("F1", "keys.help"),
    ),
    "quarter": (
        ("Space", "keys.no_change"),
        ("Enter", "keys.open"),
        ("PgDown", "keys.walk_on"),
        ("PgUp", "keys.walk_back"),
        ("Ctrl+Z", "keys.undo"),
        ("Ctrl+Enter", "keys.write_event"),
        ("F1", "keys.help"),
        *((one.key, f"quarter.event.{one.name}") for one in EVENTS),
    ),
    "check": (
        ("Space", "keys.passes"),
        ("T", "keys.returns"),
        ("G", "keys.retypes"),
        ("Enter", "keys.open"),
        ("F1", "keys.help"),
        ("PgDown", "keys.walk_on"),
        ("PgUp", "keys.walk_back"),
    ),
    "handover": (("F6", "keys.handover_parts"), ("Enter", "keys.handover_enter")),
    # A handover that is looked through.
    "verification": (
        ("Enter", "keys.opens_place"),
        ("Space", "keys.sends_back"),
        ("Ctrl+A", "keys.sends_back_all"),
        ("1 … 5", "keys.resurveyed"),
        ("F5", "keys.looks_again"),
    ),
    # The sheet right after typing again, to somebody who may type on.
    "check_after": (
        ("Ctrl+Enter", "keys.passes"),
        ("\N{DOWNWARDS ARROW} \N{UPWARDS ARROW}", "keys.looks"),
        ("F1", "keys.help"),
        ("PgDown", "keys.walk_on"),
        ("PgUp", "keys.walk_back"),
    ),
    "retyping": (
        ("Enter", "keys.next_blank"),
        ("Shift+Enter", "keys.back"),
        ("F7", "keys.repeat_blank"),
        ("F1", "keys.help"),
        ("PgDown", "keys.walk_on"),
        ("PgUp", "keys.walk_back"),
    ),
    "differences": (
        ("1", "retyping.stands"),
        ("2", "retyping.take"),
        ("3", "retyping.return"),
        ("Enter", "keys.settle"),
        ("F1", "keys.help"),
    ),
}


def explains_fields(page: str) -> bool:
    """Whether F1 explains a field on a page, or in a part of one, that has a list of keys."""
    return any(key == "F1" for key, _words in PAGE_KEYS.get(page, ()))


class ShortcutList(QFrame):
    """The list, over the page. Escape or F12 closes it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.setProperty("role", "overlay")
        self._theme = theme
        self._keys: Keys = ()
        self._words: list[SetWords] = []
        self._caps: list[QLabel] = []
        title = QLabel(text("keys.title"))
        title.setProperty("role", "heading")
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        # Large letters on a small screen: the list is as high as the window.
        grid.setVerticalSpacing(px(8) if theme.scale <= 1.25 else px(4))
        foot = QLabel(text("keys.close"))
        foot.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(px(32))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(32), px(24), px(32), px(24))
        whole.setSpacing(px(16))
        whole.addLayout(head)
        whole.addLayout(grid)
        self.hide()

    def _list(self, keys: Keys) -> None:
        """Show other keys than before."""
        if keys == self._keys:
            return
        self._keys = keys
        for one in (*self._caps, *self._words):
            self._grid.removeWidget(one)
            one.deleteLater()
        self._caps, self._words = [], []
        part = -(-len(keys) // self._beside)
        for place, (key, sentence) in enumerate(keys):
            row, column = place % part, place // part * 2
            cap = QLabel(text("keys.space_bar") if key == "Space" else key)
            cap.setProperty("role", "key")
            words = SetWords()
            words.setText(text(sentence))
            self._words.append(words)
            self._caps.append(cap)
            self._grid.addWidget(cap, row, column, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(words, row, column + 1)

    @property
    def _beside(self) -> int:
        """How many columns of keys there are: a long list would be higher than the window."""
        return 2 if len(self._keys) <= _TWO_COLUMNS else 3

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys that stand in the list."""
        return tuple(key for key, _ in self._keys)

    def toggle(self, page: str = "") -> None:
        """Show the keys of a page and of the window, in its middle; or take the list away."""
        if self.isVisible():
            self.hide()
            return
        self._list((*PAGE_KEYS.get(page, ()), *WINDOW_KEYS))
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
        beside = self._beside
        room = (width - px(2 * 32 + (2 * beside - 1) * 16 + 2 * 8)) // beside - caps
        widest = max(one.fontMetrics().horizontalAdvance(one.text()) for one in self._words)
        for one in self._words:
            one.setFixedWidth(min(room, widest + px(4)))
            one.fit(one.width())
