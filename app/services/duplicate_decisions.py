"""One child written twice, or two children: decided by a person, taken back by a person.

What is decided is one record that travels to whoever holds either child (4-sync.md, "Same child
twice"). Called the same, one of the two stands for both in every count (`app.models.doubled`); no
page is changed and nothing is lost, and taken back both count again. Refuses to touch what was
decided about a move: that is taken back where it was decided, so that the child goes back, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum

from app.errors import KnownError
from app.forms.derived import from_personal_id
from app.forms.issues import Value
from app.ids import new_id
from app.models import doubled, undecided
from app.models.queries import moves as queries
from app.models.queries import suggested
from app.models.queries.called_same import DUPLICATE, decided_heads, idle_pairs
from app.models.queries.moves import DIFFERENT, OPEN, SAME, DecisionRow, MoverRow
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services import saving
from app.services.pair_decision import decision_id, decision_save
from app.services.paired_owner import BASIS as ABOUT_A_MOVE
from app.services.rights import Right
from app.services.suggested_pairs import keep_if_alike
from app.services.workplace import Workplace

#: The reason of a decision that no person made: id, name and whole birth date agree.
CERTAIN = "certain"
#: What the program goes by. Of a child about whom two people wrote one of these otherwise it says
#: nothing: the value that is shown is provisional.
_GROUNDS = frozenset(("full_name", "birth_date", "sex", "personal_id"))


class Doubt(Enum):
    """Why something that was decided has to be looked at again; the value names its words."""

    #: Two people, or a person and the program, say it otherwise.
    CONFLICT = "conflict"
    #: The program called them one child, and the two records agree no longer.
    GROUND = "ground"
    #: The program called them one child, and a person says that records of the group are two.
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Twice:
    """A child of a pair, as people tell them apart; dates as stored. `unit_name` is the name of the
    unit that has it; `stands` says that it is the one of the two that is counted.
    """

    id: str
    full_name: str
    birth_date: str
    sex: str
    personal_id: str
    mother_name: str
    father_name: str
    household: str
    household_no: str
    head_name: str
    unit: str
    unit_name: str
    stands: bool


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """Two records about which something was decided: `same` or two children. Nobody decided an
    `automatic` one. A record that is not held here is None. While there is a `doubt` neither is
    left out of the counts for it. `seen` tells how decision and records stood when it was read.
    """

    id: str
    first: str
    second: str
    same: bool
    automatic: bool
    about_a_move: bool
    decided_by: str
    decided_on: str
    one: Twice | None
    other: Twice | None
    doubt: Doubt | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A decision that was written, by its id, and what it replaced."""

    id: str
    replaced: DecidedPair | None


