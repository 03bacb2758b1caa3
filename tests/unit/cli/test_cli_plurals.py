"""One child, two children: English sentences count in words that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.i18n import catalogue, filled_in, number, set_language, text

#: What is counted most; a sentence with the plural alone says «1 children».
_PLURAL_ALONE = re.compile(
    r"\{\w+\} (children|households|homes|rows|numbers|errors|warnings|changes|conflicts|days)\b"
)


@pytest.fixture
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("vi")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 children"), (1, "1 child"), (2, "2 children"), (1000, "1,000")]
)
def test_a_noun_agrees_with_its_number(count: int, said: str) -> None:
    assert said in text("cli.register.exported", children=number(count), file="a.csv")
    assert (" child " in text("cli.register.exported", children=count, file="")) is (count == 1)
    checked = {"households": number(count), "children": number(count), "issues": number(count)}
    assert (" household " in text("cli.check.done", **checked)) is (count == 1)


def test_a_format_without_two_nouns_stays_a_format() -> None:
    assert filled_in("{a:>4}|{b}", {"a": 7, "b": "x|y"}) == "   7|x|y"
    assert filled_in("{a}", {"a": "{b|c}"}) == "{b|c}"


def test_no_sentence_has_the_plural_alone() -> None:
    wrong = [name for name, said in catalogue("en").items() if _PLURAL_ALONE.search(said)]
    assert wrong == []
