"""A new installation, and opening one: key slots, store, accounts.

The passphrase of a person opens a key slot; the slot opens the data key; the data key opens the
store. Nobody, not even the person who set the PC up, can open it without one of the slots.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from app import logs
from app.crypto.keyslots import (
    Keyslots,
    SlotKind,
    WrongSecret,
    decode_keyslots,
    delay_after,
    encode_keyslots,
    new_dek,
    new_keyslots,
)
from app.crypto.recovery_code import MistypedCode, new_recovery_code
from app.errors import KnownError
from app.forms.catalogue import catalogue_of
from app.forms.references import References, UnitRow
from app.history.entities import ENTITIES
from app.models import audit, backup
from app.models.accounts import AccountRow, account, accounts, put_account
from app.models.log import last_position
from app.models.queries.references import newer_than_program, put_provisional_units
from app.models.queries.writers import POSITION, SIGN_IN
from app.models.store import Store, create_store, open_store
from app.services import checkup, declarations, seen
from app.services.catalogues import read_catalogue
from app.services.home import (
    HomeLock,
    clear_leftovers,
    finish,
    make_folder,
    prepare,
    refuse_drive,
    refuse_store_without_keys,
    write_secret,
)
from app.services.left_parts import LeftParts
from app.services.reference_signing import ReferenceCheck, reference_signer
from app.services.rights import ALL_RIGHTS, bounded, pack, unpack
from app.services.sign_in import check_passphrase, one_spelling, sign_in_name
from app.services.trust import certificate_role, certified_scope
from app.services.workplace import Account, Workplace
from app.settings import Settings
from app.sync.apply import retry_waiting
from app.text.normalize import clean

#: A setting: whether somebody said that the recovery code is on paper. Nothing where nobody is
#: asked: at the command line, and in a home of an older program.
CODE_ON_PAPER = "recovery_code_on_paper"
NOT_YET, SAID = "not yet", "said"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Installed:
    """What a person must be told once: the recovery code, to be printed and locked away."""

    unit: str
    user: str
    recovery_code: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The opened data key and who signs in with it: whose slot opened it, or, with the recovery
    code, whose passphrase was forgotten."""

    dek: bytes
    user: str


def install(
    settings: Settings,
    *,
    unit: str,
    user: str,
    full_name: str,
    title: str,
    passphrase: str,
    provisional: tuple[UnitRow, ...] = (),
    asks_for_code: bool = False,
) -> Installed:
    """Set up this PC for a unit (`CODE@EDITION`) with one account that has every right.

    `provisional` holds a unit that did not ship with the program, until enrolment brings it signed.
    `asks_for_code`: whoever reads the code is to say that it is on paper
    (`PeopleHere.code_is_on_paper`), and until then the worklist reminds of it.
    Raises KnownError for an unknown unit, what the rules of `sign_in` refuse, a home in use or on a
    network drive, and what `home.prepare` raises. What fails half way can be begun again in the
    same place: the key slots are written last, and until then the home is marked as being set up.
    """
    catalogue_of(References(units=provisional)).units.unit(unit)
    if not clean(user):
        raise KnownError("install.no_user", "install.no_user_hint")
    name = sign_in_name(user)
    check_passphrase(passphrase, name)
    row = AccountRow(name, clean(full_name) or name, clean(title), pack(ALL_RIGHTS), active=True)
    make_folder(settings.home)
    refuse_drive(settings.home)
    with HomeLock(settings.lock_path, "init"):
        prepare(settings)
        standing = {CODE_ON_PAPER: NOT_YET} if asks_for_code else {}
        code = _make(settings, unit, row, one_spelling(passphrase), provisional, standing)
        finish(settings)
    return Installed(unit, name, code)


def _make(
    settings: Settings,
    unit: str,
    first: AccountRow,
    passphrase: str,
    provisional: tuple[UnitRow, ...],
    standing: dict[str, str],
) -> str:
    """The store with its first account, then the key slots; gives the recovery code."""
    dek = new_dek()
    code = new_recovery_code()
    slots = new_keyslots(dek, first.name, passphrase, code)
    store = create_store(settings.store_path, dek, unit)
    try:
        with store.write(first.full_name) as work:
            put_account(work.connection, first)
            put_provisional_units(work.connection, [one._asdict() for one in provisional])
            store.put_settings(work, standing)
            work.audit("install", unit=unit)
            work.commit()
    finally:
        store.close()
    write_secret(settings.keyslots_path, encode_keyslots(slots))
    return code


