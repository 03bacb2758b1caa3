"""What is done with keys, on paper: the recovery code, printed once and locked away, never written
to a file by us; the code of a request, to be read by telephone; the fingerprint of the root; which
PC's certificate was revoked.

Each is one page set as the other papers of the program are. A code stands in numbered groups: what
is typed wrong is told by the number of its group. Papers of keys name no child and no household.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app.errors import KnownError
from app.forms.units import load_units
from app.i18n import text
from app.reports import official_style as style
from app.reports.document import (
    Align,
    Block,
    Document,
    Paragraph,
    Run,
    Section,
    Table,
    TableColumn,
    TextStyle,
)
from app.services.authority import AuthorityDesk
from app.services.rights import Role
from app.services.workplace import Workplace
from app.text.moments import moment_words

_HEAD = TextStyle(size=11, align=Align.CENTER)
#: Five letters of the widest kind have room in a cell, four cells a line or five.
_LARGE, _LESS = (TextStyle(size=one, bold=True, align=Align.CENTER) for one in (20, 16))
_PLAIN = TextStyle(size=13, before=6, line_spacing=1.08)
_STEP = TextStyle(size=13, before=4, left_indent=4.6, first_indent=-4.6, line_spacing=1.08)
_PART = TextStyle(size=13, bold=True, before=16)
_PEN = TextStyle(size=13, before=14)
#: Groups of a code that stand side by side.
_ACROSS = 4


@dataclass(frozen=True, slots=True)
class Whose:
    """What a sheet says of its PC: the name of its unit, who had it printed, the day, and the unit
    as the program writes it (`code@edition`).
    """

    unit: str
    person: str
    day: date
    ref: str


def whose(workplace: Workplace) -> Whose:
    """What a sheet printed here and now says of this PC."""
    unit, account = workplace.tree.units.get(workplace.unit), workplace.account
    return Whose(
        workplace.unit if unit is None else unit.full_name("vi"),
        account.full_name or account.name,
        workplace.today(),
        workplace.unit,
    )


def recovery_sheet(code: str, whose: Whose) -> Document:
    """The sheet that opens the register when the passphrase is forgotten."""
    blocks = [
        *_title(text("recovery.title"), whose),
        _line(text("recovery.why"), _PLAIN),
        *_in_groups(code),
        _line(text("recovery.signs"), _PLAIN),
        _line(text("recovery.how"), _PART),
        *_steps("recovery.how_1", "recovery.how_2", "recovery.how_3"),
        _line(text("recovery.keeping"), _PART),
        *_steps("recovery.keep_1", "recovery.keep_2", "recovery.keep_3"),
        *_pen("recovery.place", "recovery.keeper"),
    ]
    return _document(text("recovery.title"), blocks)


def request_sheet(
    code: str, file: str, station: str, whose: Whose, *, top: bool = False
) -> Document:
    """The sheet that goes with a request for a certificate: the code, and what happens next.

    `top`: nobody is above, so the PC that keeps the root of the province certifies.
    """
    of_unit = ".top" if top else ""
    title = text("administration.enrolment.sheet")
    blocks = [
        *_title(title, whose),
        _line(text("administration.enrolment.sheet_file", file=file), _PLAIN),
        _line(text("administration.enrolment.sheet_station", station=station), _PLAIN),
        _line(text("administration.enrolment.sheet_unit", unit=whose.ref), _PLAIN),
        _line(text("administration.enrolment.sheet_code"), _PART),
        *_in_groups(code),
        _line(text("recovery.signs"), _PLAIN),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps(
            f"administration.enrolment.sheet_1{of_unit}",
            f"administration.enrolment.sheet_2{of_unit}",
            f"administration.enrolment.sheet_3{of_unit}",
            "administration.enrolment.sheet_4",
        ),
        *_pen(
            "administration.enrolment.sheet_read_by",
            f"administration.enrolment.sheet_heard_by{of_unit}",
        ),
    ]
    return _document(title, blocks)


def root_sheet(fingerprint: str, whose: Whose) -> Document:
    """The sheet that goes with every reply: by it a PC knows the root of its province."""
    title = text("administration.issuing.sheet")
    blocks = [
        *_title(title, whose),
        _line(text("administration.issuing.sheet_why"), _PLAIN),
        *_in_groups(fingerprint),
        _line(text("recovery.signs"), _PLAIN),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps("administration.issuing.sheet_1", "administration.issuing.sheet_2"),
        *_pen("administration.issuing.sheet_given_by", "administration.issuing.sheet_taken_by"),
    ]
    return _document(title, blocks)


@dataclass(frozen=True, slots=True)
class KeptRoot:
    """What the sheet of a root says of it: its last day, the fingerprint of the root before it (or
    nothing), and the folder of the key files on the PC.
    """

    fingerprint: str
    until: date
    before: str
    folder: Path


def kept_root(authority: AuthorityDesk) -> KeptRoot:
    """The newest root that is trusted at this PC. Raises KnownError `authority.none`."""
    roots = authority.status().roots
    if not roots:
        raise KnownError("authority.none", "authority.none_hint")
    older = [one.fingerprint for one in roots if not one.newest]
    (newest,) = [one for one in roots if one.newest]
    until = newest.valid_until.astimezone().date()
    return KeptRoot(newest.fingerprint, until, older[-1] if older else "", authority.folder)


def kept_root_sheet(root: KeptRoot, whose: Whose) -> Document:
    """The sheet that stays with the keys of a province: its root, and where the sealed copies
    lie.
    """
    before = root.before
    title = text("unit_keys.root_sheet")
    blocks = [
        *_title(title, whose),
        _line(text("unit_keys.root_sheet_new" if before else "unit_keys.root_sheet_why"), _PLAIN),
        _line(text("administration.issuing.root"), _PART),
        *_in_groups(root.fingerprint),
        *_facts(
            ("unit_keys.root_until", f"{root.until:%d/%m/%Y}"),
            ("unit_keys.root_before", before),
            ("unit_keys.root_folder", str(root.folder)),
        ),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps(
            "unit_keys.root_sheet_1",
            "unit_keys.root_sheet_2",
            *(("unit_keys.root_sheet_3", "unit_keys.root_sheet_4") if before else ()),
        ),
        *_pen("unit_keys.first_place", "unit_keys.second_place", "recovery.keeper"),
    ]
    return _document(title, blocks)


@dataclass(frozen=True, slots=True)
class GrantedPc:
    """What the sheet of a reply says of the PC: its `units` by name, `station` as people call it,
    `role` in words or nothing, the last day of its certificate, and the name of the reply."""

    units: str
    station: str
    role: str
    until: date
    file: str


def granted_sheet(pc: GrantedPc, fingerprint: str, whose: Whose) -> Document:
    """The sheet that goes with a reply: who was certified until when, and the root's fingerprint,
    by which the PC knows the reply.
    """
    title = text("administration.granted.sheet")
    blocks = [
        *_title(title, whose),
        *_facts(
            ("stations.column.unit", pc.units),
            ("stations.column.station", pc.station),
            ("administration.people.role", pc.role),
            ("administration.granted.until", f"{pc.until:%d/%m/%Y}"),
            ("reopening.reply_file", pc.file),
        ),
        _line(text("administration.issuing.root"), _PART),
        _line(text("administration.issuing.sheet_why"), _PLAIN),
        *_in_groups(fingerprint),
        _line(text("recovery.signs"), _PLAIN),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps(
            "administration.issuing.sheet_1",
            "administration.issuing.sheet_2",
            "administration.granted.sheet_3",
        ),
        *_pen("administration.issuing.sheet_given_by", "administration.issuing.sheet_taken_by"),
    ]
    return _document(title, blocks)


def role_in_words(role: str) -> str:
    """The role that bounds a PC, in words; nothing for a tier, which bounds nothing."""
    return text(f"account.role.{role}") if role in {one.value for one in Role} else ""


@dataclass(frozen=True, slots=True)
class RevokedPc:
    """What the sheet of a revocation says of the PC: `unit` by name, `station` as people call it,
    `reason` in words, `number` of the revocation list. `issues`: its unit certifies others with a
    key that stays in use, as in `StationView`."""

    unit: str
    station: str
    reason: str
    number: int
    issues: bool = False


def revoked_sheet(pc: RevokedPc, whose: Whose) -> Document:
    """The sheet that tells the units that a PC's certificate was revoked, and what to do."""
    title = text("stations.sheet")
    blocks = [
        *_title(title, whose),
        _line(text("stations.sheet_why"), _PLAIN),
        *_facts(
            ("stations.column.unit", pc.unit),
            ("stations.column.station", pc.station),
            ("stations.reason", pc.reason),
            ("stations.sheet_day", f"{whose.day:%d/%m/%Y}"),
            ("stations.sheet_number", _list_called(pc.number)),
        ),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps(
            "stations.sheet_1",
            "stations.sheet_2",
            "stations.sheet_3",
            *(("stations.sheet_below", "stations.sheet_key") if pc.issues else ()),
        ),
        *_pen("stations.sheet_decided_by", "stations.sheet_told"),
    ]
    return _document(title, blocks)


