"""What the handover page needs of the services: previews, the deeds, the record.

The window's side of `app.services.handovers`, small enough for a double in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.errors import KnownError
from app.history.door import Direction
from app.i18n import in_sentence, text
from app.plain_files import is_folder
from app.services.deliveries import Deliveries
from app.services.entry import Entry
from app.services.handover_kept import KeptBundle
from app.services.handover_looking import FileLook, bundles_in
from app.services.handover_people import KnownSigners, Signers
from app.services.handover_receiving import FileResult
from app.services.handover_register import HandoverView
from app.services.handover_sending import FOLDER, SendPreview, Sent
from app.services.handover_unfinished import UnfinishedSending
from app.services.handovers import HandoverDesk as Handovers
from app.services.import_undo import InTheWay, Released, UndoPlan
from app.services.outgoing_news import NewsKind, NewsRow, OutgoingNews
from app.services.resurvey_papers import ResurveyPapers
from app.services.resurveys import Resurveys, Survey
from app.services.rights import Right, allows
from app.services.second_check import SecondCheck
from app.services.sticks import Stick, sticks
from app.services.stopped_lines import StoppedLine, StoppedLines
from app.services.verification import Verification
from app.services.waiting import Opened, Return, Waiting
from app.services.workplace import Progress, Workplace
from app.sync.delivery import direction_of

#: Records in the way of an undo that are named with their pages.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Receiver:
    """A unit this PC may hand over to: `CODE@EDITION` and its full name."""

    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that a handover may be made for."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What a unit above, or the second person of this one (`by`), sent back, for people: a handover
    by `seq` and `on` (UTC), or a record by `name` with the household page it is on. Without the
    right to read, no name and no page.
    """

    by: str
    reason: str
    seq: int = 0
    on: str = ""
    name: str = ""
    household: str = ""
    child: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A household, or a child of it, as people call it, and the page it stands on."""

    name: str
    household: str
    child: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for a person on this page. `kept` counts bundles of revoked PCs."""

    unfinished: tuple[UnfinishedSending, ...] = ()
    returned: tuple[Returned, ...] = ()
    kept: int = 0


