"""Saving a form in which something was masked: what it did not show is neither emptied nor lost.

A form bases its save on what it was shown. Before the save becomes an operation, what was masked is
put back from the very state the form was loaded with, so that a merge group is written whole with
its hidden half. Writing over what one does not see asks for the right to see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.errors import BugError
from app.forms.issues import Value
from app.forms.sensitivity import REASONS, Masks
from app.history.materialise import ancestry, materialise
from app.history.operation import Operation
from app.models import log
from app.models.queries import register
from app.models.store import Reading
from app.models.work import Change
from app.services.masking import Masked, hidden_fields, require_sight
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Completed:
    """A save with what its form did not show. `unseen` names the fields that were put back."""

    change: Change
    masks: Masks
    unseen: frozenset[str] = frozenset()

    def shown(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Of the values that were written, those that the form may know."""
        found = {name: value for name, value in values.items() if name not in self.unseen}
        if found.get(REASONS) is not None:
            found[REASONS] = self.masks.open_reasons(self.change.entity, found[REASONS]) or None
        return found


def completed(workplace: Workplace, reading: Reading, change: Change) -> Completed:
    """The save as it is to be recorded. Raises KnownError `rights.denied`."""
    if any(isinstance(value, Masked) for value in change.values.values()):
        raise BugError("masking.mask_saved", entity=change.entity)
    masks = workplace.catalogue.masks
    if change.id is None or change.loaded is None:
        return Completed(change, masks)
    stood = _stood(reading, change.entity, change.id, change.base)
    loaded = change.loaded
    unseen = {
        name: stood[name]
        for name in hidden_fields(masks, change.entity, [stood])
        if name not in loaded and stood.get(name) is not None
    }
    if unseen:
        touched = [name for name in change.values if name not in loaded or _differs(change, name)]
        require_sight(workplace, change.entity, [unseen], touched)
    values = {**change.values}
    hidden_lines = _hidden_lines(masks, change.entity, stood, loaded)
    if hidden_lines:
        unseen[REASONS] = stood[REASONS]
        if REASONS in values:
            values[REASONS] = sorted({*_lines(values[REASONS]), *hidden_lines})
    full = replace(change, values=values, loaded={**loaded, **unseen})
    return Completed(full, masks, frozenset(unseen) - {REASONS} - change.values.keys())


def _differs(change: Change, name: str) -> bool:
    return change.values[name] != (change.loaded or {}).get(name)


def _hidden_lines(
    masks: Masks, entity: str, stood: Mapping[str, Value], loaded: Mapping[str, Value]
) -> frozenset[str]:
    held = _lines(stood.get(REASONS))
    hidden = {*held} - {*masks.open_reasons(entity, held)}
    return frozenset(hidden - {*_lines(loaded.get(REASONS))})


def _lines(value: Value) -> list[str]:
    return value if isinstance(value, list) else []


def _stood(
    reading: Reading, entity: str, ent_id: str, base: Sequence[bytes]
) -> Mapping[str, Value]:
    """A record as it stood when a form loaded it: what its base operations and all before say."""
    current = register.record(reading, entity, ent_id)
    if current is None:
        return {}
    if {*current.heads} == {*base}:
        return current.values
    operations = log.operations_of(reading, {ent_id}).get(ent_id, [])
    return materialise(before(operations, base)).values


def before(operations: Sequence[Operation], heads: Sequence[bytes]) -> list[Operation]:
    """The operations among them that these heads are or build on."""
    graph = ancestry({one.op_id: one.parents for one in operations})
    seen = 0
    for op_id in heads:
        at = graph.index.get(op_id)
        if at is not None:
            seen |= graph.ancestors[at] | 1 << at
    return [one for one in operations if seen >> graph.index[one.op_id] & 1]
