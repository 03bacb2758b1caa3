"""Who can open the local database: key slots around one data key.

DEK = 32 random bytes, the raw key of SQLCipher. Each slot has an X25519 key pair; the DEK is sealed
to its public half as an age file, and the private half is wrapped under a password or code:

    key = Argon2id(secret, salt, m = 64 MiB, t = 3, p = 1)      RFC 9106, the memory-bound choice
    wrapped = AES-256-KWP(key, private key)                      RFC 5649: it authenticates itself

So a new DEK can be sealed to every slot without any password, and rekeying, recovery and escrow
survive each other. An escrow slot holds no private key: it belongs to a unit above; whose register
it opens (`of`) is sealed together with the DEK, so that nobody can pass one off as another's.
Refuses to remove the last slot that a person here can open.
"""

from __future__ import annotations

import base64
import binascii
import os
import tempfile
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import keywrap
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.crypto import age
from app.crypto.recovery_code import read_recovery_code
from app.errors import KnownError

DEK_BYTES = 32
SALT_BYTES = 16
MAX_FILE_BYTES = 256 * 1024
MAX_SLOTS = 64
#: Characters of what an escrow slot says of its register, at most.
MAX_OF = 120
#: What a new lock costs: KiB of memory, passes, lanes. It stands in the lock, so opening one costs
#: what writing it did.
COST = (65_536, 3, 1)
#: Bounds on what a file may ask of this PC: up to 1 GiB and 16 passes.
_MAX_MEMORY_KIB, _MAX_PASSES, _MAX_LANES = 1 << 20, 16, 4


class SlotKind(StrEnum):
    """Whose slot it is."""

    USER = "user"
    RECOVERY = "recovery"
    ESCROW = "escrow"


class WrongSecret(KnownError):
    """The passphrase or code opens no slot of this kind."""

    def __init__(self, name: str = "wrong_secret") -> None:
        super().__init__(f"crypto.{name}", f"crypto.{name}_hint")


class WrongCode(WrongSecret):
    """The recovery code is one of ours, but of another installation, or was replaced since."""

    def __init__(self) -> None:
        super().__init__("wrong_code")


class BadKeyslots(KnownError):
    """The file is damaged. `rule` says by name what it breaks."""

    def __init__(self, rule: str) -> None:
        super().__init__("crypto.bad_keyslots", "crypto.bad_keyslots_hint", rule=rule)
        self.rule = rule


