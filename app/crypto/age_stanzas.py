"""Recipients and identities of age: who a file key is wrapped for, and who can unwrap it.

X25519 for stations, escrow and key slots; scrypt (a passphrase) for the files of a unit CA and the
root key, which `age -d` must open in fifteen years. No other kind is written or read.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.crypto import bech32
from app.crypto.age_header import HeaderFailure, Stanza, decode_base64, encode_base64

FILE_KEY_BYTES = 16
#: Reading limit for the cost of a passphrase: 2^20 needs 1 GiB and some seconds. A file that wants
#: more is refused at once instead of freezing the PC.
MAX_WORK_FACTOR = 20
#: What is written: 2^18 is what `age` itself uses (256 MiB, about one second).
WORK_FACTOR = 18
_X25519_LABEL = b"age-encryption.org/v1/X25519"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
# Each wrapping key is used for one message only, so the nonce may be all zero (C2SP age.md).
_ZERO_NONCE = bytes(12)
_WORK_FACTOR = re.compile(r"[1-9][0-9]*")
_P = 2**255 - 19
#: The points of low order by their coordinate: with any of them every shared secret is zero
#: (RFC 7748, section 7). The library says so only when something is to be written for one.
_LOW_ORDER = frozenset(
    {
        0,
        1,
        0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0,
        0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F,
        _P - 1,
        _P,
        _P + 1,
    }
)


class Recipient(Protocol):
    """Somebody a file can be written for."""

    def wrap(self, file_key: bytes) -> Stanza: ...


class Identity(Protocol):
    """Somebody who may open a file. None when no stanza is for this identity."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None: ...


class X25519Recipient:
    """A public key of 32 bytes, written `age1…`. Equal when the keys are equal.

    Raises ValueError for a key of low order, with which nothing is secret: nobody holds one, and
    once it were noted as somebody's, nothing could be sealed for the unit any more.
    """

    def __init__(self, public: bytes) -> None:
        if len(public) != 32:
            raise ValueError("an X25519 public key has 32 bytes")
        # The highest bit is ignored (RFC 7748, section 5).
        if int.from_bytes(public, "little") % 2**255 in _LOW_ORDER:
            raise ValueError("a public key of low order keeps nothing secret")
        self.public = public

    @classmethod
    def from_text(cls, text: str) -> X25519Recipient:
        """Read `age1…`. Raises ValueError for anything else, upper case included."""
        prefix, public = bech32.decode(text)
        if prefix != "age" or text != text.lower():
            raise ValueError("not an age recipient")
        return cls(public)

    @property
    def text(self) -> str:
        return bech32.encode("age", self.public)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and other.public == self.public

    def __hash__(self) -> int:
        return hash(self.public)

    def wrap(self, file_key: bytes) -> Stanza:
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        key = _hkdf(secret, share + self.public, _X25519_LABEL)
        body = ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza(("X25519", encode_base64(share)), body)


class X25519Identity:
    """A private key of 32 bytes, written `AGE-SECRET-KEY-1…`. Never printed by repr."""

    def __init__(self, private: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(private)
        self.recipient = X25519Recipient(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> X25519Identity:
        return cls(os.urandom(32))

    @classmethod
    def from_text(cls, text: str) -> X25519Identity:
        """Read `AGE-SECRET-KEY-1…`. Raises ValueError for anything else."""
        prefix, private = bech32.decode(text)
        if prefix != "age-secret-key-" or len(private) != 32 or text != text.upper():
            raise ValueError("not an age secret key")
        return cls(private)

    @property
    def private(self) -> bytes:
        return self._key.private_bytes_raw()

    @property
    def text(self) -> str:
        return bech32.encode("age-secret-key-", self.private).upper()

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None. Raises HeaderFailure for a malformed X25519 stanza."""
        for stanza in stanzas:
            if stanza.type == "X25519":
                file_key = self._unwrap_one(stanza)
                if file_key is not None:
                    return file_key
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 2:
            raise HeaderFailure("x25519-arguments")
        share = decode_base64(stanza.arguments[1])
        if len(share) != 32:
            raise HeaderFailure("x25519-share")
        # The length is checked before decryption: a key of another length could otherwise be used
        # as a partitioning oracle (C2SP age.md).
        if len(stanza.body) != FILE_KEY_BYTES + 16:
            raise HeaderFailure("x25519-body")
        try:
            secret = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:  # the library refuses an all-zero secret: a share of low order
            raise HeaderFailure("x25519-low-order") from None
        key = _hkdf(secret, share + self.recipient.public, _X25519_LABEL)
        return _open(key, stanza.body)


class Passphrase:
    """Recipient and identity at once; a passphrase stanza stands alone in its header."""

    def __init__(self, passphrase: str, work_factor: int | None = None) -> None:
        if not passphrase:
            raise ValueError("an empty passphrase protects nothing")
        work_factor = WORK_FACTOR if work_factor is None else work_factor
        if not 1 <= work_factor <= MAX_WORK_FACTOR:
            raise ValueError("work factor out of range")
        self._passphrase = passphrase.encode("utf-8")
        self._work_factor = work_factor

    def wrap(self, file_key: bytes) -> Stanza:
        salt = os.urandom(16)
        key = _scrypt(self._passphrase, salt, self._work_factor)
        body = ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza(("scrypt", encode_base64(salt), str(self._work_factor)), body)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None. Raises HeaderFailure for a malformed or too costly stanza."""
        for stanza in stanzas:
            if stanza.type == "scrypt":
                return self._unwrap_one(stanza)
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 3:
            raise HeaderFailure("scrypt-arguments")
        salt = decode_base64(stanza.arguments[1])
        if len(salt) != 16:
            raise HeaderFailure("scrypt-salt")
        factor = stanza.arguments[2]
        if not _WORK_FACTOR.fullmatch(factor) or len(factor) > 2:
            raise HeaderFailure("scrypt-work-factor")
        if int(factor) > MAX_WORK_FACTOR:
            raise HeaderFailure("scrypt-work-factor-limit")
        if len(stanza.body) != FILE_KEY_BYTES + 16:
            raise HeaderFailure("scrypt-body")
        return _open(_scrypt(self._passphrase, salt, int(factor)), stanza.body)


def check_stanzas_agree(stanzas: Sequence[Stanza]) -> None:
    """A passphrase stanza must be the only one (C2SP age.md). Raises HeaderFailure."""
    if len(stanzas) > 1 and any(stanza.type == "scrypt" for stanza in stanzas):
        raise HeaderFailure("scrypt-not-alone")


def _hkdf(secret: bytes, salt: bytes, label: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, label).derive(secret)


def _scrypt(passphrase: bytes, salt: bytes, work_factor: int) -> bytes:
    # OpenSSL counts 128·r·(N+p+2) bytes against maxmem; 32 MiB is its default.
    size = 1 << work_factor
    return hashlib.scrypt(
        passphrase,
        salt=_SCRYPT_LABEL + salt,
        n=size,
        r=8,
        p=1,
        dklen=32,
        maxmem=128 * 8 * (size + 8),
    )


def _open(key: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None
