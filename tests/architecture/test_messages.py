"""Every sentence the code asks for exists in both languages, with the parameters it is given.

Texts are found in the syntax tree: the first two arguments of errors, the first of `text(…)` and of
the calls named in `_ASKS`, and every other literal that looks like an id of a known area.
"""

from __future__ import annotations

import ast
import json
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from app.i18n import LANGUAGES, catalogue
from app.settings import resources_dir

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
_ID = re.compile(r"[a-z]+(?:_[a-z]+)*(?:\.[a-z0-9_]+)+")
_ERRORS = frozenset(("KnownError", "BugError", "AppError", "FieldProblem"))
#: Calls whose first argument is an id of `resources/translations`; reports have words of their own.
_ASKS = frozenset(("text", "failed", "progress", "steps"))
#: Texts of printed documents live in `resources/documents`, not among the sentences.
_OTHER_TEXTS = frozenset(("app/reports", "app/printing"))


class Asked(NamedTuple):
    """An id in the code: where, whether it is the beginning of one, and the parameters given."""

    place: str
    message_id: str
    prefix: bool
    given: frozenset[str] | None


def _literal(node: ast.expr) -> tuple[str, bool] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value, False
    if isinstance(node, ast.JoinedStr) and node.values:
        first = node.values[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value, True
    return None


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _given(node: ast.Call) -> frozenset[str] | None:
    if any(keyword.arg is None for keyword in node.keywords):
        return None  # **parameters: known only when it runs
    return frozenset(str(keyword.arg) for keyword in node.keywords)


def _asked(path: Path) -> Iterator[Asked]:
    relative = path.relative_to(ROOT).as_posix()
    if relative.startswith(tuple(_OTHER_TEXTS)):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name in _ERRORS:
            wanted = node.args[:1] if name == "FieldProblem" else node.args[:2]
        elif name in _ASKS:
            wanted = node.args[:1]
        else:
            continue
        for argument in wanted:
            found = _literal(argument)
            if found is not None and "." in found[0]:
                place = f"{relative}:{node.lineno}"
                given = _given(node) if name in _ERRORS or name == "text" else None
                yield Asked(place, found[0], found[1], given)


ASKED = [one for path in SOURCES for one in _asked(path)]


def _parameters(sentence: str) -> frozenset[str]:
    return frozenset(
        name.partition(".")[0].partition("[")[0]
        for _, name, _, _ in string.Formatter().parse(sentence)
        if name is not None
    )


def _exists(one: Asked, known: Mapping[str, str]) -> bool:
    if one.prefix:
        return any(name.startswith(one.message_id) for name in known)
    return one.message_id in known


def test_the_search_finds_what_the_code_asks_for() -> None:
    ids = {one.message_id for one in ASKED}
    assert {"rights.denied", "home.in_use_hint", "cli.init.done", "units.unknown"} <= ids
    assert len(ids) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_asked_for_exists(language: str) -> None:
    known = catalogue(language)
    missing = sorted(f"{one.place} {one.message_id}" for one in ASKED if not _exists(one, known))
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_literal_of_a_known_area_is_a_sentence(language: str) -> None:
    known = catalogue(language)
    areas = {name.partition(".")[0] for name in known} - {"import", "store", "tasks", "forms"}
    strangers = set()
    for path in SOURCES:
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith(tuple(_OTHER_TEXTS)):
            continue
        syntax = ast.parse(path.read_text(encoding="utf-8"))
        events = _event_names(syntax)
        for node in ast.walk(syntax):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            value = node.value
            if not _ID.fullmatch(value) or value.partition(".")[0] not in areas or node in events:
                continue
            if value.endswith("_"):
                fits = any(name.startswith(value) for name in known)
            else:
                fits = value in known or Path(value).suffix in _FILES
            if not fits:
                strangers.add(f"{relative}:{node.lineno} {value}")
    assert not strangers, "\n".join(sorted(strangers))


_FILES = frozenset((".json", ".csv", ".db", ".pem", ".sig", ".age", ".pdf", ".log", ".txt", ".qss"))


def _event_names(syntax: ast.AST) -> set[ast.expr]:
    """First arguments of calls that write an event: names for machines, not sentences."""
    return {
        node.args[0]
        for node in ast.walk(syntax)
        if isinstance(node, ast.Call) and _called(node) in ("event", "audit") and node.args
    }


def test_both_languages_say_the_same_things() -> None:
    first, second = (catalogue(language) for language in LANGUAGES)
    assert first.keys() == second.keys()


def test_both_languages_take_the_same_parameters() -> None:
    first, second = (catalogue(language) for language in LANGUAGES)
    differing = [name for name in first if _parameters(first[name]) != _parameters(second[name])]
    assert not differing


def test_the_code_gives_every_parameter_that_a_sentence_needs() -> None:
    known = catalogue("vi")
    lacking = sorted(
        f"{one.place} {one.message_id}: {sorted(_parameters(known[one.message_id]) - one.given)}"
        for one in ASKED
        if not one.prefix
        and one.given is not None
        and one.message_id in known
        and _parameters(known[one.message_id]) - one.given
    )
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_of_sentences_are_flat_and_named_by_area(language: str) -> None:
    for path in sorted((resources_dir() / "translations" / language).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for name, sentence in content.items():
            assert _ID.fullmatch(name), f"{path.name}: {name}"
            assert isinstance(sentence, str), f"{path.name}: {name}"
            assert sentence.strip() == sentence, f"{path.name}: {name}"
            assert sentence, f"{path.name}: {name}"
            assert unicodedata.is_normalized("NFC", sentence), f"{path.name}: {name}"


def test_no_vietnamese_stands_in_the_code() -> None:
    found = set()
    for path in SOURCES:
        if path.parent.name == "text":
            continue  # letters as data: what folding and sorting is about
        syntax = ast.parse(path.read_text(encoding="utf-8"))
        documented = _docstrings(syntax)
        for node in ast.walk(syntax):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in documented
                and _is_vietnamese(node.value)
            ):
                found.add(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    assert not found, "\n".join(sorted(found))


def _docstrings(tree: ast.AST) -> set[ast.AST]:
    """Docstrings of modules, classes, functions and (bare texts) attributes."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _is_vietnamese(value: str) -> bool:
    """Whether a text holds a letter with a Vietnamese mark, Đ included."""
    for letter in value:
        if letter in "\u0110\u0111":
            return True
        marks = unicodedata.normalize("NFD", letter)[1:]
        if letter.isalpha() and any(unicodedata.combining(mark) for mark in marks):
            return True
    return False
