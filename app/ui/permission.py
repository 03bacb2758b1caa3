"""What is offered to whom: a button that would only be refused stands locked, and says why."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from app.i18n import text
from app.services.rights import Right, allows


def lock_unless(button: QPushButton, rights: frozenset[Right], wanted: Right) -> bool:
    """Lock a button for an account without the right, with the reason as its tip; whether it may.

    Nobody is kept from anything by this: the services decide.
    """
    may = allows(rights, wanted)
    if not may:
        lock(button, text("rights.not_yours", right=text(f"rights.name.{wanted.value}")))
    return may


def lock(widget: QWidget, why: str) -> None:
    """Lock a button or what is filled in, with the reason as its tip; "" unlocks it."""
    widget.setEnabled(not why)
    widget.setToolTip(why)
    widget.setAccessibleDescription(why)
