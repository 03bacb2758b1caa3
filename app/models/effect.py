"""What a delivery changes of the pages people know: households and children.

Told row by row by `app.models.materialising`. A page counts as changed when what a person sees of
it is not what stood before the delivery: its values, whether it is hidden, or a circumstance, a
support, an event or a note of it. One more operation with equal values changes nothing, and neither
does a value that the next part of the delivery puts back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from app.history.operation import Value
from app.models.rows import values_of

PAGES = ("household", "child")
#: What stands on the page of the record it belongs to.
_PARTS = frozenset(("circumstance", "support", "life_event", "note"))
#: Which edition of the form a record was last saved with is no value of the page.
_NOT_SHOWN = "template"
_DIGEST_BYTES = 8
_NAME = itemgetter(0)
#: Names and values, sorted by name.
Shown = Sequence[tuple[str, Value]]


class Pages(NamedTuple):
    """Numbers of households and of children."""

    households: int
    children: int


class Effect:
    """Households and children that a delivery brought, changed, and left as they were.

    What is new is decided without reading anything; only a record that stood before the delivery
    costs a comparison, and of it no more than a digest is kept while it differs.
    """

    def __init__(self, position: int = 0) -> None:
        #: Where the log ended before the delivery.
        self.position = position
        self._new = dict.fromkeys(PAGES, 0)
        #: Of what differs from before the delivery: a digest of what stood then.
        self._pages: dict[str, dict[str, bytes]] = {name: {} for name in PAGES}
        self._parts: dict[str, dict[str, bytes]] = {}
        #: The households and children of the rows written next that stood before the delivery;
        #: None for all of them.
        self._standing: frozenset[str] | None = frozenset()
        #: Hashes of the ids of all that came and stood before: a province has 300,000 of them.
        self._came: set[int] = set()

    def stands(self, ids: Iterable[str] | None) -> None:
        """Say which households and children of the rows written next stood before the delivery;
        None: all of them.
        """
        self._standing = None if ids is None else frozenset(ids)

    def also_stands(self, ids: Iterable[str]) -> None:
        """More of those that are written next stood before the delivery."""
        if self._standing is not None:
            self._standing |= frozenset(ids)

    def came(self, ids: Iterable[str]) -> None:
        """Households and children that stood before and of which the delivery holds something."""
        self._came.update(map(hash, ids))

    def row(
        self,
        ent_type: str,
        ent_id: str,
        values: Mapping[str, Value],
        before: Mapping[str, Any] | None,
        *,
        hidden: bool = False,
    ) -> None:
        """A row was written, or taken away when `values` is empty; `before` is what it was."""
        pages = self._pages.get(ent_type)
        if pages is not None:
            if before is None and ent_id not in pages:
                self._new[ent_type] += 1
            elif self._standing is None or ent_id in self._standing:
                now = _shown(values, hidden=hidden)
                _note(pages, ent_id, now, _stood(ent_type, before, pages.get(ent_id)))
        elif ent_type in _PARTS:
            self._part(ent_type, ent_id, {} if hidden else values, before)

    def _part(
        self,
        ent_type: str,
        ent_id: str,
        values: Mapping[str, Value],
        before: Mapping[str, Any] | None,
    ) -> None:
        page = values.get("record") if before is None else before["record"]
        if not isinstance(page, str):
            return
        if self._standing is not None and page not in self._standing:
            return  # the page itself is new
        parts = self._parts.setdefault(page, {})
        _note(parts, ent_id, _shown(values), _stood(ent_type, before, parts.get(ent_id)))
        if not parts:
            del self._parts[page]

    # --- what it came to --------------------------------------------------------------------

    @property
    def new(self) -> Pages:
        """What was not here before."""
        return Pages(*self._new.values())

    def pages(self, ent_type: str) -> set[str]:
        """The households, or children, whose own row is not what stood before."""
        return set(self._pages[ent_type])

    def pages_of_parts(self) -> set[str]:
        """Whose parts differ: households or children, which of them is not known here."""
        return set(self._parts)

    def changed(self, households: Iterable[str]) -> Pages:
        """What looks different now; `households` are those among `pages_of_parts` that are here
        still: one that was turned back with what belongs to it is known by its own row.
        """
        parts = self.pages_of_parts()
        owners = set(households) | (parts & self._pages["household"].keys())
        others = parts - owners
        return Pages(
            len(owners.union(self._pages["household"])), len(others.union(self._pages["child"]))
        )

    @property
    def unchanged(self) -> int:
        """How many households and children came and look as before."""
        differ = {hash(one) for pages in self._pages.values() for one in pages}
        differ.update(map(hash, self.pages_of_parts()))
        return len(self._came - differ)


def _shown(values: Mapping[str, Value], *, hidden: bool = False) -> Shown:
    """What a person sees of a row."""
    shown = [
        (name, value)
        for name, value in values.items()
        if value is not None and name != _NOT_SHOWN and not name.startswith("_")
    ]
    if hidden:
        shown.append(("_hidden", True))
    return sorted(shown, key=_NAME)


def _stood(ent_type: str, before: Mapping[str, Any] | None, digest: bytes | None) -> Shown | bytes:
    """What stood before the delivery, as a digest where that is all that is left of it."""
    if digest is not None or before is None:
        return digest or []
    hidden = bool(before["_hidden"])
    if hidden and ent_type in _PARTS:
        return []  # a part that was deleted stands on no page
    return _shown(values_of(ent_type, before), hidden=hidden)


def _note(differ: dict[str, bytes], ent_id: str, now: Shown, stood: Shown | bytes) -> None:
    if isinstance(stood, bytes):
        if _digest(now) == stood:
            del differ[ent_id]
    elif now != stood:
        differ[ent_id] = _digest(stood)


def _digest(shown: Shown) -> bytes:
    return hashlib.blake2b(repr(shown).encode(), digest_size=_DIGEST_BYTES).digest()
