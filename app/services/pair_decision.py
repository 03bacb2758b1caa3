"""What somebody decides about two records, as a save: the one record that both ends of it share."""

from __future__ import annotations

from collections.abc import Mapping

from app.forms.issues import Value
from app.history.door import pair_key
from app.ids import derived_id
from app.models.queries import register
from app.models.store import Reading
from app.models.work import Change
from app.services.paired_owner import DECISION
from app.services.saving import RecordSave


def decision_id(one: str, other: str) -> str:
    """The id of whatever is decided about two children, whoever decides it (MERGE.md, "Ids")."""
    first, second = sorted((one, other))
    return derived_id(first, pair_key(second))


def decision_save(
    reading: Reading, one: str, other: str, values: Mapping[str, Value]
) -> RecordSave:
    """The save of a decision about two children: a new record, or a change of the one that is
    there. `values` are its whole group `verdict`.
    """
    first, second = sorted((one, other))
    ent_id = decision_id(first, second)
    found = register.record(reading, DECISION, ent_id)
    if found is None:
        kept = {name: value for name, value in values.items() if value is not None}
        pair: dict[str, Value] = {"record": first, "other_child": second}
        return RecordSave(Change(DECISION, {**pair, **kept}, key=pair_key(second)))
    return RecordSave(Change(DECISION, values, ent_id, base=found.heads, loaded=found.values))
