"""What the pages before the window have in common: one card in the middle, and who is there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget


def put_in_the_middle(page: QWidget, card: QFrame) -> None:
    """Lay the page out: its card in the middle, a little above the half."""
    centre = QHBoxLayout()
    centre.addStretch(1)
    centre.addWidget(card)
    centre.addStretch(1)
    outer = QVBoxLayout(page)
    outer.addStretch(2)
    outer.addLayout(centre)
    outer.addStretch(3)


def offer_people(label: QLabel, box: QComboBox, names: Sequence[str]) -> None:
    """Offer the people of this PC; one alone need not be chosen."""
    box.clear()
    box.addItems(list(names))
    for widget in (label, box):
        widget.setVisible(len(names) > 1)
