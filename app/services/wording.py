"""Records in the words of their forms: labels for names, words for codes. For screens, not files.

What is masked stays masked: the values come from a sight (`app.services.masking`) and are only put
into words here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app import i18n
from app.forms.catalogue import Catalogue
from app.forms.field_types import field_type
from app.forms.field_types.base import Language
from app.i18n import language
from app.services.handover_values import TIERS, counting_day
from app.services.masking import MASKED, Shown, ShownRecord
from app.services.typed_values import FORMS, form_of
from app.text.days import day_in_words

#: Before the names of what the program keeps beside the fields of the forms.
_LABELS = "wording.field."
#: Lists of codes that stand outside the fields of the forms.
CODED = {
    "event": "life_events",
    "group": "circumstances",
    "subgroups": "circumstances",
    "source": "circumstance_sources",
    "result": "review_verdicts",
    "finding": "survey_findings",
    "verdict": "match_verdicts",
}
#: What the names of days end in, which the program keeps beside the fields of the forms.
DAYS = ("_on", "_date", "_from", "_until")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
#: Fields of a handover that hold what a unit concluded about it.
CONCLUDED = frozenset(f"verdict_{tier}" for tier in TIERS)
#: Fields of which the program writes some values itself, by a name; people write others.
_NAMED = frozenset(("basis", "reason"))
#: Fields that hold a unit.
_UNITS = frozenset(("owner_unit", "sent_to"))


@dataclass(frozen=True, slots=True)
class Worded:
    """One value of a record: the field's name, its label (empty where nothing gives it one), and
    the value as the form shows it, or the mask.
    """

    name: str
    label: str
    value: Shown


def in_words(catalogue: Catalogue, record: ShownRecord) -> list[Worded]:
    """The values of a record in the order of its form, then those that stand in no form."""
    return values_in_words(catalogue, record.entity, record.values, record.values.get("template"))


def values_in_words(
    catalogue: Catalogue, entity: str, values: Mapping[str, Shown], stamp: object
) -> list[Worded]:
    """Some values of a record that was saved with the form `stamp`, in the order of that form."""
    template = catalogue.of_record(form_of(entity), stamp)
    fields = {one.name: one for one in template.fields_of(entity)}
    order = [name for name in fields if name in values]
    order += sorted(name for name in values if name not in fields and name[0] != "_")
    found = []
    for name in order:
        value, field = values[name], fields.get(name)
        if field is not None and value is not None and value is not MASKED:
            value = field_type(field).format(value, cast(Language, language()))
        label = label_beside(name) if field is None else str(field.label)
        found.append(Worded(name, label, _shown(catalogue, name, value)))
    return found


def entity_in_words(entity: str) -> str:
    """What a type of record is called."""
    return i18n.catalogue(language()).get(f"wording.entity.{entity}", entity)


def label_beside(name: str) -> str:
    """The label of what the program keeps beside the fields of the forms, "" where it has none."""
    return i18n.catalogue(language()).get(f"{_LABELS}{name}", "")


def _shown(catalogue: Catalogue, name: str, value: Shown) -> Shown:
    if isinstance(value, bool):
        return i18n.text("wording.yes" if value else "wording.no")
    if name.startswith("verdict_") and isinstance(value, str):
        return concluded(name, value)
    if name == "reviewed_heads" and isinstance(value, list):
        # Hashes tell nobody anything; how many versions stood side by side does.
        return i18n.text("wording.versions", count=len(value))
    if name in _NAMED and isinstance(value, str):
        return i18n.catalogue(language()).get(f"wording.{name}.{value}", value)
    if name == "rule" and isinstance(value, str):
        return _field_called(catalogue, value)
    if name in _UNITS and isinstance(value, str):
        return str(i18n.called(value))
    if name.endswith(DAYS) and isinstance(value, str) and _DAY.fullmatch(value):
        return day_in_words(value)
    codes = catalogue.code_list(CODED[name]) if name in CODED else None
    if codes is None or value is MASKED or value is None:
        return value
    several = [str(one) for one in (value if isinstance(value, list) else [value])]
    # Groups are called by their codes as often as by their names.
    lead = "{} " if CODED[name] == "circumstances" else ""
    return "; ".join(
        lead.format(one) + codes.label(one, language()) if one in codes else one for one in several
    )


def _field_called(catalogue: Catalogue, name: str) -> str:
    """The field that a review is about, as the forms call it; two forms have fields of one name."""
    labels = Labels(catalogue)
    called = dict.fromkeys(filter(None, (labels.of(form, name) for form in FORMS)))
    return " / ".join(called) or name


def concluded(name: str, value: str) -> str:
    """What a unit concluded about a handover, and when, in words."""
    if name.endswith("_on"):
        day = counting_day(value)
        return value if day is None else f"{day:%d/%m/%Y}"
    return i18n.catalogue(language()).get(f"wording.verdict.{value}", value)


class Labels:
    """What the fields of records are called: by the newest forms, and what the program keeps beside
    them. A field is told by its record's type and its name: two forms have fields of one name that
    are not called the same.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        newest = {form: catalogue.newest(form) for form in FORMS}
        self._typed = {
            (form, field.name): str(field.label)
            for form, template in newest.items()
            for field in template.fields
        }
        #: Types of records that the forms write.
        self._written = {one for template in newest.values() for one in template.entities}

    def of(self, entity: str, name: str) -> str:
        """The label of a field of a type of record; "" where nothing names it."""
        typed = self._typed.get((form_of(entity), name), "") if entity in self._written else ""
        return typed or label_beside(name)
