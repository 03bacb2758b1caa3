"""What the first run asks for, and what it is told: plain data between the page and its desk."""

from __future__ import annotations

from dataclasses import dataclass

#: Units that are listed at a time; with more one has to type on.
MOST_UNITS = 30


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit that a typed name may mean: `CODE@EDITION`, its full name, since or until when.

    `top`: nobody above it certifies its PCs.
    """

    ref: str
    name: str
    validity: str
    top: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything the installation needs to know."""

    unit: str
    user: str
    full_name: str
    title: str
    passphrase: str
