"""What belongs to a child beside its own fields, in short: groups, help, events, notes."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import text
from app.models.queries import notes, register
from app.models.store import Reading
from app.services.masking import MASKED, Sight
from app.services.wording import entity_in_words, values_in_words
from app.services.workplace import Workplace

#: Of each kind what tells one from another. Of what a mask lies on nothing is told.
_TOLD = {
    "circumstance": ("group", "circumstance_from", "circumstance_to"),
    "support": ("support_type", "support_date"),
    "life_event": ("event", "event_date"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a record has of a kind, under its label: how many, and which; `hides` says that
    something of it is masked, so that words that are alike may not mean the same.
    """

    label: str
    words: str
    hides: bool


def parts_of(
    workplace: Workplace, reading: Reading, sight: Sight, child: str
) -> dict[tuple[str, str], Part]:
    """(kind, "") → what a child has of it, for the kinds of which it has any."""
    said: dict[str, list[str]] = {}
    hiding: set[str] = set()
    for view in register.belonging_to(reading, [child]).get(child, ()):
        names = _TOLD.get(view.entity)
        if names is None:
            continue
        values = sight.values(view.entity, view.values)
        if MASKED in (values.get(name) for name in names):
            hiding.add(view.entity)
            words = text("masking.mask")
        else:
            worded = values_in_words(
                workplace.catalogue, view.entity, values, view.values.get("template")
            )
            told = {one.name: str(one.value) for one in worded if one.value is not None}
            words = " ".join(told[name] for name in names if name in told)
        said.setdefault(view.entity, []).append(words)
    found = {
        (kind, ""): Part(
            entity_in_words(kind),
            text("duplicates.parts", count=len(said[kind]), which="; ".join(sorted(said[kind]))),
            kind in hiding,
        )
        for kind in _TOLD
        if kind in said
    }
    if count := notes.counts(reading, [child]).get(child, 0):
        label = entity_in_words("note")
        found["note", ""] = Part(label, text("duplicates.notes", count=count), True)
    return found
