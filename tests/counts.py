"""What a test counted, said at the end of the run: kills, mutations, variants, histories.

What a test prints is lost when it passes, and always in a worker of xdist (`-s` changes nothing
there); so tests `tell` it, the workers hand it over when they end, and it stands in one section
below the results. Registered by `tests/conftest.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

_TOLD: list[str] = []
_KEY = "counts"


def tell(count: str) -> None:
    """Have this line said at the end of the run."""
    _TOLD.append(count)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a worker: hand over what was told."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_KEY] = list(_TOLD)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """In the process that started the workers: take what one of them hands over.

    A worker that died hands nothing over; the run has failed then.
    """
    _TOLD.extend(getattr(node, "workeroutput", {}).get(_KEY, ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it all, in the order of the alphabet: workers end in any order."""
    if _TOLD:
        terminalreporter.section("counts")
        for line in sorted(_TOLD):
            terminalreporter.write_line(line)
