"""Variants of what the giver states, sealed and signed again.

`OUTSIDE` strike at the key of the manifest and the age file in it, `INSIDE` at the words under
encryption: what each of these changes is the first part of its name.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from app.sync.refusal import Refusal
from app.sync.stated import MAX_COUNT, MAX_NAME, MAX_TEXT
from tests.forged_bundles import honest_statement, seal_for
from tests.insiders.changes import HASH, STRANGER, UUID, F, Variant, drop, escrow, put

STATED = Refusal.STATED
READER = F.reader.identity.recipient


def _key(value: object) -> dict[str, Any]:
    return {"manifest": put("x_stated", value=value)}


def _other_spelling(claims: dict[str, Any]) -> None:
    """Unused bits of the last character set."""
    text = claims["x_stated"]
    body, end = text.rstrip("="), len(text) - len(text.rstrip("="))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    claims["x_stated"] = body[:-1] + letters[letters.index(body[-1]) + 1] + "=" * end


def _of_another_bundle() -> dict[str, Any]:
    """A statement that its thief cannot read, cut out of somebody's bundle to this reader."""
    stolen = seal_for(json.dumps({**honest_statement(), "payload": HASH}).encode(), [READER])
    return {"stated_sealed": lambda _honest: stolen}


def _with_another_stanza(age: bytes) -> bytes:
    return age.replace(b"-> X25519", b"-> X25520", 1)


def _padded(text: bytes) -> bytes:
    """A plain text of three bytes over a multiple, so that its base64 has unused bits."""
    return text[:-1] + b" " * ((1 - len(seal_for(text, [READER]))) % 3) + b"}"


OUTSIDE: dict[str, Variant] = {
    "null": (_key(None), STATED, "text"),
    "empty": (_key(""), STATED, "text"),
    "a number": (_key(3), STATED, "text"),
    "in the clear": (_key(honest_statement()), STATED, "text"),
    "no base64": (_key("không"), STATED, "base64"),
    "base64 with a line feed": (_key(base64.encodebytes(b"x" * 60).decode()), STATED, "base64"),
    "base64 in a second spelling": (
        {"stated_plain": _padded, "manifest": _other_spelling},
        STATED,
        "base64",
    ),
    "oversized": (_key("A" * (MAX_TEXT + 4)), STATED, "size"),
    "garbage": (_key(base64.b64encode(bytes(600)).decode()), STATED, "header-cut"),
    "age header cut": ({"stated_sealed": lambda age: age[:40]}, STATED, "header-cut"),
    "age cut": ({"stated_sealed": lambda age: age[:-1]}, STATED, "tag"),
    "age with rest": ({"stated_sealed": lambda age: age + b"x"}, STATED, "tag"),
    "sealed to one more": ({"stated_for": [READER, STRANGER]}, STATED, "recipients"),
    "sealed to fewer": (
        {
            "manifest": lambda claims: claims["recipients"].append(escrow()),
            "wrap_for": [READER, STRANGER],
            "stated_for": [READER],
        },
        STATED,
        "recipients",
    ),
    "sealed to a stranger": ({"stated_for": [STRANGER]}, STATED, "key"),
    "another kind of stanza": ({"stated_sealed": _with_another_stanza}, STATED, "recipients"),
    "the payload itself": (
        {"stated_sealed": lambda _age: seal_for(b"\x28\xb5\x2f\xfd", [READER])},
        STATED,
        "utf-8",
    ),
    "of another bundle": (_of_another_bundle(), STATED, "payload"),
}


def _plain(change: Callable[[bytes], bytes]) -> dict[str, Any]:
    return {"stated_plain": change}


def _said(*path: Any, value: Any) -> dict[str, Any]:
    return {"stated": put(*path, value=value)}


def _unit(name: str, value: Any) -> dict[str, Any]:
    return _said("units", 0, name, value=value)


def _place(at: int, value: Any) -> dict[str, Any]:
    return _said("units", 0, "places", 0, at, value=value)


def _units_too_many(said: dict[str, Any]) -> None:
    said["units"] = [
        {**said["units"][0], "unit": f"{10000 + at}@2024", "places": []} for at in range(200)
    ]


def _places_of_two_kinds(said: dict[str, Any]) -> None:
    said["units"][0]["places"][1][0] = "21010@2024"


