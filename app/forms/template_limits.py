"""How long, wide and many the parts of a template may be, and what its texts may hold.

A template travels and is then shown, compiled and printed on every PC of a province: a mistake in
it must not bend a page or fill a memory there. The limits are some times what the shipped forms
need; the texts follow 3-data.md ("Every text is …").
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator

import msgspec

from app import i18n
from app.forms.schema import Field, Template
from app.text.normalize import holds_unseen

#: A stamp writes at most six digits (app.forms.catalogue).
MAX_VERSION = 999_999
MAX_EDITION = 20
MAX_FIELDS = 500
MAX_LABEL, MAX_HELP, MAX_ALIAS = 200, 1000, 100
MAX_WIDTH = 200
#: A text of an operation (app.history.operation.MAX_TEXT_BYTES) in letters of one byte.
MAX_LENGTH = 16_384
#: Unicode categories of controls, formats (the direction of writing), halves and line ends.
_OBEYED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def oversized(template: Template) -> Iterator[tuple[str, str]]:
    """What of a template is too long or too many: field name (or none), and what it is."""
    if template.version > MAX_VERSION:
        yield "", "version"
    if len(template.edition) > MAX_EDITION:
        yield "", "edition"
    if len(template.fields) > MAX_FIELDS:
        yield "", "fields"
    labels = [template.title, *(section.label for section in template.sections)]
    if any(max(len(one.vi), len(one.en)) > MAX_LABEL for one in labels):
        yield "", "label"
    for field in template.fields:
        yield from ((field.name, what) for what in _oversized(field))


def _oversized(field: Field) -> Iterator[str]:
    if max(len(field.label.vi), len(field.label.en)) > MAX_LABEL:
        yield "label"
    if max(len(field.help.vi), len(field.help.en)) > MAX_HELP:
        yield "help"
    if not all(0 < len(alias.strip()) <= MAX_ALIAS for alias in field.aliases):
        yield "aliases"
    if field.width is not None and not 1 <= field.width <= MAX_WIDTH:
        yield "width"
    if field.max_length is not None and not 1 <= field.max_length <= MAX_LENGTH:
        yield "max_length"


def is_sentence(message_id: str) -> bool:
    """Whether a rule may say this sentence instead of its own: one of the forms, in every language,
    that needs nothing filled in; else the check would fail where it is shown.
    """
    return message_id.startswith("forms.") and all(
        message_id in sentences and not _filled_in(sentences[message_id])
        for sentences in map(i18n.catalogue, i18n.LANGUAGES)
    )


def _filled_in(sentence: str) -> bool:
    return any(name is not None for _, name, _, _ in string.Formatter().parse(sentence))


def all_plain(template: Template) -> bool:
    """Whether no text has anything a screen or a terminal would obey, or that nobody can see."""
    return all(map(_is_plain, _texts(msgspec.to_builtins(template))))


def _texts(value: object) -> Iterator[str]:
    """Every text of a template: in JSON an escape hides a character from who reads the file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _is_plain(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return True
    return not holds_unseen(text) and not any(unicodedata.category(one) in _OBEYED for one in text)
