"""Sheets with codes, printed from a part of the administration."""

from __future__ import annotations

from app.errors import KnownError
from app.i18n import error_text
from app.reports.document import Document
from app.services.services import Services
from app.ui.admin.section import Section
from app.ui.code_sheets import Whose, print_sheet


def whose(services: Services) -> Whose:
    """What a sheet says of this PC."""
    workplace = services.workplace
    account = workplace.account
    return Whose(
        services.entry.unit_name(workplace.unit),
        account.full_name or account.name,
        workplace.today(),
    )


def print_or_say(section: Section, sheet: Document) -> None:
    """Print a sheet; what the printer did not do is said in the section."""
    try:
        print_sheet(section, sheet)
    except KnownError as error:
        section.say(error_text(error), "error")
