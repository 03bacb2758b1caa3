"""Erasure by law: the province takes the data of a person out of every register.

The record is hidden, and one signed act names every operation of it and of what belongs to it; the
bodies go here at once and elsewhere when the act arrives (MERGE.md, "Erasure by law"; Luật Bảo vệ
dữ liệu cá nhân 91/2025/QH15). Older copies of a store still hold them: they are named wherever the
act came to, and destroyed by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import KnownError
from app.forms.issues import Value
from app.history.entities import ENTITIES, Family
from app.history.erasure import bounded_left_of, content_of
from app.history.operation import MAX_CONTENT_BYTES, Body, canonical
from app.i18n import text
from app.ids import new_id
from app.models import backup
from app.models.queries import erasing as queries
from app.models.queries import register
from app.models.queries.erasing import ErasureRow as ErasureRow
from app.models.queries.erasing import Written
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change, UnitOfWork
from app.services.erased_kept import kept_with_erased
from app.services.handles import id_named
from app.services.rights import Right, allows
from app.services.workplace import OLD_COPIES, Workplace

#: What a person's data stand in: records of persons, and what belongs to them.
_ERASABLE = frozenset(
    (
        "child",
        "household",
        "person",
        "enumerator",
        *(name for name, entity in ENTITIES.items() if entity.family is Family.SUB),
    )
)
#: What ends the name of the backup made right after erasing: one of the same second is another.
_AFTER = "-after-erasure"
#: Bytes of what is left of an operation besides its fields, its record's id among them; and how
#: much one act holds: in a line its content is spelled once more, twice as long at the worst.
_AROUND, _ROOM = 120, MAX_CONTENT_BYTES * 3 // 4


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Another record that people called the same: its id, and whom it is about, as far as whoever
    asks may read ("" where not); `born` as stored, the owner as `CODE@EDITION`.
    """

    id: str
    name: str = ""
    born: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What erasing a record would take: its type and id, how many records belong to it and go with
    it, and how many operations lose their body. `others` are the records that people called the
    same: they hold that person's data as well and stay, for each of them has to be looked at, and
    with this one goes what says that they are the same.
    """

    entity: str
    id: str
    parts: int
    operations: int
    others: tuple[SamePerson, ...] = ()


class Erasures:
    """Use cases on erasing by law."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def plan(self, name: str) -> ErasurePlan:
        """What erasing the record called so would take. Raises KnownError `rights.denied`,
        `records.unknown`, `erasures.not_a_person`.
        """
        self._workplace.require(Right.KEYS)
        with self._workplace.store.read() as reading:
            found = self._found(reading, name)
            return replace(_taken(reading, *found)[0], others=self._others(reading, *found))

    def erase(self, name: str, ground: str) -> ErasurePlan:
        """Erase a record with what belongs to it, on a legal ground, and make a fresh backup.

        Raises KnownError `rights.denied`, `rights.not_reference` where this PC may not sign for the
        province, `records.unknown`, `erasures.not_a_person`, `erasures.no_ground`, and what a
        backup may fail for.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        if not ground.strip():
            raise KnownError("erasures.no_ground", "erasures.no_ground_hint")
        with workplace.write() as work:
            found = self._found(work.connection, name)
            others = self._others(work.connection, *found)
            decided = workplace.account.full_name, workplace.today().isoformat()
            plan = write_erasure(work, *found, ground.strip(), *decided)
            work.commit()
        workplace.store.fold_in()
        backup.make(workplace.settings, workplace.dek, _AFTER)
        return replace(plan, others=others)

    def all(self) -> list[ErasureRow]:
        """Every erasure that came here or was made here, the newest first."""
        self._workplace.require(Right.KEYS)
        with self._workplace.store.read() as reading:
            return queries.erasures(reading)

    def old_copies(self) -> list[Path]:
        """Backups of this PC that are older than the newest erasure that counted here, and kept
        bundles of revoked PCs that hold what was erased.
        """
        return old_copies(self._workplace)

    def destroy_old_copies(self) -> list[Path]:
        """Delete them, once a newer backup checks out; the names of what was deleted.

        Raises KnownError `rights.denied`, `backup.none`, `backup.damaged`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        old = old_copies(workplace)
        if not old:
            return []
        if not all(map(is_kept, old)):
            newer = [path for path in backup.copies(workplace.settings) if path not in old]
            if newer:
                backup.verify(newer[0], workplace.dek)
            else:
                backup.make(workplace.settings, workplace.dek, _AFTER)
        for path in old:
            path.unlink()
        workplace.audit("backup.destroyed", files=len(old))
        return old

    # --- inside -----------------------------------------------------------------------------

    def _others(self, reading: Reading, entity: str, ent_id: str) -> tuple[SamePerson, ...]:
        same = queries.same_as(reading, entity, ent_id)
        if not allows(self._workplace.account.rights, Right.READ):
            return tuple(map(SamePerson, same))
        held = register.records(reading, entity, same)
        said = {one: held[one].values if one in held else {} for one in same}
        return tuple(
            SamePerson(
                one,
                str(values.get("full_name") or values.get("head_name") or ""),
                str(values.get("birth_date") or ""),
                str(values.get("owner_unit") or ""),
            )
            for one, values in said.items()
        )

    def _found(self, reading: Reading, name: str) -> tuple[str, str]:
        """Type and id of the record called so, also of one of which nothing counts here."""
        ent_id = id_named(self._workplace.handles, reading, name)
        entity = register.entity_of(reading, ent_id)
        if entity is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=name)
        if entity not in _ERASABLE:
            raise KnownError("erasures.not_a_person", "erasures.not_a_person_hint")
        return entity, ent_id


