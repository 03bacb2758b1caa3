"""What the giver states of a handover, inside the bundle itself: `x_stated` of the manifest.

The giver's half of a handover is an operation that names the bundle, so it can only travel with the
next one; the paper is signed today. The counts therefore ride with the bundle, under a key that an
older program passes over, and sealed to the recipients of the payload: a small commune's numbers
are nobody else's to read. Rules: FORMAT.md, "What the giver states".
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence

import msgspec

from app.crypto.age import AgeError, NoMatch, X25519Identity, X25519Recipient, decrypt, encrypt
from app.crypto.age import read_header as read_age_header
from app.ids import parse_unit
from app.sync.manifest import STATED
from app.sync.refusal import BundleRefused, Refusal
from app.sync.strict_json import Json, NotStrict, read_strict
from app.text.normalize import is_clean

VERSION = 1
#: Characters of base64 in the manifest, so that it fits beside 32 recipients and 128 cursors.
MAX_TEXT = 16_384
MAX_DEPTH = 5
MAX_COUNT = 999_999_999
MAX_NAME = 200

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

_encode = msgspec.json.Encoder(order="deterministic").encode


class StatedPlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A line of the annex. `place` is the id of a village, of a larger unit a unit below it, or ""
    for what stands under no village; `books` None where nobody recorded any.
    """

    place: str
    books: int | None
    households: int
    children: int


class StatedUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unit whose records travel, with everything its scope reaches. `moved_away` of the
    children left and are counted there still.
    """

    unit: str
    books: int | None
    households: int
    children: int
    girls: int
    incomplete: int
    moved_away: int
    places: tuple[StatedPlace, ...] = ()


class StatedPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who hands over or receives; either may be empty."""

    name: str = ""
    title: str = ""


class StatedCounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The giver's numbers at the moment of sealing, for the round of an id or none.

    `errors` and `warnings` are of its check; `left_out` and `of_age` children are not counted.
    """

    round: str | None
    units: tuple[StatedUnit, ...]
    errors: int
    warnings: int
    left_out: int
    of_age: int
    giver: StatedPerson = StatedPerson()
    receiver: StatedPerson = StatedPerson()


class _Sealed(StatedCounts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As it is sealed: `payload` is the SHA-256 of the bundle's own payload, so that nobody can
    put another's statement, which he cannot read, into a bundle of his own.
    """

    v: int
    payload: str


def without_places(stated: StatedCounts) -> StatedCounts:
    """The same numbers without the lines of the annex."""
    units = tuple(msgspec.structs.replace(one, places=()) for one in stated.units)
    return msgspec.structs.replace(stated, units=units)


def seal_stated(
    stated: StatedCounts, payload: str, recipients: Sequence[X25519Recipient], room: int
) -> tuple[str, StatedCounts] | None:
    """The value of `x_stated` in at most `room` characters, and what it says.

    What does not fit, or what no reader would take, goes without the lines of the annex, and if
    need be not at all: the numbers then come with the next bundle, and no handover waits for them.
    """
    for said in (stated, without_places(stated)):
        if broken_rule(said) is None:
            text = base64.b64encode(encrypt(_spelled(said, payload), recipients)).decode()
            if len(text) <= min(room, MAX_TEXT):
                return text, said
    return None


def sealed_in(manifest: bytes, recipients: int, file: str) -> bytes | None:
    """The age file in a stored manifest that was parsed already, None where none is.

    Raises BundleRefused STATED where it is no age file for so many recipients.
    """
    value = _value_in(manifest)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise BundleRefused(Refusal.STATED, file, "text")
    if len(value) > MAX_TEXT:
        raise BundleRefused(Refusal.STATED, file, "size")
    try:
        sealed = base64.b64decode(value, validate=True)
    except ValueError:
        raise BundleRefused(Refusal.STATED, file, "base64") from None
    if base64.b64encode(sealed).decode() != value:  # unused bits: a second spelling
        raise BundleRefused(Refusal.STATED, file, "base64")
    try:
        stanzas = read_age_header(io.BytesIO(sealed))
    except AgeError as error:
        raise BundleRefused(Refusal.STATED, file, error.detail) from error
    if len(stanzas) != recipients or any(one.type != "X25519" for one in stanzas):
        raise BundleRefused(Refusal.STATED, file, "recipients")
    return sealed


