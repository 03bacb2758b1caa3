"""Every failure of the crypto package has a sentence and a next step in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.crypto.age import (
    AgeError,
    ArmorFailure,
    HeaderFailure,
    HmacFailure,
    NoMatch,
    PayloadFailure,
)
from app.crypto.certificate import ChainFailure, ChainReason
from app.crypto.keyslots import BadKeyslots, WrongSecret
from app.crypto.recovery_code import MistypedCode
from app.errors import KnownError
from app.i18n import LANGUAGES, error_text, set_language

KINDS: list[type[AgeError]] = [HeaderFailure, HmacFailure, NoMatch, PayloadFailure, ArmorFailure]
FAILURES: list[KnownError] = [
    *[kind("a-rule") for kind in KINDS],
    *[ChainFailure(reason) for reason in ChainReason],
    BadKeyslots("a-rule"),
    WrongSecret(),
    MistypedCode(0),
    MistypedCode(3),
]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("vi")


def test_failures_are_said_in_words_with_a_next_step(language: str) -> None:
    for failure in FAILURES:
        sentence, step = error_text(failure).split("\n")
        assert sentence.endswith(".")
        assert step.endswith(".")
        assert "{" not in sentence + step
