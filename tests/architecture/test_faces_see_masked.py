"""No face can come by an unmasked value: neither by what it imports nor by what it is handed."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any

import pytest

from app.forms.issues import Value
from app.models.queries.checking import StoredChild, StoredHousehold
from app.models.queries.history import HistoryEntry
from app.models.queries.importing import Held
from app.models.queries.register import RecordView
from app.services.handover_receiving import Receiving
from app.services.handover_register import HandoverRegister
from app.services.handover_sending import Sending
from app.services.masking import ShownRecord
from app.services.services import Services

ROOT = Path(__file__).resolve().parents[2]
FACES = ("app/cli", "app/ui", "app/printing")
#: What holds values as they are stored.
RAW = (RecordView, HistoryEntry, Held, StoredChild, StoredHousehold)
#: (class, field) of plain values that are the form's own: what it sent comes back as it was saved.
OWN = {("Saved", "values")}
#: What a face holds only to hand it on, and what is judged behind the mask.
CLOSED = {"Workplace", "Judge", "Frame"}


def _methods() -> Iterator[tuple[str, Callable[..., object]]]:
    desks = [typing.get_type_hints(Services)[one.name] for one in dataclasses.fields(Services)]
    desks += [Sending, Receiving, HandoverRegister]  # what `HandoverDesk` is made of
    for desk in desks:
        if not inspect.isclass(desk) or not desk.__module__.startswith("app.services"):
            continue
        for name, method in inspect.getmembers(desk, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{desk.__name__}.{name}", method


def leaks(kind: Any, path: str = "", seen: frozenset[type] = frozenset()) -> list[str]:
    """The places in a type where a stored value could stand unmasked."""
    if kind in RAW:
        return [f"{path}: {kind.__name__}"]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Mapping, dict) and inner[1:] == (Value,):
        return [f"{path}: plain values"]
    if inner:
        return [leak for one in inner for leak in leaks(one, path, seen)]
    if not dataclasses.is_dataclass(kind) or kind.__name__ in CLOSED or kind in seen:
        return []
    found = []
    for name, of_field in typing.get_type_hints(kind).items():
        if (kind.__name__, name) not in OWN:
            found += leaks(of_field, f"{path}.{name}", seen | {kind})
    return found


METHODS = dict(_methods())


def test_the_methods_of_every_service_are_looked_at() -> None:
    assert {"Records.show", "Entry.page", "Conflicts.open", "Revealing.record"} <= METHODS.keys()
    assert {"Receiving.preview", "HandoverRegister.list", "Sending.preview"} <= METHODS.keys()


@pytest.mark.parametrize("name", sorted(METHODS))
def test_what_a_service_returns_cannot_hold_an_unmasked_value(name: str) -> None:
    hints = typing.get_type_hints(METHODS[name])
    assert leaks(hints.get("return"), name) == []


def test_the_search_finds_what_it_is_for() -> None:
    @dataclasses.dataclass
    class Page:
        inside: tuple[RecordView, ...]

    assert leaks(Page | None, "x") == ["x.inside: RecordView"]
    assert leaks(dict[str, Value], "x") == ["x: plain values"]
    assert leaks(list[ShownRecord], "x") == []
    assert isinstance(Page | None, UnionType)


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for folder in FACES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_faces_never_open_the_store_themselves() -> None:
    """`workplace.store` and its transactions belong to services; reading is theirs to allow."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("read", "write", "connection")
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in ("store", "workplace", "_workplace", "work")
    ]
    assert found == []


def test_only_masking_makes_an_open_sight_and_faces_make_none() -> None:
    """An open `Sight` comes from `look`, which asks the right and writes the audit row first."""
    made = {
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sight"
    }
    assert made == {"app/services/masking.py"}
    private = [
        path.relative_to(ROOT).as_posix()
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_Judge__")
    ]
    assert private == []
