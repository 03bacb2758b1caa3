"""Names as people have written them since the reform: with «cũ» and «nay là», with an office, with
an abbreviated province, with a colon or nothing between kind and name.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from app.forms.units import load_units
from app.matching.unit_names import UnitNames
from app.matching.unit_reading import ANYWHERE, Context, Outcome
from app.matching.unit_words import key_of, words_of
from app.services.unit_names import _words, unit_names
from tests.counts import tell
from tests.long_runs import slice_or_all

TREE = load_units()
NAMES: UnitNames = unit_names(TREE, date(2026, 12, 1))
HERE = Context(within=("51@2025",), communes=True)
EACH = slice_or_all(41, 1)


@pytest.mark.parametrize(
    ("written", "unit", "named"),
    [
        ("X. Ba Vinh (cũ)", "21490@2025", "21490@2024"),
        ("xã Ba Vinh cũ", "21490@2025", "21490@2024"),
        ("xa Ba Vinh cu", "21490@2025", "21490@2024"),
        ("xã Ba Vinh cũ, huyện Ba Tơ", "21490@2025", "21490@2024"),
        ("xã Ba Vinh (trước đây)", "21490@2025", "21490@2024"),
        ("xã Ba Vinh (trước đây thuộc huyện Ba Tơ)", "21490@2025", "21490@2024"),
        ("xã Ba Vinh (nay là xã Ba Vinh)", "21490@2025", "21490@2024"),
        ("xã Ba Vinh nay là xã Ba Vinh", "21490@2025", "21490@2024"),
        ("xã Ba Vinh (mới)", "21490@2025", "21490@2025"),
        ("xã Ba Vinh (trước đây là xã Ba Vinh)", "21490@2025", "21490@2024"),
        ("Xã: Ba Vinh", "21490@2025", "21490@2025"),
        ("Xã/phường: Ba Vinh", "21490@2025", "21490@2025"),
        ("xãBa Vinh", "21490@2025", "21490@2025"),
        ("Trạm y tế xã Ba Động", "21496@2025", "21496@2025"),
        ("Công an xã Ba Động", "21496@2025", "21496@2025"),
        ("HĐND - UBND xã Ba Động", "21496@2025", "21496@2025"),
    ],
)
def test_a_commune_is_recognised_as_people_write_it_since_the_reform(
    written: str, unit: str, named: str
) -> None:
    read = NAMES.recognise(written, HERE)
    assert (read.outcome, read.unit, read.named) == (Outcome.RECOGNISED, unit, named)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("TPHCM", "79@2025"),
        ("TP HCM", "79@2025"),
        ("TP.HCM", "79@2025"),
        ("HN", "01@2025"),
        ("BR-VT", "79@2025"),
        ("Thừa Thiên Huế", "46@2025"),
        ("tỉnh Thừa Thiên - Huế", "46@2025"),
        ("TT Huế", "46@2025"),
        ("Đắc Lắc", "66@2025"),
        ("Phường 1, Quận 3, TP HCM", "27154@2025"),
        ("Phường 1 Quận 3 TPHCM", "27154@2025"),
        ("xã Phú Cát (nay là xã Phú Cát), HN", "09952@2025"),
    ],
)
def test_a_province_may_be_abbreviated(written: str, unit: str) -> None:
    read = NAMES.recognise(written)
    assert (read.outcome, read.unit) == (Outcome.RECOGNISED, unit)


def test_a_name_that_is_said_to_be_former_is_never_one_of_today() -> None:
    counted: Counter[str] = Counter()
    for unit in [one for one in TREE if TREE.holds_records(one.ref)][::EACH]:
        province = TREE.ancestors(unit.ref)[-1]
        context = Context(within=(province.ref,), communes=True)
        former = bool(TREE.successors(unit.ref))
        for way in (f"{unit.full_name()} cũ", f"{unit.full_name()} (cũ)"):
            read = NAMES.recognise(way, context)
            counted[read.outcome.value] += 1
            assert all(TREE.successors(one.unit) for one in read.found), (way, read)
            if former and read.outcome is Outcome.RECOGNISED and not TREE.is_split(unit.ref):
                assert read.unit == (unit.ref, *TREE.whole_line(unit.ref))[-1], way
            if former and TREE.is_split(unit.ref):
                assert read.outcome in (Outcome.SPLIT, Outcome.AMBIGUOUS), (way, read)
    tell(f"unit names said to be former: {dict(counted)}")


def test_a_divided_commune_is_the_part_that_is_named_beside_it_and_no_other_unit() -> None:
    rng = random.Random(20261201)
    divided = [one for one in TREE if TREE.holds_records(one.ref) and TREE.is_split(one.ref)]
    others = [one for one in TREE if TREE.holds_records(one.ref) and one.edition == "2025"]
    for unit in divided[:: max(1, EACH // 4)]:
        above = ", ".join(one.full_name() for one in TREE.ancestors(unit.ref))
        parts = [move.new for move in TREE.successors(unit.ref) if move.new]
        for part in parts:
            written = f"{unit.full_name()} (nay là {TREE.unit(part).full_name()}), {above}"
            read = NAMES.recognise(written)
            assert (read.outcome, read.unit) == (Outcome.RECOGNISED, part), written
        stranger = rng.choice(others)
        if stranger.name not in {TREE.unit(one).name for one in parts}:
            read = NAMES.recognise(f"{unit.full_name()} (nay là {stranger.full_name()}), {above}")
            assert read.outcome is Outcome.UNKNOWN, (unit, stranger)


def test_no_official_name_begins_like_an_office_or_ends_like_a_word_of_time() -> None:
    words = _words()
    offices = [key_of(words_of(one)) + " " for one in words.offices]
    former = [" " + key_of(words_of(one)) for one in words.former]
    for unit in TREE:
        key = key_of(words_of(unit.name))
        marked = [one for one in offices if f"{key} ".startswith(one)]
        # Without marks some do; with them none is read so.
        read = NAMES.recognise(unit.full_name(), ANYWHERE)
        assert not marked or unit.ref in {one.unit for one in read.found}, (unit, marked)
        assert not any(key.endswith(one) for one in former) or read.outcome is not Outcome.UNKNOWN
