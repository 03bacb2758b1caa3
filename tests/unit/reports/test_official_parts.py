"""Names of agencies break where an office would break them."""

from __future__ import annotations

import pytest

from app.reports.document_texts import document_texts
from app.reports.official_parts import agency_name

WORDS = document_texts("handover_record")["unit_words"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ủy ban nhân dân xã Bình Thử", ["Ủy ban nhân dân", "xã Bình Thử"]),
        ("Ủy ban nhân dân thành phố Sơn Mẫu", ["Ủy ban nhân dân", "thành phố Sơn Mẫu"]),
        ("Ủy ban nhân dân thị xã Ba Thử", ["Ủy ban nhân dân", "thị xã Ba Thử"]),
        ("Quỹ Bảo trợ trẻ em tỉnh Quảng Thí", ["Quỹ Bảo trợ trẻ em", "tỉnh Quảng Thí"]),
    ],
)
def test_a_name_may_break_only_before_its_unit(name: str, parts: list[str]) -> None:
    assert [part.replace("\xa0", " ") for part in agency_name(name, WORDS).split(" ")] == parts


def test_a_long_name_keeps_its_breaks_and_society_is_no_commune() -> None:
    name = "Phòng Lao động - Thương binh và Xã hội huyện Sơn Mẫu"
    marked = agency_name(name, WORDS)
    assert marked.split(" ")[-1] == "huyện\xa0Sơn\xa0Mẫu"
    assert marked.replace("\xa0", " ") == name
    assert "Xã hội" in marked
    assert agency_name("Sở Y tế", WORDS) == "Sở Y tế"
    assert agency_name("", WORDS) == ""
