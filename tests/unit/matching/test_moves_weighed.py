"""Who left and who came: which pairs are worth a look, and how sure they are."""

from __future__ import annotations

import pytest

from app.matching.moves import Child, Likeness, Match, Sign, clusters, pair_up, weigh

QUANG_NGAI = ("Quảng Ngãi", "tỉnh Quảng Ngãi")
BINH_CHUONG = (("Bình Chương", "xã Bình Chương"), ("Bình Sơn", "huyện Bình Sơn"), QUANG_NGAI)
LEFT = Child(
    "a",
    "Đinh Thị Hạ",
    "2019-05-01",
    "2",
    "051319000011",
    "Đinh Thị Bông",
    "Phạm Văn Ré",
    "xã Ba Vinh, huyện Ba Tơ",
    BINH_CHUONG,
)
BA_VINH = (("Ba Vinh", "xã Ba Vinh"), ("Ba Tơ", "huyện Ba Tơ"), QUANG_NGAI)
CAME = Child("b", "Đinh Thị Hạ", "2019-05-01", "2", unit=BA_VINH)


def changed(one: Child, **values: object) -> Child:
    fields = {name: getattr(one, name) for name in Child.__slots__}
    return Child(**{**fields, **values})  # type: ignore[arg-type]


TABLE = {
    "the same id, name and day": (
        changed(CAME, personal_id="051319000011"),
        Likeness.SURE,
        {Sign.SAME_ID, Sign.SAME_NAME, Sign.SAME_BIRTH_DATE, Sign.PLACE_FITS},
    ),
    "no id, the place that was named": (
        CAME,
        Likeness.LIKELY,
        {Sign.SAME_NAME, Sign.SAME_BIRTH_DATE, Sign.PLACE_FITS},
    ),
    "other marks, the mother": (
        changed(CAME, name="DINH THI HA", mother="Dinh Thi Bong", unit=()),
        Likeness.LIKELY,
        {Sign.SAME_NAME, Sign.SAME_BIRTH_DATE, Sign.SAME_MOTHER},
    ),
    "another tone, which may be a slip": (
        changed(CAME, name="Đinh Thị Hà"),
        Likeness.LIKELY,
        {Sign.NAME_WITHOUT_MARKS, Sign.SAME_BIRTH_DATE, Sign.PLACE_FITS},
    ),
    "the same id, another day": (
        changed(CAME, personal_id="051319000011", birth_date="2019-05-10"),
        Likeness.LIKELY,
        {Sign.SAME_ID, Sign.SAME_NAME, Sign.OTHER_BIRTH_DATE, Sign.PLACE_FITS},
    ),
    "only the year is known, and the place": (
        changed(CAME, birth_date="2019"),
        Likeness.POSSIBLE,
        {Sign.SAME_NAME, Sign.BIRTH_DATE_FITS, Sign.PLACE_FITS},
    ),
    "a middle name left out": (
        changed(CAME, name="Đinh Hạ"),
        Likeness.POSSIBLE,
        {Sign.OTHER_MIDDLE_NAME, Sign.SAME_BIRTH_DATE, Sign.PLACE_FITS},
    ),
    "another id, all the rest alike": (
        changed(CAME, personal_id="051319000099", mother="Đinh Thị Bông"),
        Likeness.POSSIBLE,
        {
            Sign.SAME_NAME,
            Sign.OTHER_ID,
            Sign.SAME_BIRTH_DATE,
            Sign.SAME_MOTHER,
            Sign.PLACE_FITS,
        },
    ),
    "another day, both parents alike": (
        changed(
            CAME, birth_date="2018-05-01", mother="Đinh Thị Bông", father="Phạm Văn Ré", unit=()
        ),
        Likeness.POSSIBLE,
        {Sign.SAME_NAME, Sign.OTHER_BIRTH_DATE, Sign.SAME_MOTHER, Sign.SAME_FATHER},
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_pair_is_as_sure_as_what_speaks_for_it(case: str) -> None:
    came, likeness, signs = TABLE[case]
    found = weigh(LEFT, came)
    assert found is not None
    assert (found.likeness, set(found.signs)) == (likeness, signs)


NEVER = {
    "another given name, all else alike": changed(
        CAME, name="Đinh Thị Hoa", personal_id="051319000011"
    ),
    "the twin Hân of Vân": changed(CAME, name="Đinh Thị Hân", mother="Đinh Thị Bông"),
    "another family name": changed(CAME, name="Phạm Thị Hạ"),
    "a boy": changed(CAME, sex="1"),
    "nothing but the name": changed(CAME, birth_date="", unit=()),
    "the name and the year": changed(CAME, birth_date="2019", unit=()),
    "the name, and another day": changed(CAME, birth_date="2018-05-01"),
    "the name and the day, another mother and another id": changed(
        CAME, personal_id="051319000099", mother="Hồ Thị Lan"
    ),
}


@pytest.mark.parametrize("case", NEVER)
def test_it_is_no_pair(case: str) -> None:
    assert weigh(LEFT, NEVER[case]) is None


@pytest.mark.parametrize(
    ("place", "fits"),
    [
        ("Ba Vinh", True),
        ("xã Ba Vinh, Ba Tơ", True),
        ("xa ba vinh, huyen ba to, quang ngai", True),
        ("Ba Vinh, huyện Sơn Hà", False),
        ("huyện Ba Tơ", False),
        ("Vinh", False),
        ("", False),
    ],
)
def test_a_place_as_typed_names_the_commune_or_does_not(place: str, fits: bool) -> None:
    found = weigh(changed(LEFT, place=place), CAME)
    assert found is not None
    assert (Sign.PLACE_FITS in found.signs) is fits


def test_every_pair_is_offered_and_the_surest_comes_first() -> None:
    sure = changed(CAME, id="c", personal_id="051319000011")
    stranger = Child("d", "Hồ Văn Pá", "2020-01-01", "1", unit=BA_VINH)
    found = pair_up([LEFT, stranger], [CAME, sure, stranger])
    assert [(one.left, one.came, one.likeness) for one in found] == [
        ("a", "c", Likeness.SURE),
        ("a", "b", Likeness.LIKELY),
    ]
    assert all(isinstance(one, Match) for one in found)


def test_whoever_is_the_same_as_one_of_a_cluster_belongs_to_it() -> None:
    found = clusters([("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")])
    assert found["a"] == found["d"] == {"a", "b", "c", "d"}
    assert found["x"] == {"x", "y"}
    assert "z" not in found
