"""Forged, replayed, re-addressed, re-signed, cut, extended, a bomb, oversized: each word by itself.

The tables of variants hold hundreds of each kind; here stands what a person means by the word, with
the name it is refused by, and that it changes nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.crypto.signatures import SigningKey
from app.sync.refusal import Refusal
from tests.forged_bundles import Forger
from tests.insiders.changes import F, put
from tests.insiders.container import CONTAINER
from tests.insiders.desk import Desk, new_child
from tests.invented_province import PROVINCE, enrol, found_province

Make = Callable[[Path], Path]


def forged(folder: Path) -> Path:
    """Somebody without any key changes a number in the clear part."""
    return F.forge(folder, whole=lambda data: data.replace(b'"households":1', b'"households":9'))


def of_a_province_of_its_own(folder: Path) -> Path:
    """Well made and well signed, under a root that nobody here was told of."""
    return Forger(found_province(), receiver=F.reader).forge(folder)


def re_signed(folder: Path) -> Path:
    """The bundle of one PC under the signature of a key of one's own."""
    return F.forge(folder, signature=lambda _: SigningKey.generate().sign(b"x" * 32))


def re_signed_by_another(folder: Path) -> Path:
    """An enrolled PC seals what it got as its own: the header inside says whose it is."""
    other = enrol(F.province.district_authority, F.sender.certificate.unit)
    sender = {
        "station": other.certificate.station,
        "replica": other.replica,
        "unit": str(other.certificate.unit),
        "cert_sha256": other.certificate.sha256,
    }
    return F.forge(
        folder,
        sender=other,
        header=lambda head: head.update(sender={**sender, "replica": F.sender.replica}),
    )


def re_addressed(folder: Path) -> Path:
    return F.forge(folder, manifest=put("recipients", 0, "unit", value=str(PROVINCE)))


def addressed_to_nobody_here(folder: Path) -> Path:
    station = "00000000-0000-4000-8000-000000000009"
    return F.forge(folder, manifest=put("recipients", 0, "station", value=station))


def cut(folder: Path) -> Path:
    return F.forge(folder, whole=lambda data: data[: len(data) // 2])


def extended(folder: Path) -> Path:
    return F.forge(folder, whole=lambda data: data + b"x")


def extended_inside(folder: Path) -> Path:
    return F.forge(folder, sealed=lambda payload: payload + b"x")


def a_bomb(folder: Path) -> Path:
    """A payload of 50 MiB of blanks that claims to be 4 KiB."""
    claim = put("payload", "plain_bytes", value=4096)
    return F.forge(folder, plain=lambda text: text + b" " * (50 << 20), manifest=claim)


def oversized(folder: Path) -> Path:
    """The header of the manifest claims a byte more than any manifest may have."""
    change, _, _ = CONTAINER["manifest too large"]
    return F.forge(folder, **change)


def oversized_for_a_stick(folder: Path) -> Path:
    return F.forge(folder, manifest=put("payload", "bytes", value=5 << 30))


def with_an_oversized_line(folder: Path) -> Path:
    return F.forge(
        folder, lines=lambda lines: [lines[0], b'"' + b"x" * (1 << 20) + b'"', *lines[1:]]
    )


WORDS: list[tuple[Make, Refusal]] = [
    (forged, Refusal.BAD_SIGNATURE),
    (of_a_province_of_its_own, Refusal.SENDER_UNKNOWN),
    (re_signed, Refusal.BAD_SIGNATURE),
    (re_signed_by_another, Refusal.HEADER_LINE),
    (re_addressed, Refusal.NOT_FOR_THIS_UNIT),
    (addressed_to_nobody_here, Refusal.NOT_FOR_THIS_STATION),
    (cut, Refusal.CUT),
    (extended, Refusal.TRAILING_DATA),
    (extended_inside, Refusal.BAD_AGE),
    (a_bomb, Refusal.MORE_THAN_CLAIMED),
    (oversized, Refusal.MEMBER_SIZE),
    (oversized_for_a_stick, Refusal.MANIFEST_FIELD),
    (with_an_oversized_line, Refusal.LINE_TOO_LONG),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    yield found
    found.close()


@pytest.mark.parametrize(("make", "refusal"), WORDS, ids=[make.__name__ for make, _ in WORDS])
def test_it_is_refused_by_its_name_and_changes_nothing(
    make: Make, refusal: Refusal, desk: Desk, tmp_path: Path
) -> None:
    file = make(tmp_path)
    before = desk.dump()
    result = desk.receive(file)
    assert (result.status, result.reason) == ("rejected", refusal.value)
    assert file.name in result.message
    assert "\n" in result.message, "what to do stands below what is wrong"
    assert desk.dump() == before


def test_a_replayed_bundle_is_known_and_changes_nothing(tmp_path: Path) -> None:
    """The same file once more, under another name, and after a newer one of its line."""
    desk = Desk(tmp_path / "desk")
    first = shutil.copy(F.forge(tmp_path, operations=[new_child(1)]), tmp_path / "first.tebundle")
    assert desk.receive(first).status == "imported"
    renamed = shutil.copy(first, tmp_path / "gói mới.tebundle")
    for file in (first, renamed):
        before = desk.dump()
        result = desk.receive(file)
        assert (result.status, result.seq) == ("already", 1)
        assert desk.dump() == before
    desk.close()
