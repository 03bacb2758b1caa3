"""Handing over, the giver's side: what is new, seal, verify as a stranger, put on the stick."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from app import __version__
from app.errors import KnownError
from app.forms.schema import Severity
from app.history.door import Direction
from app.history.operation import Value
from app.ids import derived_id
from app.models import bundles
from app.models.log import newest_operation
from app.models.queries import counting, sending, totals
from app.models.queries.handovers import returned_to
from app.models.queries.history import stopped_count
from app.models.queries.register import SHORTEST
from app.models.queries.rounds import RoundView, open_rounds, rounds
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.plain_files import is_folder
from app.services import blocking_rules, trust
from app.services.checks import CheckSummary
from app.services.exchange import Sealed, Sealing, refuse_unreachable, seal_bundle
from app.services.handover_people import Signer, Signers
from app.services.handover_places import by_place
from app.services.handover_scope import UnitCounts, count, is_whole, reach, spelled, total, units_to
from app.services.handover_stated import to_state
from app.services.handover_unfinished import Stated, begin, forget, lies_whole, note_sent
from app.services.home import OUTGOING, refuse_own_folder
from app.services.rights import Right
from app.services.round_words import round_in_sentence
from app.services.workplace import Progress, Workplace
from app.sync.bundle_reader import examine_bundle
from app.sync.bundle_writer import SealedBundle
from app.sync.delivery import direction_of
from app.sync.files import MayBeThere, copy_out, must_take, remove_parts
from app.sync.stated import StatedCounts, StatedUnit
from app.text.normalize import clean

FOLDER = "TEBUNDLE"
#: The stick went when the file had its name: the sending stays unfinished.
MAY_BE_SENT = "handover.may_be_sent"
_NOBODY = Signers()
#: A check of the records of some units.
Check = Callable[[Progress, Collection[str]], CheckSummary]


@dataclass(frozen=True, slots=True)
class Standing:
    """Which register a count is true for: the same standing, the same rows of the same units on the
    same day.

    Every row follows from the accepted operations. One that becomes accepted takes a new position,
    the newest of the log; one that is turned back is `stopped` from then on. Positions that no
    operation has are taken by sending itself.
    """

    position: int = 0
    stopped: int = 0
    day: date | None = None
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendPreview:
    """What the next bundle to a unit would hold, and what the register holds.

    `travelling_*` are records of which anything goes along since the unit's last acknowledgement,
    known there or not (what is new there is told by `outgoing_news`), the others totals of the
    `units` whose records travel (each with its own counts) on the day `counted_on`; `left_out` are
    children under 16 whom the round's cut-off leaves out, `of_age` those who are 16 by then;
    `moved_away` of the children left and are counted where they were until they are found.
    `issues` are the errors and warnings of a check of these units, without those of children who
    left and whom another book or record counts.
    `places` break the counts of the units down, for the paper.
    All of it is true for the register as it stood `at`. `clock_behind` is the newest day a unit
    above has put its name to, where this PC's clock lags behind it: ages are counted wrong.
    `round` is the one that the handover names and that is counted for, `other_rounds` are open too;
    `blocked` the rules it names whose errors must be gone before anything goes up, with how many
    there are.
    """

    to: str
    operations: int
    travelling_households: int
    travelling_children: int
    households: int
    children: int
    girls: int
    incomplete: int
    conflicts: int
    issues: tuple[int, int]
    at: Standing = Standing()
    left_out: int = 0
    units: tuple[UnitCounts, ...] = ()
    clock_behind: date | None = None
    of_age: int = 0
    counted_on: date | None = None
    round: RoundView | None = None
    other_rounds: tuple[RoundView, ...] = ()
    blocked: Mapping[str, int] = field(default_factory=dict)
    moved_away: int = 0
    places: tuple[StatedUnit, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A finished handover file. Hashes in hex; `households` and `children` as in the manifest,
    `units`, `incomplete`, `left_out`, `of_age` and `moved_away` as counted for the day `counted_on`
    and `round`.
    """

    file: Path
    size: int
    sha256: str
    bundle_id: str
    seq: int
    operations: int
    households: int
    children: int
    incomplete: int
    handover: str
    errors: int = 0
    warnings: int = 0
    units: tuple[UnitCounts, ...] = ()
    left_out: int = 0
    of_age: int = 0
    counted_on: date | None = None
    round: RoundView | None = None
    moved_away: int = 0


