"""A batch of rows becomes changes of records: what is new, what differs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from app.forms import derived
from app.forms.catalogue import stamp_for
from app.forms.issues import Value
from app.forms.schema import Template
from app.forms.sensitivity import Masks
from app.history.merge_groups import group_of
from app.models.queries import importing
from app.models.queries.importing import Held, Writing
from app.models.undecided import Record, open_groups
from app.models.work import Change, UnitOfWork
from app.services.importing.drafts import Draft, is_news
from app.services.importing.file_memory import FileMemory
from app.services.importing.finding import Finder, Placed
from app.services.importing.issues import Because, IssueList
from app.services.importing.rows import ParsedRow
from app.services.importing.similar import SimilarChildren
from app.services.importing.twice import tell_of_twice
from app.services.importing.unread import Unread, is_sound
from app.services.importing.unseen_cells import leave_out
from app.services.importing.villages import AMBIGUOUS, VillageBook

#: Rows looked up and written together. A commune's whole register fits, so that a household whose
#: children stand far apart in the file still gets one operation.
BATCH_ROWS = 4000


class Outcome(Enum):
    """What a row did to its child or household."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(slots=True)
class Tally:
    """What an import came to, counted over batches. `kept` are fields in which the register is
    ahead of the file and was left as it is; `accepted` cells whose proposal was confirmed;
    `by_content` rows that only their own text tells from others;
    `undecided` cells left out because two people wrote two values and nobody has chosen.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    households_created: int = 0
    operations: int = 0
    kept: int = 0
    accepted: int = 0
    by_content: int = 0
    undecided: int = 0


class BatchWriter:
    """Writes the batches of one file, in one transaction and one act."""

    def __init__(
        self,
        work: UnitOfWork,
        act: str,
        scope: frozenset[str],
        layout: str,
        titles: Mapping[str, str],
        issues: IssueList,
        form_for: Callable[[str, Mapping[str, object]], Template],
        masks: Masks | None,
        *,
        takes_slips: bool = False,
    ) -> None:
        """`titles`: `entity.field` (and `village`) → title of its column, for issues. `form_for`
        gives the template that a record with these values is saved with. `masks`: what whoever
        imports may not see of level A; None for one who may see it. `takes_slips`: villages whose
        names differ by one slip from those in the register are meant to be these.
        """
        self._work = work
        self._act = act
        self._scope = scope
        self._layout = layout
        self._titles = titles
        self._issues = issues
        self._memory = FileMemory()
        self._villages = VillageBook(work.connection)
        self.similar = SimilarChildren(work.connection)
        self._rounds: dict[str, str] | None = None
        self._form_for = form_for
        self._forms: dict[tuple[str, Value], Template] = {}
        self._masks = masks
        self._takes_slips = takes_slips
        #: Record of this batch → what of it is in open conflict.
        self._undecided: dict[Record, set[str]] = {}
        #: Child of this batch → the row it stands in.
        self._row_of: dict[str, int] = {}
        self.tally = Tally()

    def write(self, rows: Sequence[ParsedRow]) -> None:
        """Find, compare and record the rows of a batch."""
        reading = self._work.connection
        rows = [row for row in rows if self._names_its_village(row)]
        villages = self._villages_of(rows)
        self._look_up_rounds(rows)
        finder = Finder(reading, self._scope, self._layout, self._memory, self._issues)
        placed = finder.place(rows, villages, self._namesakes_of(rows))
        if self._masks is not None:
            leave_out(placed, self._masks, self._issues, self._title)
        for one in placed:
            self._say(one)
        tell_of_twice(reading, placed, self._memory, self._issues)
        self.similar.tell(reading, placed, self._issues)
        # A household of which only refused rows spoke is not made.
        spoken = {one.household.id for one in placed if one.is_taken and one.household}
        drafts = [
            one
            for one in finder.drafts.values()
            if one.entity == "child" or not one.is_new or one.id in spoken
        ]
        self._row_of = {one.child.id: one.row.number for one in placed if one.child}
        self._drop_old_news(drafts)
        self._say_unread(placed)
        circumstances = self._circumstances(placed)
        changes = [*self._villages.take_new(_villages_in_use(placed, drafts))]
        changes += [c for d in drafts if d.entity == "household" and (c := self._change(d))]
        for draft in drafts:
            if draft.entity == "child":
                if draft.id in circumstances and draft.loaded.get("circumstance_answer") != "some":
                    draft.said.setdefault("circumstance_answer", "some")
                change = self._change(draft)
                changes += [] if change is None else [change]
                # Right behind the child: its owner is then known without asking the store.
                changes += circumstances.get(draft.id, ())
        done = self._work.record_many(changes, act=self._act)
        self.tally.operations += sum(1 for one in done if one.op_id is not None)
        self._count(placed, drafts, circumstances)

    # --- what rows say ----------------------------------------------------------------------

    def _names_its_village(self, row: ParsedRow) -> bool:
        """Whether the village of a row can be told. With one slip in its name the row waits: taken
        as it is written it would make a second village.
        """
        meant = self._villages.slip(row.place, row.village) if row.village else ""
        if not meant:
            return True
        if self._takes_slips:
            row.village = meant
            self.tally.accepted += 1
            return True
        self._issues.propose_village(
            row.number, self._titles.get("village", ""), row.village, meant
        )
        self.tally.refused += 1
        return False

    def _villages_of(self, rows: Iterable[ParsedRow]) -> dict[int, str]:
        book = self._villages
        return {row.number: book.id_of(row.place, row.village) for row in rows if row.village}

    def _namesakes_of(self, rows: Iterable[ParsedRow]) -> dict[int, list[str]]:
        """Only a household that is named by its number is looked for by its village."""
        return {
            row.number: self._villages.namesakes(row.place, row.village)
            for row in rows
            if row.village and not row.household_key
        }

    def _look_up_rounds(self, rows: Iterable[ParsedRow]) -> None:
        """`survey_round` is named in files and stored as the round's id. Where no round is known
        yet its name is taken as it stands, as the form does.
        """
        for row in rows:
            named = row.household.get("survey_round")
            if not isinstance(named, str) or "household.survey_round" in row.unread:
                continue
            if self._rounds is None:
                self._rounds = importing.rounds_by_name(self._work.connection)
            if named in self._rounds:
                row.household["survey_round"] = self._rounds[named]
            elif self._rounds and named not in self._rounds.values():
                title = self._titles.get("household.survey_round", "")
                unknown = Because("forms.problem.code_unknown", {})
                row.unread["household.survey_round"] = Unread(title, named, unknown, issue="round")

    def _say(self, one: Placed) -> None:
        row, child, household = one.row, one.child, one.household
        if child is None:
            return
        if child.hidden:
            self._issues.add(row.number, "set_aside")
            return
        child.said = row.child
        child.unread = row.unread_of("child")
        if household is not None:
            child.said["household"] = household.id
            self._say_household(one, household)
        elif one.village == AMBIGUOUS:
            self._say_ambiguous(row)
        if row.circumstances == ():
            child.said.setdefault("circumstance_answer", "none")
        elif row.circumstances and child.is_new:
            child.said.setdefault("circumstance_answer", "some")

    def _say_household(self, one: Placed, household: Draft) -> None:
        row = one.row
        if not household.is_new and household.owner not in self._scope:
            unread = row.unread_of("household")
            if any(
                household.loaded.get(name) != value and name not in unread
                for name, value in row.household.items()
            ):
                self._issues.add(row.number, "household_elsewhere")
            return
        if household.hidden:
            return
        said = dict(row.household)
        if one.village is not None:
            village = one.village
            if not household.is_new:
                now = str(household.loaded.get("village", ""))
                village = self._villages.meant(row.place, row.village, household.owner, now)
            if village == AMBIGUOUS:
                self._say_ambiguous(row)
            else:
                said["village"] = village
        unread = row.unread_of("household")
        for name, value in said.items():
            if not household.say(name, value, row.number, unread.get(name)):
                self._issues.add(row.number, "household_differs", self._title(name))

    def _say_ambiguous(self, row: ParsedRow) -> None:
        self._issues.add(row.number, "village", self._titles.get("village", ""))

    def _title(self, name: str) -> str:
        return self._titles.get(f"household.{name}") or self._titles.get(name) or name

    # --- what of it is news -----------------------------------------------------------------

    def _drop_old_news(self, drafts: Collection[Draft]) -> None:
        """Leave in each draft of an existing record only the fields it is to take over."""
        held = [draft.id for draft in drafts if not draft.is_new]
        self._undecided = open_groups(self._work.connection, held) if held else {}
        differing = {
            draft.id: names for draft in drafts if not draft.is_new and (names := draft.differing())
        }
        written = importing.writings(self._work.connection, differing) if differing else {}
        for draft in drafts:
            if draft.is_new:
                continue
            wanted = [
                name
                for name in differing.get(draft.id, ())
                if self._takes(draft, name, written.get(draft.id, ()))
            ]
            draft.said = {name: draft.said[name] for name in wanted}

    def _takes(self, draft: Draft, name: str, written: Sequence[Writing]) -> bool:
        unread, held = draft.unread.get(name), draft.loaded.get(name)
        if self._is_undecided(draft.entity, draft.id, name):
            # Two people wrote otherwise: a file decides as little between them as any save that
            # nobody looked at.
            row = draft.said_in.get(name) or self._row_of[draft.id]
            self._leave_undecided(row, self._title(name))
            draft.outdated.add(name)
            return False
        if unread is not None and unread.accepted and held == unread.text:
            return True  # imported as it stood before, and confirmed now
        meanings = (draft.said[name],) if unread is None else unread.meanings
        form = self._form(draft.entity, draft.loaded)
        sound = is_sound(form, draft.entity, name, held)
        if not is_news(name, meanings, written):
            draft.kept += 1
            draft.outdated.add(name)
            return False
        if unread is not None and not unread.accepted and sound:
            return False
        if draft.seen_before and sound:
            # The first row of this file that spoke of the household has been heard already.
            self._issues.add(draft.said_in[name], "household_differs", self._title(name))
            return False
        return True

    def _is_undecided(self, entity: str, ent_id: str, name: str) -> bool:
        group = group_of(entity).get(name, name)
        return group in self._undecided.get((entity, ent_id), ())

    def _leave_undecided(self, row: int, title: str) -> None:
        self.tally.undecided += 1
        self._issues.add(row, "undecided", title)

    def _form(self, entity: str, loaded: Mapping[str, Value]) -> Template:
        """The template of a record: it depends on its stamp alone and is asked for every record."""
        stamp = loaded.get("template")
        if isinstance(stamp, list):
            return self._form_for(entity, loaded)
        form = self._forms.get((entity, stamp))
        if form is None:
            form = self._forms[entity, stamp] = self._form_for(entity, loaded)
        return form

    def _change(self, draft: Draft) -> Change | None:
        values = dict(draft.said)
        if draft.key is not None:
            form = self._form(draft.entity, {})
            values.update(owner_unit=draft.owner, template=stamp_for(form, None))
            values.update(_computed(form, values, draft.unread))
            return Change(draft.entity, values, key=draft.key)
        if not values:
            return None
        form = self._form(draft.entity, draft.loaded)
        values["template"] = stamp_for(form, draft.loaded.get("template"))
        if "full_name" in values and "name_status" not in values:
            values.update(_renamed(draft.loaded, values))
        # What goes with a change by itself waits as well where two people wrote it otherwise.
        values = {
            name: value
            for name, value in values.items()
            if not self._is_undecided(draft.entity, draft.id, name)
        }
        return Change(
            draft.entity,
            values,
            id=draft.id,
            base=draft.heads,
            loaded=dict(draft.loaded),
            by_rule=True,
        )

    # --- what could not be read -------------------------------------------------------------

    def _say_unread(self, placed: Iterable[Placed]) -> None:
        """Tell of each cell that could not be read what became of it."""
        for one in placed:
            row, child = one.row, one.child
            if child is None or child.hidden:
                continue
            if row.circumstance and len({code[:3] for code in row.circumstances or ()}) != 1:
                self._issues.add(row.number, "circumstance_detail")
            for place, text in row.unread.items():
                entity, _, name = place.partition(".")
                draft = one.household if entity == "household" else child
                if entity == "circumstance":
                    self._say_one(row.number, text, text.value)
                elif draft is not None and name not in draft.outdated:
                    held = draft.said.get(name, draft.loaded.get(name))
                    self._say_one(row.number, text, held)

    def _say_one(self, row: int, text: Unread, held: Value) -> None:
        """`held` is what the record holds once the row is in."""
        if text.accepted:
            self.tally.accepted += 1
        elif not text.text:
            self._issues.add(row, text.issue, text.column, problem=text.because)
        elif text.proposal is not None and held == text.becomes:
            return  # confirmed by an earlier import, or by hand
        elif held != text.text:
            self._issues.add(row, "value_other", text.column, problem=text.because)
        elif text.proposal is None:
            self._issues.add(row, text.issue, text.column, problem=text.because)
        else:
            self._issues.propose(row, text.column, text.because, text.proposal)

    # --- circumstances ----------------------------------------------------------------------

    def _circumstances(self, placed: Iterable[Placed]) -> dict[str, list[Change]]:
        """Child → changes of its circumstances."""
        speaking = [
            (one.child, one.row)
            for one in placed
            if one.child is not None and not one.child.hidden and one.row.circumstances
        ]
        old = [child.id for child, _ in speaking if not child.is_new]
        held = importing.circumstances_of(self._work.connection, old) if old else {}
        known = [one.id for several in held.values() for one in several]
        if known:
            self._undecided |= open_groups(self._work.connection, known)
        written = importing.writings(self._work.connection, known) if known else {}
        changes: dict[str, list[Change]] = {}
        for child, row in speaking:
            groups: dict[str, list[str]] = {}
            for code in row.circumstances or ():
                group, dot, _ = code.partition(".")
                groups.setdefault(group, []).extend([code] if dot else [])
            # Dates and evidence of a row can only be meant for a single group.
            about = row.circumstance if len(groups) == 1 else {}
            unread = row.unread_of("circumstance")
            for group, subgroups in groups.items():
                same = [h for h in held.get(child.id, ()) if h.values.get("group") == group]
                form = self._form("child", child.loaded)
                change = _circumstance(
                    form, child.id, group, subgroups, about, same, written, unread
                )
                if change is not None:
                    change = self._without_undecided(change, row.number)
                if change is not None:
                    changes.setdefault(child.id, []).append(change)
        return changes

    def _without_undecided(self, change: Change, row: int) -> Change | None:
        """The change of a circumstance without what two people wrote otherwise."""
        if change.id is None:
            return change
        kept = dict(change.values)
        for name in change.values:
            if self._is_undecided(change.entity, change.id, name):
                del kept[name]
                title = self._titles.get(f"{change.entity}.{name}") or self._title(name)
                self._leave_undecided(row, title)
        return replace(change, values=kept, by_rule=True) if kept else None

    # --- counting ---------------------------------------------------------------------------

    def _count(
        self, placed: Iterable[Placed], drafts: Iterable[Draft], told: Container[str]
    ) -> None:
        tally = self.tally
        for draft in drafts:
            tally.kept += draft.kept
            if draft.entity == "household" and draft.is_new:
                tally.households_created += 1
        for one in placed:
            outcome = _outcome(one, told)
            if outcome is not Outcome.REFUSED and one.by_content:
                tally.by_content += 1
            if outcome is Outcome.CREATED:
                tally.created += 1
            elif outcome is Outcome.CHANGED:
                tally.changed += 1
            elif outcome is Outcome.UNCHANGED:
                tally.unchanged += 1
            else:
                tally.refused += 1


def _villages_in_use(placed: Iterable[Placed], drafts: Iterable[Draft]) -> set[object]:
    """Those in which households are put, and those that a row names for a household of this file
    even where an earlier row about it counts. One that was known before needs no other village.
    """
    named: set[object] = {
        one.village
        for one in placed
        if one.is_taken and one.household is not None and _is_of_file(one.household, one.row.owner)
    }
    return named | {one.said.get("village") for one in drafts if one.entity == "household"}


def _is_of_file(household: Draft, owner: str) -> bool:
    return household.is_new or (household.seen_before and household.owner == owner)


def _outcome(one: Placed, told: Container[str]) -> Outcome:
    child, household = one.child, one.household
    if child is None:
        return Outcome.REFUSED
    if child.is_new:
        return Outcome.CREATED
    if child.said or child.id in told:
        return Outcome.CHANGED
    if household is not None and any(
        household.said_in.get(name) == one.row.number for name in household.said
    ):
        return Outcome.CHANGED
    return Outcome.UNCHANGED


def _computed(
    form: Template, values: Mapping[str, Value], unread: Mapping[str, Unread]
) -> dict[str, Value]:
    """What the program fills in for a new record, from the row alone: two PCs get the same."""
    sound = {
        name: value for name, value in values.items() if name not in unread or unread[name].accepted
    }
    if form.form == "child":
        found: dict[str, Value] = {"life_status": "ACTIVE", "name_status": None}
        found["name_status"] = derived.name_status(sound)
    else:
        surveyed = sound.get("survey_date")
        if not isinstance(surveyed, str):
            return {}
        found = derived.filled_in(form, sound, date.fromisoformat(surveyed))
    return {n: v for n, v in found.items() if v is not None and values.get(n) is None}


def _renamed(loaded: Mapping[str, Value], values: Mapping[str, Value]) -> dict[str, Value]:
    """The status of a changed name, unless a person had set another one."""
    if loaded.get("name_status") not in (None, derived.name_status(loaded)):
        return {}
    return {"name_status": derived.name_status(values)}


def _circumstance(
    form: Template,
    child: str,
    group: str,
    subgroups: list[str],
    about: Mapping[str, Value],
    same: Sequence[Held],
    written: Mapping[str, Sequence[Writing]],
    unread: Mapping[str, Unread],
) -> Change | None:
    """The change that a stated group asks for.

    One that was closed or struck out stays so: the file may be from before. A new episode is for a
    person to open.
    """
    if not same:
        values: dict[str, Value] = {
            "record": child,
            "group": group,
            "episode": 1,
            "subgroups": sorted(subgroups) or None,
            "source": "declared",
            "verification_status": "REPORTED",
            **about,
        }
        return Change("circumstance", values, key=f"{group}/1")
    now = next((h for h in same if not h.hidden and "circumstance_to" not in h.values), None)
    if now is None:
        return None
    wanted: dict[str, Value] = {**about}
    if subgroups:
        wanted["subgroups"] = sorted(subgroups)
    news = {
        name: value
        for name, value in wanted.items()
        if now.values.get(name) != value
        and not (name in unread and is_sound(form, "circumstance", name, now.values.get(name)))
        and is_news(name, (value,), written.get(now.id, ()))
    }
    if not news:
        return None
    return Change("circumstance", news, id=now.id, base=now.heads, loaded=dict(now.values))
