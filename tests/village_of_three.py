"""A village of three households in an open round: the ground of the review and of the check.

Everything is complete and breaks no rule on the day of the tests, so that what a test finds was
made by what it did.
"""

from __future__ import annotations

from app.forms.issues import Value
from app.history.entities import ENTITIES
from app.ids import derived_id
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.work import Change, UnitOfWork
from app.services.workplace import Workplace
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD

#: 18 November 2026, inside the round.
DAY = 1_795_000_000.0
TODAY = "2026-11-18"
VILLAGE, OTHER_VILLAGE = "Thôn Phước Thọ", "Thôn Phước Lộc"
#: Number and head of each household, in the order of the book.
HEADS = {"1": "Phạm Văn Rơm", "2": "Đinh Thị Nga", "10": "Võ Thị Lành"}


def open_round(workplace: Workplace, name: str = "Quý IV/2026", **more: Value) -> str:
    """A round as the province signed it and a bundle brought it."""
    with workplace.write() as work:
        work.sign_reference = lambda operation: operation
        values: dict[str, Value] = {
            "name": name,
            "kind": "quarterly",
            "reference_date": "2026-12-31",
            "opens_on": "2026-10-01",
            "closes_on": "2026-12-31",
            "state": "open",
            **more,
        }
        made = work.record(Change("round", values))
        work.commit()
    return made.id


def village_id(unit: str, name: str = VILLAGE) -> str:
    return derived_id(unit, f"village/{name}")


def home_id(unit: str, number: str) -> str:
    return derived_id(unit, f"household/{number}")


def child_id(unit: str, number: str, line: int) -> str:
    return derived_id(unit, f"child/{number}/{line}")


def settle_village(work: UnitOfWork, unit: str, previous_round: str = "2026-Q3") -> None:
    """Three households with one, two and one child, last confirmed in another round."""
    for order, name in enumerate((VILLAGE, OTHER_VILLAGE), start=1):
        values: dict[str, Value] = {"owner_unit": unit, "name": name, "list_order": order}
        work.record(Change("village", values, key=f"village/{name}"))
    births = {"1": ["2016-03-14"], "2": ["2014-05-01", "2018-09-09"], "10": ["2012-01-20"]}
    for number, head in HEADS.items():
        home: dict[str, Value] = {
            **GOOD_HOUSEHOLD,
            "owner_unit": unit,
            "household_no": number,
            "head_name": head,
            "village": village_id(unit),
            "survey_round": previous_round,
            "survey_date": "2026-08-10",
            "complete": True,
        }
        work.record(Change("household", home, key=f"household/{number}"))
        for line, born in enumerate(births[number], start=1):
            own = {**_CHILDREN[born], "owner_unit": unit, "household": home_id(unit, number)}
            own |= {"line_no": line, "birth_date": born, "complete": True}
            work.record(Change("child", own, key=f"child/{number}/{line}"))


def _child(name: str, sex: str, born: str, **more: Value) -> dict[str, Value]:
    serial = f"{int(born[8:]):06d}"
    code = f"051{'2' if sex == '1' else '3'}{born[2:4]}{serial}"
    return {
        **GOOD_CHILD,
        "full_name": name,
        "sex": sex,
        "personal_id": code,
        "birth_cert_no": f"{int(born[8:])}/{born[:4]}",
        **more,
    }


_SECONDARY: dict[str, Value] = {"education_level": "lower_secondary"}
_CHILDREN: dict[str, dict[str, Value]] = {
    "2016-03-14": _child("Phạm Thị Hân", "2", "2016-03-14"),
    "2014-05-01": _child("Đinh Văn Tèo", "1", "2014-05-01", grade=7, **_SECONDARY),
    "2018-09-09": _child("Đinh Thị Ré", "2", "2018-09-09", grade=3),
    "2012-01-20": _child("Võ Văn Bông", "1", "2012-01-20", grade=9, **_SECONDARY),
}


def stored(workplace: Workplace, entity: str, ent_id: str) -> RecordView:
    """A record as it stands."""
    with workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None, f"{ENTITIES[entity].name} is not here"
    return found


def edit(workplace: Workplace, entity: str, ent_id: str, **values: Value) -> None:
    """Change a record as it stands."""
    with workplace.write() as work:
        work.record(Change(entity, values, id=ent_id))
        work.commit()
