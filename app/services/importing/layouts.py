"""What a person said about the columns of a file, remembered on this PC for the next file of the
same titles in the same order. Holds titles and fields, nothing that stood below them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from app.errors import KnownError
from app.models.work import UnitOfWork
from app.services.importing.column_maps import read_column_map
from app.services.importing.columns import layout_of
from app.services.importing.targets import ColumnMap, Titles
from app.services.workplace import Workplace

_SETTING = "import_layout"


class Layouts:
    """The layouts that are remembered here."""

    def __init__(self, workplace: Workplace, titles: Titles) -> None:
        self._workplace = workplace
        self._titles = titles

    def find(self, written_titles: Sequence[str]) -> ColumnMap | None:
        """What is remembered for these titles; None where nothing is, or where it speaks of fields
        that the forms of today no longer have.
        """
        said = self._workplace.store.setting(_name(written_titles))
        if not said:
            return None
        try:
            return read_column_map(said, "", self._titles)
        except KnownError:
            return None  # a field was taken from the form: the columns are recognised anew

    def keep(
        self, work: UnitOfWork, written_titles: Sequence[str], document: dict[str, object]
    ) -> None:
        """Remember a map for these titles."""
        said = json.dumps(document, ensure_ascii=False)
        self._workplace.store.put_settings(work, {_name(written_titles): said})

    def forget(self, work: UnitOfWork, written_titles: Sequence[str]) -> None:
        """Remember nothing for these titles."""
        self._workplace.store.put_settings(work, {_name(written_titles): ""})


def _name(written_titles: Sequence[str]) -> str:
    digest = hashlib.sha256(layout_of(written_titles).encode()).hexdigest()
    return f"{_SETTING}/{digest[:32]}"
