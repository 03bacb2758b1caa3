"""A register that nobody here can open any more: every passphrase and the recovery code are lost.

At the locked PC somebody chooses a new passphrase and takes a request to the unit above; whoever
keeps the keys there opens it with the unit's escrow key, hears the check code by telephone, and
writes a reply that opens this register for that passphrase alone (`crypto/reopening.py`). Between
the two there lie in the home the slot that waits, locked by the new passphrase, and the request.
The unit above refuses what is not below it, and the register of a PC that was revoked: a thief has
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.crypto.check_code import check_code, same_code
from app.crypto.keyslots import Keyslots, Slot, decode_keyslots, encode_keyslots, waiting_slot
from app.crypto.reopening import (
    MAX_FILE_BYTES,
    BadReply,
    ReopeningRequest,
    make_reply,
    make_request,
    open_waiting,
    read_reply,
    read_request,
)
from app.errors import KnownError
from app.models.store import is_current
from app.plain_files import FileTooLarge, is_folder, read_small
from app.services.accounts import Accounts
from app.services.authority import AuthorityDesk
from app.services.home import (
    REOPENING_REQUEST,
    REOPENING_SLOT,
    HomeLock,
    refuse_own_folder,
    write_secret,
)
from app.services.installation import Unlocked, counted, read_keyslots, whose
from app.services.rights import Right
from app.services.sign_in import check_passphrase, one_spelling
from app.services.stations import Stations, StationState
from app.services.workplace import Workplace
from app.settings import Settings
from app.sync.files import write_new_file

#: How the names of the two files end that travel.
REQUEST, REPLY = ".reopen", ".reopened"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that was written and has no reply yet: for which account, and its check code.

    `unit` (`CODE@EDITION`) and `station` are those of the register.
    """

    user: str
    check_code: str
    unit: str
    station: str


@dataclass(frozen=True, slots=True)
class ReopeningView:
    """What a request is for, as its seal says: the register of which PC, for which account."""

    unit: str
    station: str
    user: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """The reply file and whom it is for."""

    path: Path
    view: ReopeningView


# --- at the locked PC: nothing is open -----------------------------------------------------------


def waiting(settings: Settings) -> Waiting | None:
    """The request that waits for its reply here, None where there is none."""
    found = _held(settings)
    if found is None:
        return None
    content = (settings.home / REOPENING_REQUEST).read_bytes()
    return _waiting(read_keyslots(settings), found.slots[0], content)


def ask(settings: Settings, out: Path, new: str, user: str = "") -> Waiting:
    """Write a request for `user` to open this register by the passphrase `new` once it is answered.

    An earlier request is forgotten: its reply would open nothing any more. Raises KnownError
    `reopening.no_escrow`, `passphrase.whose`, `account.unknown`, `files.no_folder`,
    `files.own_folder`, what `check_passphrase` refuses, `home.in_use`, `files.…`.
    """
    with HomeLock(settings.lock_path, "reopening"):
        slots = read_keyslots(settings)
        name = whose(slots, user)
        check_passphrase(new, name)
        _must_leave(settings, out)
        slot = waiting_slot(name, one_spelling(new))
        content = make_request(slots, slot)
        # The request goes first: a slot without its request is none, and is made again.
        (settings.home / REOPENING_SLOT).unlink(missing_ok=True)
        write_secret(settings.home / REOPENING_REQUEST, content)
        held = Keyslots(slots.database, (slot,))
        write_secret(settings.home / REOPENING_SLOT, encode_keyslots(held))
        write_new_file(out, content)
    return _waiting(slots, slot, content)


def ask_in(settings: Settings, folder: Path, new: str, user: str = "") -> tuple[Path, Waiting]:
    """As `ask`, into a folder, under the name that such a file has."""
    unit, _station = _register_of(read_keyslots(settings))
    out = folder / _named(unit)
    return out, ask(settings, out, new, user)


def file_name(of: Waiting) -> str:
    """The name of the request on the stick: the unit's code, for the stick holds several."""
    return _named(of.unit)


def _named(unit: str) -> str:
    return f"SoTreEm-{unit.partition('@')[0]}{REQUEST}"


def unlock_with_reply(settings: Settings, file: Path, passphrase: str) -> Unlocked:
    """Open the data key with a reply and the passphrase that was chosen with the request.

    A wrong passphrase makes the next try wait longer. The caller holds the home. Raises KnownError
    `reopening.not_asked`, `reopening.bad_reply`, `reopening.unreadable`, WrongSecret.
    """
    found = _held(settings)
    if found is None:
        raise KnownError("reopening.not_asked", "reopening.not_asked_hint")
    slot, content = found.slots[0], _read(file)
    identity = counted(settings, lambda: open_waiting(slot, one_spelling(passphrase)))
    dek = read_reply(content, identity, found.database)
    try:
        is_current(settings.store_path, dek)
    except KnownError as error:
        if error.message_id != "store.wrong_key":
            raise
        raise BadReply("other-key") from error
    return Unlocked(dek, slot.user or "")


