"""What every service of an open installation shares: store, units, forms, who is signed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from app.crypto.handles import Handles
from app.errors import KnownError
from app.forms.catalogue import Catalogue
from app.forms.units import Tier, UnitTree
from app.history.operation import Operation
from app.logs import event
from app.models import backup
from app.models.drafts import forget_drafts
from app.models.queries import crosscheck
from app.models.store import Reading, Store
from app.models.work import UnitOfWork, Written
from app.services.catalogues import read_catalogue
from app.services.left_parts import LeftParts
from app.services.rights import Right, allows, denied
from app.settings import Settings

#: The setting of a store that was made to try the program in; it goes with every copy of it.
DEMONSTRATION = "demonstration"
#: The setting that names the backups which were made before an erasure by law counted here.
OLD_COPIES = "old_copies"
#: The setting that names the records of which the law erased something since this home was opened.
#: Drafts lie in a file of their own, which is rewritten after the commit: should the power go in
#: between, they are looked for when the home is opened the next time.
ERASED_SINCE = "erased_since"
#: Operations up to which a bundle is one of a commune and not of a district: what is written with
#: more of them in one transaction leaves a write-ahead log of hundreds of megabytes.
LITTLE = 20_000
#: What writes nothing; everything else ends in a transaction, be it an audit row.
_ONLY_LOOKING = frozenset((Right.READ, Right.PRINT, Right.AUDIT))


@dataclass(frozen=True, slots=True)
class Account:
    """A person who works on this PC: sign-in name, written name and title, rights.

    `withheld`: what the account was given and this PC's certificate takes away.
    """

    name: str
    full_name: str
    title: str
    rights: frozenset[Right]
    withheld: frozenset[Right] = frozenset()

    @property
    def name_on_paper(self) -> str:
        """The name to sign under; empty where only the sign-in name stands for it."""
        return "" if self.full_name == self.name else self.full_name


class ScopeTree:
    """The tree of units as `app.sync` asks for it."""

    def __init__(self, units: UnitTree) -> None:
        self.units = units

    def covers(self, scope: Sequence[str], unit: str) -> bool:
        """Whether a scope reaches a unit."""
        return self.units.covers(scope, unit)

    def below(self, unit: str) -> Sequence[str]:
        """The unit itself and every unit its scope reaches, merged predecessors included."""
        return self.units.covered_by(unit)

    def tier(self, unit: str) -> str:
        """`commune`, `district` or `province`."""
        return self.units.tier(unit).value

    def tiers_above(self, unit: str) -> frozenset[str]:
        """The tiers of all units whose scope reaches this one, itself left out. A unit that went
        into another of its own tier has that tier among them. Empty for an unknown unit.
        """
        above = self.units.covering(unit) - {unit}
        return frozenset(self.units.tier(one).value for one in above)

    def exists(self, unit: str) -> bool:
        """Whether the unit is in the tree."""
        return unit in self.units

    def parent(self, unit: str) -> str | None:
        """The unit above in the same edition."""
        above = self.units.parent(unit)
        return None if above is None else above.ref


@dataclass(slots=True, weakref_slot=True)
class Workplace:
    """An open installation. Services take what they need from here; it holds no rule of its own."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    account: Account
    dek: bytes = field(repr=False)
    clock: Callable[[], float] = time.time
    reference_signer: Callable[[Reading], Callable[[Operation], Operation]] | None = None
    #: The store was found to be an older copy of itself when it was opened: tell the person.
    came_back: bool = False
    #: Told right before each commit whether more than a row of audit is saved by it.
    committing: Callable[[bool], None] = lambda _changing: None
    #: The units of this PC's certificate, when it has one.
    certified: tuple[str, ...] = ()
    #: Told after each commit whose rows it wrote.
    on_written: list[Callable[[Written], None]] = field(default_factory=list, init=False)
    _tree: ScopeTree | None = field(default=None, init=False)
    _handles: Handles | None = field(default=None, init=False, repr=False)
    #: (file, its time, number of erased operations) → whether a kept bundle holds one of them.
    kept_with_erased: dict[tuple[str, int, int], bool] = field(default_factory=dict, init=False)
    #: Where files outside the home are being written.
    parts: LeftParts = field(init=False)

    def __post_init__(self) -> None:
        self.parts = LeftParts(self.settings.home)

    @property
    def tree(self) -> ScopeTree:
        """The tree of units as it stands: of the catalogue in force."""
        if self._tree is None or self._tree.units is not self.catalogue.units:
            self._tree = ScopeTree(self.catalogue.units)
        return self._tree

    @property
    def handles(self) -> Handles:
        """What this home calls the records whose ids would give a secret away."""
        if self._handles is None:
            self._handles = Handles(self.dek)
        return self._handles

    @property
    def unit(self) -> str:
        """The unit this installation belongs to."""
        return self.store.unit

    @property
    def demonstration(self) -> bool:
        """Whether everybody in this register is invented: it is for trying, and never enrolled."""
        return bool(self.store.setting(DEMONSTRATION))

    @property
    def tier(self) -> Tier:
        """The tier of the unit."""
        return self.tree.units.tier(self.unit)

    def today(self) -> date:
        """The date on this PC's clock, in local time."""
        return datetime.fromtimestamp(self.clock(), tz=UTC).astimezone().date()

    def require(self, right: Right) -> None:
        """Raise KnownError `rights.denied` unless the signed-in account has the right.

        Asked first by every use case, so a damaged store refuses here (`store.only_reading`),
        before a backup is made of it or a file is read in vain.
        """
        if right not in _ONLY_LOOKING:
            self.store.must_be_writable()
        if not allows(self.account.rights, right):
            raise denied(right)

    @property
    def keeps_own_certificate(self) -> bool:
        """Whether the signed-in account may ask for this PC's own certificate.

        By what the account was given, not by what the certificate leaves of it: one that bounds
        the role would else be the last that this PC ever had.
        """
        return allows(self.account.rights | self.account.withheld, Right.KEYS)

    def require_own_certificate(self) -> None:
        """Raise KnownError `rights.denied` unless `keeps_own_certificate`; see `require`."""
        self.store.must_be_writable()
        if not self.keeps_own_certificate:
            raise denied(Right.KEYS)

    def must_be_real(self) -> None:
        """Raise KnownError `demonstration.refused` for a register in which nobody exists."""
        if self.demonstration:
            raise KnownError("demonstration.refused", "demonstration.refused_hint")

    @contextmanager
    def write(self, *, changing: bool = True) -> Iterator[UnitOfWork]:
        """One transaction in the name of the signed-in account.

        `changing` is False for one that only adds rows of audit.
        """
        # Its judge knows the surroundings of a record, and they know the workplace.
        from app.services.declarations import Judge

        with self.store.write(self.account.full_name or self.account.name) as work:
            work.judge = Judge(self)
            if self.reference_signer is not None:
                work.sign_reference = _when_needed(self.reference_signer, work)
            work.before_commit.append(lambda: self.committing(changing))
            work.before_commit.append(lambda: self._note_erasure(work))
            work.after_commit.append(partial(self._follow, work))
            yield work

    def _follow(self, work: UnitOfWork) -> None:
        """Go by what a transaction brought, from its commit on."""
        if work.erased:
            forget_drafts(self.settings.drafts_path, self.dek, work.erased)
        for told in self.on_written:
            told(work.written)
        if work.references_changed:
            with self.store.read() as reading:
                self.catalogue = read_catalogue(reading)

    def fold_in_after(self, operations: int) -> None:
        """Fold the write-ahead log into the store after a transaction of so many operations, kept
        or rolled back: it would lie there for as long as the window is open. A disk that refuses it
        undoes nothing; then the next time does it.
        """
        if operations > LITTLE:
            try:
                self.store.fold_in()
            except KnownError:
                event("store.not_folded", operations=operations)

    def forget_left_drafts(self) -> None:
        """Take out of the drafts what stands there of the records of which something was erased
        while this home was open before; to be called when it is opened.
        """
        if erased := self.store.setting(ERASED_SINCE).split():
            forget_drafts(self.settings.drafts_path, self.dek, erased)
            with self.write(changing=False) as work:
                self.store.put_settings(work, {ERASED_SINCE: ""})
                work.commit()

    def _note_erasure(self, work: UnitOfWork) -> None:
        if work.erased:
            # A row of a list that is the child says its name, too.
            crosscheck.forget_children(work.connection, work.erased)
            names = set(self.store.setting(OLD_COPIES).split())
            names.update(path.name for path in backup.copies(self.settings))
            erased = work.erased.union(self.store.setting(ERASED_SINCE).split())
            noted = {OLD_COPIES: " ".join(sorted(names)), ERASED_SINCE: " ".join(sorted(erased))}
            self.store.put_settings(work, noted)
            work.audit("erasure.counted", records=len(work.erased))

    def tree_in(self, work: UnitOfWork) -> ScopeTree:
        """The tree as a transaction has it so far; it may still be rolled back."""
        units = read_catalogue(work.connection).units
        return self.tree if units is self.catalogue.units else ScopeTree(units)

    @property
    def gathers(self) -> bool:
        """Whether records come from units below: a register of a commune is typed."""
        return self.tier is not Tier.COMMUNE

    def audit(self, event: str, **details: str | int) -> None:
        """An audit row in a transaction of its own, for what changed nothing else."""
        with self.write(changing=False) as work:
            work.audit(event, **details)
            work.commit()

    def unit_named(self, text: str) -> str:
        """The `CODE@EDITION` that a command or a person wrote as `CODE` or `CODE@EDITION`.

        A bare code means this installation's own edition, or the newest that has it. Raises
        KnownError `units.unknown`.
        """
        units = self.tree.units
        ref = text if "@" in text else f"{text}@{self.unit.partition('@')[2]}"
        newer = None if "@" in text or ref in units else units.unit_on(text, self.today())
        return units.unit(ref if newer is None else newer.ref).ref

    def scope_units(self, unit: str | None) -> tuple[str, ...]:
        """The units whose records a list of `unit` holds; None means this installation's own.

        A certificate may reach further than the own unit: each further one has its own lists.
        """
        chosen = self.unit if unit is None else unit
        if not self.tree.covers([self.unit, *self.certified], chosen):
            raise KnownError("units.outside_scope", "units.outside_scope_hint", unit=chosen)
        return tuple(self.tree.below(chosen))

    def standing(self, units: Iterable[str]) -> list[str]:
        """Of these units those that are there today and went into no other of them.

        A decree on one commune makes an edition that holds a part of the tree only, so whether a
        unit stands is never told from its edition alone. Those of the editions that this
        installation lies in count as standing whatever the clock says.
        """
        tree, today = self.tree.units, self.today()
        own = self.own_editions
        there = dict.fromkeys(
            one
            for one in units
            if one in tree and (one.partition("@")[2] in own or tree.stands_on(one, today))
        )
        return [one for one in there if all(gone.new not in there for gone in tree.successors(one))]

    @property
    def own_editions(self) -> tuple[str, ...]:
        """The edition of this unit, and that of the units above it where this is another one."""
        above = self.tree.units.ancestors(self.unit) if self.unit in self.tree.units else ()
        return tuple(dict.fromkeys((self.unit.partition("@")[2], *(one.edition for one in above))))

    def reach(self) -> frozenset[str]:
        """All units whose records this installation may hold as its own or its units'."""
        return frozenset(
            one for unit in (self.unit, *self.certified) for one in self.tree.below(unit)
        )


