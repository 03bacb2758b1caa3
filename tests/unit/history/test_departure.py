"""In whose book a child is counted that left one, by its operations alone."""

from __future__ import annotations

from itertools import count, permutations

from app.history.departure import book_of_departed, is_departed
from app.history.operation import Operation, Value, make_operation

A, B, C = "21010@2024", "21025@2024", "21064@2024"
CHILD = "2ddf29f1-0c2b-5d1f-a3d7-87d4f9e6f373"
_salts = count(1)


def _op(*parents: Operation, **body: Value) -> Operation:
    return make_operation(
        ent_type="child",
        ent_id=CHILD,
        parents=tuple(sorted(one.op_id for one in parents)),
        body=body,
        salt=next(_salts).to_bytes(16, "big"),
        unit=A,
        by=A,
        replica="00000000-0000-4000-8000-000000000001",
        author="x",
        wall=1,
    )


def _left(*, to: str, born_in: str = A) -> list[Operation]:
    made = _op(owner_unit=born_in)
    return [made, _op(made, owner_unit=to, life_status="MOVED_OUT")]


def test_who_left_is_counted_in_the_last_real_unit_wherever_it_went() -> None:
    for to in (B, "outside", "unknown"):
        assert book_of_departed(_left(to=to)) == A, to


def test_the_order_of_arrival_takes_no_part() -> None:
    history = _left(to=B)
    history.append(_op(history[-1], owner_unit=B))
    history.append(_op(history[-1], life_status="ACTIVE"))
    history.append(_op(history[-1], life_status="MOVED_OUT", owner_unit=C))
    for one in permutations(history):
        assert book_of_departed(one) == B


def test_a_unit_that_is_named_after_the_leaving_has_taken_the_child_on() -> None:
    for to in (B, "outside", "unknown"):
        history = _left(to=to)
        history.append(_op(history[-1], owner_unit=B))
        assert book_of_departed(history) == B, to


def test_what_others_write_in_between_changes_nothing() -> None:
    history = _left(to=B)
    history.append(_op(history[-1], full_name="Trần An"))
    history.append(_op(history[-1], household="h", line_no=3))
    assert book_of_departed(history) == A


def test_given_back_to_nowhere_it_is_counted_where_it_was_when_it_left() -> None:
    history = _left(to="unknown")
    history.append(_op(history[-1], owner_unit=B))
    history.append(_op(history[-1], owner_unit="unknown"))
    assert book_of_departed(history) == A


def test_told_first_and_given_away_later_it_is_counted_where_it_was() -> None:
    made = _op(owner_unit=A)
    told = _op(made, life_status="MOVED_OUT")
    assert book_of_departed([made, told]) == A
    for nowhere in ("outside", "unknown"):
        assert book_of_departed([made, told, _op(told, owner_unit=nowhere)]) == A


def test_given_to_nowhere_and_not_told_it_is_counted_where_it_was() -> None:
    made = _op(owner_unit=A)
    assert book_of_departed([made, _op(made, owner_unit="outside")]) == A


def test_of_two_who_say_otherwise_everybody_takes_the_same() -> None:
    made = _op(owner_unit=A)
    there = _op(made, owner_unit=B)
    left = _op(there, owner_unit="unknown", life_status="MOVED_OUT")
    other = _op(made, owner_unit=C, life_status="MOVED_OUT")
    found = {book_of_departed(one) for one in permutations((made, there, left, other))}
    assert found == {B}, "the deeper one is shown, and it left from there"


def test_a_record_that_was_born_departed_is_its_creators_or_nobodys() -> None:
    assert book_of_departed([_op(owner_unit=A, life_status="MOVED_OUT")]) == A
    assert book_of_departed([_op(owner_unit="outside", life_status="MOVED_OUT")]) == ""
    assert book_of_departed([_op(life_status="MOVED_OUT")]) == ""


def test_departed_are_those_who_left_and_those_of_no_unit() -> None:
    assert is_departed({"owner_unit": B, "life_status": "MOVED_OUT"})
    assert is_departed({"owner_unit": "unknown", "life_status": "ACTIVE"})
    assert not is_departed({"owner_unit": A, "life_status": "DECEASED"})
    assert not is_departed({"owner_unit": A})