class Sending:
    """Use cases of the giver."""

    def __init__(self, workplace: Workplace, check: Check) -> None:
        """`check` checks the records of some units."""
        self._workplace = workplace
        self._check = check

    def refuse_in_vain(self, to: str, out: Path | None = None) -> None:
        """What `send` would refuse anyway, asked before the register is counted for it; without
        `out` what it would refuse wherever it writes.

        Raises KnownError `rights.denied`, `files.no_folder`, `files.own_folder`, what
        `refuse_unreachable` raises, and of a stick that takes no file what `must_take` does.
        """
        self._workplace.require(Right.HANDOVER)
        if out is None:
            refuse_unreachable(self._workplace, to)
            return
        if not is_folder(out):
            # A stick that is not there must not become a folder on the internal disk.
            raise KnownError("files.no_folder", "files.no_folder_hint", file=str(out))
        refuse_own_folder(self._workplace.settings, out)
        refuse_unreachable(self._workplace, to)
        must_take(bundles_on(out), self._name(to), 0)

    def refuse_unreachable(self, to: str) -> None:
        """Refuse a unit that no bundle can be sealed to. Raises KnownError `enrol.not_enrolled`,
        `handover.no_recipient`, `handover.none_active`, `handover.not_in_line`.
        """
        refuse_unreachable(self._workplace, to)

    def open_rounds(self) -> list[RoundView]:
        """The rounds that a handover may be made for, the one it is made for unasked first."""
        with self._workplace.store.read() as reading:
            return open_rounds(reading)

    def round_named(self, typed: str) -> str:
        """The id of the open round of this id, of an id that begins so, or of this name.

        Raises KnownError `handover.round_unknown`, `handover.round_closed`.
        """
        with self._workplace.store.read() as reading:
            known = rounds(reading)
        return _named(known, typed).id

    def preview(self, to: str, progress: Progress | None = None, round_id: str = "") -> SendPreview:
        """What would go to `to` now, counted for the round of an id, or the newest that is open.

        All of it is checked, so that no count is missing. Raises KnownError
        `handover.round_unknown`, `handover.round_closed`.
        """
        step = progress or Progress()
        while True:
            with self._workplace.store.read() as reading:
                before = self._standing(reading, to)
            found = self._check(step, reach(self._workplace.tree, before.units))
            with self._workplace.store.read() as reading:
                if self._standing(reading, to) == before:
                    return self._preview(reading, to, found, before, round_id)
            # Somebody saved while it ran: these numbers belong to no register.

    def _preview(
        self, reading: Reading, to: str, found: CheckSummary, at: Standing, round_id: str
    ) -> SendPreview:
        workplace = self._workplace
        tree, (when, suspect) = workplace.tree, trust.effective_time(workplace)
        within = None if is_whole(workplace, to, at.units) else reach(tree, at.units)
        span = sending.span_for(reading, to, within, workplace.store.setting(trust.STATION))
        households, children = totals.touched(reading, span, within)
        opened = open_rounds(reading)
        current = _named(rounds(reading), round_id) if round_id else next(iter(opened), None)
        basis = counting.basis_for(current, self._day())
        units = count(tree, reading, at.units, basis)
        counted = total(units)
        return SendPreview(
            to,
            sending.carried(reading, span, within),
            households,
            children,
            counted.households,
            counted.children,
            counted.girls,
            counted.incomplete,
            counting.open_conflicts(reading, workplace.tier.value),
            (found.by_severity[Severity.ERROR], found.by_severity[Severity.WARNING]),
            at,
            counted.left_out,
            tuple(units),
            when.date() if suspect else None,
            counted.of_age,
            basis.reference,
            current,
            tuple(one for one in opened if one != current),
            self._blocked(to, current, found),
            counted.moved_away,
            by_place(workplace, reading, units, basis),
        )

    def _blocked(
        self, to: str, current: RoundView | None, found: CheckSummary
    ) -> Mapping[str, int]:
        """Unfinished records may always go up, but a round may name rules whose errors stop it
        (3-data.md, "Completeness"). What goes down or to a neighbour is no answer to a round.
        """
        workplace = self._workplace
        up = direction_of(workplace.tree, to, workplace.unit) is Direction.ABOVE
        rules = current.blocking_rules if current is not None and up else ()
        counts = {rule: found.by_rule[Severity.ERROR, rule] for rule in rules}
        return {rule: count for rule, count in counts.items() if count}

    def _day(self) -> date:
        """The day a handover made now bears, on the calendar of this PC."""
        return trust.handover_time(self._workplace).astimezone().date()

    def _standing(self, reading: Reading, to: str) -> Standing:
        return Standing(
            newest_operation(reading),
            stopped_count(reading),
            self._day(),
            units_to(self._workplace, reading, to),
        )

    def send(
        self,
        to: str,
        out: Path,
        *,
        signers: Signers = _NOBODY,
        seen: SendPreview | None = None,
        clock_confirmed: bool = False,
        progress: Progress | None = None,
    ) -> Sent:
        """Seal the next bundle to `to` and put it into `out`/TEBUNDLE.

        `signers` are the people who hand over and who receive, as the record names them. `seen`
        are the counts that the sender has seen; without them the register is checked here,
        and the result tells them. The handover states these counts and no others: when the register
        changed in the meantime nothing is sent. The file is built and verified on the internal
        disk, the stick asked whether it takes it, its number noted; copied, read back, verified
        again and given its name; only then the handover is noted. A bundle that does not reach the
        stick after all costs a number, never data: sending is cumulative, and the next one says
        that nothing went under that number. One that may lie there stays unfinished. Where this
        PC's clock lags behind the units above, nothing is sent unless `clock_confirmed` says that
        its day is right; nor are errors of rules that the round does not let pass. Raises
        KnownError `enrol.…`, `handover.…` (`handover.may_be_sent` where it stays unfinished),
        `files.…`.
        """
        workplace = self._workplace
        self.refuse_in_vain(to, out)
        step = progress or Progress()
        people = self._signing(signers)
        counted = seen or self.preview(to, step)
        if counted.clock_behind is not None and not clock_confirmed:
            raise _clock_behind(counted.clock_behind, self._day())
        if counted.blocked:
            raise _blocked(counted)
        with workplace.store.read() as reading:
            self._refuse_other(reading, counted)

        def note(work: UnitOfWork, sealed: Sealed) -> None:
            self._refuse_other(work.connection, counted)
            begin(work, self._stated(work.connection, sealed, counted, people))

        with tempfile.TemporaryDirectory(prefix=OUTGOING, dir=workplace.settings.home) as folder:
            name, stated = self._name(to), _to_state(counted, people)
            sealing = Sealing(to, when=trust.handover_time(workplace), stated=stated)
            step.phase("sealing")

            def may_go(bundle: SealedBundle) -> None:
                self._verify(bundle.path)
                remove_parts(bundles_on(out), self._names("*"))
                must_take(bundles_on(out), name, bundle.size)

            sealed = seal_bundle(workplace, sealing, Path(folder) / name, step, note, may_go)
            size, sha256 = sealed.bundle.size, sealed.bundle.sha256
            try:
                final = copy_out(
                    sealed.bundle.path, bundles_on(out), name, step.step, self._verify, step.phase
                )
            except MayBeThere as error:
                # It stays unfinished: whoever has the stick finishes it, or the receiver's word.
                raise KnownError(MAY_BE_SENT, f"{MAY_BE_SENT}_hint", **error.parameters) from error
            except BaseException:
                self._forget(sealed.bundle.bundle_id)  # no file of that name was left behind
                raise
        self._note_what_arrived(sealed.bundle.bundle_id, bundles_on(out))
        manifest = sealed.bundle.manifest
        return Sent(
            final,
            size,
            sha256,
            sealed.bundle.bundle_id,
            manifest.seq,
            manifest.ops,
            manifest.entities.households,
            manifest.entities.children,
            counted.incomplete,
            derived_id(workplace.unit, sealed.bundle.bundle_id),
            *counted.issues,
            counted.units,
            counted.left_out,
            counted.of_age,
            counted.counted_on,
            counted.round,
            counted.moved_away,
        )

    def _signing(self, signers: Signers) -> Signers:
        """Who is not named on the giver's side is whoever is signed in."""
        account, given = self._workplace.account, signers.cleaned()
        if given.giver.name:
            # A title is that of the person who is named, not of who sits at the PC.
            return given
        return replace(
            given, giver=Signer(account.name_on_paper, given.giver.title or account.title)
        )

    def _refuse_other(self, reading: Reading, seen: SendPreview) -> None:
        """Nobody hands over under numbers of another register than the one that goes."""
        if self._standing(reading, seen.to) != seen.at:
            raise KnownError("handover.changed_meanwhile", "handover.changed_meanwhile_hint")

    def _name(self, to: str) -> str:
        """`<unit>-<receiver>-<seq6>.tebundle`: ASCII, at most 40 characters, new each time."""
        store = self._workplace.store
        with store.read() as reading:
            seq, _ = sending.line_state(reading, store.replica, to)
        return self._names(to.partition("@")[0] + f"-{seq + 1:06d}") + ".tebundle"

    def _names(self, line: str) -> str:
        """What this PC calls its bundles, whatever `line` is."""
        unit, replica = self._workplace.unit.replace("@", "-"), self._workplace.store.replica
        return f"{unit}-{line}-{replica[:4]}"

    def _verify(self, path: Path) -> None:
        with self._workplace.store.read() as reading:
            base = trust.trust_of(self._workplace, reading)
        examine_bundle(path, base).close()

    def _forget(self, bundle_id: str) -> None:
        with self._workplace.write() as work:
            for stated in bundles.unfinished(work.connection):
                if stated["sent_manifest"] == bundle_id:
                    forget(work, stated)
            work.commit()

    def _note_what_arrived(self, bundle_id: str, folder: Path) -> None:
        """Note the sending as a handover, and earlier ones whose files lie whole beside it."""
        with self._workplace.write() as work:
            for stated in bundles.unfinished(work.connection):
                if stated["sent_manifest"] == bundle_id or _lies_there(stated, folder):
                    note_sent(self._workplace, work, stated)
            work.commit()

    def _stated(
        self,
        reading: Reading,
        sealed: Sealed,
        counted: SendPreview,
        people: Signers,
    ) -> dict[str, Value]:
        """The giver's half of the handover, as it is at the moment of sealing."""
        workplace, delivery = self._workplace, sealed.delivery
        bundle_id = sealed.bundle.bundle_id
        return {
            "owner_unit": workplace.unit,
            "sent_to": delivery.to,
            "sent_on": sealed.bundle.manifest.created,
            "sent_by": people.giver.name or None,
            "sent_by_title": people.giver.title or None,
            "sent_receiver": people.receiver.name or None,
            "sent_receiver_title": people.receiver.title or None,
            "sent_round": None if counted.round is None else counted.round.id,
            "sent_manifest": bundle_id,
            "sent_station": delivery.station,
            "sent_file": sealed.bundle.path.name,
            "sent_app": f"sotreem {__version__}",
            "sent_seq": delivery.seq,
            "sent_bytes": sealed.bundle.size,
            "sent_sha256": sealed.bundle.sha256,
            "sent_households": counted.households,
            "sent_children": counted.children,
            "sent_girls": counted.girls,
            "sent_incomplete": counted.incomplete,
            "sent_errors": counted.issues[0],
            "sent_warnings": counted.issues[1],
            "sent_ops": sealed.bundle.manifest.ops,
            "sent_touched_households": sealed.bundle.manifest.entities.households,
            "sent_touched_children": sealed.bundle.manifest.entities.children,
            "sent_units": spelled(counted.units),
            "sent_answers": returned_to(reading, workplace.unit, delivery.to) or None,
        }


