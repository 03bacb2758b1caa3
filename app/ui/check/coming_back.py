"""The way back, when the window opens, to what the second person had left half done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.i18n import text
from app.ui.check.half_done import place_in
from app.ui.notify import Kind, Notice

if TYPE_CHECKING:
    from app.ui.shell import Shell


def lead_back(shell: Shell, found: Mapping[str, Mapping[str, object]]) -> None:
    """Go to the check where the drafts say that something was left there, unless a household page
    waits for the person or the person went elsewhere already.
    """
    place = place_in(found)
    if place is None or "check" not in shell.pages.named or not shell.isVisible():
        return
    if shell.pages.shown == "home" and not shell.household.holds_keys:
        shell.check.come_back(place)
        shell.navigation.go_to("check")
        shell.notices.say(Notice(Kind.NOTE, text("window.went_on"), topic="went_on"))
