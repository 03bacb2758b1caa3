"""The whole program without its window, loaded once before a process forks for each command.

Starting Python and loading the libraries takes a command ten times as long as what it does; the
suite gives hundreds of them.
"""

from __future__ import annotations

import importlib
import pkgutil


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
