"""The unit tree: counts and facts of both editions, and the scope rule."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from app.errors import KnownError
from app.forms import units
from app.forms.units import Edition, Share, Succession, Tier, Unit, UnitTree, load_units
from tests.growth import growth

TREE = load_units()


def count(edition: str, tier: Tier) -> int:
    return len(TREE.units_of(edition, tier))


def test_the_tree_before_july_2025_has_63_provinces_696_districts_and_10035_communes() -> None:
    assert count("2024", Tier.PROVINCE) == 63
    assert count("2024", Tier.DISTRICT) == 696
    assert count("2024", Tier.COMMUNE) == 10_035


def test_the_tree_since_july_2025_has_34_provinces_and_3321_communes_of_three_kinds() -> None:
    assert count("2025", Tier.PROVINCE) == 34
    assert count("2025", Tier.DISTRICT) == 0
    communes = TREE.units_of("2025", Tier.COMMUNE)
    assert Counter(unit.kind for unit in communes) == {
        "commune": 2621,
        "ward": 687,
        "special_zone": 13,
    }


def test_every_parent_is_one_tier_up_in_the_same_edition() -> None:
    up = {
        ("2024", Tier.COMMUNE): Tier.DISTRICT,
        ("2024", Tier.DISTRICT): Tier.PROVINCE,
        ("2025", Tier.COMMUNE): Tier.PROVINCE,
    }
    for unit in TREE:
        above = TREE.parent(unit.ref)
        if unit.tier is Tier.PROVINCE:
            assert above is None
        else:
            assert above is not None
            assert above.edition == unit.edition
            assert above.tier is up[unit.edition, unit.tier]


def test_every_old_unit_has_a_fate_and_every_new_unit_an_origin() -> None:
    for unit in TREE:
        if unit.edition == "2024":
            shares = [move.share for move in TREE.successors(unit.ref)]
            assert shares
            if len(shares) > 1:
                assert set(shares) <= {Share.PART, Share.DOUBTFUL}
            assert Share.PART in shares or len(shares) == 1
            assert not TREE.predecessors(unit.ref)
        else:
            assert TREE.predecessors(unit.ref)
            assert not TREE.successors(unit.ref)


def test_no_commune_went_to_another_province_than_its_own_did() -> None:
    for unit in TREE.units_of("2024", Tier.COMMUNE):
        province = TREE.ancestors(unit.ref)[-1]
        became = TREE.whole_successor(province.ref)
        assert became is not None
        for move in TREE.successors(unit.ref):
            assert TREE.unit(move.new).parent == became.ref


def test_471_communes_were_split_24_of_them_only_by_a_doubtful_target() -> None:
    split = [unit.ref for unit in TREE if TREE.is_split(unit.ref)]
    assert len(split) == 471
    sure = Counter(sum(move.share is Share.PART for move in TREE.successors(ref)) for ref in split)
    assert sure[1] == 24
    assert sum(sure.values()) - sure[1] == 447


def test_3316_of_the_3321_commune_codes_stood_for_something_else_before() -> None:
    old = {unit.code for unit in TREE.units_of("2024", Tier.COMMUNE)}
    new = {unit.code for unit in TREE.units_of("2025", Tier.COMMUNE)}
    assert len(old & new) == 3316
    assert "21548" in new - old


def test_quang_ngai_took_kon_tum_under_code_51_and_has_96_communes() -> None:
    province = TREE.unit("51@2025")
    assert province.full_name() == "Tỉnh Quảng Ngãi"
    assert len(TREE.children("51@2025")) == 96
    assert {move.old for move in TREE.predecessors("51@2025")} == {"51@2024", "62@2024"}
    assert len(TREE.children("51@2024")) == 13
    assert sum(unit.tier is Tier.COMMUNE for unit in TREE.descendants("51@2024")) == 170
    assert sum(unit.tier is Tier.COMMUNE for unit in TREE.descendants("62@2024")) == 102


def test_dong_thap_took_the_code_82_of_tien_giang_and_has_102_communes() -> None:
    assert TREE.unit("82@2024").name == "Tiền Giang"
    assert TREE.unit("82@2025").name == "Đồng Tháp"
    assert TREE.get("87@2025") is None
    assert len(TREE.children("82@2025")) == 102
    assert {move.old for move in TREE.predecessors("82@2025")} == {"82@2024", "87@2024"}


def test_ly_son_was_a_district_without_communes_and_became_a_special_zone() -> None:
    assert TREE.tier("536@2024") is Tier.DISTRICT
    assert TREE.children("536@2024") == ()
    became = TREE.whole_successor("536@2024")
    assert became is not None
    assert (became.ref, became.full_name()) == ("21548@2025", "Đặc khu Lý Sơn")
    assert TREE.covers(["21548@2025"], "536@2024")


def test_an_ordinary_district_is_abolished_without_successor() -> None:
    assert [move.share for move in TREE.successors("524@2024")] == [Share.ABOLISHED]
    assert TREE.whole_successor("524@2024") is None


def test_units_of_the_sample_register_exist() -> None:
    assert TREE.unit("21010@2024").full_name() == "Phường Lê Hồng Phong"
    assert [unit.ref for unit in TREE.ancestors("21010@2024")] == ["522@2024", "51@2024"]
    assert TREE.unit("21526@2024").parent == "535@2024"


def test_the_edition_follows_from_the_day() -> None:
    assert TREE.edition_on(date(2020, 5, 1)).code == "2024"
    assert TREE.edition_on(date(2025, 6, 30)).code == "2024"
    assert TREE.edition_on(date(2025, 7, 1)).code == "2025"
    assert [len(edition.tiers) for edition in TREE.editions] == [3, 2]


def test_an_unknown_unit_is_refused_by_name() -> None:
    with pytest.raises(KnownError) as caught:
        TREE.unit("99999@2024")
    assert caught.value.message_id == "units.unknown"
    with pytest.raises(KnownError):
        TREE.children("51")


# The scope rule, on a small invented tree:
#   1@a ─ 100@a ─ {10001 whole→20001@b, 10002 whole→20001@b, 10003 split→20001@b + 20002@b}
#   1@a whole→ 1@b ─ {20001@b, 20002@b}
def small_tree() -> UnitTree:
    def unit(code: str, edition: str, tier: Tier, parent: str) -> Unit:
        return Unit(f"{code}@{edition}", code, edition, f"T{code}", "commune", tier, parent)

    rows = [
        unit("01", "2001", Tier.PROVINCE, ""),
        unit("100", "2001", Tier.DISTRICT, "01@2001"),
        *(unit(f"1000{n}", "2001", Tier.COMMUNE, "100@2001") for n in (1, 2, 3)),
        unit("01", "2002", Tier.PROVINCE, ""),
        *(unit(f"2000{n}", "2002", Tier.COMMUNE, "01@2002") for n in (1, 2)),
    ]
    moves = [
        Succession("01@2001", "01@2002", Share.WHOLE),
        Succession("100@2001", "", Share.ABOLISHED),
        Succession("10001@2001", "20001@2002", Share.WHOLE),
        Succession("10002@2001", "20001@2002", Share.WHOLE),
        Succession("10003@2001", "20001@2002", Share.PART),
        Succession("10003@2001", "20002@2002", Share.PART),
    ]
    editions = [
        Edition("2001", None, date(2001, 12, 31), (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)),
        Edition("2002", date(2002, 1, 1), None, (Tier.PROVINCE, Tier.COMMUNE)),
    ]
    return UnitTree(rows, moves, editions)


@pytest.mark.parametrize(
    ("scope", "unit", "covered"),
    [
        ("10001@2001", "10001@2001", True),  # itself
        ("100@2001", "10001@2001", True),  # below
        ("01@2001", "10003@2001", True),
        ("10001@2001", "100@2001", False),  # above
        ("10001@2001", "10002@2001", False),  # beside
        ("20001@2002", "10001@2001", True),  # merged whole into the new unit
        ("01@2002", "10001@2001", True),
        ("01@2002", "100@2001", True),
        ("20001@2002", "10003@2001", False),  # split: no successor covers it
        ("20002@2002", "10003@2001", False),
        ("01@2002", "10003@2001", True),  # but the province that took all of the old one does
        ("10001@2001", "20001@2002", False),  # the old unit never covers the new
        ("01@2001", "20001@2002", False),
        ("20001@2002", "100@2001", False),  # an abolished district belongs to no commune
        ("20001@2002", "20002@2002", False),
        ("77777@2001", "77777@2001", False),  # nobody covers a unit that does not exist
    ],
)
def test_a_scope_covers_what_lies_below_and_what_was_merged_in(
    scope: str, unit: str, covered: bool
) -> None:
    assert small_tree().covers([scope], unit) is covered


def test_a_scope_of_several_units_covers_what_any_of_them_covers() -> None:
    tree = small_tree()
    assert tree.covers(["10001@2001", "10003@2001"], "10003@2001")
    assert not tree.covers([], "10003@2001")


def test_in_the_real_tree_a_province_of_2025_covers_exactly_what_it_took() -> None:
    covered = {unit.ref for unit in TREE if TREE.covers(["51@2025"], unit.ref)}
    expected = {"51@2025", "51@2024", "62@2024"}
    for ref in list(expected):
        expected |= {unit.ref for unit in TREE.descendants(ref)}
    assert covered == expected
    assert any(TREE.is_split(ref) for ref in covered)


def test_a_unit_that_stands_twice_or_hangs_in_the_air_is_refused() -> None:
    edition = Edition("2001", None, None, (Tier.PROVINCE,))
    one = Unit("01@2001", "01", "2001", "T", "province", Tier.PROVINCE, "")
    orphan = Unit("100@2001", "100", "2001", "T", "town", Tier.DISTRICT, "02@2001")
    with pytest.raises(ValueError, match="twice"):
        UnitTree([one, one], [], [edition])
    with pytest.raises(ValueError, match="not in the tree"):
        UnitTree([one, orphan], [], [edition])
    with pytest.raises(ValueError, match="edition"):
        UnitTree([one], [], [])
    with pytest.raises(ValueError, match="not in the tree"):
        UnitTree([one], [Succession("01@2001", "02@2001", Share.WHOLE)], [edition])


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Ba Vinh, Ba Tơ", "21490@2024"),
        ("thị trấn ba tơ", "21484@2024"),
        ("TT. Ba To", "21484@2024"),
        ("xã Ba Tơ", "21484@2025"),
        ("xã Ba Tô", "21523@2025"),
        ("H. Trà Bồng", "525@2024"),
        ("TP Quảng Ngãi", "522@2024"),
        ("tỉnh Quảng Ngãi", "51@2025"),
        ("dac khu ly son", "21548@2025"),
        ("21010", "21010@2024"),
        ("21484@2024", "21484@2024"),
        ("Quận 1", "760@2024"),
    ],
)
def test_a_unit_is_found_as_people_write_it(text: str, first: str) -> None:
    assert TREE.find(text)[0].unit.ref == first


def test_numbered_wards_are_found_with_and_without_leading_zero() -> None:
    with_zero = {found.unit.ref for found in TREE.find("Phường 01, Cao Lãnh")}
    without = {found.unit.ref for found in TREE.find("phường 1, cao lãnh")}
    assert with_zero == without
    assert all(unit.startswith("298") for unit in without)


def test_candidates_carry_their_parents_and_obey_the_filters() -> None:
    found = TREE.find("Long Hiệp", edition="2024", within="51@2024")
    assert [each.full_name() for each in found] == [
        "Xã Long Hiệp, huyện Minh Long, tỉnh Quảng Ngãi"
    ]
    assert all(each.unit.tier is Tier.DISTRICT for each in TREE.find("Ba", tier=Tier.DISTRICT))
    assert len(TREE.find("Tân", limit=7)) == 7
    assert TREE.find("") == ()
    assert TREE.find("không có nơi này") == ()


@pytest.mark.parametrize("ref", ["51@2024", "522@2024", "21208@2024", "51@2025", "21211@2025"])
def test_what_a_scope_covers_is_found_from_above_as_from_below(ref: str) -> None:
    found = TREE.covered_by(ref)
    assert ref in found
    assert set(found) == {unit.ref for unit in TREE if TREE.covers((ref,), unit.ref)}
    assert TREE.covered_by(ref) is found


def test_asking_for_four_times_as_many_units_takes_about_four_times_as_long() -> None:
    """A slip to quadratic work would take sixteen times as long; the tree has 14,000 units."""
    tree = units.load_units.__wrapped__()
    refs = [unit.ref for unit in tree]

    def ask(number: int) -> None:
        for ref in refs[:number]:
            tree.covers(("51@2025",), ref)

    ask(len(refs))  # what is remembered per unit is found once
    assert growth(ask, len(refs) // 4) < 9, "quadratic is 16"
