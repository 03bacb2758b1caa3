"""Lists and answered rows in words, for both faces."""

from __future__ import annotations

from app.i18n import number, text
from app.models.police_lists import HandBack
from app.services.police.answered_row import AnsweredRow, AnswerPreview, Difference, Verdict
from app.services.police.answers import Applied
from app.services.police.issued_list import IssuedList, State
from app.services.police.outcomes import Outcome
from app.text.days import day_in_words
from app.text.moments import day_of, day_words


def list_words(one: IssuedList) -> str:
    """A list in a line."""
    is_out = one.state in (State.OUT, State.ANSWERED)
    return text(
        "police.line_days" if is_out else "police.line",
        number=one.number,
        code=one.code,
        day=day_words(one.on),
        rows=number(one.rows),
        answered=number(one.answered),
        state=text(f"police.state.{one.state.value}"),
        days=number(one.days_out),
    )


def back_words(back: HandBack) -> str:
    """Who signed and who received."""
    signer = f"{back.signed_by}, {back.title}" if back.title else back.signed_by
    key = "police.signed_paper" if back.paper else "police.signed"
    signed = text(key, who=signer, day=day_in_words(back.signed_on), paper=back.paper)
    got = text("police.received", who=back.received_by, day=day_words(day_of(back.received)))
    return f"{signed}; {got}"


def outcome_words(one: IssuedList) -> str:
    """What the answers of a list came to."""
    told = [
        f"{text(f'police.outcome.{outcome.value}')} {number(count)}"
        for outcome in Outcome
        if (count := one.by_outcome.get(outcome, 0))
    ]
    return ", ".join(told)


def new_words(one: Difference) -> str:
    """The answer, that zeros were put back where they were, and what text of an old font says."""
    said = f"{one.new} {text('police.restored')}" if one.restored else one.new
    return converted_words(one.raw, said)


def converted_words(raw: str, said: str) -> str:
    """What a text says, behind the text as it is stored where it is of an old font."""
    return text("police.converted", raw=raw, said=said) if raw else said


def row_words(row: AnsweredRow) -> str:
    """Where a row stands in its file, and that the spreadsheet does not show it."""
    place = f"{row.sheet} {row.number}" if row.sheet else str(row.number)
    return text("police.hidden_row", row=place) if row.hidden else place


def preview_words(found: AnswerPreview) -> str:
    """How many rows come to what, and what is to be known of the whole file."""
    said = [counted_words(found)]
    if found.not_in_file:
        said.append(text("police.not_in_file", count=number(found.not_in_file)))
    if found.hidden:
        said.append(text("police.hidden_in_file", count=number(found.hidden)))
    if found.back:
        said.append(text("police.already_back"))
    return ". ".join(one.rstrip(".") for one in said)


def why_words(row: AnsweredRow) -> str:
    """Why a row is refused or doubtful; "" for any other."""
    return "; ".join(why.words for why in (*row.refused, *row.doubts))


def counted_words(found: AnswerPreview) -> str:
    """How many rows come to what."""
    counts = ((verdict.value, found.count(verdict)) for verdict in Verdict)
    said = [text(f"police.count.{name}", count=number(count)) for name, count in counts if count]
    return ", ".join(said)


def applied_words(done: Applied) -> str:
    """What applying came to."""
    counts = {
        "changed": done.changed,
        "confirmed": done.confirmed,
        "noted": done.noted,
        "left": done.left,
        "refused": done.refused,
    }
    told = [text(f"police.done.{it}", count=number(n)) for it, n in counts.items() if n]
    key = "police.applied"
    if not done.act:
        key = "police.applied_nothing_but" if told else "police.applied_nothing"
    said = text(key, number=done.number, said=", ".join(told))
    if done.reopened:
        said = f"{said} {text('police.reopened', count=number(done.reopened))}"
    return said
