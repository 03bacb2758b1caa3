"""Identifiers: random ids, ids derived from content, and the written form of a unit.

A unit is always written `CODE@EDITION` because 3,316 of the 3,321 commune codes of 2025 also
existed before, for other territory (domain.md section 5).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import NamedTuple

#: Namespace of every derived id of this project (RFC 9562 section 5.5). Never changes.
NAMESPACE = uuid.UUID("bfd90999-54ed-428c-a6bb-d5117b408db1")
#: Object identifier arc of the project, 2.25.<one random UUID> (ITU-T X.667). Never changes.
OID_ARC = "2.25.157197471854239661523144563721405098977"

_UNIT = re.compile(r"(?P<code>[0-9]{2}|[0-9]{3}|[0-9]{5})@(?P<edition>[0-9]{4}[a-z]?)")
_SEPARATOR = "\x1f"
_NAMESPACE_BYTES = NAMESPACE.bytes


class UnitRef(NamedTuple):
    """A unit of a given edition of the unit tree, e.g. `21010@2024`."""

    code: str
    edition: str

    def __str__(self) -> str:
        return f"{self.code}@{self.edition}"


def new_id() -> str:
    """A random id (UUID version 4) in its 36-character lower-case form."""
    return str(uuid.uuid4())


def derived_id(*parts: str) -> str:
    """The id that two PCs derive alike from the same parts (UUID version 5, RFC 9562).

    Parts are joined by U+001F, which no stored text may contain, so no two lists of parts collide.
    Raises ValueError for a part that holds the separator or for no parts at all.
    """
    joined = _SEPARATOR.join(parts)
    if not parts or joined.count(_SEPARATOR) != len(parts) - 1:
        raise ValueError("parts of a derived id must exist and be free of U+001F")
    # As `uuid.uuid5` does it; an import derives a million ids, and building UUID objects takes
    # longer than the hash.
    name = _NAMESPACE_BYTES + joined.encode()
    found = bytearray(hashlib.sha1(name, usedforsecurity=False).digest()[:16])
    found[6] = found[6] & 0x0F | 0x50
    found[8] = found[8] & 0x3F | 0x80
    digits = found.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def parse_unit(text: str) -> UnitRef:
    """Read `CODE@EDITION`; raises ValueError when the text is not of that form."""
    match = _UNIT.fullmatch(text)
    if match is None:
        raise ValueError("not of the form CODE@EDITION")
    return UnitRef(match["code"], match["edition"])
