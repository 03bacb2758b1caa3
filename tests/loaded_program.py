"""The whole program without its window, loaded once before a process forks for each command.

Starting Python, loading the libraries, reading the forms and compiling the statements takes a
command ten times as long as what it does; the suite gives hundreds of them.
"""

from __future__ import annotations

import gc
import importlib
import io
import pkgutil
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.passphrase_cost import make_cheap
from tests.shared_statements import share_statements

_BOOK = """village,household_no,head_name,line_no,full_name,birth_date,sex
Thôn 1,1,Đinh Văn Lía,1,Đinh Thị Nga,2016,2
"""


def load_the_program() -> None:
    """Everything a command needs is there before the first fork, so that no child loads it anew."""
    import app.cli
    import app.crypto
    import app.models.queries
    import app.services
    import app.sync
    import app.workbooks
    from app.forms.units import load_units

    importlib.import_module("app.bootstrap")
    for package in (app.cli, app.crypto, app.models.queries, app.services, app.sync, app.workbooks):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    load_units()
    share_statements(pytest.MonkeyPatch())
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        make_cheap(patch)
        patch.setenv("SOTREEM_PASSPHRASE", "một câu dài dễ nhớ")
        _work_once(Path(folder))
    gc.collect()
    gc.freeze()  # what is here stays: no child looks through it, or copies it by looking


def _work_once(folder: Path) -> None:
    """Give the commands that most tests give, so that what they keep in memory is kept here."""
    from app.bootstrap import open_services
    from app.cli.program import main

    book = folder / "book.csv"
    book.write_text(_BOOK, encoding="utf-8")
    for words in (
        ("init", "--unit", "21211@2025", "--user", "an"),
        ("register", "import", str(book)),
        ("register", "search", "nga"),
        ("register", "export", str(folder / "out.csv")),
        ("register", "export", str(folder / "out.xlsx")),
        ("check",),
        ("handover", "list"),
    ):
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = main(["--home", str(folder / "home"), *words], open_services)
        assert code in (0, 4), said.getvalue()
