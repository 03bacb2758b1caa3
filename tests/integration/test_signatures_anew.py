"""A newer signature of the province takes the older one's place, and nothing else ever does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import select

from app.history.door import Reason
from app.history.operation import Operation, ReferenceSignature
from app.models.queries import sending
from app.models.rows import signature_text
from app.models.schema import op
from tests.insiders.changes import P
from tests.insiders.desk import Desk
from tests.integration.test_taught_trust import (
    BOTH,
    SIGNER,
    Make,
    _round,
    _state,
    desk_of,
    revoking,
    taken_in,
    told,
)
from tests.invented_province import NOW, PROVINCE, Station, enrol

__all__ = ["desk_of"]

#: The signer's PC under its next certificate.
NEXT = enrol(P.root, PROVINCE, when=NOW + timedelta(minutes=5), purposes=BOTH)
#: One whose certificate had ended before.
ENDED = enrol(P.root, PROVINCE, when=NOW - timedelta(days=2 * 366), purposes=BOTH, years=1)


def by(station: Station, operation: Operation) -> Operation:
    """The operation with a signature of this station."""
    signature = station.key.sign(operation.op_id).hex()
    return structs.replace(
        operation, signature=ReferenceSignature(station.certificate.sha256, signature)
    )


def kept(desk: Desk, operation: Operation) -> tuple[str, int]:
    """The signature here of an operation, and where it stands in the log."""
    with desk.workplace.store.read() as reading:
        row = reading.execute(
            select(op.c.signature, op.c.position).where(op.c.op_id == operation.op_id)
        ).one()
    return row.signature, row.position


@pytest.fixture
def desk(desk_of: Make) -> Desk:
    """The district in the minute in which the next certificate counts."""
    desk = desk_of(P.district)
    desk.workplace.clock = (NOW + timedelta(minutes=10)).timestamp
    return desk


def brought(desk: Desk, folder: Path, operation: Operation, giver: Station = P.province) -> None:
    others = [one.certificate for one in (SIGNER, NEXT, ENDED)]
    lists = [P.root_crl] if giver is P.province else [P.root_crl, P.district_crl]
    file = told(folder, giver, P.district, others=others, lists=lists, operations=[operation])
    taken_in(desk, file)


def test_a_newer_signature_takes_the_place_of_a_valid_older_one_and_goes_on_from_here(
    desk: Desk, tmp_path: Path
) -> None:
    first = _round(1)
    anew = by(NEXT, first)
    brought(desk, tmp_path, first)
    other = _round(2)
    brought(desk, tmp_path, other)
    at = kept(desk, first)[1]
    with desk.workplace.store.read() as reading:
        past = sending.Span(kept(desk, other)[1], 10**9)
        assert list(sending.all_operations(reading, past)) == []
    brought(desk, tmp_path, anew)
    signature, position = kept(desk, first)
    assert (signature, _state(desk, first)) == (signature_text(anew.signature), ("accepted", None))
    assert position > kept(desk, other)[1] > at, "whoever has it already gets it once more"
    with desk.workplace.store.read() as reading:
        assert list(sending.all_operations(reading, past)) == [anew]

    # An old file, or a PC below that has not heard of it, brings the old one back to nobody.
    for giver in (P.province, P.commune):
        brought(desk, tmp_path, first, giver)
        assert kept(desk, first) == (signature, position)


def test_what_was_refused_for_its_signature_comes_in_and_stays_in_with_a_valid_one(
    desk: Desk, tmp_path: Path
) -> None:
    refused = by(ENDED, _round(1))
    brought(desk, tmp_path, refused)
    assert _state(desk, refused) == ("refused", Reason.REFERENCE_UNSIGNED.value)
    anew = by(NEXT, refused)
    brought(desk, tmp_path, anew)
    assert _state(desk, refused) == ("accepted", None)
    assert kept(desk, refused)[0] == signature_text(anew.signature)


@pytest.mark.parametrize(
    "signed",
    [
        lambda operation: structs.replace(operation, signature=None),
        lambda operation: by(ENDED, operation),
        lambda operation: by(P.commune, operation),
        lambda operation: structs.replace(operation, signature=by(NEXT, _round(9)).signature),
    ],
    ids=["none", "of a certificate that ended", "of a PC below", "over another operation"],
)
def test_no_other_signature_takes_its_place(desk: Desk, tmp_path: Path, signed: object) -> None:
    assert callable(signed)
    first = _round(1)
    brought(desk, tmp_path, first)
    before = kept(desk, first)
    brought(desk, tmp_path, signed(first))
    assert kept(desk, first) == before
    assert _state(desk, first) == ("accepted", None)


def test_a_revoked_signer_signs_nothing_anew(desk: Desk, tmp_path: Path) -> None:
    first = _round(1)
    brought(desk, tmp_path, first)
    before = kept(desk, first)
    lists = [revoking(P.root, 2, NEXT)]
    others = [SIGNER.certificate, NEXT.certificate]
    anew = by(NEXT, first)
    taken_in(
        desk,
        told(tmp_path, P.province, P.district, others=others, lists=lists, operations=[anew]),
    )
    assert kept(desk, first) == before
