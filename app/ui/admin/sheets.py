"""Sheets with codes, printed from a part of the administration."""

from __future__ import annotations

from app.errors import KnownError
from app.i18n import error_text
from app.reports.document import Document
from app.services import key_sheets
from app.services.key_sheets import Whose
from app.services.services import Services
from app.ui.admin.section import Section
from app.ui.code_sheets import print_sheet


def whose(services: Services) -> Whose:
    """What a sheet says of this PC."""
    return key_sheets.whose(services.workplace)


def print_or_say(section: Section, sheet: Document) -> None:
    """Print a sheet; what the printer did not do is said in the section."""
    try:
        print_sheet(section, sheet)
    except KnownError as error:
        section.say(error_text(error), "error")
