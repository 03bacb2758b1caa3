"""The throw-away world of the bench: a district that fills its register, a province that gets it.

What several figures need is made once, when the first of them asks. Nobody in it exists.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from statistics import median

from app.forms.units import load_units
from app.models import backup
from app.models.store import open_store
from app.models.work import Change
from app.models.yardstick import Lap, Stopwatch, copied_tables, upsert, upsert_by_adapters
from app.services.authority import AuthorityDesk
from app.services.checks import CheckSummary
from app.services.enrolment import EnrolmentDesk
from app.services.granting import GrantingDesk
from app.services.handover_receiving import FileResult, Receiving
from app.services.handover_sending import Sending, Sent
from app.services.installation import install, open_workplace, unlock
from app.services.invented.changes import invented_changes
from app.services.invented.register import generate
from app.services.workplace import Progress, Workplace
from app.settings import Settings

#: Registered children of the province whose plan the product was drawn for (1-product.md).
CHILDREN = 271_707
#: Children of a large commune.
COMMUNE = 3_000
PROVINCE, DISTRICT = "51@2024", "522@2024"
REFERENCE_DATE = date(2024, 12, 31)
_SEED = 20_241_231
PASSPHRASE = "so tre em, do thu"  # noqa: S105 - of a folder that is thrown away
_ROUNDS = 3
#: Changes in one transaction while the register is filled.
_AT_ONCE = 20_000


class Workshop:
    """The world of one run, in `folder`; `children` is N. `declared` makes its clerk declare every
    record complete, whatever errors it holds.
    """

    def __init__(
        self,
        folder: Path,
        children: int = CHILDREN,
        progress: Progress | None = None,
        *,
        declared: bool = False,
    ) -> None:
        self._declared = declared
        self.folder = folder
        self.children = children
        # A figure is one piece of work, however many parts a person would be told of.
        self.progress = Progress(progress.on_step, progress.cancelled) if progress else Progress()
        self.scratch = folder / "scratch"
        self.scratch.mkdir(parents=True)
        #: What figures made for themselves and those after them.
        self.kept: dict[str, object] = {}
        self._open: list[Callable[[], None]] = []

    def close(self) -> None:
        """Close every store."""
        for close in reversed(self._open):
            close()
        self._open.clear()

    @property
    def effort(self) -> float:
        """The share of the times that a measure of the window is to be repeated: a register smaller
        than a commune's only tries whether it can be taken.
        """
        return min(1.0, self.children / COMMUNE)

    # --- the two installations ---------------------------------------------------------------

    @cached_property
    def giver(self) -> Workplace:
        """The district, enrolled, with N children in its register."""
        self.receiver  # noqa: B018 - the province enrols the district
        giver = self._opened(self.folder / "giver")
        fill(giver, self.children, self.progress, declared=self._declared)
        return giver

    @cached_property
    def receiver(self) -> Workplace:
        """The province: nothing received yet, a backup made a moment ago."""
        province = self._installed("receiver", PROVINCE)
        district = self._installed("giver", DISTRICT)
        AuthorityDesk(province).found(PASSPHRASE)
        request = EnrolmentDesk(district).request(self.scratch / "request.csr", PASSPHRASE)
        granted = GrantingDesk(province).grant(
            request.path,
            self.scratch / "reply.tebundle",
            passphrase=PASSPHRASE,
            compared=request.check_code,
        )
        EnrolmentDesk(district).accept(granted.path, granted.root_fingerprint, PASSPHRASE)
        district.store.close()
        backup.make(province.settings, province.dek)
        return province

    def _installed(self, name: str, unit: str) -> Workplace:
        settings = Settings(self.folder / name)
        install(
            settings,
            unit=unit,
            user=name,
            full_name=name,
            title="",
            passphrase=PASSPHRASE,
        )
        return self._opened(settings.home)

    @property
    def communes(self) -> list[str]:
        """The communes of the district."""
        return [one.ref for one in load_units().children(DISTRICT)]

    def installed(self, name: str, unit: str) -> Workplace:
        """A further installation of a unit, empty and on its own."""
        return self._installed(name, unit)

    def _opened(self, home: Path) -> Workplace:
        settings = Settings(home)
        opened = open_workplace(settings, unlock(settings, PASSPHRASE))
        self._open.append(opened.store.close)
        return opened

    # --- the handover ------------------------------------------------------------------------

    @cached_property
    def sending(self) -> tuple[Lap, Sent]:
        """The first handover of everything, timed: seal, verify, copy to the stick, note."""
        giver, watch = self.giver, Stopwatch()
        with watch.running():
            sent = Sending(giver, lambda _progress, _units: CheckSummary()).send(
                PROVINCE, self.scratch, progress=self.progress
            )
        return watch.lap, sent

    def fresh_receiver(self, name: str, *, encrypted: bool = True) -> Workplace:
        """A copy of the province as it was before it received anything."""
        self.sending  # noqa: B018 - what is copied must know the sender
        empty = self._emptied
        home = self.folder / name
        shutil.copytree(empty.settings.home, home)
        settings = Settings(home)
        if not encrypted:
            settings.store_path.unlink()
            copied_tables(empty.store, settings.store_path, None)
        store = open_store(
            settings.store_path,
            empty.dek if encrypted else None,
            before_migration=lambda: None,
        )
        self._open.append(store.close)
        return replace(empty, settings=settings, store=store)

    @cached_property
    def _emptied(self) -> Workplace:
        """The province, closed and opened again so that its file holds everything."""
        self.receiver.store.close()
        return self._opened(self.receiver.settings.home)

    @cached_property
    def importing(self) -> tuple[Lap, Workplace]:
        """The import of the handover into an encrypted store, timed as a person waits for it."""
        rounds, workplace = self._rounds
        return middle([imported for imported, _ in rounds]), workplace

    @cached_property
    def _rounds(self) -> tuple[list[tuple[Lap, Lap]], Workplace]:
        """(import, R) of each round, one right after the other: on a machine with other work a
        single one of either was a fifth off. The store of the last round stays.
        """
        rounds: list[tuple[Lap, Lap]] = []
        while True:
            workplace = self.fresh_receiver(f"importing-{len(rounds)}")
            imported = self.timed_import(workplace)
            raw, _ = upsert(workplace.store, self.scratch / "raw.db", workplace.dek)
            for file in self.scratch.glob("raw.db*"):
                file.unlink()
            rounds.append((imported, raw))
            if len(rounds) == _ROUNDS:
                return rounds, workplace
            workplace.store.close()
            shutil.rmtree(workplace.settings.home)

    def timed_import(self, workplace: Workplace) -> Lap:
        """Receive the handover; the time it took. Raises RuntimeError unless all was accepted."""
        _, sent = self.sending
        watch = Stopwatch()
        with watch.running():
            result = self.receive(workplace, sent.file)
        received = result.received
        if received is None or received.needs_a_person:
            raise RuntimeError(f"the bench could not import: {result.status} {result.reason}")
        return watch.lap

    def receive(self, workplace: Workplace, file: Path) -> FileResult:
        """What happens to one file at a workplace."""
        return Receiving(workplace).receive([file], self.progress)[0]

    @cached_property
    def raw_upsert(self) -> Lap:
        """R: the rows of the import, written raw into the same kind of file."""
        rounds, _ = self._rounds
        return middle([raw for _, raw in rounds])

    @cached_property
    def quick_upsert(self) -> Lap:
        """The same by a driver that is told how to bind, as this program tells it."""
        _, workplace = self.importing
        lap, _ = upsert_by_adapters(workplace.store, self.scratch / "quick.db", workplace.dek)
        return lap


def middle(laps: Sequence[Lap]) -> Lap:
    """The median of the seconds by the clock, and that of the processor's."""
    return Lap(median(lap.wall for lap in laps), median(lap.cpu for lap in laps))


def fill(
    workplace: Workplace,
    children: int,
    progress: Progress,
    *,
    declared: bool = False,
    seed: int = _SEED,
) -> None:
    """Write an invented register of `children` children into the communes of the workplace."""
    tree = load_units()
    communes = [unit.ref for unit in tree.children(workplace.unit)] or [workplace.unit]
    changes = invented_changes(generate(seed, children, communes, REFERENCE_DATE))
    if declared:
        changes = map(_declared, changes)
    done = 0
    while True:
        with workplace.write() as work:
            part = work.record_many(_next(changes, _AT_ONCE))
            if not part:
                return
            work.commit()
        done += len(part)
        progress.step(done, children * 2)


def _declared(change: Change) -> Change:
    if change.entity not in ("household", "child"):
        return change
    return replace(change, values={**change.values, "complete": True})


def _next(changes: Iterator[Change], count: int) -> Iterator[Change]:
    for change in changes:
        yield change
        count -= 1
        if not count:
            return
