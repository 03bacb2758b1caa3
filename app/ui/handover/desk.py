"""What the handover page needs of the services: previews, the deeds, the record.

The window's side of `app.services.handovers`, small enough for a double in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from app.errors import KnownError
from app.services.delivery_values import Deliveries
from app.services.handover_kept import KeptBundle
from app.services.handover_looking import FileLook
from app.services.handover_people import KnownSigners, Signers
from app.services.handover_receiving import FileResult
from app.services.handover_register import HandoverView
from app.services.handover_sending import SendPreview, Sent
from app.services.handover_unfinished import UnfinishedSending
from app.services.import_undo import InTheWay, Released, UndoPlan
from app.services.outgoing_news import NewsKind, NewsRow, OutgoingNews
from app.services.resurveys import Resurveys
from app.services.returned_list import ReturnedList
from app.services.sticks import Stick
from app.services.stopped_lines import StoppedLine
from app.services.surveys import Survey
from app.services.verification import Verification
from app.services.waiting import Opened, Return
from app.services.workplace import Progress

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
    by `seq` and `on` (UTC), or a record by `name` with the household page it is on; `about` tells
    it from another of one name. Without the right to read, no name and no page.
    """

    by: str
    reason: str
    seq: int = 0
    on: str = ""
    name: str = ""
    household: str = ""
    child: str = ""
    about: str = ""


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

    def today(self) -> date:
        """The day by this PC's clock."""

    def receive(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        *,
        clock_confirmed: bool,
    ) -> list[FileResult]:
        """Import files; their receipts name these people. `clock_confirmed`: somebody said that
        this PC's day is right.
        """

    def sticks(self) -> list[Stick]:
        """The sticks that are in this PC now."""

    def receives(self) -> bool:
        """Whether any unit hands over to this one."""

    def deliveries(self, round_id: str) -> Deliveries:
        """Who has handed over in a round, or unasked in the newest that is open."""

    def outstanding_pdf(self, path: Path, round_id: str) -> None:
        """Write the list of who has not."""

    def look_at(self, files: Sequence[Path], progress: Progress) -> list[FileLook]:
        """What each of many files is; folders stand for the bundles in them."""

    def nothing_in(self, files: Sequence[Path]) -> str:
        """What to say where there is no bundle at all."""

    def receive_all(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        told: Callable[[int, FileResult], None],
        *,
        clock_confirmed: bool,
    ) -> list[FileResult]:
        """As `receive`, many files; the progress counts them. `told`
        hears of each with its place among them as soon as it counts, whatever becomes of the rest.
        """

    def record_pdf(self, handover: str, path: Path) -> None:
        """Write the handover record."""

    def register(self) -> list[HandoverView]:
        """Every handover this PC knows of, the newest first."""

    def unverified(self) -> HandoverView | None:
        """The oldest handover from below that nobody has decided about."""

    def undone(self) -> HandoverView | None:
        """The oldest handover from below that was taken back here and not returned."""

    def undone_but_accepted(self) -> HandoverView | None:
        """The oldest handover whose bundle was taken back here and accepted by this unit."""

    def set_aside_above(self) -> HandoverView | None:
        """The oldest handover of this unit that a unit above set aside and did not return."""

    def owed_to(self) -> str:
        """The unit below that waits longest for a receipt or return, "" for none."""

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

    def dismiss(self, name: str) -> int:
        """Leave a record at what a unit above refuses; how many operations. Raises KnownError."""

    @property
    def verification(self) -> Verification:
        """The use cases of who looks a handover from below through."""

    @property
    def resurveys(self) -> Resurveys:
        """The use cases of visiting some of its households again."""

    @property
    def returned_list(self) -> ReturnedList:
        """The use cases of everything that was sent back."""

    def returned_pdf(self, path: Path) -> None:
        """Write what was sent back and waits as a list to be printed."""

    def resurvey_pdf(self, survey: Survey, path: Path, *, result: bool) -> None:
        """Write the list to visit with, or the result of a re-survey."""

    def field_labels(self) -> dict[tuple[str, str], str]:
        """Form and field → what it is called there."""

    def kept(self) -> list[KeptBundle]:
        """Bundles of revoked PCs that are kept and not read in."""

    def may_admit_kept(self) -> bool:
        """Whether who is signed in may take one in."""

    def kept_preview(self, bundle_id: str, progress: Progress) -> FileResult:
        """What a kept bundle would bring; nothing is written. Raises KnownError."""

    def admit_kept(self, bundle_id: str, progress: Progress) -> FileResult:
        """Take a kept bundle in. Raises KnownError."""


def progress_of(
    report: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    phase: Callable[[str], None] = lambda _name: None,
) -> Progress:
    """A service's progress that speaks through a watch of the tasks."""
    return Progress(report, cancelled, phase)