class DuplicateDecisions:
    """Use cases on what was decided about two records."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def decided(self) -> list[DecidedPair]:
        """Every decision that holds, the newest first. Raises KnownError `rights.denied`."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            rows = [one for one in queries.decisions(reading) if one.verdict != OPEN]
            ids = {child for one in rows for child in (one.first, one.second)}
            told = {one.id: one for one in queries.movers(reading, ids, "moved_in")}
            doubles = doubled.doubles_of(reading, ids)
            doubts = _doubts(reading, rows)
            seen = seen_of(reading, [(one.first, one.second) for one in rows])
        return [
            replace(
                self._decided_pair(one, told, doubles),
                doubt=doubts.get((one.first, one.second)),
                seen=seen[one.first, one.second],
            )
            for one in reversed(rows)
        ]

    def decide(
        self, one: str, other: str, verdict: str, reason: str = "", seen: str | None = None
    ) -> Done:
        """Call two records one child (`same`) or two (`different`), or open what was decided.

        `seen` is what somebody had before them (`seen_of`): nothing is decided where it moved on.
        Raises KnownError `rights.denied`, `duplicates.moved_on`, `duplicates.in_conflict`,
        `duplicates.one_record`, `duplicates.unknown`, `duplicates.not_of_this_unit`,
        `duplicates.about_a_move`, `duplicates.has_left`,
        `duplicates.not_followed`, `duplicates.contradicts`, `duplicates.same_by_others`,
        `duplicates.not_decided`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        act = new_id()
        said: dict[str, Value] = {
            "verdict": verdict,
            "basis": DUPLICATE,
            "reason": reason.strip() or None,
            "moved_from": None,
            "decided_by": workplace.account.full_name,
            "decided_on": workplace.today().isoformat(),
            "act": act,
        }
        with workplace.write() as work:
            if seen not in (None, seen_of(work.connection, [(one, other)])[one, other]):
                raise KnownError("duplicates.moved_on", "duplicates.moved_on_hint")
            before = self._may_decide(work.connection, one, other, verdict)
            save = decision_save(work.connection, one, other, said)
            (done,) = saving.save_in(workplace, work, [save], act)
            if verdict == OPEN:
                keep_if_alike(work, one, other)
            work.audit("duplicate.decided", verdict=verdict, records=2)
            work.commit()
        return Done(done.id, before)

    # --- what may be decided ------------------------------------------------------------------

    def _may_decide(
        self, reading: Reading, one: str, other: str, verdict: str
    ) -> DecidedPair | None:
        """What is decided about the two, that may be decided anew."""
        if one == other:
            raise KnownError("duplicates.one_record", "duplicates.one_record_hint")
        held = {row.id: row for row in queries.movers(reading, {one, other}, "moved_out")}
        for ent_id in (one, other):
            if ent_id not in held:
                raise KnownError("duplicates.unknown", "duplicates.unknown_hint", id=ent_id)
        if not all(map(self._is_here, held.values())):
            raise KnownError("duplicates.not_of_this_unit", "duplicates.not_of_this_unit_hint")
        before = next(
            (row for row in queries.decisions(reading, {one}) if other in (row.first, row.second)),
            None,
        )
        if before is not None and before.basis == ABOUT_A_MOVE and before.verdict == SAME:
            raise KnownError("duplicates.about_a_move", "duplicates.about_a_move_hint")
        if before is not None and before.disputed:
            raise KnownError("duplicates.in_conflict", "duplicates.in_conflict_hint")
        if verdict != OPEN:
            self._may_be(reading, one, other, verdict)
        elif before is None or before.verdict == OPEN:
            raise KnownError("duplicates.not_decided", "duplicates.not_decided_hint")
        if before is None or before.verdict == OPEN:
            return None
        return self._decided_pair(before, held, {})

    def _may_be(self, reading: Reading, one: str, other: str, verdict: str) -> None:
        """Whether a verdict fits what is decided about the others."""
        clusters = doubled.decided_clusters(reading, {one, other}, decision_id(one, other))
        if verdict == DIFFERENT:
            if other in clusters.of(one):
                raise KnownError("duplicates.same_by_others", "duplicates.same_by_others_hint")
            return
        for ent_id in (one, other):
            if queries.is_gone(reading, ent_id):
                raise KnownError("duplicates.has_left", "duplicates.has_left_hint")
            if not queries.is_followed(reading, ent_id):
                raise KnownError("duplicates.not_followed", "duplicates.not_followed_hint")
        both = clusters.of(one) | clusters.of(other)
        said = queries.decisions(reading, both)
        apart = {pair_of(row) for row in said if row.verdict == DIFFERENT}
        if contradicts(clusters.of(one), clusters.of(other), apart - {frozenset((one, other))}):
            raise KnownError("duplicates.contradicts", "duplicates.contradicts_hint")

    def _is_here(self, one: MoverRow) -> bool:
        return bool(one.held) and self._workplace.reach().issuperset(one.held)

    # --- telling ------------------------------------------------------------------------------

    def _decided_pair(
        self, row: DecisionRow, told: dict[str, MoverRow], doubles: dict[str, str]
    ) -> DecidedPair:
        one, other = (
            None if ent_id not in told else self.twice(told[ent_id], doubles)
            for ent_id in (row.first, row.second)
        )
        about_a_move = row.basis == ABOUT_A_MOVE
        return DecidedPair(
            row.id,
            row.first,
            row.second,
            row.verdict == SAME,
            row.basis == DUPLICATE and not row.decided_by,
            about_a_move,
            row.decided_by,
            row.decided_on,
            one,
            other,
        )

    def twice(self, row: MoverRow, doubles: Collection[str]) -> Twice:
        """A child of a pair, with the name of its unit."""
        unit = self._workplace.tree.units.get(row.owner)
        name = row.owner if unit is None else unit.full_name()
        return Twice(*row[:10], row.owner, name, row.id not in doubles)


def seen_of(reading: Reading, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Pair → what stands about it: changed as soon as somebody writes its decision or one of its
    records.
    """
    heads = suggested.heads_of(reading, {ent_id for pair in pairs for ent_id in pair})
    said = decided_heads(reading, pairs)
    found = {}
    for pair in pairs:
        first, second = sorted(pair)
        stands = (said.get((first, second), b""), heads.get(first, b""), heads.get(second, b""))
        found[pair] = "|".join(one.hex() for one in stands)
    return found


