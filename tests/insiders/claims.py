"""Well-formed claims that are false and that nobody but the sender could check.

No reader can refuse them, so the bundle is taken in; what they must not do is change anything else
than the honest bundle does. Each is a change of the manifest of a bundle whose sender truly has the
reader's newest bundle to its unit: `true` is the acknowledgement it could honestly make.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.insiders.changes import put
from tests.invented_province import SIBLING

OTHER = "00000000-0000-4000-8000-000000000002"
Ack = dict[str, Any]
Claim = Callable[[Ack], Callable[[dict[str, Any]], object]]


def always(*path: str, value: object) -> Claim:
    """The same false value, whatever is true."""
    return lambda _true: put(*path, value=value)


def acks(**changes: object) -> Claim:
    """The true acknowledgement but for one field."""
    return lambda true: put("acks", value=[{**true, **changes}])


CLAIMS: dict[str, Claim] = {
    "log from before": always("log", value={"from": 1, "to": 3}),
    "log from beyond": always("log", value={"from": 1 << 40, "to": 1 << 41}),
    "log to less": always("log", "to", value=0),
    "log to more": always("log", "to", value=1 << 40),
    "entities households": always("entities", "households", value=1_000_000),
    "entities children": always("entities", "children", value=0),
    "acks of another unit": acks(unit=str(SIBLING)),
    "acks of another replica": acks(replica=OTHER),
    "acks of another's line": acks(sender=OTHER),
    "acks of a bundle not sent": acks(seq=9),
    "acks of another content": acks(manifest_sha256="cd" * 32),
    "created earlier": always("created", value="2001-01-01T00:00:00Z"),
    "created later": always("created", value="2099-12-31T23:59:59Z"),
    "clock suspect": always("clock_suspect", value=True),
    "app another": always("app", value="sotreem 99"),
    "x key": always("x_later", value={"a": [1]}),
}
