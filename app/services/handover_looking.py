"""Many bundles at once: what each file is, before anything is taken in.

Signatures are verified, payloads are not opened: a folder of 173 files is looked at in seconds.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import KnownError
from app.i18n import error_in_short, text
from app.models import lines
from app.models.lines import Numbers
from app.services.file_claims import Claim, claim_of, refusal_words
from app.services.handover_receiving import Inspection, Receiving
from app.services.handover_sending import FOLDER
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.sync.refusal import BundleRefused, Refusal

SUFFIX = ".tebundle"
#: What is said of a file that only lies on the same stick.
_ELSEWHERE = ("bundle.not_for_this_unit", "handover.sent_from_here")


@dataclass(frozen=True, slots=True)
class FileLook:
    """One file: what it says of itself, or in words why it cannot be received. `claim` is whose it
    says to be, verified only where it can be received. `short` is `why_not` in a few words.

    `elsewhere`: nothing is wrong with it, but another unit receives it, or this PC made it.

    `missing`: something that was sent before it is neither here nor among the files that were
    looked at, under these numbers; it is received all the same, and the missing part comes with a
    later bundle.
    """

    file: Path
    seen: Inspection | None = None
    why_not: str = ""
    short: str = ""
    elsewhere: bool = False
    claim: Claim | None = None
    missing: Numbers | None = None

    @property
    def fits(self) -> bool:
        """Whether receiving it changes something."""
        return self.seen is not None and not self.seen.already


class Looking:
    """Use case: look at many files."""

    def __init__(self, workplace: Workplace, receiving: Receiving) -> None:
        self._workplace = workplace
        self._receiving = receiving

    def all(self, files: Sequence[Path], progress: Progress | None = None) -> list[FileLook]:
        """Every file, in the order given. Raises Cancelled."""
        self._workplace.require(Right.HANDOVER)
        step = progress or Progress()
        found = []
        for done, file in enumerate(files):
            step.step(done, len(files))
            found.append(self._one(file))
        step.step(len(files), len(files))
        with self._workplace.store.read() as reading:
            replicas = {one.seen.replica for one in found if one.seen}
            have, came = lines.known_of(reading, replicas), lines.numbers_of(reading, replicas)
        gaps = _gaps(found, have, came)
        return [replace(one, missing=gaps.get(at)) for at, one in enumerate(found)]

    def nothing_in(self, places: Sequence[Path]) -> str:
        """What to say of places without any bundle: what one looks for, and what to do."""
        home = self._workplace.settings.home.resolve()
        folder = ", ".join(map(str, places))
        if any(home in (one.resolve(), *one.resolve().parents) for one in places):
            return text("exchange.own_home", folder=folder)
        return text("exchange.no_bundle", folder=folder, suffix=SUFFIX, stick=FOLDER)

    def _one(self, file: Path) -> FileLook:
        try:
            seen = self._receiving.inspect(file)
            # Looking needs no key, and so does not ask whose the file is.
            if seen.to != self._workplace.unit:
                raise BundleRefused(Refusal.NOT_FOR_THIS_UNIT, file.name, unit=seen.to)
            if self._receiving.made_here(seen.bundle_id):
                raise BundleRefused(Refusal.NOT_FOR_THIS_STATION, file.name)
        except KnownError as error:
            told = self._receiving.as_told(file, error)
            return FileLook(
                file,
                why_not=refusal_words(told, file),
                short=error_in_short(told),
                elsewhere=told.message_id in _ELSEWHERE,
                claim=claim_of(file),
            )
        return FileLook(file, seen, claim=Claim(seen.sender, seen.seq))


def bundles_in(places: Iterable[Path]) -> list[Path]:
    """The bundles among files and folders, by name; of a folder those in it and right below it."""
    found: dict[Path, None] = {}
    for place in places:
        if not place.is_dir():
            found[place] = None
            continue
        for pattern in (f"*{SUFFIX}", f"*/*{SUFFIX}"):
            found.update(dict.fromkeys(sorted(place.glob(pattern))))
    return list(found)


def _gaps(
    found: Sequence[FileLook], have: Mapping[str, int], came: Mapping[str, Sequence[int]]
) -> dict[int, Numbers]:
    """The places of the files that begin beyond what is here and what comes before them, each with
    the numbers between it and the last one that is here or among the files.
    """
    known, gaps = dict(have), dict[int, Numbers]()
    numbers = {replica: sorted(seqs) for replica, seqs in came.items()}
    for one in found:
        if one.seen is not None:
            insort(numbers.setdefault(one.seen.replica, []), one.seen.seq)
    order = sorted(
        (one.seen.replica, one.seen.seq, at) for at, one in enumerate(found) if one.seen is not None
    )
    for replica, _seq, at in order:
        seen = found[at].seen
        if seen is None or seen.already:
            continue
        if seen.log_from > known.get(replica, 0):
            before = numbers[replica][: bisect_left(numbers[replica], seen.seq)]
            gaps[at] = Numbers((before or [0])[-1] + 1, seen.seq - 1)
        else:
            known[replica] = max(known.get(replica, 0), seen.log_to)
    return gaps
