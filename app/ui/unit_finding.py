"""Units by a typed name, as the first run lists them."""

from __future__ import annotations

from app.errors import KnownError
from app.forms.units import Edition, load_units, with_parents
from app.i18n import language, text
from app.services import unit_views
from app.ui.first_run.asked import MOST_UNITS, FoundUnit

#: What needs no word: it is called as it was typed, or the name is not typed to its end yet.
_PLAIN = frozenset(("code", "name", "bare", unit_views.SIMILAR))


def find_units(typed: str) -> list[FoundUnit]:
    """The units that a name may mean, the likeliest first: when each was or is valid, and how it
    was recognised where it is not called just so.
    """
    tree = load_units()
    editions = {one.code: one for one in tree.editions}
    try:
        named = unit_views.find_units(tree, typed)
    except KnownError:  # nothing is called so: the page says that of an empty list
        return []
    found = []
    for one in named[:MOST_UNITS]:
        unit = tree.unit(one.ref)
        said = [_validity(one.ref, editions[unit.edition])]
        if one.how not in _PLAIN:
            said.append(unit_views.how_text(one.how))
        name = with_parents(unit, tree.ancestors(one.ref), language())
        found.append(FoundUnit(one.ref, name, " · ".join(said), not one.parent))
    return found


def _validity(ref: str, edition: Edition) -> str:
    if edition.valid_to is not None:
        return text("first.until", day=f"{edition.valid_to:%d/%m/%Y}", ref=ref)
    if edition.valid_from is not None:
        return text("first.since", day=f"{edition.valid_from:%d/%m/%Y}", ref=ref)
    return ref
