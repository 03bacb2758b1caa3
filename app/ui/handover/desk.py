"""What the handover page needs of the services: previews, the deeds, the record.

The window's side of `app.services.handovers`, small enough for a double in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.errors import KnownError
from app.services.handover_receiving import FileResult
from app.services.handover_register import HandoverView
from app.services.handover_sending import SendPreview, Sent
from app.services.handovers import HandoverDesk as Services
from app.services.workplace import Progress, Workplace


@dataclass(frozen=True, slots=True)
class Receiver:
    """A unit this PC may hand over to: `CODE@EDITION` and its full name."""

    unit: str
    name: str


class HandoverDesk(Protocol):
    """The use cases behind the wizards. All run beside the window's thread."""

    def receivers(self) -> list[Receiver]:
        """The units one may send to, the one above first."""

    def missing(self) -> KnownError | None:
        """What this PC still lacks to hand over, None when nothing does."""

    def send_preview(self, to: str, progress: Progress) -> SendPreview:
        """What the next bundle would hold; the whole register is checked first."""

    def send(self, seen: SendPreview, folder: Path, progress: Progress) -> Sent:
        """Seal the bundle and put it into the folder, under the counts that were seen."""

    def receive_preview(self, file: Path, progress: Progress) -> FileResult:
        """What importing the file would change; nothing is written."""

    def receive(self, files: Sequence[Path], progress: Progress) -> list[FileResult]:
        """Import files."""

    def record_pdf(self, handover: str, path: Path) -> None:
        """Write the handover record."""

    def register(self) -> list[HandoverView]:
        """Every handover this PC knows of, the newest first."""


class ServicesDesk:
    """The desk of an open installation."""

    def __init__(self, handovers: Services, workplace: Workplace) -> None:
        self._handovers = handovers
        self._workplace = workplace

    def receivers(self) -> list[Receiver]:
        """The unit above, then the units right below."""
        units = self._workplace.tree.units
        unit = self._workplace.unit
        above = units.parent(unit)
        found = [above] if above is not None else []
        found += list(units.children(unit))
        return [Receiver(one.ref, one.full_name()) for one in found]

    def missing(self) -> KnownError | None:
        """As the protocol says."""
        return self._handovers.missing()

    def send_preview(self, to: str, progress: Progress) -> SendPreview:
        """As the protocol says."""
        return self._handovers.sending.preview(to, progress)

    def send(self, seen: SendPreview, folder: Path, progress: Progress) -> Sent:
        """As the protocol says. Raises KnownError for a folder that is gone."""
        if not folder.is_dir():
            raise KnownError("handovers.no_folder", "handovers.no_folder_hint", folder=str(folder))
        return self._handovers.sending.send(seen.to, folder, seen=seen, progress=progress)

    def receive_preview(self, file: Path, progress: Progress) -> FileResult:
        """As the protocol says."""
        return self._handovers.receiving.preview(file, progress)

    def receive(self, files: Sequence[Path], progress: Progress) -> list[FileResult]:
        """As the protocol says."""
        return self._handovers.receiving.receive(files, progress)

    def record_pdf(self, handover: str, path: Path) -> None:
        """As the protocol says."""
        from app.printing.pdf import write_pdf

        write_pdf(self._handovers.register.document(handover), path)

    def register(self) -> list[HandoverView]:
        """As the protocol says."""
        return self._handovers.register.list()


def progress_of(report: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Progress:
    """A service's progress that speaks through a watch of the tasks."""
    return Progress(report, cancelled)
