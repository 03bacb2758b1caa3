"""Variants of one operation line, each key of it with another value, well-formed and not.

The rest of the bundle fits what the file holds but for `ops_sha256`, which is over the ids of the
operations that the sender said he sends. With the hash made to fit as well the operation is another
one, and the door judges it (`tests/properties/test_door_variants.py`).
"""

from __future__ import annotations

import json
from typing import Any

from app.sync.refusal import Refusal
from tests.insiders.changes import HASH, UUID, Variant
from tests.invented_province import SIBLING


def line(**changes: object) -> dict[str, Any]:
    """The first operation with some keys changed, in the one spelling; None leaves a key out."""

    def change(lines: list[bytes]) -> list[bytes]:
        read = {**json.loads(lines[1]), **changes}
        kept = {name: value for name, value in read.items() if value is not None}
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return [lines[0], text.encode(), *lines[2:]]

    return {"lines": change}


HASHED, BAD = Refusal.OPS_HASH, Refusal.BAD_OPERATION
OPERATION: dict[str, Variant] = {
    "a another author": (line(a="Kẻ Mạo Danh"), HASHED, ""),
    "a a number": (line(a=1), BAD, "line-json"),
    "b another body": (line(b={"full_name": "Nguyễn Văn Ấm"}), HASHED, ""),
    "b left out": (line(b=None), BAD, "line-value"),
    "e another type": (line(e="household"), HASHED, ""),
    "e no name": (line(e="Con ong"), BAD, "line-value"),
    "g not a signature": (line(g={"c": HASH, "s": "30"}), BAD, "line-value"),
    "h beside a body": (line(h=HASH), BAD, "line-value"),
    "h in place of a body": (line(h=HASH, b=None, s=None), HASHED, ""),
    "i another record": (line(i=UUID), HASHED, ""),
    "i no id": (line(i="an"), BAD, "line-value"),
    "p another parent": (line(p=[HASH]), HASHED, ""),
    "p twice the same": (line(p=[HASH, HASH]), BAD, "set-order"),
    "r another replica": (line(r=UUID), HASHED, ""),
    "r no id": (line(r="pc 1"), BAD, "line-value"),
    "s another salt": (line(s="00" * 16), HASHED, ""),
    "s short": (line(s="00"), BAD, "line-value"),
    "t another kind": (line(t="op2"), BAD, "line-value"),
    "u another unit": (line(u=str(SIBLING)), HASHED, ""),
    "u no unit": (line(u="21010"), BAD, "line-value"),
    "w another time": (line(w=1), HASHED, ""),
    "w beyond": (line(w=1 << 60), BAD, "line-value"),
    "y another writer": (line(y=str(SIBLING)), HASHED, ""),
    "y no unit": (line(y=""), BAD, "line-value"),
}
