"""Why a bundle is refused whole: one name for each thing that can be wrong with a file.

Every refusal names the file, what is wrong and the next step. A refused bundle has changed nothing.
"""

from __future__ import annotations

from enum import StrEnum

from app.crypto.certificate import ChainReason
from app.errors import KnownError
from app.i18n import language, number


class Refusal(StrEnum):
    """The outcome of a bad file; listed with examples in FORMAT.md."""

    UNREADABLE = "unreadable"
    NOT_A_BUNDLE = "not-a-bundle"
    CUT = "cut"
    MEMBER_HEADER = "member-header"
    MEMBER_SIZE = "member-size"
    MEMBER_PADDING = "member-padding"
    END_BLOCKS = "end-blocks"
    TRAILING_DATA = "trailing-data"
    BAD_SIGNATURE = "bad-signature"
    MANIFEST_JSON = "manifest-json"
    MANIFEST_FIELD = "manifest-field"
    NEWER_FORMAT = "newer-format"
    CERTIFICATES = "certificates"
    SENDER_UNKNOWN = "sender-unknown"
    SENDER_EXPIRED = "sender-expired"
    SENDER_NOT_YET_VALID = "sender-not-yet-valid"
    SENDER_REVOKED = "sender-revoked"
    SENDER_BEYOND_RIGHTS = "sender-beyond-rights"
    SENDER_DIFFERS = "sender-differs"
    SENDER_NOT_IN_LINE = "sender-not-in-line"
    CERTS_HASH = "certs-hash"
    CRL_NUMBERS = "crl-numbers"
    ROOT_IN_CERTS = "root-in-certs"
    ROOT_FINGERPRINT = "root-fingerprint"
    NOT_FOR_THIS_UNIT = "not-for-this-unit"
    NOT_FOR_THIS_STATION = "not-for-this-station"
    RECIPIENT_KEY = "recipient-key"
    STANZAS = "stanzas"
    PAYLOAD_SIZE = "payload-size"
    PAYLOAD_HASH = "payload-hash"
    STATED = "stated"
    CANNOT_DECRYPT = "cannot-decrypt"
    BAD_AGE = "bad-age"
    BAD_ZSTD = "bad-zstd"
    ZSTD_WINDOW = "zstd-window"
    MORE_THAN_CLAIMED = "more-than-claimed"
    PLAIN_BYTES = "plain-bytes"
    LINE_TOO_LONG = "line-too-long"
    LINE_COUNT = "line-count"
    HEADER_LINE = "header-line"
    LINE_ORDER = "line-order"
    UNKNOWN_LINE = "unknown-line"
    END_LINE = "end-line"
    FORK_LINE = "fork-line"
    LEFT_LINE = "left-line"
    REFUSED_LINE = "refused-line"
    OPS_COUNT = "ops-count"
    OPS_HASH = "ops-hash"
    BAD_OPERATION = "bad-operation"


