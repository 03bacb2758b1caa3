"""Xóa theo luật: what was erased, the old backups that still hold it, and erasing at the province.

Erasing is asked about twice: first what it takes is told in numbers, then one says yes. It cannot
be taken back, which no other deed of the window is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QComboBox, QListWidget, QWidget

from app.forms.units import Tier
from app.i18n import number, text
from app.services.entry import ChildRow
from app.services.erasures import ErasurePlan, ErasureRow, Erasures, SamePerson, is_kept
from app.services.records import Records
from app.services.services import Services
from app.text.days import day_in_words
from app.ui.admin.section import Section
from app.ui.notify import Choice, Notifier, Question
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_FIELD, _MOST_FOUND = 560, 20


class _Found(NamedTuple):
    """What one look gives the section."""

    erasures: Sequence[ErasureRow]
    copies: Sequence[Path]


class ErasuresSection(Section):
    """The list, the old copies, and at the province the form."""

    def __init__(
        self, tasks: Tasks, theme: Theme, services: Services, notifier: Notifier, parent: QWidget
    ) -> None:
        super().__init__(tasks, theme, text("erasures.title"), parent)
        self._erasures: Erasures = services.erasures
        #: The records that were called the same as those erased last.
        self._others: list[SamePerson] = []
        self._records: Records = services.records
        self._units = services.workplace.tree.units
        self._notifier = notifier
        self.words(text("erasures.why"))
        self.list = QListWidget()
        self.list.setAccessibleName(text("erasures.title"))
        self.list.setMaximumHeight(theme.pixels(144))
        self.column.addWidget(self.list)
        self.part(text("erasures.copies"))
        self.copies = self.words("", role="")
        self.destroying = self.step(text("erasures.destroy"), self._ask_to_destroy, "danger")
        self.row(self.destroying)
        with self.together() as self.form:
            self._build_form()
        self.form.setVisible(services.workplace.tier is Tier.PROVINCE)
        self.close_column()
        self.first = self.list
        self._old = 0

    def _build_form(self) -> None:
        self.part(text("erasures.new"))
        self.wanted = self.field(text("erasures.who"))
        self.finding = self.step(text("erasures.find"), self._find)
        self.row(self.finding)
        self.who = QComboBox(self)
        self.who.setAccessibleName(text("erasures.found"))
        self.who.setMaximumWidth(self.theme.pixels(_FIELD))
        self.labelled(text("erasures.found"), self.who)
        self.ground = self.field(text("erasures.ground"))
        self.erasing = self.step(text("erasures.erase"), self._plan, "danger")
        self.row(self.erasing)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read what was erased and which old copies there are."""
        erasures = self._erasures
        self.read(lambda: _Found(erasures.all(), erasures.old_copies()), self._show)

    def _show(self, found: _Found) -> None:
        self.list.clear()
        for one in found.erasures:
            day = day_in_words(one.decided_on)
            who, record = one.decided_by, one.record[:8]
            words = text("erasures.line", day=day, ground=one.ground, who=who, id=record)
            self.list.addItem(words)
        self._old = len(found.copies)
        said = text("erasures.copies_left", count=number(self._old))
        if kept := sum(map(is_kept, found.copies)):
            said = f"{said} {text('erasures.kept_among', count=number(kept))}"
        self.say_in(self.copies, said if self._old else text("erasures.no_copies"))
        self.destroying.setVisible(bool(self._old))

    # --- erasing ----------------------------------------------------------------------------

    def _find(self) -> None:
        records, wanted = self._records, self.wanted.text()

        def done(found: list[ChildRow]) -> None:
            self._others = []
            self.who.clear()
            for one in found:
                told = self._told(one.full_name, one.birth_date, one.owner_unit)
                self.who.addItem(told, one.id)
            if found:
                self.lead_to(self.who)
            else:
                self.refuse("erasures.nobody_found", self.wanted)

        self.act(lambda: records.search(wanted, _MOST_FOUND), done, lane=Lane.READ)

    def _plan(self) -> None:
        record, erasures = str(self.who.currentData() or ""), self._erasures
        if not record:
            self.refuse("erasures.choose", self.wanted)
            return
        if not self.ground.text().strip():
            self.refuse("erasures.no_ground", self.ground)
            return
        self.act(
            lambda: erasures.plan(record),
            partial(self._ask, self.who.currentText()),
            lane=Lane.READ,
        )

    def _ask(self, who: str, plan: ErasurePlan) -> None:
        means = text("erasures.means", operations=number(plan.operations), parts=number(plan.parts))
        if plan.others:
            which = "; ".join(map(self._called, plan.others))
            others = text("erasures.others", count=number(len(plan.others)), which=which)
            means = f"{means} {others}"
        question = Question(
            text("erasures.question", who=who),
            means,
            (
                Choice("erase", text("erasures.erase_it"), destroys=True),
                Choice("keep", text("erasures.keep")),
            ),
        )
        if self._notifier.ask(question) != "erase":
            return
        erasures, ground = self._erasures, self.ground.text()

        def done(found: ErasurePlan) -> None:
            self.who.clear()
            self.wanted.clear()
            said = text("erasures.done", operations=number(found.operations))
            # With this one goes what says that they are the same: they are remembered here.
            known = {one.id: one for one in (*self._others, *found.others)}
            self._others = [one for one in known.values() if one.id != found.id]
            if self._others:  # the same ground holds for them, and no list finds them all
                for one in self._others:
                    self.who.addItem(self._called(one), one.id)
                said = f"{said} {text('erasures.others_next', count=number(len(self._others)))}"
                self.lead_to(self.who)
            else:
                self.ground.clear()
            self.say(said, "done")
            self.load()

        self.act(lambda: erasures.erase(plan.id, ground), done)

    def _called(self, one: SamePerson) -> str:
        return self._told(one.name, one.born, one.owner) or one.id

    def _told(self, name: str, born: str, owner: str) -> str:
        unit = self._units.get(owner)
        place = owner if unit is None else unit.full_name()
        return " · ".join(filter(None, (name, day_in_words(born), place)))

    # --- old copies -------------------------------------------------------------------------

    def _ask_to_destroy(self) -> None:
        question = Question(
            text("erasures.destroy_question", count=number(self._old)),
            text("erasures.destroy_means"),
            (
                Choice("destroy", text("erasures.destroy_it"), destroys=True),
                Choice("keep", text("erasures.keep_copies")),
            ),
        )
        if self._notifier.ask(question) != "destroy":
            return

        def done(gone: list[Path]) -> None:
            self.say(text("erasures.destroyed", count=number(len(gone))), "done")
            self.load()

        self.act(self._erasures.destroy_old_copies, done)
