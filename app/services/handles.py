"""By what name records leave the services, and which names are taken back (ARCHITECTURE.md).

A circumstance of level A is called by its handle (`app.crypto.handles`), with and without a reveal,
and by nothing else: a door that took its id would tell whoever tries the groups one by one. Where
the values of a circumstance are not at hand, every circumstance is called by its handle.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.crypto.handles import Handles
from app.forms.issues import Value
from app.forms.sensitivity import is_secret
from app.models.queries import register
from app.models.store import Reading

_NAMED = "circumstance"
#: Whose ids may be shortened. Not circumstances: their ids tell the group.
_SHORTENED = ("child", "household")


def name_of(handles: Handles, entity: str, ent_id: str, values: Mapping[str, Value]) -> str:
    """What a record with these values is called here: its id, or its handle."""
    secret = entity == _NAMED and is_secret(values)
    return handles.handle_of(ent_id) if secret else ent_id


def name_unseen(handles: Handles, entity: str | None, ent_id: str) -> str:
    """The same where only the type is known, or not even that (None)."""
    return handles.handle_of(ent_id) if entity in (None, _NAMED) else ent_id


def id_named(handles: Handles, reading: Reading, typed: str) -> str:
    """The id of the record that somebody calls `typed`; empty, which no id is, for one that must
    not be called so. The beginning of a child's or household's id will do where it is the only one
    (`register.SHORTEST`). Whether there is such a record at all is asked by the caller.
    """
    behind = handles.id_of(typed)
    entity = register.entity_of(reading, typed if behind is None else behind)
    if behind is not None:
        return behind if entity == _NAMED else ""
    if entity == _NAMED:
        found = register.record(reading, _NAMED, typed)
        return "" if found is None or is_secret(found.values) else typed
    if entity is None:
        return register.id_begun(reading, _SHORTENED, typed) or typed
    return typed
