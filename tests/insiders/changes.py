"""What the tables of insiders' variants share: an honest forger and small changes of a manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.crypto.age import X25519Identity
from app.sync.refusal import Refusal
from tests.forged_bundles import Forger
from tests.invented_province import COMMUNE, PROVINCE

F = Forger()
P = F.province
FIELD, JSON = Refusal.MANIFEST_FIELD, Refusal.MANIFEST_JSON
UUID = "00000000-0000-4000-8000-000000000001"
HASH = "ab" * 32
STRANGER = X25519Identity.generate().recipient


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set one value of the manifest, then sign again."""

    def change(claims: dict[str, Any]) -> None:
        place: Any = claims
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(claims: dict[str, Any]) -> None:
        place: Any = claims
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def escrow(station: str = UUID, age: str = STRANGER.text) -> dict[str, str]:
    return {"station": station, "unit": str(PROVINCE), "age": age, "role": "escrow"}


def ack(**changes: object) -> dict[str, object]:
    good = {
        "unit": str(COMMUNE),
        "replica": UUID,
        "sender": UUID,
        "seq": 1,
        "manifest_sha256": HASH,
    }
    return {**good, **changes}


#: What is changed, and the outcome with its detail.
Variant = tuple[dict[str, Any], Refusal, str]
