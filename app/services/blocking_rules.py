"""The rules that a round may block by, each with what it says and the fields that it judges.

Only rules of which a record may hold an error (`forms.validator.error_rules`): the others would
block nothing, unnoticed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app import i18n
from app.forms.catalogue import Catalogue
from app.forms.schema import Field, Severity
from app.forms.validator import TYPE_RULE, error_rules

_FORMS = ("household", "child")
_REQUIRED = "required"
#: What a sentence says of one record, as a name or a number, where no record is meant.
_ANYTHING = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """A rule by its name; its sentences and the labels of its fields in the language in force.
    Of `required` and `type`, which judge nearly every field, no fields are named.
    """

    rule: str
    sentences: tuple[str, ...]
    fields: tuple[str, ...]


def known_rules(catalogue: Catalogue) -> frozenset[str]:
    """The names of the rules that the newest forms may find errors by."""
    return frozenset().union(*(error_rules(catalogue.newest(form)) for form in _FORMS))


def blocking_rules(catalogue: Catalogue) -> list[BlockingRule]:
    """Every rule of the newest forms that a round may block by, in the order of the forms."""
    fields: dict[str, list[str]] = {_REQUIRED: [], TYPE_RULE: []}
    for field in _fields(catalogue):
        for use in field.rules:
            if use.severity is Severity.ERROR:
                labels = fields.setdefault(use.rule, [])
                if use.rule != _REQUIRED and str(field.label) not in labels:
                    labels.append(str(field.label))
    known = known_rules(catalogue)
    return [
        BlockingRule(rule, sentences_of(rule), tuple(labels))
        for rule, labels in fields.items()
        if rule in known
    ]


def sentences_of(rule: str) -> tuple[str, ...]:
    """What a rule says when it is broken, in each of its cases, in the language in force; the name
    of a rule that this program has no words for.
    """
    known = i18n.catalogue(i18n.language())
    own = known.get(f"rounds.rule.{rule}")
    if own is not None:
        return (own,)
    said = f"forms.rule.{rule}"
    cases = sorted(name for name in known if name == said or name.startswith(f"{said}."))
    anything = defaultdict[str, object](lambda: _ANYTHING)
    return tuple(i18n.filled_in(known[name], anything) for name in cases) or (rule,)


def told(blocked: Mapping[str, int]) -> str:
    """Rules that block, in their own words, each with how many errors there are by it."""
    return "; ".join(
        f"«{_first(sentences_of(rule)[0])}» ({i18n.number(count)})"
        for rule, count in blocked.items()
    )


def _first(words: str) -> str:
    """What is wrong; what to do about it in the field would be no help here."""
    return words.partition(". ")[0].rstrip(".")


def _fields(catalogue: Catalogue) -> Iterator[Field]:
    for form in _FORMS:
        template = catalogue.newest(form)
        for entity in template.entities:
            yield from template.fields_of(entity)
