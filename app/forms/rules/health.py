"""Rules of insurance, growth and disability papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from app.forms.facts import Facts, stored_day
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import When, only, rule

_WITHOUT: Findings = (Finding("forms.rule.card_under_6"),)
_DENIED: Findings = (Finding("forms.rule.card_but_none"),)
_TE_OVER: Findings = (Finding("forms.rule.te_card_expired"),)
_OBJECT: Findings = (Finding("forms.rule.card_object"),)
_NOT_PID: Findings = (Finding("forms.rule.card_is_personal_id"),)
_NOT_BHXH: Findings = (Finding("forms.rule.insurance_number_of_card"),)
_NO_CERT: Findings = (Finding("forms.rule.disability_certificate"),)

#: WHO Child Growth Standards 2006, −3 and +3 standard deviations by month of age, from memory and
#: rounded outwards: good enough to catch a wrong unit or a typing error, not to judge nutrition.
_Table = Mapping[str, tuple[tuple[int, float, float], ...]]
_WEIGHT_KG: _Table = {
    "1": ((0, 2.0, 5.1), (3, 4.3, 9.1), (6, 5.6, 11.0), (12, 6.8, 13.4), (24, 8.5, 17.2),
          (36, 9.9, 20.8), (48, 11.1, 24.3), (60, 12.3, 28.0)),
    "2": ((0, 1.9, 4.9), (3, 3.9, 8.6), (6, 5.0, 10.7), (12, 6.2, 13.2), (24, 8.0, 17.1),
          (36, 9.5, 21.0), (48, 10.8, 25.3), (60, 12.0, 29.6)),
}  # fmt: skip
_HEIGHT_CM: _Table = {
    "1": ((0, 44, 56), (3, 55, 68), (6, 61, 75), (12, 68, 84), (24, 77, 98), (36, 84, 108),
          (48, 90, 117), (60, 95, 125)),
    "2": ((0, 43, 55), (3, 53, 67), (6, 58, 74), (12, 66, 82), (24, 75, 97), (36, 83, 107),
          (48, 89, 116), (60, 94, 125)),
}  # fmt: skip
_MONTHS = 60
#: Beyond five years only a gross error is remarked on.
_ANY_WEIGHT = (10.0, 120.0)
_ANY_HEIGHT = (80.0, 200.0)


@rule(When.VALUE, concerns=only("2"))
def card_under_6(facts: Facts, value: Value) -> Findings:
    """The State pays the card of every child under six (form_fields.csv: has_bhyt)."""
    return _WITHOUT if value == "2" and facts.surely_under(6) else NOTHING


@rule(When.VALUE, concerns=only("2"))
def card_but_none(facts: Facts, value: Value) -> Findings:
    """A card number beside "has no card"."""
    return _DENIED if value == "2" and facts.get("bhyt_number") is not None else NOTHING


@rule(When.VALUE)
def te_card_expired(facts: Facts, value: Value) -> Findings:
    """A TE card is valid until 72 months, or 30 September of that year when the school year has not
    begun (NĐ 146/2018, NĐ 188/2025; domain.md 3.2).
    """
    born = facts.birth_bounds()
    if type(value) is not str or not value.startswith("TE") or born is None:
        return NOTHING
    last = date.fromisoformat(born[1])
    sixth = (last.year + 6, last.month, last.day)
    until = max(sixth, (last.year + 6, 9, 30))
    today = facts.survey
    return _TE_OVER if (today.year, today.month, today.day) > until else NOTHING


@rule(When.VALUE)
def card_object(facts: Facts, value: Value) -> Findings:
    """The two letters of a card are an object code a child may carry (domain.md 3.2)."""
    if type(value) is not str or len(value) != 15:
        return NOTHING
    return NOTHING if value[:2] in facts.context.code_list("health_card_objects") else _OBJECT


@rule(When.VALUE)
def card_is_personal_id(facts: Facts, value: Value) -> Findings:
    """A twelve-digit card number is the personal id (domain.md 3.2)."""
    own = facts.get("personal_id")
    if type(value) is not str or len(value) != 12 or own is None:
        return NOTHING
    return NOTHING if value == own else _NOT_PID


@rule(When.VALUE)
def insurance_number_of_card(facts: Facts, value: Value) -> Findings:
    """The insurance number is the last ten digits of the 15-character card (form_fields.csv)."""
    card = facts.text("bhyt_number")
    if card is None or len(card) not in (10, 15) or type(value) is not str:
        return NOTHING
    return NOTHING if card.endswith(value) else _NOT_BHXH


@rule(When.MISSING)
def disability_certificate(facts: Facts, value: Value) -> Findings:
    """A disabled child should have a certificate of disability (TT 01/2019/TT-BLĐTBXH)."""
    return _NO_CERT if value is None and "C04" in facts.groups else NOTHING


def _plausible(
    facts: Facts,
    value: Value,
    table: _Table,
    beyond: tuple[float, float],
    message: str,
) -> Findings:
    if type(value) is not str or stored_day(facts.get("birth_date")) is None:
        return NOTHING
    try:
        measured = float(value)
    except ValueError:
        return NOTHING
    months = facts.months_at_least(facts.survey)
    sex = facts.get("sex")
    rows = table.get(sex) if type(sex) is str else None
    if months is None or months < 0 or rows is None:
        return NOTHING
    low, high = beyond if months > _MONTHS else _interpolated(rows, months)
    if low <= measured <= high:
        return NOTHING
    # The reading that would be normal, not the measure: parameters hold no health data.
    return (Finding(message, {"low": round(low), "high": round(high)}),)


def _interpolated(rows: tuple[tuple[int, float, float], ...], months: int) -> tuple[float, float]:
    for (month_a, low_a, high_a), (month_b, low_b, high_b) in pairwise(rows):
        if months <= month_b:
            part = (months - month_a) / (month_b - month_a)
            return low_a + part * (low_b - low_a), high_a + part * (high_b - high_a)
    return rows[-1][1], rows[-1][2]


@rule(When.VALUE)
def plausible_weight(facts: Facts, value: Value) -> Findings:
    """Outside −3…+3 standard deviations for age and sex (form_fields.csv: weight_kg)."""
    return _plausible(facts, value, _WEIGHT_KG, _ANY_WEIGHT, "forms.rule.plausible_weight")


@rule(When.VALUE)
def plausible_height(facts: Facts, value: Value) -> Findings:
    """Outside −3…+3 standard deviations for age and sex, as for weight."""
    return _plausible(facts, value, _HEIGHT_CM, _ANY_HEIGHT, "forms.rule.plausible_height")