class HandoverDesk(Protocol):
    """The use cases behind the wizards. All run beside the window's thread."""

    def receivers(self) -> list[Receiver]:
        """The units one may send to, the one above first; the own unit stands for its other PCs."""

    def rounds(self) -> list[OpenRound]:
        """The open rounds, the one that is taken unasked first."""

    def missing(self) -> KnownError | None:
        """What this PC still lacks to hand over, None when nothing does."""

    def send_preview(self, to: str, round_id: str, progress: Progress) -> SendPreview:
        """What the next bundle would hold, for a round or unasked; everything is checked first."""

    def news(self, to: str) -> OutgoingNews:
        """What the next bundle to a unit holds that is new for it, in counts."""

    def news_rows(self, to: str, kind: NewsKind) -> list[NewsRow]:
        """The first pages behind one of these counts."""

    def signers(self, giver: str, receiver: str) -> KnownSigners:
        """Whom the record may name; an empty unit is this one."""

    def is_below(self, unit: str) -> bool:
        """Whether what comes from a unit is receipted here."""

    def send(
        self,
        seen: SendPreview,
        folder: Path,
        progress: Progress,
        *,
        clock_confirmed: bool,
        signers: Signers,
    ) -> Sent:
        """Seal the bundle and put it into the folder, under the counts that were seen."""

    def receive_preview(self, file: Path, progress: Progress) -> FileResult:
        """What importing the file would change; nothing is written."""

    def receive(
        self, files: Sequence[Path], progress: Progress, signers: Signers
    ) -> list[FileResult]:
        """Import files; their receipts name these people."""

    def sticks(self) -> list[Stick]:
        """The sticks that are in this PC now."""

    def receives(self) -> bool:
        """Whether any unit hands over to this one."""

    def deliveries(self) -> Deliveries:
        """Who has handed over in the open round."""

    def outstanding_pdf(self, path: Path) -> None:
        """Write the list of who has not."""

    def look_at(self, files: Sequence[Path], progress: Progress) -> list[FileLook]:
        """What each of many files is; folders stand for the bundles in them."""

    def receive_all(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        told: Callable[[int, FileResult], None],
    ) -> list[FileResult]:
        """Import many files; the progress counts them, their receipts name these people. `told`
        hears of each with its place among them as soon as it counts, whatever becomes of the rest.
        """

    def record_pdf(self, handover: str, path: Path) -> None:
        """Write the handover record."""

    def register(self) -> list[HandoverView]:
        """Every handover this PC knows of, the newest first."""

    def returned(self, found: Sequence[Return]) -> tuple[Returned, ...]:
        """What was sent back, in words for people."""

    def pending(self) -> Pending:
        """Sendings that stopped on their way, bundles that are kept, returns not answered yet."""

    def finish(self, handover: str, stick: Path) -> None:
        """The file lies whole on the stick: the sending took place. Raises KnownError."""

    def drop(self, handover: str) -> None:
        """Nobody has the file of this sending. Raises KnownError."""

    def accept(self, handover: str) -> None:
        """This unit accepts a handover from below. Raises KnownError."""

    def return_(self, handover: str, reason: str) -> None:
        """This unit sends a handover from below back, with a reason. Raises KnownError."""

    def undo_plan(self, handover: str) -> UndoPlan:
        """What taking back its bundle would change; nothing is written. Raises KnownError."""

    def in_the_way(self, found: InTheWay) -> tuple[Page, ...]:
        """The first records that stand in the way, each with its page."""

    def undo(self, handover: str, reason: str) -> UndoPlan:
        """Set aside what its bundle brought. Raises KnownError."""

    def release(self, handover: str) -> Released:
        """Use it again. Raises KnownError."""

    def stopped(self) -> list[StoppedLine]:
        """What is kept but not applied."""

    def admit(self, name: str) -> Opened:
        """Open the door for a record by name. Raises KnownError."""

    def drop_stopped(self, name: str) -> int:
        """Give up what waits of a record; how many operations. Raises KnownError."""

    @property
    def verification(self) -> Verification:
        """The use cases of who looks a handover from below through."""

    @property
    def resurveys(self) -> Resurveys:
        """The use cases of visiting some of its households again."""

    def resurvey_pdf(self, survey: Survey, path: Path, *, result: bool) -> None:
        """Write the list to visit with, or the result of a re-survey."""

    def field_labels(self) -> dict[str, str]:
        """Field → what the forms call it."""

    def kept(self) -> list[KeptBundle]:
        """Bundles of revoked PCs that are kept and not read in."""

    def may_admit_kept(self) -> bool:
        """Whether who is signed in may take one in."""

    def kept_preview(self, bundle_id: str, progress: Progress) -> FileResult:
        """What a kept bundle would bring; nothing is written. Raises KnownError."""

    def admit_kept(self, bundle_id: str, progress: Progress) -> FileResult:
        """Take a kept bundle in. Raises KnownError."""


