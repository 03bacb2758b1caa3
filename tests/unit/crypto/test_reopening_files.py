"""The request of a locked register, and the reply that opens it for one passphrase alone."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from app.crypto import age
from app.crypto.age import X25519Identity
from app.crypto.keyslots import (
    BadKeyslots,
    Keyslots,
    WrongSecret,
    decode_keyslots,
    encode_keyslots,
    new_dek,
    new_keyslots,
    waiting_slot,
)
from app.crypto.recovery_code import new_recovery_code
from app.crypto.reopening import (
    MAX_FILE_BYTES,
    BadReply,
    BadRequest,
    NoEscrow,
    make_reply,
    make_request,
    open_waiting,
    read_reply,
    read_request,
)

DISTRICT, PROVINCE = X25519Identity.generate(), X25519Identity.generate()
OF, OTHER = "21211@2025 aaaa", "21212@2025 bbbb"
NEW = "một câu mới tinh"


def _locked(of: str = OF) -> tuple[bytes, Keyslots]:
    dek = new_dek()
    slots = new_keyslots(dek, "an", "câu đã quên mất", new_recovery_code())
    for above in (DISTRICT, PROVINCE):
        slots = slots.with_escrow(dek, above.recipient, of)
    return dek, slots


@pytest.mark.parametrize("holder", [DISTRICT, PROVINCE])
def test_either_unit_above_opens_it_for_the_passphrase_that_was_chosen(
    holder: X25519Identity,
) -> None:
    dek, slots = _locked()
    waiting = waiting_slot("an", NEW)
    request = make_request(slots, waiting)
    read = read_request(request, holder)
    assert (read.user, read.of, read.database, read.dek) == ("an", OF, slots.database, dek)
    reply = make_reply(read)
    # The slot that waits lies on the disk meanwhile, in the words of the key slots.
    (kept,) = decode_keyslots(encode_keyslots(Keyslots(slots.database, (waiting,)))).slots
    with pytest.raises(WrongSecret):
        open_waiting(kept, "câu khác")
    assert read_reply(reply, open_waiting(kept, NEW), slots.database) == dek


def test_a_request_is_read_by_nobody_else() -> None:
    _, slots = _locked()
    request = make_request(slots, waiting_slot("an", NEW))
    with pytest.raises(BadRequest) as refused:
        read_request(request, X25519Identity.generate())
    assert refused.value.rule == "other-key"


def test_a_register_that_was_never_enrolled_has_nobody_to_ask() -> None:
    slots = new_keyslots(new_dek(), "an", "câu đã quên mất", new_recovery_code())
    with pytest.raises(NoEscrow):
        make_request(slots, waiting_slot("an", NEW))


def test_the_slot_of_one_register_does_not_pass_for_that_of_another() -> None:
    """Who has a stolen PC's key slots and knows the name of a neighbour gets nothing by it."""
    _, slots = _locked()
    forged = replace(slots, slots=tuple(replace(one, of=OTHER) for one in slots.escrow))
    with pytest.raises(BadRequest) as refused:
        read_request(make_request(forged, waiting_slot("an", NEW)), DISTRICT)
    assert refused.value.rule == "slot"
    with pytest.raises(BadKeyslots):
        forged.open_with_escrow(DISTRICT)


def test_what_a_slot_is_of_survives_a_new_key_and_the_file() -> None:
    _, slots = _locked()
    fresh = new_dek()
    again = decode_keyslots(encode_keyslots(slots.rekeyed(fresh)))
    assert [one.of for one in again.escrow] == [OF, OF]
    assert again.open_with_escrow(PROVINCE) == fresh


@pytest.mark.parametrize("of", ["x" * 121, "xã"])
def test_what_a_slot_is_of_is_short_and_plain(of: str) -> None:
    _, slots = _locked()
    file = msgspec.json.decode(encode_keyslots(slots))
    file["slots"][-1]["of"] = of
    with pytest.raises(BadKeyslots) as refused:
        decode_keyslots(msgspec.json.encode(file))
    assert refused.value.rule == "of"
    file["slots"][-1]["of"] = None
    file["slots"][0]["of"] = OF
    with pytest.raises(BadKeyslots) as refused:
        decode_keyslots(msgspec.json.encode(file))
    assert refused.value.rule == "of"


def _sealed(content: object) -> bytes:
    return age.encrypt(msgspec.json.encode(content), [DISTRICT.recipient])


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        (b"", "damaged"),
        (b"\0" * (MAX_FILE_BYTES + 1), "too-long"),
        (_sealed("nothing"), "content"),
        (_sealed({"v": 1, "t": "reopen"}), "content"),
        (make_request(_locked()[1], waiting_slot("an", NEW))[:-1], "damaged"),
    ],
)
def test_what_is_no_request_is_refused_by_name(file: bytes, rule: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_request(file, DISTRICT)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"v": 2}, "version"),
        ({"t": "reopen"}, "version"),
        ({"dek": "00"}, "version"),
        ({"dek": "zz"}, "content"),
        ({"db": "00000000-0000-0000-0000-000000000000"}, "other-register"),
        ({"more": 1}, "content"),
    ],
)
def test_what_is_no_reply_is_refused_by_name(change: dict[str, object], rule: str) -> None:
    dek, slots = _locked()
    good = {"v": 1, "t": "reopened", "db": slots.database, "dek": dek.hex()}
    assert read_reply(_sealed(good), DISTRICT, slots.database) == dek
    with pytest.raises(BadReply) as refused:
        read_reply(_sealed({**good, **change}), DISTRICT, slots.database)
    assert refused.value.rule == rule
