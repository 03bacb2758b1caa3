"""An invented register as the creations it comes to, to be recorded in a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.ids import derived_id
from app.models.work import Change
from app.services.invented.register import InventedHousehold


def invented_changes(households: Iterable[InventedHousehold], owner: str = "") -> Iterator[Change]:
    """Villages, households, children and circumstances, household by household.

    They belong to the commune each household was drawn for, or to `owner` where one is named.
    """
    villages: dict[tuple[str, str], str] = {}
    for household in households:
        unit = owner or household.commune
        place = (unit, household.village)
        if place not in villages:
            key = f"village/{household.village}"
            villages[place] = derived_id(unit, key)
            named = {"owner_unit": unit, "name": household.village, "kind": "thon"}
            yield Change("village", named, key=key)
        yield Change(
            "household",
            {
                **household.values,
                "owner_unit": unit,
                "village": villages[place],
                "template": "household.v1",
            },
            key=household.key,
        )
        household_id = derived_id(unit, household.key)
        for child in household.children:
            yield Change(
                "child",
                {
                    **child.values,
                    "owner_unit": unit,
                    "household": household_id,
                    "template": "child.v1",
                },
                key=child.key,
            )
            for one in child.circumstances:
                values = {**one.values, "record": derived_id(unit, child.key)}
                key = f"{values['group']}/{values['episode']}"
                yield Change("circumstance", values, key=key)
