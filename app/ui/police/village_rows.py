"""The villages with children to verify, and which of them are chosen for a list."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtGui import QColor

from app.i18n import number, text
from app.services.police.defects import Kind
from app.services.police.gathering import VillageCount
from app.ui.line_table import LineRows
from app.ui.theme import Theme

MARK, VILLAGE, WITHOUT_ID, WRONG_ID, WRONG_BASIC, OUT = range(6)
_HEADINGS = (
    "police.column.mark",
    "police.column.village",
    "police.column.without_id",
    "police.column.wrong_id",
    "police.column.wrong_basic",
    "police.column.out",
)
_KINDS = {
    WITHOUT_ID: Kind.WITHOUT_ID,
    WRONG_ID: Kind.WRONG_ID,
    WRONG_BASIC: Kind.WRONG_BASIC,
}
_CHOSEN, _NOT_CHOSEN = "\N{BALLOT BOX WITH CHECK}", "\N{BALLOT BOX}"


class VillageRows(LineRows[VillageCount]):
    """The model. Every village is chosen until somebody takes it out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)
        self.left_out: set[str] = set()

    def toggle(self, place: int) -> None:
        """Choose a village, or take it out."""
        one = self.line(place)
        if one is not None:
            self.left_out ^= {one.id}
            self._all_changed()

    def toggle_all(self) -> None:
        """Take all out, or choose all where one was out."""
        every = {one.id for one in self.lines}
        self.left_out = set() if self.left_out & every else every
        self._all_changed()

    @property
    def chosen(self) -> Sequence[VillageCount]:
        """The villages that are chosen."""
        return [one for one in self.lines if one.id not in self.left_out]

    def count_of(self, kinds: Collection[Kind], *, also_out: bool) -> int:
        """How many children a list of the chosen villages would have."""
        return sum(
            one.by_kind.get(kind, 0) - (0 if also_out else one.out_by_kind.get(kind, 0))
            for one in self.chosen
            for kind in kinds
        )

    def words(self, row: VillageCount, column: int) -> str:
        if column == MARK:
            return _NOT_CHOSEN if row.id in self.left_out else _CHOSEN
        if column == VILLAGE:
            return row.name or text("police.no_village")
        count = row.out if column == OUT else row.by_kind.get(_KINDS[column], 0)
        return number(count) if count else "\N{EN DASH}"

    def colour(self, row: VillageCount, column: int) -> QColor | None:
        left_out = row.id in self.left_out and column != MARK
        return self._theme.colour("muted") if left_out else None
