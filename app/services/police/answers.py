"""The answered list comes back: looked at row by row, applied as one act, taken back as one.

A preview is the weighing of the real thing, and writes nothing; applying weighs again, so that what
somebody typed in between is never overwritten: a decision about a row counts for what was looked at
then and for nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import KnownError
from app.forms.issues import Issue, Value
from app.forms.schema import Severity
from app.forms.validator import with_reason
from app.ids import derived_id, new_id
from app.models import police_lists
from app.models.police_lists import StoredAnswer, StoredList
from app.models.queries import register
from app.models.store import Reading
from app.models.work import Change, UnitOfWork
from app.reports.document_texts import document_texts
from app.services import acts, saving
from app.services.acts import Obstacle
from app.services.notes import needs_protection
from app.services.police.answer_file import AnswerFile, read_answer
from app.services.police.answered_row import AnsweredRow, AnswerPreview, Verdict
from app.services.police.codes import begins, read_code
from app.services.police.defects import answered_fields
from app.services.police.issued_list import list_named
from app.services.police.remarks import note_key, note_words
from app.services.police.weighing import Weigher, named
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.workplace import Progress, Workplace
from app.services.writers import writes_as

#: What an act of answers is called by, before its id.
ACT_PREFIX = "police-"
#: A decision that was made without looking: the command names a row and no more.
ANY = ""
_APPLIED = (Verdict.CHANGES, Verdict.CONFIRMS, Verdict.NOTES)


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying came to, in rows: `changed`, `confirmed` and `noted` were applied, `left` are
    doubtful and nobody decided, `refused`; `blank` and `same` say nothing (new). `act` is "" where
    nothing was written. `reopened` children had been declared complete and hold an error now.
    """

    number: int
    act: str
    changed: int
    confirmed: int
    noted: int
    left: int
    refused: int
    blank: int
    same: int
    reopened: int = 0


