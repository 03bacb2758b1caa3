"""The register row by row: a child with its household, its village and its circumstances.

What the exports are made of, a page of households at a time, so that memory does not grow with the
register. Raw rows: whoever hands values on masks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.forms.issues import Value
from app.forms.sensitivity import is_secret
from app.models.bulk import chunks
from app.models.queries import importing, register
from app.models.queries.importing import Held
from app.models.queries.register import RecordView
from app.models.store import Reading

PAGE = 500
#: Fields of a child that say that it is of some group, without saying of which.
TELLING_OF_GROUPS = frozenset(("circumstance_answer", "intervention_plan"))


@dataclass(frozen=True, slots=True)
class Line:
    """What one row is made of."""

    child: RecordView
    household: RecordView | None
    circumstances: Sequence[Held]


def group_codes(line: Line, *, revealing: bool) -> list[str]:
    """The codes of a child's open groups, sorted; without `revealing` those of level A stay out.

    A group of which one code is withheld stays out as a whole: half of it, read back by an import,
    would take the other half away.
    """
    codes: set[str] = set()
    for one in line.circumstances:
        if one.hidden or "circumstance_to" in one.values:
            continue
        if revealing or not is_secret(one.values):
            subgroups = one.values.get("subgroups")
            own = subgroups if isinstance(subgroups, list) else [one.values.get("group", "")]
            codes.update(map(str, own))
    return sorted(codes)


def child_value(line: Line, name: str, *, revealing: bool) -> Value:
    """A value of the child of a line; None for none.

    Without `revealing` what says that there is some group stands only beside a group that is shown:
    beside an empty code it would say that there is one which is not. «None of the groups» stays out
    as well, or whoever has neither would be known by that.
    """
    telling = name in TELLING_OF_GROUPS and not revealing
    if telling and not group_codes(line, revealing=False):
        return None
    return line.child.values.get(name)


class RegisterLines:
    """The rows of one reading, and the names of the villages they lie in."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.villages: dict[str, str] = {}

    def of_units(self, scope: Sequence[str]) -> Iterator[Line]:
        """The children of units, in the order of the book."""
        reading = self._reading
        ids = register.household_ids(reading, scope)
        for part in chunks(ids, PAGE):
            households = register.records(reading, "household", part)
            children = importing.children_of_households(reading, part, scope)
            pairs = [
                (households.get(one), child) for one in part for child in children.get(one, ())
            ]
            yield from self._with_circumstances(pairs)
        for page in importing.children_outside_households(reading, scope):
            yield from self._with_households(page)

    def of_children(self, ids: Sequence[str]) -> Iterator[Line]:
        """These children, in their order; one that was hidden since is passed over."""
        for part in chunks(ids, PAGE):
            found = register.records(self._reading, "child", part)
            yield from self._with_households(
                [found[one] for one in part if one in found and not found[one].hidden]
            )

    def _with_households(self, page: Sequence[RecordView]) -> Iterator[Line]:
        wanted = {str(child.values.get("household", "")) for child in page}
        households = register.records(self._reading, "household", wanted)
        visible = {one: view for one, view in households.items() if not view.hidden}
        yield from self._with_circumstances(
            [(visible.get(str(child.values.get("household", ""))), child) for child in page]
        )

    def _with_circumstances(
        self, pairs: Sequence[tuple[RecordView | None, RecordView]]
    ) -> Iterator[Line]:
        held = importing.circumstances_of(self._reading, [child.id for _, child in pairs])
        self._name_villages(household for household, _ in pairs if household is not None)
        for household, child in pairs:
            yield Line(child, household, held.get(child.id, ()))

    def _name_villages(self, households: Iterable[RecordView]) -> None:
        wanted = {str(one.values.get("village", "")) for one in households} - {""}
        missing = wanted - self.villages.keys()
        if missing:
            found = register.records(self._reading, "village", missing)
            names = {one: str(view.values.get("name", "")) for one, view in found.items()}
            self.villages.update({one: names.get(one, "") for one in missing})