class ServicesDesk:
    """The desk of an open installation."""

    def __init__(
        self,
        handovers: Handovers,
        workplace: Workplace,
        waiting: Waiting,
        entry: Entry,
        check: SecondCheck,
        verification: Verification,
        resurveys: Resurveys,
        papers: ResurveyPapers,
    ) -> None:
        self._handovers = handovers
        self._workplace = workplace
        self._waiting = waiting
        self._entry = entry
        self._check = check
        self.verification = verification
        self.resurveys = resurveys
        self._papers = papers

    def resurvey_pdf(self, survey: Survey, path: Path, *, result: bool) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        document = self._papers.result(survey) if result else self._papers.list(survey)
        write_pdf(document, path)

    def field_labels(self) -> dict[str, str]:
        """As the protocol says."""
        return {
            one.name: str(one.label)
            for template in self._entry.forms().values()
            for section in template.sections
            for one in section.fields
        }

    def receivers(self) -> list[Receiver]:
        """The unit above, the other PCs of this one, then the units right below."""
        units = self._workplace.tree.units
        unit = self._workplace.unit
        above = units.parent(unit)
        found = [Receiver(above.ref, above.full_name())] if above is not None else []
        if self._handovers.peers.beside():
            own = units.get(unit)
            name = unit if own is None else in_sentence(own.full_name())
            found.append(Receiver(unit, text("handovers.beside", unit=name)))
        return [*found, *(Receiver(one.ref, one.full_name()) for one in units.children(unit))]

    def rounds(self) -> list[OpenRound]:
        """As the protocol says."""
        return [OpenRound(one.id, one.name) for one in self._handovers.sending.open_rounds()]

    def missing(self) -> KnownError | None:
        """As the protocol says."""
        return self._handovers.missing()

    def send_preview(self, to: str, round_id: str, progress: Progress) -> SendPreview:
        """As the protocol says. Raises KnownError for a unit that nothing can be sealed to; who is
        not enrolled yet may still see the counts.
        """
        if self._handovers.missing() is None:
            self._handovers.sending.refuse_unreachable(to)
        return self._handovers.sending.preview(to, progress, round_id)

    def news(self, to: str) -> OutgoingNews:
        """As the protocol says."""
        return self._handovers.outgoing.counts(to)

    def news_rows(self, to: str, kind: NewsKind) -> list[NewsRow]:
        """As the protocol says."""
        return self._handovers.outgoing.rows(to, kind)

    def signers(self, giver: str, receiver: str) -> KnownSigners:
        """As the protocol says."""
        here = self._workplace.unit
        return self._handovers.people.proposed(giver or here, receiver or here)

    def is_below(self, unit: str) -> bool:
        """As the protocol says."""
        workplace = self._workplace
        return direction_of(workplace.tree, unit, workplace.unit) is Direction.BELOW

    def send(
        self,
        seen: SendPreview,
        folder: Path,
        progress: Progress,
        *,
        clock_confirmed: bool,
        signers: Signers,
    ) -> Sent:
        """As the protocol says. Raises KnownError for a folder that is gone."""
        if not is_folder(folder):
            raise KnownError("handovers.no_folder", "handovers.no_folder_hint", folder=str(folder))
        return self._handovers.sending.send(
            seen.to,
            folder,
            signers=signers,
            seen=seen,
            clock_confirmed=clock_confirmed,
            progress=progress,
        )

    def receive_preview(self, file: Path, progress: Progress) -> FileResult:
        """As the protocol says."""
        return self._handovers.receiving.preview(file, progress)

    def receive(
        self, files: Sequence[Path], progress: Progress, signers: Signers
    ) -> list[FileResult]:
        """As the protocol says."""
        return self._handovers.receiving.receive(files, progress, signers=signers)

    def sticks(self) -> list[Stick]:
        """As the protocol says."""
        return sticks()

    def receives(self) -> bool:
        """As the protocol says."""
        return self._handovers.deliveries.concerns

    def deliveries(self) -> Deliveries:
        """As the protocol says."""
        return self._handovers.deliveries.read()

    def outstanding_pdf(self, path: Path) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        write_pdf(self._handovers.deliveries.outstanding(), path)

    def look_at(self, files: Sequence[Path], progress: Progress) -> list[FileLook]:
        """As the protocol says."""
        return self._handovers.looking.all(bundles_in(files), progress)

    def receive_all(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        told: Callable[[int, FileResult], None],
    ) -> list[FileResult]:
        """As the protocol says."""
        done: list[int] = []

        def counts(at: int, result: FileResult) -> None:
            told(at, result)
            done.append(at)
            # Only said: whether to stop is asked before the next file, this one is taken in.
            progress.on_step(len(done), len(files))

        # The steps of a file are not those of all of them: only whether to stop is passed on.
        within = Progress(lambda _done, _total: None, progress.cancelled)
        progress.step(0, len(files))
        return self._handovers.receiving.receive(files, within, signers=signers, told=counts)

    def record_pdf(self, handover: str, path: Path) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        write_pdf(self._handovers.register.document(handover), path)

    def register(self) -> list[HandoverView]:
        """As the protocol says."""
        return self._handovers.register.list()

    def returned(self, found: Sequence[Return]) -> tuple[Returned, ...]:
        """As the protocol says."""
        sent = {one.id: one for one in self.register()} if found else {}
        told = []
        for one in found:
            view = sent.get(one.id)
            if one.entity == "handover":
                seq, on = (0, "") if view is None else (view.seq, view.sent_on)
                told.append(Returned(one.by, one.reason, seq, on))
            else:
                told.append(self._returned_record(one))
        return tuple(told)

    def _returned_record(self, one: Return) -> Returned:
        name, household, child = self._page_of(one.entity, one.id)
        return Returned(one.by, one.reason, name=name, household=household, child=child)

    def _page_of(self, entity: str, ent_id: str) -> tuple[str, str, str]:
        """What people call a household or child, and its page; nothing of anything else."""
        if Right.READ in self._workplace.account.rights:
            for child in self._entry.child_rows([ent_id]) if entity == "child" else ():
                return child.full_name, child.household, child.id
            for home in self._entry.household_rows([ent_id]) if entity == "household" else ():
                return home.head_name, home.id, ""
        return "", "", ""

    def _sent_back_here(self) -> Iterator[Returned]:
        """What the second person of this unit sent back: mended before it is handed over."""
        if not allows(self._workplace.account.rights, Right.READ):
            return
        for one in self._check.returned_to():
            if not one.from_above:
                yield Returned(
                    one.by, one.reason, name=one.name, household=one.household, child=one.child
                )

    def pending(self) -> Pending:
        """As the protocol says."""
        return Pending(
            tuple(self._handovers.unfinished.list()),
            (*self.returned(self._waiting.returned()), *self._sent_back_here()),
            len(self._handovers.kept.list()),
        )

    def finish(self, handover: str, stick: Path) -> None:
        """As the protocol says."""
        self._handovers.unfinished.finish(handover, stick / FOLDER)

    def drop(self, handover: str) -> None:
        """As the protocol says."""
        self._handovers.unfinished.drop(handover)

    def accept(self, handover: str) -> None:
        """As the protocol says."""
        self._handovers.register.accept(handover)

    def return_(self, handover: str, reason: str) -> None:
        """As the protocol says."""
        self._handovers.register.return_(handover, reason)

    def undo_plan(self, handover: str) -> UndoPlan:
        """As the protocol says."""
        return self._handovers.undo.preview(handover)

    def in_the_way(self, found: InTheWay) -> tuple[Page, ...]:
        """As the protocol says; what stands on no page of its own is left out."""
        pages = (Page(*self._page_of(one.entity, one.id)) for one in found.records[:MOST_NAMED])
        return tuple(one for one in pages if one.household or one.child)

    def undo(self, handover: str, reason: str) -> UndoPlan:
        """As the protocol says."""
        return self._handovers.undo.set_aside(handover, reason)

    def release(self, handover: str) -> Released:
        """As the protocol says."""
        return self._handovers.undo.release(handover)

    def stopped(self) -> list[StoppedLine]:
        """As the protocol says."""
        return StoppedLines(self._workplace).list()

    def admit(self, name: str) -> Opened:
        """As the protocol says."""
        return self._waiting.accept(name)

    def drop_stopped(self, name: str) -> int:
        """As the protocol says."""
        return self._waiting.drop(name)

    def kept(self) -> list[KeptBundle]:
        """As the protocol says."""
        return self._handovers.kept.list()

    def may_admit_kept(self) -> bool:
        """As the protocol says."""
        return allows(self._workplace.account.rights, Right.KEYS)

    def kept_preview(self, bundle_id: str, progress: Progress) -> FileResult:
        """As the protocol says."""
        return self._handovers.kept.preview(bundle_id, progress)

    def admit_kept(self, bundle_id: str, progress: Progress) -> FileResult:
        """As the protocol says."""
        return self._handovers.kept.accept(bundle_id, progress)


def progress_of(
    report: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    phase: Callable[[str], None] = lambda _name: None,
) -> Progress:
    """A service's progress that speaks through a watch of the tasks."""
    return Progress(report, cancelled, phase)
