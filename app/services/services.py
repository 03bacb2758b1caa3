"""Everything an open installation offers to its two faces, put together by `app.bootstrap`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

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
from app.services.starting_over import StartingOver
from app.services.stations import Stations
from app.services.table_export import TableExport
from app.services.unit_lookup import UnitLookup
from app.services.verification import Verification
from app.services.villages import Villages
from app.services.waiting import Waiting
from app.services.work_statistics import WorkStatisticsDesk
from app.services.worklist import Worklist
from app.services.workplace import Workplace


@dataclass(slots=True)
class Services:
    """The use cases of one open installation. Leaving the `with` block closes it."""

    workplace: Workplace
    records: Records
    entry: Entry
    import_issues: ImportIssues
    import_look: ImportLook
    register_import: RegisterImport
    register_export: RegisterExport
    lists: ChildLists
    list_export: ListExport
    table_export: TableExport
    entry_workbook: EntryWorkbook
    national_export: NationalExport
    checks: Checks
    issue_book: IssueBook
    declarations: Declarations
    conflicts: Conflicts
    conflict_lines: ConflictLines
    waiting: Waiting
    worklist: Worklist
    rounds: Rounds
    quarter: Quarter
    life_events: LifeEvents
    second_check: SecondCheck
    retyping: Retyping
    samples: Samples
    statistics: WorkStatisticsDesk
    units: UnitLookup
    references: ReferenceDesk
    dividing: Dividing
    division_undo: DivisionUndo
    villages: Villages
    paper_books: PaperBooks
    mistakes: Mistakes
    moves: Moves
    duplicates: Duplicates
    duplicate_decisions: DuplicateDecisions
    duplicate_pairs: DuplicatePairs
    duplicates_at_entry: DuplicatesAtEntry
    police_lists: PoliceLists
    police_answers: PoliceAnswers
    crosscheck: CrossCheck
    crosscheck_papers: CrossCheckPapers
    notes: Notes
    erasures: Erasures
    people: People
    accounts: Accounts
    people_here: PeopleHere
    revealing: Revealing
    backups: Backups
    audit_trail: AuditTrail
    selftest: SelfTest
    authority: AuthorityDesk
    authorities_below: AuthoritiesBelow
    stations: Stations
    root_rotation: RootRotation
    own_renewal: OwnRenewal
    key_files: KeyFileDesk
    enrolment: EnrolmentDesk
    granting: GrantingDesk
    reopening: ReopeningDesk
    starting_over: StartingOver
    handovers: HandoverDesk
    verification: Verification
    resurveys: Resurveys
    resurvey_papers: ResurveyPapers
    closing: Callable[[], None]

    def close(self) -> None:
        """Close the store and let the next process in. Closing twice is harmless."""
        closing, self.closing = self.closing, _nothing_left
        closing()

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


def _nothing_left() -> None:
    """What closing an installation that is closed already comes to."""
