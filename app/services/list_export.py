"""What a list shows as a file: the children that fit a filter, in the order of the list.

The rows are those of the export of the whole register, and so is what is asked, withheld and noted.
A list by a group of level A is not written: whoever got the file would know of each child in it
what the file itself withholds.
"""

from __future__ import annotations

from pathlib import Path

from app.errors import KnownError
from app.services.lists import ChildLists, ListFilter, Sort
from app.services.register_export import ExportResult, RegisterExport
from app.services.rights import Right
from app.services.workplace import Progress, Workplace


class ListExport:
    """Use case: a list of children as a file."""

    def __init__(self, workplace: Workplace, lists: ChildLists, export: RegisterExport) -> None:
        self._workplace = workplace
        self._lists = lists
        self._export = export

    def must_be_allowed(self, wanted: ListFilter) -> None:
        """Raise KnownError `rights.denied`, or `lists.guarded` for a list by a group of level A."""
        self._workplace.require(Right.EXPORT)
        self._workplace.require(Right.READ)
        if wanted.group in self._lists.looked_for:
            raise KnownError("lists.guarded", "lists.guarded_hint", group=wanted.group)

    def write(
        self,
        path: Path,
        wanted: ListFilter,
        sort: Sort,
        listed: str = "",
        progress: Progress | None = None,
    ) -> ExportResult:
        """Write the children that fit to a .xlsx or .csv; `listed` says in words which they are.

        Raises KnownError `lists.guarded`, and what finding and exporting raise; Cancelled. Then
        there is no file.
        """
        self.must_be_allowed(wanted)
        found = self._lists.find(wanted, sort)
        return self._export.export_listed(path, found, listed, progress)
