"""The audit trail in words: each event and detail that the program writes has a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.i18n import LANGUAGES, catalogue, set_language
from app.models.audit import AuditEvent
from app.services.audit_words import details_in_words, event_in_words

APP = Path(__file__).resolve().parents[3] / "app"


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(LANGUAGES[0])


def written() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Events that the code writes with the names of their details; the verdicts of a handover are
    written under a name put together.
    """
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "audit" or not node.args:
                continue
            details = tuple(one.arg for one in node.keywords if one.arg is not None)
            match node.args[0]:
                case ast.Constant(value=str(event)):
                    yield event, details
                case ast.JoinedStr(values=[ast.Constant(value="handover."), _]):
                    yield "handover.accepted", details
                    yield "handover.returned", details


def row(event: str, **details: str | int) -> AuditEvent:
    return AuditEvent(1, 0, "an", event, details)


def test_all_that_is_written_has_a_name_in_the_language_in_force(language: str) -> None:
    known = catalogue(language)
    found = list(written())
    assert len(found) > 35
    for event, details in found:
        said = event_in_words(row(event))
        assert said in known.values(), event
        assert said != event
        for name in details:
            assert f"audit.detail.{name}" in known, f"{event} {name}"


@pytest.mark.usefixtures("language")
def test_why_something_was_refused_is_a_sentence() -> None:
    for reason in ("not-a-bundle", "payload-hash", "import.unknown_columns"):
        said = details_in_words(row("bundle.refused", reason=reason))
        assert len(said.split()) > 6
        assert "{" not in said


def test_what_a_person_typed_and_what_nobody_knows_is_left_as_it_is() -> None:
    assert details_in_words(row("reveal", reason="cut")) == "lý do: cut"
    strange = row("some.later-event", colour="red\x1b", count=1200)
    assert event_in_words(strange) == "some.later-event"
    assert details_in_words(strange) == "colour: red\\x1b · count: 1.200"
