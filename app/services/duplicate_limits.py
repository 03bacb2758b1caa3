"""What a search for children written twice did not compare, in words, for both faces."""

from __future__ import annotations

from app.i18n import number, text
from app.services.duplicates import Suggestions


def limit_words(found: Suggestions) -> list[str]:
    """A sentence for each thing in a list that was not read as it stands, for each kind of group
    that was too large, and one for who was compared with nobody.
    """
    said = [
        text(f"duplicates.told.{what}", count=number(count))
        for what, count in sorted(found.told.items())
        if count
    ]
    said += [
        text(
            "duplicates.limits.group",
            groups=number(groups),
            what=text(f"duplicates.limits.by.{kind.replace('+', '_')}"),
            records=number(records),
        )
        for kind, (groups, records) in sorted(found.left_out.items())
    ]
    return said + _alone(found)


def limits_in_short(found: Suggestions) -> str:
    """The same in a line; "" where everybody was compared."""
    groups = sum(groups for groups, _records in found.left_out.values())
    said = [text("duplicates.limits.groups", groups=number(groups))] if groups else []
    return " ".join(said + _alone(found))


def _alone(found: Suggestions) -> list[str]:
    return [text("duplicates.limits.alone", count=number(found.alone))] if found.alone else []
