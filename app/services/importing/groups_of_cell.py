"""The groups of circumstances that a cell names: by code, by name, or by a code and words.

Never guesses: words that do not agree with the code beside them leave the cell to a person, with
one remark and not one for each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from app.forms.code_lists import CodeList, lookup_key

_PIECES = re.compile(r"[;\n]")
_CODE = re.compile(r"(?<![\w.])[CRK][0-9]{2}(?:\.[0-9]{1,2})?(?!\w|\.[0-9])", re.IGNORECASE)
_NONE_WORDS = frozenset(("none", "khong", "khong co", "khong thuoc nhom nao", "0"))
#: Words that turn a name into its opposite, or say that it is over or not known yet.
_TURNING = frozenset(("khong", "chua", "het", "thoi", "khoi", "not", "no", "former"))
#: How many of the words beside a code must be words of its name: «cả cha lẫn mẹ» has 3 of 4.
_AGREEING = 0.6


def read_groups(text: str, groups: CodeList) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The codes of a cell and what is to be remarked, each remark once (`import.issue_<name>`).

    None where the cell names nothing that may be imported; empty for an explicit none.
    """
    if lookup_key(text) in _NONE_WORDS:
        return (), ()
    codes: set[str] = set()
    remarks: dict[str, None] = {}
    # Some official names hold a semicolon themselves.
    whole = len(_CODE.findall(text)) < 2 and not any(why for _, why in _of_piece(text, groups))
    for piece in [text] if whole else _PIECES.split(text):
        for code, remark in _of_piece(piece, groups):
            if remark:
                remarks[remark] = None
            else:
                codes.add(code)
    return tuple(sorted(codes)) or None, tuple(remarks)


def _of_piece(piece: str, groups: CodeList) -> Iterator[tuple[str, str]]:
    """Each code of a piece with a remark that keeps it out, or none."""
    named = groups.named(piece)
    if named is not None:
        yield _state(named.code)
        return
    found = list(_CODE.finditer(piece))
    before = piece[: found[0].start()] if found else piece
    if not found:
        if lookup_key(piece) or piece.strip():
            yield "", "circumstance_words"
        return
    # The words before the codes belong to the one code there is, or nobody knows to which.
    if len(found) > 1 and lookup_key(before):
        yield "", "circumstance_unclear"
        return
    ends = [one.start() for one in found[1:]] + [len(piece)]
    for one, end in zip(found, ends, strict=True):
        words = piece[one.end() : end] + (f" {before}" if len(found) == 1 else "")
        yield _judged(one[0].upper(), words, groups)


def _judged(code: str, words: str, groups: CodeList) -> tuple[str, str]:
    if code not in groups:
        return "", "circumstance"
    if "?" in words:
        return "", "circumstance_unclear"
    if not lookup_key(words):
        return _state(code)
    named = groups.named(words)
    if named is None:
        return _state(code) if _agrees(code, words, groups) else ("", "circumstance_unclear")
    if named.code == code or code.startswith(f"{named.code}."):
        return _state(code)
    # The name of a sub-group beside the code of its group says more than the code.
    if named.code.startswith(f"{code}."):
        return _state(named.code)
    return "", "circumstance_unclear"


def _state(code: str) -> tuple[str, str]:
    """K02 is counted from events and never declared (3-data.md)."""
    return ("", "not_a_state") if code.startswith("K02") else (code, "")


def _agrees(code: str, words: str, groups: CodeList) -> bool:
    """Whether the words are mostly those of the code's own name, and of no other group's more."""
    said = frozenset(lookup_key(words).split())
    names = _words_of(groups)
    own = names[code] | names.get(code.partition(".")[0], frozenset())
    if (said & _TURNING) - own:
        return False
    shared = len(said & own)
    group = code.partition(".")[0]
    others = (len(said & held) for one, held in names.items() if one.partition(".")[0] != group)
    return shared >= _AGREEING * len(said) and shared >= max(others, default=0)


@lru_cache(maxsize=4)
def _words_of(groups: CodeList) -> Mapping[str, frozenset[str]]:
    """Code → the words of its names."""
    return {
        item.code: frozenset(
            lookup_key(" ".join((item.label_vi, item.label_en, *item.aliases))).split()
        )
        for item in groups
    }
