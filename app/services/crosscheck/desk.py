"""Cross-check (*đối chiếu*): the use cases on lists that are held against the register.

A list is kept on this PC only, in the encrypted store. Taking over what it says is a deed of its
own, one act of ordinary saves that can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from app.errors import KnownError
from app.ids import new_id
from app.matching.placed import Band
from app.models.log import last_position
from app.models.queries import crosscheck as queries
from app.models.queries.crosscheck import FileRow
from app.models.store import Reading
from app.services import acts, saving
from app.services.crosscheck.listed import ListKind, RowKind
from app.services.crosscheck.placing import NOBODY, said_of
from app.services.crosscheck.shelf import ListShelf, sha256_of
from app.services.crosscheck.supports import series_of
from app.services.crosscheck.taking import SupportGiven, proposal_of, taken_over
from app.services.crosscheck.views import (
    Applied,
    ListResult,
    ListSummary,
    Preview,
    Proposal,
    Settled,
    Standing,
    Totals,
    VisitTask,
)
from app.services.crosscheck.words import Role
from app.services.rights import Right, allows
from app.services.workplace import Progress, Workplace
from app.text.moments import day_of
from app.text.sort_key import name_sort_key

_ACT_PREFIX = "list-"
_SHOWN_FIRST = 8
_NOTHING_SAID = SupportGiven()
_CHILD = RowKind.CHILD.value


class CrossCheck:
    """Use cases on lists of poverty, of allowances and of any other support."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._shelf = ListShelf(workplace)

    def units(self) -> tuple[tuple[str, str], ...]:
        """The units that a list may be of, with their names: those whose records may stand here."""
        workplace = self._workplace
        tree = workplace.tree.units
        here = [one for one in sorted(workplace.reach()) if tree.holds_records(one)]
        standing = workplace.standing(here) or [workplace.unit]
        named = [(one, tree.unit(one).full_name()) for one in standing]
        return tuple(
            sorted(named, key=lambda one: (one[0] != workplace.unit, name_sort_key(one[1])))
        )

    def today(self) -> date:
        """The day of this PC."""
        return self._workplace.today()

    # --- reading a file ---------------------------------------------------------------------

    def preview(
        self,
        path: Path,
        kind: ListKind,
        unit: str | None = None,
        columns: Path | Mapping[str, Role] | None = None,
        year: int | None = None,
    ) -> Preview:
        """What a file looks like; nothing is kept. `columns`: a file of corrections, or folded
        title → role; None for those that were given for the same titles before. `year`: that of
        the list, None for what its title says.

        Raises KnownError `rights.denied`, `crosscheck.…`, `units.…`, BadFile.
        """
        self._workplace.require(Right.READ)
        where = self._shelf.unit(unit)
        with self._workplace.store.read() as reading:
            read, roles = self._shelf.read(reading, path, kind, columns, year)
            known = self._shelf.id_of(path, kind, where)
            kept = queries.file(reading, known) is not None
        children = read.children
        return Preview(
            kind,
            path.name,
            read.title,
            read.year,
            read.columns,
            read.unknown,
            read.passed_over,
            read.converted,
            len(children),
            sum(one.kind in (RowKind.HEAD, RowKind.ADULT) for one in read.rows),
            sum(one.kind in (RowKind.SECTION, RowKind.TOTAL) for one in read.rows),
            sum(bool(one.doubts) for one in children),
            children[:_SHOWN_FIRST],
            columns is None and bool(roles),
            known if kept else "",
        )

    def take_in(
        self,
        path: Path,
        kind: ListKind,
        unit: str | None = None,
        columns: Path | Mapping[str, Role] | None = None,
        progress: Progress | None = None,
        year: int | None = None,
        occasion: str = "",
    ) -> ListResult:
        """Keep a list and hold it against the register of its unit. The same file again is the same
        list; what people decided about its rows stays, also for rows of an earlier list of the
        kind that say the same. `occasion` tells one gift of a year from another; the same file
        without it stays of the occasion it was of.

        Raises KnownError `rights.denied`, `crosscheck.no_names`, `crosscheck.no_children`,
        `crosscheck.no_occasion`, …,
        BadFile; Cancelled.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        steps = progress or Progress()
        where = self._shelf.unit(unit)
        with workplace.store.read() as reading:
            read, roles = self._shelf.read(reading, path, kind, columns, year)
            if not read.children:
                raise KnownError(
                    "crosscheck.no_children", "crosscheck.no_children_hint", file=path.name
                )
            list_id = self._shelf.id_of(path, kind, where)
            kept_before = None if occasion else queries.file(reading, list_id)
            file = FileRow(
                list_id,
                kind.value,
                where,
                series_of(kind, where, read.title, read.year, occasion)
                if kept_before is None or kept_before.year != read.year
                else kept_before.series,
                read.title,
                read.year,
                path.name,
                sha256_of(path),
                read.layout,
                json.dumps({title: role.value for title, role in roles.items()}),
                self._shelf.moment(reading),
                self._shelf.by(),
                last_position(reading),
            )
            # Beside whoever saves: nobody waits for a long list.
            rows = self._shelf.placed(
                reading, file, self._shelf.kept_rows(reading, file, read), steps
            )
        with workplace.write() as work:
            now = last_position(work.connection)
            if now != file.position:
                file = file._replace(position=now)
                kept = self._shelf.kept_rows(work.connection, file, read)
                rows = self._shelf.placed(work.connection, file, kept, steps)
            queries.put_file(work.connection, file, rows)
            work.audit("crosscheck.taken_in", kind=kind.value, unit=where, rows=len(rows))
            steps.heed()
            work.commit()
        return self.result(file.id)

    # --- what is kept -----------------------------------------------------------------------

    def lists(self) -> tuple[ListSummary, ...]:
        """Every list that is kept, the newest first. Raises KnownError `rights.denied`."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return tuple(self._shelf.summaries(reading).values())

    def result(self, list_id: str) -> ListResult:
        """A list as it stands against the register now.

        Raises KnownError `rights.denied`, `crosscheck.unknown`.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        with workplace.store.read() as reading:
            file = self._shelf.file(reading, list_id)
            stale = file.position != last_position(reading)
        may_write = allows(workplace.account.rights, Right.ENTER)
        if stale and may_write and workplace.store.refusal is None:
            with workplace.write(changing=False) as work:
                self._shelf.place_again(work, list_id)
                work.commit()
        with workplace.store.read() as reading:
            return self._shelf.result(reading, list_id)

    def waiting(self, reading: Reading) -> tuple[int, int]:
        """How many rows of lists in force wait for a look, and how many children for a visit, as
        they were last held against the register; needs no right.
        """
        found = [one for one in self._shelf.summaries(reading).values() if one.current]
        return sum(one.to_review for one in found), sum(one.to_visit for one in found)

    def tasks(self) -> tuple[VisitTask, ...]:
        """The children of lists in force whom somebody has to visit. Raises KnownError
        `rights.denied`.
        """
        self._workplace.require(Right.READ)
        found = []
        for one in self.lists():
            if one.current and one.to_visit:
                rows = self.result(one.id).of(Standing.ONLY_LIST)
                found += [VisitTask(one, row.number, row.row) for row in rows]
        return tuple(found)

    def totals(
        self, reading: Reading, units: Collection[str], since: date, until: date
    ) -> tuple[tuple[ListSummary, date, Totals], ...]:
        """The lists in force of these units that were taken in between two days, each with its day
        and its counts now, the earliest first; nobody is named, and no right is needed.
        """
        found = []
        for one in self._shelf.summaries(reading).values():
            day = day_of(one.added)
            if one.current and one.unit in units and day is not None and since <= day <= until:
                found.append((one, day, self._shelf.result(reading, one.id).totals))
        return tuple(sorted(found, key=lambda each: (each[1], each[0].id)))

    # --- deciding ---------------------------------------------------------------------------

    def decide(self, list_id: str, number: int, child: str | None) -> None:
        """Say which child a row is: an id, "" for none of the register, None to ask again.

        Raises KnownError `rights.denied`, `crosscheck.unknown`, `crosscheck.no_row`,
        `crosscheck.no_child`, `crosscheck.child_taken`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        with workplace.write() as work:
            reading = work.connection
            self._shelf.row(reading, list_id, number)
            if child:
                if child not in queries.children_named(reading, [child]):
                    raise KnownError("crosscheck.no_child", "crosscheck.no_child_hint", id=child)
                for other in queries.rows(reading, list_id, _CHILD):
                    if other.decision == child and other.number != number:
                        said = said_of(other)
                        raise KnownError(
                            "crosscheck.child_taken",
                            "crosscheck.child_taken_hint",
                            row=said.number,
                        )
            said_now = "" if child is None else child or NOBODY
            values = {
                "decision": said_now,
                "decided_by": self._shelf.by() if said_now else "",
                "decided": int(workplace.clock()) if said_now else None,
            }
            queries.change_rows(reading, list_id, [number], values)
            self._shelf.place_again(work, list_id)
            work.audit("crosscheck.decided", list=list_id, row=number)
            work.commit()

    def settle(self, list_id: str, number: int, how: Settled | None) -> None:
        """Say how a child that stands only on the list was settled; None opens the task again.

        Raises KnownError `rights.denied`, `crosscheck.unknown`, `crosscheck.no_row`,
        `crosscheck.not_only_list`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        with workplace.write() as work:
            kept = self._shelf.row(work.connection, list_id, number)
            if kept.child or kept.band == Band.REVIEW.value:
                raise KnownError("crosscheck.not_only_list", "crosscheck.not_only_list_hint")
            values = {
                "settled": "" if how is None else how.value,
                "settled_by": "" if how is None else self._shelf.by(),
                "settled_at": None if how is None else int(workplace.clock()),
            }
            queries.change_rows(work.connection, list_id, [number], values)
            work.audit("crosscheck.settled", list=list_id, row=number)
            work.commit()

    def remove(self, list_id: str) -> None:
        """Forget a list with everything decided about its rows; what it changed in the register
        stays. Raises KnownError `rights.denied`, `crosscheck.unknown`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            file = self._shelf.file(work.connection, list_id)
            queries.remove(work.connection, list_id)
            work.audit("crosscheck.removed", kind=file.kind, unit=file.unit)
            work.commit()

    # --- taking over ------------------------------------------------------------------------

    def proposal(self, list_id: str) -> Proposal:
        """What `apply` would write now. Raises as `result` does, and `crosscheck.not_current`."""
        found = self.result(list_id)
        _must_be_in_force(found)
        with self._workplace.store.read() as reading:
            return proposal_of(reading, self._shelf.file(reading, list_id), found)

    def apply(
        self,
        list_id: str,
        given: SupportGiven = _NOTHING_SAID,
        expected: Proposal | None = None,
    ) -> Applied:
        """Take over what the list says otherwise than the book, as one act. `expected` is what
        somebody was shown before: where it is no longer that, nothing is written.

        Poverty lists: the status of the household, with the year of the list. Allowances: the
        child gets the allowance, with a record of support. Other lists: a record of support.
        Raises KnownError `rights.denied`, `crosscheck.unknown`, `crosscheck.not_current`,
        `crosscheck.changed_since`, `crosscheck.nothing`, `crosscheck.no_day`,
        `crosscheck.no_support`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        self.result(list_id)
        act = f"{_ACT_PREFIX}{new_id()}"
        with workplace.write() as work:
            reading = work.connection
            file = self._shelf.file(reading, list_id)
            found = self._shelf.result(reading, list_id)
            _must_be_in_force(found)
            if expected is not None and proposal_of(reading, file, found) != expected:
                raise KnownError("crosscheck.changed_since", "crosscheck.changed_since_hint")
            taken = taken_over(workplace, reading, file, found, given)
            if not taken.saves:
                raise KnownError("crosscheck.nothing", "crosscheck.nothing_hint")
            saving.save_in(workplace, work, taken.saves, act)
            queries.change_rows(reading, list_id, taken.rows, {"act": act})
            self._shelf.place_again(work, list_id)
            work.audit(
                "crosscheck.applied",
                kind=file.kind,
                households=taken.households,
                children=taken.children,
            )
            work.commit()
        return Applied(act, taken.households, taken.children, taken.undecided)

    def take_back(self, act: str) -> int:
        """Set aside what `apply` wrote under this act; returns how many operations.

        Raises KnownError `rights.denied`, `crosscheck.act_unknown`, `crosscheck.act_sent`,
        `crosscheck.act_perhaps_sent`, `crosscheck.act_built_on`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        with workplace.write() as work:
            hindered = acts.in_the_way(work.connection, act)
            if hindered is not None or not act.startswith(_ACT_PREFIX):
                what = "unknown" if hindered is None else hindered.what.value
                raise KnownError(
                    f"crosscheck.act_{what}",
                    f"crosscheck.act_{what}_hint",
                    count=0 if hindered is None else hindered.count,
                )
            count = acts.put_aside(work, act)
            queries.forget_act(work.connection, act)
            work.audit("crosscheck.taken_back", operations=count)
            work.commit()
        return count


def _must_be_in_force(found: ListResult) -> None:
    """Of a thing only the latest list is written. Raises KnownError `crosscheck.not_current`."""
    if not found.list.current:
        raise KnownError("crosscheck.not_current", "crosscheck.not_current_hint")
