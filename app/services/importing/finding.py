"""Which record a row means (3-data.md, "Import").

A key means the same record in the unit before and the unit after (`units_of_rows`). A row is
refused when its key means several records there, or one that this import may not change.

A household by the file's own key, else village and household number, else head and village within
files of one layout. A child by the file's own key, else the very same row imported before, else
household and line, else personal id if exactly one holds it; else it is new, with an id made of the
row, so that two PCs that import one file meet and unnamed twins stay two.

A line of an entry workbook bears a number of its own, by which a corrected name finds its child
again. Empty workbooks are copied, though, and then several children bear one number: it means the
child it was first read for only while two of what tells a child still agree.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.models.queries import importing, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.importing.drafts import Draft
from app.services.importing.file_memory import FileMemory
from app.services.importing.issues import IssueList
from app.services.importing.rows import ParsedRow
from app.text.fold import fold

#: How much of what tells a child has to agree.
_ENOUGH = 2
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids under which a record may be here: as the row's own unit knows it, first the id that a new
    record gets and last the one that the file itself names; and as units before and after do.
    """

    own: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()


@dataclass(slots=True)
class Placed:
    """A row with its child and, where it has one, its household. `child` None: refused.

    `key` is what a new child's id is made of, `child_ids` are the ids under which it may be here;
    so for the household, empty when the row names it by neither key nor number. `village` is empty
    when several have the name; `line_ids` those by the row's number in an entry workbook, for one
    that has such; `namesakes` are villages so called, here or in related units.
    `household_of` is the unit that keeps this row from being imported because of its household,
    `several` those among which nobody can tell whose record is meant.
    """

    row: ParsedRow
    village: str | None
    key: str
    child_ids: Ids
    line_ids: Ids | None = None
    household_key: str = ""
    household_ids: Ids = Ids()
    namesakes: Sequence[str] = ()
    household_of: str = ""
    several: tuple[str, ...] = ()
    household: Draft | None = None
    child: Draft | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the row is imported: it has a child, and not one that was put aside."""
        return self.child is not None and not self.child.hidden

    @property
    def is_barred(self) -> bool:
        """Whether the row's household keeps it from being imported."""
        return bool(self.household_of or self.several)

    @property
    def by_content(self) -> bool:
        """Whether nothing but its own text finds the row's child again: no key, no personal id that
        can be read, no line of a household that is named by key or number.
        """
        row = self.row
        on_line = bool(self.household_key) and isinstance(row.child.get("line_no"), int)
        return not (row.child_key or row.line_key) and row.personal_id is None and not on_line


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
        self._household_ids: dict[tuple[str, str], Ids] = {}
        self.drafts: dict[str, Draft] = {}

    def place(
        self,
        rows: Iterable[ParsedRow],
        villages: Mapping[int, str],
        namesakes: Mapping[int, Sequence[str]],
    ) -> list[Placed]:
        """The rows with their drafts. Row number → village id, and → its namesakes elsewhere."""
        placed = [self._placed(row, villages.get(row.number)) for row in rows]
        for one in placed:
            one.namesakes = namesakes.get(one.row.number, ())
        for entity, ids in (
            ("child", [each for one in placed for each in (one.child_ids, one.line_ids) if each]),
            ("household", [one.household_ids for one in placed]),
        ):
            self._load(entity, [ent_id for each in ids for ent_id in (*each.own, *each.kin)])
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
        if row.line_key:
            placed.line_ids = self._candidates(row, _of_line(row), "")
        household_key = self._household_key(row, village)
        if household_key:
            placed.household_key = household_key
            pair = (row.place.unit, household_key)
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
        # Counted by unit, so that a commune's part of a file is numbered like its own file.
        ordinal = self._memory.ordinal(f"{row.place.unit}/{row.content}")
        return f"row:{_digest(row.content, str(ordinal))}"

    @staticmethod
    def _candidates(row: ParsedRow, key: str, source_key: str) -> Ids:
        place = row.place
        own = tuple(space.id_of(key) for space in place.spaces)
        if len(source_key) == 36 and _UUID.fullmatch(source_key):
            own = (*own, source_key)
        return Ids(own, tuple(space.id_of(key) for space in place.kin))

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
            (village, number)
            for one in placed
            if not one.row.household_key
            and isinstance(number := one.row.household.get("household_no"), str)
            for village in (one.village or "", *one.namesakes)
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
        known = self._known_household(one, one.household_ids)
        if known is None and not one.is_barred and not row.household_key:
            number = str(row.household.get("household_no"))
            here = numbered.get((one.village or "", number), [])
            same = here or [i for v in one.namesakes for i in numbered.get((v, number), ())]
            if len(same) == 1:
                known = self._views["household"][same[0]]
            elif not here and same and row.place.kin:
                # Communes that became one had it each; a household of its own would be one more.
                one.several = tuple(sorted(row.place.line - {row.place.unit}))
        if one.is_barred:
            return None
        return self._draft("household", row, one.household_key, one.household_ids, known)

    def _known_household(self, one: Placed, ids: Ids) -> RecordView | None:
        """The household here. One of a unit before or after the row's bars the row if this import
        may not change it; one that was given to another unit since is not the row's.
        """
        known = self._known("household", ids.own)
        if known is not None:
            return known
        of_kin = [
            view
            for view in self._of_kin("household", ids.kin)
            if view.values.get("owner_unit") in one.row.place.line
        ]
        if len(of_kin) > 1:
            one.several = _owners(of_kin)
        elif of_kin and of_kin[0].values.get("owner_unit") not in self._scope:
            one.household_of = str(of_kin[0].values.get("owner_unit"))
        return of_kin[0] if len(of_kin) == 1 and not one.is_barred else None

    def _loose_household(self, one: Placed) -> Draft | None:
        """The household of a row that names neither key nor number."""
        row, child = one.row, one.child
        if child is not None and "household" in child.loaded:
            view = self._views["household"].get(str(child.loaded["household"]))
            return None if view is None else self._draft("household", row, "", Ids(), view)
        head = row.head or row.household.get("head_name")
        if isinstance(head, str):
            key = f"head:{_digest(self._layout, fold(row.village), fold(head))}"
        elif row.household or one.village:
            key = f"of:{one.key}"
        else:
            return None
        candidates = self._candidates(row, key, "")
        self._load("household", (*candidates.own, *candidates.kin))
        known = self._known("household", candidates.own)
        if known is None:
            # Heads of one name in two former communes are two heads.
            of_kin = self._of_kin("household", candidates.kin)
            only = of_kin[0] if len(of_kin) == 1 else None
            known = only if only and only.values.get("owner_unit") in self._scope else None
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
        self._go_by_line(one)
        known = self._known("child", one.child_ids.own)
        of_kin = [] if known is not None else self._of_kin("child", one.child_ids.kin)
        if len(of_kin) > 1:
            one.several = _owners(of_kin)
        if one.several:
            several, first = ", ".join(one.several), one.several[0]
            self._issues.add(row.number, "kin_several", units=several, first=first)
            return None
        known = next(iter(of_kin), known)
        if known is None and one.household_of:
            self._issues.add(
                row.number, "kin_elsewhere", unit=row.place.unit, held=one.household_of
            )
            return None
        same_line: int | None = None
        if known is None and not row.child_key:
            known, same_line = self._on_line(one, lines)
            known = known or self._holding(row, holders)
        draft = self._draft("child", row, one.key, one.child_ids, known)
        claimed = self._memory.children.first(draft.id, row.number)
        if claimed != row.number:
            self._issues.add(row.number, "doubled_key", first=claimed)
            return None
        if not draft.is_new and self._is_elsewhere(row, draft, bool(of_kin)):
            return None
        # Only of a row that is imported can it be said that its child is kept apart from another.
        if same_line is not None:
            self._issues.add(row.number, "doubled_line", first=same_line)
        self._note_personal_id(row, draft, holders)
        return draft

    def _go_by_line(self, one: Placed) -> None:
        """Let a row be known by its number in an entry workbook where that is its own child's."""
        line = one.line_ids
        if line is None or self._known("child", one.child_ids.own) is not None:
            return
        held = self._known("child", line.own)
        if held is None or _agrees(one.row, held):
            one.key, one.child_ids = _of_line(one.row), line

    def _is_elsewhere(self, row: ParsedRow, draft: Draft, by_kin: bool) -> bool:
        """Whether the child may not be changed for this row, which is then said."""
        place = row.place
        related = draft.owner in place.line
        if draft.owner in self._scope and (related or not by_kin):
            return False
        if related or (by_kin and draft.owner in place.parts):
            self._issues.add(row.number, "kin_elsewhere", unit=place.unit, held=draft.owner)
        else:
            self._issues.add(row.number, "elsewhere")
        return True

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

    def _of_kin(self, entity: str, ids: Sequence[str]) -> list[RecordView]:
        """What the units before and after know by the row's key; what was put aside if it is all
        there is.
        """
        found = [self._views[entity][one] for one in ids if one in self._views[entity]]
        return [one for one in found if not one.hidden] or found[:1]

    def _draft(
        self, entity: str, row: ParsedRow, key: str, ids: Ids, known: RecordView | None
    ) -> Draft:
        if known is not None and entity == "household" and known.hidden:
            # Joined to another household since: the row means that one now.
            into = str(known.values.get("merged_into", ""))
            self._load(entity, [into] if into else [])
            known = self._views[entity].get(into, known)
        ent_id = ids.own[0] if known is None else known.id
        draft = self.drafts.get(ent_id)
        if draft is not None:
            return draft
        if known is None:
            draft = Draft(entity, ent_id, row.owner, key=row.place.spaces[0].key(key))
        else:
            owner = str(known.values.get("owner_unit", ""))
            draft = Draft(
                entity, ent_id, owner, None, known.values, known.heads, hidden=known.hidden
            )
        if entity == "household":
            draft.seen_before = self._memory.households.count(ent_id) > 0
        self.drafts[ent_id] = draft
        return draft


def _of_line(row: ParsedRow) -> str:
    return f"line:{row.line_key}"


def _agrees(row: ParsedRow, held: RecordView) -> bool:
    """Whether a row still speaks of a child: two of its name, its birth, its id, its parents."""

    def same(name: str) -> bool:
        said, known = row.child.get(name), held.values.get(name)
        return isinstance(said, str) and isinstance(known, str) and fold(said) == fold(known)

    parents = same("mother_name") or same("father_name")
    return sum(map(same, ("full_name", "birth_date", "personal_id"))) + parents >= _ENOUGH


def _owners(views: Iterable[RecordView]) -> tuple[str, ...]:
    return tuple(sorted({str(one.values.get("owner_unit", "")) for one in views}))


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
