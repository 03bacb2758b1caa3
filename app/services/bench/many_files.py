"""The bundles of every commune received in one go by a province of two tiers (4-sync.md,
"Receiving"): as long as one after the other, and no more memory than for a few of them.

The communes hand over straight to the province. None of them is installed as an office would do
it: their key files, each dear to open by design, would take longer than all that is measured.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.age import X25519Identity
from app.crypto.authority import Authority, issue_station
from app.crypto.certificate import Certificate
from app.crypto.enrolment import make_request, read_request
from app.crypto.signatures import SigningKey
from app.forms.units import Tier, load_units
from app.ids import new_id
from app.models import backup
from app.models import trust as store_trust
from app.models.store import create_store, open_store
from app.models.trust import TrustKind, TrustRow
from app.models.yardstick import Lap, Stopwatch
from app.services import trust
from app.services.authority import AuthorityDesk
from app.services.bench.figure import Figure, Measured, NotMeasured, Row, Unit, ratio
from app.services.bench.own_process import peak_megabytes
from app.services.bench.workshop import PASSPHRASE, PROVINCE, Workshop, fill
from app.services.checks import CheckSummary
from app.services.handover_receiving import FileResult, Receiving
from app.services.handover_sending import FOLDER, Sending
from app.services.workplace import Workplace
from app.settings import Settings

#: Children of one bundle below which there are fewer bundles: at N every commune sends one.
_LEAST_EACH = 60
_FEWEST = 4
_SEED = 173


def _many(workshop: Workshop) -> Sequence[Measured]:
    world = Gathering.at_province(workshop)
    singly = _singly(workshop, world)
    together = _together(workshop, world)
    share = max(len(singly) // 4, 1)
    parts = {
        "files": float(len(world.files)),
        "slowest_seconds": max(lap.wall for lap in singly),
        "last_quarter_by_processor": _middle_cpu(singly[-share:]) / _middle_cpu(singly[:share]),
    }
    whole, part = _peaks(workshop, world)
    return [
        ratio("many-files", together, sum(singly, Lap(0.0, 0.0)), parts),
        Measured("many-memory", whole, None, {"at_a_quarter": part}),
        Measured("many-flat", whole / part),
    ]


def _middle_cpu(laps: Sequence[Lap]) -> float:
    return statistics.median(lap.cpu for lap in laps)


def _singly(workshop: Workshop, world: Gathering) -> list[Lap]:
    laps: list[Lap] = []
    with world.fresh(workshop.folder / "singly") as province:
        for file in world.files:
            watch = Stopwatch()
            with watch.running():
                results = Receiving(province).receive([file], workshop.progress)
            _must_be_imported(results)
            laps.append(watch.lap)
    return laps


def _together(workshop: Workshop, world: Gathering) -> Lap:
    watch = Stopwatch()
    with world.fresh(workshop.folder / "together") as province:
        with watch.running():
            results = Receiving(province).receive(world.files, workshop.progress)
        _must_be_imported(results)
    return watch.lap


def _peaks(workshop: Workshop, world: Gathering) -> tuple[float, float]:
    """(all files, a quarter of them) in megabytes."""
    if getattr(sys, "frozen", False):
        raise NotMeasured("bench.needs_interpreter")
    few = workshop.scratch / "few"
    few.mkdir()
    for file in world.files[: max(len(world.files) // 4, 1)]:
        shutil.copy(file, few)
    found = []
    for folder in (world.files[0].parent, few):
        with world.fresh(workshop.folder / "peak") as province:
            province.store.close()
            found.append(peak_megabytes(province, "import-all", folder))
    return found[0], found[1]


def _must_be_imported(results: Sequence[FileResult]) -> None:
    for one in results:
        if one.received is None or one.received.needs_a_person:
            raise RuntimeError(f"the bench could not import: {one.status} {one.reason}")


@dataclass(frozen=True, slots=True)
class Gathering:
    """A unit that has received nothing, its store closed, and what its communes sent."""

    receiver: Workplace
    files: Sequence[Path]

    @classmethod
    def at_province(cls, workshop: Workshop) -> Gathering:
        """A quarter of N, spread over as many communes of a province as there are, or a few."""
        children = max(workshop.children // 4, 1)
        province = workshop.installed("two-tiers", PROVINCE)
        AuthorityDesk(province).found(PASSPHRASE)
        communes = communes_of(PROVINCE)
        number = max(_FEWEST, min(len(communes), children // _LEAST_EACH))
        return cls.of(workshop, province, communes[:number], max(children // number, 1))

    @classmethod
    def of(
        cls, workshop: Workshop, receiver: Workplace, communes: Sequence[str], each: int
    ) -> Gathering:
        """Bundles of some communes with `each` children to a unit that has an authority."""
        authority = AuthorityDesk(receiver).open(PASSPHRASE)
        stick = workshop.folder / "gathered-stick"
        stick.mkdir()
        for at, unit in enumerate(communes):
            with _commune(workshop.folder / "gathered", receiver, authority, unit) as commune:
                fill(commune, each, workshop.progress, seed=_SEED + at)
                desk = Sending(commune, lambda _progress, _units: CheckSummary())
                desk.send(receiver.unit, stick)
        backup.make(receiver.settings, receiver.dek)
        receiver.store.close()
        return cls(receiver, sorted((stick / FOLDER).iterdir()))

    @contextmanager
    def fresh(self, home: Path) -> Iterator[Workplace]:
        """A copy of the receiver as it was, gone afterwards."""
        shutil.copytree(self.receiver.settings.home, home)
        settings = Settings(home)
        store = open_store(settings.store_path, self.receiver.dek, before_migration=lambda: None)
        try:
            yield replace(self.receiver, settings=settings, store=store)
        finally:
            store.close()
            shutil.rmtree(home)


def communes_of(unit: str) -> list[str]:
    """The communes below a unit, in the order of the tree."""
    return [one.ref for one in load_units().descendants(unit) if one.tier is Tier.COMMUNE]


@contextmanager
def _commune(home: Path, above: Workplace, authority: Authority, unit: str) -> Iterator[Workplace]:
    """A commune as it stands after its enrolment, gone afterwards."""
    settings = Settings(home)
    home.mkdir()
    try:
        with closing(create_store(settings.store_path, above.dek, unit)) as store:
            commune = replace(above, settings=settings, store=store, certified=(unit,))
            certificate = _enrolled(commune, authority)
            _teach(above, commune, certificate)
            yield commune
    finally:
        shutil.rmtree(home)


def _enrolled(commune: Workplace, authority: Authority) -> Certificate:
    """Give a PC keys and a certificate, as its request and the reply do."""
    signing, identity, station = SigningKey.generate(), X25519Identity.generate(), new_id()
    scope = trust.unit_refs([commune.unit])
    request = read_request(make_request(signing, identity.recipient, station, scope[0]))
    own = issue_station(authority, request, scope, "commune", datetime.now(UTC))
    with commune.write() as work:
        for kind, name, kept in (
            (TrustKind.KEY, trust.SIGNING_KEY, signing.to_bytes()),
            (TrustKind.KEY, trust.AGE_KEY, identity.text.encode()),
            (TrustKind.OWN, trust.OWN_CERTIFICATE, own.der),
        ):
            store_trust.put(work.connection, TrustRow(kind, name, 0, kept))
        commune.store.put_settings(work, {trust.STATION: station})
        trust.note_station(work, own)
        work.commit()
    return own


def _teach(above: Workplace, commune: Workplace, certificate: Certificate) -> None:
    """Each side learns of the other: the commune its root, its authority, its list and whom to
    send to, the unit above the PC.
    """
    believed = (TrustKind.ROOT, TrustKind.AUTHORITY, TrustKind.CRL, TrustKind.ESCROW)
    with above.write() as work:
        trust.note_station(work, certificate)
        work.commit()
    with above.store.read() as reading, commune.write() as work:
        for kind in believed:
            for row in store_trust.rows(reading, kind):
                store_trust.put(work.connection, row)
        trust.note_station(work, trust.enrolled_keys(above, reading)[1])
        work.commit()


MANY = Figure(
    "many-files",
    (
        Row("many-files", 1.25, 1.10),
        Row("many-memory", 256, 150, Unit.MEGABYTES),
        Row("many-flat", 1.10, 1.05),
    ),
    _many,
)
