"""Certificates for others: the root of the province, made once; its fingerprint for the sheets; the
reply to a request from below, after its code was heard by telephone.

The code of a request is never shown here: what is shown would be confirmed unheard.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.forms.units import Tier
from app.i18n import in_sentence, text
from app.services.authority import Founded, Status
from app.services.granting import Granted, RequestView
from app.services.held_certificate import differences_in_words, held_in_words
from app.services.key_sheets import GrantedPc, granted_sheet, role_in_words, root_sheet
from app.services.rights import Role
from app.services.services import Services
from app.services.sign_in import check_passphrase
from app.services.stations import short_station
from app.ui.admin.day_asked import DayAsked
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.admin.sticks_here import offer_file
from app.ui.admin.unit_choice import UnitChoice
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state


class IssuingSection(Section):
    """What a unit that certifies others does; `changed` says that this PC is certified now."""

    changed = Signal()

    def __init__(self, tasks: Tasks, theme: Theme, services: Services, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("administration.issuing"), parent)
        self._services = services
        self._fingerprint = ""
        self._asked: RequestView | None = None
        self._done: Granted | None = None
        workplace = services.workplace
        self._is_top = workplace.tree.units.parent(workplace.unit) is None
        with self.together() as self._founding:
            if self._is_top:
                self._build_founding()
        self._founding.hide()
        self.part(text("administration.issuing.root"))
        self.root_words = self.words("")
        self.code_label = self.code()
        self.printing = Step(text("administration.issuing.print"))
        self.printing.clicked.connect(self._print)
        self.row(self.printing)
        self._build_granting()
        self.close_column()
        self.first = self.passphrase if self._is_top else self.file

    def _build_founding(self) -> None:
        self.part(text("administration.issuing.found"))
        self.words(text("administration.issuing.found_why"))
        self.passphrase = self.field(text("administration.issuing.new_secret"), secret=True)
        self.again = self.field(text("first.again"), secret=True)
        self.found = self.step(text("administration.issuing.found"), self._found, "primary")
        self.row(self.found)

    def _build_granting(self) -> None:
        self.part(text("administration.issuing.grant"))
        self.words(text("administration.issuing.grant_why"))
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_file)
        self.file = self.field(text("administration.issuing.request"), beside=choose)
        offer_file(self, self.file, ".csr", self._look)
        self.look = self.step(text("administration.issuing.look"), self._look)
        self.row(self.look)
        with self.together() as self._granting:
            self.asked = self.words("", role="")
            self.more = UnitChoice(self.theme, text("administration.issuing.more"), self)
            self.column.addWidget(self.more)
            self.role = QComboBox()
            self.role.setAccessibleName(text("administration.issuing.role"))
            self.role.setMaximumWidth(self.theme.pixels(400))
            self.role.currentIndexChanged.connect(lambda _at: self._say_differences())
            self.more.changed.connect(self._say_differences)
            self.labelled(text("administration.issuing.role"), self.role)
            self.words(text("administration.issuing.role_bounds"))
            self.differs = self.words("", role="")
            self.heard = self.field(text("administration.issuing.heard"))
            self.today = DayAsked(self)
            self.secret = self.field(text("administration.issuing.secret"), secret=True)
            self.grant = self.step(text("administration.issuing.write"), self._grant, "primary")
            self.row(self.grant)
        self._granting.hide()
        self.paper = Step(text("administration.granted.print"))
        self.paper.clicked.connect(self._print_granted)
        self.paper.hide()
        self.row(self.paper)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read whether there is a root, and which."""
        self.read(self._services.authority.status, self._show)

    def _show(self, found: Status) -> None:
        self._fingerprint = found.root_fingerprint
        there = bool(self._fingerprint)
        self._founding.setVisible(self._is_top and not there)
        self.first = self.file if there or not self._is_top else self.passphrase
        self.say_in(
            self.root_words, text(f"administration.issuing.{'root_why' if there else 'no_root'}")
        )
        self.code_label.setText(self._fingerprint.replace("-", " - "))
        for one in (self.code_label, self.printing):
            one.setVisible(there)

    # --- the root ---------------------------------------------------------------------------

    def _allowed(self, passphrase: str) -> None:
        check_passphrase(passphrase, self._services.workplace.account.name)

    def _found(self) -> None:
        typed = self.passphrase.text()
        if self.refuse_by(self._allowed, self.passphrase):
            return
        if self.again.text() != typed:
            self.refuse("first.not_alike", self.again)
        else:
            authority = self._services.authority
            self.act(lambda: authority.found(typed), self._was_founded)

    def _was_founded(self, _made: Founded) -> None:
        self.passphrase.clear()
        self.again.clear()
        self.say(text("administration.issuing.founded"), "done")
        self.load()
        self.changed.emit()

    def _print(self) -> None:
        print_or_say(self, root_sheet(self._fingerprint, whose(self._services)))

    # --- a request from below ---------------------------------------------------------------

    def _choose_file(self) -> None:
        title = text("administration.issuing.request")
        found, _kind = QFileDialog.getOpenFileName(self, title, self.file.text(), "*.csr")
        if found:
            self.file.setText(found)
            self._look()

    def _look(self) -> None:
        file = Path(self.file.text().strip())
        if not self.file.text().strip():
            self.refuse("administration.issuing.no_file", self.file)
            return
        desk = self._services.granting
        self.act(lambda: desk.inspect(file), self._show_request)

    def _show_request(self, found: RequestView) -> None:
        key = (
            "administration.issuing.asks_both"
            if found.wants_authority
            else ("administration.issuing.asks")
        )
        unit = self._services.entry.unit_name(found.unit)
        self.say_in(
            self.asked, text(key, unit=unit, ref=found.unit, station=short_station(found.station))
        )
        mine, tree = self._services.workplace.unit, self._services.workplace.tree
        tier = Tier(tree.tier(found.unit))
        beside = self._services.units.below(None, tier, deep=True)
        offered = {one.ref: one for one in beside}
        for ref in found.units:  # of another edition or tier, as its certificate names them
            if ref not in offered:
                offered[ref] = self._services.units.view(ref)
        for ref in (found.unit, mine):
            offered.pop(ref, None)
        self._asked = None
        self.more.offer(list(offered.values()), found.units)
        self._offer_roles(found.role)
        self.today.forget()
        self.paper.hide()
        self._asked = found
        self._say_differences()
        self._granting.show()
        self.heard.clear()
        self.lead_to(self.heard)
        # Where it stands is known once what was hidden has its place.
        QTimer.singleShot(0, self, lambda: self.lead_to(self.heard))

    def _offer_roles(self, chosen: str) -> None:
        self.role.clear()
        self.role.addItem(text("administration.issuing.any_role"), "")
        for one in Role:
            if one is not Role.HEAD:  # that is every role: what nothing bounds
                self.role.addItem(text(f"account.role.{one.value}"), one.value)
        if self.role.findData(chosen) < 0:
            self.role.addItem(role_in_words(chosen) or chosen, chosen)
        self.role.setCurrentIndex(self.role.findData(chosen))

    @property
    def _scope(self) -> tuple[str, ...]:
        """The units as they are ticked; none before a request was opened."""
        return () if self._asked is None else (self._asked.unit, *self.more.chosen)

    def _say_differences(self) -> None:
        """What the PC is certified for already, and in what the next certificate will differ."""
        held = None if self._asked is None else self._asked.held
        self.differs.setVisible(held is not None)
        if held is None:
            return
        name = self._services.entry.unit_name
        differ = differences_in_words(held, self._scope, self.role.currentData(), name)
        sign = "\N{BLACK UP-POINTING TRIANGLE} " if differ else ""
        self.say_in(self.differs, sign + " ".join((held_in_words(held, name), *differ)))
        set_state(self.differs, "warning" if differ else "")

    def _grant(self) -> None:
        file, heard, secret = Path(self.file.text().strip()), self.heard.text(), self.secret.text()
        if not file.name:
            self.refuse("administration.issuing.no_file", self.file)
            return
        if not heard.strip():
            self.refuse("administration.issuing.not_heard", self.heard)
            return
        if self.today.refused():
            return
        desk, out = self._services.granting, file.with_suffix(".tebundle")
        self.act(
            partial(
                desk.grant,
                file,
                out,
                passphrase=secret,
                compared=heard,
                units=self._scope,
                role=self.role.currentData(),
                today=self.today.day,
            ),
            self._granted,
            refused=self.today.ask,
        )

    def _granted(self, done: Granted) -> None:
        for field in (self.file, self.heard, self.secret):
            field.clear()
        self._granting.hide()
        unit = self._services.entry.unit_name(done.unit)
        self._done = done
        self.paper.show()
        said = text("administration.issuing.granted", unit=unit, file=str(done.path))
        if done.ends_with_authority:
            said += " " + text("enrol.ends_with_authority", day=f"{done.until:%d/%m/%Y}")
        if done.authority_revoked:
            said += " " + text("enrol.authority_revoked", unit=in_sentence(unit))
        self.say(said, "done")
        QTimer.singleShot(0, self, lambda: self.lead_to(self.paper))

    def _print_granted(self) -> None:
        done = self._done
        if done is None:
            return
        names = ", ".join(map(self._services.entry.unit_name, done.units))
        station, role = short_station(done.station), role_in_words(done.role)
        pc = GrantedPc(names, station, role, done.until, done.path.name)
        print_or_say(self, granted_sheet(pc, done.root_fingerprint, whose(self._services)))
