"""Taking on a child who left another book, so that the book it left hears of it.

The old commune gets every operation that writes `owner_unit`, and nothing else that is written
later (4-sync.md, "Moves"). Whoever has the child now therefore says so by an operation of its own
that writes its unit once more, before anything that says where the child lives.
"""

from __future__ import annotations

from dataclasses import replace

from app.forms.issues import Value
from app.history.departure import MOVED_OUT
from app.history.materialise import hiding_fields
from app.models.queries import departed
from app.models.store import Reading
from app.models.work import Change, UnitOfWork

_SAYS_MORE = frozenset(("life_status", *hiding_fields("child")))


def once_more(child: str, unit: Value, change: Change) -> Change:
    """The change that writes a child's unit, whether it is another one or the same."""
    loaded = {name: value for name, value in (change.loaded or {}).items() if name != "owner_unit"}
    return Change("child", {"owner_unit": unit}, child, base=change.base, loaded=loaded)


def taken_on(work: UnitOfWork, change: Change, act: str | None) -> Change:
    """The change, based on the word that its unit has taken the child on where it is the first to
    say of a child who left another book what became of it.
    """
    loaded, child = change.loaded or {}, change.id
    if change.entity != "child" or child is None or loaded.get("life_status") != MOVED_OUT:
        return change
    if all(change.values.get(one, loaded.get(one)) == loaded.get(one) for one in _SAYS_MORE):
        return change
    unit = loaded.get("owner_unit")
    if change.values.get("owner_unit", unit) != unit or not _left(work.connection, child, unit):
        return change
    done = work.record(once_more(child, unit, change), act=act)
    return replace(change, base=done.base)


def _left(reading: Reading, child: str, unit: Value) -> bool:
    """Whether the child is counted in another book than that of the unit it belongs to."""
    book = departed.book_of(reading, child)
    return isinstance(unit, str) and "@" in unit and book not in ("", unit)
