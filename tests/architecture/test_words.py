"""One word for one idea, one place for one sentence, and no command where a page will do."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.i18n import LANGUAGES, catalogue
from app.settings import resources_dir

TRANSLATIONS = resources_dir() / "translations"
#: What is not said, and what is said instead.
SYNONYMS = {
    r"[Bb]ấm\b": "nhấn",
    r"[Nn]hập nhầm": "ghi nhầm",
    r"\bphiếu\b": "hồ sơ, tờ giấy",
    r"dấu cách": "phím cách (the key), khoảng trắng (the sign)",
    r"thẻ nhớ": "USB",
}
#: Commands whose step can be taken at a page of the window.
ON_A_PAGE = (
    "authority status",
    "backup create",
    "check»",
    "conflict list",
    "enrol request",
    "handover drop",
    "handover list",
    "handover release",
    "handover return",
    "handover unfinished",
    "register search",
)
#: What only a command says: whoever reads it has typed one.
OF_COMMANDS = frozenset(
    (
        "conflicts.not_in_conflict_hint",
        "conflicts.unknown_type_hint",
        "handover.not_unfinished_hint",
        "records.no_such_record_hint",
    )
)
_COUNTED = re.compile(r"\{\w+\} (months|years|days|households|children|records|changes)\b")
_PAGE_VI, _PAGE_EN = re.compile(r"trang «([^»{]+)»"), re.compile(r"page “([^”{]+)”")


def _vietnamese() -> Iterator[tuple[str, str]]:
    """Every Vietnamese text that somebody reads, with where it stands."""
    for folder in ("translations/vi", "templates", "documents"):
        for path in sorted((resources_dir() / folder).glob("*.json")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{path.name}:{number}", line
    for path in sorted((resources_dir() / "code_lists").glob("*.csv")):
        if not path.name.startswith("unit"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{path.name}:{number}", line


@pytest.mark.parametrize("wrong", SYNONYMS)
def test_one_idea_has_one_word(wrong: str) -> None:
    found = [f"{place}: {line.strip()}" for place, line in _vietnamese() if re.search(wrong, line)]
    assert not found, f"say {SYNONYMS[wrong]}:\n" + "\n".join(found)


@pytest.mark.parametrize("path", sorted(TRANSLATIONS.rglob("*.json")), ids=lambda one: one.stem)
def test_no_sentence_stands_twice_in_a_file(path: Path) -> None:
    def counted(pairs: list[tuple[str, str]]) -> list[str]:
        return [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]

    twice = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=counted)
    assert not twice


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_sends_nobody_to_a_command_whose_step_it_has(language: str) -> None:
    known = catalogue(language)
    found = [
        f"{name}: {sentence}"
        for name, sentence in known.items()
        if not name.startswith(("cli.", "bench."))
        and name not in OF_COMMANDS
        and f"{name}.window" not in known
        and any(f"sotreem {command}" in sentence for command in ON_A_PAGE)
    ]
    assert not found, "\n".join(found)


def test_the_pages_that_are_named_are_there() -> None:
    for language, named in (("vi", _PAGE_VI), ("en", _PAGE_EN)):
        known = catalogue(language)
        pages = {one for name, one in known.items() if name.startswith("window.page.")}
        said = {one for sentence in known.values() for one in named.findall(sentence)}
        assert said
        assert said <= pages


def test_one_of_a_kind_is_no_plural_in_english() -> None:
    known = catalogue("en").items()
    found = [
        f"{name}: {sentence}"
        for name, sentence in known
        if not name.startswith(("cli.", "bench.")) and _COUNTED.search(sentence)
    ]
    assert not found, "\n".join(found)