def read_keyslots(settings: Settings) -> Keyslots:
    """The key slots of a home.

    Raises KnownError `home.nothing_installed`, `home.store_without_keys`.
    """
    try:
        return decode_keyslots(settings.keyslots_path.read_bytes())
    except FileNotFoundError:
        refuse_store_without_keys(settings)
        raise KnownError(
            "home.nothing_installed", "home.nothing_installed_hint", folder=str(settings.home)
        ) from None


def users(settings: Settings) -> tuple[str, ...]:
    """The people who have a slot here, for the sign-in page."""
    return tuple(
        slot.user
        for slot in read_keyslots(settings).slots
        if slot.kind is SlotKind.USER and slot.user
    )


def unlock(settings: Settings, passphrase: str, user: str | None = None) -> Unlocked:
    """Open the data key with a passphrase; without a user every user slot is tried.

    Wrong tries make the next one wait longer (a counter beside the slots), and the error says how
    long. Raises WrongSecret.
    """
    slots = read_keyslots(settings)
    spelled = one_spelling(passphrase)
    tries = _wrong_tries(settings)
    time.sleep(delay_after(tries))
    for name in [user] if user else list(users(settings)):
        try:
            dek = slots.open_with_password(name, spelled)
        except WrongSecret:
            continue
        _note_tries(settings, 0)
        return Unlocked(dek, name)
    raise _counted(settings, WrongSecret(), tries + 1)


def unlock_with_recovery(settings: Settings, code: str, user: str = "") -> Unlocked:
    """Open the data key with the printed recovery code, for `user` to set a new passphrase.

    Wrong and mistyped codes make the next try wait longer, as passphrases do. Raises WrongCode or
    MistypedCode, and what `whose` raises.
    """
    slots = read_keyslots(settings)
    name = whose(slots, user)
    return Unlocked(counted(settings, lambda: slots.open_with_recovery_code(code)), name)


def counted(settings: Settings, attempt: Callable[[], T]) -> T:
    """What an attempt with a secret comes to; a wrong one makes the next try wait longer."""
    tries = _wrong_tries(settings)
    time.sleep(delay_after(tries))
    try:
        found = attempt()
    except (WrongSecret, MistypedCode) as error:
        raise _counted(settings, error, tries + 1) from None
    _note_tries(settings, 0)
    return found


def whose(slots: Keyslots, user: str) -> str:
    """Who the recovery code is used for: the code itself is nobody's. One alone need not be named.

    Raises KnownError `passphrase.whose`, `account.unknown`.
    """
    names = [slot.user for slot in slots.slots if slot.user]
    if not user and len(names) == 1:
        return names[0]
    if not user:
        raise KnownError("passphrase.whose", "passphrase.whose_hint", users=", ".join(names))
    if user not in names:
        raise KnownError("account.unknown", "account.unknown_hint")
    return user


#: The next step after a wrong try → the same, where the next try has to wait.
_WAITING = {
    "crypto.wrong_secret_hint": "crypto.wrong_secret_wait",
    "crypto.wrong_code_hint": "crypto.wrong_code_wait",
    "crypto.recovery_code_hint": "crypto.recovery_code_wait",
}


def _counted(settings: Settings, error: KnownError, tries: int) -> KnownError:
    """Note a wrong try; the error then says how long the next one will take."""
    _note_tries(settings, tries)
    seconds = int(delay_after(tries))
    if seconds:
        error.hint_id = _WAITING[str(error.hint_id)]
        error.parameters = {**error.parameters, "seconds": seconds}
    return error


def _wrong_tries(settings: Settings) -> int:
    """As noted beside the slots; what a damaged file says of it locks nobody out."""
    path = settings.home / "wrong-tries"
    said = path.read_bytes().strip() if path.is_file() else b""
    return int(said) if said.isdigit() and len(said) < 9 else 0


