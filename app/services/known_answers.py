"""Known answers: files and signatures made by other programs (age 1, openssl 3) for invented keys.

If one of them comes out otherwise on this PC, its processor, its libraries or this program are not
to be trusted with keys. Nobody's data were ever protected by these keys.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping

from app.crypto import age
from app.crypto.age_header import AgeError
from app.crypto.recovery_code import new_recovery_code, read_recovery_code
from app.crypto.signatures import SigningKey, verify
from app.history.operation import make_operation
from app.text.fold import fold

_PLAIN = b"So Tre Em"
_AGE_KEY = bytes(range(32))
_AGE_FILE = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBuY2JWRjRTVDlMUFJoRS96MnUxWW9ISmd2TE5CT0hqMkMybld5"
    "eHpETndRCkppUW9yRU1ucFBjck40L3A0T3lJcUdRT24xL0k4Z1lnM01hb3hkU0dJQmcKLS0tIDRjUG05dmJrNTF5aUt3"
    "eWdpc3RaZHpPSFZXb1ZWaXJvYWhGdmhHeVhIOG8KN6I5nvdH5fWtgkbvXyKTIeK96WxMXypD6XEkV+fXohZPlrBEPA9e"
    "Spk="
)
_SIGNING_KEY = (
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAW6dkMm6NYiq3Z9s0pjeJU5dbRb/pXhSRqvK0CBLSpOh"
    "RANCAARsC6/1I/vH2zCIKKmNb2gtd1tI0yv59jRq2n7ovj2g5IX4Hb95BBvaS+QH//MEZFqiCUg64FO/5gmtBsM50VRG"
)
_SIGNATURE = (
    "304402207f3106362f06c18fdf454bddc7c34145a0b130de01086afd44824f3386789c5002206c82f1bc1941e4425420"
    "95edcc23df7cdeeb2eebb208dd3babb14c52dfe5c038"
)
# The id of the operation in `_names_an_operation` (FORMAT.md, "Operations").
_OPERATION = "9af18eeb80e1424e29e5bae98190298ad32d6838d1046ace81c404496f4958df"


def _text(encoded: str) -> str:
    """Vietnamese text, given as UTF-8 in hexadecimal: code holds no Vietnamese."""
    return bytes.fromhex(encoded).decode()


def _opens_a_file_of_age() -> bool:
    sealed = base64.b64decode(_AGE_FILE)
    identity = age.X25519Identity(_AGE_KEY)
    if age.decrypt(sealed, [identity]) != _PLAIN:
        return False
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    try:
        age.decrypt(altered, [identity])
    except AgeError:
        return True
    return False


def _verifies_a_signature_of_openssl() -> bool:
    public = SigningKey.from_bytes(base64.b64decode(_SIGNING_KEY)).key.public_key()
    signature = bytes.fromhex(_SIGNATURE)
    return verify(public, signature, _PLAIN) and not verify(public, signature, _PLAIN + b".")


def _signs() -> bool:
    key = SigningKey.from_bytes(base64.b64decode(_SIGNING_KEY))
    return verify(key.key.public_key(), key.sign(_PLAIN), _PLAIN)


def _hashes() -> bool:
    # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    return hashlib.sha256(b"abc").hexdigest() == expected


def _names_an_operation() -> bool:
    operation = make_operation(
        ent_type="village",
        ent_id="5b2b3e0e-2f2c-4c5e-9f0e-8f5d7b0d2a11",
        parents=[],
        body={"_key": "k", "name": _text("56c4a96e68205068c3ba"), "owner_unit": "21010@2024"},
        salt=bytes(16),
        unit="21010@2024",
        by="21010@2024",
        replica="0b6b7a4e-6a49-4a3c-b8f4-0c9a1d0f7e22",
        author=_text("74e1bbb1206b69e1bb836d"),
        wall=1_767_225_600,
    )
    return operation.op_id.hex() == _OPERATION


def _reads_its_recovery_codes() -> bool:
    return len(read_recovery_code(new_recovery_code())) == 16


def _folds_text() -> bool:
    return fold(_text("c490e1bab76e67205468e1bb8b20e1bba86e67")) == "dang thi ung"


#: Name → whether the answer is the known one.
KNOWN_ANSWERS: Mapping[str, Callable[[], bool]] = {
    "age": _opens_a_file_of_age,
    "signature": _verifies_a_signature_of_openssl,
    "signing": _signs,
    "hash": _hashes,
    "operation": _names_an_operation,
    "recovery-code": _reads_its_recovery_codes,
    "text": _folds_text,
}
