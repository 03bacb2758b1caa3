"""What is asked about each life event: a few fields, most of them fields of the page's own form.

An event's code is one of the list `life_events`; labels, types and lists of the answers come from
the template, so that a short form never says anything else than the page. Nothing here is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from app.forms.issues import Value


class About(Enum):
    """Whom an event is about, as the walk has to know before it asks."""

    CHILD = "child"  # one child of the household
    CHILD_OR_ALL = "child_or_all"  # one child, or the household with everybody in it
    NEW_CHILD = "new_child"  # a child that the household did not have
    HOUSEHOLD = "household"  # the household as such
    CHILDREN = "children"  # those children that are ticked


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer of a short form: a field of `entity` in the template.

    `label` is the id of a sentence where the template's own label would say something else here.
    `only_if` names another answer and the codes at which this one is asked at all.
    """

    field: str
    entity: str
    required: bool = True
    label: str = ""
    only_if: tuple[str, frozenset[str]] | None = None

    def applies(self, answers: Mapping[str, Value]) -> bool:
        """Whether it is asked, as the other answers stand."""
        if self.only_if is None:
            return True
        name, codes = self.only_if
        return answers.get(name) in codes


@dataclass(frozen=True, slots=True)
class ShortForm:
    """The short form of one event."""

    code: str
    about: About
    asked: tuple[Asked, ...]


def _date(label: str = "") -> Asked:
    return Asked("event_date", "life_event", label=label)


def _child(field: str, *, required: bool = True, label: str = "") -> Asked:
    return Asked(field, "child", required, label)


def _household(field: str, *, required: bool = True, label: str = "") -> Asked:
    return Asked(field, "household", required, label)


_INJURY = ("death_cause", frozenset({"injury"}))
_GRADED = ("education_level", frozenset({"primary", "lower_secondary", "upper_secondary"}))

#: Code → its form, in the order in which a clerk meets them (Sổ A0 III, TT 01/2022/TT-BYT).
SHORT_FORMS: Mapping[str, ShortForm] = MappingProxyType(
    {
        one.code: one
        for one in (
            ShortForm(
                "born",
                About.NEW_CHILD,
                (
                    _child("full_name"),
                    _child("sex"),
                    _date("quarter.field.birth_date"),
                    _child("birth_registered"),
                ),
            ),
            ShortForm(
                "moved_in",
                About.NEW_CHILD,
                (
                    _child("full_name"),
                    _child("birth_date"),
                    _child("sex"),
                    _date("quarter.field.arrived_on"),
                    Asked("event_place", "life_event", label="quarter.field.from"),
                ),
            ),
            ShortForm(
                "moved_out",
                About.CHILD_OR_ALL,
                (
                    _date("quarter.field.left_on"),
                    Asked("event_place", "life_event", label="quarter.field.to"),
                ),
            ),
            ShortForm(
                "died",
                About.CHILD,
                (
                    _date("quarter.field.died_on"),
                    Asked("death_cause", "life_event"),
                    Asked("injury_type", "child", only_if=_INJURY),
                ),
            ),
            ShortForm(
                "adopted",
                About.CHILD,
                (
                    _date("quarter.field.adopted_on"),
                    _child("caregiver_name", label="quarter.field.adopter"),
                    _child("caregiver_relation"),
                    _child("relation_to_head", required=False),
                ),
            ),
            ShortForm(
                "split_household",
                About.CHILDREN,
                (
                    _date("quarter.field.split_on"),
                    _household("household_no", label="quarter.field.new_number"),
                    _household("head_name", label="quarter.field.new_head"),
                    _household("address_detail", required=False),
                ),
            ),
            ShortForm(
                "merged_household",
                About.HOUSEHOLD,
                (
                    _date("quarter.field.merged_on"),
                    Asked("household", "child", label="quarter.field.into"),
                ),
            ),
            ShortForm(
                "head_changed",
                About.HOUSEHOLD,
                (
                    _date("quarter.field.head_since"),
                    _household("head_name", label="quarter.field.new_head"),
                    _household("head_sex", required=False),
                    _household("head_birth_year", required=False),
                ),
            ),
            ShortForm(
                "dropped_out",
                About.CHILD,
                (
                    _date("quarter.field.left_school_on"),
                    _child("highest_grade_completed"),
                    _child("dropout_reason"),
                ),
            ),
            ShortForm(
                "back_to_school",
                About.CHILD,
                (
                    _date("quarter.field.back_on"),
                    _child("education_level"),
                    Asked("grade", "child", only_if=_GRADED),
                ),
            ),
            ShortForm(
                "name_corrected",
                About.CHILD,
                (
                    _date("quarter.field.named_on"),
                    _child("full_name", label="quarter.field.official_name"),
                    _child("birth_cert_no", required=False),
                    _child("personal_id", required=False),
                ),
            ),
            ShortForm(
                "injured",
                About.CHILD,
                (_date(), _child("injury_type")),
            ),
        )
    }
)
