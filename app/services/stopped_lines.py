"""What is kept but not applied, as people read it: whose record, which fields, from whom, and why.

One line for all operations of a record that stand alike. Values are in none of them but in those
that a unit above refused, which the writer may read: only names of people that are in the register
here anyway, or that the stopped operation itself would bring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.history.door import Reason, State
from app.i18n import text
from app.models.queries import history as history_queries
from app.models.queries import refusals, register
from app.models.queries.history import Stopped
from app.models.queries.register import ChildRow, HouseholdRow
from app.services.arrival_names import name_in
from app.services.handles import name_unseen
from app.services.masking import closed
from app.services.names_behind import names_behind, with_names
from app.services.reasons import behind, set_aside, why
from app.services.refusals import unit_called, values_said
from app.services.rights import Right
from app.services.wording import Labels, entity_in_words, values_in_words
from app.services.workplace import Workplace

_ORDER = {State.WAITING: 0, State.REFUSED: 1, State.SET_ASIDE: 2}
#: Fields that are named in a line; of more there is an ellipsis.
_MOST_FIELDS = 6


@dataclass(frozen=True, slots=True)
class StoppedLine:
    """Operations of one record that are kept unapplied for one reason.

    `id` is what `Waiting` takes: what the record is called here. `who` is the child's name or the
    household's head, empty without the right to read; `household` and `child` are the page, empty
    where there is none here. `brought_by` is empty for what was written on this PC. `says` are
    the values of what a unit above refused, without those that are masked: nothing else tells what
    it was where the record is in no register. `only` is who alone may take it in, "" where that
    may be done here. `unanswered`: a unit above refuses it, and nobody here has written the record
    anew or left it at that. `with_bundle`: it comes in only with the whole bundle that was taken
    back.
    """

    entity: str
    id: str
    state: State
    operations: int
    who: str
    what: str
    household: str
    child: str
    brought_by: str
    why: str
    says: str = ""
    only: str = ""
    unanswered: bool = False
    with_bundle: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it."""
        return self.entity, self.id, self.state.value


class StoppedLines:
    """Use case: the list of what waits, was refused, or was set aside."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[StoppedLine]:
        """Every record with something stopped: what waits first, then what was refused, then what
        was set aside; in the order in which it came.
        """
        workplace = self._workplace
        with workplace.store.read() as reading:
            grouped: dict[tuple[object, ...], list[Stopped]] = {}
            named: dict[str, str] = {}
            owed, aside = refusals.unanswered(reading), history_queries.lying_aside(reading)
            for one in history_queries.stopped_with_bodies(reading):
                if name := name_in(one.body):
                    named.setdefault(one.id, name)
                alike = (one.entity, one.id, one.state, one.reason, one.brought_by, one.refused_by)
                grouped.setdefault(alike, []).append(one)
            roots = sorted({held[0].root for held in grouped.values()})
            children = {one.id: one for one in register.child_rows(reading, roots)}
            asked = {*roots, *(one.household for one in children.values())}
            homes = {one.id: one for one in register.household_rows(reading, sorted(asked))}
        called = Labels(workplace.catalogue)
        found = [
            replace(
                self._line(held, children, homes, named, called, aside=held[0].id in aside),
                unanswered=any(one.operation in owed for one in held),
                with_bundle=all(one.lies_in for one in held),
            )
            for held in grouped.values()
        ]
        return sorted(found, key=lambda one: _ORDER[one.state])

    def _line(
        self,
        held: Sequence[Stopped],
        children: Mapping[str, ChildRow],
        homes: Mapping[str, HouseholdRow],
        named: Mapping[str, str],
        called: Labels,
        *,
        aside: bool,
    ) -> StoppedLine:
        first, workplace = held[0], self._workplace
        child = children.get(first.root)
        home = homes.get(first.root if child is None else child.household)
        may_read = Right.READ in workplace.account.rights
        return StoppedLine(
            first.entity,
            name_unseen(workplace.handles, first.entity, first.id),
            first.state,
            len(held),
            _who(child, home, named.get(first.root, "")) if may_read else "",
            _what(held, called),
            home.id if may_read and home is not None else "",
            child.id if may_read and child is not None else "",
            first.brought_by,
            why(
                behind(first.reason, aside=aside) or set_aside(first.brought_by),
                unit_called(workplace, first.refused_by),
                first.refused_for,
                first.entity,
            ),
            self._says(held) if may_read and _is_refused_above(first) else "",
            self._only(first),
        )

    def _says(self, held: Sequence[Stopped]) -> str:
        """What the refused operations of a record say, for whoever reveals nothing."""
        workplace, first = self._workplace, held[0]
        body = {name: value for one in held for name, value in one.body.items()}
        with workplace.store.read() as reading:
            known = history_queries.history(reading, first.id)
            versions = [one.body for one in known if one.body is not None]
            shown = closed(workplace).values(first.entity, body, versions)
            named = names_behind(workplace, reading, [shown])
        worded = values_in_words(workplace.catalogue, first.entity, shown, body.get("template"))
        return values_said(with_names(worded, named))

    def _only(self, one: Stopped) -> str:
        if _is_refused_above(one):
            return unit_called(self._workplace, one.refused_by) or text("handovers.stopped.above")
        if one.reason == Reason.REFERENCE_UNSIGNED.value:
            return text("handovers.stopped.province")
        return ""


def _is_refused_above(one: Stopped) -> bool:
    return one.reason == Reason.REFUSED_ABOVE.value


def _who(child: ChildRow | None, home: HouseholdRow | None, named: str) -> str:
    """The child's name, or the head's; of what is not here yet, the name that it would bring."""
    if child is not None:
        return child.full_name
    return named if home is None else home.head_name


def _what(held: Sequence[Stopped], called: Labels) -> str:
    """The type of the record, and the fields that are written; those of a circumstance would tell
    what it is about.
    """
    entity = entity_in_words(held[0].entity)
    if held[0].entity == "circumstance":
        return entity
    names = dict.fromkeys(called.of(one.entity, name) for one in held for name in one.body)
    fields = [one for one in names if one]
    more = " …" if len(fields) > _MOST_FIELDS else ""
    return ": ".join(filter(None, (entity, ", ".join(fields[:_MOST_FIELDS]) + more)))
