"""The rules that a round may block by: all that find errors, each with words in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.i18n import LANGUAGES, set_language
from app.services.blocking_rules import known_rules, sentences_of
from app.services.rights import ALL_RIGHTS
from app.services.rounds import Rounds
from app.services.workplace import Workplace
from tests.workplaces import PROVINCE, make_workplace


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(LANGUAGES[0])


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def test_every_rule_that_finds_errors_is_there_once_with_a_sentence_that_names_no_record(
    workplace: Workplace, language: str
) -> None:
    rules = Rounds(workplace).blocking_rules()
    names = [one.rule for one in rules]
    assert len(names) == len(set(names)) > 40
    assert set(names) == known_rules(workplace.catalogue)
    assert names[:2] == ["required", "type"]
    for one in rules:
        for said in one.sentences:
            assert " " in said, f"{one.rule} has no words in {language}"
            assert "{" not in said, one.rule
            assert "\N{HORIZONTAL ELLIPSIS}" not in said, f"{one.rule} has holes in {language}"


def test_a_rule_names_the_fields_that_it_judges(workplace: Workplace) -> None:
    rules = {one.rule: one for one in Rounds(workplace).blocking_rules()}
    assert rules["pid_unique"].fields == ("Số định danh cá nhân/CCCD",)
    assert rules["required"].fields == rules["type"].fields == ()


def test_a_rule_of_a_newer_program_is_called_by_its_name() -> None:
    assert sentences_of("khong_co") == ("khong_co",)


@pytest.mark.parametrize(
    ("unit", "why"), [(PROVINCE, "rounds.not_certified"), ("21010@2024", "rights.not_reference")]
)
def test_where_nobody_can_sign_it_is_said_who_can(tmp_path: Path, unit: str, why: str) -> None:
    made = make_workplace(tmp_path / "home", unit, ALL_RIGHTS)

    def not_enrolled(_reading: object) -> object:
        raise KnownError("enrol.not_enrolled", "enrol.not_enrolled_hint")

    made.reference_signer = not_enrolled  # type: ignore[assignment]
    refusal = Rounds(made).refusal()
    assert refusal is not None
    assert refusal.message_id == why
    made.store.close()