def _doubts(reading: Reading, rows: Iterable[DecisionRow]) -> dict[tuple[str, str], Doubt]:
    idle = idle_pairs(reading)
    found = {(one.one, one.other): Doubt.GROUND for one in idle.without_ground}
    found |= {(one.one, one.other): Doubt.CONTRADICTED for one in idle.contradicted}
    found |= {(one.first, one.second): Doubt.CONFLICT for one in rows if one.disputed}
    return found


def doubted_pairs(reading: Reading) -> int:
    """How many pairs of the program wait for somebody because they do not count any more. What two
    people say otherwise waits as a conflict.
    """
    idle = idle_pairs(reading)
    return len(idle.without_ground) + len(idle.contradicted)


def contradicts(
    some: AbstractSet[str], others: AbstractSet[str], apart: AbstractSet[frozenset[str]]
) -> bool:
    """Whether somebody called two records of these clusters different children."""
    return any(frozenset((one, other)) in apart for one in some for other in others)


def record_certain(
    workplace: Workplace,
    work: UnitOfWork,
    pairs: Collection[tuple[str, str]],
    act: str | None = None,
) -> int:
    """Call pairs the same of whom id, name and whole birth date agree, in the caller's transaction;
    gives how many. A pair about which anybody ever decided anything is left as it is, and so is one
    that does not lie within reach, that contradicts what was decided about others, or of which two
    people wrote otherwise what the program goes by.

    What is written says nothing of who or when: two PCs that come to it write the same, and their
    two operations are no conflict.
    """
    if not pairs:
        return 0
    reading = work.connection
    rows = queries.decisions(reading)
    decided = {frozenset((row.first, row.second)) for row in rows}
    apart = {pair_of(row) for row in rows if row.verdict == DIFFERENT}
    reach = workplace.reach()
    held = queries.movers(reading, {ent_id for pair in pairs for ent_id in pair}, "moved_out")
    here = {row.id: row for row in held if row.held and reach.issuperset(row.held)}
    followed = queries.followed_among(reading, here)
    here = {ent_id: row for ent_id, row in here.items() if ent_id in followed and _fits(row)}
    for (entity, ent_id), groups in undecided.open_groups(reading, here).items():
        if entity == "child" and groups & _GROUNDS:
            del here[ent_id]
    clusters = doubled.clusters_of(reading)
    said: dict[str, Value] = {"verdict": SAME, "basis": DUPLICATE, "reason": CERTAIN}
    changes = []
    for one, other in pairs:
        if frozenset((one, other)) in decided or not {one, other} <= here.keys():
            continue
        if contradicts(clusters.of(one), clusters.of(other), apart):
            continue
        clusters.join(one, other)
        changes.append(decision_save(reading, one, other, said).change)
    if changes:
        work.record_many(changes, act=act)
        work.audit("duplicate.automatic", records=2 * len(changes))
    return len(changes)


def _fits(one: MoverRow) -> bool:
    """Whether a child's id is one, and says its sex and year of birth: a number that was typed for
    another child of the family proves nothing.
    """
    said = from_personal_id(one.personal_id)
    if said is None:
        return False
    return one.birth_date[:4] == f"{said.birth_year}" and one.sex in ("", said.sex)


def pair_of(row: DecisionRow) -> frozenset[str]:
    """The two children of a decision."""
    return frozenset((row.first, row.second))