class _Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    kind: str
    recipient: str
    dek: str
    user: str | None = None
    kdf: str | None = None
    m: int | None = None
    t: int | None = None
    p: int | None = None
    salt: str | None = None
    wrapped: str | None = None
    of: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    db: str
    slots: tuple[_Slot, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """What a password or code is turned into a key with, and what that key wraps."""

    salt: bytes
    wrapped: bytes
    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to the data key. `lock` is None for escrow; `user` is the account of a user slot,
    `of` the unit and station whose register an escrow slot opens.
    """

    id: str
    kind: SlotKind
    recipient: age.X25519Recipient
    sealed_dek: bytes
    user: str | None = None
    lock: Lock | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class Keyslots:
    """All slots of one database. Every change returns new keyslots; nothing is written here."""

    database: str
    slots: tuple[Slot, ...]

    def open_with_password(self, user: str, password: str) -> bytes:
        """The DEK. Raises WrongSecret for an unknown user or a wrong password."""
        slots = [s for s in self.slots if s.kind is SlotKind.USER and s.user == user]
        return _open_first(slots, password.encode("utf-8"))

    def open_with_recovery_code(self, typed: str) -> bytes:
        """The DEK. Raises MistypedCode or WrongCode."""
        secret = read_recovery_code(typed)
        try:
            return _open_first([s for s in self.slots if s.kind is SlotKind.RECOVERY], secret)
        except WrongSecret:
            raise WrongCode from None

    def open_with_escrow(self, identity: age.X25519Identity) -> bytes:
        """The DEK, for the unit above that holds the escrow key. Raises WrongSecret."""
        for slot in self.slots:
            if slot.recipient == identity.recipient:
                return open_slot(slot, identity)
        raise WrongSecret

    def with_user(self, dek: bytes, user: str, password: str) -> Keyslots:
        """The same with a slot for `user`; an earlier slot of that user is replaced."""
        kept = [s for s in self.slots if not (s.kind is SlotKind.USER and s.user == user)]
        slot = _locked_slot(SlotKind.USER, dek, password.encode("utf-8"), user)
        return replace(self, slots=(*kept, slot))

    def with_recovery(self, dek: bytes, code: str) -> Keyslots:
        """The same with this one recovery code; earlier codes stop working."""
        kept = [s for s in self.slots if s.kind is not SlotKind.RECOVERY]
        slot = _locked_slot(SlotKind.RECOVERY, dek, read_recovery_code(code), None)
        return replace(self, slots=(*kept, slot))

    def with_escrow(self, dek: bytes, recipient: age.X25519Recipient, of: str = "") -> Keyslots:
        """The same with a slot for the holder of `recipient`; added once. `of`: whose register it
        opens, `CODE@EDITION station`.
        """
        _check_dek(dek)
        kept = [s for s in self.slots if s.recipient != recipient]
        sealed = age.encrypt(dek + of.encode("ascii"), [recipient])
        slot = Slot(str(uuid.uuid4()), SlotKind.ESCROW, recipient, sealed, of=of)
        return replace(self, slots=(*kept, slot))

    @property
    def escrow(self) -> tuple[Slot, ...]:
        """The slots of the units above."""
        return tuple(slot for slot in self.slots if slot.kind is SlotKind.ESCROW)

    def without(self, slot_id: str) -> Keyslots:
        """The same without one slot; rekey afterwards, or its old holder can still open the file.

        Raises ValueError when no user slot would be left.
        """
        kept = tuple(slot for slot in self.slots if slot.id != slot_id)
        if not any(slot.kind is SlotKind.USER for slot in kept):
            raise ValueError("the last user slot stays")
        return replace(self, slots=kept)

    def rekeyed(self, new_dek: bytes) -> Keyslots:
        """The same slots around another DEK. Needs no password of anybody."""
        _check_dek(new_dek)
        return replace(
            self,
            slots=tuple(
                replace(
                    slot,
                    sealed_dek=age.encrypt(new_dek + slot.of.encode("ascii"), [slot.recipient]),
                )
                for slot in self.slots
            ),
        )


def new_dek() -> bytes:
    """A fresh data key."""
    return os.urandom(DEK_BYTES)


def new_keyslots(dek: bytes, user: str, password: str, recovery_code: str) -> Keyslots:
    """Keyslots of a new database: its first user and its recovery code."""
    empty = Keyslots(str(uuid.uuid4()), ())
    return empty.with_user(dek, user, password).with_recovery(dek, recovery_code)


def waiting_slot(user: str, password: str) -> Slot:
    """A user slot without a DEK: whoever has another way to it seals it to the slot's recipient."""
    identity = age.X25519Identity.generate()
    lock = _locked(identity, password.encode("utf-8"))
    return Slot(str(uuid.uuid4()), SlotKind.USER, identity.recipient, b"", user, lock)


def private_key(slot: Slot, secret: bytes) -> age.X25519Identity | None:
    """The private key of a locked slot, None when the secret is not its own."""
    if slot.lock is None:
        return None
    try:
        private = keywrap.aes_key_unwrap_with_padding(_derive(secret, slot.lock), slot.lock.wrapped)
    except keywrap.InvalidUnwrap:
        return None
    if len(private) != 32:
        raise BadKeyslots("wrapped")
    return age.X25519Identity(private)


def delay_after(wrong_tries: int) -> float:
    """Seconds to wait before the next try: none for the first three, then doubling up to 5 min."""
    return 0.0 if wrong_tries < 3 else float(min(300, 2 ** (wrong_tries - 3)))


def encode_keyslots(keyslots: Keyslots) -> bytes:
    """The bytes of `keyslots.json`."""
    slots = [_written(slot) for slot in keyslots.slots]
    return msgspec.json.format(
        msgspec.json.encode({"v": 1, "db": keyslots.database, "slots": slots}), indent=1
    )


def decode_keyslots(data: bytes) -> Keyslots:
    """Read `keyslots.json`. Raises BadKeyslots."""
    if len(data) > MAX_FILE_BYTES:
        raise BadKeyslots("too-long")
    try:
        read = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadKeyslots("not-json") from None
    if read.v != 1:
        raise BadKeyslots("version")
    if not 1 <= len(read.slots) <= MAX_SLOTS or len({s.id for s in read.slots}) != len(read.slots):
        raise BadKeyslots("slots")
    try:
        database = str(uuid.UUID(read.db))
        slots = tuple(_slot(slot) for slot in read.slots)
    except (ValueError, binascii.Error):
        raise BadKeyslots("value") from None
    return Keyslots(database, slots)


def write_file(path: Path, data: bytes) -> None:
    """Replace a small secret file: temp file of mode 0600 beside it, fsync, rename, fsync folder.

    After a power cut the old or the new content is there, never a part. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:  # mkstemp makes the file 0600
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring what was renamed or removed in a folder to the disk. Raises OSError."""
    if os.name == "nt":  # a folder cannot be opened there; NTFS journals the rename itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked_slot(kind: SlotKind, dek: bytes, secret: bytes, user: str | None) -> Slot:
    _check_dek(dek)
    identity = age.X25519Identity.generate()
    lock = _locked(identity, secret)
    sealed = age.encrypt(dek, [identity.recipient])
    return Slot(str(uuid.uuid4()), kind, identity.recipient, sealed, user, lock)


def _locked(identity: age.X25519Identity, secret: bytes) -> Lock:
    empty = Lock(os.urandom(SALT_BYTES), b"", *COST)
    wrapped = keywrap.aes_key_wrap_with_padding(_derive(secret, empty), identity.private)
    return replace(empty, wrapped=wrapped)


def _open_first(slots: list[Slot], secret: bytes) -> bytes:
    for slot in slots:
        identity = private_key(slot, secret)
        if identity is not None:
            return open_slot(slot, identity)
    raise WrongSecret


def open_slot(slot: Slot, identity: age.X25519Identity) -> bytes:
    """The DEK of a slot, with its private key. Raises BadKeyslots when it does not open, or was
    sealed for another register than it says.
    """
    try:
        content = age.decrypt(slot.sealed_dek, [identity])
    except age.AgeError as error:
        raise BadKeyslots("dek") from error
    if len(content) < DEK_BYTES or content[DEK_BYTES:] != slot.of.encode("ascii"):
        raise BadKeyslots("dek")
    return content[:DEK_BYTES]


def _derive(secret: bytes, lock: Lock) -> bytes:
    return Argon2id(
        salt=lock.salt,
        length=32,
        iterations=lock.passes,
        lanes=lock.lanes,
        memory_cost=lock.memory_kib,
    ).derive(secret)


def _check_dek(dek: bytes) -> None:
    if len(dek) != DEK_BYTES:
        raise ValueError("a data key has 32 bytes")


def _written(slot: Slot) -> _Slot:
    plain = _Slot(
        id=slot.id,
        kind=slot.kind.value,
        recipient=slot.recipient.text,
        dek=_to_text(slot.sealed_dek),
        user=slot.user,
    )
    if slot.lock is None:
        return msgspec.structs.replace(plain, of=slot.of or None)
    return msgspec.structs.replace(
        plain,
        kdf="argon2id",
        m=slot.lock.memory_kib,
        t=slot.lock.passes,
        p=slot.lock.lanes,
        salt=_to_text(slot.lock.salt),
        wrapped=_to_text(slot.lock.wrapped),
    )


def _slot(read: _Slot) -> Slot:
    kind = SlotKind(read.kind)
    if (kind is SlotKind.USER) != (read.user is not None):
        raise BadKeyslots("user")
    of = read.of or ""
    if not of.isascii() or len(of) > MAX_OF or (of and kind is not SlotKind.ESCROW):
        raise BadKeyslots("of")
    return Slot(
        id=str(uuid.UUID(read.id)),
        kind=kind,
        recipient=age.X25519Recipient.from_text(read.recipient),
        sealed_dek=base64.b64decode(read.dek, validate=True),
        user=read.user,
        lock=None if kind is SlotKind.ESCROW else _lock(read),
        of=of,
    )


def _lock(read: _Slot) -> Lock:
    if (
        read.kdf != "argon2id"
        or read.m is None
        or read.t is None
        or read.p is None
        or read.salt is None
        or read.wrapped is None
    ):
        raise BadKeyslots("kdf")
    bounds_hold = (
        8 * read.p <= read.m <= _MAX_MEMORY_KIB
        and 1 <= read.t <= _MAX_PASSES
        and 1 <= read.p <= _MAX_LANES
    )
    lock = Lock(
        base64.b64decode(read.salt, validate=True),
        base64.b64decode(read.wrapped, validate=True),
        read.m,
        read.t,
        read.p,
    )
    if not bounds_hold or not 16 <= len(lock.salt) <= 64 or len(lock.wrapped) != 40:
        raise BadKeyslots("kdf")
    return lock


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