@dataclass(frozen=True, slots=True)
class RenewedPc:
    """What the sheet of a province's own renewal says of its PC: `station` as people call it, the
    last day of its certificate, `number` of the list that revokes what it had, 0 for none.
    """

    station: str
    until: date
    number: int


def renewed_sheet(pc: RenewedPc, whose: Whose) -> Document:
    """The sheet of a province that certified itself anew; it stays with the keys."""
    title = text("own_renewal.title")
    blocks = [
        *_title(title, whose),
        _line(text("own_renewal.sheet_new" if pc.number else "own_renewal.sheet_why"), _PLAIN),
        *_facts(
            ("stations.column.station", pc.station),
            ("administration.granted.until", f"{pc.until:%d/%m/%Y}"),
            ("stations.sheet_number", _list_called(pc.number) if pc.number else ""),
        ),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps(
            "own_renewal.sheet_1",
            *(("own_renewal.sheet_2", "own_renewal.sheet_3") if pc.number else ()),
        ),
        *_pen("stations.sheet_decided_by", "recovery.keeper"),
    ]
    return _document(title, blocks)


def reopening_sheet(code: str, file: str, station: str, whose: Whose) -> Document:
    """The sheet that goes with a request to open a locked register again."""
    title = text("reopening.sheet")
    blocks = [
        *_title(title, whose),
        _line(text("administration.enrolment.sheet_file", file=file), _PLAIN),
        _line(text("administration.enrolment.sheet_station", station=station), _PLAIN),
        _line(text("reopening.sheet_code"), _PART),
        *_in_groups(code),
        _line(text("recovery.signs"), _PLAIN),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps("reopening.sheet_1", "reopening.sheet_2", "reopening.sheet_3", "reopening.sheet_4"),
        *_pen("administration.enrolment.sheet_read_by", "administration.enrolment.sheet_heard_by"),
    ]
    return _document(title, blocks)


