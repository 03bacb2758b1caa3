"""Handles: what one PC calls a record whose id would give a secret away.

The id of a circumstance is derived from child, group and episode (3-data.md), so whoever sees it
can try every group and knows which one it is. A handle is that id behind AES-256 under a key that
comes from the home's data key (HKDF-SHA-256, a label of its own): the same id has the same handle
on this PC, elsewhere it means nothing, and the PC that made it reads it back without a search. An
id is one block of 16 bytes and no two are alike, so the bare block cipher hides them wholly.
Written `h-` and 26 characters (base32 of RFC 4648, small letters): no id begins like that.
"""

from __future__ import annotations

import base64
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_LABEL = b"so-tre-em/handles/1"
_PREFIX = "h-"
_LENGTH = 26
_PADDING = "=" * 6


class Handles:
    """The handles of one home. `data_key` is its data key, 32 bytes."""

    __slots__ = ("_cipher",)

    def __init__(self, data_key: bytes) -> None:
        key = HKDF(hashes.SHA256(), 32, None, _LABEL).derive(data_key)
        # ECB repeats itself where a message repeats a block; here a message is one block, and that
        # one id always gives one handle is the purpose.
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305

    def handle_of(self, ent_id: str) -> str:
        """The handle of an id. Raises ValueError for text that is no UUID."""
        block = _through(self._cipher.encryptor(), uuid.UUID(ent_id).bytes)
        return _PREFIX + base64.b32encode(block).decode().rstrip("=").lower()

    def id_of(self, typed: str) -> str | None:
        """The id behind a handle, case and blanks around it aside; None for what is no handle.

        A handle of another home gives an id that nothing bears.
        """
        wanted = typed.strip().lower()
        body = wanted.removeprefix(_PREFIX)
        if not wanted.startswith(_PREFIX) or len(body) != _LENGTH:
            return None
        try:
            block = base64.b32decode(body.upper() + _PADDING)
        except ValueError:
            return None
        found = str(uuid.UUID(bytes=_through(self._cipher.decryptor(), block)))
        return found if self.handle_of(found) == wanted else None


def _through(context: CipherContext, block: bytes) -> bytes:
    return context.update(block) + context.finalize()