INSIDE: dict[str, Variant] = {
    "stored not utf-8": (_plain(lambda text: text[:-1] + b"\xff"), STATED, "utf-8"),
    "stored with rest": (_plain(lambda text: text + b"{}"), STATED, "json"),
    "stored empty": (_plain(lambda _: b""), STATED, "json"),
    "stored a list": (_plain(lambda text: b"[" + text + b"]"), STATED, "depth"),
    "stored a short list": (_plain(lambda _: b"[1]"), STATED, "object"),
    "stored deep": (_plain(lambda text: text[:-1] + b',"x_":[[[[[1]]]]]}'), STATED, "depth"),
    "stored doubled key": (
        _plain(lambda text: text[:-1] + b',"errors":4}'),
        STATED,
        "duplicate-key",
    ),
    "stored NaN": (
        _plain(lambda text: text.replace(b'"errors":4', b'"errors":NaN')),
        STATED,
        "number",
    ),
    "stored surrogate": (
        _plain(lambda text: text.replace(b'"title":""', b'"title":"\\ud800"')),
        STATED,
        "surrogate",
    ),
    "unknown key": (_said("disabled", value=1), STATED, "shape"),
    "v zero": (_said("v", value=0), STATED, "v"),
    "v true": (_said("v", value=True), STATED, "shape"),
    "v left out": ({"stated": drop("v")}, STATED, "shape"),
    "payload another": (_said("payload", value=HASH), STATED, "payload"),
    "payload left out": ({"stated": drop("payload")}, STATED, "payload"),
    "round no id": (_said("round", value="2026"), STATED, "round"),
    "round a number": (_said("round", value=1), STATED, "shape"),
    "errors negative": (_said("errors", value=-1), STATED, "counts"),
    "errors as text": (_said("errors", value="4"), STATED, "shape"),
    "errors left out": ({"stated": drop("errors")}, STATED, "shape"),
    "errors huge": (_said("errors", value=MAX_COUNT + 1), STATED, "counts"),
    "errors beyond every number": (_said("errors", value=1 << 54), STATED, "integer-range"),
    "errors floating": (_said("errors", value=4.5), STATED, "number"),
    "warnings negative": (_said("warnings", value=-1), STATED, "counts"),
    "left_out negative": (_said("left_out", value=-1), STATED, "counts"),
    "of_age negative": (_said("of_age", value=-1), STATED, "counts"),
    "units none at all": (_said("units", value=None), STATED, "shape"),
    "units too many": ({"stated": _units_too_many}, STATED, "size"),
    "units twice the same": (
        {"stated": lambda said: said["units"].append(said["units"][0])},
        STATED,
        "units",
    ),
    "unit malformed": (_unit("unit", "21010"), STATED, "units"),
    "unit by category": (_unit("disabled", 1), STATED, "shape"),
    "books negative": (_unit("books", -1), STATED, "counts"),
    "households negative": (_unit("households", -1), STATED, "counts"),
    "children negative": (_unit("children", -1), STATED, "counts"),
    "girls more than children": (_unit("girls", 4), STATED, "parts"),
    "incomplete negative": (_unit("incomplete", -1), STATED, "counts"),
    "moved_away more than children": (_unit("moved_away", 4), STATED, "parts"),
    "moved_away beside the places": (_unit("moved_away", 2), STATED, "places"),
    "place no id": (_place(0, "Bản Pom"), STATED, "places"),
    "place twice the same": (_place(0, ""), STATED, "places"),
    "places of two kinds": ({"stated": _places_of_two_kinds}, STATED, "places"),
    "place with more books than there are": (_place(1, 2), STATED, "places"),
    "place with more households than there are": (_place(2, 2), STATED, "places"),
    "place with more children than there are": (_place(3, 2), STATED, "places"),
    "place negative": (_place(3, -1), STATED, "counts"),
    "place with one number more": (
        {"stated": lambda said: said["units"][0]["places"][0].append(1)},
        STATED,
        "shape",
    ),
    "giver name too long": (_said("giver", "name", value="x" * (MAX_NAME + 1)), STATED, "people"),
    "giver name with a line feed": (_said("giver", "name", value="Lê\nNa"), STATED, "people"),
    "giver title unseen": (_said("giver", "title", value="\u200bx"), STATED, "people"),
    "giver one key more": (_said("giver", "id", value=UUID), STATED, "shape"),
    "receiver name decomposed": (_said("receiver", "name", value="Trâ\u0300n"), STATED, "people"),
    "receiver title a list": (_said("receiver", "title", value=[]), STATED, "shape"),
}
