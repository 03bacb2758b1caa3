"""Quản trị: who works here, the own passphrase, what was done at the keyboard, the villages,
the units that were split, the forms, lists and units in force, what goes out as a workbook, the
rounds, the certificate of this PC, those of others, all PCs, the backups, the audit trail, the
self-test.

Only the parts that the account has the right to are there. Each does one thing at a time beside the
window, and says beside its button what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.forms.units import Tier
from app.i18n import text
from app.services.rights import Right, allows
from app.services.services import Services
from app.ui.admin.audit import AuditSection
from app.ui.admin.authorities import AuthoritiesSection
from app.ui.admin.backups import BackupSection
from app.ui.admin.books import BooksSection
from app.ui.admin.dividing import DividingSection
from app.ui.admin.enrolment import EnrolmentSection
from app.ui.admin.erasures import ErasuresSection
from app.ui.admin.exports import ExportsSection
from app.ui.admin.issuing import IssuingSection
from app.ui.admin.keys import KeysSection
from app.ui.admin.own import OwnSection
from app.ui.admin.people import PeopleSection
from app.ui.admin.references import ReferencesSection
from app.ui.admin.reopening import ReopeningSection
from app.ui.admin.rounds import RoundsSection
from app.ui.admin.section import Section
from app.ui.admin.selftest import SelfTestSection
from app.ui.admin.stations import StationsSection
from app.ui.admin.villages import VillageSection
from app.ui.admin.work import WorkSection
from app.ui.notify import Notifier
from app.ui.tasks import Tasks
from app.ui.theme import Theme


def section_names(services: Services) -> tuple[str, ...]:
    """The parts of the page that the account of this window has the right to, in their order."""
    workplace = services.workplace
    rights = workplace.account.rights
    keeps_keys = Right.KEYS in rights and not workplace.demonstration
    units = workplace.tree.units
    below = units.children(workplace.unit)
    there = {
        "people": Right.ADMIN in rights,
        "own": True,
        "work": Right.ADMIN in rights or allows(rights, Right.READ),
        "villages": Right.ADMIN in rights,
        "dividing": Right.ADMIN in rights and workplace.tier is Tier.PROVINCE,
        "references": Right.ADMIN in rights,
        "books": allows(rights, Right.READ),
        "exports": allows(rights, Right.READ),
        "rounds": Right.ADMIN in rights,
        "enrolment": workplace.keeps_own_certificate and not workplace.demonstration,
        "issuing": keeps_keys and bool(below),
        "stations": keeps_keys,
        "keys": keeps_keys and bool(below),
        "authorities": keeps_keys and any(units.children(one.ref) for one in below),
        "reopening": keeps_keys and bool(below),
        "erasures": keeps_keys,
        "backups": Right.ADMIN in rights,
        "audit": allows(rights, Right.AUDIT),
        "selftest": allows(rights, Right.AUDIT),
    }
    return tuple(name for name, shown in there.items() if shown)


#: What the parts are called in the list.
_TITLES = {
    "people": "administration.people",
    "own": "administration.own",
    "work": "administration.work",
    "villages": "administration.villages",
    "dividing": "dividing.short",
    "references": "references.short",
    "books": "administration.books",
    "exports": "export.section",
    "rounds": "administration.rounds",
    "enrolment": "administration.enrolment",
    "issuing": "administration.issuing",
    "stations": "stations.title",
    "keys": "unit_keys.title",
    "authorities": "below.short",
    "reopening": "reopening.administration",
    "erasures": "erasures.title",
    "backups": "administration.backups",
    "audit": "administration.audit",
    "selftest": "administration.selftest",
}


#: The parts whose deeds change what other pages show.
_TELLING = (VillageSection, DividingSection, ReferencesSection, RoundsSection, IssuingSection)


class Sections(Mapping[str, Section]):
    """The parts by name; looking one up builds it: few come for more than one of them."""

    def __init__(self, names: Sequence[str], build: Callable[[str], Section]) -> None:
        self._names = tuple(names)
        self._build = build
        self.built: dict[str, Section] = {}

    def __getitem__(self, name: str) -> Section:
        if name not in self._names:
            raise KeyError(name)
        if name not in self.built:
            self.built[name] = self._build(name)
        return self.built[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class AdminPage(QWidget):
    """The page: its parts in a list at the left, the chosen one beside."""

    changed = Signal()
    #: A backup that is to take the place of the register.
    restore_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        services: Services,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        px = theme.pixels
        self._tasks, self._services = tasks, services
        self._notifier, self._theme = notifier, theme
        self.list = QListWidget(self)
        self.list.setProperty("role", "plain")
        self.list.setAccessibleName(text("window.page.admin"))
        self.stack = QStackedWidget(self)
        self.sections = Sections(section_names(services), self._built)
        for name in self.sections:
            item = QListWidgetItem(text(_TITLES[name]))
            item.setSizeHint(QSize(0, px(40)))
            self.list.addItem(item)
        # Large letters on a small screen leave the parts more room.
        self.list.setFixedWidth(px(208) if theme.scale <= 1.25 else px(160))
        self.list.currentRowChanged.connect(self._turn)
        self.list.itemActivated.connect(lambda _item: self._enter())
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self.list)
        row.addWidget(self.stack, 1)
        self.list.setCurrentRow(0)

    def _made(self, name: str, parent: QWidget) -> Section:
        tasks, theme, services = self._tasks, self._theme, self._services
        notifier = self._notifier
        makers: dict[str, Callable[[], Section]] = {
            "people": lambda: PeopleSection(
                tasks, theme, services.accounts, services.people_here, notifier, parent
            ),
            "own": lambda: OwnSection(tasks, theme, services, notifier, parent),
            "work": lambda: WorkSection(tasks, theme, services.statistics, parent),
            "villages": lambda: VillageSection(
                tasks, theme, services.villages, services.entry, parent
            ),
            "dividing": lambda: DividingSection(tasks, theme, services, parent),
            "references": lambda: ReferencesSection(tasks, theme, services, notifier, parent),
            "books": lambda: BooksSection(
                tasks,
                theme,
                services.paper_books,
                services.villages,
                services.workplace,
                parent,
            ),
            "exports": lambda: ExportsSection(tasks, theme, services, notifier, parent),
            "rounds": lambda: RoundsSection(tasks, theme, services.rounds, notifier, parent),
            "enrolment": lambda: EnrolmentSection(tasks, theme, services, notifier, parent),
            "issuing": lambda: IssuingSection(tasks, theme, services, parent),
            "stations": lambda: StationsSection(tasks, theme, services, notifier, parent),
            "keys": lambda: KeysSection(tasks, theme, services, notifier, parent),
            "authorities": lambda: AuthoritiesSection(tasks, theme, services, notifier, parent),
            "reopening": lambda: ReopeningSection(tasks, theme, services, parent),
            "erasures": lambda: ErasuresSection(tasks, theme, services, notifier, parent),
            "backups": lambda: BackupSection(tasks, theme, services.backups, parent),
            "audit": lambda: AuditSection(tasks, theme, services.audit_trail, parent),
            "selftest": lambda: SelfTestSection(tasks, theme, services, notifier, parent),
        }
        section = makers[name]()
        if isinstance(section, _TELLING):
            section.changed.connect(self.changed)
        if isinstance(section, BackupSection):
            section.restore_wanted.connect(self.restore_wanted)
        return section

    def _built(self, name: str) -> Section:
        box = QWidget(self.stack)
        scroll = QScrollArea(box)
        # Asked for its viewport, an area makes the binding load every class of widgets: 10 ms.
        inside = QWidget(scroll)
        scroll.setWidget(inside)
        section = self._made(name, inside)
        around = QVBoxLayout(inside)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(section)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setProperty("role", "plain")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._put_together(box, scroll, section, self._theme)
        self.stack.addWidget(box)
        section.load()
        return section

    @staticmethod
    def _put_together(box: QWidget, scroll: QScrollArea, section: Section, theme: Theme) -> None:
        """What came of a deed stands below the part, in sight wherever its button is."""
        px = theme.pixels
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(scroll, 1)
        section.message.setContentsMargins(px(24), 0, px(24), 0)
        column.addWidget(section.message)

    def load(self) -> None:
        """Read what the parts show that somebody has come to."""
        for section in self.sections.built.values():
            section.load()

    def begin(self) -> None:
        """The keyboard starts in the list of the parts."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, name: str) -> None:
        """Show a part, with the keyboard in it."""
        if name in self.sections:
            self.list.setCurrentRow(list(self.sections).index(name))
            self._enter()

    def _turn(self, row: int) -> None:
        name = list(self.sections)[row]
        self.sections[name]
        self.stack.setCurrentIndex(list(self.sections.built).index(name))

    def _enter(self) -> None:
        section = self.sections[list(self.sections)[self.list.currentRow()]]
        if section.first is not None:
            section.first.setFocus(Qt.FocusReason.OtherFocusReason)