def _when_needed(
    signer: Callable[[Reading], Callable[[Operation], Operation]], work: UnitOfWork
) -> Callable[[Operation], Operation]:
    """Keys are read from the store only when something is to be signed."""

    def sign(operation: Operation) -> Operation:
        return signer(work.connection)(operation)

    return sign


class Cancelled(KnownError):
    """A person stopped a long piece of work; nothing of it remains."""

    def __init__(self) -> None:
        super().__init__("work.cancelled")


@dataclass(slots=True)
class Progress:
    """How far a long piece of work is, and the way to stop it.

    `report(done, total)` is called from the working thread; `cancelled` is asked between batches.
    `phase` is told the name of what begins, where work has parts that a person can tell apart.
    `yields`: it is to stop where it can be gone on with, for the program is about to be closed.
    """

    on_step: Callable[[int, int], None] = lambda _done, _total: None
    cancelled: Callable[[], bool] = lambda: False
    phase: Callable[[str], None] = lambda _name: None
    yields: Callable[[], bool] = lambda: False

    def step(self, done: int, total: int = 0) -> None:
        """Report progress; raises Cancelled when a person asked to stop."""
        self.heed()
        self.on_step(done, total)

    def heed(self) -> None:
        """Raise Cancelled when a person asked to stop, or closes the program."""
        if self.cancelled() or self.yields():
            raise Cancelled
