"""What a command prints for people calls units by name; codes stand where one types them, and in
the documents of `--json`.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import COMMUNE, DISTRICT, WHY, Three, child, prepared, three

__all__ = ["prepared", "three"]  # fixtures
_CODE = re.compile(r"\b\d+@\d{4}\b")
NAME = "Xã Tịnh Châu"


def bare(prompt: Prompt, *words: str | Path) -> list[str]:
    """The lines in which a unit is called by its code alone."""
    lines = prompt.told(*words, codes=(0, 1, 4))
    assert lines
    return [line for line in lines if _CODE.search(re.sub(r"\(\d+@\d{4}\)", "", line))]


def test_no_list_and_no_sentence_calls_a_unit_by_its_code_alone(three: Three) -> None:
    district, commune = three.district, three.commune
    han = child(district, "pham thi han")
    district.must("register", "set", han, "full_name=Phạm Thị Hân Hai")
    commune.must("register", "set", han, "full_name=Phạm Thị Hân Ba")
    sent, _ = three.homes.carry(commune, district, DISTRICT)
    district.must("handover", "return", three.handover, "--record", han, "--reason", WHY)
    three.homes.carry(district, commune, COMMUNE)
    said = (
        (district, ("register", "search", "Phạm")),
        (district, ("register", "history", han)),
        (district, ("conflict", "list")),
        (district, ("authority", "status")),
        (district, ("handover", "inspect", sent["file"])),
        (commune, ("waiting", "list")),
        (commune, ("check", "--declared")),
    )
    for prompt, words in said:
        assert bare(prompt, *words) == [], words
    assert NAME in "\n".join(district.told("register", "search", "Phạm"))
    (told, *_rest) = district.must("register", "search", "Phạm")
    assert told["unit"] == COMMUNE, "documents keep the code"


def test_a_restore_calls_the_unit_of_a_backup_by_name_though_no_register_is_open(
    three: Three,
) -> None:
    district, commune = three.district, three.commune
    file = commune.must("backup", "create")["file"]
    called = "xã Tịnh Châu (21208@2024)"
    assert called in "\n".join(district.told("backup", "restore", file, "--preview"))
    assert called in district("backup", "restore", file).document["message"]
    assert called in "\n".join(commune.told("backup", "restore", file))
