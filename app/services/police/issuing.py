"""Issuing lists to the commune police, and the register of them: what is out, what came back.

A list is kept as it was printed, so that the paper, the workbook and the answers speak of the same
rows for ever. Paper and workbook are made from what is kept: they can be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.errors import KnownError
from app.ids import new_id
from app.models import police_lists
from app.models.police_lists import HandBack, ListRow, StoredList
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.police_list import police_paper
from app.services.home import must_leave
from app.services.marked_files import about_of, write_book
from app.services.police.codes import begins, new_codes
from app.services.police.defects import Kind, answered_fields
from app.services.police.gathering import (
    VILLAGE,
    Candidate,
    Gathering,
    VillageCount,
    by_village,
)
from app.services.police.issued_list import IssuedList, issued_lists, list_named
from app.services.police.paper import facts_of
from app.services.police.sheet import book
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.text.moments import day_of, day_words
from app.text.normalize import clean
from app.workbooks.xlsx_sheets import About

#: Letters of a name, a title or a number on the signed paper.
_MOST_LETTERS = 200
_DOCUMENT = "police_list"


class PoliceLists:
    """Use cases on the lists."""

    def __init__(self, workplace: Workplace, gathering: Gathering) -> None:
        self._workplace = workplace
        self._gathering = gathering

    # --- who is to be verified --------------------------------------------------------------

    def count(
        self, unit: str | None = None, progress: Progress | None = None
    ) -> list[VillageCount]:
        """How many children of a commune stand on each list, village by village. Raises KnownError
        `rights.denied`, `police.one_commune`, Cancelled.
        """
        self._workplace.require(Right.READ)
        return by_village(self._gathering.find(self._gathering.commune_named(unit), progress))

    def villages_named(self, unit: str | None, names: Sequence[str]) -> list[str]:
        """The ids of villages of a commune by name or id. Raises KnownError `rights.denied`,
        `police.one_commune`, `verification.no_village`, `verification.several_villages`.
        """
        self._workplace.require(Right.READ)
        return self._gathering.villages_named(self._gathering.commune_named(unit), names)

    def issue(
        self,
        path: Path,
        unit: str | None = None,
        villages: Collection[str] = (),
        kinds: Collection[Kind] = tuple(Kind),
        progress: Progress | None = None,
        *,
        also_out: bool = False,
    ) -> IssuedList:
        """Issue a list of the children of these villages (ids; none: of all) who stand on these
        lists, and write its workbook. Children whom the police have on a list already stay out
        unless `also_out`.

        Raises KnownError `rights.denied`, `police.one_commune`, `police.file_kind`,
        `police.nobody`, `files.no_folder`, `files.own_folder`, and what writing raises; Cancelled.
        Then nothing was issued and there is no file.
        """
        workplace = self._workplace
        workplace.require(Right.EXPORT)
        workplace.require(Right.READ)
        self._must_be_workbook(path)
        commune = self._gathering.commune_named(unit)
        chosen = [
            one
            for one in self._gathering.find(commune, progress)
            if one.kind in kinds
            and (not villages or one.village in villages)
            and (also_out or not one.out)
        ]
        if not chosen:
            raise KnownError("police.nobody", "police.nobody_hint")
        with workplace.write() as work:
            made, rows = self._new(work, commune, chosen)
            police_lists.add(work.connection, made, rows)
            work.audit("police.issued", unit=commune, number=made.number, rows=len(rows))
            work.commit()
        # Kept first: after a power cut in between the list is here and can be written again. A file
        # whose list nobody knows would be filled for weeks and then refused.
        try:
            self._write(path, made, rows)
        except BaseException:
            self._never_left(made)
            raise
        return self._one(made.id)

    def _never_left(self, made: StoredList) -> None:
        """Forget a list whose file could not be written."""
        with self._workplace.write() as work:
            police_lists.remove(work.connection, made.id)
            work.audit("police.withdrawn", number=made.number)
            work.commit()

    def _new(
        self, work: UnitOfWork, unit: str, chosen: Sequence[Candidate]
    ) -> tuple[StoredList, list[ListRow]]:
        taken = frozenset(begins(one.code) for one in police_lists.lists(work.connection))
        codes = new_codes([one.child for one in chosen], taken)
        rows = [
            ListRow(place, code, one.child, one.household, one.kind.value, one.printed)
            for place, (one, code) in enumerate(zip(chosen, codes.of_rows, strict=True), start=1)
        ]
        account = self._workplace.account
        made = StoredList(
            new_id(),
            police_lists.next_number(work.connection),
            unit,
            codes.of_list,
            int(self._workplace.clock()),
            account.full_name or account.name,
            None,
            "",
            None,
        )
        return made, rows

    # --- the file and the paper -------------------------------------------------------------

    def write(self, named: str, path: Path) -> IssuedList:
        """Write the workbook of a list again. Raises KnownError `rights.denied`,
        `police.unknown_list`, `police.file_kind`, and what writing raises.
        """
        workplace = self._workplace
        workplace.require(Right.EXPORT)
        workplace.require(Right.READ)
        self._must_be_workbook(path)
        with workplace.store.read() as reading:
            found = list_named(reading, named)
            rows = police_lists.rows_of(reading, found.id)
            view = self._view(reading, found.id)
        self._write(path, found, rows)
        return view

    def print(self, named: str, put: Callable[[Document], None]) -> IssuedList:
        """Let the paper of a list be written by `put`; what it raises stops this. That it was
        printed is on record once it stands. Raises KnownError `rights.denied`,
        `police.unknown_list`.
        """
        workplace = self._workplace
        workplace.require(Right.PRINT)
        workplace.require(Right.READ)
        with workplace.store.read() as reading:
            found = list_named(reading, named)
            rows = police_lists.rows_of(reading, found.id)
            view = self._view(reading, found.id)
        fields = answered_fields(workplace.catalogue.newest("child"))
        put(police_paper(facts_of(workplace, found, rows, fields), document_texts(_DOCUMENT)))
        workplace.audit("police.printed", number=found.number, rows=len(rows))
        return view

    # --- the register of lists --------------------------------------------------------------

    def issued(self) -> list[IssuedList]:
        """All lists, the newest first. Raises KnownError `rights.denied`."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return issued_lists(reading, self._workplace.today())

    def withdraw(self, named: str) -> IssuedList:
        """Take back a list that was issued by mistake: its children may stand on another one.

        Raises KnownError `rights.denied`, `police.unknown_list`, `police.back_already`,
        `police.withdrawn_already`.
        """
        workplace = self._workplace
        workplace.require(Right.EXPORT)
        with workplace.write() as work:
            found = self._must_be_out(work.connection, named)
            when, account = int(workplace.clock()), workplace.account
            by = account.full_name or account.name
            police_lists.withdraw(work.connection, found.id, when, by)
            work.audit("police.withdrawn", number=found.number)
            work.commit()
        return self._one(found.id)

    def hand_back(
        self, named: str, signed_by: str, signed_on: date, title: str = "", paper: str = ""
    ) -> IssuedList:
        """Note that the signed list came back: who of the police signed, as what, on which day, the
        number of the paper. Who receives it is the signed-in person.

        Raises KnownError `rights.denied`, `police.unknown_list`, `police.back_already`,
        `police.withdrawn_already`, `police.no_signer`, `police.too_long`, `police.signed_when`.
        """
        workplace = self._workplace
        workplace.require(Right.ENTER)
        signer, said_title, number = clean(signed_by), clean(title), clean(paper)
        if not signer:
            raise KnownError("police.no_signer", "police.no_signer_hint")
        if max(map(len, (signer, said_title, number))) > _MOST_LETTERS:
            raise KnownError("police.too_long", "police.too_long_hint", count=_MOST_LETTERS)
        with workplace.write() as work:
            found = self._must_be_out(work.connection, named)
            issued = day_of(found.issued)
            if signed_on > workplace.today() or (issued is not None and signed_on < issued):
                raise KnownError(
                    "police.signed_when", "police.signed_when_hint", day=day_words(issued)
                )
            account = workplace.account
            back = HandBack(
                signer,
                said_title,
                signed_on.isoformat(),
                number,
                int(workplace.clock()),
                account.full_name or account.name,
            )
            police_lists.note_back(work.connection, found.id, back)
            work.audit("police.handed_back", number=found.number)
            work.commit()
        return self._one(found.id)

    def take_hand_back_away(self, named: str) -> IssuedList:
        """Undo `hand_back`: it was noted for the wrong list, or with a mistake.

        Raises KnownError `rights.denied`, `police.unknown_list`, `police.not_back`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = list_named(work.connection, named)
            if found.back is None:
                raise KnownError("police.not_back", "police.not_back_hint", number=found.number)
            police_lists.note_back(work.connection, found.id, None)
            work.audit("police.hand_back_undone", number=found.number)
            work.commit()
        return self._one(found.id)

    def _must_be_out(self, reading: Reading, named: str) -> StoredList:
        found = list_named(reading, named)
        if found.withdrawn is not None:
            raise KnownError(
                "police.withdrawn_already", "police.withdrawn_already_hint", number=found.number
            )
        if found.back is not None:
            raise KnownError("police.back_already", "police.back_already_hint", number=found.number)
        return found

    def _one(self, list_id: str) -> IssuedList:
        with self._workplace.store.read() as reading:
            return self._view(reading, list_id)

    def _view(self, reading: Reading, list_id: str) -> IssuedList:
        found = issued_lists(reading, self._workplace.today())
        return next(one for one in found if one.id == list_id)

    def _must_be_workbook(self, path: Path) -> None:
        if path.suffix.lower() != ".xlsx":
            raise KnownError("police.file_kind", "police.file_kind_hint", file=path.name)
        must_leave(self._workplace.settings, path)

    def _write(self, path: Path, one: StoredList, rows: Sequence[ListRow]) -> None:
        workplace, texts = self._workplace, document_texts(_DOCUMENT)
        fields = answered_fields(workplace.catalogue.newest("child"))
        made = book(rows, fields, texts, workplace.today())

        def note(sha256: str, _counts: tuple[int, ...]) -> None:
            workplace.audit("police.written", number=one.number, rows=len(rows), file_sha256=sha256)

        write_book(workplace, path, made.sheets, self._about(one, rows), made.ranges, note=note)

    def _about(self, one: StoredList, rows: Sequence[ListRow]) -> About:
        texts = document_texts(_DOCUMENT)
        name = self._workplace.tree.units.unit(one.unit).full_name("vi")
        villages = dict.fromkeys((row.printed or {}).get(VILLAGE, "") for row in rows)
        notes = [
            (texts["about.number"], str(one.number)),
            (texts["about.code"], one.code),
            (texts["about.day"], day_words(day_of(one.issued))),
            (texts["about.by"], one.issued_by),
            (texts["about.rows"], str(len(rows))),
            (texts["about.where"], ", ".join(it or texts["no_village"] for it in villages)),
            *((texts["about.how"], texts[f"about.how_{at}"]) for at in range(1, 5)),
        ]
        title = texts["about.title"].format(unit=name, number=one.number, code=one.code)
        about = about_of(self._workplace, title, texts["sheet"], notes, unit=one.unit, persons=True)
        return replace(about, note_sheet=texts["notes"])
