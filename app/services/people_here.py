"""Who works on this PC: accounts are added, changed and taken away, each with its key slot.

Nobody is left out by it: there is always an account that administers and one that keeps the keys,
and nobody takes the own account away. A role never goes beyond the certificate of this PC. The row
of the account and the audit row are one transaction; the key slot is written right before its
commit, so that a slot without its account opens nothing, and a removed account has no slot.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.crypto.keyslots import MAX_SLOTS, Keyslots, SlotKind, encode_keyslots
from app.crypto.recovery_code import new_recovery_code
from app.errors import KnownError
from app.models import accounts
from app.models.accounts import AccountRow
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services.home import write_secret
from app.services.installation import CODE_ON_PAPER, NOT_YET, SAID, read_keyslots
from app.services.rights import RIGHTS_OF, Right, Role, bounded, pack, unpack
from app.services.sign_in import check_passphrase, one_spelling, same_person, sign_in_name
from app.services.trust import certificate_role
from app.services.workplace import Workplace
from app.text.normalize import clean

#: Whoever has these last keeps them.
_KEPT = (Right.ADMIN, Right.KEYS)
_TO_CHANGE = "passphrases_to_change"


class PeopleHere:
    """Use cases on the accounts of this PC."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def roles(self) -> tuple[Role, ...]:
        """The roles that an account may have here, under the certificate of this PC."""
        with self._workplace.store.read() as reading:
            limit = certificate_role(reading)
        return tuple(one for one in Role if bounded(RIGHTS_OF[one], limit) == RIGHTS_OF[one])

    def add(self, name: str, full_name: str, title: str, role: Role, passphrase: str) -> None:
        """Add an account. `passphrase` is for the first sign-in: its holder is asked for another.

        The name of one that was taken away may be given again. Raises KnownError `account.no_name`,
        `account.name`, `account.taken`, `account.too_many`, `account.role_beyond`,
        what `check_passphrase` refuses, `files.…`.
        """
        workplace = self._workplace
        workplace.require(Right.ADMIN)
        named = sign_in_name(name)
        check_passphrase(passphrase, named)
        with workplace.write() as work:
            self._within(work.connection, role)
            for one in accounts.accounts(work.connection):
                if one.active and same_person(one.name, named):
                    raise KnownError("account.taken", "account.taken_hint", name=one.name)
            slots = read_keyslots(workplace.settings)
            if len(slots.slots) >= MAX_SLOTS:
                raise KnownError("account.too_many", "account.too_many_hint")
            rights = pack(RIGHTS_OF[role])
            row = AccountRow(named, clean(full_name) or named, clean(title), rights, active=True)
            accounts.put_account(work.connection, row)
            self._owes(work, self._owing() | {named})
            work.audit("account.added", account=named, role=role.value)
            self._write(slots.with_user(workplace.dek, named, one_spelling(passphrase)))
            work.commit()

    def change_role(self, name: str, role: Role) -> None:
        """Give an account another role, from its next sign-in on. Raises KnownError
        `account.unknown`, `account.role_beyond`, `account.last`.
        """
        workplace = self._workplace
        workplace.require(Right.ADMIN)
        with workplace.write() as work:
            row = _active(work.connection, name)
            self._within(work.connection, role)
            changed = AccountRow(
                row.name, row.full_name, row.title, pack(RIGHTS_OF[role]), active=True
            )
            _somebody_stays(_others(work.connection, name, changed))
            accounts.put_account(work.connection, changed)
            work.audit("account.role", account=row.name, role=role.value)
            work.commit()

    def remove(self, name: str) -> None:
        """Take an account away: it signs in no more and its key slot is gone. What it wrote stays.

        Key slots in backups made before still open those. Raises KnownError `account.unknown`,
        `account.own`, `account.last`, `files.…`.
        """
        workplace = self._workplace
        workplace.require(Right.ADMIN)
        if name == workplace.account.name:
            raise KnownError("account.own", "account.own_hint")
        with workplace.write() as work:
            row = _active(work.connection, name)
            _somebody_stays(_others(work.connection, name, None))
            gone = AccountRow(row.name, row.full_name, row.title, row.rights, active=False)
            accounts.put_account(work.connection, gone)
            self._owes(work, self._owing() - {row.name})
            work.audit("account.removed", account=row.name)
            slots = read_keyslots(workplace.settings)
            for slot in slots.slots:
                if slot.kind is SlotKind.USER and slot.user == row.name:
                    slots = slots.without(slot.id)
            self._write(slots)
            work.commit()

    def new_recovery_code(self) -> str:
        """A new recovery code, told once; the one before opens nothing here any more.

        Nobody is reminded of the one before either. Raises KnownError `files.…`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        code = new_recovery_code()
        slots = read_keyslots(workplace.settings).with_recovery(workplace.dek, code)
        with workplace.write(changing=False) as work:
            work.audit("recovery.renewed")
            self._code_was_seen_to(work)
            self._write(slots)
            work.commit()
        return code

    def code_is_on_paper(self) -> None:
        """Somebody typed a part of the recovery code off the paper: nobody is reminded of it."""
        workplace = self._workplace
        workplace.require(Right.KEYS)
        with workplace.write(changing=False) as work:
            work.audit("recovery.on_paper")
            self._code_was_seen_to(work)
            work.commit()

    def _code_was_seen_to(self, work: UnitOfWork) -> None:
        self._workplace.store.put_settings(work, {CODE_ON_PAPER: SAID})

    # --- the passphrase of the first sign-in ------------------------------------------------

    @property
    def owes_passphrase(self) -> bool:
        """Whether the signed-in person still uses the passphrase that somebody else chose."""
        return self._workplace.account.name in self._owing()

    def _owing(self) -> frozenset[str]:
        return owing(self._workplace)

    def _owes(self, work: UnitOfWork, names: Iterable[str]) -> None:
        note_owing(self._workplace, work, names)

    # --- guards -----------------------------------------------------------------------------

    def _within(self, reading: Reading, role: Role) -> None:
        limit = certificate_role(reading)
        if bounded(RIGHTS_OF[role], limit) != RIGHTS_OF[role]:
            raise KnownError("account.role_beyond", "account.role_beyond_hint", role=role.value)

    def _write(self, slots: Keyslots) -> None:
        write_secret(self._workplace.settings.keyslots_path, encode_keyslots(slots))


def code_is_on_no_paper(workplace: Workplace) -> bool:
    """Whether the recovery code was shown and nobody said that it is on paper."""
    return workplace.store.setting(CODE_ON_PAPER) == NOT_YET


def owing(workplace: Workplace) -> frozenset[str]:
    """The accounts whose passphrase was chosen by whoever added them."""
    return frozenset(workplace.store.setting(_TO_CHANGE).split())


def note_owing(workplace: Workplace, work: UnitOfWork, names: Iterable[str]) -> None:
    """Remember them."""
    workplace.store.put_settings(work, {_TO_CHANGE: " ".join(sorted(names))})


def _active(reading: Reading, name: str) -> AccountRow:
    row = accounts.account(reading, name)
    if row is None or not row.active:
        raise KnownError("account.unknown", "account.unknown_hint")
    return row


def _others(reading: Reading, name: str, changed: AccountRow | None) -> list[AccountRow]:
    """The active accounts as they will be."""
    kept = [row for row in accounts.accounts(reading) if row.active and row.name != name]
    return kept if changed is None else [*kept, changed]


def _somebody_stays(rows: list[AccountRow]) -> None:
    for right in _KEPT:
        if not any(right in unpack(row.rights) for row in rows):
            raise KnownError("account.last", "account.last_hint", right=right.value)
