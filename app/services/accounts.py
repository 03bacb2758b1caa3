"""The accounts of this PC: who may sign in here, with what, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from app import logs
from app.crypto.keyslots import Keyslots, WrongSecret, encode_keyslots
from app.errors import KnownError
from app.models import accounts
from app.services.home import write_secret
from app.services.installation import CODE_ON_PAPER, NOT_YET, read_keyslots, unlock
from app.services.people_here import note_owing, owing
from app.services.rights import Right, unpack
from app.services.sign_in import check_passphrase, one_spelling
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account; one that is not active cannot sign in."""

    name: str
    full_name: str
    title: str
    rights: frozenset[Right]
    active: bool


class Accounts:
    """Use cases on accounts."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[AccountView]:
        """All accounts, by sign-in name."""
        with self._workplace.store.read() as reading:
            rows = accounts.accounts(reading)
        return [
            AccountView(row.name, row.full_name, row.title, unpack(row.rights), row.active)
            for row in rows
        ]

    def prove(self, passphrase: str) -> None:
        """Make sure that it is the signed-in person who sits there: an open window may stand
        unwatched. A wrong passphrase counts as a wrong try, after which the next one takes longer.

        Raises WrongSecret.
        """
        unlock(self._workplace.settings, passphrase, self._workplace.account.name)

    def set_passphrase(self, new: str, *, by_code: bool = False, by_escrow: bool = False) -> bool:
        """Give the signed-in person a new passphrase; the one before opens nothing here any more.

        `by_code`: the person came in with the recovery code, which stays good; `by_escrow`: with a
        reply of a unit above, for that code is lost as well, and the worklist then asks for a new
        one. The data key stays
        what it is, so backups made before still open with the passphrase that lies beside them.
        Whether this PC holds keys of an authority, which keep a passphrase of their own, is told.

        Needs no right: it is about the own passphrase. The audit row comes first, so there is no
        change without one. A damaged store takes no row, and must not keep out who wants to restore
        it: the program's log gets a line then.

        Raises KnownError what `check_passphrase` refuses, `passphrase.same`, `files.…`.
        """
        workplace = self._workplace
        check_passphrase(new, workplace.account.name)
        slots = read_keyslots(workplace.settings)
        if not (by_code or by_escrow):  # who forgot it may hit upon it again
            _must_differ(slots, workplace.account.name, new)
        name, by = workplace.account.name, "recovery-code" if by_code else "passphrase"
        by = "escrow" if by_escrow else by
        if workplace.store.refusal is None:
            with workplace.write(changing=False) as work:
                work.audit("passphrase.set", account=name, by=by)
                if name in owing(workplace):
                    note_owing(workplace, work, owing(workplace) - {name})
                if by_escrow:
                    workplace.store.put_settings(work, {CODE_ON_PAPER: NOT_YET})
                work.commit()
        logs.event("passphrase.set", by=by)
        settings = workplace.settings
        slots = slots.with_user(workplace.dek, name, one_spelling(new))
        write_secret(settings.keyslots_path, encode_keyslots(slots))
        return any((settings.home / "authority").glob("*.age"))


def _must_differ(slots: Keyslots, name: str, new: str) -> None:
    """Refuse the passphrase that is in use: whoever knows it would go on knowing it.

    Raises KnownError `passphrase.same`.
    """
    try:
        slots.open_with_password(name, one_spelling(new))
    except WrongSecret:
        return
    raise KnownError("passphrase.same", "passphrase.same_hint")
