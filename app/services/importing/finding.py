"""Which record a row means (3-data.md, "Import").

A household by the file's own key, else village and household number, else head and village within
files of one layout. A child by the file's own key, else the very same row imported before, else
household and line, else personal id if exactly one holds it; else it is new, with an id made of the
row, so that two PCs that import one file meet and unnamed twins stay two.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.ids import derived_id
from app.models.queries import importing, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.importing.drafts import Draft
from app.services.importing.file_memory import FileMemory
from app.services.importing.issues import IssueList
from app.services.importing.rows import ParsedRow
from app.text.fold import fold

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(slots=True)
class Placed:
    """A row with its child and, where it has one, its household. `child` None: refused.

    `key` is what a new child's id is made of, `child_ids` are the ids under which it may be here;
    so for the household, empty when the row names it by neither key nor number.
    """

    row: ParsedRow
    village: str | None
    key: str
    child_ids: list[str]
    household_key: str = ""
    household_ids: list[str] = field(default_factory=list)
    household: Draft | None = None
    child: Draft | None = None

    @property
    def by_content(self) -> bool:
        """Whether nothing but its own text finds the row's child again: no key, no personal id that
        can be read, no line of a household that is named by key or number.
        """
        row = self.row
        on_line = bool(self.household_key) and isinstance(row.child.get("line_no"), int)
        return not row.child_key and row.personal_id is None and not on_line


class Finder:
    """Finds the records of the rows of one batch."""

    def __init__(
        self,
        reading: Reading,
        scope: frozenset[str],
        layout: str,
        memory: FileMemory,
        issues: IssueList,
    ) -> None:
        self._reading = reading
        self._scope = scope
        self._layout = layout
        self._memory = memory
        self._issues = issues
        self._views: dict[str, dict[str, RecordView]] = {"household": {}, "child": {}}
        self._household_ids: dict[tuple[str, str], list[str]] = {}
        self.drafts: dict[str, Draft] = {}

    def place(self, rows: Iterable[ParsedRow], villages: Mapping[int, str]) -> list[Placed]:
        """The rows with their drafts. `villages`: row number → village id."""
        placed = [self._placed(row, villages.get(row.number)) for row in rows]
        self._load("child", [ent_id for one in placed for ent_id in one.child_ids])
        self._load("household", [ent_id for one in placed for ent_id in one.household_ids])
        numbered = self._numbered(placed)
        for one in placed:
            one.household = self._household(one, numbered)
        lines = self._lines(placed)
        holders = self._holders(placed)
        for one in placed:
            one.child = self._child(one, lines, holders)
        self._load_households_of_children(placed)
        for one in placed:
            if one.child is not None and one.household is None:
                one.household = self._loose_household(one)
        return placed

    # --- ids --------------------------------------------------------------------------------

    def _placed(self, row: ParsedRow, village: str | None) -> Placed:
        key = self._row_key(row)
        placed = Placed(row, village, key, self._candidates(row, key, row.child_key))
        household_key = self._household_key(row, village)
        if household_key:
            placed.household_key = household_key
            pair = (row.owner, household_key)
            ids = self._household_ids.get(pair)
            if ids is None:
                ids = self._candidates(row, household_key, row.household_key)
                self._household_ids[pair] = ids
            placed.household_ids = ids
        return placed

    def _row_key(self, row: ParsedRow) -> str:
        """What the child's id is made of when the row turns out to be a new one."""
        if row.child_key:
            return f"src:child:{row.child_key}"
        ordinal = self._memory.ordinal(row.content)
        return f"row:{_digest(row.content, str(ordinal))}"

    @staticmethod
    def _candidates(row: ParsedRow, key: str, source_key: str) -> list[str]:
        """Ids under which the record may be here, first the one a new record would get: under its
        owner; under a former unit, from before the unit changed; the id that the file itself names.
        """
        found = [derived_id(row.owner, key)]
        if row.unit != row.owner:
            found.append(derived_id(row.unit, key))
        if len(source_key) == 36 and _UUID.fullmatch(source_key):
            found.append(source_key)
        return found

    def _load(self, entity: str, ids: Iterable[str]) -> None:
        views = self._views[entity]
        missing = {one for one in ids if one not in views}
        if missing:
            views.update(register.records(self._reading, entity, missing))

    @staticmethod
    def _household_key(row: ParsedRow, village: str | None) -> str:
        if row.household_key:
            return f"src:household:{row.household_key}"
        number = row.household.get("household_no")
        if isinstance(number, str):
            return f"no:{village or ''}:{number}"
        return ""

    # --- households -------------------------------------------------------------------------

    def _numbered(self, placed: list[Placed]) -> dict[tuple[str, str], list[str]]:
        wanted = {
            (one.village or "", number)
            for one in placed
            if not one.row.household_key
            and isinstance(number := one.row.household.get("household_no"), str)
        }
        if not wanted:
            return {}
        found = importing.numbered_households(
            self._reading,
            self._scope,
            {village for village, _ in wanted},
            {number for _, number in wanted},
        )
        found = {pair: ids for pair, ids in found.items() if pair in wanted}
        self._load("household", [one for ids in found.values() for one in ids])
        return found

    def _household(
        self, one: Placed, numbered: Mapping[tuple[str, str], list[str]]
    ) -> Draft | None:
        row = one.row
        if not one.household_key:
            return None
        known = self._known("household", one.household_ids)
        if known is None and not row.household_key:
            number = row.household.get("household_no")
            same = numbered.get((one.village or "", str(number)), [])
            if len(same) == 1:
                known = self._views["household"][same[0]]
        return self._draft("household", row, one.household_key, one.household_ids, known)

    def _loose_household(self, one: Placed) -> Draft | None:
        """The household of a row that names neither key nor number."""
        row, child = one.row, one.child
        if child is not None and "household" in child.loaded:
            view = self._views["household"].get(str(child.loaded["household"]))
            return None if view is None else self._draft("household", row, "", [], view)
        head = row.household.get("head_name")
        if isinstance(head, str):
            key = f"head:{_digest(self._layout, fold(row.village), fold(head))}"
        elif row.household or one.village:
            key = f"of:{one.key}"
        else:
            return None
        candidates = self._candidates(row, key, "")
        self._load("household", candidates)
        known = self._known("household", candidates)
        return self._draft("household", row, key, candidates, known)

    def _load_households_of_children(self, placed: list[Placed]) -> None:
        self._load(
            "household",
            {
                household
                for one in placed
                if one.child is not None
                and one.household is None
                and isinstance(household := one.child.loaded.get("household"), str)
            },
        )

    # --- children ---------------------------------------------------------------------------

    def _lines(self, placed: list[Placed]) -> dict[tuple[str, int], list[str]]:
        households = {
            one.household.id
            for one in placed
            if not one.row.child_key
            and one.household is not None
            and not one.household.is_new
            and "line_no" in one.row.child
        }
        found = importing.lines_of_households(self._reading, households) if households else {}
        self._load("child", [one for ids in found.values() for one in ids])
        return found

    def _holders(self, placed: list[Placed]) -> dict[str, list[str]]:
        personal_ids = {
            personal_id for one in placed if (personal_id := one.row.personal_id) is not None
        }
        if not personal_ids:
            return {}
        found = importing.holders_of_personal_ids(self._reading, self._scope, personal_ids)
        self._load("child", [ids[0] for ids in found.values() if len(ids) == 1])
        return found

    def _child(
        self,
        one: Placed,
        lines: Mapping[tuple[str, int], list[str]],
        holders: Mapping[str, list[str]],
    ) -> Draft | None:
        row = one.row
        known = self._known("child", one.child_ids)
        same_line: int | None = None
        if known is None and not row.child_key:
            known, same_line = self._on_line(one, lines)
            known = known or self._holding(row, holders)
        draft = self._draft("child", row, one.key, one.child_ids, known)
        claimed = self._memory.children.first(draft.id, row.number)
        if claimed != row.number:
            self._issues.add(row.number, "doubled_key", first=claimed)
            return None
        if not draft.is_new and draft.owner not in self._scope:
            self._issues.add(row.number, "elsewhere")
            return None
        # Only of a row that is imported can it be said that its child is kept apart from another.
        if same_line is not None:
            self._issues.add(row.number, "doubled_line", first=same_line)
        self._note_personal_id(row, draft, holders)
        return draft

    def _on_line(
        self, one: Placed, lines: Mapping[tuple[str, int], list[str]]
    ) -> tuple[RecordView | None, int | None]:
        """The child on the row's line; when an earlier row of the file was that child, its row."""
        line = one.row.child.get("line_no")
        if one.household is None or not isinstance(line, int):
            return None, None
        same = lines.get((one.household.id, line), [])
        if len(same) != 1:
            return None, None
        first = self._memory.children.get(same[0])
        return (self._views["child"][same[0]], None) if first is None else (None, first)

    def _holding(self, row: ParsedRow, holders: Mapping[str, list[str]]) -> RecordView | None:
        same = holders.get(row.personal_id or "", [])
        # Somebody who was already met in this file is another child with the same number.
        if len(same) != 1 or self._memory.children.get(same[0]) is not None:
            return None
        return self._views["child"][same[0]]

    def _note_personal_id(
        self, row: ParsedRow, draft: Draft, holders: Mapping[str, list[str]]
    ) -> None:
        """Say that another child has the number: one of this file, or of the register when the
        number is new to this child.
        """
        personal_id = row.personal_id
        if personal_id is None:
            return
        first = self._memory.personal_ids.first(personal_id, row.number)
        if first != row.number:
            self._issues.add(row.number, "doubled_personal_id", first=first)
        elif draft.loaded.get("personal_id") != personal_id and any(
            one != draft.id for one in holders.get(personal_id, ())
        ):
            self._issues.add(row.number, "held_personal_id")

    # --- drafts -----------------------------------------------------------------------------

    def _known(self, entity: str, ids: Sequence[str]) -> RecordView | None:
        views = self._views[entity]
        # From behind: a record that the file names by its own id comes before all others.
        return next((views[one] for one in reversed(ids) if one in views), None)

    def _draft(
        self, entity: str, row: ParsedRow, key: str, ids: list[str], known: RecordView | None
    ) -> Draft:
        if known is not None and entity == "household" and known.hidden:
            # Joined to another household since: the row means that one now.
            into = str(known.values.get("merged_into", ""))
            self._load(entity, [into] if into else [])
            known = self._views[entity].get(into, known)
        ent_id = ids[0] if known is None else known.id
        draft = self.drafts.get(ent_id)
        if draft is not None:
            return draft
        if known is None:
            draft = Draft(entity, ent_id, row.owner, key=key)
        else:
            owner = str(known.values.get("owner_unit", ""))
            draft = Draft(
                entity, ent_id, owner, None, known.values, known.heads, hidden=known.hidden
            )
        if entity == "household":
            draft.seen_before = self._memory.households.count(ent_id) > 0
        self.drafts[ent_id] = draft
        return draft


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
