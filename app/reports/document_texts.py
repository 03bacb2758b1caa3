"""The sentences of official documents: `resources/documents/<document>.vi.json`, a flat map.

Official documents are written in Vietnamese whatever the language of the window, so these texts
stand apart from the translations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.settings import resources_dir


@cache
def document_texts(document: str) -> Mapping[str, str]:
    """The texts of one document by key. Raises FileNotFoundError for an unknown document."""
    path = resources_dir() / "documents" / f"{document}.vi.json"
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType(texts)