def _held(settings: Settings) -> Keyslots | None:
    """The slot that waits, of this register; what a restored register left behind is none."""
    try:
        found = decode_keyslots((settings.home / REOPENING_SLOT).read_bytes())
    except FileNotFoundError:
        return None
    there = (settings.home / REOPENING_REQUEST).exists()
    return found if there and found.database == read_keyslots(settings).database else None


def _waiting(slots: Keyslots, slot: Slot, content: bytes) -> Waiting:
    unit, station = _register_of(slots)
    return Waiting(slot.user or "", check_code(content), unit, station)


def _register_of(slots: Keyslots) -> tuple[str, str]:
    """Unit and station, as the escrow slots say."""
    of = next((slot.of for slot in slots.escrow if slot.of), "")
    unit, _, station = of.partition(" ")
    return unit, station


def _must_leave(settings: Settings, out: Path) -> None:
    if not is_folder(out.parent):
        raise KnownError("files.no_folder", "files.no_folder_hint", file=str(out.parent))
    refuse_own_folder(settings, out.parent)


def _read(file: Path) -> bytes:
    try:
        return read_small(file, MAX_FILE_BYTES)
    except FileTooLarge:
        return b"\0" * (MAX_FILE_BYTES + 1)  # refused by name as what it is not
    except OSError as error:
        raise KnownError(
            "reopening.unreadable", "reopening.unreadable_hint", file=file.name
        ) from error


# --- with an open register -----------------------------------------------------------------------


class ReopeningDesk:
    """Use cases of the unit above, and the last step at the PC that was locked."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._authority = AuthorityDesk(workplace)

    def inspect(self, file: Path, passphrase: str) -> ReopeningView:
        """What a request is for. `passphrase` is that of the authority's keys.

        Raises KnownError `reopening.…`, `authority.no_escrow`, `authority.wrong_passphrase`,
        `enrol.not_below`.
        """
        return self._opened(_read(file), passphrase)[1]

    def grant(self, file: Path, out: Path, *, passphrase: str, compared: str) -> Reopened:
        """Write the reply to a request. `compared` is the code as the other person read it.

        Raises KnownError as `inspect`, `reopening.no_code`, `reopening.code_differs`,
        `files.no_folder`, `files.own_folder`.
        """
        workplace = self._workplace
        _must_leave(workplace.settings, out)
        content = _read(file)
        request, view = self._opened(content, passphrase)
        if not compared.strip():
            raise KnownError("reopening.no_code", "reopening.no_code_hint", file=file.name)
        if not same_code(compared, check_code(content)):
            raise KnownError("reopening.code_differs", "reopening.code_differs_hint")
        with workplace.write(changing=False) as work:
            # Before the reply: nothing is opened that no row tells of.
            work.audit("reopening.granted", unit=view.unit, station=view.station)
            work.commit()
        write_new_file(out, make_reply(request))
        return Reopened(out, view)

    def finish(self, passphrase: str) -> None:
        """After `unlock_with_reply`: the new passphrase opens this register from now on."""
        Accounts(self._workplace).set_passphrase(passphrase, by_escrow=True)
        home = self._workplace.settings.home
        for name in (REOPENING_SLOT, REOPENING_REQUEST):
            (home / name).unlink(missing_ok=True)

    def _opened(self, content: bytes, passphrase: str) -> tuple[ReopeningRequest, ReopeningView]:
        workplace = self._workplace
        workplace.require(Right.KEYS)
        workplace.must_be_real()
        request = read_request(content, self._authority.escrow(passphrase))
        unit, _, station = request.of.partition(" ")
        if workplace.tree.units.get(unit) is None or not station:
            raise KnownError("reopening.no_register", "reopening.no_register_hint")
        if not workplace.tree.covers([workplace.unit], unit):
            raise KnownError("enrol.not_below", "enrol.not_below_hint", unit=unit)
        self._must_not_be_revoked(unit, station)
        return request, ReopeningView(unit, station, request.user)

    def _must_not_be_revoked(self, unit: str, station: str) -> None:
        for one in Stations(self._workplace).list():
            if (one.unit, one.station) == (unit, station) and one.state is StationState.REVOKED:
                raise KnownError("reopening.revoked", "reopening.revoked_hint", unit=unit)
