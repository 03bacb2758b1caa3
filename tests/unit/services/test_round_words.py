"""A round is called a round once, also where its name begins with the word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.i18n import catalogue, set_language, text
from app.services.round_words import round_called, round_in_sentence

#: Sentences that name a round within them.
_SENTENCES = (
    "administration.rounds.close_question",
    "administration.rounds.closed",
    "administration.rounds.opened",
    "handover.round_closed",
    "handover.blocked",
    "cli.handover.round",
)


@pytest.fixture
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("vi")


@pytest.mark.parametrize("name", ["Đợt Quý IV/2026", "Quý IV/2026"])
@pytest.mark.parametrize("sentence", _SENTENCES)
def test_no_sentence_says_the_word_twice(sentence: str, name: str) -> None:
    said = text(sentence, round=round_in_sentence(name), rules="")
    first = said.casefold().partition("quý iv/2026")[0]
    assert first.count("đợt") == 1, said
    assert name in said


def test_the_name_is_never_changed() -> None:
    assert round_in_sentence("Quý IV/2026") == "đợt «Quý IV/2026»"
    assert round_in_sentence("Đợt Quý IV/2026") == "«Đợt Quý IV/2026»"
    assert round_called("Quý IV/2026") == "Đợt Quý IV/2026"
    assert round_called("Đợt rà soát Quý IV") == "Đợt rà soát Quý IV"


@pytest.mark.usefixtures("english")
def test_so_in_english() -> None:
    assert round_in_sentence("Q4") == "round “Q4”"
    assert round_in_sentence("Round Q4") == "“Round Q4”"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_sentence_takes_the_round_and_not_its_bare_name(language: str) -> None:
    words = catalogue(language)
    assert [
        one for one in _SENTENCES if "{round}" not in words[one] or "{name}" in words[one]
    ] == []
