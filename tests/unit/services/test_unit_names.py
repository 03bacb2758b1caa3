"""Every official name in the ways people write it, on both trees: found, or told, never guessed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from app.forms.units import Tier, Unit, load_units
from app.matching.unit_reading import Context, How, Outcome, Reading
from app.services.unit_names import unit_names
from tests.counts import tell
from tests.long_runs import slice_or_all
from tests.unit.services.written_units import bare, misspelt, ways

TREE = load_units()
TODAY = date(2026, 12, 1)
NAMES = unit_names(TREE, TODAY)
HERE = Context(within=("51@2025",), communes=True)
NOW = Context(within=("51@2025",), communes=True, day=TODAY)

#: One unit in so many in every run.
EACH = slice_or_all(97, 1)
SLIPS = slice_or_all(600, 40_000)


def province(unit: Unit) -> str:
    return (unit, *TREE.ancestors(unit.ref))[-1].ref


def today(unit: Unit) -> str:
    """What answers for a unit today, by the tree itself; empty for a split or abolished one."""
    last = (unit.ref, *TREE.whole_line(unit.ref))[-1]
    return "" if TREE.successors(last) else last


def is_right(read: Reading, unit: Unit, *, by_edition: bool) -> bool:
    """Whether a name of `unit` was found, or told to be that of several with it among them."""
    told = {one.unit for one in read.found}
    if read.outcome is Outcome.RECOGNISED:
        return read.unit == today(unit) != "" and (unit.ref in told or not by_edition)
    if read.outcome in (Outcome.SPLIT, Outcome.ABOLISHED):
        return read.named == unit.ref and not read.unit
    return read.outcome is Outcome.AMBIGUOUS and unit.ref in told and not read.unit


def test_every_official_name_in_twelve_ways_finds_itself_or_is_told_to_be_several() -> None:
    counted: Counter[str] = Counter()
    wrong = []
    for unit in list(TREE)[::EACH]:
        for way, written in ways(TREE, unit).items():
            for edition in (unit.edition, ""):
                read = NAMES.recognise(written, Context(within=(province(unit),), edition=edition))
                counted[read.outcome.value] += 1
                if not is_right(read, unit, by_edition=bool(edition)):
                    wrong.append((unit.ref, way, written, read))
    told = ", ".join(f"{name} {count:,}" for name, count in sorted(counted.items()))
    tell(f"unit names: {counted.total():,} written in 12 ways: {told}; wrong {len(wrong)}")
    assert wrong == []
    assert counted["recognised"] > 0.8 * counted.total()


def _is_called(written: str, unit: Unit) -> bool:
    """Whether a text is the name of another unit of the province, so that nobody sees a slip."""
    return any(
        other.name.casefold() == written.casefold()
        or bare(other.name).casefold() == written.casefold()
        for other in TREE
        if other.ref != unit.ref
        and other.edition == unit.edition
        and province(other) == province(unit)
    )


def test_no_name_with_one_slip_is_taken_for_another_unit() -> None:
    rng = random.Random(20261201)
    units = [one for one in TREE if TREE.holds_records(one.ref) and any(map(str.islower, one.name))]
    counted: Counter[str] = Counter()
    wrong = []
    for _ in range(SLIPS):
        unit = rng.choice(units)
        written = misspelt(rng, unit.name)
        context = Context(within=(province(unit),), edition=unit.edition, communes=True)
        read = NAMES.recognise(written, context)
        counted[read.outcome.value] += 1
        meant = read.unit == today(unit) if read.unit else read.named in ("", unit.ref)
        if not meant:
            if read.how in (How.NAME, How.BARE) and _is_called(written, unit):
                counted["other"] += 1
            else:
                wrong.append((unit.ref, written, read))
    proposed = counted["proposed"] + counted["split"]
    tell(
        f"unit names with one slip: {SLIPS:,}, proposed {proposed:,} "
        f"({proposed / SLIPS:.3f}), several {counted['ambiguous']:,}, not found "
        f"{counted['unknown']:,}, names of other units {counted['other']:,}"
        f"; wrong {len(wrong)}"
    )
    assert wrong == []
    assert proposed > 0.85 * SLIPS


def split_communes() -> Iterator[Unit]:
    return (one for one in TREE if one.tier is Tier.COMMUNE and TREE.is_split(one.ref))


def test_every_split_commune_is_refused_with_its_parts() -> None:
    count = 0
    for unit in split_communes():
        above = TREE.ancestors(unit.ref)
        written = ", ".join(one.full_name() for one in (unit, *above))
        read = NAMES.recognise(written, Context(communes=True))
        assert (read.outcome, read.named, read.unit) == (Outcome.SPLIT, unit.ref, ""), written
        assert set(read.found[0].parts) == {move.new for move in TREE.successors(unit.ref)}
        count += 1
    tell(f"unit names: {count} split communes, each refused")
    assert count == 471


@pytest.mark.parametrize(
    ("written", "unit", "how"),
    [
        ("21100@2025", "21100@2025", How.CODE),
        ("xã Bình Chương", "21100@2025", How.NAME),
        ("  XÃ  BÌNH CHƯƠNG ", "21100@2025", How.NAME),
        ("xa binh chuong", "21100@2025", How.BARE),
        ("X.Bình Chương (H.Bình Sơn)", "21100@2025", How.NAME),
        ("xã Bình Chương - huyện Bình Sơn - Quảng Ngãi", "21100@2025", How.NAME),
        ("Quảng Ngãi - Bình Sơn - Bình Chương", "21100@2025", How.NAME),
        ("UBND xã Bình Chương huyện Bình Sơn tỉnh Quảng Ngãi", "21100@2025", How.NAME),
        ("Thôn 2, xã Bình Chương, huyện Bình Sơn", "21100@2025", How.NAME),
        ("Xã Bình Chương (21100), huyện Bình Sơn", "21100@2025", How.NAME),
        ("TT. Ba Tơ", "21484@2025", How.NAME),
        ("TTTrà Xuân", "21115@2025", How.NAME),
        ("Đặc khu Lí Sơn", "21548@2025", How.NAME),
        ("xã Đăk Ui, tỉnh Kon Tum", "23510@2025", How.NAME),
        ("P1, Q3, TP. Hồ Chí Minh", "27154@2025", How.NAME),
    ],
)
def test_a_name_is_recognised_however_it_is_written(written: str, unit: str, how: How) -> None:
    read = NAMES.recognise(written, HERE)
    assert (read.outcome, read.unit, read.how) == (Outcome.RECOGNISED, unit, how)


@pytest.mark.parametrize(
    ("written", "unit", "how"),
    [
        ("Bình Chươn", "21100@2025", How.LETTER),
        ("Bình Chưởng", "21100@2025", How.MARK),
        ("Binh Chương", "21100@2025", How.PARTLY),
        ("phường Bình Chương", "21100@2025", How.KIND),
        ("xã Bình Chương, huyện Bình Sơm", "21100@2025", How.ABOVE),
        ("xã Bình Chương, thị xã Bình Sơn", "21100@2025", How.ABOVE),
    ],
)
def test_one_slip_is_proposed_and_not_taken(written: str, unit: str, how: How) -> None:
    read = NAMES.recognise(written, HERE)
    assert (read.outcome, read.unit, read.how) == (Outcome.PROPOSED, unit, how)


def test_two_slips_are_no_name() -> None:
    assert NAMES.recognise("xã Bìn Chươn", HERE).outcome is Outcome.UNKNOWN
    assert NAMES.recognise("phường Bình Chươn", HERE).outcome is Outcome.UNKNOWN


def test_a_slip_beside_an_y_hides_no_unit_that_may_be_meant() -> None:
    read = NAMES.recognise("Nghi Thny", Context(within=("40@2024",), edition="2024", communes=True))
    assert "16717@2024" in {one.unit for one in read.found}
    assert not read.unit


def test_a_number_is_never_a_slip_of_another() -> None:
    assert NAMES.recognise("Phường 88, quận 3, TP Hồ Chí Minh").outcome is Outcome.UNKNOWN


def test_a_short_name_with_a_slip_is_told_and_not_proposed() -> None:
    for unit in ("Lát", "Gào"):
        read = NAMES.recognise(f"xã {unit}u", Context(communes=True))
        assert not read.unit


def test_a_former_district_is_told_by_the_communes_that_are_there_today() -> None:
    read = NAMES.recognise("huyện Ba Tơ", HERE)
    assert (read.outcome, read.named, read.unit) == (Outcome.ABOLISHED, "535@2024", "")
    assert "21484@2025" in read.found[0].parts
    assert all(one.endswith("@2025") for one in read.found[0].parts)


def test_a_name_of_before_and_of_today_is_told_as_two_until_a_day_says_which() -> None:
    now_called = {(one.name, one.kind, one.parent) for one in TREE.units_of("2025", Tier.COMMUNE)}
    several = [
        unit
        for unit in split_communes()
        if (unit.name, unit.kind, province_today(unit)) in now_called
    ]
    assert several
    for unit in several[:: slice_or_all(5, 1)]:
        inside = Context(within=(province_today(unit),), communes=True)
        assert NAMES.recognise(unit.full_name(), inside).outcome is Outcome.AMBIGUOUS
        now = NAMES.recognise(unit.full_name(), replace(inside, day=TODAY))
        assert (now.unit or now.found[0].unit).endswith("@2025")
        then = NAMES.recognise(unit.full_name(), replace(inside, day=date(2025, 6, 30)))
        assert then.unit == ""
        assert unit.ref in [one.unit for one in then.found]


def province_today(unit: Unit) -> str:
    return TREE.whole_line(province(unit))[-1]


def test_what_lies_elsewhere_is_told_as_that_unless_its_province_was_written() -> None:
    assert NAMES.recognise("Xã Điện Quan", HERE).outcome is Outcome.ELSEWHERE
    assert NAMES.recognise("Xã Điện Quan, tỉnh Lào Cai", HERE).outcome is Outcome.RECOGNISED
    assert NAMES.recognise("xã Bình Chương, huyện Ba Tơ", HERE).outcome is Outcome.UNKNOWN


def test_what_a_decree_will_change_is_no_business_of_today() -> None:
    before = unit_names(TREE, date(2025, 6, 30))
    read = before.recognise("huyện Ba Tơ, tỉnh Quảng Ngãi", Context(day=date(2025, 6, 30)))
    assert (read.outcome, read.unit) == (Outcome.RECOGNISED, "535@2024")


@pytest.mark.parametrize(
    "written", ["", " ", ",", "@", "---", "(", "xã", "huyện, tỉnh", "0", "\ud800"]
)
def test_what_is_no_name_is_no_unit(written: str) -> None:
    assert not NAMES.recognise(written, HERE).unit


def test_many_short_names_in_a_row_take_no_time_to_refuse() -> None:
    assert not NAMES.recognise("Ba Tư Hồ Quế " * 6, HERE).unit
    assert not NAMES.recognise("Ba " * 500, HERE).unit
