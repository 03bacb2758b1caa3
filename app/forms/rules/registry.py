"""The vocabulary of rules: what a template may name, and the function behind each name.

A rule is built once per use in a template and then called per record. It returns findings, never
raises for odd values (a value of the wrong shape is the field type's finding), and stays silent
when it cannot judge.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from app.forms.facts import Facts
from app.forms.issues import Findings, Value
from app.forms.schema import Field, RuleUse, Template

Check = Callable[[Facts, Value], Findings]
Build = Callable[[RuleUse, Field, Template], Check]
#: Whether a use of a rule may find anything at a value.
Concerns = Callable[[RuleUse, Value], bool]


class When(Enum):
    """When a rule is asked."""

    VALUE = "value"  # only when the field holds a value and applies
    ALWAYS = "always"  # for every record
    MISSING = "missing"  # when the field applies and is empty
    CIRCUMSTANCES = "circumstances"  # when the child has any circumstance
    EVENTS = "events"  # when the child has any life event


class Rule(NamedTuple):
    """A named rule. `takes` are the arguments a use must give; `overridable` errors may be accepted
    with a reason (domain.md 3.1: the personal id). Where `value_only` says so of a use, what the
    rule finds depends on the value and nothing else: a value it has passed is not asked again. What
    it `concerns` are the only values at which a use may find anything (None: every one).
    """

    name: str
    build: Build
    when: When
    takes: frozenset[str]
    overridable: bool
    value_only: Callable[[RuleUse], bool]
    concerns: Concerns | None


def _always(_use: RuleUse) -> bool:
    return True


def _never(_use: RuleUse) -> bool:
    return False


def only(*values: str) -> Concerns:
    """The rule concerns these values."""
    return lambda _use, value: value in values


def all_but(*values: str) -> Concerns:
    """The rule concerns every other value."""
    return lambda _use, value: value not in values


RULES: dict[str, Rule] = {}


def built_rule(
    when: When,
    *takes: str,
    overridable: bool = False,
    value_only: bool | Callable[[RuleUse], bool] = False,
    concerns: Concerns | None = None,
) -> Callable[[Build], Build]:
    """Register a rule whose function builds the check from the use in a template."""

    def register(build: Build) -> Build:
        name = build.__name__
        if name in RULES:
            raise ValueError(f"rule {name} is defined twice")
        RULES[name] = Rule(
            name, build, when, frozenset(takes), overridable, _alone(value_only), concerns
        )
        return build

    return register


def rule(
    when: When,
    *,
    overridable: bool = False,
    value_only: bool = False,
    concerns: Concerns | None = None,
) -> Callable[[Check], Check]:
    """Register a rule without arguments: the function is the check itself."""

    def register(check: Check) -> Check:
        name = check.__name__
        if name in RULES:
            raise ValueError(f"rule {name} is defined twice")
        RULES[name] = Rule(
            name,
            lambda _use, _field, _template: check,
            when,
            frozenset(),
            overridable,
            _alone(value_only),
            concerns,
        )
        return check

    return register


def _alone(value_only: bool | Callable[[RuleUse], bool]) -> Callable[[RuleUse], bool]:
    if isinstance(value_only, bool):
        return _always if value_only else _never
    return value_only
