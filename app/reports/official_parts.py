"""The parts every official document shares: letterhead, title, signatures, recipients, annex head.

Each returns blocks with the styles of `official_style`; what they say comes from the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.reports import official_style as style
from app.reports.document import (
    Block,
    Column,
    ColumnBlock,
    Columns,
    Framed,
    Paragraph,
    Run,
    Signatures,
    Space,
    TextStyle,
)

_GLUE = "\N{NO-BREAK SPACE}"
#: Letters of 12 pt bold capitals that surely fit the left column of the letterhead.
_LONGEST_GLUED = 22


def line(
    text: str, style_of_line: TextStyle, *, rule: float = 0.0, keep_with_next: bool = False
) -> Paragraph:
    """A paragraph of one plain run."""
    return Paragraph((Run(text),), style_of_line, rule=rule, keep_with_next=keep_with_next)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands above the title. `mark` is the framed mark of restricted use, if any."""

    governing_body: str
    issuing_body: str
    state: str
    motto: str
    number: str
    place_and_date: str
    mark: str | None = None


def agency_name(name: str, unit_words: str) -> str:
    """The name with its good breaks marked: before the unit it belongs to, nowhere inside either.

    `unit_words` are the words for kinds of units, separated by commas. A half too long for one
    line may still be broken anywhere.
    """
    words = sorted((word.strip() for word in unit_words.split(",")), key=len, reverse=True)
    kinds = "|".join(re.escape(word) for word in words)
    # What follows the word must begin like a name: "xa hoi" (society) is no commune.
    cut = [
        found.start()
        for found in re.finditer(rf" (?:{kinds}) (?=\S)", name)
        if name[found.end()].isupper()
    ]
    if not cut:
        return name
    halves = (name[: cut[-1]], name[cut[-1] + 1 :])
    return " ".join(
        half.replace(" ", _GLUE) if len(half) <= _LONGEST_GLUED else half for half in halves
    )


def letterhead(head: Letterhead) -> tuple[Block, ...]:
    """Two columns twice, so that number and date share a line whatever stands above them."""
    names: list[ColumnBlock] = []
    if head.governing_body:
        names.append(line(head.governing_body, style.GOVERNING_BODY))
    names.append(line(head.issuing_body, style.ISSUING_BODY, rule=style.ISSUING_BODY_RULE))
    left, right = style.HEADER_SHARES
    below: list[ColumnBlock] = [line(head.number, style.NUMBER_LINE)]
    if head.mark:
        below += [Space(8), Framed(head.mark, style.RESTRICTED)]
    return (
        Columns(
            (
                Column(left, tuple(names)),
                Column(
                    right,
                    (
                        line(head.state, style.STATE),
                        line(head.motto, style.MOTTO, rule=style.MOTTO_RULE),
                    ),
                ),
            ),
            keep_with_next=True,
        ),
        Columns(
            (
                Column(left, tuple(below)),
                Column(right, (line(head.place_and_date, style.PLACE_AND_DATE),)),
            ),
            before=6,
            keep_with_next=True,
        ),
    )


def title(kind: str, subject: tuple[str, ...]) -> tuple[Block, ...]:
    """Kind of document and its summary; the rule stands under the last line of the summary."""
    last = len(subject) - 1
    return (
        line(kind, style.KIND, keep_with_next=True),
        *(
            line(
                part,
                style.SUBJECT,
                rule=style.SUBJECT_RULE if index == last else 0.0,
                keep_with_next=True,
            )
            for index, part in enumerate(subject)
        ),
        Space(6),
    )


def signature_column(share: float, authority: tuple[str, ...], hint: str, name: str) -> Column:
    """One signature: in whose name and as what, the hint, room to sign, the name (may be empty)."""
    blocks: list[ColumnBlock] = [line(part, style.SIGNER) for part in authority]
    blocks.append(line(hint, style.SIGNER_HINT))
    blocks.append(Space(style.SIGNATURE_ROOM))
    blocks.append(line(name or " ", style.SIGNER_NAME))
    return Column(share, tuple(blocks))


def signatures(*columns: Column) -> Signatures:
    """The block of signatures, first column on the left."""
    return Signatures(columns, before=12)


def recipients(label: str, lines: tuple[str, ...]) -> Columns:
    """The list of recipients, on the left half of the page."""
    return Columns(
        (
            Column(
                0.5,
                (
                    line(label, style.RECIPIENTS_LABEL),
                    *(line(text, style.RECIPIENT) for text in lines),
                ),
            ),
        ),
        before=10,
    )


def annex_head(number: str, name: str, reference: str) -> tuple[Block, ...]:
    """Number, title and reference of an annex, with the short rule under the reference."""
    return (
        line(number, style.ANNEX_NUMBER, keep_with_next=True),
        line(name, style.ANNEX_TITLE, keep_with_next=True),
        line(reference, style.ANNEX_REFERENCE, rule=style.ANNEX_RULE, keep_with_next=True),
        Space(8),
    )
