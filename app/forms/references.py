"""Reference data as a store has accepted them, and what may be wrong in them.

Plain rows, each kind in an order of its own content; nothing here judges.
"""

from __future__ import annotations

from typing import NamedTuple


class TemplateRow(NamedTuple):
    """An accepted `form_template`."""

    form: str
    version: int
    content: str


class ListRow(NamedTuple):
    """An accepted `code_list`: the whole list as CSV, with the day it counts from."""

    name: str
    edition: str
    valid_from: str
    content: str


class UnitRow(NamedTuple):
    """An accepted `org_unit`. `parent` is `CODE@EDITION`, empty for a province."""

    code: str
    edition: str
    name: str
    kind: str
    parent: str
    valid_from: str
    valid_to: str


class SuccessorRow(NamedTuple):
    """An accepted `org_unit_successor`; `new_unit` is empty for a unit that was abolished."""

    old_unit: str
    new_unit: str
    split: bool


class References(NamedTuple):
    """The accepted reference data of a store, each kind in an order of its own content.

    `columns` are the (type of record, field) that the program itself stores or goes by, which no
    form may give a meaning of its own.
    """

    templates: tuple[TemplateRow, ...] = ()
    lists: tuple[ListRow, ...] = ()
    units: tuple[UnitRow, ...] = ()
    successors: tuple[SuccessorRow, ...] = ()
    columns: frozenset[tuple[str, str]] = frozenset()


class Fault(NamedTuple):
    """What is wrong: the rule that is broken, and what its sentence `message_id` is filled with."""

    rule: str
    message_id: str
    parameters: tuple[tuple[str, object], ...] = ()


def fault(rule: str, **parameters: object) -> Fault:
    """A fault whose sentence is `reference.<rule>`, for a file and for what was received."""
    said = tuple((name, value) for name, value in parameters.items() if value is not None)
    return Fault(rule, f"reference.{rule}", said)


class FaultyError(ValueError):
    """Text that cannot be read as reference data."""

    def __init__(self, found: Fault) -> None:
        super().__init__(found.rule)
        self.fault = found


class Unusable(NamedTuple):
    """Reference data that are kept and passed on, and not used here. `what` names them."""

    entity: str
    what: str
    fault: Fault

    @property
    def reason(self) -> str:
        """The rule that is broken."""
        return self.fault.rule

    @property
    def needs_newer(self) -> bool:
        """Whether a newer program could use it («cần bản mới»); else it is to be issued anew."""
        return self.fault.rule in _OF_A_NEWER_PROGRAM


#: What a newer program may know and this one does not.
_OF_A_NEWER_PROGRAM = frozenset(
    (
        *(
            "malformed",
            "unreadable",
            "type",
            "rule",
            "rule_arguments",
            "condition",
            "code_list",
            "message",
        ),
        *("field_type", "field_not_stored", "field_merge_group", "field_entity"),
        *("list_built_in", "code_level", "unit_kind", "new_program"),
    )
)
