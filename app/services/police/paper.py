"""A kept list as the paper that the police sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.forms.schema import Field
from app.models.police_lists import ListRow, Printed, StoredList
from app.reports.document_texts import document_texts
from app.reports.handover_facts import Person
from app.reports.police_list import PoliceFacts, PoliceRow, PoliceVillage
from app.services.parties import party_of
from app.services.police.defects import Kind, shown
from app.services.police.gathering import HEAD, HOUSEHOLD_NO, VILLAGE, VILLAGE_ID
from app.services.police.sheet import asked_words
from app.services.workplace import Workplace
from app.text.moments import day_of as day_of_moment
from app.text.moments import day_words


def facts_of(
    workplace: Workplace, one: StoredList, rows: Sequence[ListRow], fields: Mapping[str, Field]
) -> PoliceFacts:
    """What the paper says of a list: its villages in the order of the books, each once whatever it
    is called, who lives in none last; in each the three lists.
    """
    texts = document_texts("police_list")
    order = list(Kind)
    held: dict[str, list[ListRow]] = {}
    for row in rows:
        held.setdefault(_village_of(row), []).append(row)
    villages = []
    for key in sorted(held, key=lambda key: not key):
        in_order = sorted(held[key], key=lambda row: order.index(Kind(row.kind)))
        name = (in_order[0].printed or {}).get(VILLAGE, "")
        villages.append(PoliceVillage(name, tuple(_row(row, fields, texts) for row in in_order)))
    party = party_of(workplace, one.unit, Person("", ""))
    return PoliceFacts(
        party=party,
        number=one.number,
        code=one.code,
        day=day_words(day_of_moment(one.issued)),
        villages=tuple(villages),
    )


def _village_of(row: ListRow) -> str:
    """What tells its village from others; "" for none, and for a row that was erased by law."""
    printed: Printed = row.printed or {}
    return printed.get(VILLAGE_ID, "") or printed.get(VILLAGE, "")


def _row(row: ListRow, fields: Mapping[str, Field], texts: Mapping[str, str]) -> PoliceRow:
    printed: Printed = row.printed or {}

    def said(name: str) -> str:
        field = fields.get(name)
        value = printed.get(name)
        return "" if field is None or value is None else shown(field, value)

    family = {role: said(f"{role}_name") for role in ("father", "mother", "caregiver")}
    return PoliceRow(
        row.kind,
        row.code,
        said("full_name"),
        tuple(filter(None, (said("birth_date"), said("sex"), said("ethnicity")))),
        family,
        printed.get(HOUSEHOLD_NO, ""),
        printed.get(HEAD, ""),
        said("personal_id"),
        asked_words(printed, texts),
        erased=row.printed is None,
    )
