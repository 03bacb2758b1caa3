"""What an answered row came to, as it is kept beside the list."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """Of a row that says several things the first that fits."""

    NOT_HERE = "not_here"  # the police know no such child here: the household is to be visited
    CHANGED = "changed"
    CONFIRMED = "confirmed"  # what the register says was written again
    REMARKED = "remarked"  # nothing but a remark
