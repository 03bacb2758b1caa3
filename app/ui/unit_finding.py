"""Units by a typed name, as the first run lists them."""

from __future__ import annotations

from app.forms.units import load_units
from app.i18n import language, text
from app.ui.first_run.asked import MOST_UNITS, FoundUnit


def find_units(typed: str) -> list[FoundUnit]:
    """The units that a name may mean, with and without marks, and when each was or is valid."""
    tree = load_units()
    editions = {one.code: one for one in tree.editions}
    found = []
    for one in tree.find(typed, limit=MOST_UNITS):
        edition = editions[one.unit.edition]
        if edition.valid_to is not None:
            validity = text("first.until", day=f"{edition.valid_to:%d/%m/%Y}", ref=one.unit.ref)
        elif edition.valid_from is not None:
            validity = text("first.since", day=f"{edition.valid_from:%d/%m/%Y}", ref=one.unit.ref)
        else:
            validity = one.unit.ref
        top = tree.parent(one.unit.ref) is None
        found.append(FoundUnit(one.unit.ref, one.full_name(language()), validity, top))
    return found
