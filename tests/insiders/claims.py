"""Well-formed claims that are false and that nobody but the sender could check.

No reader can refuse them, so the bundle is taken in; what they must not do is change anything else
than the honest bundle does. `CLAIMS` are changes of the manifest of a bundle whose sender truly has
the reader's newest bundle to its unit: `true` is the acknowledgement it could honestly make.
`LINE_CLAIMS` are lines under encryption, made from what is true at the reader's; `STATED_CLAIMS`
are numbers and names that the giver states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.history.operation import Operation
from app.models.lines import SignedManifest
from app.sync.delivery import Refused
from app.sync.payload import fork_line, left_line, refused_line
from tests.insiders import control
from tests.insiders.changes import F, put
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


#: What is stated under encryption: the giver counts as it likes, and is told beside what arrived.
STATED_CLAIMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "stated round of nobody": put("round", value=OTHER),
    "stated errors": put("errors", value=0),
    "stated warnings": put("warnings", value=900),
    "stated left_out": put("left_out", value=0),
    "stated of_age": put("of_age", value=900),
    "stated unit beside": put("units", 0, "unit", value=str(SIBLING)),
    "stated books": put("units", 0, "books", value=900),
    "stated households": put("units", 0, "households", value=1_000_000),
    "stated children": put("units", 0, "children", value=1_000_000),
    "stated girls": put("units", 0, "girls", value=0),
    "stated incomplete": put("units", 0, "incomplete", value=0),
    "stated moved_away": put("units", 0, "moved_away", value=0),
    "stated place of nobody": put("units", 0, "places", 0, 0, value=OTHER),
    "stated place books": put("units", 0, "places", 0, 1, value=0),
    "stated place households": put("units", 0, "places", 0, 2, value=0),
    "stated place children": put("units", 0, "places", 0, 3, value=0),
    "stated giver name": put("giver", "name", value="Nguyễn Văn Không"),
    "stated giver title": put("giver", "title", value="Chủ tịch"),
    "stated receiver name": put("receiver", "name", value="Nguyễn Văn Không"),
    "stated receiver title": put("receiver", "title", value="Chủ tịch"),
}


@dataclass(frozen=True)
class Truth:
    """What a line could name at the reader's: the bundle it truly sent, an operation that it has
    accepted, its own replica id, and that of another PC of the sender's unit.
    """

    sent: SignedManifest
    held: Operation
    reader: str
    neighbour: str

    def fork(self, **parts: bytes) -> bytes:
        """The bundle that was sent, with its manifest or its signature exchanged."""
        return fork_line(replace(self.sent, **parts))

    def refused(self, **parts: Any) -> bytes:
        """The accepted operation, with one member of the line exchanged."""
        whole = Refused(self.held.ent_id, self.held.op_id, "not-owner")
        return refused_line(replace(whole, **parts))

    @property
    def later(self) -> bytes:
        """The manifest of the next bundle that the reader could have sent."""
        return self.sent.manifest.replace(b'"seq":1,', b'"seq":2,')


#: The lines that are said besides the operations; the end line where there is one.
LINE_CLAIMS: dict[str, Callable[[Truth], dict[str, Any]]] = {
    "fork of what was sent": lambda true: control.said(true.fork()),
    "fork manifest never sealed": lambda true: control.said(true.fork(manifest=true.later)),
    "fork manifest of nothing": lambda true: control.said(true.fork(manifest=b"{}")),
    "fork signature by the sender": lambda true: control.said(
        true.fork(manifest=true.later, signature=F.sender.key.sign(true.later))
    ),
    "left replica of the reader": lambda true: control.said(left_line(true.reader)),
    "left replica of another PC": lambda true: control.said(left_line(true.neighbour)),
    "left replica of nobody": lambda _true: control.said(left_line(OTHER)),
    "refused by a unit below": lambda true: control.said(true.refused()),
    "refused id of another record": lambda true: control.said(true.refused(ent_id=OTHER)),
    "refused op of nobody": lambda true: control.said(true.refused(op_id=bytes(32))),
    "refused reason unknown": lambda true: control.said(true.refused(reason="why-not")),
    "end audit of another chain": lambda _true: control.ended(control.put("end", audit="cd" * 32)),
}
