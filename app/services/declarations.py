"""Which declarations *complete* count: the one validator judges them wherever records change.

A clerk's declaration travels; whether it counts is derived here, on every PC for itself, at the end
of every transaction: what came from below, what came out of a merge, and what a neighbour on the
page changed for others. No operation is written by it. A verdict holds until the record or what is
around it changes, reference data arrive (a round, a form, a list), the program is replaced, or a
check of the whole store says otherwise (which every handover makes): a mere day that passes judges
nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from app import __version__
from app.forms.catalogue import Catalogue
from app.forms.schema import Severity
from app.models import declarations
from app.models.declarations import Created, Stirred
from app.models.queries import checking, history, register
from app.models.queries.checking import StoredHousehold
from app.models.queries.just_written import just_written
from app.models.store import Reading
from app.services.catalogues import read_catalogue
from app.services.checks import CheckSummary, FoundIssue, PageCheck
from app.services.rights import Right
from app.services.surroundings import frame_of
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Source:
    """A save that a record stands on: the unit and person, when, and who brought it here."""

    by: str
    author: str
    wall: int
    brought_by: str


@dataclass(frozen=True, slots=True)
class Unsound:
    """A record that declares itself complete and holds these errors; counted as unfinished.

    `sources` are the saves it stands on now: several where a merge put them together.
    """

    entity: str
    id: str
    unit: str
    errors: tuple[FoundIssue, ...]
    sources: tuple[Source, ...]


class Declarations:
    """The worklist of declarations that do not count."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self, unit: str | None = None) -> list[Unsound]:
        """The records declared complete in spite of an error, households first.

        Raises KnownError `units.outside_scope`, `rights.denied`.
        """
        self._workplace.require(Right.READ)
        units = () if unit is None else self._workplace.scope_units(unit)
        with self._workplace.store.read() as reading:
            wrong = declarations.unsound_records(reading, units)
            check = PageCheck(
                frame_of(self._workplace, reading),
                CheckSummary(),
                checking.doubled_personal_ids(reading),
                checking.doubled_numbers(reading),
            )
            households = {ent_id for entity, ent_id in wrong if entity == "household"}
            homes = declarations.homes_of(reading, [one for e, one in wrong if e == "child"])
            errors: dict[tuple[str, str], list[FoundIssue]] = {}
            pages = sorted(households | {home for home in homes.values() if home})
            alone = sorted(child for child, home in homes.items() if not home)
            for page in checking.chosen(reading, pages, alone):
                for found in check.page([_declared(one) for one in page]):
                    if found.issue.severity is Severity.ERROR:
                        errors.setdefault(found.root, []).append(found)
            return [
                Unsound(
                    entity,
                    ent_id,
                    errors[entity, ent_id][0].unit,
                    tuple(errors[entity, ent_id]),
                    _sources(reading, entity, ent_id),
                )
                for entity, ent_id in wrong
                if (entity, ent_id) in errors
            ]


def _sources(reading: Reading, entity: str, ent_id: str) -> tuple[Source, ...]:
    found = register.record(reading, entity, ent_id)
    heads = () if found is None else found.heads
    return tuple(
        Source(one.by, one.author, one.wall, one.brought_by or "")
        for one in history.history(reading, ent_id)
        if one.op_id in heads
    )