def open_stated(
    sealed: bytes, identity: X25519Identity, payload: str, file: str
) -> StatedCounts | None:
    """What an age file from `sealed_in` states; None where a newer program wrote it in a way that
    this one cannot judge. Raises BundleRefused STATED.
    """
    try:
        plain = decrypt(sealed, [identity])
    except NoMatch as error:
        raise BundleRefused(Refusal.STATED, file, "key") from error
    except AgeError as error:
        raise BundleRefused(Refusal.STATED, file, error.detail) from error
    try:
        read = read_strict(plain, MAX_DEPTH)
    except NotStrict as error:
        raise BundleRefused(Refusal.STATED, file, error.rule) from None
    if not isinstance(read, dict):
        raise BundleRefused(Refusal.STATED, file, "object")
    if read.get("payload") != payload:
        raise BundleRefused(Refusal.STATED, file, "payload")
    version = read.get("v")
    if type(version) is int and version > VERSION:
        return None
    known = {name: value for name, value in read.items() if not name.startswith("x_")}
    try:
        found = msgspec.convert(known, _Sealed)
    except msgspec.ValidationError:
        raise BundleRefused(Refusal.STATED, file, "shape") from None
    stated = _counts_of(found)
    rule = "v" if found.v != VERSION else broken_rule(stated)
    if rule is not None:
        raise BundleRefused(Refusal.STATED, file, rule)
    return stated


def kept(stated: StatedCounts) -> bytes:
    """As the register of bundles keeps it."""
    return _encode(stated)


def read_kept(data: bytes) -> StatedCounts:
    """What `kept` wrote."""
    return msgspec.json.decode(data, type=StatedCounts)


def broken_rule(stated: StatedCounts) -> str | None:
    """The first rule that is broken and that the types alone do not show, or None."""
    checks = {
        "round": stated.round is None or _UUID.fullmatch(stated.round) is not None,
        "units": len({one.unit for one in stated.units}) == len(stated.units)
        and all(_is_unit(one.unit) for one in stated.units),
        "counts": all(map(_is_count, _numbers(stated))),
        "parts": all(map(_parts_fit, stated.units)),
        "places": all(map(_places_fit, stated.units)),
        "people": all(
            len(text) <= MAX_NAME and is_clean(text)
            for one in (stated.giver, stated.receiver)
            for text in (one.name, one.title)
        ),
    }
    return next((rule for rule, holds in checks.items() if not holds), None)


def _value_in(manifest: bytes) -> Json:
    # Parsed strictly before: it is an object of bounded depth and size.
    read = msgspec.json.decode(manifest)
    found: Json = read.get(STATED)
    if found is None and STATED in read:
        return ""  # null is a value, and none of ours
    return found


def _spelled(stated: StatedCounts, payload: str) -> bytes:
    return _encode({"v": VERSION, "payload": payload, **msgspec.to_builtins(stated)})


def _counts_of(found: _Sealed) -> StatedCounts:
    return StatedCounts(**{name: getattr(found, name) for name in StatedCounts.__struct_fields__})


def _numbers(stated: StatedCounts) -> list[int]:
    found = [stated.errors, stated.warnings, stated.left_out, stated.of_age]
    for unit in stated.units:
        found += (unit.books or 0, unit.households, unit.children, unit.girls)
        found += (unit.incomplete, unit.moved_away)
        for place in unit.places:
            found += (place.books or 0, place.households, place.children)
    return found


def _is_count(number: int) -> bool:
    return 0 <= number <= MAX_COUNT


def _parts_fit(unit: StatedUnit) -> bool:
    return unit.girls <= unit.children and unit.moved_away <= unit.children


def _places_fit(unit: StatedUnit) -> bool:
    """Whether the lines of the annex make no more than their unit: the paper could not add up."""
    names = [one.place for one in unit.places]
    communes = [name for name in names if _is_unit(name)]
    # Who left stands in no village, but among the numbers of a unit below.
    left = 0 if communes else unit.moved_away
    return (
        len(set(names)) == len(names)
        and len(communes) in (0, len(names))
        and all(not name or _UUID.fullmatch(name) or name in communes for name in names)
        and sum(one.households for one in unit.places) <= unit.households
        and sum(one.children for one in unit.places) + left * bool(names) <= unit.children
        and sum(one.books or 0 for one in unit.places) <= (unit.books or 0)
    )


def _is_unit(text: str) -> bool:
    try:
        parse_unit(text)
    except ValueError:
        return False
    return True
