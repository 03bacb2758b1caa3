"""Sentences that both faces show: nothing of the system in the middle, commands called commands."""

from __future__ import annotations

import re

import pytest

from app.cli.groups import GROUPS
from app.i18n import LANGUAGES, catalogue

_CODE = {"vi": "(mã lỗi: {reason})", "en": "(error code: {reason})"}
_COMMAND = {"vi": "lệnh ", "en": "command "}
_BOTH_FACES = (
    *("records.", "units.", "install.", "import.", "home.", "bundle."),
    *("authority.", "enrol.", "files.", "handover.", "rights."),
)
_QUOTED = re.compile(r"[«“\"](?:sotreem )?([a-z]+) [^»”\"]*[»”\"]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_an_error_stands_at_the_end_and_is_called_one(language: str) -> None:
    found = 0
    for name, sentence in catalogue(language).items():
        if name.startswith("bundle.") and "{reason}" in sentence:
            assert sentence.endswith(f"{_CODE[language]}."), name
            found += 1
    assert found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_in_a_hint_is_called_a_command(language: str) -> None:
    """The window shows these sentences too, where nobody types."""
    found = 0
    for name, sentence in catalogue(language).items():
        if not name.startswith(_BOTH_FACES):
            continue
        for quoted in _QUOTED.finditer(sentence):
            if quoted.group(1) in GROUPS:
                before = sentence[: quoted.start()]
                found += 1
                assert before.endswith(_COMMAND[language]), f"{name}: {sentence}"
    assert found


def test_one_thing_has_one_name() -> None:
    for name, sentence in catalogue("vi").items():
        for other in ("bản đồ cột", "mẫu phiếu"):
            assert other not in sentence.lower(), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unexpected_failure_names_nothing_of_the_program(language: str) -> None:
    assert "{" not in catalogue(language)["errors.bug"]
