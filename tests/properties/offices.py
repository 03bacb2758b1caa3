"""Offices of a province with real homes: what they type, seal, carry and take in, in one process.

An office is a `Replica` of the merge laws whose deliveries are files: sealed, signed, read back and
received by the services, with a stick that may be lost and a clock that may be wrong.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from app.bootstrap import open_services
from app.errors import KnownError
from app.history.entities import HOLDERS
from app.models.schema import op
from app.models.work import Change, Recorded
from app.services.handover_receiving import FileResult
from app.services.installation import Unlocked, unlock
from app.services.restoring import by_passphrase, restore
from app.services.workplace import ScopeTree
from app.settings import Settings
from tests.dumps import dump_store
from tests.e2e.command_line import PASSPHRASE
from tests.properties.fleet import Fleet, Replica

#: What a clock may say that nobody looks after: the summer of 2002, and of 2099.
YEAR_2002, YEAR_2099 = 1_025_000_000, 4_090_000_000
DAY = 86_400


class Office(Replica):
    """A PC with its home. `wrong_clock` is what its clock says instead of the true time."""

    def __init__(self, home: Path, name: str, province: Province) -> None:
        self.home = home
        self.province = province
        self.wrong_clock: int | None = None
        self._open()
        super().__init__(self.store, home, name, province)  # type: ignore[arg-type]
        self.station = self.store.setting("station")
        #: What went with a disk and waits to be typed again.
        self.still_to_type: set[bytes] = set()

    def _open(self) -> None:
        self.services = open_services(Settings(self.home), self._unlock, clock=self.clock)
        self.store = self.services.workplace.store

    def _unlock(self, settings: Settings) -> Unlocked:
        return unlock(settings, PASSPHRASE)

    def clock(self) -> float:
        return self.province.now if self.wrong_clock is None else self.wrong_clock

    def save(self, change: Change) -> Recorded:
        """As a page does; what its form was loaded with is noted as the truth."""
        base = change.base
        if change.id is not None and change.loaded is None:
            base = self.heads(change.entity, change.id)
        with self.services.workplace.write() as work:
            change, base = self.taken_on(work, change, base)
            done = work.record(change)
            work.commit()
        if done.op_id is not None:
            seen = frozenset(base if change.id is not None else ())
            self.province.seen_by[done.op_id] = seen
            self.province.typed[done.op_id] = (change, done.id)
            self.province.counts["saves"] += 1
            if self.wrong_clock is not None:
                self.province.counts["saves under a wrong clock"] += 1
            self._remember_owners()
        return done

    def note_written_since(self, position: int) -> None:
        """What a service wrote here after a position of the log, with what it was based on."""
        written = self.since(position)
        self.province.seen_by |= {one: frozenset(o.parents) for one, o in written.items()}

    def holds(self, words: str) -> bool:
        """Whether the words stand anywhere in the store, read with its key."""
        workplace = self.services.workplace
        return words in repr(dump_store(workplace.settings.store_path, workplace.dek))

    # --- handing over

    def hand_over(self, to: str) -> Path:
        """Seal the next bundle to a unit onto a stick of its own."""
        self.province.now += 60
        stick = self.province.stick()
        try:
            return self._seal(to, stick)
        except KnownError as error:
            if self.wrong_clock is None:
                raise
            self.set_clock_right(error.message_id)
            return self._seal(to, stick)

    def _seal(self, to: str, stick: Path) -> Path:
        sending = self.services.handovers.sending
        sent = sending.send(to, stick, clock_confirmed=True)
        self.province.counts["bundles sent"] += 1
        self._remember_owners()  # the handover is a record, too
        return sent.file

    def reaches(self, to: str) -> bool:
        """Whether this PC has heard of a PC of that unit: a new one's certificate comes with the
        next bundle."""
        try:
            self.services.handovers.sending.refuse_unreachable(to)
        except KnownError as error:
            if error.message_id not in ("handover.no_recipient", "handover.none_active"):
                raise
            self.province.counts["PCs not heard of yet"] += 1
            return False
        return True

    def take_in(self, file: Path) -> FileResult:
        """Receive a file; a clock for which nothing can be verified is set right first."""
        result = self._received(file)
        if result.status == "rejected" and self.wrong_clock is not None:
            self.set_clock_right(result.reason)
            result = self._received(file)
        self.province.counts[f"bundles {result.status}"] += 1
        if result.received is not None:
            self._remember_owners()
            waiting, self.still_to_type = self.still_to_type, set()
            self.type_again(waiting)
            if result.received.renewed is not None:
                self.shares_its_id = False
                self.province.counts[f"new ids ({result.received.renewed.value})"] += 1
        return result

    def _received(self, file: Path) -> FileResult:
        receiving = self.services.handovers.receiving
        (result,) = receiving.receive([file], accept_question=True)
        return result

    def set_clock_right(self, reason: str) -> None:
        self.wrong_clock = None
        self.province.counts[f"clocks set right ({reason})"] += 1

    # --- what disks do

    def close(self) -> None:
        self.services.close()

    def image_of_home(self) -> Path:
        """The whole home as a disk image holds it."""
        self.close()
        copy = self.province.folder / f"image-{self.province.number()}"
        shutil.copytree(self.home, copy)
        self._open()
        return copy

    def put_home_back(self, image: Path) -> None:
        """The disk is replaced by an image of itself; nobody tells the program."""
        self._before_going_back()
        self.close()
        shutil.rmtree(self.home)
        shutil.copytree(image, self.home)
        self._open()
        self.shares_its_id = True

    def put_store_back(self, image: Path) -> None:
        """Somebody copies an old store file over the new one; it is noticed when it is opened."""
        self._before_going_back()
        self.close()
        for suffix in ("", "-wal", "-shm"):
            (self.home / f"store.db{suffix}").unlink(missing_ok=True)
        shutil.copy(image / "store.db", self.home / "store.db")
        self._open()
        assert self.services.workplace.came_back

    def backup(self) -> Path:
        return self.services.backups.create().file

    def restore(self, file: Path) -> None:
        """As the program restores: the copy takes a new replica id."""
        self._before_going_back()
        self.close()
        settings = Settings(self.home)
        restore(
            settings, file, self._unlock, lambda slots: by_passphrase(slots, PASSPHRASE), self.clock
        )
        self._open()

    def _before_going_back(self) -> None:
        self.pages.clear()
        self.province.counts["restores"] += 1

    def op_ids(self) -> set[bytes]:
        with self.store.read() as connection:
            return set(connection.execute(select(op.c.op_id)).scalars())

    def type_again(self, lost: set[bytes]) -> None:
        """What went with the disk is typed again from the paper, in the order it was typed; what
        was written into a record that is not here any more, once a bundle has brought that back.
        """
        for op_id in [one for one in self.province.typed if one in lost]:
            change, ent_id = self.province.typed[op_id]
            known = ent_id in self.ids(change.entity)
            if not (known or (change.id is None and self._holds(change))):
                self.still_to_type.add(op_id)
                continue
            place = {"id": ent_id} if known else {"key": change.key}
            again = Change(change.entity, change.values, **place)
            self.province.typed_again[op_id] = self.save(again).op_id
            self.province.counts["saves typed again"] += 1

    def _holds(self, change: Change) -> bool:
        """Whether the records are here that a new one would belong to."""
        named = [change.values.get(name) for name in ("record", "other_child")]
        here = {ent_id for entity in HOLDERS for ent_id in self.ids(entity)}
        return all(one in here for one in named if one is not None)


class Province(Fleet):
    """All offices, the true time, the sticks, and what the test knows of the truth."""

    def __init__(self, folder: Path, top: str, now: float) -> None:
        self.folder = folder
        self.top = top
        self.now = now
        self.counts: Counter[str] = Counter()
        self.watching = False
        self.seen_by: dict[bytes, frozenset[bytes]] = {}
        self.invented: set[bytes] = set()
        #: Operation → the change and the record it was typed into, in the order of typing.
        self.typed: dict[bytes, tuple[Change, str]] = {}
        #: What went with a disk → the operation it was typed again as, None where nothing differed.
        self.typed_again: dict[bytes, bytes | None] = {}
        self.replicas: dict[str, Replica] = {}
        self._numbers = 0

    @property
    def tree(self) -> ScopeTree:  # type: ignore[override]
        """The map of units as the province has it by now."""
        return self.offices(self.top)[0].services.workplace.tree

    def __iter__(self) -> Iterator[Office]:  # type: ignore[override]
        return iter(list(self.replicas.values()))  # type: ignore[arg-type]

    def office(self, name: str) -> Office:
        found = self.replicas[name]
        assert isinstance(found, Office)
        return found

    def offices(self, unit: str) -> list[Office]:
        return [one for one in self if one.unit == unit]

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def stick(self) -> Path:
        made = self.folder / "sticks" / f"{self.number():04}"
        made.mkdir(parents=True)
        return made

    def open(self, home: Path, name: str) -> Office:
        made = Office(home, name, self)
        self.replicas[name] = made
        return made

    def clone(self, name: str, new_name: str) -> Office:
        """A second PC from a copied disk: same station, same replica id."""
        here = self.office(name)
        copy = self.open(here.image_of_home(), new_name)
        copy.ever = {root: set(units) for root, units in here.ever.items()}
        here.shares_its_id = copy.shares_its_id = True
        self.counts["clones"] += 1
        return copy

    def enrol(self, above: str, below: Office, fingerprint: str) -> None:
        """A PC gets its certificate and the records of its unit."""
        granting = self.offices(above)[0]
        request, reply = self.folder / f"{self.number()}.req", self.folder / f"{self.number()}.rep"
        asked = below.services.enrolment.request(request, PASSPHRASE)
        grant = granting.services.granting.grant
        code = asked.check_code
        try:
            grant(request, reply, passphrase=PASSPHRASE, compared=code)
        except KnownError as error:
            # The clock is wrong, or nobody above has told a day for long: the day is asked for.
            if error.message_id != "issuing.which_day":
                raise
            granting.set_clock_right(error.message_id)
            today = granting.services.workplace.today()
            grant(request, reply, passphrase=PASSPHRASE, compared=code, today=today)
        below.services.enrolment.accept(reply, fingerprint, PASSPHRASE)
        below.station = below.store.setting("station")
        below._remember_owners()

    def receivers(self, sender: Office, to: str) -> list[Office]:
        """The PCs a bundle is for: all of the unit but copies of the sender's disk."""
        return [one for one in self.offices(to) if one.station != sender.station]

    def full_round(self, *, beside: bool = True) -> None:
        """Everything up, everything down, without a mishap."""
        tree = self.tree
        if beside:
            self.exchange_beside()
        offices = sorted(self, key=lambda one: -len(one.unit.partition("@")[0]))
        for one in offices:
            if one.unit != self.top:
                self.bring(one, self.above_of(one.unit))
        for one in reversed(offices):
            for unit in dict.fromkeys(o.unit for o in self if o.unit != one.unit):
                if tree.covers([one.unit], unit) and self.above_of(unit) == one.unit:
                    self.bring(one, unit)
        if beside:
            self.exchange_beside()

    def exchange_beside(self) -> None:
        for one in self:
            if self.receivers(one, one.unit):
                self.bring(one, one.unit)

    def bring(self, sender: Office, to: str) -> None:
        receivers = self.receivers(sender, to)
        if receivers and sender.reaches(to):
            file = sender.hand_over(to)
            for one in receivers:
                one.take_in(file)

    def above_of(self, unit: str) -> str:
        above = self.tree.parent(unit)
        assert above is not None
        return above

    def close(self) -> None:
        for one in self:
            one.close()
        shutil.rmtree(self.folder, ignore_errors=True)
