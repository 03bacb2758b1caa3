"""Where a child moved to, as the commune is written: owned by it, elsewhere, or asked about."""

from __future__ import annotations

import pytest

from app.history.entities import OUTSIDE, UNKNOWN
from app.services.life_events.places import moved_to
from tests.integration.registers import Made


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("xã Ba Vinh", "21490@2025"),
        ("X.Ba Vinh (H.Ba Tơ)", "21490@2025"),
        ("Quảng Ngãi - Ba Tơ - Ba Vinh", "21490@2025"),
        ("UBND xã Ba Vinh", "21490@2025"),
        ("Ba Vinh", ""),
        ("xã Ba Vihn", ""),
        ("xã Bình Chươn, huyện Bình Sơn", ""),
        ("huyện Ba Tơ", ""),
        ("xã Trà Bùi, huyện Trà Bồng", ""),
        ("tỉnh Bình Dương", OUTSIDE),
        ("xã Ia O, tỉnh Gia Lai", OUTSIDE),
        ("thành phố Đà Nẵng", OUTSIDE),
        ("TP. Hồ Chí Minh", OUTSIDE),
        ("Cà Mau", OUTSIDE),
        ("Hàn Quốc", OUTSIDE),
        ("không rõ", UNKNOWN),
    ],
)
def test_only_a_commune_that_is_named_without_doubt_becomes_the_owner(
    made: Made, written: str, place: str
) -> None:
    assert moved_to(made("21100@2025"), written) == place
