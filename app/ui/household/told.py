"""What others said of the open page, to be walked to by F8: two values that wait for a decision,
what was sent back, and what a unit above did not take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.forms.issues import Issue
from app.forms.schema import Severity
from app.i18n import text
from app.services.masking import MASKED
from app.services.refusals import RefusedValue
from app.services.returns import ReturnedRecord
from app.ui.household.field_edit import Key
from app.ui.household.judging import Found
from app.ui.household.session import OpenRecord

_CONTESTED = "contested"
_SENT_BACK = "sent_back"
_REFUSED = "refused_above"
#: The rules of what somebody else wants looked at: told before what the program finds.
ASKED = frozenset((_SENT_BACK, _REFUSED))


def told_of(record: OpenRecord) -> list[Found]:
    """All that others said of a record and its lines."""
    return [*_contested_of(record), *asked_of(record)]


def asked_of(record: OpenRecord) -> list[Found]:
    """What somebody sent back or did not take and that waits for the typist."""
    found = [_found("", name, _SENT_BACK, said) for name, said in record.sent_back.items()]
    for one in (record, *record.parts):
        place = "" if one is record else one.id
        found += [_found(place, name, _REFUSED, said) for name, said in one.refused.items()]
    return found


def _contested_of(record: OpenRecord) -> list[Found]:
    """One for each field; "" is the question whether the record stays, which no field asks."""
    return [
        _found(
            "" if one is record else one.id,
            name,
            _CONTESTED,
            text("entry.contested" if name else "entry.contested_hidden"),
        )
        for one in (record, *record.parts)
        for name in sorted(one.contested)
    ]


def _found(part: str, name: str, rule: str, said: str) -> Found:
    return Found(Key(part, name), Issue(name, rule, Severity.WARNING, "", {}), said, aloud=True)


def sent_back_words(returned: Sequence[ReturnedRecord]) -> dict[str, str]:
    """By field, who sent it back and why, all that was said of it."""
    return _by_field(
        (one.field, text("second_check.sent_back", by=one.by, reason=one.reason))
        for one in returned
    )


def refused_words(refused: Sequence[RefusedValue]) -> dict[str, str]:
    """By field, which value was not taken, by whom and why; of records that are in no register
    what they were.
    """
    return _by_field((one.field, _words_of(one)) for one in refused)


def _words_of(one: RefusedValue) -> str:
    if not one.field:
        return text("refusals.record", what=one.what, why=one.why)
    if one.value is MASKED:
        return text("refusals.masked", why=one.why)
    if one.value is None or one.value == "":
        return text("refusals.emptied", why=one.why)
    return text("refusals.value", value=one.value, why=one.why)


def _by_field(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in said:
        found[name] = f"{found[name]} {words}" if name in found else words
    return found
