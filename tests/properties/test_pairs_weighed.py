"""Laws of the search for doubles, over families as they are written by many hands."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.alone import alike
from app.matching.blocking import MOST_IN_BLOCK, blocks_of
from app.matching.columns import Columns
from app.matching.duplicates import find
from app.matching.given import Spelling
from app.matching.judge import judged, odds_before
from app.matching.pair import FROM, Level
from app.matching.people import prepared
from app.matching.person import Person
from app.matching.promising import Promising
from app.matching.rarity import Rarity
from app.matching.weights import given_spelling, named_after_mother, weigh
from app.services.duplicates import is_placeholder
from app.text.fold import fold
from app.text.normalize import clean

_NAMES = st.sampled_from(
    [
        "Võ Ngọc Diễm Linh", "VO NGOC DIEM LINH", "Võ Ngọc Diễm Lĩnh", "Võ Linh", "Võ Ngọc Hân",
        "Võ Ngọc Vân", "Võ Trúc", "Võ Chúc", "Võ Trcú", "Trai", "Gái", "Chưa đặt tên", "Cu Tý", "",
        "H'Hen Niê", "Y Bhlôk Niê", "Rơm", "Trần Thị Tâm", "V. Linh", "Vo4 Li4nh",
    ]
)  # fmt: skip
_PARENTS = st.sampled_from(
    ["Trần Thị Tâm", "TRAN THI TAM", "chị Lợi", "Trần Tâm", "Lê Thị Hoa", "", "H'Yam Bkrông"]
)
_FATHERS = st.sampled_from(["Võ Đình Lợi", "VO DINH LOI", "Võ Lợi", "Lê Lợi", "", "Y Wang Niê"])
_DATES = st.sampled_from(
    ["2016-03-06", "2016-06-03", "2016-03", "2016", "2016-01-01", "2015-03-06", "2018-07-01", ""]
)
_IDS = st.sampled_from(["", "", "051316000001", "051316000002", "051399999999", "000000000000"])
_YEARS = st.sampled_from(["", "1986", "1987", "1960"])


@st.composite
def lists(draw: st.DrawFn) -> list[Person]:
    """A few records of a few households, and a crowd in which names are common or rare."""
    count = draw(st.integers(2, 9))
    people = [
        Person(
            id=f"p{at}",
            name=draw(_NAMES),
            birth_date=draw(_DATES),
            sex=draw(st.sampled_from(["", "1", "2"])),
            personal_id=draw(_IDS),
            mother=draw(_PARENTS),
            mother_year=draw(_YEARS),
            father=draw(_FATHERS),
            father_year=draw(_YEARS),
            head=draw(_FATHERS),
            phone=draw(st.sampled_from(["", "0905111222"])),
            household=draw(st.sampled_from(["", "h1", "h2", "h3"])),
            village=draw(st.sampled_from(["", "Thôn 1"])),
            unit=draw(st.sampled_from(["", "u1", "u2"])),
            address=draw(st.sampled_from(["", "", "12 Quang Trung"])),
            surname=draw(st.sampled_from(["", "", "", "Võ"])),
        )
        for at in range(count)
    ]
    crowd = draw(st.sampled_from([0, 0, 60]))
    return people + [
        Person(f"c{at}", f"Lê Văn Người{at % 7}", f"201{at % 10}-02-0{1 + at % 9}", unit="u1")
        for at in range(crowd)
    ]


@given(lists())
@settings(max_examples=150, deadline=None)
def test_what_is_said_of_two_does_not_depend_on_which_is_named_first(people: list[Person]) -> None:
    ready = list(prepared(people, is_placeholder))
    rarity = Rarity.of(ready)
    for one, other in combinations(ready[:9], 2):
        assert weigh(one, other, rarity) == weigh(other, one, rarity)


@given(lists())
@settings(max_examples=150, deadline=None)
def test_whoever_is_left_out_unweighed_would_not_have_been_a_pair(people: list[Person]) -> None:
    """The quick look leaves out nobody whom the slow one would find."""
    ready = list(prepared(people, is_placeholder))
    rarity = Rarity.of(ready)
    promising = Promising(ready, Columns(ready), rarity)
    for size in (len(ready), 100_000):
        before = odds_before(size)
        for at, one in enumerate(ready):
            others = set(range(len(ready))) - {at}
            kept = promising.among(at, others, FROM[Level.LOW] - before)
            for place in others - kept:
                assert judged(one, ready[place], rarity, before) is None, (one, ready[place])


@given(lists())
@settings(max_examples=150, deadline=None)
def test_the_score_is_the_sum_of_what_is_shown_and_its_level_follows(people: list[Person]) -> None:
    before = odds_before(len(people))
    by_id = {one.id: one for one in people}
    for pair in find(people, is_placeholder).pairs:
        assert abs(pair.score - before - sum(part.bits for part in pair.evidence)) < 1e-9
        one, other = prepared([by_id[pair.first], by_id[pair.second]], is_placeholder)
        same_id = bool(one.personal_id) and one.personal_id == other.personal_id
        first, second = by_id[pair.first], by_id[pair.second]
        certain = (
            same_id
            and one.birth.day > 0
            and one.birth == other.birth
            and first.sex == second.sex != ""
            and "" != first.household != second.household != ""
            and fold(clean(first.name)) == fold(clean(second.name))
        )
        assert certain or pair.level is not Level.CERTAIN
        if not same_id:
            lower = [level for level in FROM if pair.score >= FROM[level]]
            assert pair.level is min(lower)


@given(lists())
@settings(max_examples=150, deadline=None)
def test_another_given_name_is_another_child_unless_an_id_or_the_mothers_name_says_so(
    people: list[Person],
) -> None:
    by_id = {one.id: one for one in people}
    for pair in find(people, is_placeholder).pairs:
        one, other = prepared([by_id[pair.first], by_id[pair.second]], is_placeholder)
        if given_spelling(one, other) is Spelling.OTHER:
            same_id = bool(one.personal_id) and one.personal_id == other.personal_id
            assert same_id or named_after_mother(one, other) is not None
            if same_id and not (one.foreign or other.foreign):
                assert pair.level in (Level.MEDIUM, Level.LOW)


@given(lists(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_a_list_says_nothing(people: list[Person], dice: random.Random) -> None:
    said = find(people, is_placeholder)
    mixed = list(people)
    dice.shuffle(mixed)
    assert find(mixed, is_placeholder) == said


@given(lists())
@settings(max_examples=100, deadline=None)
def test_of_two_households_a_child_goes_with_one_child(people: list[Person]) -> None:
    home = {one.id: one.household for one in people}
    met: Counter[tuple[str, str]] = Counter()
    for pair in find(people, is_placeholder).pairs:
        mine, theirs = home[pair.first], home[pair.second]
        if mine and theirs and mine != theirs:
            met.update([(pair.first, theirs), (pair.second, mine)])
    assert set(met.values()) <= {1}


@given(st.integers(2, MOST_IN_BLOCK + 8))
@settings(max_examples=12, deadline=None)
def test_a_key_that_too_many_share_is_counted_and_every_other_one_pairs_all(many: int) -> None:
    people = [Person(str(at), "", address="12 Trần Phú") for at in range(many)]
    blocks = blocks_of(Columns(list(prepared(people, is_placeholder))))
    alone = blocks.alone()
    pairs = sum(len(blocks.take(at)) for at in reversed(range(many)))
    if many > MOST_IN_BLOCK:
        assert blocks.left_out["address"] == 1
        assert blocks.records_left_out["address"] == many
        assert (pairs, alone) == (0, many)
    else:
        assert not blocks.left_out
        assert (pairs, alone) == (many * (many - 1) // 2, 0)


@given(st.integers(2, MOST_IN_BLOCK + 8))
@settings(max_examples=12, deadline=None)
def test_of_an_id_that_too_many_share_nobody_is_compared_with_nobody(many: int) -> None:
    people = [Person(str(at), "", personal_id="051316000001") for at in range(many)]
    blocks = blocks_of(Columns(list(prepared(people, is_placeholder))))
    near = {at: blocks.take(at) for at in reversed(range(many))}
    assert not blocks.left_out
    met = set(near) & {other for others in near.values() for other in others}
    assert len(met | {at for at, others in near.items() if others}) == many
    pairs = sum(map(len, near.values()))
    assert pairs == (many - 1 if many > MOST_IN_BLOCK else many * (many - 1) // 2)


@given(lists())
@settings(max_examples=60, deadline=None)
def test_one_beside_few_is_weighed_as_among_many(people: list[Person]) -> None:
    """With the rarities and the size of the register, `alike` says what `find` weighs."""
    ready = list(prepared(people, is_placeholder))
    rarity = Rarity.of(ready)
    first, *others = people
    said = alike(first, others, is_placeholder, rarity=rarity, children=len(people))
    by_ids = {(one.first, one.second): one for one in said}
    for pair in find(people, is_placeholder).pairs:
        if first.id in (pair.first, pair.second):
            assert by_ids[pair.first, pair.second] == pair
