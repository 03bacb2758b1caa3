"""A handover that only its file tells of: a bundle from above or beside, before the giver's half of
it has come with his next one. What the file states is signed, and stands for the record until then.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from app.errors import KnownError
from app.history.door import Direction
from app.history.operation import Value
from app.models import bundles
from app.models.bundles import IncomingBundle
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.handover_values import found_handover
from app.sync.manifest import Kind


class InFile(NamedTuple):
    """What the manifest of a received bundle says of it: when it was made (ISO), and whether it
    hands data over; the reply to an enrolment hands over nothing.
    """

    made: str
    data: bool


class _Manifest(msgspec.Struct):
    kind: str
    created: str = ""


def in_file(manifest: bytes) -> InFile:
    """What a manifest says that was verified when it came."""
    said = msgspec.json.decode(manifest, type=_Manifest)
    return InFile(said.created, said.kind == Kind.DATA.value)


def known_handover(reading: Reading, here: str, handover: str) -> RecordView:
    """The handover of an id or of its beginning: its record, else what the signed file that came to
    the unit `here` says in its place. Raises KnownError `handover.unknown`.
    """
    try:
        return found_handover(reading, handover)
    except KnownError:
        came = [one for one in bundles.incoming(reading) if one.handover.startswith(handover)]
        if len(came) != 1 or not is_told_by_file(came[0]):
            raise
    one = came[0]
    made, data = in_file(bundles.manifest_of(reading, one.handover))
    if not data:
        raise KnownError("handover.unknown", "handover.unknown_hint", id=handover)
    values: dict[str, Value] = {
        "owner_unit": one.unit,
        "sent_to": here,
        "sent_seq": one.seq,
        "sent_on": made,
        "_key": one.bundle_id.hex(),
    }
    return RecordView("handover", one.handover, values, (), 0, hidden=False)


def is_told_by_file(came: IncomingBundle) -> bool:
    """Whether the file says what a record of the handover needs: who, and how many."""
    return came.direction != Direction.BELOW.value and came.stated is not None
