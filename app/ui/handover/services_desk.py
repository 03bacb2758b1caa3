"""The desk of the handover page over the services of an open installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from app.errors import KnownError
from app.history.door import Direction
from app.i18n import in_sentence, text
from app.plain_files import is_folder
from app.services.delivery_values import Deliveries
from app.services.entry import Entry
from app.services.handover_kept import KeptBundle
from app.services.handover_looking import FileLook, bundles_in
from app.services.handover_people import KnownSigners, Signers
from app.services.handover_receiving import FileResult
from app.services.handover_register import HandoverView
from app.services.handover_sending import SendPreview, Sent, bundles_on
from app.services.handovers import HandoverDesk as Handovers
from app.services.import_undo import InTheWay, Released, UndoPlan
from app.services.outgoing_news import NewsKind, NewsRow, OutgoingNews
from app.services.resurvey_papers import ResurveyPapers
from app.services.resurveys import Resurveys
from app.services.returned_list import ReturnedList
from app.services.rights import Right, allows
from app.services.second_check import SecondCheck
from app.services.sticks import Stick, sticks
from app.services.stopped_lines import StoppedLine, StoppedLines
from app.services.surveys import Survey
from app.services.verification import Verification
from app.services.waiting import Opened, Return, Waiting
from app.services.workplace import Cancelled, Progress, Workplace
from app.sync.delivery import direction_of
from app.ui.handover.desk import MOST_NAMED, OpenRound, Page, Pending, Receiver, Returned


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
        self.returned_list = ReturnedList(workplace)
        self.resurveys = resurveys
        self._papers = papers

    def resurvey_pdf(self, survey: Survey, path: Path, *, result: bool) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        self._papers.print(survey, lambda paper: write_pdf(paper, path), result=result)

    def field_labels(self) -> dict[tuple[str, str], str]:
        """As the protocol says."""
        return {
            (form, one.name): str(one.label)
            for form, template in self._entry.forms().items()
            for one in template.fields
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

    def today(self) -> date:
        """As the protocol says."""
        return self._workplace.today()

    def receive(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        *,
        clock_confirmed: bool,
    ) -> list[FileResult]:
        """As the protocol says."""
        return self._handovers.receiving.receive(
            files, progress, accept_question=clock_confirmed, signers=signers
        )

    def sticks(self) -> list[Stick]:
        """As the protocol says."""
        return sticks()

    def receives(self) -> bool:
        """As the protocol says."""
        return self._handovers.deliveries.concerns

    def deliveries(self, round_id: str) -> Deliveries:
        """As the protocol says."""
        return self._handovers.deliveries.read(round_id)

    def outstanding_pdf(self, path: Path, round_id: str) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        self._handovers.deliveries.print(lambda paper: write_pdf(paper, path), round_id)

    def look_at(self, files: Sequence[Path], progress: Progress) -> list[FileLook]:
        """As the protocol says."""
        return self._handovers.looking.all(bundles_in(files), progress)

    def nothing_in(self, files: Sequence[Path]) -> str:
        """As the protocol says."""
        return self._handovers.looking.nothing_in(files)

    def receive_all(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        told: Callable[[int, FileResult], None],
        *,
        clock_confirmed: bool,
    ) -> list[FileResult]:
        """As the protocol says."""
        done: list[int] = []

        def counts(at: int, result: FileResult) -> None:
            told(at, result)
            done.append(at)
            # Only said: whether to stop is asked before the next file, this one is taken in.
            progress.on_step(len(done), len(files))
            if progress.yields():
                raise Cancelled

        # The steps of a file are not those of all of them: only whether to stop is passed on.
        within = Progress(lambda _done, _total: None, progress.cancelled)
        progress.step(0, len(files))
        return self._handovers.receiving.receive(
            files, within, accept_question=clock_confirmed, signers=signers, told=counts
        )

    def record_pdf(self, handover: str, path: Path) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        self._handovers.register.print(handover, lambda paper: write_pdf(paper, path))

    def register(self) -> list[HandoverView]:
        """As the protocol says."""
        return self._handovers.register.list()

    def unverified(self) -> HandoverView | None:
        """As the protocol says."""
        return self._handovers.register.unverified()

    def undone(self) -> HandoverView | None:
        """As the protocol says."""
        return self._handovers.register.undone()

    def undone_but_accepted(self) -> HandoverView | None:
        """As the protocol says."""
        return self._handovers.register.undone_but_accepted()

    def set_aside_above(self) -> HandoverView | None:
        """As the protocol says."""
        return self._handovers.register.set_aside_above()

    def owed_to(self) -> str:
        """As the protocol says."""
        return self._handovers.register.owed_to()

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
        about = self._about(household, child)
        return Returned(
            one.by, one.reason, name=name, household=household, child=child, about=about
        )

    def _about(self, household: str, child: str) -> str:
        """What tells a child or household from another of one name: born when, of which household
        of which village.
        """
        for row in self._entry.child_rows([child]) if child else ():
            born = "/".join(reversed(row.birth_date.split("-")))
            return _told(row.household_no, row.village, born)
        for home in self._entry.household_rows([household]) if household else ():
            return _told(home.household_no, home.village)
        return ""

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
                    one.by,
                    one.reason,
                    name=one.name,
                    household=one.household,
                    child=one.child,
                    about=self._about(one.household, one.child),
                )

    def returned_pdf(self, path: Path) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        self.returned_list.print(lambda paper: write_pdf(paper, path))

    def pending(self) -> Pending:
        """As the protocol says."""
        return Pending(
            tuple(self._handovers.unfinished.list()),
            (*self.returned(self._waiting.returned()), *self._sent_back_here()),
            len(self._handovers.kept.list()),
        )

    def finish(self, handover: str, stick: Path) -> None:
        """As the protocol says."""
        self._handovers.unfinished.finish(handover, bundles_on(stick))

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

    def dismiss(self, name: str) -> int:
        """As the protocol says."""
        return self._waiting.dismiss(name)

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


def _told(household_no: str, village: str, born: str = "") -> str:
    said = (
        text("handovers.returned.born", day=born) if born else "",
        text("handovers.returned.home", number=household_no) if household_no else "",
        village,
    )
    return ", ".join(filter(None, said))
