"""Who moved away and who came: paired up by a person at the lowest unit above both books.

A pair is one act: the two records are called the same child, and the one that left goes to the unit
of the one that came, so that its history follows (4-sync.md, "Moves"). The old commune keeps the
act of moving and hears nothing later. Taken back, both stand as before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.issues import Value
from app.history.entities import OUTSIDE
from app.ids import new_id
from app.matching.moves import Child, Likeness, Match, Sign, clusters, pair_up, weigh
from app.models.queries import departed
from app.models.queries import moves as queries
from app.models.queries.moves import DIFFERENT, OPEN, SAME, DecisionRow, MoverRow
from app.models.store import Reading
from app.services import saving
from app.services.pair_decision import decision_save
from app.services.paired_owner import BASIS, given_back, given_to, had_before
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace

#: Later than every day: of a move that nobody told the day of.
_NO_DAY = "9999"


@dataclass(frozen=True, slots=True)
class Mover:
    """A child who left or came, as people tell them apart; dates as stored. `unit` is the book it
    stood or stands in, `unit_name` that one's name; `place` and `day` are of the move as told.
    `outside` says that it left for another province.
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
    place: str
    day: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class MovePair:
    """Two records that may be, or were called, one child. `likeness` is None for a pair that nobody
    would suggest any more; `decided_by` and `decided_on` stand where it was decided.
    """

    left: Mover
    came: Mover
    likeness: Likeness | None
    signs: tuple[Sign, ...]
    decided_by: str = ""
    decided_on: str = ""


