"""What goes out as a workbook: an empty one to fill in elsewhere, and the accepted register by a
mapping for the national software, whose own layout could not be obtained.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.i18n import number, text
from app.services.entry_workbook import EntryFile
from app.services.masking import Reveal
from app.services.national.export import (
    NationalFile,
    NationalLook,
    unmapped_words,
    why_waiting,
)
from app.services.national.mapping import shipped_file
from app.services.rights import Right, allows
from app.services.services import Services
from app.services.workplace import Progress
from app.ui.admin.section import Section
from app.ui.long_work import LongWork
from app.ui.named_file import with_ending
from app.ui.notify import Kind, Notice, Notifier
from app.ui.permission import lock_unless
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_XLSX, _JSON = ".xlsx", ".json"
_TOPIC = "export"


class ExportsSection(Section):
    """Both workbooks; what the second would hold is said before it is written."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        notifier: Notifier,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tasks, theme, text("export.section"), parent)
        self._services, self._notifier = services, notifier
        self._rights = services.workplace.account.rights
        self._mapping: Path | None = None
        self._looked_at = ""
        self._stale = True
        self._asked = 0
        self._build_entry()
        self._build_national()
        self.close_column()
        self.first = self.make

    def _build_entry(self) -> None:
        self.part(text("export.entry.part"))
        self.words(text("export.entry.why"))
        self.village = QComboBox()
        self.village.setAccessibleName(text("export.entry.village"))
        self.village.setMaximumWidth(self.theme.pixels(400))
        self.labelled(text("export.entry.village"), self.village)
        self.make = self.step(text("export.entry.make"), self._make)
        self.row(self.make)

    def _build_national(self) -> None:
        self.part(text("export.national.part"))
        self.words(text("export.national.own_layout"), "")
        self.counts = self.words(text("administration.working"), "")
        self.mapping = self.words("")
        self.choose = self.step(text("export.national.choose"), self._choose)
        self.shipped = self.step(text("export.national.use_shipped"), self._use_shipped)
        self.save = self.step(text("export.national.save"), self._save)
        self.row(self.choose, self.shipped)
        self.row(self.save)
        self.reason = self.field(text("export.national.reason"))
        self.reason.setPlaceholderText(text("export.national.no_reason"))
        self.export = self.step(text("export.national.export"), self._export, "primary")
        self.row(self.export)
        self.work = LongWork(self.tasks, self._notifier, self.theme, _TOPIC)
        self.work.ended.connect(self._ended)
        self.column.addWidget(self.work)
        self._may_export = lock_unless(self.export, self._rights, Right.EXPORT)
        if not allows(self._rights, Right.REVEAL):
            self.reason.setEnabled(False)
            self.reason.setPlaceholderText(text("export.national.may_not_reveal"))

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the villages and what is accepted, once somebody sees them."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        self.read(partial(_villages, self._services), self._show_villages)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        super().showEvent(event)
        if self._stale:
            self.load()

    def _show_villages(self, names: list[str]) -> None:
        before = self.village.currentData()
        self.village.clear()
        self.village.addItem(text("export.entry.every_village"), "")
        for one in names:
            self.village.addItem(one, one)
        self.village.setCurrentIndex(max(0, self.village.findData(before)))
        self.village.setEnabled(bool(names))

    def _look(self) -> None:
        self._asked += 1
        look = partial(self._services.national_export.look, self._mapping)
        self.read(look, partial(self._show, self._asked))

    def _show(self, asked: int, seen: NationalLook) -> None:
        if asked != self._asked:
            return
        self._looked_at = seen.mapping_sha256
        key = "export.national.counts" if seen.waiting.total else "export.national.counts_all"
        words = text(
            key,
            children=number(seen.children),
            count=number(seen.waiting.total),
            why=why_waiting(seen.waiting),
        )
        self.say_in(self.counts, words)
        said = text(
            "export.national.by_mapping",
            name=seen.mapping,
            sheets=number(seen.sheets),
            columns=number(seen.columns),
        )
        self.say_in(self.mapping, said)
        self.shipped.setEnabled(not seen.shipped)
        self.export.setEnabled(self._may_export and seen.children > 0)

    # --- doing ------------------------------------------------------------------------------

    def _make(self) -> None:
        path = self._named(text("export.entry.file"), "Excel", _XLSX)
        if path is None:
            return
        village = str(self.village.currentData() or "") or None
        make = partial(self._services.entry_workbook.write, path, None, village)
        self.act(make, self._made, lane=Lane.READ)

    def _made(self, done: EntryFile) -> None:
        words = text(
            "export.entry.made",
            file=str(done.file),
            columns=number(done.columns),
            required=number(done.required),
        )
        self.say(words, "done")

    def _choose(self) -> None:
        found, _kind = QFileDialog.getOpenFileName(
            self.window(), text("export.national.choose"), "", f"JSON (*{_JSON})"
        )
        if found:
            self._try(Path(found))

    def _use_shipped(self) -> None:
        self._try(None)
        self.lead_to(self.choose)

    def _try(self, mapping: Path | None) -> None:
        """Take a mapping that can be read; one that cannot leaves the one before in force."""

        def taken(seen: NationalLook) -> None:
            self._mapping = mapping
            self._asked += 1
            self._show(self._asked, seen)

        self.act(partial(self._services.national_export.look, mapping), taken, lane=Lane.READ)

    def _save(self) -> None:
        path = self._named(shipped_file().name, "JSON", _JSON)
        if path is None:
            return
        save = partial(self._services.national_export.save_mapping, path)

        def saved(_none: None) -> None:
            self.say(text("export.national.saved", file=str(path)), "done")

        self.act(save, saved, lane=Lane.READ)

    def _named(self, proposed: str, kind: str, ending: str) -> Path | None:
        found, _kind = QFileDialog.getSaveFileName(
            self.window(), text("export.where"), proposed, f"{kind} (*{ending})"
        )
        return with_ending(found, ending) if found else None

    def _export(self) -> None:
        if self.work.running:
            return
        path = self._named(text("export.national.file"), "Excel", _XLSX)
        if path is None:
            return
        reason = self.reason.text().strip()
        reveal = Reveal(reason) if reason else None
        service, mapping = self._services.national_export, self._mapping
        looked_at = self._looked_at

        def export(progress: Progress) -> NationalFile:
            return service.export(path, mapping, None, progress, reveal, looked_at=looked_at)

        self.export.setEnabled(False)
        self.work.run(text("lists.exporting"), export, self._exported)
        self.work.focus_stop()

    def _exported(self, done: NationalFile) -> None:
        self.reason.clear()  # a reason is for one export
        seen = done.seen
        key = "export.national.done_withheld" if done.withheld else "export.national.done"
        words = text(
            key,
            file=str(done.file),
            children=number(seen.children),
            count=number(seen.waiting.total),
        )
        told = [": ".join(one) for one in unmapped_words(done.unmapped)]
        kind = Kind.WARNING if told else Kind.DONE
        self._notifier.say(Notice(kind, " ".join([words, *told]), topic=_TOPIC))

    def _ended(self) -> None:
        self.export.setEnabled(self._may_export)
        if self.work.held:
            self.export.setFocus(Qt.FocusReason.OtherFocusReason)


def _villages(services: Services) -> list[str]:
    """The villages of the commune; none where there are several communes."""
    workplace = services.workplace
    if not workplace.tree.units.holds_records(workplace.unit):
        return []
    return [one.name for one in services.villages.list(workplace.unit) if one.name]
