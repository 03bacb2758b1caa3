"""Opening a register again whose passphrases and recovery code are lost, through an escrow slot.

The locked PC makes a user slot that lacks its DEK (`keyslots.waiting_slot`): its private key is
wrapped under the new passphrase and never leaves the PC. The request carries the slot's public key
and the escrow slots, sealed to the escrow keys, so that nobody else reads it. The holder of one of
these keys opens the DEK and seals it to the public key: that is the reply. It needs no signature:
only the true DEK opens the store, and only the passphrase that was chosen opens the reply.

    request = age(escrow recipients, {"v":1,"t":"reopen","db","user","recipient","slots":[…]})
    reply   = age(recipient,         {"v":1,"t":"reopened","db","dek"})

A request sent on by somebody else opens nothing for them but what they ask for themselves: the
check code, over the bytes of the file, says by telephone whose it is. `of` of an escrow slot is
sealed with its DEK, so the holder sees whose register it really is. Refuses a slot of another `of`.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import dataclass

import msgspec

from app.crypto import age
from app.crypto.keyslots import (
    DEK_BYTES,
    MAX_SLOTS,
    BadKeyslots,
    Keyslots,
    Slot,
    SlotKind,
    WrongSecret,
    open_slot,
    private_key,
)
from app.errors import KnownError

MAX_FILE_BYTES = 64 * 1024
_REQUEST, _REPLY = "reopen", "reopened"


class NoEscrow(KnownError):
    """The register has no escrow slot: it was never enrolled, nobody else can open it."""

    def __init__(self) -> None:
        super().__init__("reopening.no_escrow", "reopening.no_escrow_hint")


class BadRequest(KnownError):
    """The file is no request, was made for other keys, or names another register than it opens."""

    def __init__(self, rule: str) -> None:
        super().__init__("reopening.bad_request", "reopening.bad_request_hint", rule=rule)
        self.rule = rule


class BadReply(KnownError):
    """The file is no reply to the request that waits here."""

    def __init__(self, rule: str) -> None:
        super().__init__("reopening.bad_reply", "reopening.bad_reply_hint", rule=rule)
        self.rule = rule


class _EscrowSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    recipient: str
    dek: str
    of: str


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    t: str
    db: str
    user: str
    recipient: str
    slots: tuple[_EscrowSlot, ...]


class _Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    t: str
    db: str
    dek: str


@dataclass(frozen=True, slots=True)
class ReopeningRequest:
    """An opened request: for which account of whose register (`of`), and the DEK itself."""

    database: str
    user: str
    of: str
    recipient: age.X25519Recipient
    dek: bytes


def make_request(slots: Keyslots, waiting: Slot) -> bytes:
    """The request file for a slot that waits for its DEK. Raises NoEscrow."""
    held = slots.escrow
    if not held:
        raise NoEscrow
    request = _Request(
        1,
        _REQUEST,
        slots.database,
        waiting.user or "",
        waiting.recipient.text,
        tuple(
            _EscrowSlot(
                slot.recipient.text, base64.b64encode(slot.sealed_dek).decode("ascii"), slot.of
            )
            for slot in held
        ),
    )
    return age.encrypt(msgspec.json.encode(request), [slot.recipient for slot in held])


def read_request(data: bytes, identity: age.X25519Identity) -> ReopeningRequest:
    """Open a request as the holder of an escrow key. Raises BadRequest."""
    content = _opened(data, identity, BadRequest)
    try:
        read = msgspec.json.decode(content, type=_Request)
        database = str(uuid.UUID(read.db))
        recipient = age.X25519Recipient.from_text(read.recipient)
        slots = [
            Slot(
                database,
                SlotKind.ESCROW,
                age.X25519Recipient.from_text(one.recipient),
                base64.b64decode(one.dek, validate=True),
                of=one.of,
            )
            for one in read.slots[:MAX_SLOTS]
        ]
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, binascii.Error):
        raise BadRequest("content") from None
    if read.v != 1 or read.t != _REQUEST:
        raise BadRequest("version")
    for slot in slots:
        if slot.recipient == identity.recipient:
            try:
                dek = open_slot(slot, identity)
            except (BadKeyslots, UnicodeEncodeError):
                raise BadRequest("slot") from None
            return ReopeningRequest(database, read.user, slot.of, recipient, dek)
    raise BadRequest("slot")


def make_reply(request: ReopeningRequest) -> bytes:
    """The reply file: the DEK for the slot that waits, and for nobody else."""
    reply = _Reply(1, _REPLY, request.database, request.dek.hex())
    return age.encrypt(msgspec.json.encode(reply), [request.recipient])


def open_waiting(waiting: Slot, passphrase: str) -> age.X25519Identity:
    """The private key of the slot that waits. Raises WrongSecret for another passphrase than the
    one that was chosen with the request.
    """
    identity = private_key(waiting, passphrase.encode("utf-8"))
    if identity is None:
        raise WrongSecret
    return identity


def read_reply(data: bytes, identity: age.X25519Identity, database: str) -> bytes:
    """The DEK out of a reply. Whether it is the true one is told by the store alone.

    Raises BadReply.
    """
    content = _opened(data, identity, BadReply)
    try:
        read = msgspec.json.decode(content, type=_Reply)
        dek = bytes.fromhex(read.dek)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise BadReply("content") from None
    if read.v != 1 or read.t != _REPLY or len(dek) != DEK_BYTES:
        raise BadReply("version")
    if read.db != database:
        raise BadReply("other-register")
    return dek


def _opened(
    data: bytes, identity: age.X25519Identity, refusal: type[BadRequest] | type[BadReply]
) -> bytes:
    if len(data) > MAX_FILE_BYTES:
        raise refusal("too-long")
    try:
        return age.decrypt(data, [identity])
    except age.NoMatch:
        raise refusal("other-key") from None
    except age.AgeError:
        raise refusal("damaged") from None
