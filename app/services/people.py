"""The directory of people who sign and who carry books: their written names and titles.

Not accounts: nobody signs in by being in this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import KnownError
from app.history.operation import Value
from app.models.queries import register
from app.models.work import Change
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.normalize import clean


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person of the directory; `roles` are free words such as "signs handovers"."""

    id: str
    unit: str
    full_name: str
    title: str
    roles: str
    phone: str


class People:
    """Use cases on the directory."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self, unit: str | None = None) -> list[PersonView]:
        """Everybody of a unit and below, by unit and given name."""
        units = self._workplace.scope_units(unit)
        with self._workplace.store.read() as reading:
            found = [
                (str(one.values.get("owner_unit", "")), _view(one.id, one.values))
                for page in register.stream(reading, "person", units)
                for one in page
                if one.values.get("active") is not False
            ]
        return [view for _, view in sorted(found, key=lambda each: (each[0], each[1].full_name))]

    def add(
        self, unit: str, full_name: str, title: str = "", roles: str = "", phone: str = ""
    ) -> str:
        """Add a person and return the id. Raises KnownError `people.no_name`."""
        self._workplace.require(Right.ADMIN)
        self._workplace.scope_units(unit)
        name = clean(full_name)
        if not name:
            raise KnownError("people.no_name", "people.no_name_hint")
        values: dict[str, Value] = {
            "owner_unit": unit,
            "full_name": name,
            "title": clean(title) or None,
            "roles": clean(roles) or None,
            "phone": clean(phone) or None,
            "active": True,
        }
        with self._workplace.write() as work:
            done = work.record(Change("person", values))
            work.commit()
        return done.id

    def retire(self, person_id: str) -> None:
        """Take a person out of the list; what the person signed stays. Raises `records.unknown`."""
        self._workplace.require(Right.ADMIN)
        with self._workplace.write() as work:
            if register.record(work.connection, "person", person_id) is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=person_id)
            work.record(Change("person", {"active": False}, id=person_id))
            work.commit()


def _view(ent_id: str, values: Mapping[str, Value]) -> PersonView:
    said = {
        name: str(values.get(name) or "")
        for name in ("owner_unit", "full_name", "title", "roles", "phone")
    }
    return PersonView(ent_id, said["owner_unit"], *list(said.values())[1:])
