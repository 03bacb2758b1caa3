"""Villages of one commune as people write them."""

from __future__ import annotations

import pytest

from app.matching.village_names import Sure, VillageNames
from app.services.village_names import village_words

HELD = [
    ("1", "Thôn 1"),
    ("2", "Thôn 2"),
    ("12", "Thôn 12"),
    ("t2", "Tổ dân phố số 2"),
    ("k3", "Khu phố 3"),
    ("l", "Thôn Phú Long 1"),
    ("d", "Thôn Đông Hòa"),
    ("h", "Thôn Hạ"),
    ("n", "Nước Lá"),
]
NAMES = VillageNames(village_words(), HELD)


@pytest.mark.parametrize(
    ("written", "village"),
    [
        ("Thôn 1", "1"),
        ("thôn Một", "1"),
        ("THÔN MỘT", "1"),
        ("T.1", "1"),
        ("T1", "1"),
        ("thôn1", "1"),
        ("Thôn 01", "1"),
        ("Thôn I", "1"),
        ("thôn số 1", "1"),
        ("Thôn số Hai", "2"),
        ("thôn mười hai", "12"),
        ("TDP 2", "t2"),
        ("Tổ 2", "t2"),
        ("tổ dân phố Hai", "t2"),
        ("KP3", "k3"),
        ("KP.03", "k3"),
        ("3", "k3"),
        ("Phú Long 1", "l"),
        ("thôn Đông Hoà", "d"),
        ("Thon Dong Hoa", "d"),
        ("thôn Nước Lá", "n"),
    ],
)
def test_a_village_is_recognised_however_it_is_written(written: str, village: str) -> None:
    read = NAMES.recognise(written)
    assert (read.outcome, read.village) == (Sure.RECOGNISED, village)


@pytest.mark.parametrize(
    ("written", "village"),
    [
        ("Thôn Đông Hào", "d"),
        ("Thôn Đông Hóa", "d"),
        ("Thôn Hà", "h"),
        ("Tổ 1", "1"),
    ],
)
def test_a_slip_or_another_kind_is_proposed_alone(written: str, village: str) -> None:
    read = NAMES.recognise(written)
    assert (read.outcome, read.village) == (Sure.PROPOSED, village)


@pytest.mark.parametrize(
    "written", ["Thôn 3 B", "Thôn 4", "Thôn 11", "Phú Long 2", "", "thôn", "??"]
)
def test_another_number_is_another_village(written: str) -> None:
    assert NAMES.recognise(written).outcome is Sure.UNKNOWN


def test_a_number_without_its_kind_is_told_to_be_several_where_two_kinds_have_it() -> None:
    read = NAMES.recognise("2")
    assert (read.outcome, read.village) == (Sure.AMBIGUOUS, "")
    assert set(read.found) == {"2", "t2"}


def test_a_village_in_the_south_is_not_the_fifth() -> None:
    names = VillageNames(village_words(), [("5", "Thôn 5"), ("s", "Thôn Nam")])
    assert names.recognise("Thôn Năm").village == "5"
    assert names.recognise("Thôn Nam").village == "s"
    only = VillageNames(village_words(), [("5", "Thôn 5")])
    assert only.recognise("thon nam").outcome is Sure.UNKNOWN
