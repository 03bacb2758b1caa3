"""What a share of a sample says of all: against published values and against counting it out."""

from __future__ import annotations

import random

import pytest

from app.forms.catalogue import packaged
from app.forms.retyped import resurveyed_names
from app.services.error_rate import Share, share


def test_of_nobody_there_is_no_share() -> None:
    assert share(0, 0, 100) is None


def test_who_visits_everybody_knows_it() -> None:
    assert share(3, 12, 12) == Share(25.0, 25.0, 25.0)


@pytest.mark.parametrize(
    ("found", "looked_at", "low", "high"),
    # Wilson's score interval without continuity correction: Newcombe, Statistics in Medicine 17
    # (1998), table I, method 3.
    [(81, 263, 25.5, 36.6), (15, 148, 6.2, 16.0), (0, 20, 0.0, 16.1), (1, 29, 0.6, 17.2)],
)
def test_of_a_crowd_it_is_wilson_s_interval(
    found: int, looked_at: int, low: float, high: float
) -> None:
    told = share(found, looked_at, 10_000_000)
    assert told is not None
    assert (told.low, told.high) == (low, high)


@pytest.mark.parametrize(("wrong", "of", "drawn"), [(40, 200, 60), (6, 120, 30), (150, 300, 100)])
def test_nineteen_samples_of_twenty_say_the_truth(wrong: int, of: int, drawn: int) -> None:
    lot = random.Random(20261130)
    homes = [1] * wrong + [0] * (of - wrong)
    truth, right = 100 * wrong / of, 0
    for _ in range(2000):
        told = share(sum(lot.sample(homes, drawn)), drawn, of)
        assert told is not None
        right += told.low <= truth <= told.high
    assert right / 2000 > 0.93


def test_a_visit_names_only_fields_of_the_forms_and_none_of_level_a() -> None:
    for form, names in resurveyed_names().items():
        fields = {one.name: one for one in packaged().newest(form).fields_of(form)}
        assert [one for one in names if one not in fields] == []
        assert [one for one in names if fields[one].sensitivity == "A"] == []
