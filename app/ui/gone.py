"""How it is said of a child or household that the register follows it no longer: by a sign and a
word, the same ones in lists, in the tree and on the page.
"""

from __future__ import annotations

from app.forms.code_lists import load_code_list
from app.forms.status_events import STATUS_EVENT
from app.i18n import in_sentence, language, text
from app.services.entry import ChildRow

_SIGNS = {"DECEASED": "\N{BLACK SQUARE}", "MOVED_OUT": "\N{RIGHTWARDS ARROW}"}
#: Whose record was merged or made by mistake.
_ENDED = "\N{EN DASH}"


def gone_sign(status: str) -> str:
    """The sign of a code of `life_status`."""
    return _SIGNS.get(status, _ENDED)


def gone_words(status: str, day: str) -> str:
    """The sign, the word of a code of `life_status`, and since when (ISO, "" for unknown)."""
    return " ".join(filter(None, (gone_sign(status), _state(status), _shown(day))))


def double_words(row: ChildRow) -> str:
    """That another record of the same child is counted in the place of this one, and which."""
    if row.double_home:
        return text("duplicates.double_of", number=row.double_home)
    return text("duplicates.double_elsewhere")


def gone_parts(status: str, day: str) -> tuple[str, str]:
    """The word of a code of `life_status`, and the day as people write it."""
    return _state(status), _shown(day)


def gone_child(status: str, day: str) -> str:
    """The same in a sentence about a child: what happened, when, by which event."""
    return _sentence("child", status, day, "")


def gone_household(status: str, day: str) -> str:
    """The same about a household that has moved away as a whole."""
    return _sentence("household", status, day, text("quarter.event.moved_out_all"))


def _sentence(whom: str, status: str, day: str, event: str) -> str:
    """`event` is the name of the event where its list does not tell it apart."""
    key = f"gone.{whom}_since" if day else f"gone.{whom}"
    line = _label("life_events", STATUS_EVENT.get(status, ""))
    said = text(key, state=_state(status), day=_shown(day), event=event or line, line=line)
    return f"{gone_sign(status)} {said}"


def _state(status: str) -> str:
    return in_sentence(_label("life_status", status)).lower()


def _label(code_list: str, code: str) -> str:
    return load_code_list(code_list).label(code, language()) if code else ""


def _shown(day: str) -> str:
    return "/".join(reversed(day.split("-"))) if day else ""
