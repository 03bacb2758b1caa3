"""Invented registers for demonstrations, figures and tests: seeded, streamed, nobody real."""

from app.services.invented.circumstances import InventedCircumstance
from app.services.invented.register import InventedChild, InventedHousehold, generate
from app.services.invented.sheet import COLUMNS, rows, write_csv

__all__ = [
    "COLUMNS",
    "InventedChild",
    "InventedCircumstance",
    "InventedHousehold",
    "generate",
    "rows",
    "write_csv",
]
