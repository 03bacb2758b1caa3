"""The self-test: whether this installation can still be trusted with a register.

Runs by hand; its tests of the store run once a week by themselves (`app.services.checkup`). It
changes nothing: rows are rebuilt in a copy. A store that fails is only read from then on. What
fails is named; mending is another use case (restoring a backup).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

from app import i18n
from app.forms.code_lists import code_list_names, load_code_list
from app.forms.template import builtin_templates
from app.models import audit, integrity, soundness
from app.services import checkup
from app.services.known_answers import KNOWN_ANSWERS
from app.services.workplace import Progress, Workplace
from app.settings import resources_dir


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test: its name, whether it passed, and a short detail (names and counts, no persons)."""

    name: str
    passed: bool
    detail: str
    seconds: float

    @property
    def title(self) -> str:
        """What is tested, in the language in force."""
        return i18n.text(f"selftest.test.{self.name.replace('.', '_').replace('-', '_')}")

    @property
    def next_step(self) -> str:
        """What to do now that it failed, in the language in force; empty where it passed."""
        if self.passed:
            return ""
        if self.name in _OF_STORE:
            return i18n.text("selftest.next.store")
        of_trail = self.name == _OF_TRAIL
        return i18n.text("selftest.next.audit" if of_trail else "selftest.next.program")


@dataclass(frozen=True, slots=True)
class SelfTestReport:
    """All tests in the order they ran."""

    results: tuple[TestResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return all(one.passed for one in self.results)


#: What makes a store be only read when it fails.
_OF_STORE = frozenset(("store.pages", "store.cipher", "store.operations", "store.rebuild"))
_OF_TRAIL = "store.audit"
#: A test gives its failure in a few words, empty when it passed.
_Test = Callable[[], str]


class SelfTest:
    """The use case of testing oneself."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def run(self, progress: Progress | None = None) -> SelfTestReport:
        """Run every test; one that fails does not stop the others. Raises Cancelled."""
        progress = progress or Progress()
        tests = list(self._tests(progress))
        results = []
        for done, (name, test) in enumerate(tests):
            progress.step(done, len(tests))
            began = monotonic()
            detail = test()
            results.append(TestResult(name, not detail, detail, monotonic() - began))
        report = SelfTestReport(tuple(results))
        failed = [one.name for one in results if not one.passed]
        # A store found damaged takes no audit row either.
        checkup.note_result(self._workplace, tuple(name for name in failed if name in _OF_STORE))
        if self._workplace.store.refusal is None:
            self._workplace.audit("self-test", tests=len(results), failed=len(failed))
        return report

    def _tests(self, progress: Progress) -> Iterator[tuple[str, _Test]]:
        for name, answer in KNOWN_ANSWERS.items():
            yield f"known-answer.{name}", _known(answer)
        yield "resources.sentences", _sentences
        yield "resources.lists", _lists
        yield "resources.files", _files
        yield "store.pages", self._pages
        yield "store.cipher", self._cipher
        yield "store.operations", lambda: self._operations(progress)
        yield "store.rebuild", lambda: self._rebuild(progress)
        yield _OF_TRAIL, self._audit

    def _pages(self) -> str:
        with self._workplace.store.read() as reading:
            return _first(soundness.page_errors(reading))

    def _cipher(self) -> str:
        with self._workplace.store.read() as reading:
            return _first(soundness.cipher_errors(reading))

    def _operations(self, progress: Progress) -> str:
        with self._workplace.store.read() as reading:
            total = integrity.operations(reading)
            wrong = integrity.wrong_operations(reading, lambda done: progress.step(done, total))
        return f"{wrong}/{total}" if wrong else ""

    def _rebuild(self, progress: Progress) -> str:
        return ", ".join(checkup.differing_tables(self._workplace, progress))

    def _audit(self) -> str:
        with self._workplace.store.read() as reading:
            broken = audit.first_break(reading)
        return "" if broken is None else f"#{broken}"


def _known(answer: Callable[[], bool]) -> _Test:
    return lambda: "" if answer() else "differs"


def _first(errors: list[str]) -> str:
    return "" if not errors else f"{errors[0]} ({len(errors)})"


def _sentences() -> str:
    first, *others = (i18n.catalogue(language) for language in i18n.LANGUAGES)
    missing = sorted({name for other in others for name in first.keys() ^ other.keys()})
    return ", ".join(missing[:5])


def _lists() -> str:
    empty = [name for name in code_list_names() if not len(load_code_list(name))]
    forms = {template.form for template in builtin_templates()}
    return ", ".join([*empty, *sorted({"household", "child"} - forms)])


def _files() -> str:
    """Documents and fonts are there and can be read."""
    damaged = []
    for path in sorted((resources_dir() / "documents").glob("*.json")):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            damaged.append(path.name)
    fonts = sorted((resources_dir() / "fonts").glob("*.ttf"))
    damaged += [path.name for path in fonts if not _is_font(path.read_bytes()[:4])]
    return ", ".join(damaged) if damaged or fonts else "fonts"


def _is_font(start: bytes) -> bool:
    return start == b"\x00\x01\x00\x00"  # OpenType, "sfntVersion" with TrueType outlines
