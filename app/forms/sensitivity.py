"""How sensitive a value is: level A is masked, level B stays on the record (3-data.md).

Level A (C05, C06, C07, C09–C12, K01, R03.3, R04.4): masked until somebody with the right gives a
reason, never in village prints. Level B: never in logs, file names, village lists, or exports
without the right. The levels of codes stand in the list of circumstances, those of fields in the
template. Nothing here decides who has the right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from app.forms.code_lists import load_code_list
from app.forms.issues import Value, Values
from app.forms.schema import Field, Template
from app.forms.words import holds_private_words

_ORDER = {None: 0, "B": 1, "A": 2}
#: Fields whose level is that of the codes they hold.
_BY_CODE = frozenset(("family_problem_flags", "circumstance_codes"))
#: Fields of a circumstance that say nothing about what it is. Its `_key` does: it names the group.
OPEN_OF_CIRCUMSTANCE = frozenset(("id", "record", "_deleted"))
#: Whether a note may say something of level A, and what of it somebody wrote.
PROTECTED = "protected"
WORDS_OF_NOTE = frozenset(("note", "hidden_reason"))
#: Kept reasons of warnings, one "field/rule: reason" a line.
REASONS = "warning_reasons"


@cache
def code_level(code: str) -> str | None:
    """`A`, `B` or None for a group or sub-group; an unknown code of a masked group is masked."""
    codes = load_code_list("circumstances")
    item = codes.get(code) or codes.get(code.split(".")[0])
    return (item.extra.get("sensitivity") or None) if item else None


def highest(levels: Iterable[str | None]) -> str | None:
    """The stricter of several levels."""
    return max(levels, key=_ORDER.__getitem__, default=None)


def level_of(field: Field, value: Value) -> str | None:
    """The level of one value of a field: by its codes where the field holds groups."""
    if field.name in _BY_CODE and isinstance(value, list) and value:
        return highest(code_level(code) for code in value)
    return field.sensitivity


def level_of_circumstance(values: Values) -> str | None:
    """The level of a circumstance record: the strictest of its group and sub-groups."""
    group, subgroups = values.get("group"), values.get("subgroups")
    codes = [group] if isinstance(group, str) else []
    codes += subgroups if isinstance(subgroups, list) else []
    return highest(code_level(code) for code in codes)


def open_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that may be shown to somebody without the right to level A."""
    return tuple(code for code in codes if code_level(code) != "A")


def is_secret(values: Values) -> bool:
    """Whether what a circumstance is about is of level A. A group that is in no list may be one.

    What it was created as counts too: its id is derived from that and bears it for ever.
    """
    group = values.get("group")
    if isinstance(group, str) and group not in load_code_list("circumstances"):
        return True
    key = values.get("_key")
    created_as = key.partition("/")[0] if isinstance(key, str) else ""
    return "A" in (level_of_circumstance(values), code_level(created_as))


@dataclass(frozen=True)
class Masks:
    """Which fields the forms of an installation put behind the mask, and which they know at all.

    By entity: `guarded` the fields that are of level A whatever they hold, in any version of a
    form that was ever in use; `known` every field of those versions.
    """

    guarded: Mapping[str, frozenset[str]]
    known: Mapping[str, frozenset[str]]

    def fields_of(self, entity: str) -> frozenset[str]:
        """The fields of an entity that are of level A whatever they hold."""
        return self.guarded.get(entity, _NONE)

    def hidden_fields(
        self, entity: str, versions: Iterable[Values], columns: Collection[str]
    ) -> frozenset[str]:
        """The fields of a record that are masked, judged by everything it is or was.

        A field of level A is masked whatever it holds, because masking it for some values only
        would tell them. So is one that is neither of a form known here nor among the `columns` of
        the program: a form that is still to come, or needs a newer program, may guard it. A
        circumstance that has ever been of a group of level A is masked as a whole, of a note that
        was ever protected what somebody wrote, and of a review, a verdict or a decision about
        two children a reason with such words as make a note protected.
        """
        seen = list(versions)
        hidden = set(self.fields_of(entity))
        known = self.known.get(entity)
        if known is not None:
            for one in seen:
                hidden.update(name for name in one if name not in known and name not in columns)
        if entity == "circumstance" and any(is_secret(one) for one in seen):
            hidden.update(*seen)
            hidden -= OPEN_OF_CIRCUMSTANCE
        if entity == "note" and any(one.get(PROTECTED) for one in seen):
            hidden.update(WORDS_OF_NOTE)
        for one in seen:
            told = (name for name in one if _is_reason(entity, name))
            hidden.update(name for name in told if holds_private_words(str(one[name] or "")))
        return frozenset(hidden)

    def open_reasons(self, entity: str, lines: Value) -> list[str]:
        """The kept reasons that do not speak of a field of level A."""
        hidden = self.fields_of(entity)
        held = lines if isinstance(lines, list) else []
        return [line for line in held if line.partition("/")[0] not in hidden]


_NONE: frozenset[str] = frozenset()


def _is_reason(entity: str, name: str) -> bool:
    """Whether a field says why something was sent back or decided, or what was seen there."""
    if entity == "handover":
        return name.startswith("verdict_") and name.endswith("_reason")
    return entity in ("review", "match_decision") and name == "reason"


def masks_of(templates: Iterable[Template]) -> Masks:
    """The masks of all versions of all forms together. What was once of level A stays masked: a
    version that leaves the field out does not bring its values to light.
    """
    guarded: dict[str, set[str]] = {}
    known: dict[str, set[str]] = {}
    for template in templates:
        for section in template.sections:
            for one in section.fields:
                entity = one.entity or section.entity
                known.setdefault(entity, set()).add(one.name)
                if one.sensitivity == "A":
                    guarded.setdefault(entity, set()).add(one.name)
    return Masks(
        {entity: frozenset(names) for entity, names in guarded.items()},
        {entity: frozenset(names) for entity, names in known.items()},
    )