def write_erasure(
    work: UnitOfWork, entity: str, ent_id: str, ground: str, decided_by: str, decided_on: str
) -> ErasurePlan:
    """Hide a record and write the act, or as many as it takes, that erases it with what belongs to
    it; the bodies go from here at once. The caller commits. `decided_on` is an ISO date.
    """
    plan, written = _taken(work.connection, entity, ent_id)
    act = new_id()
    found = register.record(work.connection, entity, ent_id)
    if found is not None:  # where nothing of it counts, it is in no list either
        work.record(_hiding(found), act=act)
    for content in _contents(written):
        values: dict[str, Value] = {
            "record": ent_id,
            "ground": ground,
            "decided_by": decided_by,
            "decided_on": decided_on,
            "content": content,
        }
        work.record(Change("erase", values), act=act)
    return plan


def _taken(reading: Reading, entity: str, ent_id: str) -> tuple[ErasurePlan, list[Written]]:
    parts = queries.parts_of(reading, ent_id)
    written = queries.written_on(reading, [ent_id, *(one for _, one in parts)])
    return ErasurePlan(entity, ent_id, len(parts), len(written)), written


def old_copies(workplace: Workplace) -> list[Path]:
    """Backups that were made before an erasure counted here, the newest first; behind them the
    kept bundles of revoked PCs that hold what was erased.
    """
    kept = kept_with_erased(workplace)
    names = set(workplace.store.setting(OLD_COPIES).split())
    if not names:
        return kept  # asked for every worklist, and nearly always so
    return [path for path in backup.copies(workplace.settings) if path.name in names] + kept


def is_kept(copy: Path) -> bool:
    """Whether one of `old_copies` is a kept bundle: with it goes what else it holds."""
    return copy.suffix == ".tebundle"


def _contents(written: Sequence[Written]) -> list[str]:
    """The operations as contents of as few acts as hold them."""
    found: list[str] = []
    room = 0
    part: dict[str, dict[bytes, Body]] = {}
    for one in written:
        left = bounded_left_of(one.entity, one.body)
        size = _AROUND + len(canonical(left))
        if part and room + size > _ROOM:
            found.append(content_of(part))
            part, room = {}, 0
        part.setdefault(one.ent_id, {})[one.op_id] = left
        room += size
    if part:
        found.append(content_of(part))
    return found


def _hiding(found: RecordView) -> Change:
    """The record goes out of lists and counts; what belongs to it is seen with it alone."""
    values: dict[str, Value] = {"_deleted": True}
    if ENTITIES[found.entity].family is not Family.SUB:
        values = {"entered_in_error": True, "hidden_reason": text("erasures.hidden_reason")}
    base, loaded = found.heads, found.values
    return Change(found.entity, values, found.id, base=base, loaded=loaded, past_limit=True)
