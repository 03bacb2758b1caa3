"""The reasons of the household page: of a warning, asked for once and corrected by F8, and of
looking at what is protected.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from app.forms.issues import Issue, issue_text
from app.forms.schema import Severity
from app.forms.validator import may_be_accepted, with_reason
from app.i18n import text
from app.services.masking import Reveal, ShownRecord
from app.services.rights import Right, denied
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.hints import proposals_of, proposed_for
from app.ui.household.judging import Found, Judged
from app.ui.household.page_walking import PageWalking
from app.ui.household.session import BegunReason, OpenRecord, unveil
from app.ui.notify import Choice, Kind, Notice, Question, error_notice
from app.ui.tasks import Lane


class PageReasons(PageWalking):
    """Asks for reasons, in the one field that the foot has for them."""

    def save_and_next(self) -> None:
        """Save what is open, then the next line."""
        raise NotImplementedError

    def save_all(self, on_done: object = None) -> None:
        """Save everything without declaring it complete."""
        raise NotImplementedError

    def _asks_reason(self) -> bool:
        """Ask for the reason of the next warning that has none; True while asking."""
        self._end_asking()
        for record in (self.keeper.household, self._current):
            if record is None or record.id not in self._judged or not self._is_declared(record):
                continue
            found = self._judged[record.id].found
            if any(_blocks(one.issue) for one in found):
                continue  # it stays incomplete anyway; the question comes when it is finished
            for one in found:
                if may_be_accepted(one.issue):
                    self._ask(record, one)
                    return True
        return False

    def _is_declared(self, record: OpenRecord) -> bool:
        """Whether Ctrl+Enter says of a record that it is complete: of what is saved by it, and of
        what was left incomplete before.
        """
        if record.blank or not self._may_enter:
            return False
        return record.unsaved or not record.values.get("complete")

    def _ask(self, record: OpenRecord, one: Found, cursor: int = -1) -> None:
        """Ask for the reason of an issue; what was begun of it stands there again."""
        begun = record.reason
        words = begun.text if begun is not None and begun.issue == one.issue.key else ""
        kept = one.issue.reason or ""
        self._asked, self._correcting = (record, one), bool(kept)
        who = f"{self._who(record)} · {self._label(one)}"
        self.foot.ask_reason(f"{who}: {issue_text(one.issue)}", kept, begun=words, cursor=cursor)
        if words or not kept:
            record.reason = BegunReason(one.issue.key, words)
            self.keeper.keep_reason(record, self._place_values())

    def _ask_again(self, cursor: int = -1) -> None:
        """Go on with the question that stood when the page was left; it may be settled by now."""
        for record in (self.keeper.household, *self.keeper.lines):
            if record is None or record.reason is None or not record.reason.asked:
                continue
            self._judge_waiting()
            judged = self._judged.get(record.id)
            wanted = record.reason.issue
            for one in () if judged is None else judged.found:
                if one.issue.key == wanted and (may_be_accepted(one.issue) or one.issue.reason):
                    self._ask(record, one, cursor)
                    return
            self._put_aside(record)

    def _reason_typed(self, words: str) -> None:
        """Keep what is typed as a reason as every field is kept."""
        if self._asked is not None:
            record, one = self._asked
            record.reason = BegunReason(one.issue.key, words)
            self.keeper.keep_reason(record, self._place_values())

    def _put_aside(self, record: OpenRecord) -> None:
        """The question stands no more; what was typed comes back when it is asked again."""
        if record.reason is not None and record.reason.asked:
            record.reason = replace(record.reason, asked=False)
            self.keeper.keep_reason(record, self._place_values())

    def _reason_kept(self, reason: str) -> None:
        if self._to_reveal is not None:
            self._reveal_for(reason)
            return
        if self._mistaken is not None:
            record, self._mistaken = self._mistaken, None
            self.mistake_reasoned.emit(record, reason.strip())
            return
        asked, self._asked = self._asked, None
        if asked is not None:
            asked[0].reason = None
            self._give_reason(*asked, reason)
            self.keeper.keep_reason(asked[0], self._place_values())
        if self._correcting:
            self._correcting = False
            self.judge()
            self._focus_place()
            return
        self.save_and_next()

    def _reason_given_up(self) -> None:
        """Nothing is saved for want of a reason: back to the field that the question is about. It
        is asked again by the next Ctrl+Enter, until there is one.
        """
        asked, corrected = self._asked, self._correcting
        self._end_asking()
        if asked is None or corrected:
            self._focus_place()
        else:
            self._go_to(*asked)

    def _give_reason(self, record: OpenRecord, one: Found, reason: str) -> None:
        """Keep the reason of a warning; without one it is an open warning again."""
        if reason.strip() == (one.issue.reason or ""):
            return
        record.put("warning_reasons", list(with_reason(record.values, one.issue, reason)))

    # --- correcting a reason ----------------------------------------------------------------

    def step_issue(self, direction: int) -> None:
        """F8: the next or previous issue, of the household and of every child in turn; after those
        that are open the warnings with a reason. In a field that has such a warning F8 shows the
        reason first, to be corrected; in one with an error that a reason settles it asks for that.
        """
        if self._correcting:
            # What was changed in it is kept, as at Enter.
            self.foot.asking.hide()
            self._reason_kept(self.foot.reason.text())
        self.judge()
        self._judge_waiting()
        settled = self._settled_issues()
        to_settle = [one for one in self._all_issues() if _waits_for_reason(one[1].issue)]
        here = [one for one in (*settled, *to_settle) if (one[0].id, one[1].key) == self._place]
        seen = [_id_of(one) for one in here]
        after = seen.index(self._walked) + 1 if self._walked in seen else 0
        if direction > 0 and after < len(here):
            self._show_reason(here[after])
            return
        still_open = self._all_issues()
        places = {(record.id, one.key) for record, one in still_open}
        # Those beside an open issue were shown on the way.
        settled = [one for one in settled if (one[0].id, one[1].key) not in places]
        everything = [*still_open, *settled]
        if not everything:
            return
        walked = [at for at, one in enumerate(everything) if here and _id_of(one) == self._walked]
        last = walked[0] if walked else self._issue_here(everything)
        at = (last + direction) % len(everything)
        if at < len(still_open):
            self._walked = None
            self._go_to(*everything[at])
        else:
            self._show_reason(everything[at])

    def _settled_issues(self) -> list[tuple[OpenRecord, Found]]:
        """The warnings that a reason was given for, in the order of the page."""
        return [
            (record, one)
            for record in (self.keeper.household, *self.keeper.lines)
            if record is not None and record.id in self._judged
            for one in self._in_order(record)
            if one.issue.reason is not None
        ]

    def _show_reason(self, settled: tuple[OpenRecord, Found]) -> None:
        """Go to a warning with a reason and offer the reason to be corrected."""
        record, one = settled
        self._go_to(record, one)
        self._walked = _id_of(settled)
        if not self._may_enter:
            return
        self._end_asking()
        self._ask(record, one)
        self._correcting = True  # whoever walks saves nothing by giving a reason

    def _end_asking(self) -> None:
        """Nothing is asked any more, or something else."""
        asked = self._asked
        self._forget_question()
        if asked is not None:
            self._put_aside(asked[0])

    def _forget_question(self) -> None:
        """Another page stands; what was begun waits with its record."""
        self._asked = self._to_reveal = self._mistaken = None
        self._correcting = False
        self.foot.asking.hide()

    @staticmethod
    def _is_settled(judged: Judged) -> bool:
        """Whether nothing is wrong in a record, and everything odd about it has its reason."""
        return not judged.has_errors and not any(may_be_accepted(one.issue) for one in judged.found)

    # --- what was entered in error ----------------------------------------------------------

    def remove(self) -> None:
        """Ctrl+Del: take away the line of a section that the keyboard stands on; elsewhere the
        child, or in the head the household, was entered in error.
        """
        widget, head = self._focused(), self._form_with_focus() is self.household_form
        if isinstance(widget, FieldEdit) and widget.key.part:
            self.remove_line()
            return
        record = self.keeper.household if head else self._current
        if record is None or self._only_reads():
            return
        if record.blank:
            self._notifier.say(Notice(Kind.NOTE, text("mistakes.nothing"), topic="mistake"))
        elif record.new and not head:
            self._discard(record)
        else:
            self.save_all(partial(self.mistake_meant.emit, record))

    def _discard(self, record: OpenRecord) -> None:
        """Drop a child that is in no register yet, if that is meant."""
        question = Question(
            text("mistakes.discard_child", who=self._who(record)),
            text("mistakes.discard_details"),
            (
                Choice("discard", text("mistakes.discard"), destroys=True),
                Choice("keep", text("mistakes.keep")),
            ),
        )
        if self._notifier.ask(question) == "discard":
            self.keeper.discard(record)
            self.open_line(self.keeper.lines[-1] if self.keeper.lines else self.keeper.new_child())

    def ask_mistake(self, record: OpenRecord, words: str) -> None:
        """Ask why a record was entered in error; Escape leaves it as it is."""
        self._end_asking()
        self._mistaken = record
        self.foot.ask_reason(words)

    # --- looking at what is protected -------------------------------------------------------

    def reveal(self) -> None:
        """F3: take what the field or the personal id proposes, or look at a protected value for a
        reason.
        """
        form, widget = self._form_with_focus(), self._focused()
        if form is None or not isinstance(widget, FieldEdit):
            return
        key = widget.key
        record, root = self._record_of(form, key), self._root_of(form)
        if record is None or root is None:
            return
        proposed = proposed_for(record, key.name, widget.codec)
        if proposed is None and not key.part:
            codecs = self.keeper.codecs[record.entity]
            proposed = proposals_of(record, codecs).get(key.name)
        if proposed is not None and self._may_enter:
            record.put(key.name, proposed)
            self.keeper.keep(root, self._place_values())
            self.judge()
            widget.selectAll()
        elif record.hides(key.name) or record.is_secret:
            if not self._may_reveal:
                self._notifier.say(error_notice(denied(Right.REVEAL)))
                return
            self._end_asking()
            self._to_reveal = record
            label = str(widget.codec.field.label)
            self.foot.ask_reason(text("entry.reveal_question", field=label))

    def _reveal_for(self, reason: str) -> None:
        if self._to_reveal is None:
            return
        record, self._to_reveal = self._to_reveal, None

        def shown(view: ShownRecord) -> None:
            unveil(record, view)
            self.judge()

        self._tasks.run(
            partial(self._revealing.record, record.entity, record.id, Reveal(reason)),
            shown,
            self._failed,
            lane=Lane.WRITE,
            owner=self,
        )
        self._focus_place()

    def _focus_place(self) -> None:
        """Back to the field the person was in."""
        if self._place is None:
            return
        record, key = self._place
        household = self.keeper.household
        at_head = household is not None and record == household.id
        (self.household_form if at_head else self.child_form).focus(key)


def _id_of(settled: tuple[OpenRecord, Found]) -> tuple[str, Key, str]:
    record, one = settled
    return record.id, one.key, one.issue.rule


def _waits_for_reason(issue: Issue) -> bool:
    """Whether it is an error that a reason settles."""
    return issue.severity is Severity.ERROR and may_be_accepted(issue)


def _blocks(issue: Issue) -> bool:
    """Whether no reason can settle the issue."""
    return issue.severity is Severity.ERROR and not may_be_accepted(issue)
