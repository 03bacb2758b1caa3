"""What of a record somebody may see: level A is masked until a reason is given (3-data.md).

The one place where stored values become shown ones. Every service that hands out values hands them
out through a `Sight`; a closed one puts `MASKED` in the place of what is hidden, so that people see
that something is there and whom to ask, and "masked" is never taken for "empty". An open sight is
made by `look` alone: by the right, for a reason, and with a row in the audit trail first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from app.errors import KnownError
from app.forms.issues import Value
from app.forms.sensitivity import PROTECTED, REASONS, Masks, is_secret
from app.forms.words import holds_private_words
from app.history.entities import ENTITIES, SUBS, SYSTEM_FIELDS
from app.i18n import text
from app.models.queries import register
from app.models.queries.register import RecordView
from app.services.handles import id_named, name_of, name_unseen
from app.services.rights import Right, allows
from app.services.workplace import Workplace
from app.text.normalize import clean


class Masked(Enum):
    """The mask as a type of its own: nothing that stores values takes it."""

    MASKED = "masked"


MASKED: Final = Masked.MASKED
#: A value as a face gets it.
Shown: TypeAlias = Value | Masked


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record as somebody may see it; `heads` are what an edit is based on.

    `id` is what it is called here (`app.services.handles`). Where that is a handle, a reveal gives
    the id that every PC knows it by as `true_id`.
    """

    entity: str
    id: str
    values: Mapping[str, Shown]
    heads: tuple[bytes, ...]
    conflicts: int
    hidden: bool
    true_id: str = ""

    @property
    def masked(self) -> frozenset[str]:
        """The fields that hold something which is not shown."""
        return frozenset(name for name, value in self.values.items() if value is MASKED)

    @property
    def open_values(self) -> dict[str, Value]:
        """The values that are shown."""
        return open_values(self.values)


def open_values(values: Mapping[str, Shown]) -> dict[str, Value]:
    """The values among them that are not masked."""
    return {name: value for name, value in values.items() if not isinstance(value, Masked)}


