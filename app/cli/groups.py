"""The command groups, in the order of the help page. To add one, add a line and its module.

A module is imported only when its group is called, so a new group costs the others nothing. The
sentence about a group is `cli.group.<name>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

from app.cli.parser import CommandParser

#: Group → module under `app.cli.commands`.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "init": "init",
        "authority": "authority",
        "enrol": "enrol",
        "reopen": "reopening",
        "register": "register",
        "check": "check",
        "police": "police",
        "round": "rounds",
        "unit": "units",
        "template": "templates",
        "codelist": "code_lists",
        "village": "villages",
        "book": "paper_books",
        "person": "people",
        "handover": "handover",
        "waiting": "waiting",
        "conflict": "conflicts",
        "move": "moves",
        "duplicates": "duplicates",
        "list": "lists",
        "erase": "erasures",
        "user": "users",
        "backup": "backups",
        "audit": "audit",
        "selftest": "selftest",
        "demo": "demo",
        "bench": "bench",
    }
)


class GroupModule(Protocol):
    """What a module of a command group offers."""

    def add_commands(self, group: CommandParser) -> None:
        """Describe the commands of the group on its parser."""


def group_module(name: str) -> GroupModule:
    """The module of a group; KeyError for a name that no group has."""
    return cast(GroupModule, import_module(f"app.cli.commands.{GROUPS[name]}"))
