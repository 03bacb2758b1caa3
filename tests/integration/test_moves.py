"""Moves between books: pairs are found, decided, opened again; the history goes with the child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.matching.moves import Likeness, Sign
from app.models.queries import quarter, register
from app.models.work import Change
from app.services.moves import Moves, MovesView
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.workplaces import DISTRICT, again, make_workplace

BINH_THANH, BINH_DONG = "21046@2024", "21049@2024"
ELSEWHERE = "21010@2024"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _home(workplace: Workplace, unit: str, number: str = "12") -> str:
    with workplace.write() as work:
        values = {"owner_unit": unit, "household_no": number, "head_name": "Đinh Văn Rơ"}
        done = work.record(Change("household", values))
        work.commit()
    return done.id


def _child(workplace: Workplace, unit: str, home: str = "", **values: Value) -> str:
    said: dict[str, Value] = {
        "owner_unit": unit,
        "household": home or _home(workplace, unit),
        "full_name": "Đinh Thị Hạ",
        "birth_date": "2019-05-01",
        "sex": "2",
        **values,
    }
    with workplace.write() as work:
        done = work.record(Change("child", said))
        work.commit()
    return done.id


def _event(workplace: Workplace, child: str, event: str, place: str, day: str) -> None:
    values = {"record": child, "event": event, "event_place": place, "event_date": day}
    with workplace.write() as work:
        work.record(Change("life_event", values))
        work.commit()


def _leaves(workplace: Workplace, child: str, to: str, place: str) -> None:
    _event(workplace, child, "moved_out", place, "2026-08-01")
    with workplace.write() as work:
        work.record(Change("child", {"life_status": "MOVED_OUT", "owner_unit": to}, child))
        work.commit()


def _comes(workplace: Workplace, unit: str, place: str = "", **values: Value) -> str:
    child = _child(workplace, unit, **values)
    _event(workplace, child, "moved_in", place, "2026-08-15")
    return child


def _owner(workplace: Workplace, child: str) -> object:
    with workplace.store.read() as reading:
        found = register.record(reading, "child", child)
    assert found is not None
    return found.values.get("owner_unit")


def _pairs(view: MovesView) -> list[tuple[str, str, Likeness | None]]:
    return [(one.left.id, one.came.id, one.likeness) for one in view.pairs]


def test_who_left_for_nobody_knows_where_is_found_where_it_came(district: Workplace) -> None:
    left = _child(district, BINH_THANH, mother_name="Đinh Thị Bông")
    _leaves(district, left, "unknown", "không rõ")
    came = _comes(district, BINH_DONG, full_name="DINH THI HA", mother_name="Dinh Thi Bong")
    moves = Moves(district)
    assert moves.count() == 1
    found = moves.read()
    assert _pairs(found) == [(left, came, Likeness.LIKELY)]
    (pair,) = found.pairs
    assert set(pair.signs) == {Sign.SAME_NAME, Sign.SAME_BIRTH_DATE, Sign.SAME_MOTHER}
    assert (pair.left.unit, pair.came.unit) == (BINH_THANH, BINH_DONG)
    assert (pair.left.place, pair.left.day) == ("không rõ", "2026-08-01")
    assert [one.id for one in found.left] == [left], "unpaired until somebody says so"
    assert [one.id for one in found.came] == [came]


def test_a_pair_is_one_act_and_the_history_goes_to_the_new_unit(district: Workplace) -> None:
    left = _child(district, BINH_THANH)
    _leaves(district, left, "outside", "Bình Đông, Bình Sơn")
    came = _comes(district, BINH_DONG)
    moves = Moves(district)
    done = moves.pair(left, came)
    assert done.moved_to == BINH_DONG
    assert (_owner(district, left), _owner(district, came)) == (BINH_DONG, BINH_DONG)
    found = moves.read()
    assert (found.pairs, found.left, found.came) == ((), (), ())
    (pair,) = found.paired
    assert (pair.left.id, pair.came.id) == (left, came)
    assert (pair.left.unit, pair.came.unit) == (BINH_THANH, BINH_DONG)
    assert pair.decided_by == district.account.full_name
    assert pair.decided_on == district.today().isoformat()
    with district.store.read() as reading:
        assert quarter.arrivals(reading, BINH_DONG) == [], "it stands in the book as who came"
    with pytest.raises(KnownError, match=r"moves\.paired_already"):
        moves.pair(left, came)


def test_a_pair_taken_back_stands_as_before_and_is_offered_again(district: Workplace) -> None:
    left = _child(district, BINH_THANH)
    _leaves(district, left, "outside", "Bình Đông, Bình Sơn")
    came = _comes(district, BINH_DONG)
    moves = Moves(district)
    before = _pairs(moves.read())
    moves.pair(left, came)
    assert moves.take_back(left, came).moved_to == "outside"
    assert _owner(district, left) == "outside"
    found = moves.read()
    assert _pairs(found) == before
    assert found.paired == ()
    with pytest.raises(KnownError, match=r"moves\.not_decided"):
        moves.take_back(left, came)


def test_two_who_were_kept_apart_are_offered_no_more(district: Workplace) -> None:
    left = _child(district, BINH_THANH)
    _leaves(district, left, "outside", "Bình Đông, Bình Sơn")
    came = _comes(district, BINH_DONG)
    moves = Moves(district)
    moves.apart(left, came, "hai trẻ trùng tên")
    found = moves.read()
    assert found.pairs == ()
    assert [one.id for one in found.left] == [left]
    assert [one.id for one in found.came] == [came]
    assert moves.count() == 0
    assert [(one.left.id, one.came.id) for one in found.apart] == [(left, came)]
    assert found.paired == ()
    assert found.apart[0].decided_by
    moves.take_back(left, came)
    found = moves.read()
    assert found.apart == ()
    assert [(one.left.id, one.came.id) for one in found.pairs] == [(left, came)]
    moves.apart(left, came)
    moves.pair(left, came)
    assert [one.left.id for one in moves.read().paired] == [left], "one may think better of it"
    assert moves.read().apart == ()


def test_who_went_to_a_named_commune_and_was_typed_anew_there_is_one(district: Workplace) -> None:
    """The move gave the record to the new commune; its clerk had typed the child meanwhile."""
    left = _child(district, BINH_THANH)
    _leaves(district, left, BINH_DONG, "xã Bình Đông, huyện Bình Sơn")
    came = _child(district, BINH_DONG)
    moves = Moves(district)
    (pair,) = moves.read().pairs
    assert (pair.left.id, pair.came.id) == (left, came)
    assert pair.left.unit == BINH_THANH, "the book it left, not the unit that has it now"
    assert Sign.PLACE_FITS in pair.signs
    assert moves.pair(left, came).moved_to == "", "its history is there already"
    assert moves.take_back(left, came).moved_to == BINH_DONG
    assert _owner(district, left) == BINH_DONG


def test_nobody_pairs_what_lies_outside_the_own_units(district: Workplace) -> None:
    left = _child(district, BINH_THANH)
    _leaves(district, left, "unknown", "")
    stranger = _comes(district, ELSEWHERE)
    moves = Moves(district)
    assert moves.read().pairs == ()
    with pytest.raises(KnownError, match=r"moves\.not_of_this_unit"):
        moves.pair(left, stranger)
    with pytest.raises(KnownError, match=r"moves\.not_left"):
        moves.pair(stranger, left)
    with pytest.raises(KnownError, match=r"moves\.not_followed"):
        moves.pair(left, left[:-1])
    for deed in (moves.pair, moves.apart):
        with pytest.raises(KnownError, match=r"moves\.one_record"):
            deed(left, left)


def test_reading_and_deciding_ask_for_the_right(district: Workplace) -> None:
    reader = Moves(again(district, frozenset((Right.READ,))))
    reader.read()
    for deed in (reader.pair, reader.apart, reader.take_back):
        with pytest.raises(KnownError, match=r"rights\.denied"):
            deed("a", "b")
    with pytest.raises(KnownError, match=r"rights\.denied"):
        Moves(again(district, frozenset((Right.KEYS,)))).read()
