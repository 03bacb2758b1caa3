"""A sentence never sends somebody at the window to a command line they do not have."""

from __future__ import annotations

import re

import pytest

from app.errors import KnownError
from app.i18n import LANGUAGES, at_command_line, call_units, catalogue, error_text, text

_COMMAND = re.compile(
    r"sotreem [a-z]|(?<![\w-])--[a-z]|trong (?:cùng )?lệnh|in (?:a|the same) command"
)
_IN_CHARGE = {"vi": "người phụ trách máy", "en": "person in charge of this computer"}
#: What only commands ask for or are refused; the window has no such step yet.
_OF_COMMANDS = (
    *("cli.", "bench.", "demo.", "import.", "conflicts.", "waiting.", "rounds.", "authority."),
    *("peer.", "backup.", "issuing.", "work.cancelled_late_hint"),
    *("enrol.unit_", "enrol.already", "enrol.no_code", "enrol.no_request"),
    *("handover.not_delivered", "handover.not_kept", "verification.nothing_broken"),
    *("verification.no_village", "verification.field_alone"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_window_says_names_a_command_only_for_the_person_in_charge(language: str) -> None:
    known = catalogue(language)
    shown = [
        name
        for name in known
        if not name.startswith(_OF_COMMANDS) and f"{name}.window" not in known
    ]
    assert len(shown) > 500
    told = sorted(
        name
        for name in shown
        if _COMMAND.search(known[name]) and _IN_CHARGE[language] not in known[name]
    )
    assert not told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_for_the_window_stands_beside_the_one_for_commands(language: str) -> None:
    known = catalogue(language)
    alone = [
        name
        for name in known
        if name.endswith(".window") and name.removesuffix(".window") not in known
    ]
    assert not alone


def test_the_reader_decides_which_of_the_two_is_said() -> None:
    error = KnownError("records.unknown", "records.unknown_hint", id="abc")
    assert error_text(error).endswith("\n" + text("records.unknown_hint.window"))
    with at_command_line():
        with at_command_line():
            pass
        assert error_text(error).endswith("\n" + text("records.unknown_hint"))
    assert "sotreem" not in error_text(error)


def test_a_unit_is_called_by_its_name_with_its_code_beside_it() -> None:
    call_units({"21208@2024": "Xã Tịnh Châu"}.get)
    known = KnownError("handover.not_in_line", unit="21208@2024")
    assert "xã Tịnh Châu (21208@2024)" in error_text(known)
    call_units({"21208@2024": "Xã Tịnh Châu", "29999@2026a": "Xã Ba Mới"}.get)
    of_the_year = KnownError("handover.not_in_line", unit="29999@2026a")
    assert "xã Ba Mới (29999@2026a)" in error_text(of_the_year)
    unknown = KnownError("handover.not_in_line", unit="99999@2024")
    assert " 99999@2024 " in error_text(unknown)
    other = KnownError("records.unknown", id="21208@2024 và khác")
    assert "Tịnh Châu" not in error_text(other)
