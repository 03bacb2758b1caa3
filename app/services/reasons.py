"""Why an operation waits or was refused, in words."""

from __future__ import annotations

from app.history.door import Reason
from app.i18n import called, text

#: What a door refuses an operation for. A newer program may know more.
_TOLD = frozenset(
    one.value
    for one in (
        Reason.NOT_OWNER,
        Reason.MOVED_AWAY,
        Reason.OWNER_CHANGE,
        Reason.ID_NOT_DERIVED,
        Reason.REFERENCE_UNSIGNED,
        Reason.FOREIGN_HALF,
        Reason.RECORD_CHANGED,
        Reason.BAD_VALUE,
        Reason.PARTIAL_GROUP,
        Reason.DROPPED_HERE,
    )
)


def why(reason: str, refused_by: str = "", refused_for: str = "", entity: str = "") -> str:
    """The reason in words, empty for what is in the register.

    What a unit above said of a handover is taken from that unit alone; an honest PC brings it from
    below after the unit above was restored, and is not told that it did wrong. `refused_by` is the
    unit above that refuses the operation and `refused_for` the reason that it gave: that is what
    the writer needs to know.
    """
    if not reason and not refused_by:
        return ""
    if refused_by and reason in ("", Reason.REFUSED_ABOVE.value):
        told = refused_for if refused_for in _TOLD else "unnamed"
        told = _of_handover(told, entity)
        because = text(f"waiting.told.{told.replace('-', '_')}")
        return text("waiting.refused_by", unit=called(refused_by), why=because)
    return text(f"waiting.reason.{_of_handover(reason, entity).replace('-', '_')}")


def behind(reason: str, *, aside: bool) -> str:
    """The reason of what waits, where what it builds on came and lies set aside here (`aside`: so
    does something of its record): nobody is to ask for it once more.
    """
    return "behind-aside" if aside and reason == Reason.PARENT_NOT_ACCEPTED.value else reason


def set_aside(brought_by: str) -> str:
    """Why something is set aside: the receipt of its bundle was undone, or, where it was written
    here, the import or the event that wrote it.
    """
    return "set-aside" if brought_by else "set-aside-here"


def _of_handover(reason: str, entity: str) -> str:
    return "receipt" if entity == "handover" and reason == Reason.FOREIGN_HALF.value else reason
