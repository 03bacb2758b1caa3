"""The composition root: the only module that puts an open installation together.

Importing it costs next to nothing: services and the database are imported by the first call.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from app import i18n
from app.settings import Settings

if TYPE_CHECKING:
    from app.services.installation import Unlocked
    from app.services.services import Services
    from app.services.workplace import Workplace


def open_services(
    settings: Settings,
    unlock: Callable[[Settings], Unlocked],
    *,
    purpose: str = "command",
    clock: Callable[[], float] = time.time,
) -> Services:
    """Open the installation in `settings.home` and hold it until the services are closed.

    `unlock` gives the data key: it asks a person, or reads a file. `purpose` tells another process
    what holds the home. Raises KnownError `home.nothing_installed`, `home.in_use`, and what unlock
    and the store raise; whatever was opened is closed again then.
    """
    from app import logs
    from app.services import seen
    from app.services.home import HomeLock, finish_restore
    from app.services.installation import open_workplace, read_keyslots

    if not settings.restored_path.exists():
        read_keyslots(settings)
    with ExitStack() as stack:
        stack.enter_context(HomeLock(settings.lock_path, purpose))
        finish_restore(settings)
        stack.callback(logs.close_log)
        logs.open_log(settings.log_path)
        unlocked = unlock(settings)
        workplace = open_workplace(settings, unlocked, clock, hurried=purpose == "window")
        stack.callback(workplace.store.close)
        stack.callback(seen.note_at_close, settings, workplace.store)
        services = _wired(workplace)
        i18n.call_units(_names_of(workplace))
        services.closing = stack.pop_all().close
    return services


def _names_of(workplace: Workplace) -> Callable[[str], str]:
    """Unit → its name, as long as the installation is open; nothing is kept alive for it."""
    here = weakref.ref(workplace)

    def name(unit: str) -> str:
        open_here = here()
        found = None if open_here is None else open_here.tree.units.get(unit)
        return "" if found is None else found.full_name(i18n.language())

    return name


def _wired(workplace: Workplace) -> Services:
    from app.services.accounts import Accounts
    from app.services.audit_trail import AuditTrail
    from app.services.authorities_below import AuthoritiesBelow
    from app.services.authority import AuthorityDesk
    from app.services.backups import Backups
    from app.services.checks import Checks
    from app.services.conflict_lines import ConflictLines
    from app.services.conflicts import Conflicts
    from app.services.crosscheck.desk import CrossCheck
    from app.services.crosscheck.papers import CrossCheckPapers
    from app.services.declarations import Declarations
    from app.services.dividing import Dividing
    from app.services.division_undo import DivisionUndo
    from app.services.duplicate_decisions import DuplicateDecisions
    from app.services.duplicate_pairs import DuplicatePairs
    from app.services.duplicates import Duplicates
    from app.services.duplicates_at_entry import DuplicatesAtEntry
    from app.services.enrolment import EnrolmentDesk
    from app.services.entry import Entry
    from app.services.entry_workbook import EntryWorkbook
    from app.services.erasures import Erasures
    from app.services.granting import GrantingDesk
    from app.services.handovers import HandoverDesk
    from app.services.import_issues import ImportIssues
    from app.services.import_look import ImportLook
    from app.services.issue_book import IssueBook
    from app.services.key_files import KeyFileDesk
    from app.services.life_events.desk import LifeEvents
    from app.services.list_export import ListExport
    from app.services.lists import ChildLists
    from app.services.masking import Revealing
    from app.services.mistakes import Mistakes
    from app.services.moves import Moves
    from app.services.national.export import NationalExport
    from app.services.notes import Notes
    from app.services.own_renewal import OwnRenewal
    from app.services.paper_books import PaperBooks
    from app.services.people import People
    from app.services.people_here import PeopleHere
    from app.services.police.answers import PoliceAnswers
    from app.services.police.gathering import Gathering
    from app.services.police.issuing import PoliceLists
    from app.services.quarter import Quarter
    from app.services.records import Records
    from app.services.reference_data.desk import ReferenceDesk
    from app.services.register_export import RegisterExport
    from app.services.register_import import RegisterImport
    from app.services.reopening import ReopeningDesk
    from app.services.resurvey_papers import ResurveyPapers
    from app.services.resurveys import Resurveys
    from app.services.retyping import Retyping
    from app.services.root_rotation import RootRotation
    from app.services.rounds import Rounds
    from app.services.samples import Samples
    from app.services.second_check import SecondCheck
    from app.services.selftest import SelfTest
    from app.services.services import Services
    from app.services.starting_over import StartingOver
    from app.services.stations import Stations
    from app.services.table_export import TableExport
    from app.services.unit_lookup import UnitLookup
    from app.services.verification import Verification
    from app.services.villages import Villages
    from app.services.waiting import Waiting
    from app.services.work_statistics import WorkStatisticsDesk
    from app.services.worklist import Worklist

    records = Records(workplace)
    checks = Checks(workplace)
    issue_book = IssueBook(workplace, checks)
    lists = ChildLists(workplace, issue_book.with_issues)
    register_export = RegisterExport(workplace)
    entry = Entry(workplace)
    second_check = SecondCheck(workplace, entry)
    moves = Moves(workplace)
    duplicates = Duplicates(workplace)
    decisions = DuplicateDecisions(workplace)
    handovers = HandoverDesk(workplace, checks.counted)
    table_export = TableExport(workplace)
    crosscheck = CrossCheck(workplace)
    return Services(
        workplace=workplace,
        records=records,
        entry=entry,
        import_issues=ImportIssues(workplace),
        import_look=ImportLook(workplace),
        register_import=RegisterImport(workplace),
        register_export=register_export,
        lists=lists,
        list_export=ListExport(workplace, lists, register_export),
        entry_workbook=EntryWorkbook(workplace),
        national_export=NationalExport(workplace),
        table_export=table_export,
        checks=checks,
        issue_book=issue_book,
        declarations=Declarations(workplace),
        conflicts=Conflicts(workplace, records),
        conflict_lines=ConflictLines(workplace),
        waiting=Waiting(workplace),
        worklist=Worklist(workplace, issue_book, second_check, moves),
        rounds=Rounds(workplace),
        quarter=Quarter(workplace),
        life_events=LifeEvents(workplace),
        second_check=second_check,
        retyping=Retyping(workplace),
        samples=Samples(workplace),
        statistics=WorkStatisticsDesk(workplace),
        units=UnitLookup(workplace),
        references=ReferenceDesk(workplace),
        dividing=Dividing(workplace),
        division_undo=DivisionUndo(workplace),
        villages=Villages(workplace),
        paper_books=PaperBooks(workplace),
        mistakes=Mistakes(workplace),
        moves=moves,
        duplicates=duplicates,
        duplicate_decisions=decisions,
        duplicates_at_entry=DuplicatesAtEntry(workplace, lists, decisions),
        duplicate_pairs=DuplicatePairs(workplace, duplicates, decisions),
        police_lists=PoliceLists(workplace, Gathering(workplace, checks)),
        police_answers=PoliceAnswers(workplace),
        crosscheck=crosscheck,
        crosscheck_papers=CrossCheckPapers(workplace, crosscheck, table_export),
        notes=Notes(workplace),
        erasures=Erasures(workplace),
        people=People(workplace),
        accounts=Accounts(workplace),
        people_here=PeopleHere(workplace),
        revealing=Revealing(workplace),
        backups=Backups(workplace),
        audit_trail=AuditTrail(workplace),
        selftest=SelfTest(workplace),
        authority=AuthorityDesk(workplace),
        authorities_below=AuthoritiesBelow(workplace),
        stations=Stations(workplace),
        root_rotation=RootRotation(workplace),
        own_renewal=OwnRenewal(workplace),
        key_files=KeyFileDesk(workplace),
        enrolment=EnrolmentDesk(workplace),
        granting=GrantingDesk(workplace),
        reopening=ReopeningDesk(workplace),
        starting_over=StartingOver(workplace),
        handovers=handovers,
        verification=Verification(workplace, checks, handovers.register),
        resurveys=Resurveys(workplace),
        resurvey_papers=ResurveyPapers(workplace),
        closing=workplace.store.close,
    )
