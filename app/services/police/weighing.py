"""Weighing the rows of an answered file against the register as it stands.

A row concerns the child of its code and no other; what it says is judged by the one validator on
the record as it would be. Refuses what the register could not hold or what is not of this list, and
leaves to a person whatever may be about somebody else or overwrites somebody's work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from app.forms.context import Holders
from app.forms.derived import filled_in, name_status
from app.forms.field_types import FieldProblem, field_type
from app.forms.issues import Issue, Value
from app.forms.validator import validate
from app.history.merge_groups import group_of
from app.i18n import error_text
from app.ids import derived_id
from app.models import doubled, police_lists
from app.models.police_lists import ListRow, StoredList
from app.models.queries import register
from app.models.queries.police import children_now
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.undecided import open_groups
from app.services.police.answer_file import FileRow
from app.services.police.answered_row import AnsweredRow, Difference, Verdict, Why
from app.services.police.codes import begins, read_code
from app.services.police.defects import PERSONAL_ID, answered_fields, shown
from app.services.police.gathering import HOUSEHOLD_NO, VILLAGE, printed_values
from app.services.police.judging import Judged
from app.services.police.remarks import MOST_BYTES, is_mark, note_key, note_words
from app.services.police.sheet import REMARK, cell_of
from app.services.surroundings import Frame, child_context, frame_of, parted_holders
from app.services.workplace import Progress, Workplace
from app.text.normalize import clean
from app.text.old_fonts import is_old_font
from app.workbooks.cells import cell_text

_NAMING = ("full_name", "birth_date")
_LOST_ZEROS = "forms.problem.pid_lost_zero"
#: Its sentence speaks to whoever types into the form.
_NOT_LISTED = "forms.problem.code_unknown"


class Weigher:
    """Weighs the rows of one file, in one view of the store."""

    def __init__(
        self,
        workplace: Workplace,
        reading: Reading,
        of: StoredList,
        texts: Mapping[str, str],
        taken: Callable[[AnsweredRow], bool],
    ) -> None:
        self._workplace, self._reading, self._of, self._texts = workplace, reading, of, texts
        self._taken = taken
        self._rows = {one.code: one for one in police_lists.rows_of(reading, of.id)}
        self._fields = answered_fields(workplace.catalogue.newest("child"))
        self._units = frozenset(workplace.scope_units(of.unit))
        said = police_lists.outcomes(reading)
        self._answered = {code for by_row in said.values() for code in by_row}
        #: Whether the signed paper came back after a file of its answers had been applied.
        self._closed = of.back is not None and any(
            one.list == of.id and one.undone is None and one.read <= of.back.received
            for one in police_lists.answers(reading)
        )
        #: Child → the personal id that the answers take from it.
        self._leaving: dict[str, str] = {}
        #: Personal id → the places of the rows that were judged by who carries it.
        self._leans: dict[str, set[int]] = defaultdict(set)
        #: Personal id → who carries it in the register, with their unit.
        self._held: dict[str, list[tuple[str, str]]] = {}
        #: The place of the row that is being weighed.
        self._at = 0
        #: The children of the file's rows with what they are judged beside, read in bulk.
        self._children: Mapping[str, RecordView] = {}
        self._homes: Mapping[str, RecordView] = {}
        self._parts: Mapping[str, list[RecordView]] = {}
        self._of_home: dict[str, list[RecordView]] = {}
        #: How many rows of the file have a code, and how many give a child an id.
        self._codes: Counter[str | None] = Counter()
        self._ids: Counter[Value] = Counter()

    @cached_property
    def _frame(self) -> Frame:
        return frame_of(self._workplace, self._reading)

    @cached_property
    def _counted(self) -> set[str]:
        return children_now(self._reading, self._units, self._workplace.today())

    def rows_of_list(self) -> Collection[str]:
        """The codes of the rows of the list."""
        return self._rows.keys()

    def weigh(self, rows: Sequence[FileRow], progress: Progress) -> list[AnsweredRow]:
        """Every row of the file in its order; one that says the same twice once. Raises Cancelled.

        An id that two children of the list exchange is free as soon as the other one's answer is
        applied too: weighed until nothing leans on an answer that is not.
        """
        read = _once(rows)
        self._read_children(read)
        self._codes = Counter(read_code(one.code) for one in read)
        given = [value for value in map(self._new_id, read) if value is not None]
        self._ids = Counter(given)
        self._leaving = {}
        self._leans = defaultdict(set)
        # A row that gives an id may be weighed again twice: with what others free, and without.
        most = len(read) + 2 * len(given)
        found: list[AnsweredRow] = []
        for at, one in enumerate(read):
            found.append(self._row_at(at, one))
            progress.step(at + 1, most)
        self._exchange(read, found, lambda more: progress.step(min(len(read) + more, most), most))
        return found

    def _exchange(
        self, read: Sequence[FileRow], found: list[AnsweredRow], step: Callable[[int], None]
    ) -> None:
        """Weigh again what may take an id that another answer frees.

        Every id that an answer would take away counts as free at first; of an answer that even so
        is not applied it is not, and then only the rows are weighed again that were judged by who
        carries that id. So a chain of answers, each with the id of the next child, takes as many
        weighings as it has rows, and not its square.
        """
        self._leaving = {
            one.child: old for one in found if (old := self._gives_up(one, proposed=True))
        }
        stale = self._leaning_on(found, self._leaving)
        look: Collection[int] = range(len(found))
        weighed = 0
        while True:
            for at in sorted(stale):
                found[at] = self._row_at(at, read[at])
                weighed += 1
                step(weighed)
            # A child has one row on a list; rows of one code that differ change nothing.
            kept = {
                one.child: self._leaving.pop(one.child)
                for one in [found[at] for at in look]
                if one.child in self._leaving and not self._gives_up(one)
            }
            if not kept:
                return
            look = stale = self._leaning_on(found, kept)

    def _leaning_on(self, found: Sequence[AnsweredRow], held: Mapping[str, str]) -> set[int]:
        """The rows that were judged by whether these children (child → id) keep their ids; a child
        is not in its own way.
        """
        return {
            at for child, one in held.items() for at in self._leans[one] if found[at].child != child
        }

    def _row_at(self, at: int, one: FileRow) -> AnsweredRow:
        self._at = at
        return self._row(one)

    def _read_children(self, rows: Sequence[FileRow]) -> None:
        codes = (read_code(one.code) for one in rows if not one.is_blank)
        ids = [listed.child for code in codes if (listed := self._rows.get(code or ""))]
        reading = self._reading
        self._children = register.records(reading, "child", ids)
        homes = {str(one.values.get("household") or "") for one in self._children.values()}
        self._homes = register.records(reading, "household", homes - {""})
        self._parts = register.belonging_to(reading, ids)

    def _new_id(self, one: FileRow) -> Value:
        text = one.answers.get(PERSONAL_ID, "")
        return self._read(PERSONAL_ID, text, fault=False)[0] if text else None

    def _gives_up(self, row: AnsweredRow, *, proposed: bool = False) -> str:
        """The id that a row takes from its child if it is applied, "" for none; with `proposed` of
        one that is refused as well.
        """
        applied = row.verdict is Verdict.CHANGES or self._taken(row)
        if not applied and not (proposed and row.verdict is Verdict.REFUSED):
            return ""
        if all(one.field != PERSONAL_ID for one in row.differences):
            return ""
        return str(self._children[row.child].values.get(PERSONAL_ID) or "")

    # --- one row ----------------------------------------------------------------------------

    def _row(self, one: FileRow) -> AnsweredRow:
        code = read_code(one.code)
        row = AnsweredRow(
            one.number, one.sheet, code or one.code, Verdict.REFUSED, hidden=one.hidden
        )
        listed = None if code is None else self._rows.get(code)
        if listed is None:
            return replace(row, refused=(self._unknown(one, code),))
        row = replace(row, child=listed.child, household=listed.household)
        if listed.printed is None:
            return replace(row, refused=(Why("erased"),))
        printed = listed.printed
        row = replace(
            row,
            name=printed.get("full_name", ""),
            birth=printed.get("birth_date", ""),
            village=printed.get(VILLAGE, ""),
            household_no=printed.get(HOUSEHOLD_NO, ""),
        )
        if self._codes[code] > 1:
            return replace(row, refused=(Why("twice"),))
        if one.is_blank:
            return replace(row, verdict=Verdict.BLANK)
        child = self._children.get(listed.child)
        if child is None or child.hidden:
            return replace(row, refused=(Why("gone"),))
        if child.values.get("owner_unit") not in self._units:
            return replace(row, refused=(Why("moved"),))
        return self._judged(row, one, listed, child)

    def _unknown(self, one: FileRow, code: str | None) -> Why:
        if not one.code:
            return Why("no_code")
        if code is not None and begins(code) != begins(self._of.code):
            return Why("other_list")
        return Why("unknown_code")

    def _judged(
        self,
        row: AnsweredRow,
        one: FileRow,
        listed: ListRow,
        child: RecordView,
    ) -> AnsweredRow:
        printed = listed.printed or {}
        refused: list[Why] = []
        differences: list[Difference] = []
        confirmed: list[str] = []
        for name, text in one.answers.items():
            if not text and name not in one.faults:
                continue
            value, restored, problem = self._read(name, text, fault=name in one.faults)
            if problem is not None:
                refused.append(problem)
            elif value == child.values.get(name):
                confirmed.append(name)
            else:
                found = self._difference(name, value, restored, printed, child)
                differences.append(replace(found, raw=one.old.get(name, "")))
        if one.not_here and not is_mark(one.not_here):
            refused.append(Why("mark", {"column": self._texts["cell.not_here"]}))
        if len(one.remark.encode()) > MOST_BYTES:
            refused.append(Why("long_remark"))
        row = replace(
            row,
            differences=tuple(differences),
            confirmed=tuple(confirmed),
            not_here=bool(one.not_here),
            remark=clean(one.remark),
            raw_remark=one.old.get(REMARK, ""),
        )
        judged = Judged(row, self.label)
        if differences or confirmed:
            judged.look(self._issues(child, {}), self._issues(child, _values(differences)))
        refused += judged.refused
        refused += self._undecided(child, differences)
        refused += self._about_the_id(child, differences)
        row = replace(row, settles=tuple(judged.settles))
        if refused:
            return replace(row, refused=tuple(refused), settles=())
        doubts = (
            *self._identity(one, listed, child, row),
            *self._as_written(one, row),
            *judged.doubts,
        )
        return self._decided(row, child, doubts)

    def _decided(self, row: AnsweredRow, child: RecordView, doubts: Sequence[Why]) -> AnsweredRow:
        noted = bool(row.not_here or row.remark) and not self._note_is_there(row, child)
        writes = bool(row.differences or row.settles or noted)
        if not writes and row.code in self._answered:
            return replace(row, verdict=Verdict.SAME)
        if doubts and (writes or row.confirmed):
            return replace(row, verdict=Verdict.DOUBTFUL, doubts=tuple(doubts))
        if row.differences:
            return replace(row, verdict=Verdict.CHANGES)
        return replace(row, verdict=Verdict.CONFIRMS if row.confirmed else Verdict.NOTES)

    # --- what an answer says ----------------------------------------------------------------

    def _read(self, name: str, text: str, *, fault: bool) -> tuple[Value, bool, Why | None]:
        """A cell's value; whether zeros were put back; why it cannot be read."""
        field = self._fields[name]
        column = self._texts[f"cell.{name}"]
        if fault:
            return None, False, Why("fault", {"column": column})
        try:
            value = field_type(field, self._workplace.today().year).parse(text)
        except FieldProblem as problem:
            if problem.message_id == _LOST_ZEROS and problem.proposal is not None:
                return problem.proposal, True, None
            if problem.message_id == _NOT_LISTED:
                return None, False, Why("not_listed", {"column": column})
            sentence = error_text(problem).partition("\n")[0]
            return None, False, Why("unreadable", {"column": column, "sentence": sentence})
        if isinstance(value, str) and is_old_font(value):
            return None, False, Why("unknown_font", {"column": column})
        return value, False, None

    def _difference(
        self,
        name: str,
        value: Value,
        restored: bool,
        printed: Mapping[str, str],
        child: RecordView,
    ) -> Difference:
        field = self._fields[name]
        issued, now = printed.get(name), child.values.get(name)
        return Difference(
            name,
            self._texts[f"cell.{name}"],
            shown(field, issued),
            shown(field, now),
            shown(field, value),
            value,
            edited=issued != (None if now is None else str(now)),
            restored=restored,
        )

    def _issues(self, child: RecordView, changed: Mapping[str, Value]) -> list[Issue]:
        """What the validator says of the child itself, as it would be."""
        reading, frame = self._reading, self._frame
        values = {**child.values, **changed}
        values |= named(values, changed)
        template = frame.template_for("child", values)
        values |= filled_in(template, values, self._workplace.today())
        owner = str(values.get("owner_unit") or frame.unit)
        home = str(values.get("household") or "")
        household = self._homes.get(home)
        if home not in self._of_home:
            self._of_home[home] = register.children_of(reading, home)
        siblings = [one.values for one in self._of_home[home] if one.id != child.id]
        known = self._parts.get(child.id, [])

        def staying(number: str) -> Holders:
            self._leans[number].add(self._at)
            if number not in self._held:
                self._held[number] = register.holders_of_personal_id(reading, number)
            # Who was called one child with it is no other.
            same = doubled.one_child_with(reading, child.id) if self._held[number] else set[str]()
            stay = [
                one
                for one in self._held[number]
                if one[0] not in same and self._leaving.get(one[0]) != number
            ]
            return parted_holders(frame, owner, stay)

        context = child_context(
            frame,
            child.id,
            {} if household is None else household.values,
            siblings,
            known,
            owner,
            staying,
        )
        found = validate(template, values, context)
        return [one for one in found if not one.entity]

    # --- what a person has to look at -------------------------------------------------------

    def _identity(
        self, one: FileRow, listed: ListRow, child: RecordView, row: AnsweredRow
    ) -> list[Why]:
        """Whether the row is about this child, as it stands now."""
        printed = listed.printed or {}
        doubts: list[Why] = []
        touched = [
            self._texts[f"cell.{name}"]
            for name, text in one.printed.items()
            if not self._as_issued(name, text, printed)
        ]
        if touched:
            doubts.append(Why("printed", {"columns": ", ".join(touched)}))
        now = printed_values(child.values, self._fields)
        answered = {difference.field for difference in row.differences} | {*row.confirmed}
        other = [
            self._texts[f"cell.{name}"]
            for name in _NAMING
            if name not in answered and now.get(name) != printed.get(name)
        ]
        if other:
            doubts.append(Why("other_child", {"columns": ", ".join(other)}))
        edited = [difference.label for difference in row.differences if difference.edited]
        if edited:
            doubts.append(Why("edited", {"columns": ", ".join(edited)}))
        if child.id not in self._counted:
            doubts.append(Why("not_followed"))
        if self._closed:
            doubts.append(Why("after_back"))
        return doubts

    def _as_written(self, one: FileRow, row: AnsweredRow) -> list[Why]:
        """Whether the file holds what was typed: another program may have made something of it."""
        doubts: list[Why] = []
        turned = [self.label(name) for name in one.answers if name in one.turned]
        if turned:
            doubts.append(Why("day_or_month", {"columns": ", ".join(turned)}))
        # What says in its converted form what the register says needs nobody to look at it.
        old = [name for name in one.old if name not in row.confirmed]
        if old:
            doubts.append(Why("old_font", {"columns": ", ".join(map(self.label, old))}))
        return doubts

    def _as_issued(self, name: str, text: str, printed: Mapping[str, str]) -> bool:
        """Whether a printed cell still says what was printed; a spreadsheet may have written it
        anew, as a number or a date.
        """
        field, stored = self._fields[name], printed.get(name)
        expected = cell_text(cell_of(name, field, printed))
        if clean(text).casefold() == clean(expected).casefold():
            return True
        try:
            return field_type(field).parse(text) == stored
        except FieldProblem as problem:
            return stored is not None and problem.proposal == stored

    def _undecided(self, child: RecordView, differences: Sequence[Difference]) -> list[Why]:
        """What two people wrote differently is decided on its own page first."""
        if not child.conflicts or not differences:
            return []
        asked = open_groups(self._reading, [child.id]).get(("child", child.id), set())
        of = group_of("child")
        named = [one.label for one in differences if of.get(one.field, one.field) in asked]
        return [Why("conflict", {"columns": ", ".join(named)})] if named else []

    def _about_the_id(self, child: RecordView, differences: Sequence[Difference]) -> list[Why]:
        """Whether another row of the file gives its child the same new id, and whether zeros were
        put back that nothing else of the child bears out.
        """
        found = next((one for one in differences if one.field == PERSONAL_ID), None)
        if found is None:
            return []
        why = [Why("id_twice")] if self._ids[found.value] > 1 else []
        known = {**child.values, **_values(differences)}
        if found.restored and not (known.get("sex") and known.get("birth_date")):
            why.append(Why("lost_zero_unsure", {"column": found.label}))
        return why

    def _note_is_there(self, row: AnsweredRow, child: RecordView) -> bool:
        words = note_words(self._of, row, self._texts)
        key = note_key(row.code, words)
        return register.record(self._reading, "note", derived_id(child.id, key)) is not None

    def label(self, name: str) -> str:
        """What a column is called."""
        return self._texts.get(f"cell.{name}", name)


def named(values: Mapping[str, Value], changed: Collection[str]) -> dict[str, Value]:
    """What goes with a name that the police wrote: whether it is an official one."""
    return {"name_status": name_status(values)} if "full_name" in changed else {}


def _values(differences: Sequence[Difference]) -> dict[str, Value]:
    return {one.field: one.value for one in differences}


def _once(rows: Sequence[FileRow]) -> list[FileRow]:
    """The rows; of several with one code that say the same the first."""
    found: list[FileRow] = []
    seen: set[tuple[object, ...]] = set()
    for one in rows:
        said = (
            one.code,
            tuple(sorted(one.printed.items())),
            tuple(sorted(one.answers.items())),
            one.not_here,
            one.remark,
        )
        if one.code and said in seen:
            continue
        seen.add(said)
        found.append(one)
    return found