def bundles_on(stick: Path) -> Path:
    """Where the bundles lie on a stick, or in a folder; somebody may name that place itself."""
    return stick if stick.name.upper() == FOLDER else stick / FOLDER


def _to_state(counted: SendPreview, people: Signers) -> StatedCounts | None:
    """What the bundle itself states: the same numbers as the giver's half."""
    if not counted.places:
        return None
    whole, named = total(counted.units), None if counted.round is None else counted.round.id
    return to_state(counted.places, whole, counted.issues, named, people)


def _named(known: Sequence[RoundView], typed: str) -> RoundView:
    """The open round that somebody calls `typed`."""
    wanted = clean(typed)
    found = [one for one in known if one.id == wanted or _folded(one.name) == _folded(wanted)]
    if not found and len(wanted) >= SHORTEST:
        found = [one for one in known if one.id.startswith(wanted)]
    opened = [one for one in found if one.state == "open"]
    if len(opened) == 1:
        return opened[0]
    names = ", ".join(f"«{one.name}»" for one in known if one.state == "open")
    hint = "handover.round_hint" if names else "handover.round_hint_none"
    told = "handover.round_closed" if len(found) == 1 else "handover.round_unknown"
    name = found[0].name if len(found) == 1 else wanted
    raise KnownError(told, hint, name=name, round=round_in_sentence(name), names=names)


def _folded(name: str) -> str:
    return clean(name).casefold()


def _clock_behind(newest: date, today: date) -> KnownError:
    return KnownError(
        "handover.clock_behind",
        "handover.clock_behind_hint",
        today=f"{today:%d/%m/%Y}",
        day=f"{newest:%d/%m/%Y}",
    )


def _blocked(counted: SendPreview) -> KnownError:
    rules = blocking_rules.told(counted.blocked)
    name = "" if counted.round is None else counted.round.name
    return KnownError(
        "handover.blocked", "handover.blocked_hint", round=round_in_sentence(name), rules=rules
    )


def _lies_there(stated: Stated, folder: Path) -> bool:
    try:
        return lies_whole(stated, folder)
    except OSError:
        return False  # it stays unfinished, for whoever reads that stick