@dataclass(frozen=True, slots=True)
class MovesView:
    """What waits: pairs to look at, the surest first, then who left and was not found anywhere, and
    who came and is missed nowhere; `paired` are the pairs that were called one child, here or
    elsewhere, `apart` those that were called two.
    """

    pairs: tuple[MovePair, ...]
    left: tuple[Mover, ...]
    came: tuple[Mover, ...]
    paired: tuple[MovePair, ...]
    apart: tuple[MovePair, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was written: the decision, and the unit that the child's history goes to ("" where it
    stayed).
    """

    decision: str
    moved_to: str = ""


class Moves:
    """Use cases on moves between books."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def count(self) -> int:
        """How many pairs wait for a look; needs no right."""
        with self._workplace.store.read() as reading:
            return self.waiting(reading)

    def waiting(self, reading: Reading) -> int:
        """`count` in the caller's view of the store."""
        return len(self._suggested(reading)[0])

    def read(self) -> MovesView:
        """Everything about moves in the books of this unit. Raises KnownError `rights.denied`."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            matches, left, came = self._suggested(reading)
            said = queries.decisions(reading)
            same = clusters((one.first, one.second) for one in said if one.verdict == SAME)
            one_child = self._decided(reading, said, SAME)
            two_children = self._decided(reading, said, DIFFERENT)
            found = departed.counted_as_another(reading, {one.id for one in left})
        by_id = {one.id: one for one in (*left, *came)}
        pairs = tuple(self._pair(by_id[one.left], by_id[one.came], one) for one in matches)
        alone = {one.id for one in left} - found
        arrived = {one.id for one in came if one.day or one.place} - same.keys()
        return MovesView(
            pairs,
            tuple(self._mover(one, left=True) for one in left if one.id in alone),
            tuple(self._mover(one) for one in came if one.id in arrived),
            one_child,
            two_children,
        )

    def pair(self, left: str, came: str, reason: str = "") -> Decided:
        """Call the child who left and the one who came the same.

        Raises KnownError `rights.denied`, `moves.one_record`, `moves.not_left`,
        `moves.not_followed`, `moves.not_of_this_unit`, `moves.paired_already`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            gone, here = self._two(work.connection, left, came)
            if departed.counted_as_another(work.connection, {left}):
                raise KnownError("moves.paired_already", "moves.paired_already_hint")
            found = weigh(self._weighed(gone, left=True), self._weighed(here))
            signs = () if found is None else found.signs
            act = new_id()
            values: dict[str, Value] = {
                "verdict": SAME,
                "basis": BASIS,
                "reason": reason.strip() or ", ".join(sign.value for sign in signs) or None,
                "moved_from": had_before(work.connection, left, gone.owner),
            }
            saves = [self._decision(work.connection, left, came, values, act)]
            target = here.owner
            if target in here.held:
                # Also where the child belongs to it already: so the book it left hears that it is
                # counted elsewhere from now on.
                saves.append(given_to(work.connection, left, target))
            moved = target if target != gone.owner and target in here.held else ""
            (decision, *_) = saving.save_in(self._workplace, work, saves, act)
            work.commit()
        return Decided(decision.id, moved)

    def apart(self, left: str, came: str, reason: str = "") -> Decided:
        """Remember that the two are different children: the pair is not offered again.

        Raises KnownError `rights.denied`, `moves.one_record`, `moves.not_left`,
        `moves.not_followed`, `moves.not_of_this_unit`, `moves.paired_already` where they are called
        the same: that is taken back first, so that the child goes back to where it was.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            self._two(work.connection, left, came)
            decided = self._decided_about(work.connection, left, came)
            if decided is not None and decided.verdict == SAME:
                raise KnownError("moves.paired_already", "moves.paired_already_hint")
            values: dict[str, Value] = {
                "verdict": DIFFERENT,
                "basis": BASIS,
                "reason": reason.strip() or None,
                "moved_from": None,
            }
            act = new_id()
            save = self._decision(work.connection, left, came, values, act)
            (done,) = saving.save_in(self._workplace, work, [save], act)
            work.commit()
        return Decided(done.id)

    def take_back(self, left: str, came: str) -> Decided:
        """Open a decided pair again: the child who left goes back to where it was before.

        Raises KnownError `rights.denied`, `moves.not_decided`, `moves.not_of_this_unit`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            decided = self._decided_about(work.connection, left, came)
            if decided is None:
                raise KnownError("moves.not_decided", "moves.not_decided_hint")
            self._must_lie_here(queries.movers(work.connection, {left, came}, "moved_out"))
            values: dict[str, Value] = dict.fromkeys(("reason", "moved_from"))
            values |= {"verdict": OPEN, "basis": BASIS}
            act = new_id()
            saves = [self._decision(work.connection, left, came, values, act)]
            back = decided.moved_from
            if back and queries.is_gone(work.connection, left):
                saves += given_back(work.connection, left, back)
                back = str(saves[-1].change.values["owner_unit"])
            (done, *_) = saving.save_in(self._workplace, work, saves, act)
            work.commit()
        return Decided(done.id, back)

    # --- reading ----------------------------------------------------------------------------

    def _suggested(self, reading: Reading) -> tuple[list[Match], list[MoverRow], list[MoverRow]]:
        """Pairs to look at, all who left, and all who may be one of them; of this unit's reach."""
        left = [one for one in queries.departures(reading) if self._is_here(one)]
        came = [one for one in queries.arrivals(reading) if self._is_here(one)]
        others = queries.namesakes(reading, [one.id for one in left])
        came += [one for one in others if self._is_here(one)]
        settled = {
            frozenset((one.first, one.second))
            for one in queries.decisions(reading)
            if one.verdict != OPEN
        }
        # Who was found and has left again is looked for again.
        found = departed.counted_as_another(reading, {one.id for one in left})
        matches = pair_up(
            (self._weighed(one, left=True) for one in left if one.id not in found),
            (self._weighed(one) for one in came),
        )
        return (
            [one for one in matches if frozenset((one.left, one.came)) not in settled],
            left,
            came,
        )

    def _decided(
        self, reading: Reading, said: Iterable[DecisionRow], verdict: str
    ) -> tuple[MovePair, ...]:
        moved = [one for one in said if one.basis == BASIS and one.verdict == verdict]
        ids = {child for one in moved for child in (one.first, one.second)}
        gone = {one.id: one for one in queries.movers(reading, ids, "moved_out")}
        here = {one.id: one for one in queries.movers(reading, ids, "moved_in")}
        who_left = queries.who_left(reading, ids)
        found = []
        for one in reversed(moved):
            first, second = one.first, one.second
            if first not in gone or second not in gone:
                continue  # the other one is of a book that this unit does not hold
            # One that was entered in error since is told, too, so that the pair can be taken back.
            earlier = min((first, second), key=lambda one: (gone[one].day or _NO_DAY, one))
            if first not in who_left or (second in who_left and earlier != first):
                first, second = second, first
            left, came = gone[first], here[second]
            match = weigh(self._weighed(left, left=True), self._weighed(came))
            found.append(self._pair(left, came, match, one))
        return tuple(found)

    def _pair(
        self, left: MoverRow, came: MoverRow, match: Match | None, said: DecisionRow | None = None
    ) -> MovePair:
        return MovePair(
            self._mover(left, left=True),
            self._mover(came),
            None if match is None else match.likeness,
            () if match is None else match.signs,
            "" if said is None else said.decided_by,
            "" if said is None else said.decided_on,
        )

    def _is_here(self, one: MoverRow) -> bool:
        reach = self._workplace.reach()
        return bool(one.held) and reach.issuperset(one.held)

    def _book(self, one: MoverRow, *, left: bool) -> str:
        """The unit in whose book the child stood before it left, or stands."""
        return one.left if left else (sorted(one.held) or [one.owner])[-1]

    def _mover(self, one: MoverRow, *, left: bool = False) -> Mover:
        unit = self._book(one, left=left)
        found = self._workplace.tree.units.get(unit)
        return Mover(
            *one[:10],
            unit,
            unit if found is None else found.full_name(),
            one.place,
            one.day,
            left and one.owner == OUTSIDE,
        )

    def _weighed(self, one: MoverRow, *, left: bool = False) -> Child:
        tree = self._workplace.tree.units
        unit = tree.get(self._book(one, left=left))
        chain = () if unit is None else (unit, *tree.ancestors(unit.ref))
        return Child(
            one.id,
            one.name,
            one.birth_date,
            one.sex,
            one.personal_id,
            one.mother,
            one.father,
            one.place,
            tuple((each.name, each.full_name()) for each in chain),
        )

    # --- writing ----------------------------------------------------------------------------

    @staticmethod
    def _decided_about(reading: Reading, left: str, came: str) -> DecisionRow | None:
        """What was decided about these two and stands; None where nothing is or it is open."""
        pair = {left, came}
        return next(
            (
                one
                for one in queries.decisions(reading, pair)
                if {one.first, one.second} == pair and one.verdict != OPEN
            ),
            None,
        )

    def _two(self, reading: Reading, left: str, came: str) -> tuple[MoverRow, MoverRow]:
        """The two records, as they stand, if they may be decided about here."""
        if left == came:
            raise KnownError("moves.one_record", "moves.one_record_hint")
        if not queries.is_gone(reading, left):
            raise KnownError("moves.not_left", "moves.not_left_hint")
        if not queries.is_followed(reading, came):
            raise KnownError("moves.not_followed", "moves.not_followed_hint")
        (gone,) = queries.movers(reading, [left], "moved_out")
        (here,) = queries.movers(reading, [came], "moved_in")
        self._must_lie_here((gone, here))
        return gone, here

    def _must_lie_here(self, children: Collection[MoverRow]) -> None:
        if not children or not all(map(self._is_here, children)):
            raise KnownError("moves.not_of_this_unit", "moves.not_of_this_unit_hint")

    def _decision(
        self, reading: Reading, left: str, came: str, values: Mapping[str, Value], act: str
    ) -> RecordSave:
        said: dict[str, Value] = {
            **values,
            "decided_by": self._workplace.account.full_name,
            "decided_on": self._workplace.today().isoformat(),
            "act": act,
        }
        return decision_save(reading, left, came, said)
