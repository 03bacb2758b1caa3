"""The question before something is taken in under a clock that may be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.crypto.certificate import ChainReason
from app.i18n import number, text
from app.ui.notify import Choice, Notifier, Question

#: Files that are named; of more there is the number.
_MOST_NAMED = 2


def clock_is_right(notifier: Notifier, today: date, files: Sequence[tuple[str, str]]) -> bool:
    """Ask whether this PC's day is right. `files`: the name of each whose giver's certificate
    depends on it, with the reason (`ChainReason`): by the newest day that units above have written
    it is out of date, or not valid yet.
    """
    early = [name for name, why in files if why == ChainReason.NOT_YET_VALID.value]
    late = [name for name, why in files if why != ChainReason.NOT_YET_VALID.value]
    details = [
        text(f"handovers.receive_clock.{key}", file=_named(names))
        for key, names in (("late", late), ("early", early))
        if names
    ]
    question = Question(
        text("handovers.clock_question", today=f"{today:%d/%m/%Y}"),
        "\n".join(details),
        (
            Choice("right", text("handovers.receive_clock.right")),
            Choice("wrong", text("handovers.receive_clock.wrong")),
        ),
    )
    return notifier.ask(question) == "right"


def _named(files: Sequence[str]) -> str:
    more = len(files) - _MOST_NAMED
    said = ", ".join(files[:_MOST_NAMED])
    if more <= 0:
        return said
    return text("handovers.receive_clock.more", files=said, count=number(more))