class Judge:
    """Judges the declarations that one transaction may have touched; `UnitOfWork.judge`."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._judged_before = False
        #: That of the transaction, when it brought reference data.
        self._catalogue: Catalogue | None = None

    def __call__(self, connection: Reading, stirred: Stirred) -> None:
        """Bring the verdicts up to date with the rows noted in `stirred`."""
        if declarations.nothing_to_judge(connection, stirred):
            return
        self._judged_before = self._judged_before or bool(declarations.judged_by(connection))
        if not self._judged_before or stirred.references:
            self._judged_before = True
            self._catalogue = read_catalogue(connection)
            if judge_all_unless_judged(self._workplace, connection):
                return
        households, alone = declarations.pages_to_judge(connection, stirred)
        if households or alone:
            self._judge(connection, stirred, households, alone)

    def _judge(
        self, connection: Reading, stirred: Stirred, households: list[str], alone: list[str]
    ) -> None:
        frame = frame_of(self._workplace, connection, self._catalogue)
        check = PageCheck(frame, CheckSummary(), {}, {}, errors_only=True)
        for page in _pages(connection, stirred.created, households, alone):
            asked = [_declared(one) for one in page]
            ids = {
                number
                for one in asked
                for child in one.children
                if isinstance(number := child.values.get("personal_id"), str)
            }
            places = {place for one in asked if one.checked and (place := _place(one)) is not None}
            check.knowing(
                declarations.ids_held_twice(connection, ids),
                declarations.numbers_held_twice(connection, places),
            ).page(asked)
            _note(connection, asked, check, stirred.records)


def _pages(
    connection: Reading, created: Created, households: list[str], alone: list[str]
) -> Iterator[list[StoredHousehold]]:
    """The pages to be judged: from memory what was created just now, from the store the others."""
    known: set[str] = set()
    for page in just_written(connection, created, households):
        known.update(one.id for one in page)
        yield page
    yield from checking.chosen(connection, [one for one in households if one not in known], alone)


def judge_unless_judged(workplace: Workplace) -> None:
    """Judge every declaration of the store unless this program did, for the round that is open.

    For the opening of a store: it may be one that was migrated, restored or written by another
    version of the program.
    """
    with workplace.store.read() as reading:
        if declarations.judged_by(reading) == _name(reading):
            return
    with workplace.write() as work:
        judge_all_unless_judged(workplace, work.connection)
        work.commit()


def judge_all_unless_judged(workplace: Workplace, connection: Reading) -> bool:
    """The same in the caller's transaction; whether there was something to do."""
    name = _name(connection)
    if declarations.judged_by(connection) == name:
        return False
    check = PageCheck(
        frame_of(workplace, connection, read_catalogue(connection)),
        CheckSummary(),
        checking.doubled_personal_ids(connection),
        checking.doubled_numbers(connection),
        errors_only=True,
    )
    for page in checking.households(connection):
        check.page([_declared(one) for one in page])
    declarations.forget_all(connection)
    for entity, wrong in check.unsound.items():
        declarations.note_unsound(connection, entity, (), wrong)
    declarations.note_judge(connection, name)
    return True


def _name(reading: Reading) -> str:
    """By what declarations are judged now: the program, and the reference data it goes by."""
    return f"{__version__} {declarations.reference_state(reading)}"


def _declared(page: StoredHousehold) -> StoredHousehold:
    """The page with only those to be checked that declare themselves complete."""
    wanted = frozenset(
        child.id
        for child in page.children
        if child.values.get("complete") and (page.only is None or child.id in page.only)
    )
    checked = page.checked and bool(page.values.get("complete"))
    return page._replace(checked=checked, only=wanted)


def _place(page: StoredHousehold) -> tuple[str, str] | None:
    village, number = page.values.get("village"), page.values.get("household_no")
    return (village, number) if isinstance(village, str) and isinstance(number, str) else None


def _note(
    connection: Reading,
    asked: Iterable[StoredHousehold],
    check: PageCheck,
    forgotten: Collection[str],
) -> None:
    """Keep the verdicts on a page; of the `forgotten` records none is kept from before."""
    judged: dict[str, list[str]] = {"household": [], "child": []}
    for page in asked:
        if page.checked:
            judged["household"].append(page.id)
        judged["child"] += page.only or ()
    for entity, ids in judged.items():
        # One check goes over all pages of a transaction: what earlier ones held is kept already.
        wrong = check.unsound[entity]
        before = [one for one in ids if one not in forgotten]
        declarations.note_unsound(connection, entity, before, [one for one in ids if one in wrong])