class PoliceAnswers:
    """Use cases on answered lists."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def preview(
        self,
        path: Path,
        taken: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> AnswerPreview:
        """What a file would do as everything stands now, with these doubtful rows taken (row code →
        the row's token, or `ANY`); nothing is written.

        Raises KnownError `rights.denied`, `police.not_an_answer`, `police.no_name_column`,
        `police.column_twice`, `police.none_of_ours`, `police.two_lists`, `police.file_gone`,
        `police.answers_withdrawn`, BadFile, Cancelled.
        """
        self._allowed()
        file = self._read(path)
        with self._workplace.store.read() as reading:
            return self._weighed(reading, file, taken or {}, progress or Progress())

    def apply(
        self,
        path: Path,
        taken: Mapping[str, str] | None = None,
        sha256: str = "",
        progress: Progress | None = None,
    ) -> Applied:
        """Apply what is certain, and of what is doubtful the rows `taken`, in one act. `sha256` is
        that of the file that was looked at, "" for whatever lies there.

        Raises what `preview` raises, and KnownError `police.file_changed`.
        """
        self._allowed()
        workplace = self._workplace
        file = self._read(path)
        if sha256 and file.sha256 != sha256:
            raise KnownError("police.file_changed", "police.file_changed_hint", file=file.name)
        decided = taken or {}
        with workplace.write() as work:
            found = self._weighed(work.connection, file, decided, progress or Progress())
            listed = list_named(work.connection, found.code)
            rows = [one for one in found.rows if is_applied(one, decided)]
            count = Counter(one.verdict for one in found.rows)
            act, reopened = "", 0
            if rows:
                act = f"{ACT_PREFIX}{new_id()}"
                reopened = self._save(work, listed, rows, act)
                account = workplace.account
                answer = StoredAnswer(
                    act,
                    listed.id,
                    file.sha256,
                    int(workplace.clock()),
                    account.full_name or account.name,
                    None,
                )
                outcomes = [(one.code, one.outcome.value) for one in rows]
                police_lists.add_answer(work.connection, answer, outcomes)
                changed = sum(bool(one.differences) for one in rows)
                work.audit(
                    "police.answered",
                    number=listed.number,
                    rows=len(rows),
                    changed=changed,
                    file_sha256=file.sha256,
                )
                work.commit()
        return Applied(
            found.number,
            act,
            sum(bool(one.differences) for one in rows),
            sum(not one.differences and bool(one.confirmed) for one in rows),
            sum(not one.differences and not one.confirmed for one in rows),
            sum(one.verdict is Verdict.DOUBTFUL for one in found.rows if one not in rows),
            count[Verdict.REFUSED],
            count[Verdict.BLANK],
            count[Verdict.SAME],
            reopened,
        )

    def undo(self, named: str) -> int:
        """Take back the answers of a list that were applied last, as a whole. Returns how many
        changes that sets aside.

        Raises KnownError `rights.denied`, `police.unknown_list`, `police.nothing_to_undo`,
        `police.undo_sent`, `police.undo_perhaps_sent`, `police.undo_built_on`.
        """
        self._workplace.require(Right.ENTER)
        workplace = self._workplace
        with workplace.write() as work:
            connection = work.connection
            listed = list_named(connection, named)
            standing = [
                one
                for one in police_lists.answers(connection)
                if one.list == listed.id and one.undone is None
            ]
            if not standing:
                raise KnownError(
                    "police.nothing_to_undo", "police.nothing_to_undo_hint", number=listed.number
                )
            act = standing[-1].act
            found = acts.in_the_way(connection, act)
            if found is not None and found.what is not Obstacle.UNKNOWN:
                key = f"police.undo_{found.what.value}"
                raise KnownError(key, f"{key}_hint", number=listed.number, count=found.count)
            # Answers that only confirmed wrote no operation: then there is none to set aside.
            done = acts.put_aside(work, act) if found is None else 0
            account = workplace.account
            by = account.full_name or account.name
            police_lists.note_undone(connection, act, int(workplace.clock()), by)
            work.audit("police.answers_undone", number=listed.number, operations=done)
            work.commit()
        return done

    # --- reading and weighing ---------------------------------------------------------------

    def _allowed(self) -> None:
        self._workplace.require(Right.ENTER)
        self._workplace.require(Right.READ)

    def _read(self, path: Path) -> AnswerFile:
        fields = answered_fields(self._workplace.catalogue.newest("child"))
        return read_answer(path, fields, document_texts("police_list"))

    def _weighed(
        self, reading: Reading, file: AnswerFile, taken: Mapping[str, str], progress: Progress
    ) -> AnswerPreview:
        listed = _list_of(reading, file)
        texts = document_texts("police_list")
        weigher = Weigher(self._workplace, reading, listed, texts, lambda row: is_taken(row, taken))
        rows = weigher.weigh(file.rows, progress)
        there = {one.code for one in rows}
        missing = sum(code not in there for code in weigher.rows_of_list())
        back = listed.back is not None
        return AnswerPreview(
            listed.number, listed.code, file.name, file.sha256, tuple(rows), missing, back
        )

    # --- saving -----------------------------------------------------------------------------

    def _save(
        self, work: UnitOfWork, listed: StoredList, rows: Sequence[AnsweredRow], act: str
    ) -> int:
        """Write what the rows change; how many declarations an error wrote off."""
        children = [one for row in rows if (one := self._of_child(work, listed, row)) is not None]
        notes = [one for row in rows if (one := self._note(work, listed, row)) is not None]
        done = saving.save_in(self._workplace, work, [*children, *notes], act)
        return sum(bool(one.errors) for one in done)

    def _of_child(
        self, work: UnitOfWork, listed: StoredList, row: AnsweredRow
    ) -> RecordSave | None:
        values: dict[str, Value] = {one.field: one.value for one in row.differences}
        child = register.record(work.connection, "child", row.child)
        known: Mapping[str, Value] = {} if child is None else child.values
        values |= named({**known, **values}, values)
        if row.settles:
            told = document_texts("police_list")["reason"]
            reason = told.format(number=listed.number, code=listed.code)
            for key in row.settles:
                field, _, rule = key.partition("/")
                issue = Issue(field, rule, Severity.WARNING, "")
                known = {**known, "warning_reasons": with_reason(known, issue, reason)}
            values["warning_reasons"] = known["warning_reasons"]
        return RecordSave(Change("child", values, row.child)) if values else None

    def _note(self, work: UnitOfWork, listed: StoredList, row: AnsweredRow) -> RecordSave | None:
        words = note_words(listed, row, document_texts("police_list"))
        key = note_key(row.code, words)
        there = register.record(work.connection, "note", derived_id(row.child, key))
        if not words or there is not None:
            return None
        values: dict[str, Value] = {
            "record": row.child,
            "note": words,
            "author": writes_as(self._workplace.account),
            "written_on": self._workplace.today().isoformat(),
            "protected": needs_protection(words) or None,
        }
        return RecordSave(Change("note", values, key=key))


def is_taken(row: AnsweredRow, taken: Mapping[str, str]) -> bool:
    """Whether a person decided that a doubtful row is to be applied, as it stands."""
    return row.verdict is Verdict.DOUBTFUL and taken.get(row.code) in (ANY, row.token)


def is_applied(row: AnsweredRow, taken: Mapping[str, str]) -> bool:
    """Whether a row is applied with these decisions."""
    return row.verdict in _APPLIED or is_taken(row, taken)


def _list_of(reading: Reading, file: AnswerFile) -> StoredList:
    """The list that most rows of a file are of. Raises KnownError `police.none_of_ours`,
    `police.answers_withdrawn`, and `police.two_lists` where two have as many.
    """
    known = {begins(one.code): one for one in police_lists.lists(reading)}
    codes = [code for row in file.rows if (code := read_code(row.code)) is not None]
    found = Counter(begins(code) for code in codes if begins(code) in known)
    if not found:
        raise KnownError("police.none_of_ours", "police.none_of_ours_hint", file=file.name)
    first, *others = found.most_common(2)
    if others and others[0][1] == first[1]:
        raise KnownError("police.two_lists", "police.two_lists_hint", file=file.name)
    listed = known[first[0]]
    if listed.withdrawn is not None:
        # Its children may stand on another list by now, of which the answers are the newer ones.
        raise KnownError(
            "police.answers_withdrawn",
            "police.answers_withdrawn_hint",
            number=listed.number,
            code=listed.code,
        )
    return listed
