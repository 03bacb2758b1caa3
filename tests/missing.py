"""What a machine lacks: said by name, and a failure wherever continuous integration runs.

Refuses to let a run pass there that tried less than everything. The last line of every run names
what could not run (6-quality.md); `tests/conftest.py` takes the hook from here.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Generator, Iterable
from typing import NoReturn

import pytest


def could_not_run(why: str) -> NoReturn:
    """Skip the test that asks; fail it where `CI` is set."""
    if os.environ.get("CI"):
        pytest.fail(f"CI may not go without: {why}", pytrace=False)
    pytest.skip(why)


def machine_cannot(why: str) -> NoReturn:
    """Skip the test that asks, also where `CI` is set: no package gives a machine what it lacks,
    and the last line of the run says so.
    """
    pytest.skip(why)


def need_programs(*names: str) -> None:
    """Ask for programs that the test calls."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        could_not_run(f"not installed: {', '.join(missing)}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Below everything else that pytest prints: what could not run, and why."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return  # a worker of xdist: whoever collects the results says it
    reporter.write_line(last_line(reporter.stats.get("skipped", [])))


def last_line(skipped: Iterable[pytest.TestReport]) -> str:
    """One line: how many tests did not run for which reason."""
    reasons = Counter(_reason(report) for report in skipped)
    if not reasons:
        return "Could not run: nothing."
    said = [f"{reason} ({count})" for reason, count in sorted(reasons.items())]
    return "Could not run: " + "; ".join(said)


def _reason(report: pytest.TestReport) -> str:
    told = report.longrepr
    said = told[2] if isinstance(told, tuple) else str(told)
    return " ".join(said.removeprefix("Skipped: ").split())
