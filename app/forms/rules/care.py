"""Rules of the caregiver and the form of care (Luật Trẻ em 102/2016 Đ61–62)."""

from __future__ import annotations

from app.forms.facts import ALIVE, Facts
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import When, only, rule

_RELATIVES = frozenset(("grandfather", "grandmother", "sibling", "aunt_uncle", "other_relative"))
_FITTING = {
    "PARENTS": frozenset(("father", "mother")),
    "KINSHIP": _RELATIVES,
    "FOSTER_NON_KIN": frozenset(("foster_carer",)),
    "ADOPTED": frozenset(("adoptive_parent", "father", "mother")),
    "FACILITY": frozenset(("facility_staff",)),
}
_RELATION: Findings = (Finding("forms.rule.relation_fits_care"),)
_NO_PARENT: Findings = (Finding("forms.rule.parents_can_care"),)
_NOBODY: Findings = (Finding("forms.rule.none_means_nobody"),)
_CAN_CARE = ALIVE | {"UNKNOWN", "RIGHTS_RESTRICTED"}


@rule(When.VALUE)
def relation_fits_care(facts: Facts, value: Value) -> Findings:
    """The relation agrees with the form of care (form_fields.csv: caregiver_relation)."""
    care = facts.get("care_arrangement")
    fitting = _FITTING.get(care) if type(care) is str else None
    if fitting is None or type(value) is not str:
        return NOTHING
    return NOTHING if value in fitting else _RELATION


@rule(When.VALUE, concerns=only("PARENTS"))
def parents_can_care(facts: Facts, value: Value) -> Findings:
    """Care by the parents needs a parent who is there to give it (Luật Trẻ em Đ61)."""
    father, mother = facts.parents()
    if value != "PARENTS" or father is None or mother is None:
        return NOTHING
    return NOTHING if father in _CAN_CARE or mother in _CAN_CARE else _NO_PARENT


@rule(When.VALUE, concerns=only("NONE"))
def none_means_nobody(facts: Facts, value: Value) -> Findings:
    """«Không có người chăm sóc» beside a caregiver's name (domain.md 2.4, V10)."""
    return _NOBODY if value == "NONE" and facts.get("caregiver_name") is not None else NOTHING
