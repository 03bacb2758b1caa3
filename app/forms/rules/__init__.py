"""Named rules and conditions: the whole vocabulary a template may use.

Importing this package registers them. Severity and wording belong to the template's use of a rule;
what the rule finds belongs to the rule. Each docstring names its source.
"""

from __future__ import annotations

from app.forms.rules import (
    care,
    education,
    events,
    generic,
    health,
    household,
    person,
    personal_id,
    risk,
    special,
)
from app.forms.rules.conditions import CONDITIONS
from app.forms.rules.registry import RULES, Check, Rule, When

__all__ = ["CONDITIONS", "RULES", "Check", "Rule", "When"]

#: The files that register rules, so that none is left out by an unused import being removed.
FAMILIES = (
    care,
    education,
    events,
    generic,
    health,
    household,
    person,
    personal_id,
    risk,
    special,
)
