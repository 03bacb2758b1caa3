"""Rules to choose from: a box before each, and the whole of the one under the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.i18n import number, text
from app.services.blocking_rules import BlockingRule
from app.ui.theme import Theme

_RULE = int(Qt.ItemDataRole.UserRole)
_OFF, _ON = Qt.CheckState.Unchecked, Qt.CheckState.Checked
#: Lines of the whole of a rule.
_LINES = 3


class RuleList(QWidget):
    """The list; Space puts a rule in or takes it out."""

    changed = Signal()

    def __init__(self, theme: Theme, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self._rules: dict[str, BlockingRule] = {}
        title = QLabel(label, self)
        title.setProperty("role", "label")
        self.list = QListWidget(self)
        self.list.setAccessibleName(label)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(px(168))
        self.list.itemChanged.connect(lambda _item: self._say())
        self.list.currentItemChanged.connect(lambda *_: self._say())
        title.setBuddy(self.list)
        self.whole = QLabel(self)
        self.whole.setProperty("role", "muted")
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.whole.setFixedHeight(self.whole.fontMetrics().lineSpacing() * _LINES + px(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        for one in (title, self.list, self.whole):
            column.addWidget(one)

    def offer(self, rules: Sequence[BlockingRule]) -> None:
        """Offer these rules, none of them chosen; the same ones again change nothing."""
        if list(self._rules) == [one.rule for one in rules]:
            return
        self._rules = {one.rule: one for one in rules}
        self.list.clear()
        for one in rules:
            item = QListWidgetItem(one.sentences[0])
            item.setData(_RULE, one.rule)
            item.setToolTip("\n".join(one.sentences))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_OFF)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._say()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the rules with a tick."""
        items = map(self.list.item, range(self.list.count()))
        return tuple(str(one.data(_RULE)) for one in items if one.checkState() == _ON)

    def clear(self) -> None:
        """Take every tick away."""
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(_OFF)

    def _say(self) -> None:
        said = [text("administration.rounds.chosen_rules", count=number(len(self.chosen)))]
        item = self.list.currentItem()
        if item is not None:
            rule = self._rules[str(item.data(_RULE))]
            # Named as what is looked at: «Ô bắt buộc chưa điền.» alone reads as said of this form.
            named = " ".join(rule.sentences).rstrip(".")
            said.append(text("administration.rounds.looked_at", rule=named))
            if rule.fields:
                fields = ", ".join(rule.fields)
                said.append(text("administration.rounds.rule_fields", fields=fields))
        self.whole.setText(" ".join(said))
        self.whole.setToolTip(self.whole.text())
