"""What a typed name of a village becomes: never another village whose number begins alike."""

from __future__ import annotations

import pytest

from app.forms.field_types import FieldProblem
from app.forms.schema import Field
from app.forms.template import newest
from app.services.entry import Choice
from app.ui.household.codec import Codec, resolve

_TEN, _TWO, _PLACE = (
    Choice("ten", "Thôn 10"),
    Choice("two", "Thôn 2"),
    Choice("place", "Thôn Phước Thọ"),
)


@pytest.fixture
def village() -> Field:
    return next(one for one in newest("household").fields if one.name == "village")


def test_a_shorter_number_is_no_beginning_of_a_longer_one(village: Field) -> None:
    codec = Codec(village, (_TEN, _TWO, _PLACE))
    with pytest.raises(FieldProblem):
        codec.parse("thon 1")
    assert codec.parse("thon 10") == "ten"
    assert codec.parse("thon ph") == "place"


def test_enter_takes_no_village_with_a_longer_number(village: Field) -> None:
    codec = Codec(village, (_TEN, _TWO, _PLACE))
    lines = codec.suggestions("Thôn 1")
    assert lines[0].new, "what Enter does not take stands first and is not shown as taken"
    assert [one.text for one in lines] == ["Thôn 1", "Thôn 10"]
    assert resolve(codec, "Thôn 1", lines, 0) == "Thôn 1"


def test_what_begins_as_typed_is_still_taken(village: Field) -> None:
    codec = Codec(village, (_TEN, _TWO, _PLACE))
    lines = codec.suggestions("phuoc")
    assert [one.text for one in lines if not one.new] == ["Thôn Phước Thọ"]
    assert resolve(codec, "Thôn P", codec.suggestions("Thôn P"), 0) in ("Thôn P", "Thôn Phước Thọ")


def test_another_mark_is_another_village_and_a_missing_one_is_not(village: Field) -> None:
    codec = Codec(village, (Choice("dot", "Thôn Hạ"), _TEN))
    assert codec.parse("thôn hạ") == codec.parse("thon ha") == "dot"
    with pytest.raises(FieldProblem):
        codec.parse("Thôn Hà")
    lines = codec.suggestions("Thôn Hà")
    assert lines[0].new, "what Enter does not take stands first"
    assert resolve(codec, "Thôn Hà", lines, 0) == "Thôn Hà"
    both = Codec(village, (Choice("dot", "Thôn Hạ"), Choice("grave", "Thôn Hà")))
    assert [both.parse("Thôn Hà"), both.parse("Thôn Hạ")] == ["grave", "dot"]
    with pytest.raises(FieldProblem):
        both.parse("thon ha")
