"""Sổ Trẻ Em: an offline-first register of children. `ARCHITECTURE.md` is the page to read first."""

__version__ = "0.1.0"