def _note_tries(settings: Settings, tries: int) -> None:
    path = settings.home / "wrong-tries"
    if tries == 0:
        path.unlink(missing_ok=True)
    else:
        write_secret(path, str(tries).encode())


def open_workplace(
    settings: Settings,
    unlocked: Unlocked,
    clock: Callable[[], float] = time.time,
    *,
    hurried: bool = False,
) -> Workplace:
    """Open the store with the data key and sign the person in.

    `hurried` leaves a large store to be looked through later (`checkup.look_over`). One that is
    found damaged is opened, too, but only for reading.

    The caller holds the home. Raises KnownError `store.newer_file`, `store.damaged`,
    `account.unknown`, `home.network`, `home.removable`.
    """
    refuse_drive(settings.home)
    clear_leftovers(settings)
    LeftParts(settings.home).sweep()
    try:
        store = open_store(
            settings.store_path,
            unlocked.dek,
            before_migration=lambda: backup.before_migration(settings, unlocked.dek),
            clock=clock,
        )
        try:
            return _signed_in(settings, store, unlocked, clock, hurried=hurried)
        except BaseException:
            store.close()
            raise
    except KnownError as error:
        raise with_way_back(error, settings, unlocked.dek) from error


def _signed_in(
    settings: Settings,
    store: Store,
    unlocked: Unlocked,
    clock: Callable[[], float],
    *,
    hurried: bool,
) -> Workplace:
    signed_in = _account(store, unlocked.user)
    checkup.at_open(settings, store, unlocked.dek, hurried=hurried)
    came_back = _note_sign_in(settings, store, signed_in)
    logs.event("store.opened", unit=store.unit)
    with store.read() as reading:
        catalogue = read_catalogue(reading)
    workplace = Workplace(settings, store, catalogue, signed_in, unlocked.dek, clock)
    with store.read() as reading:
        rights = bounded(signed_in.rights, certificate_role(reading))
        workplace.certified = certified_scope(reading)
    workplace.account = replace(signed_in, rights=rights, withheld=signed_in.rights - rights)
    workplace.reference_signer = partial(reference_signer, workplace)
    if store.refusal is None:
        workplace.forget_left_drafts()
        read_what_waited(workplace)
        declarations.judge_unless_judged(workplace)
    workplace.came_back = came_back
    return workplace


def _note_sign_in(settings: Settings, store: Store, signed_in: Account) -> bool:
    """Note who signed in; whether the store was found to be an older copy of itself."""
    if store.refusal is not None:
        return False
    with store.write(signed_in.full_name) as work:
        came_back = seen.went_back(settings, store.replica, audit.newest(work.connection))
        if came_back:
            # Somebody put an older copy of the file in its place; what it was is elsewhere.
            given_up = work.take_new_replica()
            work.audit("replica.renewed", reason="image", given_up=given_up)
        stood = {POSITION: last_position(work.connection)}
        work.audit(SIGN_IN, account=signed_in.name, **stood)
        work.commit()
    seen.note(settings, store)
    return came_back


def with_way_back(error: KnownError, settings: Settings, dek: bytes) -> KnownError:
    """The same error; for a damaged store, with the backup to put in its place."""
    if error.message_id != "store.damaged":
        return error
    file = settings.store_path.name
    copy = backup.newest_sound(settings, dek)
    if copy is None:
        return KnownError("store.damaged", "store.damaged_no_backup_hint", file=file)
    return KnownError("store.damaged", "store.damaged_backup_hint", file=file, backup=str(copy))


def read_what_waited(workplace: Workplace) -> None:
    """After an update: what waited because the program before did not know its type of record."""
    with workplace.store.read() as reading:
        waiting = newer_than_program(reading)
    if waiting.keys().isdisjoint(ENTITIES):
        return
    with workplace.write() as work:
        check = ReferenceCheck(workplace, work.connection)
        found = retry_waiting(work, workplace.tree, check)
        work.audit("newer-program-read", accepted=found.freed)
        work.commit()


def _account(store: Store, user: str) -> Account:
    with store.read() as connection:
        row = account(connection, user) if user else next(iter(accounts(connection)), None)
    if row is None or not row.active:
        raise KnownError("account.unknown", "account.unknown_hint")
    return Account(row.name, row.full_name, row.title, unpack(row.rights))