@dataclass(frozen=True, slots=True)
class Reveal:
    """What somebody presents who wants to look behind the mask: the reason, as typed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Sight:
    """How much one call shows. Made by `look`, and by `closed`: the sight without a reveal."""

    masks: Masks
    is_open: bool
    workplace: Workplace = field(repr=False)

    def name(self, view: RecordView) -> str:
        """What a record is called here: its id, or its handle."""
        return name_of(self.workplace.handles, view.entity, view.id, view.values)

    def record(self, view: RecordView) -> ShownRecord:
        """A record as this sight shows it."""
        values = self.values(view.entity, view.values)
        name = self.name(view)
        true_id = view.id if self.is_open and name != view.id else ""
        return ShownRecord(
            view.entity, name, values, view.heads, view.conflicts, view.hidden, true_id
        )

    def belongings(self, views: Iterable[RecordView]) -> tuple[ShownRecord, ...]:
        """What belongs to a record, by type and name: an order of ids would tell hidden ones."""
        shown = map(self.record, views)
        return tuple(sorted(shown, key=lambda one: (SUBS.index(one.entity), one.id)))

    def values(
        self,
        entity: str,
        values: Mapping[str, Value],
        versions: Sequence[Mapping[str, Value]] = (),
    ) -> dict[str, Shown]:
        """Values of a record as this sight shows them.

        `versions` are what else the record is or was: a head, an earlier operation. Kept reasons
        that speak of a masked field are left out, line by line.
        """
        if entity == "review" and isinstance(values.get("record"), str):
            values = {**values, "record": self._name_reviewed(str(values["record"]))}
        if self.is_open:
            return dict(values)
        hidden = hidden_fields(self.masks, entity, [values, *versions])
        shown: dict[str, Shown] = {
            name: MASKED if name in hidden and value is not None else value
            for name, value in values.items()
            if name != REASONS
        }
        reasons = self.masks.open_reasons(entity, values.get(REASONS))
        if reasons:
            shown[REASONS] = reasons
        return shown

    def _name_reviewed(self, ent_id: str) -> str:
        """What a review is about; a reveal of the review is none of that record."""
        with self.workplace.store.read() as reading:
            return name_unseen(self.workplace.handles, register.entity_of(reading, ent_id), ent_id)


def reason_seen(workplace: Workplace, reason: str) -> str:
    """Why something was sent back, as the signed-in account may read it: people are named in
    reasons, so whoever reads no records reads none of these, and one that speaks of illness or
    abuse is masked for all, as a note with such words is (`notes`).
    """
    may_read = allows(workplace.account.rights, Right.READ)
    masked = bool(reason) and (not may_read or holds_private_words(reason))
    return text("masking.mask") if masked else reason


def hidden_fields(
    masks: Masks, entity: str, versions: Iterable[Mapping[str, Value]]
) -> frozenset[str]:
    """The fields of a record that a closed sight masks, judged by all it is or was."""
    columns = ENTITIES[entity].fields.keys() | SYSTEM_FIELDS.keys()
    return masks.hidden_fields(entity, versions, columns)


def closed(workplace: Workplace) -> Sight:
    """The sight of whoever gives no reason."""
    return Sight(workplace.catalogue.masks, is_open=False, workplace=workplace)


def look(
    workplace: Workplace, reveal: Reveal | None, records: Collection[tuple[str, str]]
) -> Sight:
    """The sight for one call. With a reveal: a row of audit for each (type, record), then open.

    The reason is kept as typed, whoever it names: it is read when the look is checked later.
    Raises KnownError `rights.denied`, `masking.no_reason`.
    """
    said = require_reveal(workplace, reveal)
    if said is None:
        return closed(workplace)
    with workplace.write(changing=False) as work:
        for entity, ent_id in records:
            # Not even the chain value over the row may tell what a circumstance is about.
            name = name_unseen(workplace.handles, entity, ent_id)
            work.audit("reveal", entity=entity, record=name, reason=said)
        work.commit()
    return Sight(workplace.catalogue.masks, is_open=True, workplace=workplace)


def require_reveal(workplace: Workplace, reveal: Reveal | None) -> str | None:
    """The reason given, None without a reveal. Asked before anything is looked up, so that a
    refusal does not tell whether there is such a record.

    Raises KnownError `rights.denied`, `masking.no_reason`.
    """
    if reveal is None:
        return None
    workplace.require(Right.REVEAL)
    said = clean(reveal.reason)
    if not said:
        raise KnownError("masking.no_reason", "masking.no_reason_hint")
    return said


def require_sight(
    workplace: Workplace,
    entity: str,
    versions: Sequence[Mapping[str, Value]],
    names: Collection[str],
) -> None:
    """Nobody writes over values that are masked from them. Raises KnownError `rights.denied`.

    `versions` are what the record is or was. An empty field hides nothing; of a circumstance of
    level A and of a protected note nothing at all may be written.
    """
    secret = entity == "circumstance" and any(is_secret(one) for one in versions)
    secret = secret or (entity == "note" and any(one.get(PROTECTED) for one in versions))
    fields = hidden_fields(workplace.catalogue.masks, entity, versions)
    covered = {name for one in versions for name in one if one[name] is not None} & fields
    if names and (secret or covered & {*names}):
        workplace.require(Right.REVEAL)


class Revealing:
    """Use case: looking behind the mask of one record."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def record(self, entity: str, name: str, reveal: Reveal) -> ShownRecord:
        """One record as it stands, with nothing masked; the look is on record before it is given.

        Raises KnownError `records.unknown`, `rights.denied`, `masking.no_reason`.
        """
        require_reveal(self._workplace, reveal)
        with self._workplace.store.read() as reading:
            ent_id = id_named(self._workplace.handles, reading, name)
            found = register.record(reading, entity, ent_id)
        if found is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=name)
        return look(self._workplace, reveal, [(entity, ent_id)]).record(found)
