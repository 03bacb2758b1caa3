"""The audit trail in the words of the language in force: for screens. The rows themselves hold
codes, which stay as they were written.

Rows that another version of the program wrote may hold events and details without words here; they
are shown as they are, because a trail leaves nothing out.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress

from app import i18n
from app.models.audit import AuditEvent
from app.sync.refusal import BundleRefused, Refusal


def event_in_words(event: AuditEvent) -> str:
    """What happened."""
    return kind_in_words(event.event)


def kind_in_words(kind: str) -> str:
    """What a kind of event is called."""
    return _word(f"audit.event.{_id(kind)}", kind)


def details_in_words(event: AuditEvent) -> str:
    """What else the row says, each with its name: `bundle number: 3 · accepted: 12`."""
    return " · ".join(
        f"{_word(f'audit.detail.{name}', name)}: {_value(event.event, name, value)}"
        for name, value in event.details.items()
        if value != ""
    )


def _value(event: str, name: str, value: str | int) -> str:
    if isinstance(value, bool):
        return i18n.text("audit.yes" if value else "audit.no")
    if isinstance(value, int):
        return i18n.number(value)
    if name == "reason" and event == "reveal":
        return i18n.plain(value)  # typed by a person, never taken for a code
    if name == "reason" and (sentence := _reason(value)):
        return sentence
    if name == "table":
        return _word(f"export.table.{_id(value)}", i18n.plain(value))
    return _word(f"audit.value.{_id(value)}", i18n.plain(value))


def _reason(code: str) -> str:
    """The sentence of a refusal; the row never held what else it says, such as the file."""
    parameters = defaultdict[str, str](lambda: "…")
    message_id = code
    with suppress(ValueError):
        refused = BundleRefused(Refusal(code), "…")
        message_id, parameters["reason"] = refused.message_id, code
    return i18n.filled_in(_word(message_id, ""), parameters)


def _word(message_id: str, otherwise: str) -> str:
    return i18n.catalogue(i18n.language()).get(message_id, otherwise)


def _id(code: str) -> str:
    return code.replace("-", "_").replace(".", "_")
