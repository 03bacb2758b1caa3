"""What a person must be told when a command did not work."""

from __future__ import annotations

import re

from tests.e2e.command_line import Answer

_VIETNAMESE = re.compile("[ăâđêôơưàáạảãằắặẳẵầấậẩẫèéẹẻẽềếệểễìíịỉĩòóọỏõồốộổỗờớợởỡùúụủũừứựửữỳýỵỷỹ]")
_ENGLISH = re.compile(
    r"traceback|exception|errno|sqlite|no space|database or disk|read-only|permission denied"
    r"|\berror\b|not found|invalid|codec|logging",
    re.IGNORECASE,
)


def said_plainly(answer: Answer) -> str:
    """The sentence of a command that failed for a reason of the world: exit 1, Vietnamese, a next
    step on its own line, and no word of a library. Returns the message id."""
    assert answer.code == 1, answer
    document = answer.document
    if isinstance(document, list):
        (document,) = (one for one in document if one["status"] == "rejected")
        message, name = document["message"], document["reason"]
    else:
        message, name = document["message"], document["error"]
    for said in (message, answer.notes):
        assert not _ENGLISH.search(said), said
        assert "{" not in said, said
        assert "?" not in said, said
    what, _, step = message.partition("\n")
    assert _VIETNAMESE.search(what.lower()), message
    assert _VIETNAMESE.search(step.lower()), message
    return str(name)
