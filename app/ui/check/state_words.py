"""How a page stands to the second person, and what came of typing it again, in words."""

from __future__ import annotations

from app.i18n import number, text
from app.services.retyping import Outcome
from app.services.second_check import PageState, State

_SIGNS = {
    State.CHECKED: ("\N{CHECK MARK}", "done"),
    State.RETURNED: ("\N{BLACK UP-POINTING TRIANGLE}", "warning"),
    State.CHANGED: ("\N{WHITE CIRCLE}", "warning"),
    State.NEVER: ("\N{WHITE CIRCLE}", ""),
}


def state_words(state: PageState) -> tuple[str, str]:
    """The words with their sign, and the state that colours them."""
    sign, look = _SIGNS[state.state]
    day = "/".join(reversed(state.on.split("-")))
    if not state.finished and state.state is not State.RETURNED:
        return f"{sign} {text('second_check.state.unfinished')}", "warning"
    if state.state is State.CHECKED:
        words = text("second_check.state.checked", day=day, by=state.by)
    elif state.state is State.CHANGED:
        words = text("second_check.state.changed", day=day)
    else:
        words = text(f"second_check.state.{state.state.value}")
    return f"{sign} {words}", look


def short_state_words(state: PageState) -> tuple[str, str]:
    """The same without who and when, for where there is little room."""
    sign, look = _SIGNS[state.state]
    return f"{sign} {text(f'second_check.short.{state.state.value}')}", look


def outcome_words(done: Outcome) -> str:
    """What came of it, in a sentence."""
    if not done.differed:
        return text("retyping.all_agree", fields=number(done.compared))
    return text(
        "retyping.differed",
        fields=number(done.compared),
        differed=number(done.differed),
        taken=number(done.taken),
        returned=number(done.returned),
    )
