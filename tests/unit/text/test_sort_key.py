"""Names and numbers sort as Vietnamese offices sort them."""

from __future__ import annotations

import random

import pytest

from app.text.sort_key import name_sort_key, natural_key


def by_bytes(key: str) -> bytes:
    return key.encode()


@pytest.mark.parametrize(
    "ordered",
    [
        ["An", "Ăn", "Ân", "Ba", "Ca", "Da", "Đa", "Em", "Êm", "Fa", "Ga"],
        ["Ha", "Ia", "Ja", "Ka", "La", "Ma", "Na", "Oa", "Ôa", "Ơa", "Pa"],
        ["Qa", "Ra", "Sa", "Ta", "Ua", "Ưa", "Va", "Wa", "Xa", "Ya", "Za"],
        ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ"],
        ["Hải", "Hưng"],
        ["Nguyễn Văn An", "Lê Thị Ánh", "Trần Văn Bình", "Đỗ Thị Yến"],
        ["Trần Thị An", "Lê Văn An"],  # same given name: the middle decides before the family
        ["Lê Văn An", "Trần Văn An"],
        ["Hà", "Đỗ Hà", "Lê Hà", "Lê Thu Hà"],
        ["Lê Văn Hoà", "Lê Văn Hoàn"],
        ["Trần Hà", "Lê Hạ"],  # the tone of the given name decides before the family name
    ],
)
def test_names_sort_by_given_name_in_vietnamese_order(ordered: list[str]) -> None:
    mixed = random.Random(7).sample(ordered, len(ordered))
    assert sorted(mixed, key=lambda name: by_bytes(name_sort_key(name))) == ordered


def test_spelling_case_and_form_make_no_difference() -> None:
    assert name_sort_key("lê  văn HOÀ") == name_sort_key("Lê Văn Hòa")
    assert name_sort_key("Ðinh Lan") == name_sort_key("Đinh Lan")
    assert name_sort_key("H’Hen") == name_sort_key("H'Hen")


def test_a_name_that_ends_with_the_family_name_can_be_turned() -> None:
    assert name_sort_key("H'Hen Niê", family_last=True) == name_sort_key("Niê H'Hen")
    assert name_sort_key("H'Hen", family_last=True) == name_sort_key("H'Hen")


def test_empty_name_has_the_empty_key() -> None:
    assert name_sort_key("") == natural_key("") == ""


@pytest.mark.parametrize(
    "ordered",
    [
        ["2", "12", "12/3", "12A", "12B", "13", "100", "100.1", "100.2", "100.10", "1000"],
        ["Thôn 2", "Thôn 10", "Thôn An", "Thôn Ấn", "Xóm 1"],
    ],
)
def test_numbers_inside_text_sort_as_numbers(ordered: list[str]) -> None:
    mixed = random.Random(3).sample(ordered, len(ordered))
    assert sorted(mixed, key=lambda text: by_bytes(natural_key(text))) == ordered


def test_leading_zeros_do_not_change_a_number() -> None:
    assert natural_key("007") == natural_key("7")
    assert natural_key("0") < natural_key("1")
