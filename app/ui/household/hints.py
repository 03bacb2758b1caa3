"""Quiet remarks under a field that are no issues, and what F3 takes in its place.

Nothing is ever put in by itself: a proposal stands below the field until somebody takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.forms.derived import from_personal_id, name_status
from app.forms.facts import stored_day
from app.forms.issues import Value
from app.i18n import text
from app.text.name_case import usual_case
from app.ui.household.codec import Codec
from app.ui.household.field_edit import Key
from app.ui.household.looks import Look
from app.ui.household.session import OpenRecord

#: The field that says with whom a child was born together.
_TWINS = "twin_group"


def proposed_for(record: OpenRecord, name: str, codec: Codec) -> Value:
    """What a field proposes in the place of text that it cannot hold, typed or stored; None for
    nothing.
    """
    if record.hides(name):
        return None
    problem = record.problems.get(name)
    if problem is None and name not in record.texts:
        problem = codec.problem_of(record.values.get(name))
    return None if problem is None else problem.proposal


def hints_of(record: OpenRecord) -> dict[str, str]:
    """Quiet remarks under a field that are no issues: what the program understood."""
    birth = record.values.get("birth_date")
    day = stored_day(birth)
    found: dict[str, str] = {}
    if day is not None and isinstance(birth, str) and len(birth) == 4:
        found["birth_date"] = text("entry.year_only", day=f"{day:%d/%m/%Y}")
    return found


def id_proposals(record: OpenRecord) -> dict[str, Value]:
    """Sex and year of birth that a readable personal id says and the record lacks."""
    number = record.values.get("personal_id")
    said = from_personal_id(number) if isinstance(number, str) else None
    found: dict[str, Value] = {}
    if said is None:
        return found
    if record.values.get("sex") is None and "sex" not in record.texts:
        found["sex"] = said.sex
    if record.values.get("birth_date") is None and "birth_date" not in record.texts:
        found["birth_date"] = str(said.birth_year)
    return found


def twin_hint(
    record: OpenRecord, siblings: Sequence[OpenRecord], codecs: Mapping[str, Codec]
) -> dict[str, str]:
    """Where to say that a child is a twin, when another child of the household was born on the same
    day: the field stands out of the walk, for few need it.
    """
    birth = record.values.get("birth_date")
    day_known = isinstance(birth, str) and len(birth) == len("2019-05-01")
    if not day_known or _TWINS not in codecs or record.values.get(_TWINS) is not None:
        return {}
    alike = [one for one in siblings if one.values.get("birth_date") == birth]
    if not alike:
        return {}
    name = alike[0].values.get("full_name") or text("entry.no_name")
    label = str(codecs[_TWINS].field.label)
    return {"birth_date": text("entry.born_together", name=name, field=label)}


def name_proposals(record: OpenRecord, codecs: Mapping[str, Codec]) -> dict[str, str]:
    """Names written in capitals throughout, or without any, in the usual case. Not while somebody
    types, and not for the words that stand where there is no name yet.
    """
    found: dict[str, str] = {}
    for name, codec in codecs.items():
        value = record.values.get(name)
        if codec.field.type != "name" or not isinstance(value, str) or name in record.texts:
            continue
        usual = usual_case(value)
        if usual is not None and name_status({"full_name": value}) == "OFFICIAL":
            found[name] = usual
    return found


def proposals_of(record: OpenRecord, codecs: Mapping[str, Codec]) -> dict[str, Value]:
    """What the record's other fields, or its own spelling, propose for a field that can be read."""
    return {**name_proposals(record, codecs), **id_proposals(record)}


def add_hints(
    looks: dict[Key, Look],
    record: OpenRecord,
    codecs: Mapping[str, Codec],
    siblings: Sequence[OpenRecord] = (),
    carriers: Sequence[str] = (),
) -> None:
    """Say below the fields of a record what is remarked and proposed. `siblings` are the other
    children of its household, `carriers` those who have its personal id as well. Where something
    is wrong already, spelling and precision wait.
    """
    remarks = {**hints_of(record), **twin_hint(record, siblings, codecs)}
    for name, usual in name_proposals(record, codecs).items():
        remarks.setdefault(name, text("entry.proposed", value=usual))
    for name, hint in remarks.items():
        look = looks.get(Key("", name))
        if look is not None and not look.messages:
            looks[Key("", name)] = look.with_hint(hint)
    said = {
        name: text("entry.from_id", value=codecs[name].show(value))
        for name, value in id_proposals(record).items()
    }
    if carriers:
        said["personal_id"] = text("entry.used_by", names="; ".join(carriers))
    for name, hint in said.items():
        if Key("", name) in looks:
            looks[Key("", name)] = looks[Key("", name)].with_hint(hint)
