"""Variants of the lines that are no operations but the first one: each member with another value.

The end line counts what stands before it, whatever that is: only the change itself can be refused.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from app.models.lines import SignedManifest
from app.sync.delivery import Refused
from app.sync.payload import fork_line, left_line, refused_line
from app.sync.refusal import Refusal
from tests.insiders.changes import HASH, UUID, Variant

#: A line of each kind as the program writes it; the end line is that of a header and three
#: operations. The proof of the fork line proves nothing: `{}` and an empty DER sequence.
HONEST: dict[str, bytes] = {
    "fork": fork_line(SignedManifest(b"{}", b"\x30\x00")),
    "left": left_line(UUID),
    "refused": refused_line(Refused(UUID, bytes.fromhex(HASH), "not-owner")),
    "end": b'{"t":"end","audit":null,"lines":5}',
}
OUT = object()


class Line(NamedTuple):
    """One changed line and its named outcome."""

    kind: str
    line: bytes
    refusal: Refusal
    detail: str


def said(*before: bytes) -> dict[str, Any]:
    """These lines after the header, in a bundle that counts them."""

    def change(lines: list[bytes]) -> list[bytes]:
        counted = b'{"t":"end","audit":null,"lines":%d}' % (len(lines) + len(before))
        return [lines[0], *before, *lines[1:-1], counted]

    return {"lines": change}


def ended(line: bytes) -> dict[str, Any]:
    """This line in place of the end line."""
    return {"lines": lambda lines: [*lines[:-1], line]}


def put(kind: str, **members: object) -> bytes:
    """The honest line of a kind with other members, in the one spelling but for these."""
    read = {**json.loads(HONEST[kind]), **members}
    kept = {name: value for name, value in read.items() if value is not OUT}
    return json.dumps(kept, separators=(",", ":")).encode()


def _turned(kind: str) -> bytes:
    """The last two members in each other's place."""
    *first, last, end = json.loads(HONEST[kind]).items()
    return json.dumps(dict([*first, end, last]), separators=(",", ":")).encode()


OWN = {
    "fork": Refusal.FORK_LINE,
    "left": Refusal.LEFT_LINE,
    "refused": Refusal.REFUSED_LINE,
    "end": Refusal.END_LINE,
}
_LONG = "A" * 348
#: Kind → what is wrong with it → the members. Each is refused under the name of its kind.
_MEMBERS: dict[str, dict[str, dict[str, object]]] = {
    "fork": {
        "manifest left out": {"manifest": OUT},
        "manifest empty": {"manifest": ""},
        "manifest no base64": {"manifest": "e30-"},
        "manifest as an object": {"manifest": {}},
        "signature empty": {"signature": ""},
        "signature no base64": {"signature": "MA A"},
        "signature in a second spelling": {"signature": "MAB="},
        "signature too long": {"signature": _LONG},
        "one member more": {"x_more": 1},
    },
    "left": {
        "replica empty": {"replica": ""},
        "replica in capitals": {"replica": "ABCDEF00-0000-4000-8000-000000000001"},
        "replica nobody's": {"replica": None},
        "replica a list": {"replica": [UUID]},
        "one member more": {"x_more": 1},
    },
    "refused": {
        "id left out": {"id": OUT},
        "id no id": {"id": "an"},
        "id in capitals": {"id": "ABCDEF00-0000-4000-8000-000000000001"},
        "op left out": {"op": OUT},
        "op short": {"op": HASH[2:]},
        "op in capitals": {"op": HASH.upper()},
        "op a number": {"op": 1},
        "reason left out": {"reason": OUT},
        "reason empty": {"reason": ""},
        "reason too long": {"reason": "a" * 65},
        "reason nobody's": {"reason": None},
        "one member more": {"x_more": 1},
    },
    "end": {
        "audit left out": {"audit": OUT},
        "audit in capitals": {"audit": HASH.upper()},
        "audit a truth": {"audit": True},
        "lines left out": {"lines": OUT},
        "lines zero": {"lines": 0},
        "lines negative": {"lines": -5},
        "lines as text": {"lines": "5"},
        "lines huge": {"lines": 1 << 60},
        "one member more": {"x_more": 1},
    },
}

LINES: dict[str, Line] = {
    f"{kind} {what}": Line(kind, put(kind, **members), OWN[kind], "")
    for kind, variants in _MEMBERS.items()
    for what, members in variants.items()
}
LINES |= {
    f"{kind} members in another order": Line(kind, _turned(kind), OWN[kind], "")
    for kind in ("fork", "refused", "end")
}
LINES |= {
    f"{kind} t another": Line(kind, put(kind, t=f"{kind}s"), Refusal.UNKNOWN_LINE, "")
    for kind in HONEST
}
LINES |= {
    f"{kind} t left out": Line(kind, put(kind, t=OUT), Refusal.BAD_OPERATION, "line-json")
    for kind in HONEST
}
LINES |= {
    # With nothing behind its kind it is a line of no kind that is known.
    "left replica left out": Line("left", put("left", replica=OUT), Refusal.UNKNOWN_LINE, ""),
    "end lines more": Line("end", put("end", lines=6), Refusal.LINE_COUNT, ""),
    "end lines with a zero before": Line(
        "end", HONEST["end"].replace(b":5", b":05"), Refusal.END_LINE, ""
    ),
}

CONTROL: dict[str, Variant] = {
    name: (ended(one.line) if one.kind == "end" else said(one.line), one.refusal, one.detail)
    for name, one in LINES.items()
}