@dataclass(frozen=True, slots=True)
class RegisterOf:
    """A register that is opened again: its unit by name, its PC, the account it is opened for."""

    unit: str
    station: str
    user: str


def reopened_sheet(register: RegisterOf, file: str, whose: Whose) -> Document:
    """The sheet of the unit above about a register that it opened again; it stays with the keys."""
    title = text("reopening.reply_sheet")
    blocks = [
        *_title(title, whose),
        _line(text("reopening.reply_sheet_why"), _PLAIN),
        *_facts(
            ("stations.column.unit", register.unit),
            ("stations.column.station", register.station),
            ("unlock.user", register.user),
            ("reopening.reply_file", file),
            ("reopening.reply_day", f"{whose.day:%d/%m/%Y}"),
        ),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps("reopening.reply_1", "reopening.reply_2", "reopening.reply_3"),
        *_pen("reopening.asked_by", "reopening.decided_by"),
    ]
    return _document(title, blocks)


def locked_whose(unit: str, user: str) -> Whose:
    """What a sheet says of a register that nobody has open: no more than its key slots."""
    found = load_units().get(unit)
    name = unit if found is None else found.full_name("vi")
    return Whose(name, user, datetime.now().astimezone().date(), unit)


def revoked_authority_sheet(
    unit: str, reason: str, number: int, stations: str, whose: Whose
) -> Document:
    """The sheet that tells the units that an authority was revoked: which PCs begin anew, and how.

    `stations`: how many PCs hang on it, as known here.
    """
    title = text("below.sheet")
    blocks = [
        *_title(title, whose),
        _line(text("below.sheet_why"), _PLAIN),
        *_facts(
            ("stations.column.unit", unit),
            ("stations.reason", reason),
            ("stations.sheet_day", f"{whose.day:%d/%m/%Y}"),
            ("stations.sheet_number", _list_called(number)),
            ("below.stations", stations),
        ),
        _line(text("administration.enrolment.sheet_steps"), _PART),
        *_steps("below.sheet_1", "below.sheet_2", "below.sheet_3", "below.sheet_4"),
        *_pen("stations.sheet_decided_by", "stations.sheet_told"),
    ]
    return _document(title, blocks)


def _list_called(number: int) -> str:
    """A revocation list by the moment it was made, which is what its number counts
    (`crypto.revocation.number_after`), and by the number as programs show it.
    """
    return text("stations.sheet_list", made=moment_words(number, "%H:%M %d/%m/%Y"), number=number)


def _facts(*facts: tuple[str, str]) -> list[Block]:
    """Lines of a name and what it is; those that say nothing are left out."""
    return [
        Paragraph((Run(f"{text(name)}: "), Run(said, bold=True)), _PLAIN)
        for name, said in facts
        if said
    ]


def _document(title: str, blocks: list[Block]) -> Document:
    return Document(title, style.A4_PORTRAIT, (Section(tuple(blocks)),))


def _line(words: str, of: TextStyle) -> Paragraph:
    return Paragraph((Run(words),), of)


def _title(title: str, whose: Whose) -> list[Block]:
    made = text("recovery.made", unit=whose.unit, person=whose.person, day=f"{whose.day:%d/%m/%Y}")
    return [
        _line(title, style.KIND),
        _line(made, TextStyle(size=13, align=Align.CENTER, before=4)),
    ]


def _in_groups(code: str) -> list[Block]:
    groups = code.split("-")
    across, of_code = (len(groups), _LESS) if len(groups) == _ACROSS + 1 else (_ACROSS, _LARGE)
    found: list[Block] = []
    for start in range(0, len(groups), across):
        some = groups[start : start + across]
        columns = tuple(
            TableColumn(text("recovery.group", number=start + place), 1 / across, Align.CENTER)
            for place in range(1, len(some) + 1)
        )
        found.append(Table(columns, (tuple(some),), _HEAD, of_code, before=6 if start else 12))
    return found


def _steps(*message_ids: str) -> list[Block]:
    return [_line(f"{place}. {text(one)}", _STEP) for place, one in enumerate(message_ids, start=1)]


def _pen(*message_ids: str) -> list[Block]:
    """Lines to be filled in by hand."""
    return [Paragraph((Run(text(one) + " "),), _PEN, fill=True) for one in message_ids]
