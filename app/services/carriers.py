"""Who carries the books of a commune in a round (điều tra viên), as changes to be saved.

One person is one record whichever PC notes him: its id follows from round and name, capitals and
spaces aside, and a new one gets one spelling of them. Records of before have an id of their own and
are found by their name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.history.operation import Value
from app.ids import derived_id
from app.models.queries import paper_books as queries
from app.models.queries import register
from app.models.queries.paper_books import EnumeratorRow
from app.models.store import Reading
from app.models.work import Change
from app.services.saving import RecordSave
from app.text.name_case import usual_case
from app.text.normalize import clean
from app.text.spelling import spelling


def listed(known: Sequence[EnumeratorRow], out: Collection[tuple[str, str]]) -> list[EnumeratorRow]:
    """Those of a round who carry books, and of those who stopped whoever holds one that is `out`:
    (unit, name) of each.
    """
    holding = {(unit, _folded(name)) for unit, name in out}
    return [one for one in known if not one.ended or (one.unit, _folded(one.full_name)) in holding]


def written(name: str) -> str:
    """A name as it is written: in the usual case where it was typed all in small letters or all in
    capitals, so that what two PCs note of one person is one text.
    """
    cleaned = clean(name)
    return usual_case(cleaned) or cleaned


def noted(reading: Reading, unit: str, round_id: str, name: str) -> list[RecordSave]:
    """What notes somebody who gets a book; nothing where the round knows him.

    Without a day: two PCs that note him on two days would have something to settle, and the books
    tell since when he carries them.
    """
    known = _known(reading, unit, round_id, name)
    if known is not None:
        return [RecordSave(_edit(reading, known, {"ended_on": None}))] if known.ended else []
    return [RecordSave(_new(unit, round_id, name, {}))]


def assigned(
    reading: Reading,
    unit: str,
    round_id: str,
    name: str,
    more: Mapping[str, Value],
    day: date,
) -> Change:
    """Somebody is noted by himself, with telephone and villages; who is noted is changed, and who
    had stopped carries books again.
    """
    known = _known(reading, unit, round_id, name)
    if known is None:
        return _new(unit, round_id, name, {"assigned_on": day.isoformat(), **more})
    return _edit(reading, known, {**more, "ended_on": None} if known.ended else more)


def _known(reading: Reading, unit: str, round_id: str, name: str) -> EnumeratorRow | None:
    """Who bears the name: somebody who carries books before somebody who stopped."""
    same = [
        one
        for one in queries.enumerators(reading, [unit], round_id)
        if _folded(one.full_name) == _folded(name)
    ]
    own = derived_id(unit, _key(round_id, name))
    return min(same, key=lambda one: (bool(one.ended), one.id != own), default=None)


def _new(unit: str, round_id: str, name: str, more: Mapping[str, Value]) -> Change:
    values: dict[str, Value] = {"owner_unit": unit, "full_name": written(name), **more}
    if round_id:
        values["round"] = round_id
    return Change("enumerator", values, key=_key(round_id, name))


def _edit(reading: Reading, known: EnumeratorRow, values: Mapping[str, Value]) -> Change:
    found = register.record(reading, "enumerator", known.id)
    if found is None:
        return Change("enumerator", dict(values), known.id)
    return Change("enumerator", dict(values), known.id, base=found.heads, loaded=found.values)


def _key(round_id: str, name: str) -> str:
    return f"enumerator/{round_id}/{_folded(name)}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", spelling(name))