#: (sentence, next step) where a refusal shares them with others; the rest have their own sentence.
_DAMAGED = ("damaged", "copy_again")
_ALTERED = ("altered", "copy_or_ask_again")
_MISMADE = ("mismade", "ask_again")
_SENTENCES: dict[Refusal, tuple[str, str]] = {
    Refusal.UNREADABLE: ("unreadable", "copy_again"),
    Refusal.NOT_A_BUNDLE: ("not_a_bundle", "choose_other"),
    Refusal.CUT: ("cut", "copy_again"),
    Refusal.MEMBER_HEADER: _DAMAGED,
    Refusal.MEMBER_SIZE: _DAMAGED,
    Refusal.MEMBER_PADDING: _DAMAGED,
    Refusal.END_BLOCKS: _DAMAGED,
    Refusal.TRAILING_DATA: _DAMAGED,
    Refusal.PAYLOAD_HASH: _DAMAGED,
    Refusal.PAYLOAD_SIZE: _ALTERED,
    Refusal.BAD_SIGNATURE: _ALTERED,
    Refusal.CERTS_HASH: _ALTERED,
    Refusal.NEWER_FORMAT: ("newer_format", "update_program"),
    Refusal.SENDER_UNKNOWN: ("sender_unknown", "ask_sender"),
    Refusal.SENDER_EXPIRED: ("sender_expired", "renew_sender"),
    Refusal.SENDER_NOT_YET_VALID: ("sender_not_yet_valid", "check_clock"),
    Refusal.SENDER_REVOKED: ("sender_revoked", "key_holder"),
    Refusal.SENDER_BEYOND_RIGHTS: ("sender_beyond_rights", "ask_sender"),
    Refusal.SENDER_NOT_IN_LINE: ("sender_not_in_line", "ask_sender"),
    Refusal.ROOT_FINGERPRINT: ("root_fingerprint", "compare_sheet"),
    Refusal.NOT_FOR_THIS_UNIT: ("not_for_this_unit", "open_there"),
    Refusal.NOT_FOR_THIS_STATION: ("not_for_this_station", "send_again_all"),
    Refusal.RECIPIENT_KEY: ("not_for_this_station", "send_again_all"),
    Refusal.CANNOT_DECRYPT: ("not_for_this_station", "send_again_all"),
    Refusal.MORE_THAN_CLAIMED: ("bomb", "ask_again"),
    Refusal.ZSTD_WINDOW: ("bomb", "ask_again"),
}

#: Of a refusal narrowed by its detail, where people have something else to do.
_NARROWER: dict[tuple[Refusal, str], tuple[str, str]] = {
    (Refusal.SENDER_DIFFERS, "replica"): ("replica_taken", "take_new_id"),
}

_CHAIN: dict[ChainReason, Refusal] = {
    ChainReason.UNKNOWN_ISSUER: Refusal.SENDER_UNKNOWN,
    ChainReason.BAD_SIGNATURE: Refusal.SENDER_UNKNOWN,
    ChainReason.EXPIRED: Refusal.SENDER_EXPIRED,
    ChainReason.NOT_YET_VALID: Refusal.SENDER_NOT_YET_VALID,
    ChainReason.REVOKED: Refusal.SENDER_REVOKED,
    ChainReason.SCOPE_EXCEEDS_ISSUER: Refusal.SENDER_BEYOND_RIGHTS,
    ChainReason.WRONG_EKU: Refusal.SENDER_BEYOND_RIGHTS,
    ChainReason.REFERENCE_NOT_PROVINCE: Refusal.SENDER_BEYOND_RIGHTS,
    ChainReason.NOT_A_STATION: Refusal.SENDER_BEYOND_RIGHTS,
    ChainReason.PATH_TOO_LONG: Refusal.SENDER_BEYOND_RIGHTS,
}


class BundleRefused(KnownError):
    """A bundle refused whole (exit code 1). `detail` narrows the reason to a field or rule."""

    def __init__(self, refusal: Refusal, file: str, detail: str = "", **more: object) -> None:
        sentence, step = _NARROWER.get((refusal, detail), _SENTENCES.get(refusal, _MISMADE))
        shown = f"{refusal.value}: {detail}" if detail else refusal.value
        super().__init__(f"bundle.{sentence}", f"bundle.{step}", file=file, reason=shown, **more)
        self.refusal = refusal
        self.detail = detail


def chain_refused(reason: ChainReason, file: str) -> BundleRefused:
    """The refusal for a failed chain; the exact reason is its detail."""
    return BundleRefused(_CHAIN.get(reason, Refusal.CERTIFICATES), file, reason.value)


class Size(int):
    """A number of bytes for a sentence: `48 KB`, `3.1 MB`, with the comma where it is written."""

    def __str__(self) -> str:
        if self < 1_000:
            return f"{int(self)} byte"
        if self < 1_000_000:
            return f"{round(self / 1000)} KB"
        text = f"{self / 1_000_000:.1f} MB"
        return text.replace(".", ",") if language() == "vi" else text

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)


class ExactSize(Size):
    """The same to the byte, for two numbers that would read alike when rounded."""

    def __str__(self) -> str:
        return f"{number(int(self))} byte"
