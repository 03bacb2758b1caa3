"""Going to a part of the administration page as somebody without a mouse does."""

from __future__ import annotations

from app.ui.admin.section import Section
from tests.ui.window_desk import Desk, Key


def open_part(desk: Desk, name: str) -> Section:
    """Go to a part of the page by keys, and into it."""
    desk.go_to("admin")
    desk.settle()
    admin = desk.shell.admin
    assert desk.focus() is admin.list
    wanted = list(admin.sections).index(name)
    while (before := admin.list.currentRow()) != wanted:
        key, step = (Key.Key_Down, 1) if before < wanted else (Key.Key_Up, -1)
        desk.press(key)
        assert admin.list.currentRow() == before + step
    desk.enter()
    desk.settle()  # a part reads what it shows when somebody first comes to it
    return admin.sections[name]
