"""Sentences by message id. Code holds ids; people's words live in `resources/translations/`.

`resources/translations/<language>/<area>.json` is a flat map `{"area.name": "text {parameter}"}`.
Where a language has a plural, `{count:child|children}` gives the number with the noun for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import PurePath
from string import Formatter
from types import MappingProxyType

from app.errors import AppError
from app.settings import resources_dir

LANGUAGES = ("vi", "en")

_current = "vi"
_at_command_line = False
#: The name of a unit `CODE@EDITION` in the language in force, if anybody knows it.
_unit_name: Callable[[str], str | None] | None = None
#: What a sentence's id ends in where it says the same to somebody at the window, who has no place
#: to type a command.
_TO_THE_WINDOW = ".window"
#: Control signs, line and paragraph separators, and what overrides the direction of reading.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def set_language(language: str) -> None:
    """Choose the language of `text()` for this process. Raises ValueError for an unknown one."""
    global _current
    if language not in LANGUAGES:
        raise ValueError("language must be one of " + ", ".join(LANGUAGES))
    _current = language


def call_units(unit_name: Callable[[str], str | None]) -> None:
    """From now on errors of this process call a unit by its name, its code beside it."""
    global _unit_name
    _unit_name = unit_name


@contextmanager
def at_command_line() -> Iterator[None]:
    """Whoever reads the errors of this process meanwhile has typed a command and can type more."""
    global _at_command_line
    before, _at_command_line = _at_command_line, True
    try:
        yield
    finally:
        _at_command_line = before


def language() -> str:
    """The language in force, `vi` or `en`."""
    return _current


def number(value: int) -> str:
    """A number as people of the language in force write it: 271.707 or 271,707."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language() == "vi" else grouped


def decimal(value: float) -> str:
    """A number with one digit behind the mark of the language in force: 39,1 or 39.1."""
    whole, _, tenth = f"{value:.1f}".partition(".")
    return f"{number(int(whole))}{',' if language() == 'vi' else '.'}{tenth}"


def in_sentence(name: str) -> str:
    """The name of a unit, which begins with its kind, as it stands inside a sentence."""
    return name[:1].lower() + name[1:] if language() == "vi" else name


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of one language. Raises ValueError when an id stands in two files."""
    merged: dict[str, str] = {}
    for path in sorted((resources_dir() / "translations" / language).glob("*.json")):
        part: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        doubled = merged.keys() & part.keys()
        if doubled:
            raise ValueError(f"{path.name}: message ids already defined: {sorted(doubled)}")
        merged.update(part)
    return MappingProxyType(merged)


def text(message_id: str, /, **parameters: object) -> str:
    """The sentence for `message_id`, with `{parameters}` filled in.

    Names of files and other foreign text are put in as one plain line. Raises KeyError for an
    unknown id: a missing sentence is a bug that a test must see.
    """
    plain = {name: _in_a_sentence(value) for name, value in parameters.items()}
    return filled_in(catalogue(_current)[message_id], plain)


class _Counting(Formatter):
    """Fills in `{count:child|children}`: the number with the noun that belongs to it."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, several, *_ = (*format_spec.split("|"), "")
        if not several:
            return format(value, format_spec)
        return f"{value} {one if str(value) == '1' else several}"


_counting = _Counting()


def filled_in(sentence: str, parameters: Mapping[str, object]) -> str:
    """A sentence of a catalogue with its parameters: `{name}`, or with the noun for one and for
    several behind it, `{count:child|children}`.
    """
    if "|" in sentence:
        return _counting.vformat(sentence, (), parameters)
    return sentence.format_map(parameters)


def plain(said: str, keep: str = "") -> str:
    """The same text without signs that steer a terminal or turn the direction of reading.

    They are written out (`\\x1b`), so that a file is still told from another; `keep` may stay.
    """
    if _STEERING.search(said) is None:
        return said
    return _STEERING.sub(lambda found: found[0] if found[0] in keep else repr(found[0])[1:-1], said)


def _in_a_sentence(value: object) -> object:
    return plain(str(value)) if isinstance(value, (str, PurePath)) else value


def error_text(error: AppError) -> str:
    """What happened and, on a second line, what to do next where the person is: a sentence that
    names a command has another for the window, under its id with `.window`.
    """
    said = [one for one in (error.message_id, error.hint_id) if one is not None]
    parameters = {name: called(value) for name, value in error.parameters.items()}
    return "\n".join(text(_to_this_reader(one), **parameters) for one in said)


def error_in_short(error: AppError) -> str:
    """What happened in a few words, for a list that names the file and its sender beside them; the
    whole sentence where there are none. A unit goes by its name alone.
    """
    short = f"{error.message_id}.short"
    if short not in catalogue(_current):
        return error_text(error).split("\n", 1)[0]
    parameters = {name: _named(value) for name, value in error.parameters.items()}
    return text(short, **parameters)


def _named(value: object) -> object:
    name = _name_of(value)
    return value if name is None else in_sentence(name)


def called(value: object) -> object:
    """A unit `CODE@EDITION` by its name with the code beside it, anything else as it is: nobody
    knows the codes of their neighbours by heart.
    """
    name = _name_of(value)
    return value if name is None else f"{in_sentence(name)} ({value})"


def _name_of(value: object) -> str | None:
    """The name of a unit `CODE@EDITION`; None for anything else and where nobody knows it."""
    if _unit_name is None or not isinstance(value, str):
        return None
    # Units have names once a register is open: nothing of this is wanted for the first paint.
    from app.ids import parse_unit

    try:
        parse_unit(value)
    except ValueError:
        return None
    return _unit_name(value) or None


def _to_this_reader(message_id: str) -> str:
    own = message_id + _TO_THE_WINDOW
    return own if not _at_command_line and own in catalogue(_current) else message_id
