"""A household with five children of whom everything is known: the page that takes longest.

Every field that applies to a child holds something that can be read, so that a page of it has the
most to show, to judge and to paint. Nobody in it exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.forms.context import Context
from app.forms.field_types import field_type
from app.forms.issues import Value
from app.forms.schema import Field, Template, codes_of
from app.forms.validator import applicable
from app.ids import derived_id
from app.models.work import Change
from app.services.bench.workshop import REFERENCE_DATE
from app.services.invented.register import InventedChild, InventedHousehold, generate
from app.services.workplace import Workplace

CHILDREN = 5
_SEED = 20_260_101
#: Households to choose among, by the children they hold.
_DRAWN = 400
#: What a clerk would type into a field of each type of which the drawn child knows nothing.
_SAMPLES: Mapping[str, str] = {
    "text": "thon 4, xa Ba Dien",
    "note": "12/2024",
    "name": "Dinh Thi Nga",
    "year": "1990",
    "month": "3/2024",
    "date": "15/10/2024",
    "partial_date": "2015",
    "int": "2",
    "decimal": "20,5",
    "money": "500000",
    "bool": "1",
    "digits10": "5120123456",
    "phone": "0905123456",
    "birth_certificate": "12/2015",
    "health_card": "TE1512012345678",
}


def add_full_household(workplace: Workplace, commune: str) -> str:
    """Write the household into the register of a commune; its id."""
    household, pattern = _pattern(commune)
    forms = {
        form: workplace.catalogue.newest(form, workplace.today()) for form in ("household", "child")
    }
    village = _village(workplace, commune)
    context = Context(REFERENCE_DATE, today=workplace.today(), owner_unit=commune)
    home = {
        **household.values,
        "village": village,
        "owner_unit": commune,
        "household_no": "500",
        "template": _named(forms["household"]),
    }
    changes = [Change("household", _filled(forms["household"], home, context), key=household.key)]
    household_id = derived_id(commune, household.key)
    for place in range(CHILDREN):
        values = {
            **_sibling(pattern, place),
            "owner_unit": commune,
            "household": household_id,
            "template": _named(forms["child"]),
        }
        key = f"{household.key}/{place}"
        changes.append(Change("child", _filled(forms["child"], values, context), key=key))
        for one in pattern.circumstances:
            own = {**one.values, "record": derived_id(commune, key)}
            changes.append(
                Change("circumstance", own, key=f"{one.values['group']}/{one.values['episode']}")
            )
    with workplace.write() as work:
        work.record_many(changes)
        work.commit()
    return household_id


def _village(workplace: Workplace, commune: str) -> str:
    key = "village/full"
    with workplace.write() as work:
        work.record(
            Change("village", {"owner_unit": commune, "name": "Thon 4", "kind": "thon"}, key=key)
        )
        work.commit()
    return derived_id(commune, key)


def _pattern(commune: str) -> tuple[InventedHousehold, InventedChild]:
    """A child of school age without a planted mistake, with the most that is known of anybody."""
    drawn = [
        (len(child.values), household, child)
        for household in generate(_SEED, _DRAWN, [commune], REFERENCE_DATE)
        for child in household.children
        if child.error is None and child.values.get("grade") is not None
    ]
    _, household, child = max(drawn, key=lambda one: one[0])
    return household, child


def _sibling(pattern: InventedChild, place: int) -> dict[str, Value]:
    """One of five children of the same parents, each with a name, a day and a number of its own."""
    values = dict(pattern.values)
    born = date.fromisoformat(f"{str(values['birth_date'])[:4]}-01-15")
    values["birth_date"] = born.replace(day=10 + place).isoformat()
    values["full_name"] = f"{values['full_name']} {'ABCDE'[place]}"
    values["line_no"] = values["birth_order"] = place + 1
    number = values.get("personal_id")
    if isinstance(number, str):
        values["personal_id"] = f"{number[:-2]}{90 + place}"
    return values


def _filled(template: Template, values: dict[str, Value], context: Context) -> dict[str, Value]:
    """The values with a sample in every field of the form that applies and is empty."""
    found = dict(values)
    for one in template.fields_of(template.form):
        if one.stored and not one.auto and found.get(one.name) is None:
            sample = _sample(one)
            if sample is not None and one.name in applicable(template, found, context):
                found[one.name] = sample
    return found


def _sample(one: Field) -> Value:
    codes = codes_of(one)
    if codes is not None:
        first = next(iter(codes)).code
        return [first] if one.type == "multi" else first
    typed = _SAMPLES.get(one.type)
    return None if typed is None else field_type(one, REFERENCE_DATE.year).parse(typed)


def _named(template: Template) -> str:
    return f"{template.form}.v{template.version}"
