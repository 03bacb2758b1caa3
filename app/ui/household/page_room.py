"""How the household page shares its room, and what it keeps in sight."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit
from app.ui.household.grid import BIRTH
from app.ui.household.page_frame import PageFrame

#: A page less high than this, at 100 %, keeps for the children what the head does not need.
_TIGHT = 480
#: The share of the page's height that its head takes at most; the rest of it scrolls.
_MOST_OF_HEAD, _MOST_OF_HEAD_TIGHT = 0.42, 0.36
#: From this width on, at 100 %, the lines of the children show the date of birth, too.
_ROOMY = 900


class PageRoom(PageFrame):
    """Gives head, lines and form their room, and scrolls to what is to be seen."""

    def _fitted(self) -> None:
        """Show anew what goes by the width of the page."""
        raise NotImplementedError

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The head takes what it needs, up to its share of the page. The lines of the children give
        room to the form where large letters leave little; there a head that needs more than its
        share stands alone while somebody works in it, with one line that leads to the children.
        """
        px = self._theme.pixels
        roomy = self.width() >= px(_ROOMY)
        width = px(368 if roomy else 224)
        if self.lines_card.width() != width or self.lines_card.maximumWidth() != width:
            self.lines_card.setFixedWidth(width)
            self.grid.setColumnHidden(BIRTH, not roomy)
            self.legend.fit(width - px(24))
        self._fitted()
        tight = bool(self.height()) and self.height() < px(_TIGHT)
        self.legend.setVisible(not tight)
        self.household_form.set_resting_rows(0 if tight else 1)
        wanted = self.household_form.height() + px(2)
        share = _MOST_OF_HEAD_TIGHT if tight else _MOST_OF_HEAD
        most = int(self.height() * share) if self.height() else wanted
        head = self.household_form
        alone = tight and wanted > most and head.in_use and head.more_open
        self.below.setVisible(not alone)
        self.to_children.setVisible(alone)
        if alone:
            self.to_children.setFixedHeight(px(24))  # once it is dressed: the sheet says 0
            self.household_scroll.setMinimumHeight(px(48))
            self.household_scroll.setMaximumHeight(wanted)
            return
        height = min(wanted, most)
        if (
            self.household_scroll.minimumHeight() != height
            or self.household_scroll.height() != height
        ):
            self.household_scroll.setFixedHeight(height)

    def _give_room_to_children(self) -> None:
        """Somebody goes to the child's form: the head takes little room again."""
        self.household_form.set_in_use(False)
        self._fit()

    def _beside_lines(self) -> int:
        """The room that words above the child's form have."""
        px = self._theme.pixels
        return self.width() - self.lines_card.minimumWidth() - px(2 * 16 + 8 + 2 * 12 + 4)

    def _scroll_of(self, form: FormBody) -> QScrollArea:
        return self.household_scroll if form is self.household_form else self.child_scroll

    def _place_on_screen(self) -> tuple[QWidget, int] | None:
        """The field the keyboard is in, and how far below the top of its scrolled part it is."""
        form, widget = self._form_with_focus(), self._focused()
        if form is None:
            return None
        return widget, widget.mapTo(self._scroll_of(form).viewport(), QPoint()).y()

    def _hold_on_screen(self, held: tuple[QWidget, int] | None) -> None:
        """What is said above the field, or no longer, must not move it under the typist's eyes."""
        now = self._place_on_screen()
        form = self._form_with_focus()
        if held is None or now is None or form is None or held[0] is not now[0]:
            return
        bar = self._scroll_of(form).verticalScrollBar()
        bar.setValue(bar.value() + now[1] - held[1])

    def _show_what_is_said(self, form: FormBody) -> None:
        """What is said of the field with the keyboard is read whole: scroll by what lies below."""
        widget = self._focused()
        if isinstance(widget, FieldEdit) and widget.said_below and self._form_with_focus() is form:
            bottom = widget.geometry().bottom() + widget.said_below
            self._scroll_of(form).ensureVisible(0, bottom, 0, 0)
