"""Whether a row makes a child that stands in the register already, in another household.

Nothing is refused or left out for it: the row comes in, its number is told, and the pair waits with
the others that may be one child. Looked for by the name as it is spelled and by the personal id,
each by its own index and a batch at a time, among the children who were there before the import:
what one file holds twice is for the search of the whole register.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.matching.pair import Level, Pair
from app.matching.person import Person
from app.models.log import last_position
from app.models.queries import compared, importing
from app.models.store import Reading
from app.services.importing.finding import Placed
from app.services.importing.issues import IssueList
from app.services.suggested_pairs import is_placeholder

#: What of a row is compared: field of `Person` → field of the forms of the child.
_CHILD = {
    "name": "full_name",
    "birth_date": "birth_date",
    "sex": "sex",
    "personal_id": "personal_id",
    "mother": "mother_name",
    "mother_year": "mother_birth_year",
    "father": "father_name",
    "father_year": "father_birth_year",
}


class SimilarChildren:
    """Told batch by batch; `pairs` are what was found, to be kept once the rows are written."""

    def __init__(self, reading: Reading) -> None:
        #: A first import has nobody to be compared with.
        self._before = last_position(reading) if compared.holds_children(reading) else 0
        self.pairs: list[Pair] = []

    def tell(self, reading: Reading, placed: Iterable[Placed], issues: IssueList) -> None:
        """Note `similar_child_held` on the rows of a batch, not written yet, that make such a
        child.
        """
        if not self._before:
            return
        rows = {one.child.id: one for one in placed if one.child and _makes_a_child(one)}
        people = [_person(one) for one in rows.values()]
        for person, pairs in self._found(reading, people).items():
            issues.add(rows[person].row.number, "similar_child_held", count=len(pairs))
            self.pairs += pairs

    def _found(self, reading: Reading, people: Sequence[Person]) -> dict[str, list[Pair]]:
        """Child of a row → its pairs with children who stood there before."""
        # What compares letters is loaded for a list, not with every command.
        from app.matching.alone import alike

        held = compared.namesakes(
            reading, [one.name for one in people if not is_placeholder(one.name)]
        )
        numbered = compared.bearing(reading, {one.personal_id for one in people} - {""})
        found: dict[str, list[Pair]] = {}
        for one in people:
            if is_placeholder(one.name):
                continue
            others = {
                other.id: other
                for other in (*held.get(one.name, ()), *numbered.get(one.personal_id, ()))
                # A child of the same household is told by itself (`twice`).
                if not one.household or other.household != one.household
            }
            pairs = [
                pair
                for pair in alike(one, others.values(), is_placeholder)
                if pair.level <= Level.HIGH
            ]
            if pairs:
                found[one.id] = pairs
        ids = {ent_id for pairs in found.values() for one in pairs for ent_id in _ids(one)}
        stood = importing.written_by(reading, ids, self._before)
        return {
            child: kept
            for child, pairs in found.items()
            if (kept := [one for one in pairs if stood & _ids(one)])
        }


def _makes_a_child(one: Placed) -> bool:
    return one.is_taken and one.child is not None and one.child.is_new


def _person(one: Placed) -> Person:
    child, household = one.child, one.household
    assert child is not None
    values = {**child.said, **one.row.child}
    of_home = {} if household is None else {**household.loaded, **household.said}

    def said(name: str) -> str:
        value = values.get(name)
        return str(value) if isinstance(value, str | int) and name not in child.unread else ""

    return Person(
        child.id,
        **{field: said(name) for field, name in _CHILD.items()},
        head=str(of_home.get("head_name") or ""),
        phone=str(of_home.get("phone") or ""),
        household="" if household is None else household.id,
        village=one.village or "",
        unit=child.owner,
    )


def _ids(one: Pair) -> set[str]:
    return {one.first, one.second}
